-- Puts jobs of the current tenant into the queue. Called inside the transaction that makes them necessary.
--
-- p_jobs: array of {"job_type", "payload", "lane"?, "unique_key"?, "delay_seconds"?, "cap_seconds"?, "priority"?,
--   "max_attempts"?, "request_id"?}. A job whose pending twin (same unique_key) exists merges into it: the twin takes
--   the new payload and is pushed back to the new time, never beyond its cap, and never to an earlier time than it
--   already has: a debounce must not shorten a Retry-After. A key that is named twice here merges as well. Returns how
--   many jobs are asked for, merged ones included.
create or replace function enqueue_jobs(p_jobs jsonb) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_count int;
  v_lanes text[];
  v_busy text[];
begin
  v_count := jsonb_array_length(p_jobs);
  if v_count = 0 then return 0; end if;
  select array_agg(distinct j ->> 'lane') into v_lanes from jsonb_array_elements(p_jobs) j where j ->> 'lane' is not null;
  perform lock_lanes(v_tenant, coalesce(v_lanes, '{}'),
    (select coalesce(array_agg(distinct j ->> 'unique_key'), '{}') from jsonb_array_elements(p_jobs) j
      where j ->> 'unique_key' is not null));
  -- "limit 1" makes it one look into the index per lane, whatever the planner thinks of the table.
  select coalesce(array_agg(l), '{}') into v_busy from unnest(v_lanes) l
   cross join lateral (select from jobs h where h.tenant_id = v_tenant and h.lane = l and h.lane_head
     and h.status in ('pending', 'processing') limit 1) h;
  insert into jobs as old (tenant_id, job_type, lane, unique_key, priority, payload, scheduled_for, scheduled_cap,
      lane_head, max_attempts, request_id)
    select v_tenant, j.job_type, j.lane, j.unique_key, j.priority, coalesce(j.payload, '{}'),
        app_now() + make_interval(secs => j.delay_seconds),
        -- A delay longer than the cap was asked for by a person: it stands.
        case when j.cap_seconds is not null
          then app_now() + make_interval(secs => greatest(j.cap_seconds, j.delay_seconds)) end,
        -- An empty lane's first is its head at once: one version of the row less.
        j.lane is null or (row_number() over (partition by j.lane order by j.delay_seconds, j.n) = 1
          and j.lane <> all (v_busy)),
        coalesce(j.max_attempts, 5), j.request_id
      from (
        -- One statement may touch a row only once: of the twins in this call the last, as far away as any of them.
        select distinct on (x.unique_key, case when x.unique_key is null then x.n end)
            x.n, x.job_type, x.lane, x.unique_key, x.payload, x.cap_seconds, x.max_attempts, x.request_id,
            min(coalesce(x.priority, 5)) over twins as priority,
            max(coalesce(x.delay_seconds, 0)) over twins as delay_seconds
          from rows from (jsonb_to_recordset(p_jobs) as (job_type text, lane text, unique_key text, priority smallint,
              payload jsonb, delay_seconds float8, cap_seconds float8, max_attempts int, request_id text))
            with ordinality x (job_type, lane, unique_key, priority, payload, delay_seconds, cap_seconds, max_attempts,
              request_id, n)
          window twins as (partition by x.unique_key, case when x.unique_key is null then x.n end)
         order by x.unique_key, case when x.unique_key is null then x.n end, x.n desc) j
     order by j.n
    on conflict (tenant_id, unique_key) where status = 'pending' and unique_key is not null do update set
      payload = excluded.payload,
      request_id = excluded.request_id,
      priority = least(old.priority, excluded.priority),
      scheduled_for = greatest(old.scheduled_for,
        least(excluded.scheduled_for, coalesce(old.scheduled_cap, excluded.scheduled_for))),
      updated_at = now();
  perform elect_lane_heads(v_tenant, v_lanes) where v_lanes is not null;
  return v_count;
end $$;

-- Puts one job into the queue, or finds its pending twin (same unique key), and says which it is, so that somebody can
-- wait for it. p_job as `enqueue_jobs` reads it, with a "unique_key".
create or replace function request_job(p_job jsonb) returns uuid
language plpgsql as $$
begin
  perform enqueue_jobs(jsonb_build_array(p_job));
  return (select j.id from jobs j where j.tenant_id = current_tenant() and j.unique_key = p_job ->> 'unique_key'
    and j.status = 'pending');
end $$;

-- Gives up a job that nobody works on; false: it is not pending any more.
create or replace function cancel_job(p_job uuid) returns boolean
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_lane text;
begin
  select lane into v_lane from jobs where tenant_id = v_tenant and id = p_job;
  perform lock_lanes(v_tenant, array[v_lane], '{}') where v_lane is not null;
  -- What a message waits for is not cancelled behind its back.
  update jobs set status = 'cancelled', completed_at = app_now(), lane_head = false, holds_lane = false, updated_at = now()
    where tenant_id = v_tenant and id = p_job and status = 'pending' and job_type not like 'send\_%';
  if not found then return false; end if;
  perform elect_lane_heads(v_tenant, array[v_lane]) where v_lane is not null;
  return true;
end $$;
