-- Somebody of the business writes. From the moment this is committed no reply of the assistant leaves the conversation:
-- `begin_send` waits for the same row and asks the gate afterwards.
create or replace function send_staff_message(p_conversation uuid, p_content text, p_staff uuid, p_request_id text)
returns uuid language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
  v_message uuid;
begin
  -- The lane before the conversation, as `store_reply` does, or the two wait for each other.
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  update conversations v set last_human_at = app_now(), ai_handling = false, last_message_at = greatest(v.last_message_at, app_now())
    where v.tenant_id = v_tenant and v.id = p_conversation returning v.* into c;
  if c.id is null then return null; end if;
  insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, channel, status,
      sent_by_staff_id)
    values (v_tenant, c.id, c.channel_connection_id, 'staff', p_content, c.channel, 'pending', p_staff)
    returning id into v_message;
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object(
    'job_type', 'send_' || c.channel, 'lane', 'send:' || c.id, 'priority', 1, 'max_attempts', 6,
    'request_id', p_request_id,
    'payload', jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
      'channel', c.channel, 'channel_connection_id', c.channel_connection_id))));
  return v_message;
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
