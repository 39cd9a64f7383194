-- What the business's own systems tell, and its n8n is told on.

-- Takes in what was told: {"event", "data", "timestamp"?, "key"?, "name"?, "digest"}; key: the header's; name: its own; one is
-- no other's. p_branch: of the key. n8n hears of it as `external-event`, if the business has one that wants to. Outcomes:
-- taken; again (under either name it was told before, with its id); key_reused (something else was).
create or replace function take_external_event(p_told jsonb, p_asker text, p_branch uuid)
returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  d jsonb := p_told -> 'data';
  v_named text := coalesce(d ->> 'lead_id', d -> 'lead' ->> 'id');
  v_lead uuid;
  e external_events;
begin
  -- Whoever tells it again under the key that took this one's place is the same.
  if p_asker like 'key:%' then
    with recursive k as (
      select x.id, 1 as n from api_keys x where x.tenant_id = v_tenant and 'key:' || x.id = p_asker
      union all
      select o.id, k.n + 1 from k cross join lateral (select x.id from api_keys x
        where x.tenant_id = v_tenant and x.replaced_by_id = k.id order by x.id limit 1) o where k.n < 1000)
    select 'key:' || k.id into p_asker from k order by k.n desc limit 1;
  end if;
  perform hold_erasures();
  if v_named ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    select l.id into v_lead from leads l where l.tenant_id = v_tenant and l.id = v_named::uuid;
  end if;
  insert into external_events as x (tenant_id, asker, branch_id, event, data, happened_at, event_key, event_id, digest,
      lead_id)
    values (v_tenant, p_asker, p_branch, p_told ->> 'event', d, (p_told ->> 'timestamp')::timestamptz, p_told ->> 'key',
      p_told ->> 'name', p_told ->> 'digest', v_lead)
    on conflict do nothing
    returning x.* into e;
  outcome := 'taken';
  if e.id is null then
    select * into e from external_events x
      where x.tenant_id = v_tenant and x.asker = p_asker and (x.event_key = p_told ->> 'key' or x.event_id = p_told ->> 'name')
      -- The header says which call this is.
      order by x.event_key = p_told ->> 'key' desc nulls last limit 1;
    outcome := case when e.digest = p_told ->> 'digest' then 'again' else 'key_reused' end;
  else
    perform emit_event('external-event', jsonb_build_object('id', e.id, 'event', e.event, 'timestamp',
        coalesce(e.happened_at, e.received_at), 'data', e.data)
        || case when v_lead is null then '{}' else jsonb_build_object('lead_id', v_lead) end, e.id::text);
  end if;
  id := e.id;
  return next;
end $$;

-- Forgets what was told before p_before. Returns how much.
create or replace function prune_external(p_before uuid, p_limit int) returns int
language plpgsql as $$
declare
  v_count int;
begin
  delete from external_events e using (
    select x.id from external_events x where x.tenant_id = current_tenant() and x.id < p_before order by x.id limit p_limit) old
   where e.tenant_id = current_tenant() and e.id = old.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
