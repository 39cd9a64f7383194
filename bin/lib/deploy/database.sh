# shellcheck shell=bash
# Postgres: the database, its owner, and who of the operating system's users is which role.

# administer: SQL from standard input, as Postgres' own administrator; rows come without any decoration.
administer() { as_user postgres psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname=postgres; }

prepare_database() {
  start_postgres
  if [ -n "$dry" ] && ! as_user postgres psql --quiet --command='' postgres 2>/dev/null; then
    say "would: make the role tistis_owner, the database tistis, and the map of users to roles"
    return 0
  fi
  if [ "$(administer <<<"select count(*) from pg_database where datname = 'tistis'")" = 0 ]; then
    act "make the database tistis and its owner" make_database
  fi
  map_users
}

start_postgres() {
  local version cluster
  ! as_user postgres psql --quiet --command='' postgres 2>/dev/null || return 0
  if has_systemd; then
    act "start Postgres" systemctl start postgresql
  else
    read -r version cluster _ < <(pg_lsclusters --no-header) || [ -n "$dry" ] ||
      die "there is no Postgres cluster" "pg_createcluster 15 main, then $0 again; or --no-database if Postgres is elsewhere"
    act "start Postgres by pg_ctlcluster, since no systemd runs here" pg_ctlcluster "$version" "$cluster" start
  fi
}

# The owner makes the programs' roles when it migrates; it is no superuser.
make_database() {
  administer <<'SQL'
select 'create role tistis_owner login createrole' where to_regrole('tistis_owner') is null \gexec
create database tistis owner tistis_owner template template0 encoding 'UTF8' locale 'C.UTF-8';
SQL
}

# map_users: our lines in pg_hba.conf before all others, since the first that fits decides; and the map that they name.
map_users() {
  local access map before
  access=$(administer <<<'show hba_file')
  map=$(administer <<<'show ident_file')
  before=$changes
  replace "$map" 640 postgres:postgres < <(with_block "$map" "$tree/etc/postgresql/pg_ident.conf")
  replace "$access" 640 postgres:postgres < <(with_block "$access" "$tree/etc/postgresql/pg_hba.conf")
  [ "$changes" != "$before" ] && [ -z "$dry" ] || return 0
  administer <<<'select pg_reload_conf()' >/dev/null
  before=$(administer <<'SQL'
select file_name || ':' || line_number || ': ' || error
  from (select current_setting('hba_file') as file_name, line_number, error from pg_hba_file_rules
        union all select current_setting('ident_file'), line_number, error from pg_ident_file_mappings) f
 where error is not null
SQL
  )
  [ -z "$before" ] || die "Postgres does not accept its own files: $before" "mend that line; $0 again"
}

# with_block FILE LINES: the file with our block before its first rule, instead of the block that is there.
with_block() {
  local begin='# tistis begin: written by install, which replaces what is between these two lines' end='# tistis end'
  awk -v begin="$begin" -v end="$end" -v lines="$2" '
    function block() { print begin; while ((getline line < lines) > 0) print line; print end; done = 1 }
    $0 == begin { inside = 1 }
    !inside && !done && !/^[[:space:]]*(#|$)/ { block() }
    !inside { print }
    $0 == end { inside = 0 }
    END { if (!done) block() }' "$1"
}

owner_url() { sed -n 's/^DATABASE_URL=//p' /etc/tistis/tistis.env; }

# run_migrate FLAG…: as the owner; the connection string goes by the environment, which nobody else can read.
run_migrate() {
  MIGRATE_DATABASE_URL=$(owner_url) as_user tistis_owner "$home/bin/migrate" --sql "$home/sql" "$@" 2>&1
}

# migrate: forward only. With --only nothing is changed, for the other programs were not asked.
migrate() {
  local said status=0
  if [ -n "$dry" ] && [ ! -x "$home/bin/migrate" ]; then
    say "would: migrate the database"
    return 0
  fi
  said=$(run_migrate --status) || status=$?
  case $status in
    0) ;;
    3)
      [ -z "$only" ] || die "this release needs migrations: $(grep -c '^pending' <<<"$said") pending" "install all of it: $0"
      if [ -f /etc/cron.d/tistis ]; then act "let jobs drain, and hold it" hold_jobs; fi
      act "migrate the database" run_migrate
      if [ -f /etc/cron.d/tistis ] && [ -z "$dry" ]; then let_jobs_go; fi
      ;;
    *)
      [[ $said == *"this checkout is older"* ]] || die "migrate: $said" "mend that, then $0 again"
      remark "the database is newer than this release and stays as it is; programs accept a newer schema"
      ;;
  esac
  if is_held; then act "let jobs go, which an install that was killed had held" let_jobs_go; fi
}
