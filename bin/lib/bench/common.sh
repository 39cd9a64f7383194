# shellcheck shell=bash
# What every measure needs: the machine in words, a durable database, and figures for people or for machines.

json='' figures=()

# figure NAME VALUE UNIT [SENTENCE]: told at once to people, and kept for --json. A value is a number.
figure() {
  figures+=("$(printf '{"name":"%s","value":%s,"unit":"%s"}' "$1" "$2" "$3")")
  printf '%-44s %12s %s%s\n' "$1" "$2" "$3" "${4:+   $4}" >&"${people:-1}"
}

# machine: what it was measured on, as one line.
machine() {
  printf '%s processors (%s), %s GiB, %s, PostgreSQL %s, nginx %s' "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(free -g | awk '/^Mem/ {print $2}')" \
    "$(uname -sr)" "$(psql --version | grep -oE '[0-9]+\.[0-9]+' | head -n 1)" \
    "$(nginx -v 2>&1 | sed 's|.*/||; s| .*||')"
}

# bench_begin: describes the machine. With --json people read stderr.
bench_begin() {
  people=1
  [ -z "$json" ] || people=2
  say "$(machine), $(date --utc +%F)" >&"$people"
}

# bench_end: what a machine reads.
bench_end() {
  [ -n "$json" ] || return 0
  local IFS=,
  printf '{"measure":"%s","machine":"%s","date":"%s","figures":[%s]}\n' "${measure:?}" "$(machine)" "$(date --utc +%FT%TZ)" \
    "${figures[*]}"
}

# durable_database: a migrated database of its own whose commits are on the disk when they are acknowledged.
durable_database() {
  build migrate
  CLUSTER_VOLATILE='' scratch_database migrate
  [ "$(psql_world tistis -Atc 'show fsync')" = on ] || die "this cluster is not durable" "unset CLUSTER_VOLATILE"
}

# bench_tool NAME: one of PostgreSQL's own programs (pgbench), as it is installed.
bench_tool() { printf '%s/%s' "$(postgres_bin "$(<"$CLUSTER_DIR/data/PG_VERSION")")" "$1"; }

# ratio A B: A divided by B, with two decimals.
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
