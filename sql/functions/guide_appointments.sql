-- What an appointment keeps by itself, whoever writes it, and what the integration guide asks before it books.

-- When it ends, and when it ended. What is over stays as it was, but for notes; a cancelled one may be put back.
create or replace function keep_appointment() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.status in ('completed', 'cancelled', 'rescheduled')
    and (new.status, new.scheduled_at, new.duration_minutes) is distinct from (old.status, old.scheduled_at,
      old.duration_minutes)
    and (old.status, new.status) <> ('cancelled', 'scheduled') then
    raise exception 'this appointment is %: it does not change any more', old.status
      using errcode = 'P0002', constraint = 'appointments_frozen';
  end if;
  new.end_time := new.scheduled_at + make_interval(mins => new.duration_minutes);
  new.cancelled_at := case when new.status = 'cancelled' then coalesce(new.cancelled_at, app_now()) end;
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, app_now()) end;
  if takes_time(new) and (tg_op = 'INSERT' or not takes_time(old)
    or (new.scheduled_at, new.end_time, new.staff_id) is distinct from (old.scheduled_at, old.end_time, old.staff_id)) then
    -- Before its row is written, or two that are written at once wait for each other.
    perform lock_bookings(new.tenant_id);
  end if;
  return new;
end $$;
create or replace trigger keep_appointment before insert or update on appointments
  for each row execute function keep_appointment();

create or replace function takes_time(a appointments) returns boolean
language sql immutable parallel safe as $$ select a.status in ('scheduled', 'confirmed', 'in_progress') $$;

-- Takes the time of who is booked, or the first free place of the branch, and lets go of it; 23P01 if there is none. A
-- person with a new appointment is further than one who asks.
create or replace function occupy_time() returns trigger language plpgsql as $$
declare
  v_resource uuid := coalesce(new.staff_id, new.branch_id);
  v_from timestamptz := new.scheduled_at - make_interval(mins => new.buffer_before_minutes);
  v_to timestamptz := new.end_time + make_interval(mins => new.buffer_after_minutes);
  v_place int := 0;
begin
  if tg_op = 'UPDATE' then
    if takes_time(old) = takes_time(new) and (new.scheduled_at, new.end_time, new.staff_id, new.branch_id,
      new.buffer_before_minutes, new.buffer_after_minutes) is not distinct from (old.scheduled_at, old.end_time,
        old.staff_id,
      old.branch_id, old.buffer_before_minutes, old.buffer_after_minutes) then
      return null;
    end if;
    delete from occupied_times o where o.tenant_id = new.tenant_id and o.appointment_id = new.id;
    -- Who should have come is not there any more (their row was deleted): the appointment stays for people to see.
    if old.staff_id is not null and new.staff_id is null then return null; end if;
  end if;
  if not takes_time(new) then return null; end if;
  delete from occupied_times o where o.tenant_id = new.tenant_id and o.expires_at <= app_now()
    and o.resource_id = v_resource and o.starts_at < v_to and o.ends_at > v_from;
  if new.staff_id is null then
    v_place := free_place(new.tenant_id, new.branch_id, v_from, v_to);
    if v_place is null then
      raise exception 'all places of the branch are taken' using errcode = 'exclusion_violation',
        constraint = 'occupied_times_once';
    end if;
  end if;
  insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, appointment_id)
    values (new.tenant_id, v_resource, v_place, v_from, v_to, new.id);
  if tg_op = 'INSERT' and new.lead_id is not null then
    update leads l set status = 'appointment_scheduled' where l.tenant_id = new.tenant_id and l.id = new.lead_id
      and l.status in ('new', 'contacted', 'qualified');
  end if;
  return null;
end $$;
create or replace trigger occupy_time after insert or update of status, scheduled_at, duration_minutes, staff_id, branch_id,
  buffer_before_minutes, buffer_after_minutes on appointments for each row execute function occupy_time();

-- The first of a branch's places that nobody has meanwhile; null: all are taken.
create or replace function free_place(p_tenant uuid, p_branch uuid, p_from timestamptz, p_to timestamptz) returns int
language plpgsql stable as $$
begin return (
  select min(n) from branches b, generate_series(1, b.places) n
   where b.tenant_id = p_tenant and b.id = p_branch and not exists (select from occupied_times o
     where o.tenant_id = p_tenant and o.resource_id = p_branch and o.place = n
       and o.starts_at > p_from - interval '2 days' and o.starts_at < p_to and o.ends_at > p_from)
); end $$;

-- May it be booked like that? error_code: STAFF_CONFLICT, PATIENT_CONFLICT, OUTSIDE_HOURS, or NOT_BOOKABLE for what is
-- not there or not active (`details.outcome`, as `book_appointment` names it).
create or replace function validate_appointment_booking(p_staff_id uuid, p_lead_id uuid, p_branch_id uuid,
  p_scheduled_at timestamptz, p_duration_minutes int, p_exclude_appointment_id uuid default null,
  p_skip_availability_check boolean default false)
returns table (is_valid boolean, error_code text, error_message text, details jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  f record;
begin
  select * into f from find_room(p_lead_id, p_branch_id, null, p_staff_id, p_scheduled_at, p_duration_minutes,
    p_exclude_appointment_id, p_skip_availability_check);
  is_valid := f.outcome is null;
  error_code := case f.outcome when 'slot_taken' then 'STAFF_CONFLICT' when 'lead_conflict' then 'PATIENT_CONFLICT'
    when 'outside_hours' then 'OUTSIDE_HOURS' else case when f.outcome is not null then 'NOT_BOOKABLE' end end;
  error_message := case f.outcome when 'slot_taken' then 'that time is taken'
    when 'lead_conflict' then 'the person has another appointment then' when 'outside_hours' then 'nobody works then'
    else replace(f.outcome, '_', ' ') end;
  details := case when f.outcome is null then '{}' else jsonb_build_object('outcome', f.outcome) end;
  return next;
end $$;

-- Does somebody work at a branch for so long from then on, and is nothing booked? available_from and available_until: the
-- hours around that time, appointments not counted.
create or replace function check_staff_availability(p_staff_id uuid, p_branch_id uuid, p_scheduled_at timestamptz,
  p_duration_minutes int)
returns table (is_available boolean, reason text, available_from timestamptz, available_until timestamptz)
language plpgsql stable as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_wanted tstzrange := tstzrange(p_scheduled_at, p_scheduled_at + make_interval(mins => p_duration_minutes));
begin
  select lower(r), upper(r) into available_from, available_until
    from unnest(working_times(p_branch_id, p_staff_id, lower(v_wanted), upper(v_wanted))
      - off_times(p_branch_id, p_staff_id, lower(v_wanted), upper(v_wanted))) r where r @> p_scheduled_at;
  reason := case
    when not exists (select from staff s where s.tenant_id = v_tenant and s.id = p_staff_id and s.is_active)
      then 'unknown_staff'
    when available_from is null or available_until < upper(v_wanted) then 'outside_hours'
    when v_wanted && taken_times(p_staff_id, 0, lower(v_wanted), upper(v_wanted)) then 'slot_taken' end;
  is_available := reason is null;
  return next;
end $$;
