#!/bin/sh
# Runs in a mount namespace of its own: shows FOLDER as /etc/docker (a path that dockerd has built in) and
# becomes dockerd, so that the process id stays the one that the lab knows.
# usage: dockerd.sh FOLDER DOCKERD-ARGUMENT...
set -eu
mount --bind "$1" /etc/docker
shift
exec dockerd "$@"
