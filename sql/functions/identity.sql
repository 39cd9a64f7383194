-- People who go on under another name, and what others call them. Callers hold the locks of all names (`lock_contacts`).

-- Open conversations of a person answer to the newest names that the account was told of: all that was told is gone through
-- again in its own order, since news may overtake each other. `names` of an event: [{"kind", "value", "address"}], all
-- names that were known, the new ones first: of each kind the first is the one to answer to. Old names stay the person's.
create or replace function rename_contact(p_lead uuid, p_connection uuid) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  r record;
begin
  for r in
    select e.details -> 'names' as names, coalesce(e.occurred_at, e.created_at) as at
      from channel_events e
     where e.tenant_id = v_tenant and e.channel_connection_id = p_connection and e.kind = 'identity' and e.lead_id = p_lead
     order by at, e.id
  loop
    with names as (
      select n ->> 'kind' as kind, n ->> 'value' as value, n ->> 'address' as address,
          first_value(n ->> 'address') over same as new_address, first_value(n ->> 'value') over same as new_value,
          row_number() over same as position
        from jsonb_array_elements(r.names) with ordinality t (n, i)
      window same as (partition by n ->> 'kind' order by i)
    ), old as (
      -- People are answered in the spelling that they came in, which need not be the one told now.
      select o.kind, o.value, s.address, o.new_address, o.new_value
        from names o
        cross join lateral (select o.address union select a.address from lead_aliases a
          where a.tenant_id = v_tenant and a.kind = o.kind and a.value = o.value) s (address)
       where o.position > 1
    ), readdressed as (
      update conversations v set contact_address = o.new_address,
          -- What was written before this under the old name must not turn it back.
          context = v.context || jsonb_build_object('contact_since', r.at)
        from old o, channel_connections cc
        where cc.tenant_id = v_tenant and cc.id = p_connection and v.tenant_id = v_tenant and v.lead_id = p_lead
          and v.channel = cc.channel and v.status in ('active', 'waiting_response', 'escalated')
          and v.contact_kind = o.kind and v.contact_address = o.address
          -- Somebody who goes on writing under the old name is answered there.
          and coalesce(v.last_inbound_at, '-infinity') <= r.at
        returning 1
    )
    update leads l set phone = o.new_address, phone_normalized = '+' || o.new_value
      from old o
      where l.tenant_id = v_tenant and l.id = p_lead and o.kind = 'phone' and l.phone_normalized = '+' || o.value;
  end loop;
end $$;

-- Where a person is to be answered who was renamed at this account before there was a conversation: {"kind", "value",
-- "address", "since"}; null if that never happened or did not concern this kind of name.
create or replace function renamed_contact(p_lead uuid, p_connection uuid, p_contact jsonb) returns jsonb
language sql stable as $$
  select n.name || jsonb_build_object('since', coalesce(e.occurred_at, e.created_at))
    from channel_events e
    cross join lateral (select t.name from jsonb_array_elements(e.details -> 'names') with ordinality t (name, i)
      where t.name ->> 'kind' = p_contact ->> 'kind' order by t.i limit 1) n
   where e.tenant_id = current_tenant() and e.channel_connection_id = p_connection and e.kind = 'identity'
     and e.lead_id = p_lead
   order by coalesce(e.occurred_at, e.created_at) desc, e.id desc limit 1
$$;

-- Entries of the owner's address book: they name people who are known and have no name yet, and nobody else.
create or replace function name_contacts(p_events jsonb) returns void
language plpgsql as $$
begin
  update leads l set name = n.name, full_name = n.name
    from (
      select distinct on (a.lead_id) a.lead_id, e.name
        from (select e.name, e.at, x ->> 'kind' as kind, x ->> 'value' as value
            from jsonb_to_recordset(p_events) as e (kind text, aliases jsonb, name text, at timestamptz)
            cross join lateral jsonb_array_elements(e.aliases) x
           where e.kind = 'contact' and e.name <> '' offset 0) e
        cross join lateral (select l.lead_id from lead_aliases l where l.tenant_id = current_tenant()
          and l.kind = e.kind and l.value = e.value limit 1) a
       order by a.lead_id, e.at desc nulls last
    ) n
    where l.tenant_id = current_tenant() and l.id = n.lead_id and l.name is null and l.full_name is null;
end $$;
