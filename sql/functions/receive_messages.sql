-- Messages and echoes of a batch: stored once, counted, and the answers to them asked for.
drop function if exists receive_messages(jsonb, text[], uuid[], jsonb, text);
create or replace function receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb,
  p_request_id text) returns table (stored int, asked int, soonest float8)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_questions jsonb;
  v_replies jsonb;
  v_people jsonb;
  v_late jsonb;
  v_quiet uuid[];
  v_new uuid[];
  v_elsewhere boolean;
  v_unasked jsonb;
begin
  with incoming as (
    select e.*, (e.connection_id || e.aliases::text) as key, row_number() over () as position
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb, name text,
        at timestamptz, content text, content_type text, selection text, reply_to text, wants_answer boolean,
        error_code text, details jsonb, raw jsonb, consent jsonb, referral jsonb)
     where e.kind in ('message', 'echo')
  ), placed as (
    select i.*, k.conversation_id, cc.channel
      from incoming i
      join unnest(p_keys, p_conversations) k (key, conversation_id) on k.key = i.key
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = i.connection_id::uuid
     order by i.position
  ), inserted as (
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, content_type, message_type,
        channel, external_id, external_timestamp, selection, reply_to_external_id, status, error_code, stale, metadata,
        raw)
      select v_tenant, p.conversation_id, p.connection_id::uuid, case p.kind when 'echo' then 'staff' else 'user' end,
          p.content, p.content_type, p.content_type, p.channel, p.external_id, coalesce(p.at, app_now()), p.selection,
          p.reply_to, case p.kind when 'echo' then 'sent' else 'received' end, p.error_code,
          -- Only what asks for an answer can come too late for one.
          coalesce(p.wants_answer and p.at <= app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8),
            false),
          coalesce(p.details, '{}') || case when p.wants_answer then '{"wants_answer": true}' else '{}' end::jsonb, p.raw
        from placed p
      on conflict (tenant_id, channel_connection_id, external_id) where external_id is not null do nothing
      returning id, conversation_id, role, external_id, external_timestamp, stale, metadata ? 'wants_answer' as wants_answer,
        metadata ? 'beside' as beside,
        coalesce(selection ~ '^(confirmar|reagendar)_cita', false) as about_appointment
  ), contacts as (
    select distinct on (p.conversation_id) p.conversation_id, p.aliases -> 0 as contact,
        coalesce(p.at, app_now()) as at
      from placed p where p.kind = 'message' order by p.conversation_id, p.position desc
  ), summary as (
    select i.conversation_id, count(*) as n, count(*) filter (where i.role = 'user') as turns,
        max(i.external_timestamp) as last_at,
        max(i.external_timestamp) filter (where i.role = 'user') as last_inbound_at,
        max(i.external_timestamp) filter (where i.role = 'staff' and not i.beside) as last_human_at,
        -- uuid_v7 sorts by time; text, because PG 15 has no max(uuid). What is too old to be answered by itself is no
        -- question: it must not keep the answer to another one back.
        max(i.id::text) filter (where i.wants_answer and not i.stale) as last_question,
        count(*) filter (where i.stale) as late, bool_or(i.about_appointment) as about_appointment
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
        -- Unless it is older than the news of another name.
        contact_kind = case when (v.context ->> 'contact_since')::timestamptz > c.at then v.contact_kind
          else coalesce(c.contact ->> 'kind', v.contact_kind) end,
        contact_address = case when (v.context ->> 'contact_since')::timestamptz > c.at then v.contact_address
          else coalesce(c.contact ->> 'address', v.contact_address) end
      from summary s left join contacts c using (conversation_id)
      where v.tenant_id = v_tenant and v.id = s.conversation_id
      returning v.id, v.lead_id, v.ai_handling, v.status, v.channel, v.channel_connection_id, v.message_count = s.n as is_first,
        s.n, s.last_question, s.last_at, s.last_inbound_at as said_at, s.late, s.about_appointment, v.thread_owner
  ), touched as (
    update leads l set last_interaction_at = greatest(l.last_interaction_at, u.last_at)
      from updated u where l.tenant_id = v_tenant and l.id = u.lead_id returning 1
  )
  select coalesce(sum(u.n), 0),
      -- What is pressed about an appointment holds, though people talk to them.
      jsonb_agg(q.job) filter (where q.job is not null and (q.is_ours or u.about_appointment)),
      jsonb_agg(q.job) filter (where q.job is not null and not q.is_ours and not u.about_appointment),
      jsonb_agg(jsonb_build_object('connection', u.channel_connection_id, 'lead', u.lead_id, 'by', 'message', 'at', u.said_at))
        filter (where u.said_at is not null),
      -- Where people answer anyway, nobody waited for the assistant.
      jsonb_agg(jsonb_build_object('connection', cc.id, 'late', u.late))
        filter (where u.late > 0 and u.ai_handling and u.status <> 'escalated' and cc.ai_enabled),
      -- At most once a minute, or every message of an account would queue behind this one row.
      array_agg(cc.id) filter (where cc.last_message_at is null or cc.last_message_at < app_now() - interval '1 minute'),
      (select array_agg(i.id) from inserted i),
      bool_or(u.thread_owner is not null),
      -- Whom people answer is scored all the same; where the assistant does, that goes along with its answer.
      jsonb_agg(jsonb_build_object('job_type', 'score_lead', 'lane', 'score:' || u.id, 'unique_key', 'score:' || u.id,
          'priority', 8, 'delay_seconds', 10, 'cap_seconds', 60, 'request_id', p_request_id,
          'payload', jsonb_build_object('conversation_id', u.id)))
        filter (where not q.is_ours)
    into stored, v_questions, v_replies, v_people, v_late, v_quiet, v_new, v_elsewhere, v_unasked
    from updated u
    join channel_connections cc on cc.tenant_id = v_tenant and cc.id = u.channel_connection_id
    left join lateral (select u.ai_handling and u.status <> 'escalated' and cc.ai_enabled as is_ours, jsonb_build_object(
        'job_type', 'ai_response',
        'lane', 'answer:' || u.id,
        'unique_key', 'answer:' || u.id,
        'delay_seconds', coalesce(case when u.is_first then cc.first_message_delay_seconds
          else cc.subsequent_message_delay_seconds end,
          (select case when u.is_first then d.default_first_message_delay else d.default_subsequent_message_delay end
            from ai_tenant_context d where d.tenant_id = v_tenant),
          (p_policy ->> case when u.is_first then 'first_delay_seconds' else 'next_delay_seconds' end)::float8),
        'cap_seconds', (p_policy ->> 'cap_seconds')::float8,
        'request_id', p_request_id,
        'payload', jsonb_build_object('conversation_id', u.id, 'message_id', u.last_question, 'lead_id', u.lead_id,
          'tenant_id', v_tenant, 'channel', u.channel, 'channel_connection_id', u.channel_connection_id,
          'is_first_message', u.is_first)) as job
      where u.last_question is not null) q on true;
  -- So does what they say or count right after we asked.
  if v_replies is not null then
    select jsonb_agg(r.job) into v_replies from jsonb_array_elements(v_replies) r (job)
     where answers_reminder((r.job -> 'payload' ->> 'conversation_id')::uuid, (r.job -> 'payload' ->> 'message_id')::uuid);
    v_questions := case when v_replies is null then v_questions else coalesce(v_questions, '[]') || v_replies end;
  end if;
  -- The rare ones apart: a plan costs by its size, whether its parts have anything to do or not.
  if v_quiet is not null then
    update channel_connections cc set last_message_at = app_now() where cc.tenant_id = v_tenant and cc.id = any (v_quiet);
  end if;
  if p_events @? '$[*] ? (@.consent != null || @.referral != null)' then
    v_people := coalesce(v_people, '[]') || said_with_messages(p_events, v_new);
    perform attribute_leads(v_people);
    perform note_consents(v_people);
  end if;
  if v_elsewhere or p_events @? '$[*] ? (@.standby == true)' then perform follow_threads(p_events, v_new); end if;
  if v_people is not null then perform open_windows(v_people); end if;
  -- What others said may have been read before we heard of it.
  if p_events @? '$[*] ? (@.kind == "echo")' and v_new is not null then perform claim_reports(v_new); end if;
  if v_late is not null then
    perform alert_stale(l.connection, sum(l.late)::int, (p_policy ->> 'stale_seconds')::float8)
      from jsonb_to_recordset(v_late) as l (connection uuid, late int) group by l.connection order by l.connection;
  end if;
  asked := enqueue_jobs(coalesce(v_questions, '[]'));
  if v_unasked is not null then perform enqueue_jobs(v_unasked); end if;
  select min((q ->> 'delay_seconds')::float8) into soonest from jsonb_array_elements(v_questions) q;
  if v_new is not null then perform emit_messages(v_new); end if;
  perform expect_media(p_events, p_request_id);
  return next;
end $$;

-- What messages brought beside their text: consents and referrals, as rows of `open_windows` and `note_consents`.
-- p_new: the messages of the batch that were not known before; of two under one id the first is the one that was stored.
create or replace function said_with_messages(p_events jsonb, p_new uuid[]) returns jsonb
language plpgsql as $$
begin
  return coalesce((
    select jsonb_agg(jsonb_build_object('connection', s.channel_connection_id, 'lead', s.lead_id, 'by', 'message',
        'at', s.external_timestamp, 'consent', s.consent, 'referral', s.referral) order by s.id)
      from (
        select distinct on (m.id) m.id, m.channel_connection_id, m.external_timestamp, c.lead_id, e.consent, e.referral
          from rows from (jsonb_to_recordset(p_events) as (connection_id uuid, kind text, external_id text, consent jsonb,
              referral jsonb)) with ordinality e (connection_id, kind, external_id, consent, referral, position)
          join messages m on m.tenant_id = current_tenant() and m.channel_connection_id = e.connection_id
            and m.external_id = e.external_id and m.id = any (p_new)
          join conversations c on c.tenant_id = current_tenant() and c.id = m.conversation_id
         where e.kind = 'message' and (e.consent is not null or e.referral is not null)
         order by m.id, e.position) s), '[]');
end $$;
