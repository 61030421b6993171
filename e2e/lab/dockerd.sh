#!/bin/sh
# Runs in a mount namespace of its own: shows FOLDER as /etc/docker and HOSTS as /etc/hosts (paths that dockerd has
# built in) and becomes dockerd, so that the process id stays the one that the lab knows.
# usage: dockerd.sh FOLDER HOSTS DOCKERD-ARGUMENT...
set -eu
mount --bind "$1" /etc/docker
mount --bind "$2" /etc/hosts
shift 2
exec dockerd "$@"
