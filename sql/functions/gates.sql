-- Whether something may leave. The words are `Withheld`'s (Rules/ReplyGate).

-- Why a reply of the assistant that takes the person's messages up to p_answers into account must not leave; null when
-- it may. Asked before Claude is (a refused answer is not worth its price) and again, with the conversation's row
-- locked, in the transaction that moves the message to `sending`.
--
-- p_policy: {"window_hours", "stale_seconds"} of the channel (`Rules/ReplyGate.swift`). The words are `Withheld`'s.
create or replace function reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) returns text
language sql stable as $$
  select case
      when t.status <> 'active' then 'tenant_inactive'
      when cc.status <> 'connected' then 'channel_inactive'
      when c.status = 'escalated' then 'escalated'
      when c.status not in ('active', 'waiting_response') then 'conversation_closed'
      -- The bot's turn began with the person's message: anything a human wrote since ends it.
      when c.last_human_at > coalesce(q.created_at, '-infinity') then 'human_took_over'
      when not cc.ai_enabled or not c.ai_handling or not coalesce(a.ai_enabled, true) then
        case when c.last_human_at is not null then 'human_took_over' else 'assistant_off' end
      when coalesce(window_of(c.channel_connection_id, c.lead_id), '-infinity')
        < app_now() - make_interval(hours => (p_policy ->> 'window_hours')::int) then 'window_closed'
      when q.deleted_at is not null then 'question_deleted'
      when c.last_question_id > p_answers then 'newer_inbound'
      -- We were down for long: an answer hours late confuses more than it helps.
      when q.external_timestamp < app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8) then 'stale'
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join ai_tenant_context a on a.tenant_id = c.tenant_id
    left join messages q on q.tenant_id = c.tenant_id and q.id = p_answers
   where c.tenant_id = current_tenant() and c.id = p_conversation
$$;

-- What a person of the business may not send either: the platform would refuse it, or nobody is there to send.
create or replace function staff_gate(p_conversation uuid, p_policy jsonb) returns text
language sql stable as $$
  select case
      when t.status <> 'active' then 'tenant_inactive'
      when cc.status <> 'connected' then 'channel_inactive'
      when coalesce(window_of(c.channel_connection_id, c.lead_id), '-infinity')
        < app_now() - make_interval(hours => (p_policy ->> 'window_hours')::int) then 'window_closed'
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
   where c.tenant_id = current_tenant() and c.id = p_conversation
$$;
