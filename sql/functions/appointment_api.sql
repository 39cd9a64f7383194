-- Appointments, as the API tells of them and as staff change them.

create or replace function appointment_json(a appointments) returns jsonb
language plpgsql stable as $$
begin return (
  select jsonb_build_object('id', a.id, 'branch_id', a.branch_id, 'lead_id', a.lead_id, 'patient_id', a.patient_id,
    'staff_id', a.staff_id, 'service_id', a.service_id, 'conversation_id', a.conversation_id,
    'scheduled_at', a.scheduled_at, 'end_time', a.end_time, 'duration_minutes', a.duration_minutes, 'status', a.status,
    'confirmation_status', a.confirmation_status, 'confirmation_sent', a.confirmation_sent, 'reminder_sent', a.reminder_sent,
    'reminder_24h_sent', a.reminder_24h_sent, 'reminder_4h_sent', a.reminder_4h_sent, 'notes', a.notes,
    'internal_notes', a.internal_notes, 'reason', a.reason, 'cancellation_reason', a.cancellation_reason, 'outcome',
      a.outcome)
    || jsonb_build_object('cancelled_at', a.cancelled_at, 'completed_at', a.completed_at,
    'rescheduled_from_id', a.rescheduled_from_id, 'rescheduled_to_id', a.rescheduled_to_id,
    'booking_source', a.booking_source, 'source', a.source, 'ai_booking_channel', a.ai_booking_channel,
    'party_size', a.party_size, 'created_at', a.created_at, 'updated_at', a.updated_at,
    'timezone', b.timezone, 'starts_at_local', local_iso(a.scheduled_at, b.timezone),
    'lead', (select jsonb_build_object('id', l.id, 'full_name', coalesce(nullif(l.full_name, ''), l.name), 'phone', l.phone,
      'email', l.email) from leads l where l.tenant_id = a.tenant_id and l.id = a.lead_id),
    'branch', jsonb_build_object('id', b.id, 'name', b.name),
    'staff', (select jsonb_build_object('id', s.id, 'first_name', s.first_name, 'last_name', s.last_name, 'role', s.role)
      from staff s where s.tenant_id = a.tenant_id and s.id = a.staff_id),
    'service', (select jsonb_build_object('id', s.id, 'name', s.name, 'duration_minutes', s.duration_minutes)
      from services s where s.tenant_id = a.tenant_id and s.id = a.service_id))
    from branches b where b.tenant_id = a.tenant_id and b.id = a.branch_id
); end $$;

-- Changes what is named of an appointment, in place: {"scheduled_at", "branch_id", "staff_id", "service_id",
-- "duration_minutes", "status", "notes", "internal_notes", "cancellation_reason", "outcome", "confirmation_sent",
-- "reminder_sent", "anytime"}. At another time or place, or put back, it is as one that was just booked: to be confirmed and
-- reminded of anew, and the person is told, unless "confirmation_sent" says that they know. completed: who came is a customer
-- now, and a clinic's patient. Outcomes: updated, those of `book_appointment`, unknown_appointment, frozen, begun (neither
-- moved nor cancelled any more).
create or replace function update_appointment(p_appointment uuid, p_branch uuid, p_change jsonb)
returns table (outcome text, appointment_id uuid)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_status text := p_change ->> 'status';
  v_anew boolean;
  v_moves boolean;
  r record;
  l record;
  f record;
  a appointments;
begin
  select * into r from jsonb_to_record(p_change) as x (scheduled_at timestamptz, branch_id uuid, staff_id uuid,
    service_id uuid,
    duration_minutes int, confirmation_sent boolean, reminder_sent boolean, anytime boolean);
  select * into l from lock_appointment(p_appointment, null, p_branch);
  a := l.a;
  appointment_id := a.id;
  v_anew := (coalesce(r.scheduled_at, a.scheduled_at), coalesce(r.branch_id, a.branch_id))
      is distinct from (a.scheduled_at, a.branch_id)
    or a.status = 'cancelled' and v_status = 'scheduled';
  v_moves := v_anew or (coalesce(r.staff_id, a.staff_id), coalesce(r.service_id, a.service_id),
      coalesce(r.duration_minutes, a.duration_minutes))
    is distinct from (a.staff_id, a.service_id, a.duration_minutes);
  outcome := case
    when l.outcome = 'unknown_appointment' or l.outcome = 'begun' and (v_anew or v_status = 'cancelled') then l.outcome
    -- Who was thought not to come may have come; a cancelled one may be put back.
    when l.outcome = 'frozen' and (v_moves and v_status is distinct from 'scheduled'
      or v_status <> a.status and not (a.status = 'no_show' and v_status = 'completed'
        or a.status = 'cancelled' and v_status = 'scheduled')) then 'frozen' end;
  if outcome is null and v_moves then
    select * into f from find_room(a.lead_id, coalesce(r.branch_id, a.branch_id), coalesce(r.service_id, a.service_id),
      coalesce(r.staff_id, case when coalesce(r.branch_id, a.branch_id) = a.branch_id then a.staff_id end),
      coalesce(r.scheduled_at, a.scheduled_at),
      coalesce(r.duration_minutes, case when r.service_id is null then a.duration_minutes end), a.id, r.anytime);
    outcome := f.outcome;
  end if;
  if outcome is not null then
    return next;
    return;
  end if;
  if v_moves then
    begin
      perform free_hold(a.lead_id);
      -- What it forgets then, `forget_reminders` says.
      update appointments x set scheduled_at = coalesce(r.scheduled_at, a.scheduled_at),
          branch_id = coalesce(r.branch_id, a.branch_id), staff_id = f.staff_id,
          service_id = coalesce(r.service_id, a.service_id), duration_minutes = f.minutes,
          buffer_before_minutes = f.buffer_before, buffer_after_minutes = f.buffer_after,
          status = case when a.status = 'cancelled' then 'scheduled' else a.status end,
          moved_at = case when v_anew then app_now() else a.moved_at end
        where x.tenant_id = v_tenant and x.id = a.id;
    exception when exclusion_violation then
      outcome := 'slot_taken';
      return next;
      return;
    end;
  end if;
  update appointments x set status = coalesce(v_status, x.status),
      confirmation_status = case v_status when 'confirmed' then 'confirmed' else x.confirmation_status end,
      notes = changed(p_change, 'notes', x.notes), internal_notes = changed(p_change, 'internal_notes', x.internal_notes),
      cancellation_reason = changed(p_change, 'cancellation_reason', x.cancellation_reason),
      outcome = changed(p_change, 'outcome', x.outcome),
      confirmation_sent = coalesce(r.confirmation_sent, x.confirmation_sent),
      reminder_24h_sent = coalesce(r.reminder_sent, x.reminder_24h_sent)
    where x.tenant_id = v_tenant and x.id = a.id;
  if v_status = 'completed' and a.status <> 'completed' then perform welcome_customer(a.id); end if;
  if v_moves then perform tell_of_appointment('appointment-scheduled', a.id); end if;
  if v_anew then perform ask_confirmation(a.id); end if;
  if v_status = 'cancelled' and a.status <> 'cancelled' then
    perform tell_of_appointment('appointment-cancelled', a.id);
  end if;
  outcome := 'updated';
  return next;
end $$;

-- Who came to an appointment is a customer; a clinic keeps a record of them.
create or replace function welcome_customer(p_appointment uuid) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
begin
  update leads l set status = 'converted' from appointments a
    where a.tenant_id = v_tenant and a.id = p_appointment and l.tenant_id = v_tenant and l.id = a.lead_id
      and l.status not in ('converted', 'lost', 'inactive');
  insert into patients (tenant_id, lead_id, branch_id, first_name, last_name, email)
    select v_tenant, l.id, a.branch_id, coalesce(nullif(l.first_name, ''), nullif(l.full_name, ''), l.name, 'Paciente'),
        coalesce(l.last_name, ''), l.email
      from appointments a
      join leads l on l.tenant_id = v_tenant and l.id = a.lead_id
      join tenants t on t.id = v_tenant and t.vertical in ('dental', 'clinic', 'medical')
     where a.tenant_id = v_tenant and a.id = p_appointment
    on conflict do nothing;
  update appointments a set patient_id = p.id from patients p
    where a.tenant_id = v_tenant and a.id = p_appointment and a.patient_id is null and p.tenant_id = v_tenant
      and p.lead_id = a.lead_id;
end $$;
