-- The queue, for a worker of somebody else's. What it takes it holds for five minutes, as long as the guide's timeout: it
-- has no heartbeat, so each claim is a worker of its own (kind 'external') that is seen for the last time then. After that
-- the job is another's. Of our own kinds only answers are given away: only `begin_send` knows that a message leaves once,
-- and files are where our programs are.

-- The kinds of job that our programs do themselves (`Flows/Work`; a test compares). All others are an integrator's own.
create or replace function is_own_kind(p_job_type text) returns boolean
language sql immutable parallel safe as $$
  select p_job_type like 'send\_%' or p_job_type in ('ai_response', 'fetch_media', 'remove_media', 'read_back',
    'mark_read', 'refresh_token', 'upload_media', 'noop', 'fetch_jwks', 'sync_templates', 'test_channel', 'fetch_profile',
    'deliver_event', 'score_lead', 'routine', 'confirm_booking', 'hand_over')
$$;

-- These two are `security definer`, as all that touch `workers` and claims, and serve the transaction's tenant only.

create or replace function claim_next_job() returns job_queue
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_worker uuid := uuid_v7();
  v_id uuid;
  v_job job_queue;
begin
  for v_id in
    select j.id from jobs j
     where j.tenant_id = v_tenant and j.priority > 0 and j.ready_at is not null and j.ready_at <= app_clock()
       and (j.job_type = 'ai_response' or not is_own_kind(j.job_type))
     -- More than one: others claim at the same time.
     order by j.priority, j.ready_at limit 32
  loop
    -- Not before there is something to claim: most polls find nothing.
    insert into workers (id, name, kind, last_seen)
      values (v_worker, session_user, 'external', clock_timestamp() + interval '5 minutes') on conflict do nothing;
    perform 1 from claim_jobs(v_worker, 1, null, v_id, null);
    if found then
      select q.* into v_job from job_queue q where q.tenant_id = v_tenant and q.id = v_id;
      return v_job;
    end if;
  end loop;
  if found then delete from workers where id = v_worker; end if;
  return null;
end $$;

-- False: nobody of the outside holds the job any more, and nothing changes. With p_error_message it is tried again after
-- 2, 4, 8 … seconds, an hour at most, and is dead after its last attempt.
create or replace function complete_job(p_job_id uuid, p_result jsonb default null, p_error_message text default null)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  j jobs;
begin
  select x.* into j from jobs x join workers w on w.id = x.worker_id and w.kind = 'external' and w.stopped_at is null
   where x.tenant_id = v_tenant and x.id = p_job_id and x.status = 'processing';
  if j.id is null or settle_jobs(jsonb_build_array(jsonb_build_object('tenant_id', v_tenant, 'id', j.id,
    'attempt', j.attempts, 'worker', j.worker_id, 'outcome', case when p_error_message is null then 'done' else 'retry' end,
    'seconds', least(power(2, least(j.attempts, 12)), 3600), 'why', p_error_message, 'result', p_result))) = 0 then
    return false;
  end if;
  perform worker_stopped(j.worker_id);
  return true;
end $$;

-- Keeps an answer that was paid for beside its job, so that the next attempt need not ask again.
create or replace function cache_job_ai_response(p_job_id uuid, p_ai_response text, p_metadata jsonb default null)
returns void language plpgsql as $$
begin
  update jobs set cached_result = jsonb_build_object('response', p_ai_response, 'metadata', coalesce(p_metadata, '{}'),
      'cached_at', app_now()), updated_at = now()
    where tenant_id = require_tenant(current_tenant()) and id = p_job_id and status in ('pending', 'processing');
  if not found then
    raise exception 'there is no job % that is still to be done', p_job_id using errcode = 'no_data_found';
  end if;
end $$;

-- Whether a job may use an account now. Always one row; error_reason is null if it may.
create or replace function validate_channel_connection_for_job(p_job_id uuid, p_channel_connection_id uuid)
returns table (is_valid boolean, connection_status text, error_reason text)
language plpgsql stable as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
begin
  return query
    select r.reason is null, r.status, r.reason
      from (select cc.status, case
            when j.id is null then 'job_not_found'
            when cc.id is null then 'connection_not_found'
            when j.payload ->> 'channel_connection_id' <> cc.id::text then 'connection_of_another_job'
            when t.status <> 'active' then 'tenant_' || t.status
            when cc.status <> 'connected' then 'connection_' || cc.status end as reason
          from tenants t
          left join jobs j on j.tenant_id = t.id and j.id = p_job_id
          left join channel_connections cc on cc.tenant_id = t.id and cc.id = p_channel_connection_id
         where t.id = v_tenant) r;
end $$;
