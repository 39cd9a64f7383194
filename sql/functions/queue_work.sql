-- What `jobs` does with the queue. These cross tenants: they are `security definer`, owned by a role that may do
-- nothing else (policies.sql), and executable by the workers' roles only.

-- A worker says that it lives, and learns whether another has come after it: then it finishes what it holds and
-- claims nothing more. One restricted to a kind (`--kind`, `--id`) neither supersedes nor is superseded.
create or replace function worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds float8)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into workers as w (id, name, kind) values (p_worker, p_name, p_kind)
    on conflict (id) do update set last_seen = clock_timestamp(), stopped_at = null;
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

-- Gives back the jobs of workers whose heartbeat stopped: pending again, or dead after the last attempt.
create or replace function recover_jobs(p_lease_seconds float8) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_lost jsonb;
begin
  select jsonb_agg(jsonb_build_object('tenant_id', j.tenant_id, 'id', j.id, 'attempt', j.attempts, 'worker', j.worker_id,
      'outcome', 'retry', 'seconds', 0, 'why', 'its worker stopped without a word'))
    into v_lost
    from jobs j left join workers w on w.id = j.worker_id
   where j.status = 'processing'
     and (w.id is null or w.stopped_at is not null or w.last_seen < clock_timestamp() - make_interval(secs => p_lease_seconds));
  if v_lost is null then return 0; end if;
  perform settle_jobs(v_lost);
  return jsonb_array_length(v_lost);
end $$;

-- Takes up to p_limit due jobs, turn by turn among the tenants, so that nobody's backlog keeps the others waiting.
-- The recursive part steps from tenant to tenant through the index; it runs only when something is due at all.
create or replace function claim_jobs(p_worker uuid, p_limit int, p_kind text, p_id uuid)
returns setof jobs language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if p_id is null and not exists (
    select 1 from jobs where status = 'pending' and lane_head and scheduled_for <= app_now()) then
    return;
  end if;
  return query
    with recursive tenant as (
      (select tenant_id from jobs where status = 'pending' and lane_head order by tenant_id limit 1)
      union all
      select (select j.tenant_id from jobs j where j.status = 'pending' and j.lane_head and j.tenant_id > t.tenant_id
               order by j.tenant_id limit 1)
        from tenant t where t.tenant_id is not null
    ), turn as materialized (
      select d.tenant_id, d.id, row_number() over (partition by d.tenant_id order by d.priority, d.scheduled_for) as turn,
          d.priority, d.scheduled_for
        from tenant t
        cross join lateral (
          select j.tenant_id, j.id, j.priority, j.scheduled_for from jobs j
           where j.tenant_id = t.tenant_id and j.status = 'pending' and j.lane_head
             and (j.scheduled_for <= app_now() or j.id = p_id)
             and (p_kind is null or j.job_type = p_kind) and (p_id is null or j.id = p_id)
           order by j.priority, j.scheduled_for limit p_limit) d
    ), chosen as materialized (
      select j.tenant_id, j.id from jobs j join turn t on t.tenant_id = j.tenant_id and t.id = j.id
       where j.status = 'pending' and j.lane_head
       order by t.turn, t.priority, t.scheduled_for
       limit p_limit for update of j skip locked
    )
    update jobs j set status = 'processing', worker_id = p_worker, attempts = j.attempts + 1, holds_lane = false,
        started_at = now(), updated_at = now()
      from chosen c where j.tenant_id = c.tenant_id and j.id = c.id
      returning j.*;
end $$;

-- When the earliest job is due; null when the queue is empty.
create or replace function next_job_due() returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select min(scheduled_for) from jobs where status = 'pending' and lane_head
$$;

-- Writes down how jobs ended, many at once.
--
-- p_results: array of {"tenant_id", "id", "attempt", "worker", "outcome": done | retry | snooze | bury, "seconds"?,
--   "why"?, "result"?}. Only the worker that holds the job, at this attempt, is listened to; a result that comes too
--   late changes nothing. Returns how many were taken.
create or replace function settle_jobs(p_results jsonb) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_taken int := 0;
  t record;
begin
  for t in
    select j.tenant_id, array_agg(distinct j.lane) as lanes,
        array_agg(distinct j.unique_key) filter (where r.outcome in ('retry', 'snooze')) as keys, jsonb_agg(r.item) as items
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

-- One tenant's share of `settle_jobs`.
create or replace function settle_jobs_of(p_tenant uuid, p_results jsonb) returns int
language sql as $$
  with held as materialized (
    select j.id, j.unique_key, j.attempts, j.max_attempts, r.outcome, r.why, r.result,
        app_now() + make_interval(secs => coalesce(r.seconds, 0)) as due,
        (select w.id from jobs w where w.tenant_id = p_tenant and w.unique_key = j.unique_key and w.status = 'pending')
          as twin
      from jsonb_to_recordset(p_results) as r (id uuid, attempt int, worker uuid, outcome text, seconds float8, why text,
        result jsonb)
      join jobs j on j.tenant_id = p_tenant and j.id = r.id and j.status = 'processing' and j.attempts = r.attempt
        and j.worker_id = r.worker
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
        lane_head = case when e.status = 'pending' then j.lane is null or e.outcome = 'retry' else j.lane_head end,
        holds_lane = e.status = 'pending' and e.outcome = 'retry',
        -- Waiting is no failure. The attempt keeps its number, by which a late result is told from the next run's.
        max_attempts = j.max_attempts + case when e.status = 'pending' and e.outcome = 'snooze' then 1 else 0 end,
        completed_at = case when e.status <> 'pending' then now() end,
        error_message = case when e.outcome = 'done' then null else e.why end,
        result = case when e.status = 'cancelled' then jsonb_build_object('merged_into', e.heir) else e.result end,
        updated_at = now()
      from ended e where j.tenant_id = p_tenant and j.id = e.id
      returning 1
  )
  select count(*)::int from changed
$$;

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
   where status = 'pending' and lane_head and (p_id is not null or scheduled_for <= app_now())
     and (p_kind is null or job_type = p_kind) and (p_id is null or id = p_id)
   order by priority, scheduled_for limit p_limit
$$;

-- How full the queue is, all tenants together. The oldest is the one that has been due longest, in seconds.
create or replace function queue_stats()
returns table (pending bigint, processing bigint, completed_today bigint, failed_today bigint, oldest_due_seconds float8)
language sql stable security definer set search_path = public, pg_temp as $$
  select (select count(*) from jobs where status = 'pending'),
    (select count(*) from jobs where status = 'processing'),
    (select count(*) from jobs where status in ('completed', 'cancelled') and completed_at >= date_trunc('day', now())),
    (select count(*) from jobs where status = 'dead' and completed_at >= date_trunc('day', now())),
    coalesce((select extract(epoch from app_now() - min(scheduled_for)) from jobs
      where status = 'pending' and lane_head and scheduled_for <= app_now()), 0)
$$;
