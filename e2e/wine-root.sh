#!/bin/sh
# Runs a Windows program by a Wine below a root of its own, with a Windows of its own below HOME; what the program says
# goes to files, for Wine cannot hand it the pipes of another system.
# usage: wine-root.sh ROOT PROGRAM_FOLDER HOME ARGUMENT... (the Wine's arguments; without any, a new Windows is made)
set -eu
root=$1
program=$2
home=$3
shift 3
if [ "$root" != / ]; then
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/tmp"
fi
mkdir -p "$root/tmp/goready/program" "$root/tmp/goready/home"
mount --bind "$program" "$root/tmp/goready/program"
mount --bind "$home" "$root/tmp/goready/home"
wine() {
  chroot "$root" env -i PATH=/usr/bin:/bin HOME=/tmp/goready/home WINEPREFIX=/tmp/goready/home/windows WINEDEBUG=-all \
    LC_ALL=C.UTF-8 WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d' /usr/lib/wine/wine64 "$@"
}
# Only then is the registry on the disk.
settle() {
  chroot "$root" env -i PATH=/usr/bin:/bin WINEPREFIX=/tmp/goready/home/windows HOME=/tmp/goready/home \
    /usr/lib/wine/wineserver -w > /dev/null 2>&1 || true
}
if [ $# -gt 0 ]; then
  code=0
  wine "$@" > "$home/out" 2> "$home/err" < /dev/null || code=$?
  settle
  exit $code
fi
# A library of the other kind that Debian's Wine looks for only there.
system=$home/windows/drive_c/windows/system32
mkdir -p "$system"
library=$root/usr/x86_64-w64-mingw32/lib/zlib1.dll
[ ! -e "$library" ] || cp "$library" "$system"
wine wineboot -i > /dev/null 2>&1
# Windows without a screen.
wine reg add 'HKCU\Software\Wine\Drivers' /v Graphics /d null /f > /dev/null
settle
