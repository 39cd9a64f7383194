-- "Everything up to then": how some platforms say that messages were delivered and read.

-- Reports with {"up_to"} of a batch: each is true of what we said to that person at that account until then. One row a
-- message and state in `message_status_history`, so that it does not matter how often they come.
create or replace function apply_watermarks(p_events jsonb) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_messages uuid[];
  v_changed int := 0;
  w record;
begin
  for w in
    select a.lead_id, e.connection_id::uuid as connection, e.status ->> 'state' as state,
        max((e.status ->> 'up_to')::timestamptz) as up_to
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, status jsonb, aliases jsonb)
      cross join lateral (
        select l.lead_id
          from (select x ->> 'kind' as kind, x ->> 'value' as value from jsonb_array_elements(e.aliases) x offset 0) x
          cross join lateral (select y.lead_id from lead_aliases y
            where y.tenant_id = v_tenant and y.kind = x.kind and y.value = x.value limit 1) l
         limit 1) a
     where e.kind = 'status' and e.status ? 'up_to' and e.status ->> 'state' in ('delivered', 'read')
     group by 1, 2, 3 order by 1, 2, 3
  loop
    perform 1 from conversations c where c.tenant_id = v_tenant and c.lead_id = w.lead_id
      and c.channel_connection_id = w.connection order by c.id for update;
    -- What is on its way now learns of it when its answer comes (`seen_before`).
    update conversations c set
        delivered_until = case w.state when 'delivered' then greatest(c.delivered_until, w.up_to) else c.delivered_until end,
        read_until = case w.state when 'read' then greatest(c.read_until, w.up_to) else c.read_until end
      where c.tenant_id = v_tenant and c.lead_id = w.lead_id and c.channel_connection_id = w.connection
        and coalesce(case w.state when 'delivered' then c.delivered_until else c.read_until end, '-infinity') < w.up_to;
    with reached as (
      select m.id, m.external_id
        from conversations c
        cross join lateral (
          select s.id, s.external_id, s.status, coalesce(s.attempted_at, s.external_timestamp, s.sent_at) as at
            from messages s where s.tenant_id = v_tenant and s.conversation_id = c.id and s.role <> 'user'
           -- The newest: those before were reached by the watermarks before.
           order by s.id desc limit 200) m
       where c.tenant_id = v_tenant and c.lead_id = w.lead_id and c.channel_connection_id = w.connection
         and m.external_id is not null and m.at <= w.up_to
         and message_status_rank(m.status) between message_status_rank('accepted') and message_status_rank(w.state) - 1
    ), noted as (
      insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, occurred_at)
        select v_tenant, w.connection, r.id, r.external_id, w.state, w.up_to from reached r order by r.external_id
        on conflict do nothing
        returning message_id)
    select array_agg(n.message_id) into v_messages from noted n;
    if v_messages is not null then v_changed := v_changed + apply_message_reports(v_messages); end if;
  end loop;
  return v_changed;
end $$;

-- Watermarks that were faster than what made a message known by the platform's id.
create or replace function seen_before(p_messages uuid[]) returns void
language plpgsql as $$
begin
  insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, occurred_at)
    select m.tenant_id, m.channel_connection_id, m.id, m.external_id, w.state, w.up_to
      from unnest(p_messages) i (id)
      join messages m on m.tenant_id = current_tenant() and m.id = i.id
      join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
      cross join lateral (values ('delivered', c.delivered_until), ('read', c.read_until)) w (state, up_to)
     where m.external_id is not null and coalesce(m.attempted_at, m.sent_at) <= w.up_to
     order by m.external_id, w.state
    on conflict do nothing;
end $$;
