-- What platforms sent is kept as it came for a stated time, for people who look for a fault; then it is forgotten. What was
-- said stays, and so does every id by which a second delivery is recognised.

-- Whose raw things are to be looked at: those not looked at since p_checked_before, who waited longest first.
create or replace function retention_due(p_checked_before timestamptz, p_limit int)
returns table (tenant_id uuid, slug text)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.id, t.slug::text from tenants t left join retention_marks k on k.tenant_id = t.id
   where k.checked_at is null or k.checked_at < p_checked_before
   order by k.checked_at nulls first, t.id limit p_limit
$$;

-- Forgets the current tenant's raw things from before p_before, at most p_limit rows of each kind are looked at. Says how
-- much was forgotten, and whether there may be more. One at a time; who comes second waits (p_wait) or finds nothing to do.
drop function if exists prune_raw(timestamptz, int, boolean);
create or replace function prune_raw(p_before timestamptz, p_limit int, p_wait boolean, out messages int, out reports int,
  out events int, out dead_letters int, out steps int, out is_more boolean)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  -- What is newer may still be on its way into the table.
  v_end uuid := uuid_v7_floor(least(p_before, app_now() - interval '1 hour'));
  k retention_marks;
  v_last uuid;
  v_full boolean;
begin
  perform hold_erasures();
  messages := 0; reports := 0; events := 0; dead_letters := 0; steps := 0;
  is_more := false;
  -- Not "on conflict" alone: that would wait for whoever is writing the row.
  insert into retention_marks (tenant_id)
    select v_tenant where not exists (select from retention_marks r where r.tenant_id = v_tenant) on conflict do nothing;
  if p_wait then perform 1 from retention_marks r where r.tenant_id = v_tenant for update; end if;
  select * into k from retention_marks r where r.tenant_id = v_tenant for update skip locked;
  if not found then return; end if;

  with batch as materialized (
    select m.id, m.raw is not null as has from messages m
     where m.tenant_id = v_tenant and m.id > k.messages and m.id < v_end order by m.id limit p_limit
  ), forgotten as (
    update messages m set raw = null from batch b where m.tenant_id = v_tenant and m.id = b.id and b.has returning 1)
  select max(b.id::text)::uuid, count(*) = p_limit, (select count(*) from forgotten) into v_last, v_full, messages from batch b;
  k.messages := coalesce(v_last, k.messages);
  is_more := is_more or v_full;

  with batch as materialized (
    select h.id, h.raw is not null as has from message_status_history h
     where h.tenant_id = v_tenant and h.id > k.reports and h.id < v_end order by h.id limit p_limit
  ), forgotten as (
    update message_status_history h set raw = null from batch b
     where h.tenant_id = v_tenant and h.id = b.id and b.has returning 1)
  select max(b.id::text)::uuid, count(*) = p_limit, (select count(*) from forgotten) into v_last, v_full, reports from batch b;
  k.reports := coalesce(v_last, k.reports);
  is_more := is_more or v_full;

  with batch as materialized (
    select e.id, e.raw is not null as has from channel_events e
     where e.tenant_id = v_tenant and e.id > k.events and e.id < v_end order by e.id limit p_limit
  ), forgotten as (
    update channel_events e set raw = null from batch b where e.tenant_id = v_tenant and e.id = b.id and b.has returning 1)
  select max(b.id::text)::uuid, count(*) = p_limit, (select count(*) from forgotten) into v_last, v_full, events from batch b;
  k.events := coalesce(v_last, k.events);
  is_more := is_more or v_full;

  -- What still waits for a person stays until they have decided.
  with settled as (
    select d.id from webhook_dead_letters d where d.tenant_id = v_tenant and d.status in ('completed', 'dismissed')
      and d.resolved_at < p_before order by d.id limit p_limit
  ), forgotten as (
    delete from webhook_dead_letters d using settled s where d.tenant_id = v_tenant and d.id = s.id returning 1)
  select count(*) from forgotten into dead_letters;
  is_more := is_more or dead_letters = p_limit;
  is_more := is_more or prune_events(p_before, p_limit) = p_limit;
  is_more := is_more or prune_external(v_end, p_limit) = p_limit;
  -- At most five a key and day.
  delete from api_key_refusals r where r.tenant_id = v_tenant and r.day < (p_before at time zone 'UTC')::date;
  -- How the assistant came to its answers is told as long as what came in is kept as it came.
  with old as materialized (
    select s.id from ai_steps s where s.tenant_id = v_tenant and s.id < v_end order by s.id limit p_limit
  ), forgotten as (
    delete from ai_steps s using old o where s.tenant_id = v_tenant and s.id = o.id returning 1)
  select count(*) from forgotten into steps;
  is_more := is_more or steps = p_limit;
  delete from erased_items i where i.tenant_id = v_tenant and i.expires_at < app_now();
  is_more := is_more or forget_unsent_files(p_limit);

  update retention_marks r set messages = k.messages, reports = k.reports, events = k.events,
      checked_at = case when is_more then r.checked_at else app_now() end
    where r.tenant_id = v_tenant;
end $$;

-- What `prune_raw` would forget, all of it; changes nothing.
drop function if exists prunable_raw(timestamptz);
create or replace function prunable_raw(p_before timestamptz, out messages int, out reports int, out events int,
  out dead_letters int, out steps int)
language sql stable as $$
  with k as (
    select coalesce(r.messages, nothing) as messages, coalesce(r.reports, nothing) as reports,
        coalesce(r.events, nothing) as events, uuid_v7_floor(least(p_before, app_now() - interval '1 hour')) as until
      from (select '00000000-0000-0000-0000-000000000000'::uuid as nothing) n
      left join retention_marks r on r.tenant_id = current_tenant())
  select (select count(*) from messages x where x.tenant_id = current_tenant() and x.id > k.messages and x.id < k.until
      and x.raw is not null)::int,
    (select count(*) from message_status_history x where x.tenant_id = current_tenant() and x.id > k.reports
      and x.id < k.until and x.raw is not null)::int,
    (select count(*) from channel_events x where x.tenant_id = current_tenant() and x.id > k.events and x.id < k.until
      and x.raw is not null)::int,
    (select count(*) from webhook_dead_letters x where x.tenant_id = current_tenant()
      and x.status in ('completed', 'dismissed') and x.resolved_at < p_before)::int,
    (select count(*) from ai_steps x where x.tenant_id = current_tenant() and x.id < k.until)::int
  from k
$$;
