-- Everything else a platform told, kept raw.
create or replace function receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) returns int
language sql as $$
  with kept as (
    insert into channel_events (tenant_id, channel_connection_id, lead_id, kind, external_id, content,
        reply_to_external_id, occurred_at, details, raw)
      select current_tenant(), e.connection_id::uuid, k.lead_id, e.kind, e.external_id, coalesce(e.content, ''),
          e.reply_to, e.at, coalesce(e.details, '{}'), e.raw
        from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
          at timestamptz, content text, reply_to text, details jsonb, raw jsonb)
        left join unnest(p_keys, p_leads) k (key, lead_id) on k.key = e.connection_id || e.aliases::text
       where e.kind not in ('message', 'echo', 'status')
      on conflict do nothing
      returning 1)
  select count(*)::int from kept
$$;
