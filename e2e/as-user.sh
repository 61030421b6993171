#!/bin/sh
# Runs Node as another user, who may be unable to enter the checkout (one below /root) or to reach this Node: in a mount
# namespace of its own both are shown at other places first.
# usage: as-user.sh UID CHECKOUT ITS-PLACE NODE ITS-PLACE ARGUMENT...
set -eu
uid=$1
place=$5
mount --bind "$2" "$3"
mount --bind "$4" "$5"
shift 5
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups -- "$place" "$@"
