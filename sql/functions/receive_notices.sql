-- Everything else a platform told: kept raw, once, and what follows from it.
create or replace function receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_kept int;
  v_renamed jsonb;
begin
  with kept as (
    insert into channel_events (tenant_id, channel_connection_id, lead_id, kind, external_id, content,
        reply_to_external_id, occurred_at, details, raw)
      select v_tenant, e.connection_id::uuid, k.lead_id, e.kind, e.external_id, coalesce(e.content, ''),
          e.reply_to, e.at, coalesce(e.details, '{}')
            || case e.kind when 'identity' then jsonb_build_object('names', e.aliases) else '{}' end, e.raw
        from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
          at timestamptz, content text, reply_to text, details jsonb, raw jsonb)
        left join unnest(p_keys, p_leads) k (key, lead_id) on k.key = e.connection_id || e.aliases::text
       -- An address book holds people who never wrote to the business: they are none of ours.
       where e.kind not in ('message', 'echo', 'status', 'history', 'contact')
      on conflict do nothing
      returning *
  ), reacted as (
    insert into message_reactions as old (tenant_id, channel_connection_id, target_external_id, lead_id, emoji, reacted_at)
      -- One statement may touch a row only once: of the same person's the newest.
      select distinct on (k.channel_connection_id, k.reply_to_external_id, k.lead_id) v_tenant, k.channel_connection_id,
          k.reply_to_external_id, k.lead_id, k.content, coalesce(k.occurred_at, app_now())
        from kept k where k.kind = 'reaction' and k.lead_id is not null and k.reply_to_external_id is not null
       order by k.channel_connection_id, k.reply_to_external_id, k.lead_id, coalesce(k.occurred_at, app_now()) desc,
         k.id desc
      on conflict (tenant_id, channel_connection_id, target_external_id, lead_id) do update set
        emoji = excluded.emoji, reacted_at = excluded.reacted_at
        where excluded.reacted_at >= old.reacted_at
      returning 1
  )
  select count(*), jsonb_agg(distinct jsonb_build_object('lead', k.lead_id, 'connection', k.channel_connection_id))
        filter (where k.kind = 'identity' and k.lead_id is not null)
    into v_kept, v_renamed
    from kept k;
  if v_renamed is not null then
    perform rename_contact(r.lead, r.connection)
      from jsonb_to_recordset(v_renamed) as r (lead uuid, connection uuid) order by r.lead, r.connection;
  end if;
  perform name_contacts(p_events);
  return v_kept;
end $$;
