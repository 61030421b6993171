#!/bin/sh
# Runs a program on this machine's apt, but with folders of its own in the places of apt's: in a mount namespace they lie
# over sources, lists, caches and os-release. usage: with-apt.sh FOLDER ARGUMENT...
set -eu
mount --bind "$1/etc/apt" /etc/apt
mount --bind "$1/var/lib/apt" /var/lib/apt
mount --bind "$1/var/cache/apt" /var/cache/apt
mount --bind "$1/os-release" /usr/lib/os-release
shift
exec "$@"
