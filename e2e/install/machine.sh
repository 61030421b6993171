#!/bin/sh
# A machine of its own: everything of this one, but what is written stays in a folder, and with its own processes and
# no network. Its dpkg knows no package; its apt knows the repository that is named and nothing else.
# usage: machine.sh FOLDER REPOSITORY COMMAND...
set -eu
folder=$1
repository=$2
shift 2
mkdir -p "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
if [ ! -e prepared ]; then
  rm -rf etc/apt/sources.list etc/apt/sources.list.d etc/apt/preferences.d etc/apt/apt.conf.d etc/docker
  rm -rf var/lib/dpkg/info var/lib/dpkg/updates var/lib/dpkg/triggers var/lib/apt/lists var/lib/apt/extended_states
  rm -rf var/cache/apt var/lib/docker etc/init.d/docker run/systemd run/docker.sock run/docker.pid
  rm -f lib/systemd/system/docker.service etc/systemd/system/docker.service
  mkdir -p etc/apt/sources.list.d etc/apt/preferences.d etc/apt/apt.conf.d var/lib/dpkg/info var/lib/dpkg/updates
  mkdir -p var/lib/dpkg/triggers var/lib/apt/lists/partial var/cache/apt/archives/partial repository
  : > var/lib/dpkg/status
  sed -i '/^docker:/d' etc/group
  sed -i '/^docker:/d' etc/gshadow
  printf 'ID=debian\nVERSION_ID="12"\n' > etc/os-release.new
  rm -f etc/os-release
  mv etc/os-release.new etc/os-release
  echo 'ann:x:4242:4242::/home/ann:/bin/sh' >> etc/passwd
  echo 'ann:x:4242:' >> etc/group
  echo 'deb [trusted=yes] file:/repository ./' > etc/apt/sources.list
  cp "$repository"/* repository/
  : > prepared
fi
ip link set lo up
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount --rbind /dev dev
exec chroot . env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 SUDO_USER=ann "$@"
