-- Messages of the time before an account was connected: read by people and, the recent ones, by Claude; never answered,
-- and nobody's take-over. A file that was only announced (`placeholder`) is filled in when it comes.
create or replace function receive_history(p_events jsonb, p_keys text[], p_conversations uuid[]) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_stored int;
begin
  with incoming as (
    -- One statement may touch a row only once: of an announcement and its file the file.
    select distinct on (e.connection_id, e.external_id) e.*, (e.connection_id || e.aliases::text) as key
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
        at timestamptz, content text, content_type text, selection text, reply_to text, outbound boolean, error_code text,
        details jsonb, raw jsonb)
     where e.kind = 'history'
     order by e.connection_id, e.external_id, e.content_type = 'placeholder'
  ), inserted as (
    insert into messages as old (tenant_id, conversation_id, channel_connection_id, role, content, content_type,
        message_type, channel, external_id, external_timestamp, selection, reply_to_external_id, status, error_code,
        metadata, raw, historical)
      select v_tenant, k.conversation_id, cc.id, case when i.outbound then 'staff' else 'user' end, i.content,
          i.content_type, i.content_type, cc.channel, i.external_id, coalesce(i.at, app_now()), i.selection, i.reply_to,
          case when i.outbound then 'sent' else 'received' end, i.error_code, coalesce(i.details, '{}'), i.raw, true
        from incoming i
        join unnest(p_keys, p_conversations) k (key, conversation_id) on k.key = i.key
        join channel_connections cc on cc.tenant_id = v_tenant and cc.id = i.connection_id::uuid
       order by i.at, i.external_id
      on conflict (tenant_id, channel_connection_id, external_id) where external_id is not null do update set
        content = excluded.content, content_type = excluded.content_type, message_type = excluded.message_type,
        metadata = excluded.metadata, raw = excluded.raw
        where old.historical and old.content_type = 'placeholder' and excluded.content_type <> 'placeholder'
          and old.deleted_at is null
      returning old.conversation_id, old.role, old.external_timestamp, old.xmax = 0 as is_new
  ), summary as (
    select i.conversation_id, count(*) as n, count(*) filter (where i.role = 'user') as turns,
        max(i.external_timestamp) as last_at, max(i.external_timestamp) filter (where i.role = 'user') as last_inbound_at
      from inserted i where i.is_new group by i.conversation_id
  ), updated as (
    update conversations v set
        message_count = v.message_count + s.n,
        turn_count = v.turn_count + s.turns,
        last_message_at = greatest(v.last_message_at, s.last_at),
        last_inbound_at = greatest(v.last_inbound_at, least(s.last_inbound_at, app_now()))
      from summary s
      where v.tenant_id = v_tenant and v.id = s.conversation_id
      returning s.n
  )
  select coalesce(sum(u.n), 0) into v_stored from updated u;
  return v_stored;
end $$;
