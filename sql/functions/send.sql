-- The way out: a message leaves at most once, and only if it still may.

-- Moves a message to `sending` and tells all that the request needs, or says why it does not leave. p_attempt names the
-- caller's one attempt: asking again under the same name, because the answer was lost, is answered the same.
--   verdict 'go'        it is ours to send now
--   verdict 'withheld'  a bot's message that may not leave any more; `reason` is a word of `Withheld`
--   verdict 'unknown'   somebody was sending it and is gone: the request may have left, so it is never sent again
--   verdict 'wait'      not now: in `wait_seconds` again, for `reason`; nothing has changed
--   verdict 'settled'   it was sent (or given up) before
-- account_id: the platform's id of who sends; login: by whose ('page' | 'instagram', null where there is one kind only);
-- as_human: it is late for programs, a person wrote it, and the platform has approved that.
-- p_policy: what `reply_gate` and `take_send_slot` are asked with.
drop function if exists begin_send(uuid, uuid, jsonb);
create or replace function begin_send(p_message uuid, p_attempt uuid, p_policy jsonb)
returns table (verdict text, reason text, conversation_id uuid, channel text, connection_id uuid, account_id text,
  contact_kind text, contact_address text, content text, reply_to text, token_id uuid, token bytea, payload jsonb,
  wait_seconds float8, login text, as_human boolean)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_status text;
  v_lead uuid;
  v_throughput int;
  m messages;
begin
  -- The conversation first: an inbound or a human's message changes this row, so that one of us waits for the other.
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  select * into m from messages x where x.tenant_id = v_tenant and x.id = p_message for update;
  if m.id is null then
    verdict := 'settled';
    reason := 'no such message';
  elsif m.status = 'sending' and m.send_attempt is distinct from p_attempt then
    update messages x set status = 'unknown', error_message = 'the sender stopped before an answer came'
      where x.tenant_id = v_tenant and x.id = p_message;
    insert into sends_in_doubt (tenant_id, message_id, since) values (v_tenant, p_message, app_now()) on conflict do nothing;
    perform apply_message_reports(array[p_message]);
    verdict := 'unknown';
  elsif m.status not in ('pending', 'sending') then
    verdict := 'settled';
    reason := m.status;
  else
    if m.status = 'pending' then
      reason := case
        when m.role <> 'assistant' then staff_gate(m.conversation_id, p_policy, m.id)
        -- Half an answer is worse than none.
        when exists (select 1 from messages x where x.tenant_id = v_tenant and x.conversation_id = m.conversation_id
          and x.processed_by_job_id = m.processed_by_job_id and x.answers_message_id = m.answers_message_id
          and x.id < m.id and x.status in ('failed', 'withheld')) then 'incomplete'
        else reply_gate(m.conversation_id, m.answers_message_id,
          case when m.metadata ? 'last_word' then p_policy || '{"last_word": true}' else p_policy end) end;
      select cc.status, c.lead_id, cc.throughput_per_second into v_status, v_lead, v_throughput
        from conversations c join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
       where c.tenant_id = v_tenant and c.id = m.conversation_id;
      if reason is null then
        -- Last of all, since it is taken: what does not leave must not use up anybody's pace.
        select s.wait_seconds, s.reason into wait_seconds, reason
          from take_send_slot(m.channel_connection_id, v_lead::text, coalesce(m.payload ->> 'kind' = 'template', false),
            case when v_throughput is null then p_policy
              else p_policy || jsonb_build_object('number_seconds', 1.0 / v_throughput) end) s;
      elsif reason = 'channel_inactive' and v_status <> 'disconnected' then
        -- A stopped channel is nobody's answer: what is to leave waits until a person has mended it.
        -- The longer it lasts, the less often they ask; `resume_channel` calls them all.
        select least(greatest(60, extract(epoch from app_now() - cc.stopped_at) / 10), 900) into wait_seconds
          from channel_connections cc where cc.tenant_id = v_tenant and cc.id = m.channel_connection_id;
      end if;
      if wait_seconds is not null then
        verdict := 'wait';
        return next;
        return;
      end if;
    end if;
    verdict := case when reason is null then 'go' else 'withheld' end;
    if reason = 'template_blocked' then
      perform alert_template(m.channel_connection_id, m.payload, p_policy -> 'usable_templates');
    end if;
    update messages x set status = case verdict when 'go' then 'sending' else 'withheld' end, error_code = reason,
        send_attempt = p_attempt, attempted_at = case when verdict = 'go' then coalesce(x.attempted_at, app_clock()) end
      where x.tenant_id = v_tenant and x.id = p_message;
    select m.conversation_id, cc.channel, cc.id, cc.sending_id, c.contact_kind, c.contact_address, m.content,
        m.reply_to_external_id, k.id, k.sealed, m.payload, sending_login(cc.channel, cc.login),
        verdict = 'go' and m.role = 'staff' and p_policy ? 'human_hours' and cc.human_agent_enabled and not m.metadata ? 'automatic'
          and not window_is_open(cc.id, c.lead_id, (p_policy ->> 'window_hours')::int)
      into conversation_id, channel, connection_id, account_id, contact_kind, contact_address, content, reply_to,
        token_id, token, payload, login, as_human
      from conversations c
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
      left join outbound_tokens k on k.tenant_id = v_tenant and k.channel_connection_id = cc.id and k.kind = 'access_token'
     where c.tenant_id = v_tenant and c.id = m.conversation_id;
  end if;
  return next;
end $$;

-- What the platform answered to a send. Only the attempt that moved the message to `sending` is listened to: what it says
-- again, because the answer was lost, must not undo what the next one has begun.
--   p_state 'accepted' with its id; 'failed' with code and sentence; 'unknown' when no answer came;
--   'pending' when it provably never left or was refused for now, so that it may be tried again.
--   p_effects as `apply_send_effects` reads them, and {"token"} (id of the access token that was used), {"held"} (the
--   platform took it and holds it back: its word for it)
-- Reports that were faster than this answer are applied now. Returns the state after them, and how long a pending
-- message has to wait, if the answer told.
drop function if exists end_send(uuid, text, text, text, text, jsonb);
create or replace function end_send(p_message uuid, p_attempt uuid, p_state text, p_external_id text, p_error_code text,
  p_error_message text, p_aliases jsonb, p_effects jsonb, out status text, out wait_seconds float8)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_effects jsonb := coalesce(p_effects, '{}');
  v_lead uuid;
  v_named boolean;
  m messages;
begin
  -- The conversation first, as everybody else does.
  select c.lead_id into v_lead from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  select * into m from messages x where x.tenant_id = v_tenant and x.id = p_message for update;
  if m.send_attempt is distinct from p_attempt then
    status := m.status;
    return;
  end if;
  v_named := m.external_id is null and p_external_id is not null;
  if v_named then perform merge_echo(p_message, p_external_id); end if;
  update messages x set
      -- What somebody has called unknown meanwhile does not wait again: it could be sent twice.
      status = case when x.status in ('sending', 'unknown')
        then coalesce(next_message_status(x.status, p_state), x.status) else x.status end,
      external_id = coalesce(x.external_id, p_external_id),
      error_code = case when x.status in ('sending', 'unknown') then p_error_code else x.error_code end,
      error_message = case when x.status in ('sending', 'unknown') then p_error_message else x.error_message end,
      sent_at = case when p_state = 'accepted' then coalesce(x.sent_at, app_now()) else x.sent_at end,
      attempted_at = case when p_state <> 'pending' then x.attempted_at end,
      metadata = case when v_effects ? 'held' then x.metadata || jsonb_build_object('held', v_effects -> 'held')
        else x.metadata end
    where x.tenant_id = v_tenant and x.id = p_message
    returning x.* into m;
  if m.status = 'unknown' then
    insert into sends_in_doubt (tenant_id, message_id, since) values (v_tenant, m.id, app_now()) on conflict do nothing;
  end if;
  if v_named then
    perform claim_reports(array[m.id]);
  elsif m.external_id is not null then
    perform apply_message_reports(array[m.id]);
  end if;
  if p_state = 'accepted' then
    update conversations c set message_count = c.message_count + 1,
        last_message_at = greatest(c.last_message_at, app_now()),
        first_response_time_seconds = coalesce(c.first_response_time_seconds,
          extract(epoch from app_now() - c.created_at)::int),
        -- What was promised for the opening is kept.
        promised_first = case when m.answers_message_id >= c.promised_first and m.metadata ?| '{model,n8n}' then null
          else c.promised_first end
      where c.tenant_id = v_tenant and c.id = m.conversation_id
      returning c.lead_id into v_lead;
    perform answer_advertisement(m.channel_connection_id, v_lead);
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      select v_tenant, a ->> 'kind', a ->> 'value', v_lead, a ->> 'address'
        from jsonb_array_elements(coalesce(p_aliases, '[]')) a
      on conflict do nothing;
    perform forgive_sends(m.channel_connection_id, v_lead::text);
  end if;
  -- A token that was replaced while it was refused stops nothing: the next try has the new one.
  if v_effects ? 'stop' and v_effects ? 'token' and not exists (select from outbound_tokens k
    where k.tenant_id = v_tenant and k.channel_connection_id = m.channel_connection_id
      and k.id = (v_effects ->> 'token')::uuid) then
    v_effects := v_effects - 'stop' - 'alert';
    wait_seconds := 1;
  end if;
  wait_seconds := greatest(wait_seconds,
    apply_send_effects(m.channel_connection_id, m.id, v_effects - 'token' - 'held', app_now()));
  select x.status into status from messages x where x.tenant_id = v_tenant and x.id = p_message;
end $$;

-- The platform refuses our credentials or the account: nothing leaves until a person acts, and everything waits.
-- p_alert as `raise_alert` reads it.
drop function if exists stop_channel(uuid, text);
create or replace function stop_channel(p_connection uuid, p_sentence text, p_code text, p_alert jsonb) returns void
language plpgsql as $$
begin
  update channel_connections cc set
      status = case when cc.status = 'connected' then 'error' else cc.status end,
      -- The first trouble is the one that has to be over.
      stopped_code = coalesce(cc.stopped_code, p_code), stopped_at = coalesce(cc.stopped_at, app_now()),
      error_count = cc.error_count + 1, last_error_at = app_now(),
      last_error_message = p_sentence
    where cc.tenant_id = current_tenant() and cc.id = p_connection;
  if p_alert is not null then perform raise_alert(p_connection, p_alert); end if;
end $$;

-- A person has mended it: connected again, what asked them to act is resolved, rests are over, and what waits to be sent
-- is due now. Returns how many sends that were; null if there is no such channel, or it does not stand still for an error.
create or replace function resume_channel(p_connection uuid) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_due int;
  v_code text;
begin
  select cc.stopped_code into v_code from channel_connections cc
    where cc.tenant_id = v_tenant and cc.id = p_connection and cc.status in ('connected', 'error') for update;
  if not found then return null; end if;
  update channel_connections cc set status = 'connected', stopped_code = null, stopped_at = null, error_count = 0,
      last_error_message = null
    where cc.tenant_id = v_tenant and cc.id = p_connection;
  -- Only what stood for the standstill: customers who waited in vain are still to be answered.
  perform resolve_alerts(p_connection, array['channel_stopped', 'sending_paused', coalesce(v_code, '')]);
  -- People before the account, as everybody locks them.
  update send_pace s set blocked_until = null, initiated_blocked_until = null, strikes = 0, reason = null
    where s.tenant_id = v_tenant and s.channel_connection_id = p_connection and s.contact <> ''
      and (s.blocked_until is not null or s.initiated_blocked_until is not null or s.strikes > 0);
  update send_pace s set blocked_until = null, initiated_blocked_until = null, strikes = 0, reason = null
    where s.tenant_id = v_tenant and s.channel_connection_id = p_connection and s.contact = '';
  -- What somebody works on just now looks again by itself within a minute.
  with waiting as (
    select j.id from jobs j where j.tenant_id = v_tenant and j.priority > 0 and j.ready_at is not null
       and j.scheduled_for > app_now() and j.payload ->> 'channel_connection_id' = p_connection::text
       and (j.job_type like 'send\_%' or j.error_message = 'channel_inactive')
     order by j.id for update skip locked
  ), due as (
    update jobs j set scheduled_for = app_now(), updated_at = now() from waiting w
      where j.tenant_id = v_tenant and j.id = w.id returning j.job_type)
  select count(*) filter (where job_type like 'send\_%') into v_due from due;
  return v_due;
end $$;
