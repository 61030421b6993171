#!/bin/sh
# A machine of its own with sudo, polkit, Docker and an ordinary account: everything of this one, but what is written
# stays in a folder, and with its own processes and no network. It runs until its standard input ends.
# usage: machine.sh FOLDER CHECKOUT NODE
set -eu
folder=$1
mkdir -p "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
mkdir -p "$folder/root/checkout"
: > "$folder/root/usr/local/bin/goready-node"
mount --bind "$2" "$folder/root/checkout"
mount --bind "$3" "$folder/root/usr/local/bin/goready-node"
cd "$folder/root"
rm -rf etc/docker var/lib/docker var/lib/goready run/systemd run/docker.sock run/docker.pid run/dbus run/sudo
rm -rf etc/polkit-1/rules.d/* etc/profile.d/goready* etc/sudoers.d/*
mkdir -p etc/docker run/dbus home/ann
echo '{ "debug": false }' > etc/docker/daemon.json
echo 'ann:x:4242:4242:Ann:/home/ann:/bin/sh' >> etc/passwd
echo 'ann:x:4242:' >> etc/group
chown 4242:4242 home/ann
printf '127.0.0.1 localhost %s\n' "$(hostname)" > etc/hosts
printf 'Defaults passwd_tries=1, !syslog\n' > etc/sudoers.d/test
ip link set lo up
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs tmp
echo 'ann:right-password' | chroot . chpasswd
exec chroot . env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh -ec '
  dbus-daemon --system --fork --nopidfile
  /usr/lib/polkit-1/polkitd --no-debug &
  dockerd -p /var/run/docker.pid --bridge=none --iptables=false --ip6tables=false --storage-driver=vfs \
    > /var/log/docker-test.log 2>&1 &
  until docker info > /dev/null 2>&1; do sleep 0.1; done
  echo ready
  exec cat
'
