-- What an answer needs to know, and how it is kept until it has left.

-- Everything the prompt is rendered from (`get_tenant_ai_context` tells it to others, with more). The order is fixed, so
-- that the rendered prompt is the same text until the business changes something, and caching hits.
create or replace function tenant_profile(p_tenant_id uuid) returns jsonb
language plpgsql stable as $$
begin return (
  select jsonb_build_object(
    'tenant_id', t.id, 'tenant_name', t.name, 'vertical', t.vertical,
    'timezone', coalesce(t.settings ->> 'timezone',
      (select b.timezone from branches b where b.tenant_id = t.id and b.is_active
        order by b.is_headquarters desc, b.id limit 1), 'America/Mexico_City'),
    'ai_config', jsonb_build_object('system_prompt', a.system_prompt, 'model', a.model, 'temperature', a.temperature,
      'max_tokens', a.max_tokens, 'response_style', a.response_style, 'business_hours', a.business_hours,
      'escalation_keywords', to_jsonb(a.escalation_keywords),
      'auto_escalate_after_messages', a.auto_escalate_after_messages, 'default_language', a.default_language),
    'services', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
        'description', coalesce(s.ai_description, s.short_description, s.description), 'category', s.category,
        'price_min', s.price_min::text, 'price_max', s.price_max::text, 'price_unit', s.price_unit,
        'currency', s.currency, 'price_note', s.price_note, 'duration_minutes', s.duration_minutes,
        'promotion_text', case when s.promotion_active then s.promotion_text end,
        'special_instructions', s.special_instructions) order by s.display_order, s.id), '[]')
      from services s where s.tenant_id = t.id and s.is_active),
    'faqs', (select coalesce(jsonb_agg(jsonb_build_object('question', f.question,
        'answer', coalesce(f.short_answer, f.answer)) order by f.display_order, f.id), '[]')
      from faqs f where f.tenant_id = t.id and f.is_active),
    'branches', (select coalesce(jsonb_agg(jsonb_build_object('name', b.name, 'address', b.address, 'city', b.city,
        'state', b.state, 'phone', b.phone, 'timezone', b.timezone, 'operating_hours', b.operating_hours,
        'google_maps_url', b.google_maps_url) order by b.is_headquarters desc, b.id), '[]')
      from branches b where b.tenant_id = t.id and b.is_active),
    'staff', (select coalesce(jsonb_agg(jsonb_build_object('display_name',
        coalesce(p.display_name, p.first_name || ' ' || p.last_name), 'role', p.role, 'role_title', p.role_title,
        'specialty', p.specialty) order by p.id), '[]')
      from staff p where p.tenant_id = t.id and p.is_active and p.role in ('dentist', 'specialist')))
  from tenants t left join ai_tenant_context a on a.tenant_id = t.id
  where t.id = p_tenant_id
); end $$;

-- Stores a reply in its parts, each with the job that sends it. The first of these jobs is already leased to the worker
-- that asks, unless something else is being sent to this person: one worker goes straight on, few round trips.
-- Asking twice for one job and question changes nothing and answers the same, since the first answer may have been lost;
-- no row if the reply is not in this worker's hands any more. Returns the first part's message and the leased job.
create or replace function store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid,
  p_metadata jsonb, p_request_id text) returns table (message_id uuid, send_job_id uuid)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_lane text := 'send:' || p_conversation;
  c conversations;
  v_message uuid;
begin
  perform lock_lanes(v_tenant, array[v_lane], '{}');
  select * into c from conversations where tenant_id = v_tenant and id = p_conversation for update;
  -- Erased while Claude thought about it.
  if c.id is null then return; end if;
  if exists (select 1 from messages m where m.tenant_id = v_tenant and m.processed_by_job_id = p_job
    and m.answers_message_id = p_answers) then
    return query
      select (j.payload ->> 'message_id')::uuid, j.id
        from messages m
        join jobs j on j.tenant_id = v_tenant and j.lane = v_lane and j.status = 'processing' and j.worker_id = p_worker
          and j.attempts = 1 and j.payload ->> 'message_id' = m.id::text
       where m.tenant_id = v_tenant and m.processed_by_job_id = p_job and m.answers_message_id = p_answers
         -- On its way already if `begin_reply`'s answer was lost: `begin_send` knows its attempts apart.
         and m.status in ('pending', 'sending')
       limit 1;
    return;
  end if;
  -- The business's n8n has answered it meanwhile: nobody is answered twice. That people take over now is said all the same.
  if c.status <> 'escalated' and exists (select 1 from messages m where m.tenant_id = v_tenant
    and m.conversation_id = c.id and m.id > p_answers and m.answers_message_id = p_answers and m.metadata ? 'n8n'
    and m.status not in ('withheld', 'failed')) then
    return;
  end if;
  -- The question was changed while Claude thought about it: the job that was asked for then answers it.
  if exists (select 1 from jobs j where j.tenant_id = v_tenant and j.lane = 'answer:' || p_conversation
    and j.status = 'pending' and j.payload ? 'asked_again') then
    return;
  end if;
  -- Of a conversation that people have by now, this is the last word; there is one.
  if c.status = 'escalated' and not c.last_word_owed and coalesce(p_metadata, '{}') ? 'last_word' then return; end if;
  -- Where n8n has handed over meanwhile, an answer thought of before is not it: `last_word:` says it.
  if c.status = 'escalated' and c.last_word_owed
    and (coalesce(p_metadata, '{}') ? 'last_word' or c.escalated_by is distinct from 'n8n') then
    p_metadata := coalesce(p_metadata, '{}') || '{"last_word": true}';
    update conversations x set last_word_owed = false where x.tenant_id = v_tenant and x.id = c.id;
  end if;
  for i in 1 .. cardinality(p_parts) loop
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, channel, status,
        answers_message_id, processed_by_job_id, metadata)
      values (v_tenant, c.id, c.channel_connection_id, 'assistant', p_parts[i], c.channel, 'pending', p_answers, p_job,
        coalesce(p_metadata, '{}') || jsonb_build_object('part', i, 'parts', cardinality(p_parts)))
      returning id into v_message;
    message_id := coalesce(message_id, v_message);
    insert into jobs (tenant_id, job_type, lane, lane_head, priority, max_attempts, request_id, payload)
      values (v_tenant, 'send_' || c.channel, v_lane, false, 2, 6, p_request_id,
        jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
          'channel', c.channel, 'channel_connection_id', c.channel_connection_id, 'recipient_' ||
          case c.contact_kind when 'phone' then 'phone' when 'tiktok' then 'open_id' when 'whatsapp_user_id' then 'user_id'
          else 'psid' end, c.contact_address));
  end loop;
  if p_metadata ? 'settled' then perform return_to_promised(c.id, p_answers); end if;
  perform elect_lane_heads(v_tenant, array[v_lane]);
  update jobs j set status = 'processing', worker_id = p_worker, attempts = 1, started_at = now(), updated_at = now()
    where j.tenant_id = v_tenant and j.lane = v_lane and j.lane_head and j.status = 'pending' and p_worker is not null
      and j.payload ->> 'message_id' = message_id::text
    returning j.id into send_job_id;
  return next;
end $$;

-- From Claude's answer to the message that may leave in one round trip and one commit: the call (`record_call`), the reply
-- (`store_reply`), and for its first part `begin_send` under the attempt's name. Columns as theirs; verdict 'later' where
-- something else is being sent to this person. Asked again with the same attempt it answers the same; no row as there.
-- p_turn: what the person's turn came to (`score_turn`).
drop function if exists begin_reply(uuid, text[], uuid, uuid, uuid, jsonb, text, jsonb, uuid, jsonb);
create or replace function begin_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid,
  p_metadata jsonb, p_request_id text, p_usage jsonb, p_attempt uuid, p_policy jsonb,
  p_turn jsonb default null)
returns table (message_id uuid, send_job_id uuid, verdict text, reason text, channel text, account_id text,
  contact_kind text, contact_address text, content text, reply_to text, token_id uuid, token bytea, payload jsonb,
  wait_seconds float8, login text, as_human boolean)
language plpgsql as $$
begin
  select s.message_id, s.send_job_id into message_id, send_job_id
    from store_reply(p_conversation, p_parts, p_answers, p_job, p_worker, p_metadata, p_request_id) s;
  if p_turn is not null then perform score_turn(p_conversation, p_turn); end if;
  -- Not before: its foreign key locks the conversation, for which `store_reply` waits behind the lane.
  if p_usage is not null then perform record_call(p_usage); end if;
  if message_id is null then return; end if;
  verdict := 'later';
  if send_job_id is not null then
    select b.verdict, b.reason, b.channel, b.account_id, b.contact_kind, b.contact_address, b.content, b.reply_to,
        b.token_id, b.token, b.payload, b.wait_seconds, b.login, b.as_human
      into verdict, reason, channel, account_id, contact_kind, contact_address, content, reply_to, token_id, token,
        payload, wait_seconds, login, as_human
      from begin_send(message_id, p_attempt, p_policy) b;
  end if;
  return next;
end $$;
