-- name: conversationToAnswer :maybe
-- Everything that answering a conversation needs, in one round trip: the gate's verdict, whether
-- the month's budget is spent, what the person's turn is scored by, the steps that this job has done
-- before, what tools did lately, the business, the last messages (oldest first: [{"role", "content", "content_type",
-- "automatic", "at"}]), and what marks the person's message as read.
select c.channel as "channel!", c.status as "status!", c.last_question_id, q.external_id as question_external_id,
    answer_gate(c.id, c.last_question_id, :job_id, :policy::jsonb) as gate,
    budget_spent() as "budget_spent!", turn_to_score(c.id) as turn,
    answer_steps(:job_id, c.last_question_id) as steps, lately_done(c.id, :job_id, c.last_question_id) as lately,
    -- By this job before its worker died, or by the job before it: what comes between a job's claim and its look here is
    -- answered by it and asks for another. Not by the job alone: while it waits to run again, new questions merge into it.
    -- That it is closed is no answer to who was told when it opens.
    exists (select 1 from messages m where m.tenant_id = c.tenant_id and m.conversation_id = c.id
        and m.id > c.last_question_id and m.answers_message_id = c.last_question_id and m.role = 'assistant'
        and (m.processed_by_job_id = :job_id or m.status not in ('withheld', 'failed')
          and not (m.metadata ? 'out_of_hours' and (p.promised or coalesce(c.promised_for <= app_now(), false))))) as "answered!",
    p.promised as "promised!",
    c.lead_id as "lead_id!", coalesce(c.branch_id, cc.branch_id) as branch_id,
    coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City') as "timezone!",
    exists (select from n8n_settings n where n.tenant_id = c.tenant_id and n.is_enabled and n.answers_by = 'n8n')
      as "by_n8n!",
    -- What the person said last, in one go, oldest first: [{"id", "content", "content_type", "selection"}]; `selection` is the
    -- id of what was pressed. All that came together into this job and has not been answered; a minute before it too, for
    -- what came in at the same time may have begun earlier; at the opening, all that waits for it. That it is closed answers
    -- nothing, and what needs no model only what it was about.
    (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'content', s.content, 'content_type', s.content_type,
          'selection', s.selection) order by s.id), '[]')
      from (select m.id, m.content, m.content_type, m.selection from messages m
             where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.role = 'user' and m.deleted_at is null
               and m.id between least(f.since, c.last_question_id) and c.last_question_id and (m.id = c.last_question_id
                 or m.metadata ? 'wants_answer' and not m.stale and not m.historical
                   and not exists (select from messages r where r.tenant_id = c.tenant_id and r.conversation_id = c.id
                     and r.id > m.id and r.role = 'assistant' and r.answers_message_id >= m.id
                     and r.answers_message_id < c.last_question_id and r.status not in ('withheld', 'failed')
                     and not (r.metadata ? 'out_of_hours' and (p.promised or coalesce(c.promised_for <= app_now(), false)))
                     and coalesce(r.metadata ->> 'settled_from', '') <= m.id::text))
             order by m.id desc limit :last_messages::bigint) s) as "burst!",
    coalesce(l.name, l.full_name) as lead_name,
    assistant_context(c.tenant_id, cc.id, coalesce(c.branch_id, cc.branch_id)) as "context!",
    conversation_state(c.id) as "state!",
    to_char(app_now() at time zone coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City'),
      'YYYY-MM-DD HH24:MI') as "local_time!",
    extract(isodow from app_now() at time zone coalesce(b.timezone, t.settings ->> 'timezone',
      'America/Mexico_City'))::int as "weekday!",
    (select coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'content', r.content, 'content_type', r.content_type,
          'automatic', r.automatic, 'at', r.at) order by r.at, r.id), '[]')
      -- In the order in which it was said: some of it came late. What came at once has its arrival's time, for the
      -- platform's whole seconds would mix it up with what we said.
      -- Along the index, however long the conversation is: what comes late is seldom older than thrice as many. What history
      -- brought counts apart, for it may come after what is said now.
      from (select w.*, case when w.external_timestamp < w.created_at - interval '10 seconds' then w.external_timestamp
                else w.created_at end as at from (
              (select m.id, m.role, m.content, m.content_type, m.metadata ?| '{automatic,beside}' as automatic,
                  m.external_timestamp, m.created_at
                 from messages m
                where m.tenant_id = c.tenant_id and m.conversation_id = c.id
                  and m.status not in ('withheld', 'failed', 'pending') and m.deleted_at is null
                  -- What was said a month before the account was connected is no part of this talk.
                  and not (m.historical and m.external_timestamp < app_now() - interval '30 days')
                  -- What was said and settled after the question that waited for the opening.
                  and not (m.id > c.last_question_id and not m.stale and m.metadata ?| array['wants_answer', 'settled'])
                order by m.id desc limit 3 * :last_messages::bigint)
              union
              (select m.id, m.role, m.content, m.content_type, m.metadata ?| '{automatic,beside}', m.external_timestamp, m.created_at
                 from messages m
                where m.tenant_id = c.tenant_id and m.conversation_id = c.id and not m.historical
                  and m.status not in ('withheld', 'failed', 'pending') and m.deleted_at is null
                  and not (m.id > c.last_question_id and not m.stale and m.metadata ?| array['wants_answer', 'settled'])
                order by m.id desc limit 3 * :last_messages::bigint)) w
             order by at desc, w.id desc limit :last_messages::bigint) r) as "turns!",
    c.contact_kind, c.contact_address, cc.id as "connection_id!", cc.sending_id as account_id, sending_login(cc.channel, cc.login) as login, k.id as token_id,
    k.sealed as token
  from conversations c
  join tenants t on t.id = c.tenant_id
  -- This is the job that was promised at the opening.
  cross join lateral (select exists (select from jobs j where j.tenant_id = c.tenant_id and j.id = :job_id
    and j.unique_key = 'opening:' || c.id) as promised) p
  join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id
  join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
  left join branches b on b.tenant_id = c.tenant_id and b.id = coalesce(c.branch_id, cc.branch_id)
  left join lateral (select least(uuid_v7_floor(j.created_at - interval '1 minute'),
      -- Whoever answers once it has opened answers what waits for it: the job that was promised, one that was a moment faster,
      -- or what came while that was being answered or n8n had it. What people have answered waits no more.
      case when c.promised_first is not null
          and (p.promised or c.promised_for between j.created_at - interval '2 hours' and app_now())
        then greatest(c.promised_first, uuid_v7_floor(c.last_human_at)) end) as since
    from jobs j where j.tenant_id = c.tenant_id and j.id = :job_id) f on true
  left join messages q on q.tenant_id = c.tenant_id and q.id = c.last_question_id
  left join outbound_tokens k on k.tenant_id = c.tenant_id and k.channel_connection_id = cc.id
    and k.kind = 'access_token'
 where c.tenant_id = current_tenant() and c.id = :conversation_id;

-- name: beginReply :maybe
-- Stores a reply in parts with the jobs that send them, and begins to send the first. No row: this job's reply is stored
-- already. `send_job_id` null: something else is on its way to this person.
select message_id as "message_id!", send_job_id, verdict as "verdict!", reason, channel, account_id, contact_kind,
    contact_address, content, reply_to, token_id, token, payload, wait_seconds, login, as_human
  from begin_reply(:conversation_id, :parts::text[], :answers, :job_id, :worker_id, :metadata::jsonb, :request_id?,
    :usage?::jsonb, :attempt, :policy::jsonb, :turn?::jsonb);

-- name: recordCall :exec
-- One call of a model that brought nothing to send.
select record_call(:call::jsonb);

-- name: beginToolUse :one
-- Whether a tool may be used now; or what came of it, if it was used before.
select verdict as "verdict!", reason, output, is_error as "is_error?", hands_over as "hands_over?"
  from begin_tool_use(:use::jsonb, :policy::jsonb);

-- name: endToolUse :one
-- Keeps what a tool did; says why the answer need not go on, if it need not.
select end_tool_use(:call?::jsonb, :use::jsonb, :policy::jsonb) as gate;

-- name: escalateConversation :one
-- Hands a conversation to people; false if it is not open or theirs already.
select escalate_conversation(:conversation_id, :reason) as "escalated!";

-- name: escalateWith :one
-- The same, with what made it so; the assistant's next text tells the person (`escalate_conversation` names the details).
select escalate_conversation(:conversation_id, :reason, :details::jsonb) as "escalated!";

-- name: handOver :one
-- Hands a conversation to people and tells the person so, unless they were told. Whether it is told now. Without a reason:
-- only of one that was handed over before.
select hand_over(:conversation_id, :reason?, :details::jsonb, :texts::jsonb, :job_id?, :request_id?) as "told!";

-- name: doneUntold :many
-- What the assistant did with appointments and did not tell the person, oldest first; the language in which to tell it.
select d.name as "name!", d.output as "output!", coalesce(a.default_language, 'es') as "language!"
  from done_untold(:conversation_id) d left join ai_tenant_context a on a.tenant_id = current_tenant();

-- name: tellStaffUntold :one
-- Staff see what the person was not told; false: they do already.
select tell_staff_untold(:conversation_id, :done::jsonb) as "told!";

-- name: answerAtOpening :exec
-- Asks for an answer at the opening, once.
select answer_at_opening(:conversation_id, :opens_at, :request_id?);
