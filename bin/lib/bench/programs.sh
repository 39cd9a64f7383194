# shellcheck shell=bash
# What a program costs: its start, its memory while it waits, its size on disk; beside one in C that does nothing.
#
#   bin/bench programs [--json] [--times 30] [--requests 100]
#
# start: from fork to the answer of a request that waits on the held socket meanwhile, the median of TIMES; the program reads
# its settings, connects to Postgres, asks for the schema's version and serves. jobs has no socket: `--version`.
# memory: after REQUESTS requests; RSS of one process alone, and PSS (shared pages divided among those who share them) each
# when a dozen of all programs run side by side. The peer is bin/lib/bench/peer.c: libfcgi, libpq, "select 1".
# BIN_DIR may be a release's folder: programs with the runtime beside them.

bench() {
  local times=30 requests=100 name start asked=() mounted dozen=()
  while [ $# -gt 0 ]; do
    case $1 in
      --json) json=1 ;;
      --times | --requests)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number" "$me --help"
        printf -v "${1#--}" %s "$2"
        shift
        ;;
      *) die "$1 is not known" "$me --help" ;;
    esac
    shift
  done
  need_packages command:perl=perl
  bench_begin
  build all
  scratch_database migrate
  write_environment
  mapfile -t mounted < <(endpoints)
  rows=()

  say "DATABASE_URL=$(dsn tistis postgres)" >"$ETC_DIR/peer.env"
  clang -O2 -I/usr/include/postgresql -o "$DEV_DIR/peer" "$root/bin/lib/bench/peer.c" -lfcgi -lpq
  program_figures peer "$ETC_DIR/peer.env,GET,/,$DEV_DIR/peer"
  for name in "${mounted[@]}"; do
    # A business that nobody has: one look into the database, and 404.
    asked+=("$ETC_DIR/$name.env,GET,/api/${name//-//}/nobody,$BIN_DIR/$name")
    program_figures "$name" "${asked[-1]}"
  done
  while [ ${#dozen[@]} -lt 12 ]; do dozen+=("${asked[@]}"); done
  said=$("$root/bin/lib/bench/fastcgi" weigh "$requests" "${dozen[@]:0:12}")
  figure dozen_pss_each "$(mebibytes $(($(value pss) / 12)))" MiB "12 processes of ${mounted[*]} side by side"
  rows+=("| a dozen of them side by side | PSS $(mebibytes $(($(value pss) / 12))) MiB each |")

  start=$(times_of "$times" "$BIN_DIR/jobs" --version)
  figure jobs_start "$start" ms "--version"
  jobs_rss
  figure jobs_rss "$(mebibytes "$rss")" MiB "idle, ${threads} threads"
  rows+=("| \`jobs\` | start $start ms, RSS $(mebibytes "$rss") MiB idle |")
  printf '%s\n' "${rows[@]}" >&"$people"
  bench_end
}

# program_figures NAME SPEC: start, RSS alone, size on disk.
program_figures() {
  local said start
  start=$("$root/bin/lib/bench/fastcgi" starts "$times" "$2")
  said=$("$root/bin/lib/bench/fastcgi" weigh "$requests" "$2")
  figure "${1//-/_}_start" "$start" ms
  figure "${1//-/_}_rss" "$(mebibytes "$(value rss)")" MiB "PSS alone $(mebibytes "$(value pss)") MiB"
  figure "${1//-/_}_size" "$(mebibytes $(($(stat -L -c %s "${2##*,}") / 1024)))" MiB "on disk, without the runtime it shares"
  rows+=("| \`$1\` | start $start ms, RSS $(mebibytes "$(value rss)") MiB |")
}

# times_of N COMMAND…: the median time of running it, in ms.
times_of() {
  local n=$1
  shift
  # shellcheck disable=SC2016 # perl expands it
  perl -MTime::HiRes=time -e '
    my $n = shift;
    my @took = sort { $a <=> $b } map { my $began = time; system("@ARGV >/dev/null") == 0 or exit 1; 1000 * (time - $began) } 1 .. $n;
    printf "%.1f\n", $took[$#took / 2]' "$n" "$@" || die "$* failed" "run it by hand"
}

# jobs_rss: sets rss (KiB) and threads of `jobs` after three idle seconds.
jobs_rss() {
  spawn jobs "$root/bin/lib/with-env" "$ETC_DIR/jobs.env" -- "$BIN_DIR/jobs" --for 20
  sleep 3
  is_alive jobs || die "jobs ended at its start" "tail $LOG_DIR/jobs.log: $(tail -n 2 "$LOG_DIR/jobs.log")"
  rss=$(awk '/^Rss/ {print $2}' "/proc/$pid/smaps_rollup")
  threads=$(awk '/^Threads/ {print $2}' "/proc/$pid/status")
  stop_all TERM jobs
}

value() { sed -n "s/^$1 //p" <<<"$said"; }

mebibytes() { awk -v k="$1" 'BEGIN { printf "%.1f", k / 1024 }'; }
