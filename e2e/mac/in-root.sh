#!/bin/sh
# Runs a shell of this machine inside the root of a Mac: in-root.sh ROOT HOME SHELL ARGUMENTS…
# Mounts live in a namespace of their own and are gone with the process.
root="$1" home="$2"
shift 2
for name in usr dev proc; do mount --rbind "/$name" "$root/$name" || exit 70; done
exec chroot "$root" /usr/bin/env -i "HOME=$home" PATH=/usr/bin:/bin:/usr/sbin:/sbin TERM=dumb LANG=C.UTF-8 \
  USER=root XDG_DATA_DIRS=/opt/homebrew/share:/usr/share XDG_DATA_HOME=/dev/null XDG_CACHE_HOME=/dev/null HISTFILE=/dev/null \
  "$@"
