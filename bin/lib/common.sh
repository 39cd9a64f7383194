# shellcheck shell=bash
# Sourced by every verb: where we are, how we speak, how we give up.
# shellcheck disable=SC2034 # what is set here is read by the files that source it

# Debian keeps nginx in sbin, which an ordinary user's PATH does not name.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL=C.UTF-8
# A PGHOST or PGUSER of the caller's would lead our own psql to somebody else's server.
unset "${!PG@}"

verb=$0 me=bin/${0##*/}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
if [ "$(id -u)" = 0 ]; then am_root=1; else am_root=0; fi

say() { printf '%s\n' "$*"; }

# die SENTENCE [CURE…]: says what went wrong and what to do, and leaves with 1.
die() {
  printf '%s: %s\n' "$me" "$1" >&2
  shift
  [ $# = 0 ] || printf '  → %s\n' "$@" >&2
  trap - ERR
  exit 1
}

# help: the comment that starts on a verb's second line, without its marks.
help() { sed -n '2,/^[^#]/{/^# shellcheck /d; s/^# \{0,1\}//p}' "$verb"; }

# A command that fails where nobody expected it still says where, and what to try.
unexpected() {
  printf '%s: "%s" failed (%s, line %s)\n' "$me" "$3" "${1#"$root"/}" "$2" >&2
  printf '  → the lines above say why; bash -x %s shows every step\n' "$verb" >&2
}
set -E
trap 'unexpected "${BASH_SOURCE[0]}" "$LINENO" "$BASH_COMMAND"' ERR

# now_ms: milliseconds since the epoch, for "it took".
now_ms() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

# seconds_since MS: the time since then, as 1.2 s.
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}
