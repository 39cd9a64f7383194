-- Conversations, as the API tells of them and as staff change them.

create or replace function conversation_json(c conversations) returns jsonb
language sql stable as $$
  select jsonb_build_object('id', c.id, 'lead_id', c.lead_id, 'branch_id', c.branch_id, 'channel', c.channel,
    'channel_connection_id', c.channel_connection_id, 'status', c.status, 'ai_handling', c.ai_handling,
    'current_intent', c.current_intent, 'escalated_at', c.escalated_at, 'escalation_reason', c.escalation_reason,
    'escalated_by', c.escalated_by, 'escalation_urgency', c.escalation_urgency,
    'escalation_confidence', c.escalation_confidence,
    'escalated_to_staff_id', c.escalated_to_staff_id, 'assigned_staff_id', c.assigned_staff_id,
    'resolved_at', c.resolved_at, 'resolution_notes', c.resolution_notes, 'satisfaction_score', c.satisfaction_score,
    'message_count', c.message_count, 'turn_count', c.turn_count, 'last_message_at', c.last_message_at,
    'last_inbound_at', c.last_inbound_at, 'last_human_at', c.last_human_at, 'staff_read_at', c.staff_read_at,
    'unread', coalesce(c.last_inbound_at > coalesce(c.staff_read_at, '-infinity'), false),
    'first_response_time_seconds', c.first_response_time_seconds, 'created_at', c.created_at, 'updated_at', c.updated_at)
    || jsonb_build_object(
      'lead', (select jsonb_build_object('id', l.id, 'first_name', l.first_name, 'last_name', l.last_name,
          'full_name', coalesce(nullif(l.full_name, ''), l.name), 'phone', l.phone, 'email', l.email,
          'classification', l.classification, 'score', l.score)
        from leads l where l.tenant_id = c.tenant_id and l.id = c.lead_id),
      'branch', (select jsonb_build_object('id', b.id, 'name', b.name) from branches b
        where b.tenant_id = c.tenant_id and b.id = c.branch_id),
      'assigned_staff', (select jsonb_build_object('id', s.id, 'first_name', s.first_name, 'last_name', s.last_name,
          'role', s.role) from staff s where s.tenant_id = c.tenant_id and s.id = c.assigned_staff_id))
$$;

create or replace function message_json(m messages) returns jsonb
language sql stable as $$
  select jsonb_build_object('id', m.id, 'conversation_id', m.conversation_id, 'role', m.role,
    'sender_type', m.sender_type, 'sender_id', coalesce(m.sender_id, m.sent_by_staff_id), 'content', m.content,
    'content_type', m.content_type, 'message_type', m.message_type, 'channel', m.channel, 'media_url', m.media_url,
    'payload', m.payload, 'selection', m.selection, 'external_id', m.external_id,
    'reply_to_external_id', m.reply_to_external_id, 'status', m.status, 'error_code', m.error_code,
    'error_message', m.error_message, 'sent_at', m.sent_at, 'delivered_at', m.delivered_at, 'read_at', m.read_at,
    'edited_at', m.edited_at, 'deleted_at', m.deleted_at, 'created_at', m.created_at)
$$;

-- What came, or went, with a message: {"attachments": […]}, to be put beside `message_json`. A function in `from`, which
-- Postgres puts into the query: one look into `media_files_of` a message.
create or replace function message_attachments(p_tenant uuid, p_message uuid) returns table (told jsonb)
language sql stable as $$
  select jsonb_build_object('attachments', coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'kind', f.kind,
      'mime_type', f.mime_type, 'filename', f.filename, 'size', f.size, 'status', f.status,
      'error_message', f.error_message) order by f.id), '[]'))
    from media_files f where f.tenant_id = p_tenant and f.message_id = p_message
$$;

-- Opens a conversation with somebody. outcome: created, exists (with its id), lead, connection (there is no account on
-- that channel), address (the person has none there), branch, staff.
create or replace function open_conversation(p_wish jsonb, p_branch uuid) returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_lead leads;
  v_connection channel_connections;
  v_made record;
begin
  outcome := missing_of_business(p_wish);
  select * into v_lead from leads l where l.tenant_id = v_tenant and l.id = (p_wish ->> 'lead_id')::uuid
    and l.deleted_at is null and (p_branch is null or l.branch_id = p_branch);
  if v_lead.id is null then outcome := 'lead'; end if;
  if outcome is not null then
    return next;
    return;
  end if;
  -- The account of the branch, before others.
  select * into v_connection from channel_connections k
   where k.tenant_id = v_tenant and k.channel = coalesce(p_wish ->> 'channel', 'whatsapp') and k.status <> 'disconnected'
     and (p_branch is null or k.branch_id = p_branch)
   order by k.branch_id is not distinct from coalesce((p_wish ->> 'branch_id')::uuid, v_lead.branch_id) desc,
     k.status = 'connected' desc, k.account_number, k.id limit 1;
  if v_connection.id is null or contact_of_lead(v_lead.id, v_connection.channel) is null then
    outcome := case when v_connection.id is null then 'connection' else 'address' end;
    return next;
    return;
  end if;
  select * into v_made from find_or_create_conversation(v_tenant, (p_wish ->> 'branch_id')::uuid, v_lead.id,
    v_connection.id, v_connection.channel, coalesce((p_wish ->> 'ai_handling')::boolean, true));
  if v_made.is_new and p_wish ->> 'assigned_staff_id' is not null then
    update conversations c set assigned_staff_id = (p_wish ->> 'assigned_staff_id')::uuid
      where c.tenant_id = v_tenant and c.id = v_made.conversation_id;
  end if;
  return query select case when v_made.is_new then 'created' else 'exists' end, v_made.conversation_id;
end $$;

-- Changes what is named. The assistant switched on, and no status named, gives an escalated conversation back to it.
-- outcome: changed, branch, staff; no row: there is no such conversation.
create or replace function change_conversation(p_conversation uuid, p_branch uuid, p_change jsonb)
returns table (outcome text)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
begin
  outcome := missing_of_business(p_change);
  if outcome is not null then
    return next;
    return;
  end if;
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation
    and (p_branch is null or x.branch_id = p_branch) for update;
  if c.id is null then return; end if;
  if p_change ->> 'status' = 'escalated' then perform escalate_conversation(c.id, p_change ->> 'escalation_reason'); end if;
  if c.status = 'escalated' and p_change ->> 'status' is null and (p_change ->> 'ai_handling')::boolean then
    perform hand_back_conversation(c.id);
  end if;
  update conversations x set
      status = coalesce(p_change ->> 'status', x.status),
      ai_handling = case when p_change ->> 'status' = 'escalated' and c.status <> 'escalated' then false
        else coalesce((p_change ->> 'ai_handling')::boolean, x.ai_handling) end,
      desk_has_it = x.desk_has_it or coalesce(p_change ->> 'status' = 'escalated', false)
        or coalesce(not (p_change ->> 'ai_handling')::boolean, false),
      -- Who switches the assistant off means what is on its way, too.
      last_human_at = case when (p_change ->> 'ai_handling')::boolean = false and c.ai_handling then app_now()
        else x.last_human_at end,
      escalated_at = case when p_change ->> 'status' = 'escalated' and c.status <> 'escalated' then app_now()
        else x.escalated_at end,
      resolved_at = case when p_change ->> 'status' = 'resolved' then coalesce(case when c.status = 'resolved'
          then c.resolved_at end, app_now())
        when p_change ->> 'status' in ('active', 'waiting_response', 'escalated') then null else x.resolved_at end,
      escalation_reason = changed(p_change, 'escalation_reason', x.escalation_reason),
      resolution_notes = changed(p_change, 'resolution_notes', x.resolution_notes),
      satisfaction_score = changed(p_change, 'satisfaction_score', x.satisfaction_score::text)::int,
      branch_id = changed(p_change, 'branch_id', x.branch_id::text)::uuid,
      assigned_staff_id = changed(p_change, 'assigned_staff_id', x.assigned_staff_id::text)::uuid
    where x.tenant_id = v_tenant and x.id = c.id;
  if p_change ->> 'status' = 'escalated' then
    update leads l set escalated_to_human = true where l.tenant_id = v_tenant and l.id = c.lead_id;
  end if;
  return query select 'changed';
end $$;

-- Somebody of the business takes part from here on: from the moment this is committed the assistant is silent. False:
-- there is no such conversation, or it is closed.
create or replace function take_over_conversation(p_conversation uuid, p_staff uuid) returns boolean
language plpgsql as $$
begin
  update conversations c set ai_handling = false, desk_has_it = true, last_human_at = app_now(),
      assigned_staff_id = coalesce(p_staff, c.assigned_staff_id)
    where c.tenant_id = current_tenant() and c.id = p_conversation
      and c.status in ('active', 'waiting_response', 'escalated');
  return found;
end $$;

-- Somebody of the business has read it. Where the platform shows that, a job tells it of the person's last message: if that
-- came after the last reading, no answer of the assistant's has marked it (each marks its question before it is thought
-- about) and its account is connected. p_hours: per channel that can mark, for how long. Returns whether there is such a
-- job; many readings are one.
create or replace function read_conversation(p_conversation uuid, p_hours jsonb, p_request_id text) returns boolean
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_message uuid;
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation for update;
  if c.id is null then return false; end if;
  update conversations x set staff_read_at = greatest(x.staff_read_at, app_now())
    where x.tenant_id = v_tenant and x.id = c.id;
  select m.id into v_message
    from (select l.id, l.created_at, l.channel_connection_id from messages l
           where l.tenant_id = v_tenant and l.conversation_id = c.id and l.role = 'user' and l.external_id is not null
             and not l.historical and l.deleted_at is null
           order by l.id desc limit 1) m
    join channel_connections cc on cc.tenant_id = v_tenant and cc.id = m.channel_connection_id and cc.status = 'connected'
   where m.created_at > coalesce(c.staff_read_at, '-infinity')
     and m.created_at > app_now() - make_interval(hours => (p_hours ->> c.channel)::int)
     -- The last word is said without a look at the question.
     and not exists (select from messages r where r.tenant_id = v_tenant and r.conversation_id = c.id and r.id > m.id
       and r.role = 'assistant' and r.answers_message_id >= m.id and not r.metadata ? 'last_word');
  if v_message is null then return false; end if;
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'mark_read', 'unique_key', 'mark_read:' || c.id,
    'priority', 8, 'max_attempts', 3, 'request_id', p_request_id,
    'payload', jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
      'channel', c.channel))));
  return true;
end $$;

-- Writes down what somebody says was said elsewhere: nothing is sent. Of staff it silences the assistant. Null: there is no
-- such conversation.
create or replace function note_message(p_conversation uuid, p_branch uuid, p_note jsonb, p_staff uuid) returns uuid
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_role text := case coalesce(p_note ->> 'sender_type', 'staff') when 'lead' then 'user' when 'ai' then 'assistant'
    else coalesce(p_note ->> 'sender_type', 'staff') end;
  v_id uuid;
  c conversations;
begin
  perform hold_closed_talk(p_conversation);
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation
    and (p_branch is null or x.branch_id = p_branch) for update;
  if c.id is null then return null; end if;
  insert into messages (tenant_id, conversation_id, channel_connection_id, role, sender_id, content, content_type,
      message_type, channel, media_url, status, sent_by_staff_id, sent_at, metadata)
    values (v_tenant, c.id, c.channel_connection_id, v_role, (p_note ->> 'sender_id')::uuid, p_note ->> 'content',
      coalesce(p_note ->> 'message_type', 'text'), coalesce(p_note ->> 'message_type', 'text'), c.channel,
      p_note ->> 'media_url', case v_role when 'user' then 'received' else 'sent' end,
      case when v_role = 'staff' then p_staff end, app_now(), coalesce(nullif(p_note -> 'metadata', 'null'), '{}'))
    returning messages.id into v_id;
  update conversations x set message_count = x.message_count + 1,
      last_message_at = greatest(x.last_message_at, app_now()),
      ai_handling = x.ai_handling and v_role <> 'staff', desk_has_it = x.desk_has_it or v_role = 'staff',
      last_human_at = case when v_role = 'staff' then app_now() else x.last_human_at end,
      status = case when reopens then 'active' else x.status end,
      resolved_at = case when reopens then null else x.resolved_at end
    from (select c.status = 'resolved' and not exists (select from conversations o where o.tenant_id = v_tenant
      and o.lead_id = c.lead_id and o.channel_connection_id = c.channel_connection_id
      and o.status in ('active', 'waiting_response', 'escalated')) as reopens) r
    where x.tenant_id = v_tenant and x.id = c.id;
  return v_id;
end $$;

-- The least id that a row of this moment or a later one can have (`uuid_v7`): so a time finds its place in an index of ids.
create or replace function uuid_floor(p_at timestamptz) returns uuid
language sql immutable parallel safe as $$
  select (lpad(to_hex(greatest((extract(epoch from p_at) * 1000)::bigint, 0)), 12, '0') || '70008000000000000000')::uuid
$$;
