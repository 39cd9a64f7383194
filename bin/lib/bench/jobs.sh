# shellcheck shell=bash
# How fast a full queue is worked off: jobs that do nothing, all of them in lanes.
#
#   bin/bench jobs [--jobs 200000] [--lanes 20000] [--json]
#
# `jobs --drain`, as it is installed, against pgbench with as many connections (4) that claims one job and completes it,
# again and again, in the plainest table there could be, with as many rows and the same durability. Afterwards it is
# checked that every job was done once, and that in no lane two ran at once or out of order.

bench() {
  local jobs=200000 lanes=20000 clients=4 raw began took rate baseline wrong
  while [ $# -gt 0 ]; do
    case $1 in
      --jobs) jobs=${2:?} && shift ;;
      --lanes) lanes=${2:?} && shift ;;
      --json) json=1 ;;
      *) die "$1 is not known" "$me --help" ;;
    esac
    shift
  done
  bench_begin
  build all >&"$people"
  need_programs jobs
  durable_database >&"$people"
  (umask 077 && environment_of jobs >"$ETC_DIR/jobs.env")

  psql_world tistis -v jobs="$jobs" -v lanes="$lanes" >/dev/null <<'SQL'
insert into tenants (id, name, slug, vertical)
  select ('a1000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, 'Bench ' || i, 'bench-' || i, 'other'
    from generate_series(0, 19) i;
insert into jobs (tenant_id, job_type, lane, lane_head, scheduled_for)
  select ('a1000000-0000-0000-0000-' || lpad((i % :lanes % 20)::text, 12, '0'))::uuid, 'noop', 'lane:' || i % :lanes,
      i < :lanes, now() - make_interval(secs => (:jobs - i) / 1e6)
    from generate_series(0, :jobs - 1) i;
create table plain_jobs (id bigint primary key, status text not null default 'pending', attempts int not null default 0,
  started_at timestamptz, completed_at timestamptz) with (fillfactor = 80);
create index on plain_jobs (id) where status = 'pending';
insert into plain_jobs select i from generate_series(1, :jobs) i;
vacuum analyze jobs;
vacuum analyze plain_jobs;
checkpoint;
SQL

  cat >"$DEV_DIR/plain.sql" <<'SQL'
update plain_jobs set status = 'processing', attempts = attempts + 1, started_at = now()
  where id = (select id from plain_jobs where status = 'pending' order by id for update skip locked limit 1)
  returning id \gset
update plain_jobs set status = 'completed', completed_at = now() where id = :id;
SQL
  # A part of them is enough to know the rate.
  raw=$((jobs < 60000 ? jobs : 60000))
  say "pgbench: $clients connections, one job after the other" >&"$people"
  "$(bench_tool pgbench)" --no-vacuum --protocol prepared --client $clients --jobs 2 --transactions $((raw / clients)) \
    --file "$DEV_DIR/plain.sql" "$(dsn tistis postgres)" >"$DEV_DIR/plain.out" 2>&1 ||
    die "pgbench failed: $(tail -n 3 "$DEV_DIR/plain.out")" "$me --help"
  baseline=$(sed -n 's/^tps = \([0-9]*\).*without initial.*/\1/p' "$DEV_DIR/plain.out")
  figure pgbench_rate "$baseline" jobs/s

  psql_world tistis -c checkpoint
  say "jobs --drain: $jobs jobs in $lanes lanes of 20 tenants" >&"$people"
  began=$(now_ms)
  "$root/bin/lib/with-env" "$ETC_DIR/jobs.env" -- "$BIN_DIR/jobs" --drain 2>"$LOG_DIR/jobs.log" ||
    die "jobs failed: $(tail -n 3 "$LOG_DIR/jobs.log")" "$me --help"
  took=$(($(now_ms) - began))
  rate=$((jobs * 1000 / took))
  figure jobs_rate "$rate" jobs/s

  wrong=$(psql_world tistis -At <<'SQL'
select (select count(*) from jobs where status <> 'completed' or attempts <> 1) + count(*)
  from (select started_at, lag(completed_at) over (partition by tenant_id, lane order by scheduled_for, id) as before
    from jobs) j where started_at < before;
SQL
  )
  [ "$wrong" = 0 ] || die "$wrong jobs were left, done twice, or overtook the one before them in their lane" "$me --help"
  figure ratio "$(ratio "$rate" "$baseline")" x 'no job lost or done twice, no lane out of order'
  bench_end
}
