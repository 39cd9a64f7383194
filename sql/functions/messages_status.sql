-- The states of a message and which report changes which. Tests/FlowsTests/Fixtures/send-states.tsv has every pair.

create or replace function message_status_rank(p_status text) returns int
language sql immutable parallel safe as $$
  select case p_status
    when 'pending' then 0 when 'sending' then 1 when 'unknown' then 2 when 'accepted' then 3
    when 'sent' then 4 when 'delivered' then 5 when 'read' then 6 when 'played' then 7 end
$$;

-- The state after another word, or null when it changes nothing: states only move up; `failed` beats what is not yet
-- delivered; a late `delivered` beats `failed`, for it means that a retry of the platform got through. The only step
-- down is from `sending` to `pending`: the try provably did nothing.
create or replace function next_message_status(p_current text, p_incoming text) returns text
language sql immutable parallel safe as $$
  select case
    when p_current = p_incoming or p_current in ('received', 'withheld') then null
    when p_incoming in ('pending', 'unknown') then case when p_current = 'sending' then p_incoming end
    when p_incoming in ('sending', 'withheld') then case when p_current = 'pending' then p_incoming end
    when p_incoming = 'failed' then
      case when message_status_rank(p_current) <= message_status_rank('sent') then 'failed' end
    when p_current = 'failed' then
      case when p_incoming in ('delivered', 'read', 'played') then p_incoming end
    when message_status_rank(p_incoming) > message_status_rank(p_current) then p_incoming
  end
$$;

-- Applies every stored report of the given messages, in the order of rank, so that it does not matter in which order
-- reports and our own send's answer arrived. What it costs is as the report of the highest rank says.
create or replace function apply_message_reports(p_message_ids uuid[]) returns int
language plpgsql as $$
declare
  r record;
  v_next text;
  v_changed int := 0;
begin
  for r in
    select m.id, m.status as current, h.status, h.occurred_at, h.error_code, h.error_message
      -- One look into an index after the other: while nobody has analysed the tables, the planner read all reports of the
      -- tenant for each of them.
      from (select distinct unnest(p_message_ids)) i (id)
      cross join lateral (select m.id, m.status from messages m
        where m.tenant_id = current_tenant() and m.id = i.id limit 1) m
      cross join lateral (select h.status, h.occurred_at, h.error_code, h.error_message from message_status_history h
        where h.tenant_id = current_tenant() and h.message_id = i.id
          -- What a platform can know. Our own words from its mouth (`pending`) must not move a message.
          and h.status in ('sent', 'delivered', 'read', 'played', 'failed')
        offset 0) h
     order by m.id, message_status_rank(h.status) nulls first, h.occurred_at
  loop
    select next_message_status(m.status, r.status) into v_next
      from messages m where m.tenant_id = current_tenant() and m.id = r.id for update;
    continue when v_next is null;
    update messages set
        status = v_next,
        sent_at = case when v_next = 'sent' then coalesce(r.occurred_at, app_now()) else sent_at end,
        delivered_at = case when v_next in ('delivered', 'read', 'played')
          then coalesce(delivered_at, r.occurred_at, app_now()) else delivered_at end,
        read_at = case when v_next in ('read', 'played') then coalesce(read_at, r.occurred_at, app_now()) else read_at end,
        error_code = case when v_next = 'failed' then r.error_code end,
        error_message = case when v_next = 'failed' then r.error_message end
      where tenant_id = current_tenant() and id = r.id;
    v_changed := v_changed + 1;
  end loop;
  update messages m set billing = b.billing
    from (
      select i.id, l.billing
        from (select distinct unnest(p_message_ids)) i (id)
        cross join lateral (select jsonb_strip_nulls(jsonb_build_object(
            'pricing', h.raw -> 'pricing', 'conversation', h.raw -> 'conversation')) as billing
          from message_status_history h
         where h.tenant_id = current_tenant() and h.message_id = i.id and h.raw ?| array['pricing', 'conversation']
         order by message_status_rank(h.status) desc nulls last, h.occurred_at desc limit 1) l) b
    where m.tenant_id = current_tenant() and m.id = b.id and m.billing is distinct from b.billing;
  return v_changed;
end $$;
