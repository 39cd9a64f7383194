-- Whether something may leave. The words are `Withheld`'s (Rules/ReplyGate). In plpgsql, which keeps plans for the
-- session: a function in SQL is planned at each call, which took longer than these queries do.

-- Why a reply of the assistant that takes the person's messages up to p_answers into account must not leave; null when
-- it may. Asked before Claude is (a refused answer is not worth its price) and again, with the conversation's row
-- locked, in the transaction that moves the message to `sending`.
--
-- p_policy: {"window_hours", "human_hours"?, "per_window"?, "per_user_per_day"?, "stale_seconds"} of the channel
-- (`Rules/ReplyGate`, `Rules/ChannelLimits`), and {"last_word"} of what is said although people have the conversation now:
-- that they do. The words are `Withheld`'s.
create or replace function reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) returns text
language plpgsql stable as $$
begin return (
  select case
      when t.status <> 'active' then 'tenant_inactive'
      when c.status = 'escalated' and not p_policy ? 'last_word' then 'escalated'
      when c.status not in ('active', 'waiting_response', 'escalated') then 'conversation_closed'
      -- The bot's turn began with the person's message: anything a human wrote since ends it.
      when c.last_human_at > coalesce(q.created_at, '-infinity') then 'human_took_over'
      when not cc.ai_enabled or not (c.ai_handling or p_policy ? 'last_word') or not coalesce(a.ai_enabled, true) then
        case when c.last_human_at is not null then 'human_took_over' else 'assistant_off' end
      when c.thread_owner is not null then 'not_thread_owner'
      when not window_is_open(c.channel_connection_id, c.lead_id, (p_policy ->> 'window_hours')::int) then 'window_closed'
      when q.deleted_at is not null then 'question_deleted'
      -- Nobody answers the newer one: people will.
      when c.last_question_id > p_answers and not p_policy ? 'last_word' then 'newer_inbound'
      -- We were down for long: an answer hours late confuses more than it helps. Who was told when it opens waits for that.
      when greatest(q.external_timestamp, c.promised_for) < app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8) then 'stale'
      else coalesce(limit_reached(c.channel_connection_id, c.lead_id, p_policy),
        -- Last, because this one may be waited for, and only while nothing else is in the way.
        case when cc.status <> 'connected' then 'channel_inactive' end)
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join ai_tenant_context a on a.tenant_id = c.tenant_id
    left join messages q on q.tenant_id = c.tenant_id and q.id = p_answers
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;

-- Why a template must not leave; null when it may, also while the window is closed. What nothing was heard of must not.
--
-- p_policy: {"usable_templates": the states in which a template is taken} (`Rules/OutboundTemplate`).
-- p_payload: {"name", "language", "category"?}; what the platform told of the template's category counts before it.
create or replace function template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) returns text
language plpgsql stable as $$
begin return (
  select case
      when not (p_policy -> 'usable_templates') ? upper(coalesce(x.status, 'UNKNOWN')) then 'template_blocked'
      when w.stopped then 'opted_out'
      when w.not_before > app_now() then 'too_soon'
    end
    from conversations c
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join lateral (
      select y.status, y.category from message_templates y
       where y.tenant_id = c.tenant_id and y.name = p_payload ->> 'name' and y.language = p_payload ->> 'language'
         and y.business_account_id = coalesce(cc.whatsapp_business_account_id, y.business_account_id)
       order by y.updated_at desc limit 1) x on true
    cross join lateral (
      select bool_or(k.state = 'stopped') as stopped,
          max(k.not_before) filter (where k.channel = c.channel) as not_before
        from contact_consents k
       where k.tenant_id = c.tenant_id and k.lead_id = c.lead_id
         -- A platform's switch is about that platform; who says "baja" to the business means the business.
         and (k.channel = c.channel or k.source in ('keyword', 'staff') and not exists (select from contact_consents o
           where o.tenant_id = c.tenant_id and o.lead_id = c.lead_id and o.channel = c.channel and o.scope = k.scope
             and o.state = 'allowed' and o.said_at > k.said_at))
         and (k.scope = 'all' or -- What nobody has named is taken for a promotion.
           lower(coalesce(x.category, p_payload ->> 'category', 'marketing')) = 'marketing')) w
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;

-- What a person of the business may not send either: the platform would refuse it, or nobody is there to send.
drop function if exists staff_gate(uuid, jsonb);
create or replace function staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) returns text
language plpgsql stable as $$
begin return (
  select case
      when t.status <> 'active' then 'tenant_inactive'
      -- What was said in several parts is not said by halves.
      when exists (select 1 from messages x where x.tenant_id = c.tenant_id and x.conversation_id = c.id and x.id < m.id
        and x.metadata ->> 'group' = m.metadata ->> 'group' and x.status in ('failed', 'withheld')) then 'incomplete'
      when (m.metadata ->> 'not_after')::timestamptz < app_now() then 'too_late'
      when m.metadata ? 'appointment_id' and not appointment_stands((m.metadata ->> 'appointment_id')::uuid,
        (m.metadata ->> 'appointment_at')::timestamptz)
        then 'appointment_over'
      -- Who fell silent has written meanwhile, or people are at it.
      when m.metadata ? 'follow_up' and c.last_question_id > m.id then 'newer_inbound'
      when m.metadata ? 'follow_up' and (not c.ai_handling or c.status = 'escalated') then 'human_took_over'
      -- Who said "baja" while it waited: that opens the window and closes this.
      when m.metadata ->> 'prepared' = 'services_menu' and promotions_stopped(c.lead_id, c.channel) then 'opted_out'
      -- Or has booked, or said stop.
      when m.metadata ? 'follow_up' and follow_up_obstacle(c.lead_id, c.channel) is not null
        then follow_up_obstacle(c.lead_id, c.channel)
      when m.payload ->> 'kind' = 'template' then coalesce(template_gate(c.id, p_policy, m.payload),
        case when cc.status <> 'connected' then 'channel_inactive' end)
      -- What a person types may leave later, where the platform has approved that.
      when not window_is_open(c.channel_connection_id, c.lead_id,
        case when cc.human_agent_enabled and m.role = 'staff' and not m.metadata ? 'automatic'
          then coalesce((p_policy ->> 'human_hours')::int, (p_policy ->> 'window_hours')::int)
          else (p_policy ->> 'window_hours')::int end) then 'window_closed'
      else coalesce(limit_reached(c.channel_connection_id, c.lead_id, p_policy),
        case when cc.status <> 'connected' then 'channel_inactive' end)
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join messages m on m.tenant_id = c.tenant_id and m.id = p_message
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;
