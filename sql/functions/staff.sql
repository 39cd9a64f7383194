-- Somebody of the business writes. From the moment this is committed no reply of the assistant leaves the conversation:
-- `begin_send` waits for the same row and asks the gate afterwards.
--
-- p_parts: [{"content", "content_type"?, "payload"?, "reply_to"?}], sent one after the other. p_automatic: a program says it,
-- nobody typed it, so that it never leaves as a person's word (`staff_gate`). Returns the first one's message; null: there
-- is no such conversation.
drop function if exists send_staff_message(uuid, jsonb, uuid, text);
create or replace function send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text,
  p_automatic boolean) returns uuid language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_group uuid := uuid_v7();
  v_count int := jsonb_array_length(p_parts);
  c conversations;
  v_part record;
  v_message uuid;
  v_first uuid;
  v_jobs jsonb := '[]';
begin
  -- The lane before the conversation, as `store_reply` does, or the two wait for each other.
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  update conversations v set last_human_at = app_now(), ai_handling = false, last_message_at = greatest(v.last_message_at, app_now())
    where v.tenant_id = v_tenant and v.id = p_conversation returning v.* into c;
  if c.id is null then return null; end if;
  for v_part in
    select p.value ->> 'content' as content, coalesce(p.value ->> 'content_type', 'text') as content_type,
        nullif(p.value -> 'payload', 'null') as payload, p.value ->> 'reply_to' as reply_to, p.ordinality as part
      from jsonb_array_elements(p_parts) with ordinality p order by p.ordinality
  loop
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, content_type, payload,
        reply_to_external_id, channel, status, sent_by_staff_id, metadata)
      values (v_tenant, c.id, c.channel_connection_id, 'staff', v_part.content, v_part.content_type, v_part.payload,
        v_part.reply_to, c.channel, 'pending', p_staff,
        case when v_count > 1 then jsonb_build_object('part', v_part.part, 'parts', v_count, 'group', v_group)
          else '{}' end || case when p_automatic then '{"automatic": true}' else '{}' end::jsonb)
      returning id into v_message;
    v_first := coalesce(v_first, v_message);
    v_jobs := v_jobs || jsonb_build_object(
      'job_type', 'send_' || c.channel, 'lane', 'send:' || c.id, 'priority', 1, 'max_attempts', 6,
      'request_id', p_request_id,
      'payload', jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
        'channel', c.channel, 'channel_connection_id', c.channel_connection_id));
  end loop;
  perform enqueue_jobs(v_jobs);
  return v_first;
end $$;

-- Gives a conversation back to the assistant.
create or replace function hand_back_conversation(p_conversation uuid) returns boolean
language sql as $$
  with done as (
    update conversations set ai_handling = true,
        status = case when status = 'escalated' then 'active' else status end
      where tenant_id = current_tenant() and id = p_conversation and status <> 'archived' returning 1)
  select exists (select 1 from done)
$$;
