-- What n8n tells us. Every function answers in the tenant's name; what is another's is unknown.

-- Whose conversation or lead this is, and what proves that its n8n speaks: for call-backs that do not say whose they are.
-- p_kind: 'conversation' or 'lead'. [{"id", "sealed" (hex)}]; only who holds the inbound keys can open them.
create or replace function find_n8n(p_kind text, p_id uuid)
returns table (tenant_id uuid, is_plain boolean, is_platforms boolean, secrets jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.id, coalesce(s.is_enabled and s.plain_callbacks, false), coalesce(s.is_enabled and s.webhook_url is null, false),
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'sealed', encode(i.sealed, 'hex')) order by i.id)
        from inbound_secrets i where i.tenant_id = t.id and i.kind = 'n8n_webhook'), '[]')
    from (select c.tenant_id from conversations c where p_kind = 'conversation' and c.id = p_id
      union all select l.tenant_id from leads l where p_kind = 'lead' and l.id = p_id) x
    join tenants t on t.id = x.tenant_id and t.status = 'active'
    left join n8n_settings s on s.tenant_id = t.id
$$;

-- Stores n8n's answer to a question with the jobs that send it, unless somebody else has answered it. p_question null: the
-- last one, unless n8n has still to answer one before it: then what comes is the answer to that, and there is a newer one.
-- p_digest: of what it says; the same again is the same answer, where no question is named for a minute. outcome:
--   'saved'      message_id is its first part
--   'unknown'    no such conversation
--   'passed_over'  it is an earlier question's
--   'nobody_asked', 'answered', 'newer_inbound', or why `reply_gate` lets nothing leave: nothing was stored
create or replace function accept_answer(p_conversation uuid, p_parts text[], p_question uuid, p_digest text,
  p_metadata jsonb, p_policy jsonb, p_request_id text) returns table (outcome text, message_id uuid)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
  v_question uuid;
  v_passed jsonb;
begin
  perform hold_erasures();
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation for update;
  outcome := case when c.id is null then 'unknown' when c.last_question_id is null then 'nobody_asked' end;
  if outcome is not null then return next; return; end if;
  v_question := coalesce(p_question, c.last_question_id);
  select m.id into message_id from messages m
    where m.tenant_id = v_tenant and m.conversation_id = c.id and m.role = 'assistant' and m.metadata ->> 'n8n' = p_digest
      and m.status not in ('withheld', 'failed')
      and (m.id > v_question and m.answers_message_id = v_question
        or p_question is null and m.id > uuid_v7_floor(app_now() - interval '1 minute')) order by m.id limit 1;
  if message_id is not null then outcome := 'saved'; return next; return; end if;
  if p_question is null and n8n_owes_before(c.id, v_question) then
    -- Once: other words are those about the last question (`pass_over_answer`).
    v_passed := c.context -> 'n8n_passed_over';
    if v_passed ->> 'question' is distinct from v_question::text or v_passed ->> 'digest' = p_digest then
      outcome := 'passed_over';
      return next;
      return;
    end if;
  end if;
  outcome := case
    when c.status = 'escalated' then 'escalated'
    when exists (select from messages m where m.tenant_id = v_tenant and m.conversation_id = c.id and m.id > v_question
      and m.answers_message_id = v_question and m.role = 'assistant' and m.status not in ('withheld', 'failed')
      -- That it was closed is no answer.
      and not m.metadata ? 'out_of_hours')
      then 'answered'
    when v_question <> c.last_question_id then 'newer_inbound'
    else reply_gate(c.id, v_question, p_policy) end;
  -- Waits like every message until the channel is mended.
  if outcome is not null and outcome <> 'channel_inactive' then return next; return; end if;
  outcome := 'saved';
  select s.message_id into message_id from store_reply(c.id, p_parts, v_question, uuid_v7(), null,
    p_metadata || jsonb_build_object('by', 'n8n', 'n8n', p_digest), p_request_id) s;
  -- It was changed, and is asked again.
  if message_id is null then outcome := 'newer_inbound'; end if;
  return next;
end $$;

-- Remembers that these words were not taken for the last question's answer: what n8n says next may be.
create or replace function pass_over_answer(p_conversation uuid, p_digest text) returns void
language plpgsql as $$
begin
  update conversations c set context = c.context || jsonb_build_object('n8n_passed_over',
      jsonb_build_object('question', c.last_question_id, 'digest', p_digest))
    where c.tenant_id = current_tenant() and c.id = p_conversation;
end $$;

-- Whether n8n was asked a question before p_question, has still time to answer it, and has not.
create or replace function n8n_owes_before(p_conversation uuid, p_question uuid) returns boolean
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
begin return exists (
  select from n8n_settings s
    join messages q on q.tenant_id = v_tenant and q.conversation_id = p_conversation and q.role = 'user'
      -- What was asked while it was closed is given to n8n at the opening.
      and q.id < p_question and q.id > uuid_v7_floor(app_now() - interval '60 days') and q.metadata ? 'wants_answer'
    join outbound_events e on e.tenant_id = v_tenant and e.event = s.answer_event and e.status <> 'dead'
      and e.event_key = q.id || coalesce(':' || extract(epoch from q.edited_at), '')
      and e.occurred_at > app_now() - make_interval(secs => s.answer_seconds)
   where s.tenant_id = v_tenant and s.is_enabled and s.answers_by = 'n8n'
     and not exists (select from messages m where m.tenant_id = v_tenant and m.conversation_id = p_conversation
       and m.id > q.id and m.answers_message_id = q.id and not m.metadata ? 'out_of_hours')
); end $$;

-- Sets a person's score. Null: there is none of that branch (null: of any). What it is already changes nothing, and neither
-- does what n8n said last, for the same reason, while the person has written no more since; unless p_anew says that it is
-- no repetition.
create or replace function set_lead_score(p_lead uuid, p_branch uuid, p_score int, p_reason text, p_anew boolean)
returns int language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_lead uuid := living_lead(p_lead);
  v_score int;
  h record;
begin
  select l.score into v_score from leads l where l.tenant_id = v_tenant and l.id = v_lead and l.deleted_at is null
    and (p_branch is null or l.branch_id = p_branch) for update;
  if not found or v_score = p_score then return v_score; end if;
  if not p_anew then
    select x.id, x.new_score, x.reason into h from lead_score_history x
      where x.tenant_id = v_tenant and x.lead_id = v_lead and x.signal_name = 'n8n' order by x.id desc
      limit 1;
    if h.new_score = p_score and h.reason is not distinct from p_reason and not exists (select from conversations c
      join messages m on m.tenant_id = v_tenant and m.conversation_id = c.id and m.id > h.id and m.role = 'user'
      where c.tenant_id = v_tenant and c.lead_id = v_lead) then
      return v_score;
    end if;
  end if;
  return update_lead_score(v_lead, p_score - v_score, 'n8n', 'rule_trigger', p_reason);
end $$;

-- Hands a conversation to people, to p_staff if that is somebody of the business. outcome: 'escalated', also when it was
-- before; 'unknown'; 'unknown_staff'; 'unknown_message'; 'conversation_closed'; 'handed_back': people have had it since and
-- gave it back. That is so for what p_message said before; where none is named, while the person has written nothing since,
-- for the reason for which n8n handed it over.
create or replace function escalate_by_n8n(p_conversation uuid, p_branch uuid, p_reason text, p_staff uuid,
  p_message uuid) returns text
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_back uuid;
  v_owed boolean;
  c conversations;
begin
  if p_staff is not null and not exists (select from staff s where s.tenant_id = v_tenant and s.id = p_staff
    and s.is_active) then
    return 'unknown_staff';
  end if;
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation
    and (p_branch is null or x.branch_id = p_branch) for update;
  if c.id is null then return 'unknown'; end if;
  if p_message is not null and not exists (select from messages m where m.tenant_id = v_tenant
    and m.conversation_id = c.id and m.id = p_message) then
    return 'unknown_message';
  end if;
  if c.status not in ('active', 'waiting_response', 'escalated') then return 'conversation_closed'; end if;
  v_back := uuid_v7_floor(c.handed_back_at);
  if c.status <> 'escalated' and (p_message < v_back or p_message is null and c.handed_back_at >= c.escalated_at
    and c.escalated_by = 'n8n' and c.escalation_reason = left(p_reason, 2000)
    and not exists (select from messages m where m.tenant_id = v_tenant and m.conversation_id = c.id and m.id >= v_back
      and m.role = 'user')) then
    return 'handed_back';
  end if;
  -- Who asked and was not answered is told that people will.
  v_owed := c.last_question_id is not null and not exists (select from messages m where m.tenant_id = v_tenant
    and m.conversation_id = c.id and m.id > c.last_question_id and m.role in ('assistant', 'staff')
    and m.status not in ('withheld', 'failed') and not m.metadata ?| array['out_of_hours', 'prepared', 'beside']
    -- A press that was settled after the question.
    and not (m.metadata ? 'settled' and m.answers_message_id > c.last_question_id));
  if escalate_conversation(c.id, p_reason, jsonb_strip_nulls(jsonb_build_object('by', 'n8n', 'staff_id', p_staff,
    'tell', v_owed))) and v_owed then
    perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || c.id,
      'unique_key', 'last_word:' || c.last_question_id, 'payload', jsonb_build_object('conversation_id', c.id,
        'message_id', c.last_question_id, 'lead_id', c.lead_id, 'tenant_id', v_tenant, 'channel', c.channel,
        'channel_connection_id', c.channel_connection_id))));
  end if;
  -- Handed over before: to this one, then.
  if p_staff is not null then
    update conversations x set escalated_to_staff_id = p_staff where x.tenant_id = v_tenant and x.id = c.id;
  end if;
  return 'escalated';
end $$;

-- Books an appointment for a person (`book_appointment`); outcome as there. p_request has also "digest": of the wish.
-- p_branch: the only one that the caller may book at and whose people it may book for; null: any. Of what was booked under
-- the key before, however long ago:
--   'booked'                     the same wish
--   'key_reused'                 another one
--   'cancelled', 'rescheduled'   the same, which stands no more: whoever tells it late does not book it again
create or replace function book_by_n8n(p_request jsonb, p_branch uuid)
returns table (outcome text, appointment_id uuid, detail jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_lead uuid := living_lead((p_request ->> 'lead_id')::uuid);
  a record;
begin
  if p_branch is not null and (p_request ->> 'branch_id')::uuid <> p_branch then
    outcome := 'unknown_branch'; return next; return;
  end if;
  if not exists (select from leads l where l.tenant_id = v_tenant and l.id = v_lead
    and l.deleted_at is null and (p_branch is null or l.branch_id = p_branch)) then
    outcome := 'unknown_lead'; return next; return;
  end if;
  perform lock_bookings(v_tenant);
  select x.id, x.status, x.lead_id, x.booking_digest into a from appointments x
    where x.tenant_id = v_tenant and x.booking_key = p_request ->> 'key';
  if a.id is not null then
    outcome := case
      when coalesce(a.booking_digest <> p_request ->> 'digest', a.lead_id is distinct from v_lead) then 'key_reused'
      when a.status in ('cancelled', 'rescheduled') then a.status end;
    if outcome is not null then return next; return; end if;
  end if;
  return query select b.outcome, b.appointment_id, b.detail from book_appointment(p_request) b;
end $$;
