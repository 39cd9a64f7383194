-- The way in: everything one POST brought for one tenant, stored in one call and so in one transaction.
--
-- p_events: array of {"connection_id", "kind", "external_id", "aliases": [{"kind", "value", "address"}], "name", "at",
--   "content", "content_type", "selection", "reply_to", "wants_answer", "details", "raw",
--   "status": {"state", "opaque", "participant", "error_code", "error", "billing"}} (`Rules/Inbound.swift`).
-- p_policy: {"stale_seconds", "first_delay_seconds", "next_delay_seconds", "cap_seconds"} (`Rules`).
create or replace function receive_events(p_events jsonb, p_policy jsonb, p_request_id text)
returns table (messages int, duplicates int, reports int, answers int)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_keys text[] := '{}';
  v_leads uuid[] := '{}';
  v_conversations uuid[] := '{}';
  v_connections uuid[] := '{}';
  v_contacts jsonb[] := '{}';
  v_talks boolean[] := '{}';
  v_survivor uuid;
  v_received int;
  c record;
begin
  perform lock_contacts(p_events);

  -- Whose conversation each belongs to: once a person and account, not once a message. In the order of their ids'
  -- making is not needed: the names' locks are held, so nobody else works on these people.
  for c in
    select e ->> 'connection_id' as connection, e -> 'aliases' as aliases, max(e ->> 'name') as name,
        bool_or(e ->> 'kind' in ('message', 'echo')) as talks
      from jsonb_array_elements(p_events) e
     where concerns_person(e)
     group by 1, 2
     order by min(e ->> 'external_id')
  loop
    v_keys := v_keys || (c.connection || c.aliases::text);
    v_leads := v_leads || (select lead_of_aliases(c.aliases, c.name, cc.channel, cc.branch_id)
      from channel_connections cc where cc.tenant_id = v_tenant and cc.id = c.connection::uuid);
    v_connections := v_connections || c.connection::uuid;
    v_contacts := array_append(v_contacts, c.aliases -> 0);
    v_talks := v_talks || c.talks;
  end loop;
  for i in 1 .. cardinality(v_keys) loop
    -- Names that came together later in the batch may have merged a lead that was found earlier in it.
    while cardinality(v_keys) > 1 loop
      select l.merged_into_id into v_survivor from leads l where l.tenant_id = v_tenant and l.id = v_leads[i];
      exit when v_survivor is null;
      v_leads[i] := v_survivor;
    end loop;
    v_conversations := v_conversations
      || case when v_talks[i] then conversation_of(v_leads[i], v_connections[i], v_contacts[i]) end;
  end loop;

  select count(*) into v_received from jsonb_array_elements(p_events) e where e ->> 'kind' in ('message', 'echo');
  if v_received > 0 then
    select r.stored, r.asked into messages, answers
      from receive_messages(p_events, v_keys, v_conversations, p_policy, p_request_id) r;
  end if;
  messages := coalesce(messages, 0);
  answers := coalesce(answers, 0);
  duplicates := v_received - messages;
  reports := receive_reports(p_events);
  perform receive_notices(p_events, v_keys, v_leads);
  return next;
end $$;

-- Messages and echoes of a batch: stored once, counted, and the answers to them asked for.
create or replace function receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb,
  p_request_id text) returns table (stored int, asked int)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_questions jsonb;
begin
  with incoming as (
    select e.*, (e.connection_id || e.aliases::text) as key, row_number() over () as position
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb, name text,
        at timestamptz, content text, content_type text, selection text, reply_to text, wants_answer boolean,
        details jsonb, raw jsonb)
     where e.kind in ('message', 'echo')
  ), placed as (
    select i.*, k.conversation_id, cc.channel
      from incoming i
      join unnest(p_keys, p_conversations) k (key, conversation_id) on k.key = i.key
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = i.connection_id::uuid
     order by i.position
  ), inserted as (
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, content_type, message_type,
        channel, external_id, external_timestamp, selection, reply_to_external_id, status, metadata, raw)
      select v_tenant, p.conversation_id, p.connection_id::uuid, case p.kind when 'echo' then 'staff' else 'user' end,
          p.content, p.content_type, p.content_type, p.channel, p.external_id, coalesce(p.at, app_now()), p.selection,
          p.reply_to, case p.kind when 'echo' then 'sent' else 'received' end,
          coalesce(p.details, '{}') || case when p.wants_answer then '{"wants_answer": true}' else '{}' end::jsonb, p.raw
        from placed p
      on conflict (tenant_id, channel_connection_id, external_id) where external_id is not null do nothing
      returning id, conversation_id, role, external_timestamp, metadata ? 'wants_answer' as wants_answer
  ), contacts as (
    select distinct on (p.conversation_id) p.conversation_id, p.aliases -> 0 as contact
      from placed p where p.kind = 'message' order by p.conversation_id, p.position desc
  ), summary as (
    select i.conversation_id, count(*) as n, count(*) filter (where i.role = 'user') as turns,
        max(i.external_timestamp) as last_at,
        max(i.external_timestamp) filter (where i.role = 'user') as last_inbound_at,
        max(i.external_timestamp) filter (where i.role = 'staff') as last_human_at,
        -- uuid_v7 sorts by time; text, because PG 15 has no max(uuid). What is too old to be answered by itself is no
        -- question: it must not keep the answer to another one back.
        max(i.id::text) filter (where i.wants_answer
          and i.external_timestamp > app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8))
          as last_question
      from inserted i group by i.conversation_id
  ), updated as (
    update conversations v set
        message_count = v.message_count + s.n,
        turn_count = v.turn_count + s.turns,
        last_message_at = greatest(v.last_message_at, s.last_at),
        -- A clock that is ahead of ours must not hold the reply window open.
        last_inbound_at = greatest(v.last_inbound_at, least(s.last_inbound_at, app_now())),
        last_question_id = greatest(v.last_question_id, s.last_question::uuid),
        last_human_at = greatest(v.last_human_at, case when s.last_human_at is not null then app_now() end),
        -- Somebody of the business answered in the platform's own app: the bot is silent until handed back.
        ai_handling = v.ai_handling and s.last_human_at is null,
        contact_kind = coalesce(c.contact ->> 'kind', v.contact_kind),
        contact_address = coalesce(c.contact ->> 'address', v.contact_address)
      from summary s left join contacts c using (conversation_id)
      where v.tenant_id = v_tenant and v.id = s.conversation_id
      returning v.id, v.lead_id, v.ai_handling, v.status, v.channel, v.channel_connection_id, v.message_count = s.n as is_first,
        s.n, s.last_question, s.last_at
  ), touched as (
    update leads l set last_interaction_at = greatest(l.last_interaction_at, u.last_at)
      from updated u where l.tenant_id = v_tenant and l.id = u.lead_id returning 1
  ), listened as (
    update channel_connections cc set last_message_at = app_now()
      where cc.tenant_id = v_tenant and cc.id in (select channel_connection_id from updated)
        -- At most once a minute, or every message of an account would queue behind this one row.
        and (cc.last_message_at is null or cc.last_message_at < app_now() - interval '1 minute')
      returning 1
  )
  select coalesce(sum(u.n), 0),
      jsonb_agg(jsonb_build_object(
        'job_type', 'ai_response',
        'lane', 'answer:' || u.id,
        'unique_key', 'answer:' || u.id,
        'delay_seconds', coalesce(case when u.is_first then cc.first_message_delay_seconds
          else cc.subsequent_message_delay_seconds end,
          (p_policy ->> case when u.is_first then 'first_delay_seconds' else 'next_delay_seconds' end)::float8),
        'cap_seconds', (p_policy ->> 'cap_seconds')::float8,
        'request_id', p_request_id,
        'payload', jsonb_build_object('conversation_id', u.id, 'message_id', u.last_question, 'lead_id', u.lead_id,
          'tenant_id', v_tenant, 'channel', u.channel, 'channel_connection_id', u.channel_connection_id,
          'is_first_message', u.is_first)))
        filter (where u.last_question is not null and u.ai_handling and u.status <> 'escalated' and cc.ai_enabled)
    into stored, v_questions
    from updated u
    join channel_connections cc on cc.tenant_id = v_tenant and cc.id = u.channel_connection_id;
  asked := enqueue_jobs(coalesce(v_questions, '[]'));
  return next;
end $$;

-- What became of our messages. Kept under the platform's id even when no message has it yet: the report may be faster
-- than the answer to our own send.
create or replace function receive_reports(p_events jsonb) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_messages uuid[];
  v_new int;
begin
  with incoming as (
    select e.connection_id::uuid as connection_id, e.external_id, e.status ->> 'state' as state,
        coalesce(e.status ->> 'participant', '') as participant, e.status ->> 'opaque' as opaque, e.at,
        e.status ->> 'error_code' as error_code, e.status ->> 'error' as error, e.raw
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, at timestamptz,
        status jsonb, raw jsonb)
     where e.kind = 'status'
  ), matched as (
    select i.*, coalesce(
        (select m.id from messages m where m.tenant_id = v_tenant and m.channel_connection_id = i.connection_id
          and m.external_id = i.external_id),
        -- Our own id came back with it: the send's answer is still on its way, or was lost.
        (select m.id from messages m where m.tenant_id = v_tenant and m.channel_connection_id = i.connection_id
          and m.role <> 'user' and m.external_id is null and m.id = case when i.opaque
            ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then i.opaque::uuid end)
      ) as message_id
      from incoming i
  ), kept as (
    insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, participant,
        occurred_at, error_code, error_message, raw)
      select v_tenant, connection_id, message_id, external_id, state, participant, at, error_code, error, raw
        from matched order by connection_id, external_id, state, participant
      on conflict do nothing
      returning message_id, external_id
  ), named as (
    update messages m set external_id = k.external_id
      from (select distinct on (message_id) message_id, external_id from kept where message_id is not null
             order by message_id) k
      where m.tenant_id = v_tenant and m.id = k.message_id and m.external_id is null
      returning m.id
  )
  select count(*), array_agg(distinct k.message_id) filter (where k.message_id is not null)
    into v_new, v_messages
    from kept k left join named n on n.id = k.message_id;
  if v_messages is not null then
    perform apply_message_reports(v_messages);
  end if;
  return v_new;
end $$;

-- Everything else a platform told, kept raw.
create or replace function receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) returns int
language sql as $$
  with kept as (
    insert into channel_events (tenant_id, channel_connection_id, lead_id, kind, external_id, content,
        reply_to_external_id, occurred_at, details, raw)
      select current_tenant(), e.connection_id::uuid, k.lead_id, e.kind, e.external_id, coalesce(e.content, ''),
          e.reply_to, e.at, coalesce(e.details, '{}'), e.raw
        from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
          at timestamptz, content text, reply_to text, details jsonb, raw jsonb)
        left join unnest(p_keys, p_leads) k (key, lead_id) on k.key = e.connection_id || e.aliases::text
       where e.kind not in ('message', 'echo', 'status')
      on conflict do nothing
      returning 1)
  select count(*)::int from kept
$$;

-- The same for a batch in which something cannot be stored: item by item, each under a savepoint; what fails for its
-- content is parked as a dead letter and its siblings are stored. Other errors (a dead disk, a deadlock) still throw.
-- The items come as texts, since one that jsonb cannot hold (a number of a million digits) would take the others along.
drop function if exists receive_events_singly(text, text, jsonb, jsonb, text);
create or replace function receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb,
  p_request_id text) returns table (messages int, duplicates int, reports int, answers int, parked int)
language plpgsql as $$
declare
  v_item text;
  v_events jsonb[] := '{}';
  e jsonb;
  r record;
begin
  messages := 0; duplicates := 0; reports := 0; answers := 0; parked := 0;
  foreach v_item in array p_events loop
    begin
      v_events := array_append(v_events, v_item::jsonb);
    exception when data_exception or program_limit_exceeded then
      insert into webhook_dead_letters (tenant_id, channel, tenant_slug, payload, error_message)
        values (current_tenant(), p_channel, p_slug, to_jsonb(v_item), sqlstate || ': ' || sqlerrm)
        on conflict do nothing;
      parked := parked + 1;
    end;
  end loop;
  perform lock_contacts(to_jsonb(v_events));
  foreach e in array v_events loop
    begin
      select * into r from receive_events(jsonb_build_array(e), p_policy, p_request_id);
      messages := messages + r.messages;
      duplicates := duplicates + r.duplicates;
      reports := reports + r.reports;
      answers := answers + r.answers;
    exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
      insert into webhook_dead_letters (tenant_id, channel, tenant_slug, payload, error_message)
        values (current_tenant(), p_channel, p_slug, e, sqlstate || ': ' || sqlerrm)
        on conflict do nothing;
      parked := parked + 1;
    end;
  end loop;
  return next;
end $$;
