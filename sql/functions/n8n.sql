-- Telling n8n, and asking it.

-- Notes what came of telling an event. p_status: 'delivered'; 'pending' (it is tried again); 'dead' (a person has to act:
-- p_alert is raised). Something that is delivered closes that alert.
create or replace function settle_event(p_id uuid, p_status text, p_attempted boolean, p_http int, p_error text,
  p_alert jsonb) returns void
language plpgsql as $$
begin
  update outbound_events e set status = p_status, attempts = e.attempts + p_attempted::int,
      http_status = case when p_attempted then p_http else e.http_status end, error_message = p_error,
      last_attempt_at = case when p_attempted then app_now() else e.last_attempt_at end,
      delivered_at = case when p_status = 'delivered' then app_now() end
    where e.tenant_id = current_tenant() and e.id = p_id and e.status = 'pending';
  if p_status = 'delivered' then
    update alerts a set resolved_at = app_now()
      where a.tenant_id = current_tenant() and a.dedup_key = ':n8n_undelivered' and a.resolved_at is null;
  elsif p_alert is not null then
    perform raise_alert(null, p_alert || '{"kind": "n8n_undelivered", "key": "n8n_undelivered"}');
  end if;
end $$;

-- Tells events again: the one with this id, told or not, or all dead ones, oldest first. Returns how many.
create or replace function replay_events(p_id uuid, p_limit int) returns int
language plpgsql as $$
declare
  v_count int := 0;
  e record;
begin
  for e in
    with again as (
      select o.id from outbound_events o
       where o.tenant_id = current_tenant() and (o.id = p_id or p_id is null and o.status = 'dead') and o.status <> 'pending'
       order by o.id limit p_limit for update)
    update outbound_events o set status = 'pending', error_message = null from again a
     where o.tenant_id = current_tenant() and o.id = a.id returning o.id, o.event, o.lead_id
  loop
    -- A little apart, so that a thousand do not come at once.
    perform deliver_event(e.id, e.event, e.lead_id, 0.02 * v_count);
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;

-- Forgets events that are told, or that nobody has told again, from before p_before. Returns how many.
create or replace function prune_events(p_before timestamptz, p_limit int) returns int
language plpgsql as $$
declare
  v_count int;
begin
  delete from outbound_events e using (
    select o.id from outbound_events o where o.tenant_id = current_tenant() and o.id < uuid_v7_floor(p_before)
      and o.status <> 'pending' order by o.id limit p_limit) old
   where e.tenant_id = current_tenant() and e.id = old.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Asks n8n to answer a question, where the business wants that; the same question is asked once, and once more if it was
-- changed. Returns
--   'off'      Claude answers here
--   'asked'    it was asked just now; when it has had its time, the answer's job looks again
--   'waiting'  it still has time
--   'claude', 'people'   it had its time: who answers instead
create or replace function ask_n8n(p_conversation uuid, p_question uuid, p_last int, p_request_id text) returns text
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  s n8n_settings;
  e outbound_events;
  c conversations;
  v_key text;
begin
  select * into s from n8n_settings x where x.tenant_id = v_tenant and x.is_enabled and x.answers_by = 'n8n';
  if not found then return 'off'; end if;
  select q.id || coalesce(':' || extract(epoch from q.edited_at), '') into v_key
    from messages q where q.tenant_id = v_tenant and q.id = p_question;
  select * into e from outbound_events x
    where x.tenant_id = v_tenant and x.event = s.answer_event and x.event_key = v_key;
  if e.id is not null then
    return case when e.status = 'dead' or e.occurred_at <= app_now() - make_interval(secs => s.answer_seconds)
      then s.answer_fallback else 'waiting' end;
  end if;
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation;
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || c.id,
    'unique_key', 'n8n:' || v_key, 'delay_seconds', s.answer_seconds, 'request_id', p_request_id,
    'payload', jsonb_build_object('conversation_id', c.id, 'message_id', p_question, 'lead_id', c.lead_id,
      'tenant_id', v_tenant, 'channel', c.channel, 'channel_connection_id', c.channel_connection_id))));
  perform put_event(s.answer_event, question_data(c, p_question, p_last), v_key);
  return 'asked';
end $$;

-- Everything that somebody else needs to answer a question: {conversation, question_id, messages, lead, context}, as the
-- guide has it.
create or replace function question_data(c conversations, p_question uuid, p_last int) returns jsonb
language plpgsql stable as $$
declare
  v_profile jsonb := tenant_profile(c.tenant_id);
begin return jsonb_build_object(
  'conversation_id', c.id, 'lead_id', c.lead_id, 'question_id', p_question,
  'conversation', jsonb_build_object('id', c.id, 'lead_id', c.lead_id, 'branch_id', c.branch_id, 'channel', c.channel,
    'status', c.status),
  'messages', (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'content', m.content, 'role', m.role,
      'sender_type', case m.role when 'user' then 'lead' when 'assistant' then 'ai' else m.role end,
      'content_type', m.content_type, 'created_at', m.created_at) order by m.id), '[]')
    from (select x.* from messages x where x.tenant_id = c.tenant_id and x.conversation_id = c.id
        and x.status not in ('withheld', 'failed', 'pending') and x.deleted_at is null
       order by x.id desc limit p_last) m),
  'lead', event_lead(c.lead_id),
  'context', jsonb_build_object('name', v_profile -> 'tenant_name', 'vertical', v_profile -> 'vertical',
    'timezone', v_profile -> 'timezone', 'system_prompt', v_profile -> 'ai_config' -> 'system_prompt',
    'services', v_profile -> 'services', 'faqs', v_profile -> 'faqs', 'branches', v_profile -> 'branches'));
end $$;
