#!/bin/sh
# GoReady: opens the window, or with a command (goready --help) works on the terminal. Stands beside goready-bin.
self=$(readlink -f -- "$0") || self=$0
program=${self%/*}/goready-bin

# Chromium's sandbox cannot be set up by root.
root=
[ "$(id -u)" != 0 ] || root=--no-sandbox

command=
case ${1-} in
  *.yml | *.yaml | *.YML | *.YAML) ;;
  -*)
    for argument; do
      case $argument in -h | --help | --version) command=yes ;; esac
    done
    ;;
  ?*) command=yes ;;
esac

if [ -n "$command" ]; then
  # No window, no graphics, none of Chromium's own messages; behind the dashes every argument is the program's.
  exec "$program" $root --ozone-platform=headless --disable-gpu --disable-software-rasterizer \
    --disable-logging --log-level=3 -- "$@"
fi

if [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
  echo '这里没有显示器，窗口无法打开。命令行：goready --help' >&2
  echo 'There is no display here, so no window can be opened. The command line: goready --help' >&2
  exit 2
fi
exec "$program" $root --disable-logging --log-level=3 "$@"
