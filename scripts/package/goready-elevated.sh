#!/bin/sh
# GoReady's helper with administrator rights. Started by pkexec (the policy names this file) or sudo, with no argument;
# it reads one request from its standard input. Stands beside goready-bin.
if [ $# -ne 0 ] || [ "$(id -u)" != 0 ]; then
  echo 'goready-elevated is started by GoReady itself.' >&2
  exit 2
fi
self=$(readlink -f -- "$0") || exit 2
# Of the caller's environment only who called is kept.
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/nonexistent \
  "PKEXEC_UID=${PKEXEC_UID-}" "SUDO_UID=${SUDO_UID-}" \
  "${self%/*}/goready-bin" --no-sandbox --ozone-platform=headless --disable-gpu --disable-software-rasterizer \
  --disable-logging --log-level=3 -- elevated
