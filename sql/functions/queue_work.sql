-- What `jobs` does with the queue. These cross tenants: they are `security definer`, owned by a role that may do
-- nothing else (policies.sql), and executable by the workers' roles only.

-- As they were called before 0008.
drop function if exists claim_jobs(uuid, int, text, uuid);
drop function if exists next_job_due();

-- A worker says that it lives, and learns whether another has come after it: then it finishes what it holds and
-- claims nothing more. One restricted to a kind (`--kind`, `--id`) neither supersedes nor is superseded.
create or replace function worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds float8)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_new boolean;
begin
  insert into workers as w (id, name, kind) values (p_worker, p_name, p_kind)
    on conflict (id) do update set last_seen = clock_timestamp(), stopped_at = null
    returning w.xmax = 0 into v_new;
  if v_new and (p_kind is null or p_kind = 'drain') then perform cron_runs(); end if;
  return p_kind is null and exists (
    select 1 from workers n, workers me
     where me.id = p_worker and n.kind is null and n.stopped_at is null and n.id <> me.id
       and (n.started_at, n.id) > (me.started_at, me.id)
       and n.last_seen > clock_timestamp() - make_interval(secs => p_lease_seconds));
end $$;

create or replace function worker_stopped(p_worker uuid) returns void
language sql security definer set search_path = public, pg_temp as $$
  update workers set stopped_at = clock_timestamp() where id = p_worker;
  -- A killed one never said that it stopped.
  delete from workers where coalesce(stopped_at, last_seen) < now() - interval '1 day' and id <> p_worker
    and not exists (select 1 from jobs j where j.worker_id = workers.id and j.status = 'processing');
$$;

-- Gives back the jobs of workers whose heartbeat stopped: pending again, or dead after the last attempt. A worker that
-- is gone is looked at once more whenever it has been gone twice as long as the last time: it may have been asleep and
-- claimed something meanwhile, and a look at all jobs in work would pass the entries of all that ever were.
create or replace function recover_jobs(p_lease_seconds float8) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_lease interval := make_interval(secs => p_lease_seconds);
  v_gone uuid[];
  v_lost jsonb;
begin
  with gone as (
    update workers w set recovered_at = clock_timestamp()
     where w.id in (
       select g.id from workers g, lateral (select coalesce(g.stopped_at, g.last_seen) as at) e
        where (g.stopped_at is not null or g.last_seen < clock_timestamp() - v_lease)
          and (g.recovered_at is null or g.recovered_at < e.at
            or clock_timestamp() - e.at > 2 * greatest(g.recovered_at - e.at, v_lease))
        order by g.id for update skip locked)
    returning w.id)
  select array_agg(id) into v_gone from gone;
  if v_gone is null then return 0; end if;
  select jsonb_agg(jsonb_build_object('tenant_id', j.tenant_id, 'id', j.id, 'attempt', j.attempts, 'worker', j.worker_id,
      'outcome', 'retry', 'seconds', 0, 'why', 'its worker stopped without a word'))
    into v_lost
    from jobs j where j.worker_id is not null and j.worker_id = any (v_gone) and j.status = 'processing';
  if v_lost is null then return 0; end if;
  perform settle_jobs(v_lost);
  return jsonb_array_length(v_lost);
end $$;

-- Takes up to p_limit due jobs, turn by turn among the tenants, so that nobody's backlog keeps the others waiting.
--
-- p_since: no job that may be claimed was ready before it (`next_job_due` says so); null looks at all of them. The
-- oldest that are due are nearly always all that are due. Only when there are more, the tenants are asked one by one
-- (some of them, when they are many), so that those behind a backlog have their turn.
create or replace function claim_jobs(p_worker uuid, p_limit int, p_kind text, p_id uuid, p_since timestamptz)
returns setof jobs language plpgsql security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_material = off set jit = off as $$
declare
  v_since timestamptz := coalesce(p_since, '-infinity');
  v_now timestamptz := app_clock();
  v_window int := 4 * p_limit;
begin
  -- Who has not said that it lives would hold its jobs for ever: nobody could see it die.
  if not exists (select from workers where id = p_worker and stopped_at is null) then return; end if;
  return query
    with oldest as materialized (
      select j.tenant_id, j.id, j.priority, j.scheduled_for from jobs j
       where p_id is null and j.ready_at > '-infinity' and j.ready_at >= v_since and j.ready_at <= v_now
         and (p_kind is null or j.job_type = p_kind)
       order by j.ready_at limit v_window
    ), behind as materialized (
      select d.tenant_id, d.id, d.priority, d.scheduled_for
        from (select id from tenants where (select count(*) from oldest) = v_window order by random() limit 256) t
        cross join generate_series(1, 9) p (priority)
        cross join lateral (
          select j.tenant_id, j.id, j.priority, j.scheduled_for from jobs j
           where j.tenant_id = t.id and j.priority = p.priority and j.priority > 0 and j.ready_at is not null
             and j.ready_at >= v_since and j.ready_at <= v_now and (p_kind is null or j.job_type = p_kind)
           order by j.ready_at limit 8) d
    ), one as (
      select j.tenant_id, j.id, j.priority, j.scheduled_for from jobs j
       where j.id = p_id and j.ready_at is not null and (p_kind is null or j.job_type = p_kind)
    ), turn as materialized (
      select u.*, row_number() over (partition by u.tenant_id order by u.priority, u.scheduled_for) as turn
        from (select * from oldest union select * from behind union select * from one) u
    ), chosen as materialized (
      -- One look at one row after the other, whatever the planner thinks of the table.
      select j.tenant_id, j.id from (select * from turn order by turn, priority, scheduled_for) t
       cross join lateral (
         select h.tenant_id, h.id from jobs h
          where h.tenant_id = t.tenant_id and h.id = t.id and h.status = 'pending' and h.lane_head
          limit 1 for update skip locked) j
       limit p_limit
    )
    update jobs j set status = 'processing', worker_id = p_worker, attempts = j.attempts + 1, holds_lane = false,
        started_at = now(), updated_at = now()
      from chosen c where j.tenant_id = c.tenant_id and j.id = c.id
      returning j.*;
end $$;

-- When the earliest job may be claimed (null: there is none), and since when a later search has to look.
--
-- One second before this one: what was being written meanwhile carries an earlier stamp than what was found here. A
-- transaction that takes longer to commit is met by the worker's wider searches (Flows/Horizon).
create or replace function next_job_due(p_since timestamptz, out due timestamptz, out since timestamptz)
language plpgsql security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_material = off set jit = off as $$
declare
  v_now timestamptz := app_clock();
begin
  select j.ready_at into due from jobs j
   where j.ready_at > '-infinity' and j.ready_at >= coalesce(p_since, '-infinity')
   order by j.ready_at limit 1;
  since := least(coalesce(due, v_now), v_now) - interval '1 s';
end $$;

-- Writes down how jobs ended, many at once.
--
-- p_results: array of {"tenant_id", "id", "attempt", "worker", "outcome": done | retry | snooze | wait | bury, "seconds"?,
--   "why"?, "result"?}. Only the worker that holds the job, at this attempt, is listened to; a result that comes too
--   late changes nothing. Returns how many were taken.
create or replace function settle_jobs(p_results jsonb) returns int
language plpgsql security definer set search_path = public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_material = off set jit = off as $$
declare
  v_taken int := 0;
  t record;
begin
  for t in
    select j.tenant_id, array_agg(distinct j.lane) as lanes,
        array_agg(distinct j.unique_key) filter (where r.outcome in ('retry', 'snooze', 'wait')) as keys, jsonb_agg(r.item) as items
      from (select value as item, (value ->> 'tenant_id')::uuid as tenant_id, (value ->> 'id')::uuid as id,
              value ->> 'outcome' as outcome from jsonb_array_elements(p_results)) r
      join jobs j on j.tenant_id = r.tenant_id and j.id = r.id
     group by j.tenant_id order by j.tenant_id
  loop
    perform lock_lanes(t.tenant_id, t.lanes, coalesce(t.keys, '{}'));
    v_taken := v_taken + settle_jobs_of(t.tenant_id, t.items);
    perform elect_lane_heads(t.tenant_id, t.lanes);
  end loop;
  return v_taken;
end $$;

-- One tenant's share of `settle_jobs`. plpgsql keeps its plan for the session; as a function in SQL it was planned at each
-- call, which took longer than its work.
create or replace function settle_jobs_of(p_tenant uuid, p_results jsonb) returns int
language plpgsql as $$
declare
  v_taken int;
  v_forlorn uuid[];
begin
  with held as materialized (
    select j.id, j.job_type, j.unique_key, j.attempts, j.max_attempts, r.outcome, r.why, r.result,
        app_now() + make_interval(secs => coalesce(r.seconds, 0)) as due,
        (select w.id from jobs w where w.tenant_id = p_tenant and w.unique_key = j.unique_key and w.status = 'pending')
          as twin
      from jsonb_to_recordset(p_results) as r (id uuid, attempt int, worker uuid, outcome text, seconds float8, why text,
        result jsonb)
      join jobs j on j.tenant_id = p_tenant and j.id = r.id and j.status = 'processing' and j.attempts = r.attempt
        -- Not "=": that would let the planner look through jobs_held, past whatever that worker ever held.
        and j.worker_id is not distinct from r.worker
     order by j.id for update of j
  ), judged as (
    select h.*, case
        when h.outcome = 'done' then 'completed'
        when h.outcome = 'bury' or (h.outcome = 'retry' and h.attempts >= h.max_attempts) then 'dead'
        else 'pending' end as verdict
      from held h
  ), heirs as (
    -- Of one key only one may wait: the twin that waits already, or else the newest of those that end together here
    -- (without a lane two can run at once). It takes over, not before the time that any of them had to wait for.
    select g.*, case when g.unique_key is not null and g.verdict = 'pending'
          then coalesce(g.twin, nullif(first_value(g.id) over (partition by g.unique_key, g.verdict order by g.id desc),
            g.id)) end as heir,
        case when g.unique_key is null then g.due
          else max(g.due) over (partition by g.unique_key, g.verdict) end as latest
      from judged g
  ), ended as (
    select h.*, case when h.heir is not null then 'cancelled' else h.verdict end as status from heirs h
  ), twins as (
    update jobs w set scheduled_for = greatest(w.scheduled_for, e.latest), updated_at = now()
      from (select distinct twin, latest from ended where heir = twin) e where w.tenant_id = p_tenant and w.id = e.twin
  ), changed as (
    update jobs j set
        status = e.status,
        worker_id = case when e.status = 'pending' then null else j.worker_id end,
        scheduled_for = case when e.status = 'pending' then e.latest else j.scheduled_for end,
        lane_head = case when e.status = 'pending' then j.lane is null or e.outcome in ('retry', 'wait') else j.lane_head end,
        holds_lane = e.status = 'pending' and e.outcome in ('retry', 'wait'),
        -- Waiting is no failure. The attempt keeps its number, by which a late result is told from the next run's.
        max_attempts = j.max_attempts + case when e.status = 'pending' and e.outcome in ('snooze', 'wait') then 1 else 0 end,
        completed_at = case when e.status <> 'pending' then now() end,
        error_message = case when e.outcome = 'done' then null else e.why end,
        result = case when e.status = 'cancelled' then jsonb_build_object('merged_into', e.heir) else e.result end,
        updated_at = now()
      from ended e where j.tenant_id = p_tenant and j.id = e.id
      returning j.id, j.status = 'dead' and e.outcome = 'retry' and e.job_type = 'ai_response' and e.twin is null as forlorn
  )
  select count(*)::int, array_agg(id) filter (where forlorn) into v_taken, v_forlorn from changed;
  if v_forlorn is not null then
    -- Whoever gives up an answer itself hands it to people before. Here nobody was left to do so.
    insert into jobs (tenant_id, job_type, unique_key, priority, payload, request_id, lane_head)
      select p_tenant, 'hand_over', 'hand_over:' || j.id, 2, j.payload || jsonb_build_object('job_id', j.id), j.request_id,
          true from jobs j where j.tenant_id = p_tenant and j.id = any (v_forlorn)
      on conflict do nothing;
  end if;
  return v_taken;
end $$;

-- Removes finished jobs in batches; dead ones stay until a person decides.
create or replace function prune_jobs(p_older_than interval, p_limit int) returns int
language sql security definer set search_path = public, pg_temp as $$
  with gone as (
    delete from jobs where (tenant_id, id) in (
      select tenant_id, id from jobs where status in ('completed', 'cancelled') and completed_at < now() - p_older_than
       limit p_limit for update skip locked)
    returning 1)
  select count(*)::int from gone
$$;

-- What would be claimed next, for a person who looks (`jobs --dry-run`): due first, nothing is changed.
create or replace function list_jobs(p_limit int, p_kind text, p_id uuid)
returns setof jobs language sql stable security definer set search_path = public, pg_temp as $$
  select * from jobs
   where ready_at > '-infinity' and (p_id is not null or ready_at <= app_now())
     and (p_kind is null or job_type = p_kind) and (p_id is null or id = p_id)
   order by priority, scheduled_for limit p_limit
$$;

-- How full the queue is, all tenants together. The oldest is the one that has been due longest, in seconds.
create or replace function queue_stats()
returns table (pending bigint, processing bigint, completed_today bigint, failed_today bigint, oldest_due_seconds float8)
language sql stable security definer set search_path = public, pg_temp as $$
  select (select count(*) from jobs where ready_at > '-infinity')
      + (select count(*) from jobs where status = 'pending' and lane is not null and not lane_head),
    (select count(*) from jobs where worker_id is not null and status = 'processing'),
    (select count(*) from jobs where status in ('completed', 'cancelled') and completed_at >= date_trunc('day', now())),
    (select count(*) from jobs where status = 'dead' and completed_at >= date_trunc('day', now())),
    coalesce((select extract(epoch from app_now() - min(scheduled_for)) from jobs
      where ready_at > '-infinity' and scheduled_for <= app_now()), 0)
$$;
