-- Everything else a platform told: kept raw, once; what is new of it has its effect.
create or replace function receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) returns int
language plpgsql as $$
declare
  v_new jsonb;
begin
  with incoming as (
    select e.*, k.lead_id
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
        at timestamptz, content text, reply_to text, details jsonb, raw jsonb, consent jsonb, wide boolean, referral jsonb,
        thread jsonb)
      left join unnest(p_keys, p_leads) k (key, lead_id) on k.key = e.connection_id || e.aliases::text
      -- An address book holds people who never wrote to the business: they are none of ours.
     where e.kind not in ('message', 'echo', 'status', 'history', 'contact')
  ), kept as (
    insert into channel_events (tenant_id, channel_connection_id, lead_id, kind, external_id, content,
        reply_to_external_id, occurred_at, details, raw)
      select current_tenant(), i.connection_id::uuid, i.lead_id, i.kind, i.external_id, coalesce(i.content, ''), i.reply_to,
          i.at, coalesce(i.details, '{}')
            || case i.kind when 'identity' then jsonb_build_object('names', i.aliases) else '{}' end, i.raw
        from incoming i
      on conflict do nothing
      returning *
  ), reacted as (
    insert into message_reactions as old (tenant_id, channel_connection_id, target_external_id, lead_id, emoji, reacted_at)
      -- One statement may touch a row only once: of the same person's the newest.
      select distinct on (k.channel_connection_id, k.reply_to_external_id, k.lead_id) k.tenant_id, k.channel_connection_id,
          k.reply_to_external_id, k.lead_id, k.content, coalesce(k.occurred_at, app_now())
        from kept k where k.kind = 'reaction' and k.lead_id is not null and k.reply_to_external_id is not null
       order by k.channel_connection_id, k.reply_to_external_id, k.lead_id, coalesce(k.occurred_at, app_now()) desc,
         k.id desc
      on conflict (tenant_id, channel_connection_id, target_external_id, lead_id) do update set
        emoji = excluded.emoji, reacted_at = excluded.reacted_at
        where excluded.reacted_at >= old.reacted_at
      returning 1
  )
  select jsonb_agg(jsonb_build_object('connection_id', k.channel_connection_id, 'connection', k.channel_connection_id,
      'lead', k.lead_id, 'kind', k.kind, 'at', coalesce(k.occurred_at, app_now()), 'news', k.details -> 'news',
      'wide', i.wide, 'consent', i.consent, 'referral', i.referral, 'thread', i.thread))
    into v_new
    from kept k
    cross join lateral (select * from incoming i where i.connection_id::uuid = k.channel_connection_id and i.kind = k.kind
      and i.external_id = k.external_id limit 1) i;

  -- A call opens the window as a message does.
  perform open_windows(jsonb_agg(n || '{"by": "call"}'))
    from jsonb_array_elements(v_new) n where n ->> 'kind' = 'call' and n ->> 'lead' is not null having count(*) > 0;
  perform note_consents(jsonb_agg(n))
    from jsonb_array_elements(v_new) n where jsonb_typeof(n -> 'consent') = 'object' having count(*) > 0;
  perform apply_news(jsonb_agg(n))
    from jsonb_array_elements(v_new) n where jsonb_typeof(n -> 'news') = 'object' having count(*) > 0;
  -- Where the person came from; they have said nothing, so no window opens.
  perform attribute_leads(jsonb_agg(n))
    from jsonb_array_elements(v_new) n
   where n ->> 'kind' = 'referral' and n ->> 'lead' is not null and jsonb_typeof(n -> 'referral') = 'object' having count(*) > 0;
  perform apply_thread_news(jsonb_agg(n))
    from jsonb_array_elements(v_new) n
   where n ->> 'lead' is not null and jsonb_typeof(n -> 'thread') = 'object' having count(*) > 0;
  perform rename_contact(r.lead, r.connection)
    from (select distinct (n ->> 'lead')::uuid as lead, (n ->> 'connection')::uuid as connection
            from jsonb_array_elements(v_new) n
           where n ->> 'kind' = 'identity' and n ->> 'lead' is not null order by 1, 2) r;
  perform name_contacts(p_events);
  return coalesce(jsonb_array_length(v_new), 0);
end $$;
