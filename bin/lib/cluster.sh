# shellcheck shell=bash
# A private PostgreSQL: its own folder, no port, reached through a socket folder that only its owner may enter. That
# folder's mode 0700 is the authentication; inside it every local role is trusted without a password. Development only.

# Debian: initdb and the server are not in PATH. An existing cluster needs the version that made it.
postgres_bin() {
  local version=${1:-} folders=()
  if [ -n "$version" ]; then
    [ -x "/usr/lib/postgresql/$version/bin/postgres" ] ||
      die "the cluster in $CLUSTER_DIR was made by PostgreSQL $version, which is not installed" \
        "apt-get install postgresql-$version" "or begin anew: bin/dev --stop; rm -rf $DEV_DIR"
  else
    mapfile -t folders < <(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V)
    version=${folders[-1]#/usr/lib/postgresql/}
    version=${version%%/*}
  fi
  printf '/usr/lib/postgresql/%s/bin' "$version"
}

# as_postgres COMMAND…: PostgreSQL refuses root. setpriv becomes the command, where su would stay as its parent.
as_postgres() {
  if [ "$am_root" = 1 ]; then
    (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups -- env HOME=/ "$@")
  else
    "$@"
  fi
}

# make_cluster: once; afterwards it only looks whether it is the one that belongs to this world.
make_cluster() {
  local began bin
  [ ! -f "$CLUSTER_DIR/id" ] || [ "$(<"$CLUSTER_DIR/id")" = "$(<"$DEV_DIR/id")" ] || {
    say "The cluster in $CLUSTER_DIR belongs to a world that was deleted: removing it."
    stop_orphan
    rm -rf "$CLUSTER_DIR"
  }
  [ ! -s "$CLUSTER_DIR/id" ] || return 0
  began=$(now_ms)
  rm -rf "$CLUSTER_DIR"
  mkdir -m 700 "$CLUSTER_DIR" "$CLUSTER_DIR/sock"
  [ "$am_root" = 0 ] || chown -R postgres:postgres "$CLUSTER_DIR"
  bin=$(postgres_bin)
  as_postgres "$bin/initdb" --pgdata="$CLUSTER_DIR/data" --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-instructions ${CLUSTER_VOLATILE:+--no-sync} >"$LOG_DIR/initdb.log" 2>&1 ||
    die "initdb failed" "tail $LOG_DIR/initdb.log"
  cp "$DEV_DIR/id" "$CLUSTER_DIR/id"
  say "Made a PostgreSQL cluster in $CLUSTER_DIR ($(seconds_since "$began"))."
}

# stop_orphan: a server whose world's records are gone. Its working folder is its data folder, so it is surely ours.
stop_orphan() {
  local orphan until fields
  [ -f "$CLUSTER_DIR/data/postmaster.pid" ] || return 0
  read -r orphan <"$CLUSTER_DIR/data/postmaster.pid"
  [ "$(readlink "/proc/$orphan/cwd")" = "$CLUSTER_DIR/data" ] || return 0
  kill -INT "$orphan"
  until=$(($(now_ms) + 10000))
  while read_stat "$orphan" && [ "${fields[0]}" != Z ] && [ "$(now_ms)" -lt "$until" ]; do sleep 0.05; done
}

# spawn_postgres: starts it; await_postgres before using it. CLUSTER_VOLATILE=1 trades a power cut's safety for speed.
spawn_postgres() {
  local bin options=(
    -c listen_addresses='' -c unix_socket_directories="$CLUSTER_DIR/sock" -c unix_socket_permissions=0700 -c port=5432
    -c max_connections=200 -c shared_buffers=64MB -c timezone=UTC -c log_timezone=UTC
    -c log_line_prefix='svc=postgres %m [%p] %q%u@%d '
  )
  [ -z "${CLUSTER_VOLATILE:-}" ] || options+=(-c fsync=off -c full_page_writes=off)
  bin=$(postgres_bin "$(<"$CLUSTER_DIR/data/PG_VERSION")")
  stop_orphan
  if [ "$am_root" = 1 ]; then
    spawn postgres setpriv --reuid=postgres --regid=postgres --init-groups --reset-env -- \
      "$bin/postgres" -D "$CLUSTER_DIR/data" "${options[@]}"
  else
    spawn postgres "$bin/postgres" -D "$CLUSTER_DIR/data" "${options[@]}"
  fi
}

await_postgres() {
  local until=$(($(now_ms) + 30000))
  until psql_world postgres -c 'select 1' >/dev/null 2>&1; do
    is_alive postgres || die "PostgreSQL ended at its start" "tail $LOG_DIR/postgres.log"
    [ "$(now_ms)" -lt "$until" ] || die "PostgreSQL does not answer after 30 s" "tail $LOG_DIR/postgres.log"
    sleep 0.05
  done
}

# dsn DATABASE ROLE: a libpq connection string.
dsn() { printf 'host=%s dbname=%s user=%s' "$CLUSTER_DIR/sock" "$1" "$2"; }

# psql_world DATABASE ARGUMENT…: psql as the superuser, stopping at the first error, in silence.
psql_world() {
  local database=$1
  shift
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$(dsn "$database" postgres)" "$@"
}

# make_database NAME: owned by the role that migrates. It may make roles, for the programs, but is no superuser.
make_database() {
  psql_world postgres --tuples-only --set=name="$1" >/dev/null <<'SQL'
select 'create role tistis_owner login createrole' where to_regrole('tistis_owner') is null \gexec
select format('create database %I owner tistis_owner', :'name')
  where not exists (select from pg_database where datname = :'name') \gexec
SQL
}
