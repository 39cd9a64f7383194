-- What a person is told of an appointment: that it is booked, and that it is near. When that is, `Rules/Reminder` decides.

-- The conversation in which a person can be told something now: the one in which the appointment was made before others,
-- an open one before a closed, then the latest; null: nowhere.
-- p_ways: {"templates": [channels that take a template at any time], "windows": {"<channel>": hours}}
create or replace function conversation_to_tell(p_lead uuid, p_booked_in uuid, p_ways jsonb) returns uuid
language plpgsql stable as $$
begin return (
  select c.id
    from conversations c
    join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id and l.deleted_at is null
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
     and cc.status in ('connected', 'error')
   where c.tenant_id = current_tenant() and c.lead_id = p_lead
     and (p_ways -> 'templates' ? c.channel
       or window_is_open(cc.id, c.lead_id, (p_ways -> 'windows' ->> c.channel)::int))
   order by c.id is not distinct from p_booked_in desc, c.status in ('active', 'waiting_response', 'escalated') desc,
     c.last_message_at desc nulls last, c.id
   limit 1
); end $$;

-- 9:00 on the branch's wall the day before an appointment. Where a clock jumps over it, Postgres takes the moment after.
create or replace function morning_before(p_at timestamptz, p_timezone text, p_minute int) returns timestamptz
language sql stable as $$
  select (date_trunc('day', p_at at time zone p_timezone) - interval '1 day' + make_interval(mins => p_minute))
    at time zone p_timezone
$$;

create or replace function minute_of_day(p_at timestamptz, p_timezone text) returns int
language sql stable as $$
  select (extract(hour from p_at at time zone p_timezone) * 60 + extract(minute from p_at at time zone p_timezone))::int
$$;

-- Appointments within so many hours of which somebody might have to be reminded, in their order, after p_after and
-- p_after_id.
create or replace function reminders_near(p_hours float8, p_morning_minute int, p_after timestamptz, p_after_id uuid,
  p_limit int)
returns table (appointment_id uuid, scheduled_at timestamptz, booked_at timestamptz, morning timestamptz,
  local_minute int, day_told boolean, hours_told boolean, now_is timestamptz)
language plpgsql stable as $$
begin
  return query
    select a.id, a.scheduled_at, coalesce(a.moved_at, a.created_at), morning_before(a.scheduled_at, b.timezone, p_morning_minute),
        minute_of_day(app_now(), b.timezone), a.reminder_24h_sent, a.reminder_4h_sent, app_now()
      from appointments a
      join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
     where a.tenant_id = current_tenant() and a.scheduled_at > app_now()
       and a.scheduled_at < app_now() + make_interval(secs => p_hours * 3600)
       and (a.scheduled_at, a.id) > (p_after, p_after_id)
       and a.status in ('scheduled', 'confirmed') and a.lead_id is not null
       and not (a.reminder_24h_sent and a.reminder_4h_sent)
       and not exists (select from ai_tenant_context x where x.tenant_id = a.tenant_id and not x.reminders_enabled)
     order by a.scheduled_at, a.id limit p_limit;
end $$;

-- Holds an appointment, and the conversation in which its person can be told of it, until the transaction ends: whoever
-- else wants to tell them waits, and finds it told. No row: nobody is to be told anything of it any more. p_ways with
-- "by_hand": also where the business does without our own reminders.
create or replace function hold_appointment(p_appointment uuid, p_ways jsonb, p_morning_minute int)
returns table (conversation_id uuid, scheduled_at timestamptz, booked_at timestamptz, morning timestamptz,
  local_minute int, day_told boolean, hours_told boolean, confirmation_told boolean, confirmation_text text,
  reminder_text text, now_is timestamptz)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_conversation uuid;
begin
  select conversation_to_tell(a.lead_id, a.conversation_id, p_ways) into v_conversation
    from appointments a where a.tenant_id = v_tenant and a.id = p_appointment;
  if v_conversation is not null then
    -- The lane before the conversation, the conversation before the appointment, as everybody does.
    perform lock_lanes(v_tenant, array['send:' || v_conversation], '{}');
    perform 1 from conversations c where c.tenant_id = v_tenant and c.id = v_conversation for update;
  end if;
  return query
    select v_conversation, a.scheduled_at, coalesce(a.moved_at, a.created_at),
        morning_before(a.scheduled_at, b.timezone, p_morning_minute), minute_of_day(app_now(), b.timezone),
        a.reminder_24h_sent, a.reminder_4h_sent, a.confirmation_sent or is_told(a.told_after), x.confirmation_text,
        x.reminder_text, app_now()
      from appointments a
      join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
      left join ai_tenant_context x on x.tenant_id = a.tenant_id
     where a.tenant_id = v_tenant and a.id = p_appointment and a.status in ('scheduled', 'confirmed')
       and a.scheduled_at > app_now() and (coalesce(x.reminders_enabled, true) or p_ways ? 'by_hand')
       for update of a;
end $$;

-- Whether a model's answer to the person's message, or to what they wrote after it, says what was done for it: it has left, or
-- is about to. The last word does so too where none has (`told_done`); that it is closed and what needs no model do not.
create or replace function is_told(p_question uuid) returns boolean
language plpgsql stable as $$
begin return exists (
  select from messages q join messages m on m.tenant_id = q.tenant_id and m.conversation_id = q.conversation_id and m.id > q.id
   where q.tenant_id = current_tenant() and q.id = p_question and m.role = 'assistant' and m.answers_message_id >= q.id
     and m.metadata ?| array['model', 'told_done'] and m.status not in ('withheld', 'failed')
); end $$;

-- Writes down that a person was told, by p_message and what belongs to it, in the transaction that stored it.
--   p_what 'confirmation' | 'day' | 'hours'; p_until: after that it must not leave any more (`staff_gate`)
create or replace function note_told(p_appointment uuid, p_message uuid, p_what text, p_until timestamptz) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  a appointments;
begin
  update appointments x set confirmation_sent = x.confirmation_sent or p_what = 'confirmation',
      reminder_24h_sent = x.reminder_24h_sent or p_what = 'day', reminder_4h_sent = x.reminder_4h_sent or p_what = 'hours',
      -- Each of them asks whether the person comes.
      confirmation_status = case when x.status = 'scheduled' and x.confirmation_status = 'not_required' then 'pending'
        else x.confirmation_status end
    where x.tenant_id = v_tenant and x.id = p_appointment returning x.* into a;
  update messages m set metadata = m.metadata || jsonb_build_object('appointment_id', p_appointment,
      'appointment_at', a.scheduled_at, 'not_after', p_until)
    from messages f
    where f.tenant_id = v_tenant and f.id = p_message and m.tenant_id = v_tenant and m.conversation_id = f.conversation_id
      and (m.id = f.id or m.metadata ->> 'group' = f.metadata ->> 'group') and m.id >= f.id;
  if p_what <> 'confirmation' then
    perform emit_event('appointment-reminder', jsonb_build_object('reminder', p_what, 'appointment', jsonb_build_object(
        'id', a.id, 'lead_id', a.lead_id, 'branch_id', a.branch_id, 'service_id', a.service_id, 'staff_id', a.staff_id,
        'scheduled_at', a.scheduled_at, 'status', a.status)),
      -- One that is moved is reminded of again.
      concat_ws(':', 'reminder', p_what, p_message));
  end if;
end $$;

-- Whether an appointment is still to be kept, and at that time (null: whenever). In plpgsql, as all that a gate asks.
create or replace function appointment_stands(p_appointment uuid, p_at timestamptz) returns boolean
language plpgsql stable as $$
begin return exists (
  select from appointments a where a.tenant_id = current_tenant() and a.id = p_appointment
    and a.status in ('scheduled', 'confirmed') and a.scheduled_at > app_now()
    and (p_at is null or a.scheduled_at = p_at)
); end $$;

-- Asks for the confirmation of an appointment that was just booked or moved; called in that transaction. Where an answer is
-- to tell the person, it is looked a while later whether one did: the answer may never have left.
create or replace function ask_confirmation(p_appointment uuid) returns void
language plpgsql as $$
begin
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'confirm_booking', 'priority', 3,
      'delay_seconds', case when a.told_after is null then 0 else 900 end,
      'payload', jsonb_build_object('appointment_id', a.id, 'tenant_id', a.tenant_id))))
    from appointments a
   where a.tenant_id = current_tenant() and a.id = p_appointment and a.lead_id is not null and not a.confirmation_sent;
end $$;

-- An appointment at another time or place, or put back, is another one: to be confirmed, told and reminded of anew.
create or replace function forget_reminders() returns trigger language plpgsql as $$
begin
  if (new.scheduled_at, new.branch_id) is distinct from (old.scheduled_at, old.branch_id)
    or old.status = 'cancelled' and new.status = 'scheduled' then
    new.reminder_1week_sent := false;
    new.reminder_24h_sent := false;
    new.reminder_4h_sent := false;
    new.reminder_2h_sent := false;
    new.confirmation_sent := false;
    new.told_after := null;
    new.confirmation_status := 'not_required';
    -- Who said that they come said so of the other time.
    if old.status = 'confirmed' and new.status = 'confirmed' then new.status := 'scheduled'; end if;
  end if;
  return new;
end $$;
create or replace trigger forget_reminders before update of scheduled_at, branch_id, status on appointments
  for each row execute function forget_reminders();

-- Our last words to a person before p_question, if they were said at most p_seconds ago; no row: none were. In whichever
-- conversation: the answer to one that was closed begins another. What left only after the person wrote they had not seen,
-- though it was stored here before their question came; a platform's time may be of whole seconds.
create or replace function said_before(p_conversation uuid, p_question uuid, p_seconds float8) returns table (metadata jsonb)
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_written timestamptz := (select q.external_timestamp + interval '1 second' from messages q
    where q.tenant_id = v_tenant and q.id = p_question);
begin
  return query
    select s.metadata
      from (
        select m.id, m.created_at, m.metadata
          from conversations c
          join conversations o on o.tenant_id = c.tenant_id and o.lead_id = c.lead_id
           and o.channel_connection_id = c.channel_connection_id
          cross join lateral (
            select y.id, y.created_at, y.metadata from messages y
             where y.tenant_id = v_tenant and y.conversation_id = o.id and y.role <> 'user' and y.id < p_question
               and y.status in ('sending', 'unknown', 'accepted', 'sent', 'delivered', 'read', 'played')
               and (v_written is null or coalesce(y.attempted_at, y.external_timestamp, y.sent_at, y.created_at) <= v_written)
             order by y.id desc limit 1) m
         where c.tenant_id = v_tenant and c.id = p_conversation
         order by m.id desc limit 1) s
     where s.created_at > app_now() - make_interval(secs => p_seconds);
end $$;

-- What the numbered lines of our last words to a person stand for, as `send_prepared` was told it; null: these had none.
create or replace function numbered_before(p_conversation uuid, p_question uuid, p_seconds float8) returns jsonb
language plpgsql stable as $$
begin return (
  select s.metadata -> 'numbered' from said_before(p_conversation, p_question, p_seconds) s
); end $$;

-- Whether a few words may answer what we asked of an appointment, or one of its numbered lines; who reads them says so.
create or replace function answers_reminder(p_conversation uuid, p_question uuid) returns boolean
language plpgsql stable as $$
begin return exists (
  select from messages q cross join lateral said_before(p_conversation, p_question, 7 * 86400) s
   where q.tenant_id = current_tenant() and q.id = p_question and octet_length(q.content) <= 80
     and (s.metadata ? 'numbered' or s.metadata ? 'appointment_id' and not s.metadata ? 'settled')
); end $$;

-- The appointment that a person's answer is about, and with p_confirm their word that they come.
--   p_appointment: named by what was pressed, and only theirs counts; null: the one that our last words to them were about,
--   said at most p_seconds ago
--   outcome 'found' | 'confirmed'; 'over': it is past or cancelled; no row: it is about none
create or replace function press_appointment(p_conversation uuid, p_question uuid, p_appointment uuid, p_seconds float8,
  p_confirm boolean)
returns table (outcome text, appointment_id uuid, service text, weekday int, day int, month int, clock text, branch_id uuid,
  service_id uuid, staff_id uuid)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_id uuid := p_appointment;
  c conversations;
  a appointments;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation;
  if v_id is null then
    -- What we answered is no question any more: "sí" to an offer of other times does not confirm the old one.
    select case when not s.metadata ? 'settled' and s.metadata ->> 'appointment_id' ~ '^[0-9a-fA-F-]{36}$'
        then (s.metadata ->> 'appointment_id')::uuid end into v_id
      from said_before(p_conversation, p_question, p_seconds) s;
  end if;
  select * into a from appointments x where x.tenant_id = v_tenant and x.id = v_id and x.lead_id = c.lead_id;
  if a.id is null then return; end if;
  -- It was moved: its successor is meant.
  if a.status = 'rescheduled' and a.rescheduled_to_id is not null then
    select * into a from appointments x where x.tenant_id = v_tenant and x.id = a.rescheduled_to_id and x.lead_id = c.lead_id;
    if a.id is null then return; end if;
  end if;
  outcome := case when a.status in ('scheduled', 'confirmed') and a.scheduled_at > app_now() then 'found' else 'over' end;
  if outcome = 'found' and p_confirm then
    select case k.outcome when 'booked' then 'confirmed' when 'confirmed' then 'confirmed' else 'over' end into outcome
      from confirm_appointment(jsonb_build_object('appointment_id', a.id, 'lead_id', c.lead_id)) k;
    if outcome = 'confirmed' then
      update appointments x set confirmation_status = 'confirmed'
       where x.tenant_id = v_tenant and x.id = a.id and x.confirmation_status <> 'confirmed';
    end if;
  end if;
  return query
    select press_appointment.outcome, a.id, coalesce(s.name, a.reason, ''), extract(isodow from w.at)::int,
        extract(day from w.at)::int, extract(month from w.at)::int, to_char(w.at, 'HH24:MI'), a.branch_id, a.service_id,
        a.staff_id
      from branches b
      cross join lateral (select a.scheduled_at at time zone b.timezone as at) w
      left join services s on s.tenant_id = v_tenant and s.id = a.service_id
     where b.tenant_id = v_tenant and b.id = a.branch_id;
end $$;
