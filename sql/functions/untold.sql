-- What the assistant did, where its own answer never came: the person is told by us, or staff see it.

-- What it did with a person's appointments and did not tell them, of the last day, oldest first. Told is whatever was said
-- afterwards in answer to that question, or to a later one (that it is closed says it only if `told_done`, what needs no
-- model never), and a booking that was confirmed by a message; what is otherwise by now is no news of the assistant's.
create or replace function done_untold(p_conversation uuid) returns table (name text, output json)
language plpgsql stable as $$
begin
  return query
    select s.name, s.output
      -- A column's value, not an expression: behind the wall it would find no index.
      from (select x.*, case when x.output ->> 'appointment_id' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
              then (x.output ->> 'appointment_id')::uuid end as appointment_id
              from ai_steps x
             where x.tenant_id = current_tenant() and x.conversation_id = p_conversation and x.kind = 'tool'
               and not x.is_error and x.name in ('book_appointment', 'reschedule_appointment', 'cancel_appointment')
               and x.created_at > app_now() - interval '1 day' offset 0) s
     where not exists (select from messages m where m.tenant_id = s.tenant_id and m.conversation_id = p_conversation
         and m.id > s.question_id and m.answers_message_id >= s.question_id and m.role = 'assistant'
         and m.created_at >= s.created_at and m.status not in ('withheld', 'failed')
         and (m.metadata ? 'told_done' or not m.metadata ?| array['out_of_hours', 'settled']))
       and not exists (select from appointments a where a.tenant_id = s.tenant_id and a.id = s.appointment_id
         and case s.name
           when 'cancel_appointment' then a.status <> 'cancelled'
           else a.confirmation_sent or a.status in ('cancelled', 'rescheduled')
             or a.scheduled_at <> (s.output ->> 'starts_at')::timestamptz end)
     order by s.id;
end $$;

-- Puts it into the alert that somebody has to look at the conversation. p_done: sentences, a list. False: it is there.
create or replace function tell_staff_untold(p_conversation uuid, p_done jsonb) returns boolean
language plpgsql as $$
declare
  v_old jsonb;
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = current_tenant() and x.id = p_conversation for update;
  if c.id is null then return false; end if;
  select a.details into v_old from alerts a where a.tenant_id = c.tenant_id and a.resolved_at is null
    and a.dedup_key = c.channel_connection_id || ':conversation:' || c.id;
  if v_old -> 'untold' @> p_done then return false; end if;
  perform raise_alert(c.channel_connection_id, jsonb_build_object('kind', 'conversation_escalated',
    'key', 'conversation:' || c.id, 'severity', 'act',
    'sentence', 'a customer was not told what the assistant did for them in conversation ' || c.id,
    'details', coalesce(v_old, jsonb_build_object('conversation_id', c.id, 'lead_id', c.lead_id))
      || jsonb_build_object('untold', p_done)));
  return true;
end $$;
