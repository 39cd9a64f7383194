-- Conversations and messages, for SQL clients of the guide: its names and columns over the way that webhooks take
-- (`receive_events`), so that whichever comes first nothing is stored or answered twice.

-- `Rules/Debounce` and `Rules/ReplyGate`, as programs hand them over; a test compares.
create or replace function receive_policy() returns jsonb
language sql immutable parallel safe as $$
  select '{"stale_seconds": 3600, "first_delay_seconds": 2, "next_delay_seconds": 2, "cap_seconds": 20}'::jsonb
$$;

-- Under which name a person is answered on a channel: the newest of its kinds; null if nobody knows one.
create or replace function contact_of_lead(p_lead_id uuid, p_channel text) returns jsonb
language sql stable as $$
  select coalesce(
    (select jsonb_build_object('kind', a.kind, 'value', a.value, 'address', a.address) from lead_aliases a
      where a.tenant_id = current_tenant() and a.lead_id = p_lead_id and a.kind = any (case
        when p_channel = 'whatsapp' then array['phone', 'whatsapp_user_id'] when p_channel = 'sms' then array['phone']
        else array[p_channel] end)
      order by a.created_at desc, a.kind, a.value limit 1),
    (select contact_alias('phone', coalesce(l.phone, l.phone_normalized)) from leads l
      where l.tenant_id = current_tenant() and l.id = p_lead_id and p_channel in ('whatsapp', 'sms')))
$$;

create or replace function find_or_create_conversation(p_tenant_id uuid, p_branch_id uuid, p_lead_id uuid,
  p_channel_connection_id uuid, p_channel text default 'whatsapp', p_ai_enabled boolean default true)
returns table (conversation_id uuid, is_new boolean)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(p_tenant_id);
  v_lead uuid := living_lead(p_lead_id);
  v_channel text := (select cc.channel from channel_connections cc
    where cc.tenant_id = v_tenant and cc.id = p_channel_connection_id);
  v_contact jsonb;
begin
  if (lock_lead(v_lead)).id is null then
    raise exception 'there is no lead %', p_lead_id using errcode = 'no_data_found';
  elsif v_channel is distinct from coalesce(p_channel, v_channel) or v_channel is null then
    raise exception 'connection % is %', p_channel_connection_id,
      coalesce(v_channel || ', not ' || p_channel, 'none of this tenant''s') using errcode = 'invalid_parameter_value';
  end if;
  is_new := not exists (select from conversations c where c.tenant_id = v_tenant and c.lead_id = v_lead
    and c.channel_connection_id = p_channel_connection_id and c.status in ('active', 'waiting_response', 'escalated'));
  if is_new then
    v_contact := contact_of_lead(v_lead, v_channel);
    if v_contact is null then
      raise exception 'this person has no address on %', v_channel using errcode = 'invalid_parameter_value',
        hint = 'find_or_create_channel_lead or find_or_create_lead_smart gives one';
    end if;
  end if;
  conversation_id := conversation_of(v_lead, p_channel_connection_id, v_contact);
  if is_new then
    update conversations c set branch_id = coalesce(p_branch_id, c.branch_id),
        ai_handling = c.ai_handling and coalesce(p_ai_enabled, true)
      where c.tenant_id = v_tenant and c.id = conversation_id;
  end if;
  return next;
end $$;

-- What a person wrote, as their platform's webhook would have stored it: counted, windows opened, an answer asked for. The
-- channel is the conversation's, whatever p_channel says. A resolved conversation is opened again, unless the person has
-- another open one, which then takes the message. p_whatsapp_message_id is the platform's id on any channel: the same again
-- is a duplicate. p_media_url is kept as it is; nothing is fetched.
create or replace function save_incoming_message(p_conversation_id uuid, p_lead_id uuid, p_content text,
  p_message_type text default 'text', p_channel text default 'whatsapp', p_media_url text default null,
  p_whatsapp_message_id text default null, p_metadata jsonb default null)
returns table (message_id uuid, is_duplicate boolean, conversation_reopened boolean)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_external text := nullif(btrim(p_whatsapp_message_id), '');
  v_contact jsonb;
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation_id;
  if c.id is null then
    raise exception 'there is no conversation %', p_conversation_id using errcode = 'no_data_found';
  elsif c.lead_id is distinct from living_lead(p_lead_id) then
    raise exception 'conversation % is not this lead''s', p_conversation_id using errcode = 'invalid_parameter_value';
  elsif coalesce(p_content, '') !~ '\S' and coalesce(p_message_type, 'text') = 'text' then
    raise exception 'p_content is empty' using errcode = 'invalid_parameter_value';
  end if;
  perform lock_lead(c.lead_id);
  select * into strict c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation_id;
  select m.id into message_id from messages m where m.tenant_id = v_tenant
    and m.channel_connection_id = c.channel_connection_id and m.external_id = v_external;
  is_duplicate := message_id is not null;
  conversation_reopened := not is_duplicate and c.status = 'resolved' and not exists (
    select from conversations o where o.tenant_id = v_tenant and o.lead_id = c.lead_id
      and o.channel_connection_id = c.channel_connection_id and o.status in ('active', 'waiting_response', 'escalated'));
  if is_duplicate then
    return next;
    return;
  elsif conversation_reopened then
    update conversations x set status = 'active', resolved_at = null
      where x.tenant_id = v_tenant and x.id = c.id and x.status = 'resolved';
    conversation_reopened := found;
    perform revive_lead(c.lead_id);
  end if;
  -- The name that the webhook finds this person by: the conversation's own, if it is theirs.
  insert into lead_aliases (tenant_id, kind, value, lead_id, address)
    values (v_tenant, c.contact_kind, case c.contact_kind when 'phone' then canonical_phone(c.contact_address)
      else c.contact_address end, c.lead_id, c.contact_address) on conflict do nothing;
  select jsonb_build_object('kind', a.kind, 'value', a.value, 'address', c.contact_address) into v_contact
    from lead_aliases a where a.tenant_id = v_tenant and a.lead_id = c.lead_id and a.kind = c.contact_kind
    order by a.address = c.contact_address desc, a.created_at desc limit 1;
  if v_contact is null then
    raise exception 'conversation % answers to somebody else''s address', c.id using errcode = 'invalid_parameter_value';
  end if;
  perform receive_events(jsonb_build_array(jsonb_build_object('connection_id', c.channel_connection_id, 'kind', 'message',
    'external_id', v_external, 'aliases', jsonb_build_array(v_contact), 'content', coalesce(p_content, ''),
    'content_type', coalesce(p_message_type, 'text'), 'wants_answer', true, 'details', coalesce(p_metadata, '{}'))),
    receive_policy(), null);
  -- The newest: the person's names are locked, nobody else stores a message of theirs.
  select m.id into message_id from messages m
    where m.tenant_id = v_tenant and m.role = 'user' and m.conversation_id in (select o.id from conversations o
      where o.tenant_id = v_tenant and o.lead_id = c.lead_id and o.channel_connection_id = c.channel_connection_id)
      and m.external_id is not distinct from v_external
    order by m.id desc limit 1;
  update messages m set media_url = p_media_url
    where m.tenant_id = v_tenant and m.id = message_id and p_media_url <> '';
  return next;
end $$;

-- A platform's report, as its webhook would have brought it: states only move up. p_new_status: sent, delivered, read,
-- played or failed. (null, false) for a message that is not ours, or no more.
create or replace function update_message_status(p_tenant_id uuid, p_whatsapp_message_id text, p_new_status text,
  p_error_message text default null)
returns table (message_id uuid, updated boolean)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(p_tenant_id);
  m messages;
begin
  if p_new_status is null or p_new_status not in ('sent', 'delivered', 'read', 'played', 'failed') then
    raise exception 'p_new_status is "%": no state that a platform reports', p_new_status
      using errcode = 'invalid_parameter_value', hint = 'sent, delivered, read, played or failed';
  end if;
  perform hold_erasures();
  select x.* into m from channel_connections cc
    join messages x on x.tenant_id = v_tenant and x.channel_connection_id = cc.id and x.external_id = p_whatsapp_message_id
   where cc.tenant_id = v_tenant order by x.id limit 1;
  if m.id is not null then
    -- The conversation before the message, as everybody does.
    perform 1 from conversations c where c.tenant_id = v_tenant and c.id = m.conversation_id for update;
    select * into m from messages x where x.tenant_id = v_tenant and x.id = m.id for update;
  end if;
  if m.id is not null then
    perform receive_reports(jsonb_build_array(jsonb_build_object('connection_id', m.channel_connection_id, 'kind', 'status',
      'external_id', p_whatsapp_message_id, 'at', app_now(), 'aliases', '[]'::jsonb,
      'status', jsonb_build_object('state', p_new_status, 'error', p_error_message))));
  end if;
  return query select m.id, m.id is not null
    and m.status <> (select x.status from messages x where x.tenant_id = v_tenant and x.id = m.id);
end $$;

-- For messages that were stored by hand: those of the functions above are counted already.
create or replace function increment_conversation_message_count(p_conversation_id uuid) returns void
language plpgsql as $$
begin
  update conversations set message_count = message_count + 1, last_message_at = greatest(last_message_at, app_now())
    where tenant_id = require_tenant(current_tenant()) and id = p_conversation_id;
end $$;
