#!/bin/sh
# A machine of its own to install the package on: everything of this one with its packages, but what is written stays in
# a folder, and with its own processes. The network is the lab's. It runs until its standard input ends.
# usage: machine.sh FOLDER DEB LAB
set -eu
folder=$1
mkdir -p "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
rm -rf opt/GoReady usr/bin/goready var/lib/goready run/systemd run/dbus run/sudo home/ann
rm -rf etc/profile.d/goready* etc/sudoers.d/* etc/apparmor.d/goready
mkdir -p run/dbus home/ann
echo 'ann:x:4242:4242:Ann:/home/ann:/bin/bash' >> etc/passwd
echo 'ann:x:4242:' >> etc/group
chown 4242:4242 home/ann
printf 'ann ALL=(root) NOPASSWD: ALL\n' > etc/sudoers.d/ann
chmod 440 etc/sudoers.d/ann
printf '127.0.0.1 localhost %s\n' "$(hostname)" > etc/hosts
# Nothing is on a disk for longer than the test.
echo force-unsafe-io > etc/dpkg/dpkg.cfg.d/test
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p tmp/.X11-unix "./$3"
chmod 1777 tmp/.X11-unix
mount --bind "$3" "./$3"
: > tmp/goready.deb
mount --bind "$2" tmp/goready.deb
echo 'ann:right-password' | chroot . chpasswd
exec chroot . env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh -ec '
  dbus-daemon --system --fork --nopidfile
  /usr/lib/polkit-1/polkitd --no-debug &
  Xvfb :77 -screen 0 1280x800x24 -nolisten tcp -ac > /tmp/xvfb.log 2>&1 &
  until [ -e /tmp/.X11-unix/X77 ]; do sleep 0.05; done
  echo ready
  exec cat
'
