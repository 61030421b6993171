#!/bin/sh
# Runs a program on this machine, but with a copy of /etc and of fish's vendor folder in the places of the real ones: in a
# mount namespace they lie over them. usage: with-etc.sh FOLDER ARGUMENT...
set -eu
mount --bind "$1/etc" /etc
mount --bind "$1/vendor_conf.d" /usr/share/fish/vendor_conf.d
shift
exec "$@"
