-- When people take over: who, and that the customer is told, once.

-- Who of the business takes over: somebody of the branch, rather the desk than management than who treats people, and of
-- these whoever has the fewest. Null: the business has nobody.
create or replace function staff_to_take_over(p_branch uuid) returns uuid
language plpgsql stable as $$
begin return (
  select s.id from staff s
    cross join lateral (
      select count(*) as anywhere, count(*) filter (where b.branch_id = p_branch) as here
        from staff_branches b where b.tenant_id = s.tenant_id and b.staff_id = s.id) w
   where s.tenant_id = current_tenant() and s.is_active
   -- Who is of no branch is of all of them.
   order by case when p_branch is null or w.here > 0 then 0 when w.anywhere = 0 then 1 else 2 end,
     case when s.role in ('receptionist', 'assistant', 'staff') then 0 when s.role in ('manager', 'admin') then 1
       when s.role = 'owner' then 2 else 3 end,
     (select count(*) from conversations c where c.tenant_id = s.tenant_id and c.escalated_to_staff_id = s.id
       and c.status = 'escalated'), s.id
   limit 1
); end $$;

-- A conversation is handed to people: the bot is silent until they hand it back. False: it is not open, or theirs already.
--
-- p_details: {"by"? (`conversations.escalated_by`), "urgency"?: 1-5, "confidence"?: 0-1, "staff_id"?: who shall have it,
-- "tell"?: true if the person is still to be told, by the next text of the assistant (`store_reply`) or by `hand_over`}
drop function if exists escalate_conversation(uuid, text);
create or replace function escalate_conversation(p_conversation uuid, p_reason text, p_details jsonb default '{}')
returns boolean language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_staff uuid;
  c conversations;
begin
  select * into c from conversations x
    where x.tenant_id = v_tenant and x.id = p_conversation and x.status in ('active', 'waiting_response') for update;
  if c.id is null then return false; end if;
  select s.id into v_staff from staff s
    where s.tenant_id = v_tenant and s.is_active and s.id in ((p_details ->> 'staff_id')::uuid, c.assigned_staff_id)
    order by s.id = (p_details ->> 'staff_id')::uuid desc nulls last limit 1;
  v_staff := coalesce(v_staff, staff_to_take_over(coalesce(c.branch_id, (select cc.branch_id from channel_connections cc
    where cc.tenant_id = v_tenant and cc.id = c.channel_connection_id))));
  update conversations x set status = 'escalated', ai_handling = false, escalated_at = app_now(),
      escalation_reason = left(p_reason, 2000), escalated_by = p_details ->> 'by',
      escalation_urgency = (p_details ->> 'urgency')::int,
      escalation_confidence = (p_details ->> 'confidence')::numeric, escalated_to_staff_id = v_staff,
      assigned_staff_id = coalesce(x.assigned_staff_id, v_staff),
      last_word_owed = coalesce((p_details ->> 'tell')::boolean, false)
    where x.tenant_id = v_tenant and x.id = c.id;
  update leads l set escalated_to_human = true where l.tenant_id = v_tenant and l.id = c.lead_id;
  perform raise_alert(c.channel_connection_id, jsonb_build_object('kind', 'conversation_escalated',
    'key', 'conversation:' || c.id, 'severity', 'act',
    'sentence', 'a customer waits for somebody of the team in conversation ' || c.id,
    'details', jsonb_build_object('conversation_id', c.id, 'lead_id', c.lead_id, 'by', p_details -> 'by',
      'urgency', p_details -> 'urgency', 'staff_id', v_staff)));
  perform emit_event('conversation-escalated', jsonb_build_object('conversation_id', c.id, 'lead_id', c.lead_id,
    'channel', c.channel, 'branch_id', c.branch_id, 'reason', left(p_reason, 2000), 'by', p_details -> 'by',
    'urgency', p_details -> 'urgency', 'confidence', p_details -> 'confidence', 'staff_id', v_staff,
    'escalated_at', app_now()), c.id || ':escalated:' || extract(epoch from app_now()));
  return true;
end $$;

-- Hands a conversation to people and tells the person so, in one transaction: a worker that dies leaves both or neither.
-- What is told is the last the assistant says; who was told already hears nothing. p_texts: {"es": …, "en": …}, said where
-- the business has no text of its own; {"done"}: said before it, what the assistant did and could not tell any more. p_reason
-- null: only of a conversation that was handed over before. Returns whether it is told now.
create or replace function hand_over(p_conversation uuid, p_reason text, p_details jsonb, p_texts jsonb, p_job uuid,
  p_request_id text) returns boolean language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_question uuid;
  v_text text;
begin
  -- The lane before the conversation, as `store_reply` does.
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  if p_reason is not null then perform escalate_conversation(p_conversation, p_reason, p_details || '{"tell": true}'); end if;
  select c.last_question_id, coalesce(a.escalation_message, p_texts ->> substring(lower(a.default_language) from '^[a-z]+'), p_texts ->> 'es')
    into v_question, v_text
    from conversations c left join ai_tenant_context a on a.tenant_id = c.tenant_id
   where c.tenant_id = v_tenant and c.id = p_conversation and c.status = 'escalated' and c.last_word_owed;
  if not found then return false; end if;
  -- In one message where every channel takes it.
  return exists (select from store_reply(p_conversation, case when p_texts ->> 'done' is null then array[v_text]
    when octet_length(p_texts ->> 'done') + octet_length(v_text) < 900 then array[(p_texts ->> 'done') || ' ' || v_text]
    else array[p_texts ->> 'done', v_text] end, v_question, p_job, null,
    case when p_texts ->> 'done' is null then '{"last_word": true}' else '{"last_word": true, "told_done": true}' end::jsonb,
    p_request_id));
end $$;

-- Of two conversations of one person that become one: who waits for people in p_from waits for them in p_to, with the alert
-- and what they are still to be told. Nothing changes if nobody waits there, or somebody does here already.
create or replace function carry_escalation(p_from uuid, p_to uuid) returns void language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
begin
  update conversations k set status = 'escalated', ai_handling = false, escalated_at = o.escalated_at,
      escalation_reason = o.escalation_reason, escalated_by = o.escalated_by, escalation_urgency = o.escalation_urgency,
      escalation_confidence = o.escalation_confidence, escalated_to_staff_id = o.escalated_to_staff_id,
      assigned_staff_id = coalesce(k.assigned_staff_id, o.assigned_staff_id), last_word_owed = o.last_word_owed
    from conversations o
    where k.tenant_id = v_tenant and k.id = p_to and k.status <> 'escalated'
      and o.tenant_id = v_tenant and o.id = p_from and o.status = 'escalated';
  if not found or not has_column_privilege('alerts', 'dedup_key', 'update') then return; end if;
  update alerts a set dedup_key = replace(a.dedup_key, p_from::text, p_to::text),
      sentence = replace(a.sentence, p_from::text, p_to::text),
      details = a.details || jsonb_build_object('conversation_id', k.id, 'lead_id', k.lead_id)
    from conversations k
    where k.tenant_id = v_tenant and k.id = p_to and a.tenant_id = v_tenant and a.resolved_at is null
      and a.dedup_key = k.channel_connection_id || ':conversation:' || p_from
      and not exists (select from alerts x where x.tenant_id = v_tenant and x.resolved_at is null
        and x.dedup_key = k.channel_connection_id || ':conversation:' || p_to);
end $$;

-- People wait for nobody of this person's any more, if in none of their other conversations.
create or replace function forget_escalation(p_tenant uuid, p_lead uuid, p_but uuid) returns void language plpgsql as $$
begin
  -- Another's SQL client may give a conversation back without the right to change a lead.
  if not has_column_privilege('leads', 'escalated_to_human', 'update') then return; end if;
  -- Held before the others are looked at: two conversations that end at once must not each see the other.
  perform 1 from leads l where l.tenant_id = p_tenant and l.id = p_lead for update;
  update leads l set escalated_to_human = false
    where l.tenant_id = p_tenant and l.id = p_lead and l.escalated_to_human and not exists (select from conversations o
      where o.tenant_id = p_tenant and o.lead_id = p_lead and o.id <> p_but and o.status = 'escalated');
end $$;

-- What ends with an escalation, whoever ends it and how.
create or replace function end_escalation() returns trigger language plpgsql as $$
begin
  if new.ai_handling and not old.ai_handling then
    new.handed_back_at := app_now();
    new.desk_has_it := false;
  end if;
  if old.status = 'escalated' and new.status <> 'escalated' then
    new.last_word_owed := false;
    perform forget_escalation(new.tenant_id, new.lead_id, new.id);
  end if;
  if new.status <> 'escalated' then
    -- Another's SQL client may give a conversation back, and closes no alert: people do.
    if not has_column_privilege('alerts', 'resolved_at', 'update') then return new; end if;
    update alerts a set resolved_at = app_now()
      where a.tenant_id = new.tenant_id and a.resolved_at is null
        and a.dedup_key = new.channel_connection_id || ':conversation:' || new.id;
  end if;
  return new;
end $$;
create or replace trigger end_escalation before update of status, ai_handling on conversations for each row
  when (old.status <> new.status and (old.status = 'escalated' or new.status = 'resolved') or new.ai_handling and not old.ai_handling)
  execute function end_escalation();
