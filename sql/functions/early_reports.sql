-- Reports that were faster than what made a message known by the platform's id.

-- Whoever gives a message that id, and whoever found no message for a report, meet here: each sees what the other has
-- stored, whichever comes first. After conversations and messages, before the pace. p_reports: [{"connection",
-- "external_id"}]
create or replace function lock_reports(p_reports jsonb) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(s.k)
    from (select distinct hashtextextended(current_tenant()::text || '|' || (r ->> 'connection') || '|'
        || (r ->> 'external_id'), 3) as k from jsonb_array_elements(p_reports) r order by k) s;
end $$;

-- These messages were just given their ids, by this transaction: what was reported under them is theirs, and applied.
create or replace function claim_reports(p_messages uuid[]) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  m record;
begin
  perform lock_reports(jsonb_agg(jsonb_build_object('connection', x.channel_connection_id, 'external_id', x.external_id)))
    from messages x where x.tenant_id = v_tenant and x.id = any (p_messages) having count(*) > 0;
  -- One look into the index after the other, whatever the planner thinks of the table.
  for m in
    select x.id, x.channel_connection_id, x.external_id from messages x
      where x.tenant_id = v_tenant and x.id = any (p_messages) and x.external_id is not null order by x.id
  loop
    update message_status_history h set message_id = m.id
      where h.tenant_id = v_tenant and h.channel_connection_id = m.channel_connection_id
        and h.external_id = m.external_id and h.message_id is null;
  end loop;
  perform seen_before(p_messages);
  return apply_message_reports(p_messages);
end $$;

-- Reports for which there was no message: one may have been given their id since we looked. p_reports as `lock_reports`.
create or replace function place_orphans(p_reports jsonb) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_messages uuid[];
  v_conversations uuid[];
begin
  perform lock_reports(p_reports);
  select array_agg(m.id), array_agg(m.conversation_id) into v_messages, v_conversations
    from jsonb_to_recordset(p_reports) as r (connection uuid, external_id text)
    cross join lateral (select x.id, x.conversation_id from messages x where x.tenant_id = v_tenant
      and x.channel_connection_id = r.connection and x.external_id = r.external_id limit 1) m;
  if v_messages is null then return; end if;
  -- Who holds these waits for none of our reports: the ids were given, so that is over.
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id = any (v_conversations) order by c.id for update;
  perform claim_reports(v_messages);
end $$;
