#!/bin/sh
# Behind dpkg's own work: Chromium's sandbox. Menus, icons and file types are their own packages' triggers.
set -e
[ "$1" = configure ] || exit 0
folder=/opt/GoReady

# Where an ordinary account may open namespaces the sandbox needs no rights of its own.
if [ -e /proc/self/ns/user ] && setpriv --reuid 65534 --regid 65534 --clear-groups -- unshare --user true 2> /dev/null; then
  chmod 0755 "$folder/chrome-sandbox"
else
  chmod 4755 "$folder/chrome-sandbox"
fi

# Ubuntu 24.04 and later allow namespaces by profile. An AppArmor that does not know this kind of profile needs none.
profile=$folder/resources/apparmor-profile
if [ -d /etc/apparmor.d ] && apparmor_parser --skip-kernel-load --skip-cache "$profile" > /dev/null 2>&1; then
  cp -f "$profile" /etc/apparmor.d/goready
  # In a chroot (an image that is being made) the kernel is somebody else's.
  if aa-enabled --quiet 2> /dev/null && ! ischroot 2> /dev/null; then
    apparmor_parser --replace --skip-cache /etc/apparmor.d/goready || true
  fi
fi
