-- What the assistant does for an answer, step by step: kept together with its effects.

-- A call of the model: what it took and cost (`record_usage`), and what the model said: {"question_id", "ordinal",
-- "content": JSON as text} beside the members of a usage. Without these it is no step. The same id twice is one row.
create or replace function record_call(p_call jsonb) returns void
language plpgsql as $$
begin
  perform record_usage(p_call);
  insert into ai_steps (tenant_id, id, conversation_id, job_id, question_id, ordinal, kind, name, output, is_error, took_ms)
    select current_tenant(), s.id, c.id, s.job_id, s.question_id, s.ordinal, 'call', s.ai_model, s.content::json,
        not s.was_successful, s.response_time_ms
      from jsonb_to_record(p_call) as s (id uuid, conversation_id uuid, job_id uuid, question_id uuid, ordinal int,
        ai_model text, content text, was_successful boolean, response_time_ms int)
      -- Whoever was erased meanwhile leaves no steps.
      join conversations c on c.tenant_id = current_tenant() and c.id = s.conversation_id
     where s.ordinal is not null
  on conflict do nothing;
end $$;

-- `reply_gate`, for an answer that may have handed the conversation to people itself: its last word may leave.
create or replace function answer_gate(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) returns text
language plpgsql stable as $$
declare
  v_last boolean := exists (select from ai_steps s where s.tenant_id = current_tenant() and s.job_id = p_job
    and s.question_id = p_question and s.hands_over);
  v_gate text := reply_gate(p_conversation, p_question,
    case when v_last then p_policy || '{"last_word": true}' else p_policy end);
begin
  return case when v_last and v_gate = 'escalated' then null else v_gate end;
end $$;

-- The gate's word about an answer under way, or that the budget for the rest of it is spent; null: it may go on.
create or replace function answer_obstacle(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) returns text
language plpgsql stable as $$
begin
  return coalesce(answer_gate(p_conversation, p_question, p_job, p_policy),
    case when budget_spent() then 'budget_spent' end);
end $$;

-- Whether a tool may be used now. Asked first in the transaction that uses it and then keeps what it did
-- (`end_tool_use`); until that is over, nobody else may use one for this job.
--   p_use {"conversation_id", "job_id", "question_id", "call_id": of the call that asked for it, "call_ordinal",
--     "tool_use_id"}
--   verdict 'use'
--   verdict 'used'      before: `output`, `is_error` and `hands_over` say what came of it, and `reason` what stands in the
--                       way of the answer now, as `end_tool_use` would
--   verdict 'withheld'  `reason` is the gate's word: no effect begins for an answer that could not leave
--   verdict 'lost'      another worker answers this, or the person was erased
create or replace function begin_tool_use(p_use jsonb, p_policy jsonb)
returns table (verdict text, reason text, output json, is_error boolean, hands_over boolean)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  u record;
begin
  select * into u from jsonb_to_record(p_use) as x (conversation_id uuid, job_id uuid, question_id uuid, call_id uuid,
    call_ordinal int, tool_use_id text);
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|steps|' || u.job_id, 3));
  select 'used', s.output, s.is_error, s.hands_over into verdict, output, is_error, hands_over
    from ai_steps s
   where s.tenant_id = v_tenant and s.conversation_id = u.conversation_id and s.tool_use_id = u.tool_use_id;
  if found then
    reason := answer_obstacle(u.conversation_id, u.question_id, u.job_id, p_policy);
    return next;
    return;
  end if;
  if not exists (select from conversations c where c.tenant_id = v_tenant and c.id = u.conversation_id)
    or exists (select from ai_steps s where s.tenant_id = v_tenant and s.job_id = u.job_id
      and s.question_id = u.question_id and s.ordinal = u.call_ordinal and s.id <> u.call_id) then
    verdict := 'lost';
  else
    reason := answer_gate(u.conversation_id, u.question_id, u.job_id, p_policy);
    verdict := case when reason is null then 'use' else 'withheld' end;
  end if;
  return next;
end $$;

-- Keeps what a tool did, and before it the call that asked for it if this is not kept yet (p_call as `record_call` reads
-- it). p_use as above with {"id", "ordinal", "name", "input", "output": JSON as text, "is_error", "hands_over", "took_ms"}.
-- Returns the gate's word about the answer as it stands now, or that the budget is spent; null: it may go on.
create or replace function end_tool_use(p_call jsonb, p_use jsonb, p_policy jsonb) returns text
language plpgsql as $$
begin
  if p_call is not null then perform record_call(p_call); end if;
  insert into ai_steps (tenant_id, id, conversation_id, job_id, question_id, ordinal, kind, name, tool_use_id, input,
      output, is_error, hands_over, took_ms)
    select current_tenant(), u.id, u.conversation_id, u.job_id, u.question_id, u.ordinal, 'tool', u.name, u.tool_use_id,
        u.input::json, u.output::json, u.is_error, u.hands_over, u.took_ms
      from jsonb_to_record(p_use) as u (id uuid, conversation_id uuid, job_id uuid, question_id uuid, ordinal int,
        name text, tool_use_id text, input text, output text, is_error boolean, hands_over boolean, took_ms int);
  return answer_obstacle((p_use ->> 'conversation_id')::uuid, (p_use ->> 'question_id')::uuid,
    (p_use ->> 'job_id')::uuid, p_policy);
end $$;

-- The steps of one answer, in their order, as a worker that goes on with it needs them; null: there are none.
create or replace function answer_steps(p_job uuid, p_question uuid) returns json
language plpgsql stable as $$
begin return (
  select json_agg(json_build_object('id', s.id, 'ordinal', s.ordinal, 'kind', s.kind, 'name', s.name,
      'tool_use_id', s.tool_use_id, 'output', s.output, 'is_error', s.is_error, 'hands_over', s.hands_over)
      order by s.ordinal)
    from ai_steps s
   where s.tenant_id = current_tenant() and s.job_id = p_job and s.question_id = p_question
); end $$;

-- What tools did lately for a conversation, for earlier questions or by earlier jobs, oldest first: [{"name", "input",
-- "output", "told": has an answer left that was given after it, or whatever tells it elsewhere}]; null: nothing.
create or replace function lately_done(p_conversation uuid, p_job uuid, p_question uuid) returns json
language plpgsql stable as $$
begin return (
  select json_agg(json_build_object('name', r.name, 'input', r.input, 'output', r.output, 'told', exists (
      select from messages m where m.tenant_id = current_tenant() and m.conversation_id = p_conversation
        and m.id > r.question_id and (m.answers_message_id = r.question_id and m.processed_by_job_id = r.job_id
          or m.metadata ? 'told_done' and m.created_at >= r.created_at)
        and m.role = 'assistant' and m.status not in ('withheld', 'failed'))) order by r.id)
    from (
      select s.id, s.name, s.input, s.output, s.job_id, s.question_id, s.created_at
        from ai_steps s
       where s.tenant_id = current_tenant() and s.conversation_id = p_conversation and s.kind = 'tool' and not s.is_error
         and (s.job_id, s.question_id) is distinct from (p_job, p_question)
         and s.created_at > app_now() - interval '1 day'
       order by s.id desc limit 8) r
); end $$;
