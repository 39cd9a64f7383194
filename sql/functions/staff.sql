-- Where somebody who writes into this conversation goes on: there, or in the open one that the person began since. Written into
-- one that is over it would leave, and the person's next word would begin a new one, which the assistant answers.
create or replace function open_talk_of(p_conversation uuid) returns uuid
language plpgsql stable as $$
begin return coalesce((
  select o.id from conversations c
    join conversations o on o.tenant_id = c.tenant_id and o.lead_id = c.lead_id
      and o.channel_connection_id = c.channel_connection_id and o.status in ('active', 'waiting_response', 'escalated')
   where c.tenant_id = current_tenant() and c.id = p_conversation and c.status in ('resolved', 'archived')), p_conversation);
end $$;

-- Holds who stores what the person says, if the conversation is over: either they find it open again, or they have begun
-- another before. Whether it is over. Before lanes and rows, as everybody locks.
create or replace function hold_closed_talk(p_conversation uuid) returns boolean
language plpgsql as $$
declare
  v_aliases jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'value', a.value)), '[]') into v_aliases
    from conversations c
    left join lead_aliases a on a.tenant_id = c.tenant_id and a.lead_id = c.lead_id
   where c.tenant_id = current_tenant() and c.id = p_conversation and c.status in ('resolved', 'archived')
   having count(*) > 0;
  if v_aliases is null then return false; end if;
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', v_aliases)));
  return true;
end $$;

-- Somebody of the business writes. From the moment this is committed no reply of the assistant leaves the conversation:
-- `begin_send` waits for the same row and asks the gate afterwards. What was resolved is open again, or they go on in the
-- conversation that the person began since.
--
-- p_parts, p_automatic, and what it returns: `put_staff_message`; it takes over. p_branch: who writes sees this branch's
-- conversations only, and for them there is no other where they would go on.
drop function if exists send_staff_message(uuid, jsonb, uuid, text), send_staff_message(uuid, jsonb, uuid, text, boolean);
create or replace function send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text,
  p_automatic boolean, p_branch uuid default null) returns uuid language plpgsql as $$
declare
  v_reopens boolean := hold_closed_talk(p_conversation);
  v_talk uuid := case when v_reopens then open_talk_of(p_conversation) else p_conversation end;
begin
  -- The lane before the conversation, as `store_reply` does, or the two wait for each other.
  perform lock_lanes(current_tenant(), array['send:' || v_talk], '{}');
  if p_branch is not null then
    perform 1 from conversations v where v.tenant_id = current_tenant() and v.id = v_talk and v.branch_id = p_branch
      for no key update;
    if not found then return null; end if;
  end if;
  if v_reopens then
    update conversations v set status = 'active', resolved_at = null
      where v.tenant_id = current_tenant() and v.id = v_talk and v.status in ('resolved', 'archived');
  end if;
  return put_staff_message(v_talk, p_parts, p_staff, p_request_id, p_automatic, true);
end $$;

-- The same in a conversation whose lane is held, whatever its state. p_parts: [{"content", "content_type"?, "payload"?,
-- "reply_to"?}], sent one after the other. p_automatic: a program says it, nobody typed it, so that it never leaves as a
-- person's word (`staff_gate`). p_takes_over: the assistant is silent from here on; false: whose the conversation is stays as
-- it was. Returns the first one's message; null: there is no such conversation.
drop function if exists put_staff_message(uuid, jsonb, uuid, text, boolean);
create or replace function put_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text,
  p_automatic boolean, p_takes_over boolean) returns uuid language plpgsql as $$
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
  update conversations v set last_message_at = greatest(v.last_message_at, app_now()),
      last_human_at = case when p_takes_over then app_now() else v.last_human_at end,
      ai_handling = v.ai_handling and not p_takes_over, desk_has_it = v.desk_has_it or p_takes_over
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
