-- Dead jobs of the current tenant, driven again by a person who has mended the cause.

-- What was kept back because this message, which is pending again, had failed (`incomplete`): the rest of what was said in
-- parts, pending as well. Returns the jobs that send them, as `enqueue_jobs` reads them.
create or replace function revive_parts(p_message uuid, p_job uuid) returns jsonb
language sql as $$
  with rest as (
    update messages x set status = 'pending', error_code = null, error_message = null
      from messages m
     where m.tenant_id = current_tenant() and m.id = p_message and x.tenant_id = m.tenant_id
       and x.conversation_id = m.conversation_id and x.id > m.id and x.role = m.role
       and x.status = 'withheld' and x.error_code = 'incomplete'
       and (x.metadata ->> 'group' = m.metadata ->> 'group'
         or m.role = 'assistant' and x.processed_by_job_id = m.processed_by_job_id
           and x.answers_message_id = m.answers_message_id)
    returning x.id)
  select coalesce(jsonb_agg(jsonb_build_object('job_type', j.job_type, 'lane', j.lane, 'priority', j.priority,
      'max_attempts', 6, 'request_id', j.request_id,
      'payload', j.payload || jsonb_build_object('message_id', r.id)) order by r.id), '[]')
    from rest r join jobs j on j.tenant_id = current_tenant() and j.id = p_job
$$;

-- Makes dead jobs pending again, with all their attempts. One whose unique key a pending job has meanwhile stays dead:
-- that one does its work. Returns which became pending.
create or replace function redrive_jobs(p_ids uuid[]) returns setof uuid
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_lanes text[];
  v_keys text[];
  v_id uuid;
  v_message uuid;
  v_rest jsonb;
  v_nth int := 0;
begin
  select array_agg(distinct lane), array_agg(distinct unique_key) into v_lanes, v_keys
    from jobs where tenant_id = v_tenant and id = any (p_ids) and status = 'dead';
  perform lock_lanes(v_tenant, v_lanes, v_keys);
  -- In the order in which they were put there.
  for v_id in select x from unnest(p_ids) x order by x loop
    update jobs d set status = 'pending', attempts = 0,
        -- Each wait had added one.
        max_attempts = case when d.job_type like 'send\_%' then 6 else d.max_attempts end, worker_id = null, completed_at = null,
        -- One after the other, each with what follows it.
        scheduled_for = app_now() + v_nth * interval '1 microsecond',
        lane_head = d.lane is null, holds_lane = false, updated_at = now()
      where d.tenant_id = v_tenant and d.id = v_id and d.status = 'dead'
        and not exists (select 1 from jobs p where p.tenant_id = v_tenant and p.unique_key = d.unique_key
          and p.status = 'pending');
    if found then
      v_nth := v_nth + 1;
      -- A message that the platform never had may leave after all; what may have been sent is never sent again.
      update messages m set status = 'pending', error_code = null, error_message = null
        from jobs d
        where d.tenant_id = v_tenant and d.id = v_id and m.tenant_id = v_tenant
          and m.id::text = d.payload ->> 'message_id' and d.job_type like 'send\_%'
          and m.status = 'failed' and m.external_id is null
        returning m.id into v_message;
      if found then
        select coalesce(jsonb_agg(r.job || jsonb_build_object('delay_seconds', (v_nth + r.n - 1) * 1e-6) order by r.n), '[]')
          into v_rest from jsonb_array_elements(revive_parts(v_message, v_id)) with ordinality r (job, n);
        v_nth := v_nth + enqueue_jobs(v_rest);
      end if;
      -- An attachment that was given up is asked for once more.
      update media_files f set status = 'pending', error_message = null
        from jobs d
        where d.tenant_id = v_tenant and d.id = v_id and d.job_type = 'fetch_media' and f.tenant_id = v_tenant
          and f.id::text = d.payload ->> 'media_id' and f.status = 'gone';
      return next v_id;
    end if;
  end loop;
  perform elect_lane_heads(v_tenant, v_lanes) where v_lanes is not null;
end $$;
