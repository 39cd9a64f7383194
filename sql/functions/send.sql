-- The way out: a message leaves at most once, and only if it still may.

-- Moves a message to `sending` and tells all that the request needs, or says why it does not leave. p_attempt names the
-- caller's one attempt: asking again under the same name, because the answer was lost, is answered the same.
--   verdict 'go'        it is ours to send now
--   verdict 'withheld'  a bot's message that may not leave any more; `reason` is a word of `Withheld`
--   verdict 'unknown'   somebody was sending it and is gone: the request may have left, so it is never sent again
--   verdict 'settled'   it was sent (or given up) before
drop function if exists begin_send(uuid, uuid, jsonb);
create or replace function begin_send(p_message uuid, p_attempt uuid, p_policy jsonb)
returns table (verdict text, reason text, conversation_id uuid, channel text, connection_id uuid, account_id text,
  contact_kind text, contact_address text, content text, reply_to text, token_id uuid, token bytea,
  payload jsonb)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
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
        else reply_gate(m.conversation_id, m.answers_message_id, p_policy) end;
    end if;
    verdict := case when reason is null then 'go' else 'withheld' end;
    update messages x set status = case verdict when 'go' then 'sending' else 'withheld' end, error_code = reason,
        send_attempt = p_attempt
      where x.tenant_id = v_tenant and x.id = p_message;
    select m.conversation_id, cc.channel, cc.id, cc.account_id, c.contact_kind, c.contact_address, m.content,
        m.reply_to_external_id, k.id, k.sealed, m.payload
      into conversation_id, channel, connection_id, account_id, contact_kind, contact_address, content, reply_to,
        token_id, token, payload
      from conversations c
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
      left join outbound_tokens k on k.tenant_id = v_tenant and k.channel_connection_id = cc.id and k.kind = 'access_token'
     where c.tenant_id = v_tenant and c.id = m.conversation_id;
  end if;
  return next;
end $$;

-- What the platform answered to a send.
--   p_state 'accepted' with its id; 'failed' with code and sentence; 'unknown' when no answer came;
--   'pending' when it provably never left or was refused for now, so that it may be tried again.
-- Reports that were faster than this answer are applied now.
create or replace function end_send(p_message uuid, p_state text, p_external_id text, p_error_code text,
  p_error_message text, p_aliases jsonb) returns text
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  m messages;
  v_lead uuid;
  v_status text;
begin
  -- The conversation first, as everybody else does.
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  update messages x set
      -- What somebody has called unknown meanwhile does not wait again: it could be sent twice.
      status = case when x.status in ('sending', 'unknown')
        then coalesce(next_message_status(x.status, p_state), x.status) else x.status end,
      external_id = coalesce(x.external_id, p_external_id),
      error_code = case when x.status in ('sending', 'unknown') then p_error_code else x.error_code end,
      error_message = case when x.status in ('sending', 'unknown') then p_error_message else x.error_message end,
      sent_at = case when p_state = 'accepted' then coalesce(x.sent_at, app_now()) else x.sent_at end
    where x.tenant_id = v_tenant and x.id = p_message
    returning x.* into m;
  if m.id is null then return null; end if;
  if m.external_id is not null then
    update message_status_history h set message_id = m.id
      where h.tenant_id = v_tenant and h.channel_connection_id = m.channel_connection_id
        and h.external_id = m.external_id and h.message_id is null;
    perform apply_message_reports(array[m.id]);
  end if;
  if p_state = 'accepted' then
    update conversations c set message_count = c.message_count + 1,
        last_message_at = greatest(c.last_message_at, app_now()),
        first_response_time_seconds = coalesce(c.first_response_time_seconds,
          extract(epoch from app_now() - c.created_at)::int)
      where c.tenant_id = v_tenant and c.id = m.conversation_id
      returning c.lead_id into v_lead;
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      select v_tenant, a ->> 'kind', a ->> 'value', v_lead, a ->> 'address'
        from jsonb_array_elements(coalesce(p_aliases, '[]')) a
      on conflict do nothing;
  end if;
  select x.status into v_status from messages x where x.tenant_id = v_tenant and x.id = p_message;
  return v_status;
end $$;

-- The platform refuses our credentials or the account: nothing leaves until a person acts.
create or replace function stop_channel(p_connection uuid, p_error text) returns void
language sql as $$
  update channel_connections set status = 'error', error_count = error_count + 1, last_error_at = app_now(),
      last_error_message = p_error
    where tenant_id = current_tenant() and id = p_connection
$$;
