-- What becomes of an appointment. "lead_id" in a request: it must be that person's, or there is none such.

-- Locks an appointment. What is not there, not theirs or over is told by outcome: unknown_appointment, frozen; begun: it has
-- begun, or its time is past and nobody has said what became of it.
create or replace function lock_appointment(p_appointment uuid, p_lead uuid, p_branch uuid default null)
returns table (outcome text, a appointments)
language plpgsql as $$
begin
  perform lock_bookings(current_tenant());
  select * into a from appointments x where x.tenant_id = current_tenant() and x.id = p_appointment
    and (p_branch is null or x.branch_id = p_branch) for update;
  outcome := case
    when (a).id is null or p_lead is not null and (a).lead_id is distinct from living_lead(p_lead) then 'unknown_appointment'
    when (a).status in ('completed', 'cancelled', 'rescheduled', 'no_show') then 'frozen'
    when (a).status = 'in_progress' or (a).scheduled_at <= app_now() then 'begun' end;
  return next;
end $$;

-- {"key", "appointment_id", "lead_id"?, "scheduled_at", "branch_id"?, "staff_id"?, "service_id"?, "duration_minutes"?,
-- "anytime"?, "on_grid"?, "told_after"?, "confirmation_sent"?}: a new appointment takes its place, and the old one says so.
-- Outcomes: rescheduled, unknown_appointment, frozen or begun (detail: the old one), and those of `book_appointment`.
create or replace function reschedule_appointment(p_request jsonb)
returns table (outcome text, appointment_id uuid, detail jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  r record;
  f record;
  l record;
  a appointments;
begin
  select * into r from jsonb_to_record(p_request) as x (key text, appointment_id uuid, lead_id uuid,
    scheduled_at timestamptz,
    branch_id uuid, staff_id uuid, service_id uuid, duration_minutes int, anytime boolean, on_grid boolean,
    told_after uuid, confirmation_sent boolean);
  if r.scheduled_at is null then
    raise exception 'scheduled_at must not be null' using errcode = 'null_value_not_allowed';
  end if;
  perform lock_bookings(v_tenant);
  select 'rescheduled', x.id into outcome, appointment_id from appointments x
    where x.tenant_id = v_tenant and x.booking_key = r.key;
  if appointment_id is not null then
    return query select outcome, appointment_id, appointment_detail(appointment_id);
    return;
  end if;
  select * into l from lock_appointment(r.appointment_id, r.lead_id);
  outcome := l.outcome;
  a := l.a;
  if outcome is not null then
    return query select outcome, a.id, case when outcome in ('frozen', 'begun') then appointment_detail(a.id) else '{}' end;
    return;
  end if;
  -- Another branch has other people; else whoever it was with stays, if they can.
  select * into f from find_room(a.lead_id, coalesce(r.branch_id, a.branch_id), coalesce(r.service_id, a.service_id),
    coalesce(r.staff_id, case when coalesce(r.branch_id, a.branch_id) = a.branch_id and coalesce(r.service_id, a.service_id)
      is not distinct from a.service_id then a.staff_id end), r.scheduled_at,
    coalesce(r.duration_minutes, case when r.service_id is null then a.duration_minutes end), a.id, r.anytime, r.on_grid);
  if f.outcome in ('slot_taken', 'off_grid', 'outside_hours', 'inactive', 'unknown_staff') and r.staff_id is null
    and a.staff_id is not null then
    select * into f from find_room(a.lead_id, coalesce(r.branch_id, a.branch_id), coalesce(r.service_id, a.service_id), null,
      r.scheduled_at, coalesce(r.duration_minutes, case when r.service_id is null then a.duration_minutes end), a.id,
        r.anytime, r.on_grid);
  end if;
  if f.outcome is not null then
    return query select f.outcome, a.id, '{}'::jsonb;
    return;
  end if;
  begin
    perform free_hold(a.lead_id);
    update appointments x set status = 'rescheduled' where x.tenant_id = v_tenant and x.id = a.id;
    insert into appointments (tenant_id, branch_id, lead_id, patient_id, staff_id, service_id, scheduled_at,
        duration_minutes, buffer_before_minutes, buffer_after_minutes, notes, internal_notes, reason, party_size,
        reservation_type, conversation_id, booking_source, ai_booking_channel, ai_booked_at, created_by_staff_id,
        deposit_status, deposit_amount_cents, metadata, rescheduled_from_id, booking_key, told_after, confirmation_sent)
      values (v_tenant, coalesce(r.branch_id, a.branch_id), a.lead_id, a.patient_id, f.staff_id, coalesce(r.service_id,
        a.service_id),
        r.scheduled_at, f.minutes, f.buffer_before, f.buffer_after, a.notes, a.internal_notes, a.reason, a.party_size,
        a.reservation_type, a.conversation_id, a.booking_source, a.ai_booking_channel, a.ai_booked_at,
        a.created_by_staff_id, a.deposit_status, a.deposit_amount_cents, a.metadata, a.id, r.key, r.told_after,
        coalesce(r.confirmation_sent, false))
      returning 'rescheduled', id into outcome, appointment_id;
  exception when exclusion_violation then
    return query select 'slot_taken', a.id, '{}'::jsonb;
    return;
  end;
  update appointments x set rescheduled_to_id = reschedule_appointment.appointment_id where x.tenant_id = v_tenant
    and x.id = a.id;
  perform tell_of_appointment('appointment-scheduled', appointment_id);
  perform ask_confirmation(appointment_id);
  detail := appointment_detail(appointment_id);
  return next;
end $$;

-- {"appointment_id", "lead_id"?, "reason"?}. Outcomes: cancelled (also of one that was cancelled before),
-- unknown_appointment, frozen, begun.
create or replace function cancel_appointment(p_request jsonb)
returns table (outcome text, appointment_id uuid, detail jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l record;
  a appointments;
begin
  select * into l from lock_appointment((p_request ->> 'appointment_id')::uuid, (p_request ->> 'lead_id')::uuid);
  outcome := l.outcome;
  a := l.a;
  appointment_id := a.id;
  if outcome = 'frozen' and a.status = 'cancelled' then
    outcome := 'cancelled';
  elsif outcome is null then
    update appointments x set status = 'cancelled', cancellation_reason = nullif(btrim(p_request ->> 'reason'), '')
      where x.tenant_id = v_tenant and x.id = a.id;
    outcome := 'cancelled';
    perform tell_of_appointment('appointment-cancelled', a.id);
  end if;
  detail := case when outcome = 'unknown_appointment' then '{}' else appointment_detail(a.id) end;
  if outcome = 'unknown_appointment' then appointment_id := null; end if;
  return next;
end $$;

-- {"appointment_id", "lead_id"?}: whoever is expected says that they come. Outcomes: confirmed (also of one that was),
-- in_past, unknown_appointment, frozen.
create or replace function confirm_appointment(p_request jsonb)
returns table (outcome text, appointment_id uuid, detail jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l record;
  a appointments;
begin
  select * into l from lock_appointment((p_request ->> 'appointment_id')::uuid, (p_request ->> 'lead_id')::uuid);
  outcome := nullif(l.outcome, 'begun');
  a := l.a;
  if outcome is null then
    if a.end_time < app_now() then
      outcome := 'in_past';
    else
      outcome := 'confirmed';
      update appointments x set status = case x.status when 'scheduled' then 'confirmed' else x.status end,
          confirmation_status = 'confirmed'
        where x.tenant_id = v_tenant and x.id = a.id;
    end if;
  end if;
  appointment_id := case when outcome <> 'unknown_appointment' then a.id end;
  detail := case when appointment_id is null then '{}' else appointment_detail(a.id) end;
  return next;
end $$;

-- Keeps a time for somebody who is still deciding: {"lead_id", "branch_id", "service_id"?, "staff_id"?, "scheduled_at",
-- "duration_minutes"? (as `book_appointment` takes it), "hold_minutes"? (10; 60 at most)}. A person has one hold: the next
-- replaces it, their booking ends it. Outcomes: held (detail: {"expires_at", "staff_id"}), and those of `book_appointment`.
create or replace function hold_slot(p_request jsonb) returns table (outcome text, hold_id uuid, detail jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  r record;
  f record;
  v_from timestamptz;
  v_to timestamptz;
  v_until timestamptz;
begin
  select * into r from jsonb_to_record(p_request) as x (lead_id uuid, branch_id uuid, service_id uuid, staff_id uuid,
    scheduled_at timestamptz, duration_minutes int, hold_minutes int);
  if r.scheduled_at is null or r.lead_id is null then
    raise exception 'scheduled_at and lead_id must not be null' using errcode = 'null_value_not_allowed';
  end if;
  perform lock_bookings(v_tenant);
  r.lead_id := living_lead(r.lead_id);
  select * into f from find_room(r.lead_id, r.branch_id, r.service_id, r.staff_id, r.scheduled_at,
    case when r.service_id is null then r.duration_minutes end);
  outcome := f.outcome;
  if outcome is not null then
    detail := '{}';
    return next;
    return;
  end if;
  v_from := r.scheduled_at - make_interval(mins => f.buffer_before);
  v_to := r.scheduled_at + make_interval(mins => f.minutes + f.buffer_after);
  v_until := app_now() + make_interval(mins => least(greatest(coalesce(r.hold_minutes, 10), 1), 60));
  perform free_hold(r.lead_id);
  delete from occupied_times o where o.tenant_id = v_tenant and o.expires_at <= app_now()
    and o.resource_id = coalesce(f.staff_id, r.branch_id) and o.starts_at < v_to and o.ends_at > v_from;
  insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, lead_id, expires_at)
    values (v_tenant, coalesce(f.staff_id, r.branch_id), case when f.staff_id is null
      then free_place(v_tenant, r.branch_id, v_from, v_to) else 0 end, v_from, v_to, r.lead_id, v_until)
    returning 'held', id into outcome, hold_id;
  detail := jsonb_build_object('expires_at', v_until, 'staff_id', f.staff_id);
  return next;
end $$;

-- What was kept for somebody is free again. Returns whether anything was.
create or replace function free_hold(p_lead uuid) returns boolean
language plpgsql as $$
begin
  delete from occupied_times o where o.tenant_id = current_tenant() and o.lead_id = p_lead;
  return found;
end $$;

-- Holds that nobody waits for any more, at most so many. Returns how many there were.
create or replace function prune_holds(p_limit int) returns int
language plpgsql as $$
declare
  v_done int;
begin
  delete from occupied_times o where o.tenant_id = current_tenant() and o.id in (
    select x.id from occupied_times x where x.tenant_id = current_tenant() and x.expires_at <= app_now() limit p_limit);
  get diagnostics v_done = row_count;
  return v_done;
end $$;
