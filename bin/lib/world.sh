# shellcheck shell=bash
# A world: PostgreSQL, the stand-in for the outside, every program of endpoints.conf, jobs and nginx, in one folder.
# shellcheck source=bin/lib/process.sh
. "$root/bin/lib/process.sh"
# shellcheck source=bin/lib/cluster.sh
. "$root/bin/lib/cluster.sh"
# shellcheck source=bin/lib/nginx.sh
. "$root/bin/lib/nginx.sh"
# shellcheck source=bin/lib/environment.sh
. "$root/bin/lib/environment.sh"

# world_paths: names only. DEV_DIR and PORT are the caller's or their defaults.
world_paths() {
  DEV_DIR=$(realpath -m "${DEV_DIR:-$root/.dev}")
  PORT=${PORT:-8080}
  [[ $PORT =~ ^[0-9]+$ && $PORT -ge 1 && $PORT -le 65534 ]] || die "PORT=$PORT is no port" "PORT=8080 bin/dev"
  SANDBOX_PORT=$((PORT + 1))
  ETC_DIR=$DEV_DIR/etc LOG_DIR=$DEV_DIR/log RUN_DIR=$DEV_DIR/run
  # A socket's path ends at 108 bytes, a blank would end it in a connection string, and as root the cluster is run by
  # postgres, who may not look into /root: then both lie in a short folder of their own.
  BASE_DIR=$DEV_DIR
  if [ "$am_root" = 1 ] || [ ${#DEV_DIR} -gt 60 ] || [[ $DEV_DIR =~ [^A-Za-z0-9/._-] ]]; then
    BASE_DIR=/var/tmp/tistis-$(printf '%s %s' "$(id -u)" "$DEV_DIR" | sha256sum | cut -c1-12)
  fi
  SOCKET_DIR=$BASE_DIR/sock CLUSTER_DIR=$BASE_DIR/postgres
}

# world_folders: makes them, and an id by which a cluster left over from a deleted world is told.
world_folders() {
  local folder
  mkdir -p "$DEV_DIR"
  for folder in "$DEV_DIR" "$BASE_DIR"; do
    # 711: postgres has to pass through on its way to its own; the rest inside is 700. mkdir follows no link of others.
    [ -d "$folder" ] || mkdir -m 711 "$folder"
    if [ ! -O "$folder" ] || [ -L "$folder" ]; then
      die "$folder belongs to $(stat -c %U "$folder")" "be that user, or: DEV_DIR=another-folder $me"
    fi
  done
  for folder in "$ETC_DIR" "$LOG_DIR" "$RUN_DIR" "$SOCKET_DIR" "$DEV_DIR/media"; do
    [ -d "$folder" ] || mkdir -m 700 "$folder"
  done
  [ -s "$DEV_DIR/id" ] || openssl rand -hex 16 >"$DEV_DIR/id"
}

# world_lock: one script at a time may start or stop a world. Descriptor 9; spawn closes it for its children.
world_lock() {
  exec 9>"$DEV_DIR/lock"
  flock -w 60 9 || die "another script has been busy with $DEV_DIR for a minute" "wait for it to end, or: DEV_DIR=another-folder $me"
}

world_unlock() { flock -u 9; }

# world_is_up: everything that was started lives.
world_is_up() {
  local name
  is_alive nginx && is_alive postgres || return 1
  for name in $(recorded); do is_alive "$name" || return 1; done
}

# world_port: the port of the running world, which need not be the caller's PORT.
world_port() { cat "$RUN_DIR/port" 2>/dev/null; }

# world_stamp: what a running world was made from; a difference means that it should start anew.
world_stamp() {
  {
    say "$PORT $BIN_DIR ${STRICT:-}"
    find "$root/sql" "$root/nginx" "$root/bin/lib" -type f -exec stat -c '%n %Y %s' {} + | sort
    stat -L -c '%n %Y %s' "$BIN_DIR"/{jobs,migrate,sandbox,tistis} 2>/dev/null || :
    endpoints | while read -r name; do stat -L -c '%n %Y %s' "$BIN_DIR/$name" 2>/dev/null || :; done
  } | sha256sum
}

# world_database NAME: migrated and seeded, with the development secrets sealed.
world_database() {
  make_database "$1"
  "$BIN_DIR/migrate" --dsn "$(dsn "$1" tistis_owner)" --sql "$root/sql" --seed >>"$LOG_DIR/migrate.log" 2>&1 ||
    die "migrating failed: $(tail -n 3 "$LOG_DIR/migrate.log")" "less $LOG_DIR/migrate.log"
  "$root/bin/lib/with-env" "$ETC_DIR/tistis.env" -- "$BIN_DIR/tistis" seed >>"$LOG_DIR/migrate.log" 2>&1 ||
    die "sealing the development secrets failed: $(tail -n 3 "$LOG_DIR/migrate.log")" "less $LOG_DIR/migrate.log"
}

# world_start: everything, or nothing: the caller's EXIT trap is world_stop.
world_start() {
  local name began children mounted
  began=$(now_ms)
  mapfile -t mounted < <(endpoints)
  need_programs migrate tistis sandbox jobs "${mounted[@]}"
  for name in "$PORT" "$SANDBOX_PORT"; do
    port_is_free "$name" || die "port $name is taken" "PORT=$((PORT + 10)) $me" "or see whose it is: ss -ltnp"
  done
  for name in "$LOG_DIR"/*.log; do [ ! -f "$name" ] || mv -f "$name" "$name.1"; done
  make_cluster
  spawn_postgres
  write_environment
  write_nginx "$ETC_DIR"
  spawn sandbox "$BIN_DIR/sandbox" --port "$SANDBOX_PORT" --journal "$LOG_DIR/sandbox.jsonl" \
    --callback-base "http://127.0.0.1:$PORT" --numbers "$ETC_DIR/numbers.json" --scripts "$root/bin/lib/demo"
  for name in jobs "${mounted[@]}"; do understands "$name"; done
  await_postgres
  world_database tistis
  if [ -n "${WORLD_TEMPLATE:-}" ]; then
    psql_world postgres -c "create database $WORLD_TEMPLATE template tistis is_template true"
    # It is copied hundreds of times: without what the migrations left in the catalogues that is done in half the time.
    psql_world "$WORLD_TEMPLATE" -c 'vacuum full'
  fi
  for name in "${mounted[@]}"; do
    children=2
    [ "$name" != webhook-whatsapp ] || children=4
    # multiwatch restarts at once and for ever (-r); the pause keeps one that dies at its start from eating a processor.
    # shellcheck disable=SC2016 # sh expands it
    spawn "$name" spawn-fcgi -s "$SOCKET_DIR/$name.sock" -M 0600 -n -- "$(type -P multiwatch)" -r 1000000000 \
      -f $children -- /bin/sh -c 'sleep 0.1; exec "$@"' pause \
      "$root/bin/lib/with-env" "$ETC_DIR/$name.env" -- "$BIN_DIR/$name"
  done
  spawn jobs "$root/bin/lib/minutely" "$root/bin/lib/with-env" "$ETC_DIR/jobs.env" -- "$BIN_DIR/jobs"
  spawn nginx "$(type -P nginx)" -p "$DEV_DIR" -c "$ETC_DIR/nginx.conf" -e stderr
  printf '%s\n' "$PORT" >"$RUN_DIR/port"
  await_http sandbox "http://127.0.0.1:$SANDBOX_PORT/sandbox/health"
  await_http nginx "http://127.0.0.1:$PORT/"
  for name in "${mounted[@]}"; do await_http "$name" "http://127.0.0.1:$PORT$(address_of "$name")"; done
  for name in $(recorded); do is_alive "$name" || die "$name ended at its start" "tail $LOG_DIR/$name.log"; done
  say "Up in $(seconds_since "$began"): http://127.0.0.1:$PORT"
}

# understands NAME: the program starts and is content with its environment; otherwise it says here what it lacks.
understands() {
  local said
  said=$(timeout 5 "$root/bin/lib/with-env" "$ETC_DIR/$1.env" -- "$BIN_DIR/$1" --config 2>&1 </dev/null) ||
    die "$1 does not start with $ETC_DIR/$1.env: $said" "bin/lib/environment.sh writes that file"
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# await_http NAME URL: until somebody answers there, whatever it is, but not nginx for a program that is away.
await_http() {
  local status until=$(($(now_ms) + 10000))
  until status=$(curl --silent --output /dev/null --max-time 3 --write-out '%{http_code}' "$2") &&
    [ "$status" != 502 ] && [ "$status" != 504 ]; do
    is_alive "$1" || die "$1 ended at its start: $(tail -n 3 "$LOG_DIR/$1.log")" "less $LOG_DIR/$1.log"
    [ "$(now_ms)" -lt "$until" ] || die "$1 does not answer at $2 after 10 s" "less $LOG_DIR/$1.log"
    sleep 0.05
  done
}

# world_stop: first who serves, then what they lean on, the database last. Leaves no process and no socket.
world_stop() {
  local name served=()
  for name in $(recorded); do
    case $name in postgres | sandbox) ;; *) served+=("$name") ;; esac
  done
  stop_all TERM ${served[@]+"${served[@]}"}
  stop_all TERM sandbox
  # INT is PostgreSQL's "fast": it does not wait for clients.
  stop_all INT postgres
  rm -rf "${SOCKET_DIR:?}"/*.sock "$CLUSTER_DIR/sock"/.s.PGSQL.* "$RUN_DIR"/nginx* "$RUN_DIR/port" "$RUN_DIR/stamp" \
    "$RUN_DIR/session"
}

# world_remove: stopped and gone, cluster and all.
world_remove() {
  world_stop
  rm -rf "$CLUSTER_DIR" "$SOCKET_DIR" "$DEV_DIR"
  [ ! -d "$BASE_DIR" ] || rm -rf "$BASE_DIR"
}

# scratch_database migrate|psql: a migrated database in a cluster of its own, gone again with the script. Sets DEV_DIR and the
# rest. With psql it needs none of our programs.
scratch_database() {
  local file
  # Unless the caller wants it durable: what the command line says, ALTER SYSTEM cannot take back.
  DEV_DIR=$(mktemp -d) CLUSTER_VOLATILE=${CLUSTER_VOLATILE-1}
  world_paths
  trap 'world_remove' EXIT
  world_folders
  make_cluster >/dev/null
  spawn_postgres
  await_postgres
  make_database tistis
  if [ "$1" = psql ]; then
    # The policies are left out: they speak of the tool's own table, and what a statement returns is not theirs to say.
    for file in "$root"/sql/migrations/*.sql "$root"/sql/functions/*.sql; do
      psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction --file="$file" "$(dsn tistis tistis_owner)" \
        >>"$LOG_DIR/migrate.log" 2>&1 || die "$(cat "$LOG_DIR/migrate.log")" "mend $file"
    done
  else
    need_programs migrate
    "$BIN_DIR/migrate" --dsn "$(dsn tistis tistis_owner)" --sql "$root/sql" >"$LOG_DIR/migrate.log" 2>&1 ||
      die "migrating an empty database failed: $(cat "$LOG_DIR/migrate.log")" "mend the statement it names"
  fi
}
