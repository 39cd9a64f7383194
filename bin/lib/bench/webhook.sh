# shellcheck shell=bash
# A platform's signed posts through nginx into a durable Postgres, against pgbench with the same SQL, and against php-fpm.
#
#   bin/bench webhook [--channel whatsapp|instagram|facebook|tiktok|all] [--php] [--json]
#                     [--seconds 8] [--rounds 3] [--clients 16] [--processes 16] [--contacts 1000]
#
# Ours: nginx, webhook-whatsapp (or the other channel's program) as production runs it (PROCESSES on one socket, an answer after COMMIT), one message a post,
# each with an id and a signature of its own, from contacts who are known (their conversations are open), to two tenants.
# The load comes from one process that keeps CLIENTS connections busy; signing is done beforehand. Every answer must be 200
# and every message stored once, or the measure fails.
# pgbench: exactly the statements that the program runs for such a post, taken from the server's own log of one post, with
# CLIENTS clients, prepared, in one round trip, over the same socket and as the same role, in the same database.
# --channel all: the four one after the other, each with its own program, and with its own statements for pgbench.
# --php, with WhatsApp: php-fpm as a competent programmer would use it (bin/lib/bench/webhook.php): 16 workers, opcache and its compiler, a
# persistent connection, the same SQL as prepared statements in a transaction, account and secret kept in APCu for 30 s,
# behind the same nginx and its limits. Twice: with PDO, as most would write it, and with the thinnest that PHP has, libpq's
# functions with statements that stay prepared. It installs Debian's php-fpm, php-pgsql and php-apcu.
# The rounds alternate; a figure is the median of its rounds. Ends with rows for the README's table.

# shellcheck source=bin/lib/trial.sh
. "$root/bin/lib/trial.sh"
# shellcheck source=bin/lib/bench/webhook_peers.sh
. "$root/bin/lib/bench/webhook_peers.sh"

bench() {
  local php='' seconds=8 rounds=3 clients=16 processes=16 contacts=1000 channel=whatsapp channels secret
  while [ $# -gt 0 ]; do
    case $1 in
      --php) php=1 ;;
      --json) json=1 ;;
      --channel)
        [[ ${2:-} =~ ^(whatsapp|instagram|facebook|tiktok|all)$ ]] || die "--channel needs a channel or all" "$me --help"
        channel=$2
        shift
        ;;
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
  channels=("$channel")
  [ "$channel" != all ] || channels=(whatsapp instagram facebook tiktok)
  [ -z "$php" ] || [ "${channels[*]}" = whatsapp ] || die "PHP reads WhatsApp only" "$me --php"
  [ -z "$php" ] || need_php
  bench_begin
  webhook_world
  say "$clients connections, $processes processes, $contacts contacts, $rounds rounds of $seconds s" >&"$people"
  for channel in "${channels[@]}"; do
    secret=dev_meta_app_secret
    [ "$channel" != tiktok ] || secret=dev_tiktok_client_secret
    start_programs "$processes"
    measure_channel
    stop_all TERM "webhook-$channel"
  done
  bench_end
}

# measure_channel: rounds of ours and of what it is compared with, in turn.
measure_channel() {
  local round
  # Everybody has written once, and each side has had the time to get warm, before anything is measured.
  declare -gA pace=() posts_of=([ours]=$((contacts > 2000 ? contacts : 2000)) [pdo]=2000 [pg]=2000)
  fire_round ours warm
  fire_round ours warm
  posts_of[ours]=$(per_round "${pace[ours]}" "$seconds")
  pgbench_script
  pgbench_round 2
  if [ -n "$php" ]; then
    php_world
    for round in pdo pg pdo pg; do fire_round $round warm; done
    posts_of[pdo]=$(per_round "${pace[pdo]}" "$seconds") posts_of[pg]=$(per_round "${pace[pg]}" "$seconds")
  fi
  # What autovacuum does within a minute of a new database's first load: sessions plan anew for tables of this size.
  psql_world tistis -c 'analyze'
  ours_rates=() pdo_rates=() pg_rates=() pgbench_rates=() p50s=() p99s=()
  for round in $(seq "$rounds"); do
    fire_round ours "$round" && ours_rates+=("${pace[ours]}") p50s+=("$p50") p99s+=("$p99")
    if [ -n "$php" ]; then
      fire_round pdo "$round" && pdo_rates+=("${pace[pdo]}")
      fire_round pg "$round" && pg_rates+=("${pace[pg]}")
    fi
    pgbench_round "$seconds" && pgbench_rates+=("${pace[pgbench]}")
  done
  report
}

# webhook_world: a durable Postgres, the two tenants with their secrets, and nginx; nothing else runs.
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
  sed -i 's/^TISTIS_ENV=.*/TISTIS_ENV=production/' "$ETC_DIR"/webhook-*.env
  write_nginx "$ETC_DIR"
  await_postgres
  [ "$(psql_world postgres -Atc 'show fsync')" = on ] || die "this cluster is not durable" "CLUSTER_VOLATILE= $me"
  world_database tistis
  spawn nginx "$(type -P nginx)" -p "$DEV_DIR" -c "$ETC_DIR/nginx.conf" -e stderr
}

# start_programs N: the channel's, as units with N instances on one socket would run them.
start_programs() {
  local program=webhook-$channel
  understands "$program"
  # shellcheck disable=SC2016 # sh expands it
  spawn "$program" spawn-fcgi -b 1024 -s "$SOCKET_DIR/$program.sock" -M 0600 -n -- "$(type -P multiwatch)" \
    -r 1000000000 -f "$1" -- /bin/sh -c 'sleep 0.1; exec "$@"' pause \
    "$root/bin/lib/with-env" "$ETC_DIR/$program.env" -- "$BIN_DIR/$program"
  await_http "$program" "http://127.0.0.1:$PORT/api/webhook/$channel/esva-dental"
}

# per_round RATE SECONDS: how many requests take that long.
per_round() { awk -v r="$1" -v s="$2" 'BEGIN { printf "%d", r * s < 100 ? 100 : r * s }'; }

# fire_round ours|pdo|pg ROUND: sets the side's rate, p50 and p99; fails unless each post was stored exactly once.
fire_round() {
  local path=/api/webhook/$channel posts=${posts_of[$1]} before after said
  [ "$1" = ours ] || path=/bench/$1
  "$root/bin/lib/bench/posts" "$1-$2-$RANDOM$RANDOM" "$posts" "$contacts" "$secret" "$path" "$channel" >"$DEV_DIR/posts"
  before=$(stored)
  psql_world postgres -c checkpoint
  said=$("$root/bin/lib/bench/fire" "$PORT" "$DEV_DIR/posts" "$clients") || die "the load failed" "tail $LOG_DIR/*.log"
  after=$(stored)
  [ "$(value ok)" = "$posts" ] || die "$posts posts to $1, answered $(value ok) times with 200, else $(value other)" \
    "the last words of the program: $(tail -n 2 "$LOG_DIR/webhook-$channel.log")"
  [ $((after - before)) = "$posts" ] || die "$posts posts to $1 were acknowledged and $((after - before)) stored" "that is a bug"
  pace[$1]=$(awk -v n="$posts" -v s="$(value seconds)" 'BEGIN { printf "%.0f", n / s }')
  p50=$(value p50) p99=$(value p99)
  printf '%-9s %-8s %-5s %6s/s   %s posts, p50 %s ms, p99 %s ms\n' "$channel" "$1" "$2" "${pace[$1]}" "$posts" "$p50" "$p99" >&"$people"
}

# value NAME: of what fire said.
value() { sed -n "s/^$1 //p" <<<"$said"; }

stored() { psql_world tistis -Atc 'select count(*) from messages'; }

median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

report() {
  local ours pgbench pdo pg ours_p50 ours_p99 name=webhook
  [ "$channel" = whatsapp ] || name=webhook_$channel
  ours=$(median "${ours_rates[@]}") pgbench=$(median "${pgbench_rates[@]}")
  ours_p50=$(median "${p50s[@]}") ours_p99=$(median "${p99s[@]}")
  figure "${name}_per_second" "$ours" posts/s "p50 $ours_p50 ms, p99 $ours_p99 ms"
  figure "${name}_p99" "$ours_p99" ms
  figure "${name}_pgbench_per_second" "$pgbench" transactions/s "the same SQL, no nginx, no program"
  figure "${name}_of_pgbench" "$(ratio "$ours" "$pgbench")" ratio
  if [ -n "$php" ]; then
    pdo=$(median "${pdo_rates[@]}") pg=$(median "${pg_rates[@]}")
    figure php_per_second "$pdo" posts/s "php-fpm with PDO, 16 workers"
    figure webhook_of_php "$(ratio "$ours" "$pdo")" ratio
    figure thin_php_per_second "$pg" posts/s "php-fpm with libpq's functions, 16 workers"
    figure webhook_of_thin_php "$(ratio "$ours" "$pg")" ratio
  fi
  {
    say "| $channel: signed webhook, $clients connections, $processes processes | $ours/s, p50 $ours_p50 ms, p99 $ours_p99 ms |" \
      "$(ratio "$ours" "$pgbench") of pgbench with the same SQL ($pgbench/s) |"
    if [ -n "$php" ]; then
      say "| the same by php-fpm, PDO | $pdo/s | ours is $(ratio "$ours" "$pdo") times that |"
      say "| the same by php-fpm, libpq's functions | $pg/s | ours is $(ratio "$ours" "$pg") times that |"
    fi
  } >&"$people"
}
