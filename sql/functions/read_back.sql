-- Asking a platform whether it has a message of which no answer came.

-- Jobs for what has been in doubt for so many seconds, once each: a first look, and a second for what was not there yet.
-- p_channels: those that can be asked. Returns how many.
create or replace function ask_read_backs(p_first float8, p_second float8, p_channels text[]) returns int
language plpgsql as $$
declare
  v_jobs jsonb;
begin
  with due as (
    update sends_in_doubt d set looks = d.looks + 1
      from messages m
      where d.tenant_id = current_tenant()
        and d.since < app_now() - make_interval(secs => case d.looks when 0 then p_first else p_second end) and d.looks < 2
        and m.tenant_id = d.tenant_id and m.id = d.message_id and m.status = 'unknown' and m.channel = any (p_channels)
      returning m.id, m.channel)
  select jsonb_agg(jsonb_build_object('job_type', 'read_back', 'unique_key', 'read_back:' || id, 'priority', 6,
      'max_attempts', 3, 'payload', jsonb_build_object('message_id', id, 'channel', channel, 'tenant_id', current_tenant()))
      order by id)
    into v_jobs from due;
  return enqueue_jobs(coalesce(v_jobs, '[]'));
end $$;

-- The platform has the message, under one of these ids: p_found, likeliest first. One that another message of ours has is
-- that one's. Returns the id that it is now known by; null: none, or it is in doubt no more.
create or replace function settle_read_back(p_message uuid, p_found jsonb) returns text
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_external_id text;
  m messages;
begin
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  select * into m from messages x where x.tenant_id = v_tenant and x.id = p_message for update;
  if m.status is distinct from 'unknown' or m.external_id is not null then return null; end if;
  -- Taken apart first: behind the wall no index is searched for what `->>` makes in the same look.
  select f.id into v_external_id
    from (select f.value ->> 'id' as id, f.ordinality from jsonb_array_elements(p_found) with ordinality f offset 0) f
    left join lateral (select true as taken from messages x where x.tenant_id = v_tenant
      and x.channel_connection_id = m.channel_connection_id and x.external_id = f.id limit 1) x on true
   where x.taken is null
   order by f.ordinality limit 1;
  if v_external_id is null then return null; end if;
  update messages x set external_id = v_external_id where x.tenant_id = v_tenant and x.id = m.id;
  insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, occurred_at)
    select v_tenant, m.channel_connection_id, m.id, v_external_id, 'sent', (f.value ->> 'at')::timestamptz
      from jsonb_array_elements(p_found) f where f.value ->> 'id' = v_external_id limit 1
    on conflict do nothing;
  perform claim_reports(array[m.id]);
  delete from sends_in_doubt d where d.tenant_id = v_tenant and d.message_id = m.id;
  return v_external_id;
end $$;
