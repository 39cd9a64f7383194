# shellcheck shell=bash
# Signed WhatsApp posts through nginx into a durable Postgres, against pgbench with the same SQL, and against php-fpm.
#
#   bin/bench webhook [--php] [--json] [--seconds 8] [--rounds 3] [--clients 16] [--processes 8] [--contacts 1000]
#
# Ours: nginx, webhook-whatsapp as production runs it (PROCESSES on one socket, an answer after COMMIT), one message a post,
# each with an id and a signature of its own, from contacts who are known (their conversations are open), to two tenants.
# The load comes from one process that keeps CLIENTS connections busy; signing is done beforehand. Every answer must be 200
# and every message stored once, or the measure fails.
# pgbench: exactly the statements that the program runs for such a post, taken from the server's own log of one post, with
# CLIENTS clients, prepared, in one round trip, over the same socket and as the same role, in the same database.
# --php: php-fpm as a competent programmer would use it (bin/lib/bench/webhook.php): 16 workers, opcache, a persistent
# connection with prepared statements, account and secret kept in APCu for 30 s, the same SQL in a transaction, behind the
# same nginx and its limits. It installs Debian's php-fpm, php-pgsql and php-apcu.
# The rounds alternate; a figure is the median of its rounds. Ends with rows for the README's table.
# shellcheck source=bin/lib/bench/webhook_peers.sh
. "$root/bin/lib/bench/webhook_peers.sh"

bench() {
  local php='' seconds=8 rounds=3 clients=16 processes=8 contacts=1000 round
  while [ $# -gt 0 ]; do
    case $1 in
      --php) php=1 ;;
      --json) json=1 ;;
      --seconds | --rounds | --clients | --processes | --contacts)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number" "$me --help"
        printf -v "${1#--}" %s "$2"
        shift
        ;;
      *) die "$1 is not known" "$me --help" ;;
    esac
    shift
  done
  need_packages command:perl=perl
  [ -z "$php" ] || need_php
  bench_begin
  webhook_world
  say "$clients connections, $processes processes, $contacts contacts, $rounds rounds of $seconds s" >&"$people"

  # Everybody has written once, and each side has had the time to get warm, before anything is measured.
  count_ours=$((contacts > 2000 ? contacts : 2000)) count_php=2000
  fire_round ours warm
  fire_round ours warm
  count_ours=$(per_round "$ours_rate" "$seconds")
  pgbench_script
  pgbench_round 2
  if [ -n "$php" ]; then
    php_world
    fire_round php warm
    fire_round php warm
    count_php=$(per_round "$php_rate" "$seconds")
  fi
  ours_rates=() php_rates=() pgbench_rates=() p50s=() p99s=()
  for round in $(seq "$rounds"); do
    fire_round ours "$round" && ours_rates+=("$ours_rate") p50s+=("$p50") p99s+=("$p99")
    [ -z "$php" ] || { fire_round php "$round" && php_rates+=("$php_rate"); }
    pgbench_round "$seconds" && pgbench_rates+=("$pgbench_rate")
  done
  report
  bench_end
}

# webhook_world: a durable Postgres, the two tenants with their secrets, nginx, and the program; nothing else runs.
webhook_world() {
  build all
  # A durable cluster: a measure without fsync would be no measure.
  DEV_DIR=$(mktemp -d) PORT=$(free_port) STRICT=1
  world_paths
  trap 'world_remove' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  world_folders
  make_cluster >/dev/null
  spawn_postgres
  write_environment
  # Not the development's leniency, nor its pace.
  sed -i 's/^TISTIS_ENV=.*/TISTIS_ENV=production/' "$ETC_DIR/webhook-whatsapp.env"
  write_nginx "$ETC_DIR"
  await_postgres
  [ "$(psql_world postgres -Atc 'show fsync')" = on ] || die "this cluster is not durable" "CLUSTER_VOLATILE= $me"
  world_database tistis
  start_programs "$processes"
  spawn nginx "$(type -P nginx)" -p "$DEV_DIR" -c "$ETC_DIR/nginx.conf" -e stderr
  await_http nginx "http://127.0.0.1:$PORT/"
}

# start_programs N: as units with N instances on one socket would run them.
start_programs() {
  # shellcheck disable=SC2016 # sh expands it
  spawn webhook-whatsapp spawn-fcgi -b 1024 -s "$SOCKET_DIR/webhook-whatsapp.sock" -M 0600 -n -- "$(type -P multiwatch)" \
    -r 1000000000 -f "$1" -- /bin/sh -c 'sleep 0.1; exec "$@"' pause \
    "$root/bin/lib/with-env" "$ETC_DIR/webhook-whatsapp.env" -- "$BIN_DIR/webhook-whatsapp"
}

# free_port: one that nobody has just now; the next one is left to its neighbour.
free_port() {
  local port=$((20000 + RANDOM % 20000))
  until port_is_free "$port"; do port=$((port + 2)); done
  say "$port"
}

# per_round RATE SECONDS: how many requests take that long.
per_round() { awk -v r="$1" -v s="$2" 'BEGIN { printf "%d", r * s < 100 ? 100 : r * s }'; }

# fire_round ours|php ROUND: sets ours_rate or php_rate, p50 and p99; fails unless each post was stored exactly once.
fire_round() {
  local path=/api/webhook/whatsapp count=$count_ours before after said
  [ "$1" = ours ] || path=/bench/php count=$count_php
  "$root/bin/lib/bench/posts" "$1-$2-$RANDOM$RANDOM" "$count" "$contacts" dev_meta_app_secret "$path" >"$DEV_DIR/posts"
  before=$(stored)
  psql_world postgres -c checkpoint
  said=$("$root/bin/lib/bench/fire" "$PORT" "$DEV_DIR/posts" "$clients") || die "the load failed" "tail $LOG_DIR/*.log"
  after=$(stored)
  [ "$(value ok)" = "$count" ] || die "$count posts to $1, answered $(value ok) times with 200, else $(value other)" \
    "the logs are in $LOG_DIR until this ends: $(tail -n 2 "$LOG_DIR/webhook-whatsapp.log")"
  [ $((after - before)) = "$count" ] || die "$count posts to $1 were acknowledged and $((after - before)) stored" "that is a bug"
  printf -v "$1_rate" %s "$(awk -v n="$count" -v s="$(value seconds)" 'BEGIN { printf "%.0f", n / s }')"
  p50=$(value p50) p99=$(value p99)
  local rate=$1_rate
  printf '%-8s %-5s %6s/s   %s posts, p50 %s ms, p99 %s ms\n' "$1" "$2" "${!rate}" "$count" "$p50" "$p99" >&"$people"
}

# value NAME: of what fire said.
value() { sed -n "s/^$1 //p" <<<"$said"; }

stored() { psql_world tistis -Atc 'select count(*) from messages'; }

median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

report() {
  local ours pgbench php_median
  ours=$(median "${ours_rates[@]}") pgbench=$(median "${pgbench_rates[@]}")
  figure webhook_per_second "$ours" posts/s "p50 $(median "${p50s[@]}") ms, p99 $(median "${p99s[@]}") ms"
  figure pgbench_per_second "$pgbench" transactions/s "the same SQL, no nginx, no program"
  figure webhook_of_pgbench "$(ratio "$ours" "$pgbench")" ratio
  figure webhook_p99 "$(median "${p99s[@]}")" ms
  if [ -n "$php" ]; then
    php_median=$(median "${php_rates[@]}")
    figure php_per_second "$php_median" posts/s "php-fpm, 16 workers"
    figure webhook_of_php "$(ratio "$ours" "$php_median")" ratio
  fi
  {
    say "| signed webhook, $clients connections, $processes processes | $ours/s, p99 $(median "${p99s[@]}") ms |" \
      "$(ratio "$ours" "$pgbench") of pgbench's $pgbench/s |"
    [ -z "$php" ] ||
      say "| the same by php-fpm, 16 workers | $php_median/s | ours is $(ratio "$ours" "$php_median") times that |"
  } >&"$people"
}
