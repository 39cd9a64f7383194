-- Dead jobs of the current tenant, driven again by a person who has mended the cause.

-- Makes dead jobs pending again, with all their attempts. One whose unique key a pending job has meanwhile stays dead:
-- that one does its work. Returns which became pending.
create or replace function redrive_jobs(p_ids uuid[]) returns setof uuid
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_lanes text[];
  v_keys text[];
  v_id uuid;
begin
  select array_agg(distinct lane), array_agg(distinct unique_key) into v_lanes, v_keys
    from jobs where tenant_id = v_tenant and id = any (p_ids) and status = 'dead';
  perform lock_lanes(v_tenant, v_lanes, v_keys);
  foreach v_id in array p_ids loop
    update jobs d set status = 'pending', attempts = 0,
        -- Each wait had added one.
        max_attempts = case when d.job_type like 'send\_%' then 6 else d.max_attempts end, worker_id = null, completed_at = null, scheduled_for = app_now(),
        lane_head = d.lane is null, holds_lane = false, updated_at = now()
      where d.tenant_id = v_tenant and d.id = v_id and d.status = 'dead'
        and not exists (select 1 from jobs p where p.tenant_id = v_tenant and p.unique_key = d.unique_key
          and p.status = 'pending');
    if found then
      -- A message that the platform never had may leave after all; what may have been sent is never sent again.
      update messages m set status = 'pending', error_code = null, error_message = null
        from jobs d
        where d.tenant_id = v_tenant and d.id = v_id and m.tenant_id = v_tenant
          and m.id::text = d.payload ->> 'message_id' and d.job_type like 'send\_%'
          and m.status = 'failed' and m.external_id is null;
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
