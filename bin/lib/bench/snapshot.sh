# shellcheck shell=bash
# The queue under a snapshot that somebody holds open all the while (a long report, a forgotten psql).
#
#   bin/bench snapshot [--minutes 10] [--rate 800] [--json]
#
# Jobs come in at the rate, half of them in lanes; a worker claims up to 50 at a time and writes them off, as `jobs` does.
# Each minute's figures are printed: jobs taken in and done, and how long they waited once they were due. What a queue
# table suffers from is that vacuum may not remove what the snapshot could still see.

bench() {
  local minutes=10 rate=800 tenants=20 pgbench options minute finished
  while [ $# -gt 0 ]; do
    case $1 in
      --minutes) minutes=${2:?} && shift ;;
      --rate) rate=${2:?} && shift ;;
      --json) json=1 ;;
      *) die "$1 is not known" "$me --help" ;;
    esac
    shift
  done

  bench_begin
  durable_database

  psql_world tistis -v n=$tenants >/dev/null <<'SQL'
insert into tenants (id, name, slug, vertical)
  select ('a1000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, 'Bench ' || i, 'bench-' || i, 'other'
    from generate_series(1, :n) i;
insert into workers (id, name, kind) values ('b1000000-0000-0000-0000-000000000001', 'bench', 'bench');
SQL

  # A job comes in, half of them in one of a tenant's 1,000 lanes (conversations: a dozen jobs each in ten minutes).
  cat >"$DEV_DIR/feed.sql" <<'SQL'
\set t random(1, 20)
\set lane random(1, 2000)
begin;
select set_config('app.tenant_id', 'a1000000-0000-0000-0000-' || lpad(:t::text, 12, '0'), true);
select enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'noop',
  'lane', case when :lane <= 1000 then 'lane:' || :lane end)));
commit;
SQL
  # What is due is taken and written off as the worker does it (Flows/Worker, Flows/Horizon): claims begin at the horizon,
  # which moves once a second, looks further back every ten and at everything every 300; with nothing due it rests.
  cat >"$DEV_DIR/work.sql" <<'SQL'
select extract(epoch from clock_timestamp()) as began \gset
select settle_jobs(coalesce((select jsonb_agg(jsonb_build_object('tenant_id', c.tenant_id, 'id', c.id,
  'attempt', c.attempts, 'worker', c.worker_id, 'outcome', 'done'))
  from claim_jobs('b1000000-0000-0000-0000-000000000001', 50, null, null, to_timestamp(:since)) c), '[]')) as done \gset
\if :began - :moved > 1
  select extract(epoch from since) as since, extract(epoch from clock_timestamp()) as moved
    from next_job_due(to_timestamp(case when :began - :opened > 300 then 0
      when :began - :widened > 10 then :since - 60 else :since end)) \gset
  \if :began - :widened > 10
    \set widened :began
  \endif
  \if :began - :opened > 300
    \set opened :began
  \endif
\endif
\if :done < 10
  \sleep 20 ms
\endif
SQL
  # Every minute: what came in, what was done, how long the slowest had to wait since it was ready.
  cat >"$DEV_DIR/minute.sql" <<'SQL'
select format('minute %s: %s jobs/s in, %s jobs/s done, %s pending; waited: median %s ms, p99 %s ms, worst %s ms',
  :minute, count(*) filter (where created_at >= now() - interval '1 min') / 60,
  count(*) filter (where completed_at >= now() - interval '1 min') / 60, count(*) filter (where status = 'pending'),
  percentile_disc(0.5) within group (order by w), percentile_disc(0.99) within group (order by w), max(w))
  from (select *, case when completed_at >= now() - interval '1 min'
    then round(extract(epoch from started_at - greatest(created_at, scheduled_for)) * 1000)::int end as w from jobs) j;
SQL

  say "$rate jobs/s for $minutes min with a snapshot open from the first second on" >&"$people"
  (printf '%s\n' 'begin isolation level repeatable read; select count(*) from jobs;' && sleep $((minutes * 60 + 20))) |
    psql "$(dsn tistis postgres)" --no-psqlrc --quiet --output=/dev/null &
  holder=$!
  trap 'kill $holder 2>/dev/null || :; world_remove' EXIT
  sleep 1
  pgbench=$(bench_tool pgbench)
  options=(--no-vacuum --protocol simple --time $((minutes * 60)))
  "$pgbench" "${options[@]}" --client 4 --rate "$rate" --file "$DEV_DIR/feed.sql" "$(dsn tistis postgres)" >"$DEV_DIR/feed.out" 2>&1 &
  feeder=$!
  "$pgbench" "${options[@]}" --client 1 --define since=0 --define moved=0 --define widened=0 --define opened=0 --file "$DEV_DIR/work.sql" \
    "$(dsn tistis postgres)" >"$DEV_DIR/work.out" 2>&1 &
  worker=$!
  trap 'kill $holder $feeder $worker 2>/dev/null || :; world_remove' EXIT
  for minute in $(seq "$minutes"); do
    sleep 60
    psql_world tistis -At -v minute="$minute" -f "$DEV_DIR/minute.sql" >&"$people"
  done
  wait $feeder $worker || { cat "$DEV_DIR"/*.out >&2 && die "pgbench failed" "what it says stands above"; }
  finished=$(psql_world tistis -Atc "select count(*) from jobs where status = 'completed'")
  figure jobs_done "$finished" jobs "of $((rate * minutes * 60)) fed"
  figure jobs_pending "$(psql_world tistis -Atc "select count(*) from jobs where status = 'pending'")" jobs 'at the end'
  figure dead_rows "$(psql_world tistis -Atc "select n_dead_tup from pg_stat_user_tables where relname = 'jobs'")" rows
  figure table_bytes "$(psql_world tistis -Atc "select pg_total_relation_size('jobs')")" bytes
  bench_end
}
