#!/bin/sh
# Behind the removal: what postinst has added, and with a purge the records, unless they are still needed.
set -e
case $1 in
  remove | purge)
    if [ -e /etc/apparmor.d/goready ]; then
      if aa-enabled --quiet 2> /dev/null && ! ischroot 2> /dev/null; then
        apparmor_parser --remove /etc/apparmor.d/goready || true
      fi
      rm -f /etc/apparmor.d/goready
    fi
    ;;
esac
# prerm has removed them where nothing was left to give back.
if [ "$1" = purge ] && [ -d /var/lib/goready ] && ! rmdir /var/lib/goready 2> /dev/null; then
  echo '/var/lib/goready 记着还没有恢复的系统设置，因此保留。 It holds what is still to be given back, so it stays.'
fi
