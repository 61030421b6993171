#!/bin/sh
# Stands in for launchctl(1) where there is no launchd: the environment of the session is a folder, one file a
# variable; every other call is a line of `calls`. HERE is the folder that this program lies in.
here="${0%/*}"
printf '%s\n' "$1" >>"$here/calls"
case "$1" in
  managername) cat "$here/managername" ;;
  manageruid) id -u ;;
  setenv) printf %s "$3" >"$here/env/$2" ;;
  unsetenv) rm -f "$here/env/$2" ;;
  getenv) if [ -f "$here/env/$2" ]; then cat "$here/env/$2"; echo; fi ;;
  bootstrap) [ ! -f "$here/refuse" ] || { echo "Bootstrap failed: 5: Input/output error" >&2; exit 5; }; printf '%s\n' "$2 $3" >"$here/loaded" ;;
  bootout) [ -f "$here/loaded" ] || { echo "Boot-out failed: 3: No such process" >&2; exit 3; }; rm "$here/loaded" ;;
  *) exit 64 ;;
esac
