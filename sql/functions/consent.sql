-- What a person allows us to send.

-- Writes down a person's word; the newest counts, and of two at once the one that stops. Whether it changed anything.
create or replace function set_consent(p_lead uuid, p_channel text, p_scope text, p_state text, p_source text,
  p_at timestamptz) returns boolean
language sql as $$
  with said as (
    insert into contact_consents as c (tenant_id, lead_id, channel, scope, state, source, said_at)
      -- A clock that is ahead of ours must not outlast what the person says next.
      values (current_tenant(), p_lead, p_channel, p_scope, p_state, p_source, least(coalesce(p_at, app_now()), app_now()))
      on conflict (tenant_id, lead_id, channel, scope) do update set
        state = excluded.state, source = excluded.source, said_at = excluded.said_at
        where excluded.said_at > c.said_at
          or (excluded.said_at = c.said_at and excluded.state = 'stopped' and c.state <> 'stopped')
      returning 1)
  select exists (select 1 from said)
$$;

-- p_said: [{"connection", "lead", "at", "consent": {"scope", "state", "source"}}]; what names no lead is nobody's.
create or replace function note_consents(p_said jsonb) returns void
language plpgsql as $$
declare
  s record;
begin
  for s in
    select x.lead, x.consent, x.at, cc.channel
      from jsonb_to_recordset(p_said) as x (connection uuid, lead uuid, at timestamptz, consent jsonb)
      join channel_connections cc on cc.tenant_id = current_tenant() and cc.id = x.connection
     where x.lead is not null and x.consent is not null
     order by x.lead, x.at
  loop
    perform set_consent(s.lead, s.channel, s.consent ->> 'scope', s.consent ->> 'state', s.consent ->> 'source', s.at);
  end loop;
end $$;

-- Two leads were one person: what either said counts, the newest of it.
create or replace function merge_consents(p_survivor uuid, p_merged uuid) returns void
language sql as $$
  insert into contact_consents as c (tenant_id, lead_id, channel, scope, state, source, said_at, not_before)
    select tenant_id, p_survivor, channel, scope, state, source, said_at, not_before
      from contact_consents where tenant_id = current_tenant() and lead_id = p_merged
     order by channel, scope
    on conflict (tenant_id, lead_id, channel, scope) do update set
      state = case when excluded.said_at > c.said_at then excluded.state else c.state end,
      source = case when excluded.said_at > c.said_at then excluded.source else c.source end,
      said_at = greatest(c.said_at, excluded.said_at),
      not_before = greatest(c.not_before, excluded.not_before)
$$;

-- Whether a person wants no promotions on a channel: the platform's switch for it, or a word of theirs to the business on any
-- channel that they have not taken back on this one.
create or replace function promotions_stopped(p_lead uuid, p_channel text) returns boolean
language plpgsql stable as $$
begin return exists (
  select from contact_consents k
   where k.tenant_id = current_tenant() and k.lead_id = p_lead and k.state = 'stopped'
     and (k.channel = p_channel or k.source in ('keyword', 'staff') and not exists (select from contact_consents o
       where o.tenant_id = k.tenant_id and o.lead_id = k.lead_id and o.channel = p_channel and o.scope = k.scope
         and o.state = 'allowed' and o.said_at > k.said_at)));
end $$;
