# shellcheck shell=bash
# Restarts under load: requests through nginx while the programs are restarted every second; none may fail.
#
#   bin/bench restart [--requests 100000] [--connections 16] [--every 1 | --per REQUESTS] [--children 4]
#                     [--max-requests 10000] [--one-by-one] [--json]
#
# Signed WhatsApp webhooks, each another message, are posted once each over connections that are kept, to a durable
# database. bin/lib/hold-socket holds the listener as systemd does and restarts all programs at once (as systemctl restart
# of all instances does) or one after the other; with --per each time so many requests were answered, so that a slow machine has
# as many restarts as a fast one. Counted are: requests; answers 200; everything else, nginx's own 502 and
# 504 and broken connections included; restarts; and the messages in the database. It ends with 1 unless all were
# answered 200 and all are stored.

# shellcheck source=bin/lib/trial.sh
. "$root/bin/lib/trial.sh"

bench() {
  local requests=100000 connections=16 every=1 per='' children=4 most=10000 order=() restarts ok stored failed name value
  local seconds=0 worst=0 p50=0 p99=0
  while [ $# -gt 0 ]; do
    case $1 in
      --requests) requests=${2:?} && shift ;;
      --connections) connections=${2:?} && shift ;;
      --every) every=${2:?} && shift ;;
      --per) per=${2:?} && shift ;;
      --children) children=${2:?} && shift ;;
      --max-requests) most=${2:?} && shift ;;
      --one-by-one) order=(--one-by-one) ;;
      --json) json=1 ;;
      *) die "$1 is not known" "$me --help" ;;
    esac
    shift
  done

  local pause="$every s"
  [ -z "$per" ] || pause="$per requests"

  bench_begin
  build all >&"$people"
  restart_world
  "$root/bin/lib/bench/posts" r "$requests" 2000 dev_meta_app_secret >"$DEV_DIR/posts"
  say "$requests posts over $connections connections, $children programs, MAX_REQUESTS=$most," \
    "a restart every $pause${order[*]:+, one by one}" >&"$people"
  restart_again "$(cut -d ' ' -f 1 "$RUN_DIR/webhook-whatsapp.pid")" &
  restarter=$!
  "$root/bin/lib/bench/fire" "$PORT" "$DEV_DIR/posts" "$connections" >"$DEV_DIR/fired" || :
  kill $restarter
  # Its last restart may still be going on.
  sleep 0.5
  ok=0
  while read -r name value; do
    case $name in
      ok) ok=$value ;;
      seconds) seconds=$value ;;
      p50) p50=$value ;;
      p99) p99=$value ;;
      worst) worst=$value ;;
      other) say "not 200: $value" >&"$people" ;;
    esac
  done <"$DEV_DIR/fired"
  failed=$((requests - ok))
  restarts=$(grep -c '^restarted' "$LOG_DIR/webhook-whatsapp.log" || :)
  stored=$(psql_world tistis -Atc "select count(*) from messages where role = 'user' and external_id like 'wamid.HBgNNTIx%'")
  figure requests "$requests" requests
  figure failed "$failed" requests 'not answered 200'
  figure stored "$stored" messages 'in the database'
  figure restarts "$restarts" restarts "of $children programs"
  figure processes "$(grep -c 'event=left' "$LOG_DIR/webhook-whatsapp.log" || :)" processes 'left and were followed by another'
  figure seconds "$seconds" s
  figure p50 "$p50" ms
  figure p99 "$p99" ms
  figure worst "$worst" ms 'the longest that anybody waited'
  bench_end
  if [ "$failed" != 0 ] || [ "$stored" != "$requests" ]; then
    sed -n 's/.* status=\([0-9]*\) .*/\1/p' "$LOG_DIR/nginx.log" | sort | uniq -c >&2
    grep -vE 'event=(received|left)|^restarted' "$LOG_DIR/webhook-whatsapp.log" | head -n 20 >&2
    die "$failed of $requests failed, $stored are stored" "their lines stand above"
  fi
}

# restart_again PID: tells the holder to restart them, for ever.
restart_again() {
  local next=$per
  while [ -z "$per" ] && sleep "$every"; do kill -HUP "$1"; done
  while sleep 0.05; do
    [ "$(wc -l <"$LOG_DIR/nginx.log")" -ge "$next" ] || continue
    kill -HUP "$1"
    next=$((next + per))
  done
}

# shellcheck disable=SC2034 # world_paths and write_environment read them
# restart_world: PostgreSQL that syncs, the webhook on a held socket, nginx; nothing else that would eat a processor.
restart_world() {
  DEV_DIR=$(mktemp -d) PORT=$(free_port) STRICT=1
  world_paths
  trap 'kill ${restarter:-} 2>/dev/null || :; world_remove' EXIT
  trap 'exit 143' TERM
  world_folders
  make_cluster >&"$people"
  spawn_postgres
  write_environment
  printf 'MAX_REQUESTS=%s\n' "$most" >>"$ETC_DIR/webhook-whatsapp.env"
  write_nginx "$ETC_DIR"
  await_postgres
  world_database tistis
  understands webhook-whatsapp
  spawn webhook-whatsapp "$root/bin/lib/with-env" "$ETC_DIR/webhook-whatsapp.env" -- "$root/bin/lib/hold-socket" \
    ${order[@]+"${order[@]}"} "$SOCKET_DIR/webhook-whatsapp.sock" "$children" "$BIN_DIR/webhook-whatsapp"
  spawn nginx "$(type -P nginx)" -p "$DEV_DIR" -c "$ETC_DIR/nginx.conf" -e stderr
  await_http webhook-whatsapp "http://127.0.0.1:$PORT/api/webhook/whatsapp/esva-dental"
}
