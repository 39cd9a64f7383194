# shellcheck shell=bash
# How install speaks and acts: every change goes through one of these, so that --dry-run is honest.

changes=0 remarks=()

# act SENTENCE COMMAND…: says it, and does it.
act() {
  changes=$((changes + 1))
  say "${dry:+would: }$1"
  shift
  [ -n "$dry" ] || "$@"
}

# remark SENTENCE: said at the end, where it is read.
remark() { remarks+=("$1"); }

# replace FILE MODE OWNER: with what comes on standard input, at once, unless it holds that already.
replace() {
  local text
  text=$(cat && printf .)
  if [ -f "$1" ] && [ "$(cat "$1" && printf .)" = "$text" ]; then return 0; fi
  act "write $1" write_at_once "$1" "$2" "$3" "${text%.}"
}

write_at_once() {
  mkdir -p "$(dirname "$1")"
  (umask 077 && printf '%s' "$4" >"$1.tistis-new")
  chown "$3" "$1.tistis-new"
  chmod "$2" "$1.tistis-new"
  mv -f "$1.tistis-new" "$1"
}

# configure SOURCE FILE MODE: a file under /etc that people may edit: theirs is then kept, with ours beside it.
configure() {
  local shipped=/usr/lib/tistis/shipped$2
  if [ -f "$2" ] && ! cmp -s "$1" "$2" && ! cmp -s "$shipped" "$2"; then
    cmp -s "$1" "$shipped" || remark "$2 was edited here and is kept; this release's is beside it as .new"
    replace "$2.new" "$3" root:root <"$1"
  else
    replace "$2" "$3" root:root <"$1"
  fi
  [ -n "$dry" ] || install -D -m 644 "$1" "$shipped"
}

has_systemd() { [ -d /run/systemd/system ]; }

# as_user USER COMMAND…: with that user's groups and nothing more.
as_user() {
  local user=$1
  shift
  (cd / && exec setpriv --reuid="$user" --regid="$(id -gn "$user")" --init-groups -- "$@")
}

# install_into DIR: the same, inside.
install_into() {
  local inside
  [ -x "$1/usr/bin/apt-get" ] || die "$1 holds no Debian" "debootstrap bookworm $1"
  [ -e "$1/proc/self" ] || die "there is no /proc in $1, which Debian's packages and this script need" \
    "for name in proc sys dev; do mount --rbind /\$name $1/\$name; done" "or: systemd-nspawn --directory=$1"
  inside=$(mktemp -d -p "$1/var/tmp")
  trap 'rm -rf "$inside"' EXIT
  chmod 755 "$inside"
  cp -R "$tree/." "$inside/"
  chroot "$1" "${inside#"$1"}/install" ${arguments[@]+"${arguments[@]}"}
  exit
}

conclude() {
  local sentence
  if [ $changes = 0 ]; then say "Nothing to change: release $release is installed."; else say "Release $release: $changes changes."; fi
  for sentence in ${remarks[@]+"${remarks[@]}"}; do say "Note: $sentence"; done
}
