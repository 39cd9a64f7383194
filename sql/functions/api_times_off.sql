-- Time off and closings by the API. What is booked then stays booked: it is told, and people decide.

-- What is told of an appointment that somebody has to move.
create or replace function appointment_in_the_way(a appointments) returns jsonb
language sql stable as $$
  select jsonb_build_object('id', a.id, 'lead_id', a.lead_id, 'branch_id', a.branch_id, 'staff_id', a.staff_id,
    'service_id', a.service_id, 'scheduled_at', a.scheduled_at, 'end_time', a.end_time, 'status', a.status)
$$;

-- What is booked while nobody is there, at p_branch if that is given: {"total", "first": [`appointment_in_the_way`, …] (so
-- many)}.
create or replace function appointments_during(o times_off, p_branch uuid, p_most int) returns jsonb
language plpgsql stable as $$
begin return (
  select jsonb_build_object('total', count(*), 'first', coalesce(jsonb_agg(appointment_in_the_way(x.a)
      order by x.n) filter (where x.n <= p_most), '[]'))
    from (select a, row_number() over (order by a.scheduled_at, a.id) as n from appointments a
      where a.tenant_id = o.tenant_id and a.status in ('scheduled', 'confirmed', 'in_progress')
        -- Nothing is longer than a day.
        and a.scheduled_at > o.starts_at - interval '1 day' and a.scheduled_at < o.ends_at and a.end_time > o.starts_at
        and a.end_time > app_now() and (p_branch is null or a.branch_id = p_branch) and (o.branch_id is null or a.branch_id = o.branch_id)
        and (o.staff_id is null or a.staff_id = o.staff_id)) x
); end $$;

-- What somebody has before them at a branch outside the hours they work there, likewise.
create or replace function appointments_outside(p_staff uuid, p_branch uuid, p_most int) returns jsonb
language plpgsql stable as $$
begin return (
  select jsonb_build_object('total', count(*), 'first', coalesce(jsonb_agg(appointment_in_the_way(x.a)
      order by x.n) filter (where x.n <= p_most), '[]'))
    from (select a, row_number() over (order by a.scheduled_at, a.id) as n from appointments a
      where a.tenant_id = current_tenant() and a.staff_id = p_staff and a.branch_id = p_branch
        and a.status in ('scheduled', 'confirmed', 'in_progress') and a.scheduled_at > app_now()
        and not tstzrange(a.scheduled_at, a.end_time) <@ working_times(p_branch, p_staff, a.scheduled_at, a.end_time)) x
); end $$;

create or replace function time_off_json(o times_off) returns jsonb
language sql stable as $$
  select jsonb_build_object('id', o.id, 'branch_id', o.branch_id, 'staff_id', o.staff_id, 'starts_at', o.starts_at,
    'ends_at', o.ends_at, 'reason', o.reason, 'created_at', o.created_at)
$$;

-- {"branch_id"?, "staff_id"?, "starts_at", "ends_at", "reason"?}. Nobody books meanwhile, so that what is told to be in the
-- way afterwards is all of it. Outcomes: added, unknown_branch, unknown_staff (of the branch, if one is named).
create or replace function add_time_off(p_wish jsonb) returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  w record;
begin
  perform lock_bookings(v_tenant);
  select * into w from jsonb_to_record(p_wish) as x (branch_id uuid, staff_id uuid, starts_at timestamptz,
    ends_at timestamptz, reason text);
  outcome := case
    when w.branch_id is not null and not exists (select from branches b where b.tenant_id = v_tenant and b.id = w.branch_id)
      then 'unknown_branch'
    when w.staff_id is not null and not sees_staff(w.staff_id, w.branch_id) then 'unknown_staff'
    else 'added' end;
  if outcome = 'added' then
    insert into times_off as o (tenant_id, branch_id, staff_id, starts_at, ends_at, reason)
      values (v_tenant, w.branch_id, w.staff_id, w.starts_at, w.ends_at, nullif(w.reason, '')) returning o.id into id;
  end if;
  return next;
end $$;
