-- Booking. Each function answers (outcome, appointment_id, detail); detail of a success is the appointment
-- (`appointment_detail`). Asking again with one key answers the appointment that the first asking made.

-- Is there room for an appointment, and who takes it? outcome null: yes. p_except: the appointment that it replaces;
-- p_anytime: hours, notice and horizon are not asked, since a member of staff decided; p_on_grid: only when a slot begins,
-- as `free_slots` counts them. What time it is says the database's clock, whoever asks. Callers hold `lock_bookings`.
create or replace function find_room(p_lead uuid, p_branch uuid, p_service uuid, p_staff uuid, p_at timestamptz,
  p_minutes int,
  p_except uuid default null, p_anytime boolean default false, p_on_grid boolean default false)
returns table (outcome text, staff_id uuid, minutes int, buffer_before int, buffer_after int)
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_now timestamptz := app_now();
  v_to timestamptz;
  v_works boolean := false;
  v_on_grid boolean := not coalesce(p_on_grid, false);
  v_spans tstzrange[];
  b branches;
  s services;
  w record;
begin
  select * into b from branches x where x.tenant_id = v_tenant and x.id = p_branch;
  select * into s from services x where x.tenant_id = v_tenant and x.id = p_service;
  minutes := coalesce(p_minutes, s.duration_minutes, b.appointment_duration_default);
  buffer_before := coalesce(s.buffer_before_minutes, 0);
  buffer_after := coalesce(s.buffer_after_minutes, 0);
  v_to := p_at + make_interval(mins => minutes);
  outcome := case
    when p_lead is not null and not exists (select from leads l where l.tenant_id = v_tenant and l.id = p_lead
      and l.deleted_at is null) then 'unknown_lead'
    when b.id is null then 'unknown_branch'
    when p_service is not null and s.id is null then 'unknown_service'
    when p_staff is not null and not exists (select from staff x join staff_branches y on y.tenant_id = x.tenant_id
      and y.staff_id = x.id where x.tenant_id = v_tenant and x.id = p_staff and y.branch_id = p_branch)
      or p_staff is not null and p_service is not null and not does_service(p_staff, p_service) then 'unknown_staff'
    when not b.is_active or not coalesce(s.is_active and s.is_bookable, true) or exists (select from staff x
      where x.tenant_id = v_tenant and x.id = p_staff and not x.is_active) then 'inactive'
    when p_at <= v_now and not coalesce(p_anytime, false) then 'in_past'
    when p_anytime then null
    when p_at >= last_day_to_book(b.timezone, b.advance_booking_days) then 'too_far'
    when p_at < v_now + make_interval(mins => b.booking_notice_minutes) then 'too_soon' end;
  if outcome is null and p_lead is not null and exists (select from appointments a where a.tenant_id = v_tenant
    and a.lead_id = p_lead
    and a.scheduled_at > p_at - interval '1 day' and a.scheduled_at < v_to and a.end_time > p_at
    and a.status in ('scheduled', 'confirmed', 'in_progress') and a.id is distinct from p_except) then
    outcome := 'lead_conflict';
  end if;
  if outcome is not null then
    return next;
    return;
  end if;
  -- Whom the person likes, then who has the least to do that day.
  for w in
    select t.* from who_takes(p_branch, p_service, p_staff) t
     order by t.staff_id is distinct from (select l.preferred_staff_id from leads l where l.tenant_id = v_tenant
       and l.id = p_lead),
       (select count(*) from occupied_times o where o.tenant_id = v_tenant and o.resource_id = t.resource_id and t.place = 0
         and o.appointment_id is not null and o.starts_at > p_at - interval '12 hours'
           and o.starts_at < p_at + interval '12 hours'), t.place, t.staff_id
  loop
    if not coalesce(p_anytime, false) then
      v_spans := working_spans(p_branch, w.staff_id, p_at, v_to);
      if not coalesce(tstzrange(p_at, v_to) <@ ((select range_agg(x) from unnest(v_spans) x)
        - off_times(p_branch, w.staff_id, p_at, v_to)), false) then continue; end if;
    end if;
    v_works := true;
    if coalesce(p_on_grid, false) then
      if not exists (select from unnest(v_spans) x where x @> p_at
        and extract(epoch from p_at - lower(x)) % (b.slot_minutes * 60) = 0) then continue; end if;
      v_on_grid := true;
    end if;
    if not tstzrange(p_at - make_interval(mins => buffer_before), v_to + make_interval(mins => buffer_after))
      && taken_times(w.resource_id, w.place, p_at - make_interval(mins => buffer_before),
        v_to + make_interval(mins => buffer_after), p_except, p_lead) then
      staff_id := w.staff_id;
      return next;
      return;
    end if;
  end loop;
  outcome := case when not v_works then 'outside_hours' when not v_on_grid then 'off_grid' else 'slot_taken' end;
  return next;
end $$;

-- An appointment as those who booked it are told, and the business's automations.
create or replace function appointment_detail(p_appointment uuid) returns jsonb
language plpgsql stable as $$
begin return (
  select jsonb_build_object('appointment_id', a.id, 'status', a.status, 'confirmation_status', a.confirmation_status,
      'scheduled_at', a.scheduled_at, 'ends_at', a.end_time, 'duration_minutes', a.duration_minutes, 'timezone', b.timezone,
      'starts_at', local_iso(a.scheduled_at, b.timezone), 'local_date', l.at::date,
      'local_time', to_char(l.at, 'HH24:MI'), 'weekday', extract(isodow from l.at)::int,
      'branch_id', a.branch_id, 'branch_name', b.name, 'branch_slug', b.slug, 'service_id', a.service_id, 'service_name',
        s.name,
      'staff_id', a.staff_id, 'staff_name', coalesce(m.display_name, concat_ws(' ', m.first_name, m.last_name)),
      'lead_id', a.lead_id, 'conversation_id', a.conversation_id, 'party_size', a.party_size,
      'booking_source', a.booking_source, 'rescheduled_from_id', a.rescheduled_from_id, 'rescheduled_to_id',
        a.rescheduled_to_id,
      'cancellation_reason', a.cancellation_reason)
    from appointments a
    join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
    left join services s on s.tenant_id = a.tenant_id and s.id = a.service_id
    left join staff m on m.tenant_id = a.tenant_id and m.id = a.staff_id
    cross join lateral (select a.scheduled_at at time zone b.timezone as at) l
   where a.tenant_id = current_tenant() and a.id = p_appointment
); end $$;

-- What a person has before them, the next first; ten at most.
create or replace function appointments_ahead(p_lead uuid) returns table (appointment_id uuid, detail jsonb)
language plpgsql stable as $$
begin return query
  select a.id, appointment_detail(a.id) from appointments a
   where a.tenant_id = current_tenant() and a.lead_id = living_lead(p_lead) and a.end_time > app_now()
     and a.status in ('scheduled', 'confirmed', 'in_progress') order by a.scheduled_at, a.id limit 10;
end $$;

-- {"key", "digest"? (of the wish), "lead_id", "branch_id", "service_id"?, "staff_id"?, "scheduled_at", "duration_minutes"?
-- (without a service; else the service's own, or the branch's), "conversation_id"?, "booking_source", "ai_booking_channel"?, "notes"?, "reason"?, "party_size"?,
-- "created_by_staff_id"?, "anytime"?, "on_grid"? (when a slot begins only), "told_after"? (the question whose answer tells the
-- person), "confirmation_sent"? (whoever asks has told them)}. Else they are told by a message. Outcomes: booked, slot_taken,
-- off_grid, lead_conflict, outside_hours, in_past, too_far, too_soon, unknown_branch, unknown_service, unknown_staff,
-- unknown_lead, inactive.
create or replace function book_appointment(p_request jsonb) returns table (outcome text, appointment_id uuid, detail jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  r record;
  f record;
begin
  select * into r from jsonb_to_record(p_request) as x (key text, digest text, lead_id uuid, branch_id uuid,
    service_id uuid, staff_id uuid,
    scheduled_at timestamptz, duration_minutes int, conversation_id uuid, booking_source text, ai_booking_channel text,
      notes text,
    reason text, party_size int, created_by_staff_id uuid, anytime boolean, on_grid boolean, told_after uuid,
    confirmation_sent boolean);
  if r.scheduled_at is null then
    raise exception 'scheduled_at must not be null' using errcode = 'null_value_not_allowed';
  end if;
  perform lock_bookings(v_tenant);
  select 'booked', a.id into outcome, appointment_id from appointments a where a.tenant_id = v_tenant
    and a.booking_key = r.key;
  if appointment_id is null then
    r.lead_id := living_lead(r.lead_id);
    select * into f from find_room(r.lead_id, r.branch_id, r.service_id, r.staff_id, r.scheduled_at,
      case when r.service_id is null then r.duration_minutes end, null, r.anytime, r.on_grid);
    if f.outcome is null and r.created_by_staff_id is not null and not exists (select from staff s
      where s.tenant_id = v_tenant
      and s.id = r.created_by_staff_id) then
      f.outcome := 'unknown_staff';
    end if;
    if f.outcome is not null then
      return query select f.outcome, null::uuid, '{}'::jsonb;
      return;
    end if;
    begin
      perform free_hold(r.lead_id);
      insert into appointments (tenant_id, branch_id, lead_id, patient_id, staff_id, service_id, scheduled_at,
        duration_minutes,
          buffer_before_minutes, buffer_after_minutes, notes, reason, party_size, conversation_id, booking_source,
          ai_booking_channel, ai_booked_at, created_by_staff_id, booking_key, booking_digest, told_after,
          confirmation_sent)
        select v_tenant, r.branch_id, r.lead_id, (select p.id from patients p where p.tenant_id = v_tenant
          and p.lead_id = r.lead_id),
            f.staff_id, r.service_id, r.scheduled_at, f.minutes, f.buffer_before, f.buffer_after, r.notes, r.reason,
            coalesce(r.party_size, 1), (select c.id from conversations c where c.tenant_id = v_tenant
              and c.id = r.conversation_id),
            coalesce(r.booking_source, 'manual'), r.ai_booking_channel,
            case when r.ai_booking_channel is not null or r.booking_source = 'ai_chat' then app_now() end,
            r.created_by_staff_id, r.key, r.digest, r.told_after, coalesce(r.confirmation_sent, false)
        returning 'booked', id into outcome, appointment_id;
    exception when exclusion_violation then
      -- Somebody wrote it without asking for room: the constraint has the last word.
      return query select 'slot_taken', null::uuid, '{}'::jsonb;
      return;
    end;
    perform tell_of_appointment('appointment-scheduled', appointment_id);
    perform ask_confirmation(appointment_id);
  end if;
  detail := appointment_detail(appointment_id);
  return next;
end $$;

-- Who a lead is now: merged into another it is that one, and so on to the end. A hundred steps end it, should leads ever
-- name each other in a ring.
create or replace function living_lead(p_lead uuid) returns uuid
language plpgsql stable as $$
declare
  v_lead uuid := p_lead;
  v_next uuid;
begin
  for i in 1 .. 100 loop
    select l.merged_into_id into v_next from leads l where l.tenant_id = current_tenant() and l.id = v_lead;
    exit when v_next is null;
    v_lead := v_next;
  end loop;
  return v_lead;
end $$;

create or replace function tell_of_appointment(p_event text, p_appointment uuid) returns void
language plpgsql as $$
begin
  perform emit_event(p_event, jsonb_build_object('appointment', d || jsonb_build_object('id', d -> 'appointment_id')))
    from appointment_detail(p_appointment) d;
end $$;
