-- What the business's own automations are told.

-- Whether the business has an n8n that wants to hear of it.
create or replace function wants_event(p_event text) returns boolean
language plpgsql stable as $$
begin
  return exists (select from n8n_settings s where s.tenant_id = current_tenant() and s.is_enabled
    and (s.events is null or p_event = any (s.events)));
end $$;

-- Tells the tenant's n8n, if it has one. p_event as in the guide ('lead-created', 'appointment-scheduled' …), p_data its
-- object, p_key what makes it the same event again (told once); null: its own. Called inside the transaction that did it,
-- and locks nothing that others wait for. Whom it is about is read from p_data: `lead_id`, `lead.id`, `appointment.lead_id`,
-- `conversation.lead_id`, else the conversation's.
create or replace function emit_event(p_event text, p_data jsonb, p_key text default null) returns void
language plpgsql as $$
begin
  if wants_event(p_event) then perform put_event(p_event, p_data, p_key); end if;
end $$;

-- The same whether it is wanted or not. Returns the event's id; null: it was put there before.
create or replace function put_event(p_event text, p_data jsonb, p_key text) returns uuid
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_id uuid := uuid_v7();
  v_named text := coalesce(p_data ->> 'lead_id', p_data -> 'lead' ->> 'id', p_data -> 'appointment' ->> 'lead_id',
    p_data -> 'conversation' ->> 'lead_id');
  v_talk text := coalesce(p_data ->> 'conversation_id', p_data -> 'conversation' ->> 'id');
  v_lead uuid;
begin
  if v_named is null and v_talk is not null then
    select c.lead_id into v_named from conversations c where c.tenant_id = v_tenant and c.id = v_talk::uuid;
  end if;
  if v_named is not null then
    select l.id into v_lead from leads l where l.tenant_id = v_tenant and l.id = v_named::uuid;
  end if;
  insert into outbound_events (tenant_id, id, event, event_key, lead_id, data)
    values (v_tenant, v_id, p_event, p_key, v_lead, p_data)
    on conflict do nothing;
  if not found then return null; end if;
  perform deliver_event(v_id, p_event, v_lead, 0);
  return v_id;
end $$;

-- The job that tells n8n of an event. In no lane: nobody waits for it, and a lane's lock would be taken out of order here.
create or replace function deliver_event(p_id uuid, p_event text, p_lead uuid, p_seconds float8) returns void
language plpgsql as $$
begin
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'deliver_event', 'priority', 6, 'max_attempts', 9,
    'delay_seconds', p_seconds, 'payload', jsonb_strip_nulls(jsonb_build_object('event_id', p_id, 'event', p_event,
      'lead_id', p_lead, 'tenant_id', current_tenant())))));
end $$;

-- A person as events tell of them.
create or replace function event_lead(p_lead uuid) returns jsonb
language plpgsql stable as $$
begin return (
  select jsonb_build_object('id', l.id, 'name', coalesce(l.name, l.full_name), 'phone', l.phone, 'email', l.email,
      'source', l.source, 'status', l.status, 'classification', l.classification, 'score', l.score,
      'branch_id', l.branch_id, 'interested_services', l.interested_services, 'created_at', l.created_at)
    from leads l where l.tenant_id = current_tenant() and l.id = p_lead
); end $$;

-- What people wrote just now: one event a message. p_messages: of one batch, new ones only.
create or replace function emit_messages(p_messages uuid[]) returns void
language plpgsql as $$
begin
  if not wants_event('message-received') then return; end if;
  perform put_event('message-received', jsonb_build_object('message_id', m.id, 'conversation_id', c.id, 'lead_id', c.lead_id,
      'message', jsonb_build_object('id', m.id, 'content', m.content, 'content_type', m.content_type, 'channel', m.channel,
        'external_id', m.external_id, 'created_at', m.created_at),
      'conversation', jsonb_build_object('id', c.id, 'lead_id', c.lead_id, 'branch_id', c.branch_id, 'channel', c.channel,
        'status', c.status, 'ai_handling', c.ai_handling),
      'lead', event_lead(c.lead_id)), m.id::text)
    from messages m
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
   where m.tenant_id = current_tenant() and m.id = any (p_messages) and m.role = 'user'
   order by m.id;
end $$;
