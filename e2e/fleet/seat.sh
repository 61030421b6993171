#!/bin/sh
# The first process of a lab machine, in namespaces of its own (mount, net, pid, uts, ipc): lays a root of its own over
# the host's and becomes a process that only reaps. usage: seat.sh NAME LAYER FOLDER ADDRESS GATEWAY SOURCE TARGET...
# FOLDER holds upper, work and root; each SOURCE of the host is shown at TARGET of the seat. Says `here`, then waits for
# a line: by then the host has put eth0 into the namespace.
set -eu
name=$1
layer=$2
folder=$3
address=$4
gateway=$5
shift 5
root=$folder/root
mount -t overlay "$name" -o "lowerdir=$layer:/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ $# -gt 0 ]; do
  mount --bind "$1" "$root$2"
  shift 2
done
hostname "$name"
echo here
read -r _
ip link set lo up
ip address add "$address/24" dev eth0
ip link set eth0 up
ip route add default via "$gateway"
cd "$root"
pivot_root . mnt
# What the host mounts and removes from here on is no business of the seat's.
exec chroot . /bin/sh -c 'umount -l /mnt; /usr/sbin/sshd; echo up; exec </dev/null >/dev/null 2>&1; exec tini -- sleep infinity'
