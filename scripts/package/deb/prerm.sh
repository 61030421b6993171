#!/bin/sh
# Before the program goes: what it has set up can be given back, while it is still there to do so.
# GOREADY_ON_REMOVE=undo or keep decides; else a terminal is asked once, and without one everything is kept.
set -e
[ "$1" = remove ] || exit 0
folder=/opt/GoReady
[ -x "$folder/goready" ] || exit 0
path=/usr/sbin:/usr/bin:/sbin:/bin

say() {
  case ${LC_ALL:-${LC_MESSAGES:-${LANG-}}} in
    zh*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$2" ;;
  esac
}

# The accounts that have records of runs: name:uid:gid:home, one a line. A home that does not answer is passed over.
people() {
  getent passwd | while IFS=: read -r name _ uid gid _ home _; do
    case $home in /?*) ;; *) continue ;; esac
    if timeout -s KILL 5 test -d "$home/.local/state/goready/runs"; then
      printf '%s:%s:%s:%s\n' "$name" "$uid" "$gid" "$home"
    fi
  done
}

# Says to the helper what it is to do with the system's part. Fails while something is left of it.
forget() {
  printf '{"op":"forget","undo":%s}\n' "$1" | timeout -k 10 300 env -i PATH="$path" "$folder/goready-elevated" 2>&1 \
    | grep -q '"t":"done"'
}

give_back() {
  failed=
  told=$(mktemp) || return 1
  forget true || failed="$failed /var/lib/goready"
  while IFS=: read -r name uid gid home; do
    [ -n "$name" ] || continue
    # As that account, away from this terminal: in its home nothing is done with root's rights, and whoever has this
    # terminal's own file could read what is typed here. No pipe either: something left behind could hold it open.
    # Then what Chromium has kept for the window.
    setsid --wait timeout -k 10 300 setpriv --reuid "$uid" --regid "$gid" --init-groups -- env -i PATH="$path" \
      HOME="$home" USER="$name" LOGNAME="$name" LANG="${LANG-C.UTF-8}" sh -c '
        "$1" uninstall --yes && rm -rf "$HOME/.config/goready"
        status=$?
        rmdir "$HOME/.config" 2> /dev/null
        exit $status
      ' sh "$folder/goready" < /dev/null > "$told" 2>&1 || failed="$failed $name"
    head -c 65536 "$told" | tr -d '\000-\010\013-\037\177'
  done << X
$someone
X
  rm -f "$told"
  [ -z "$failed" ]
}

someone=$(people)
if [ -z "$someone" ] && [ ! -e /var/lib/goready ]; then exit 0; fi

case ${GOREADY_ON_REMOVE-} in
  undo | keep) choice=$GOREADY_ON_REMOVE ;;
  *)
    choice=keep
    if [ -t 0 ] && [ -t 1 ] && [ "${DEBIAN_FRONTEND-}" != noninteractive ]; then
      say '要把 GoReady 改过的设置都恢复原样吗（goready uninstall）？60 秒内不回答就保留。[y/N]' \
        'Give back every setting that GoReady has changed (goready uninstall)? No answer in 60 s keeps them. [y/N]'
      case $(timeout --foreground 60 head -n 1 || true) in y* | Y* | 是*) choice=undo ;; esac
    fi
    ;;
esac

if [ "$choice" = undo ]; then
  if ! give_back; then
    say "有设置没能恢复：$failed。程序先留着；GOREADY_ON_REMOVE=keep 可以照样卸载。" \
      "Not everything could be given back:$failed. The program stays; GOREADY_ON_REMOVE=keep removes it all the same." >&2
    exit 1
  fi
else
  # Records of which nothing stands any more are of no use to anybody.
  if [ -e /var/lib/goready ]; then forget false || true; fi
  say '设置都保留着。要恢复：重新安装后运行 goready uninstall，或卸载时设 GOREADY_ON_REMOVE=undo。' \
    'The settings stay. To give them back: install it again and run goready uninstall, or remove it with GOREADY_ON_REMOVE=undo.'
fi
