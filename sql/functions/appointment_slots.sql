-- Free slots.

-- Who may take an appointment: who is asked for, whoever does the service, one of the branch's places where nobody does.
-- An appointment without a service is for whoever does any. place 0: a member of staff.
create or replace function who_takes(p_branch uuid, p_service uuid, p_staff uuid)
returns table (staff_id uuid, resource_id uuid, place int)
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
begin
  if p_staff is not null then
    return query select p_staff, p_staff, 0;
  elsif p_service is not null and not exists (select from staff_services x where x.tenant_id = v_tenant
    and x.service_id = p_service)
    or p_service is null and not exists (select from staff_services x
      join staff_branches w on w.tenant_id = x.tenant_id and w.staff_id = x.staff_id
      where x.tenant_id = v_tenant and w.branch_id = p_branch) then
    return query select null::uuid, b.id, n from branches b, generate_series(1, b.places) n
      where b.tenant_id = v_tenant and b.id = p_branch;
  else
    return query select distinct s.id, s.id, 0 from staff_services x
      join staff s on s.tenant_id = x.tenant_id and s.id = x.staff_id and s.is_active
      join staff_branches w on w.tenant_id = s.tenant_id and w.staff_id = s.id and w.branch_id = p_branch
      where x.tenant_id = v_tenant and (p_service is null or x.service_id = p_service);
  end if;
end $$;

-- The earliest free slots that begin between two times (two months at most), one a beginning and branch; null is any. Only
-- what a customer may book: not sooner than the branch's notice, not further than it books ahead.
create or replace function free_slots(p_branch uuid, p_service uuid, p_staff uuid, p_from timestamptz, p_to timestamptz,
  p_limit int)
returns table (starts_at timestamptz, ends_at timestamptz, branch_id uuid, staff_id uuid, staff_name text, local_date date,
  local_time text, weekday int, timezone text)
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_now timestamptz := app_now();
  s services;
begin
  select * into s from services x where x.tenant_id = v_tenant and x.id = p_service and x.is_active and x.is_bookable;
  if p_service is not null and s.id is null then return; end if;
  return query
  with place as materialized (
    select b.id, b.timezone, make_interval(mins => b.slot_minutes) as step,
        make_interval(mins => coalesce(s.duration_minutes, b.appointment_duration_default)) as length,
        greatest(p_from, v_now + make_interval(mins => b.booking_notice_minutes)) as since,
        least(p_to, p_from + interval '62 days', last_day_to_book(b.timezone, b.advance_booking_days)) as until
      from branches b where b.tenant_id = v_tenant and b.is_active and (p_branch is null or b.id = p_branch)
  ), who as materialized (
    select b.id as branch, w.* from place b cross join lateral who_takes(b.id, p_service, p_staff) w
     where p_staff is null or p_service is null or does_service(p_staff, p_service)
  ), hours as materialized (
    select p.*, b.since, b.until, b.step, b.length, w.spans, (select range_agg(x) from unnest(w.spans) x)
        - off_times(b.id, p.staff_id, b.since, b.until + b.length) as open
      from (select distinct branch, who.staff_id from who) p join place b on b.id = p.branch
      cross join lateral (select working_spans(b.id, p.staff_id, b.since, b.until + b.length) as spans offset 0) w
     where b.since < b.until
  ), busy as materialized (
    select h.branch, h.staff_id, taken_times(w.resource_id, w.place, h.since - interval '8 hours',
        h.until + h.length + interval '8 hours') as taken
      from hours h join who w on w.branch = h.branch and w.staff_id is not distinct from h.staff_id
  ), free as (
    select distinct on (g.at, h.branch) g.at, g.at + h.length as until, h.branch, h.staff_id as who
      from hours h
      cross join lateral unnest(h.spans) r
      cross join lateral generate_series(lower(r), upper(r), h.step) g (at)
     where g.at >= h.since and g.at < h.until and tstzrange(g.at, g.at + h.length) <@ h.open
       -- Of a thousand places the first that is free is enough.
       and exists (select from busy k where k.branch = h.branch and k.staff_id is not distinct from h.staff_id
         and not tstzrange(g.at - make_interval(mins => coalesce(s.buffer_before_minutes, 0)),
           g.at + h.length + make_interval(mins => coalesce(s.buffer_after_minutes, 0))) && k.taken)
     order by g.at, h.branch, h.staff_id
  )
  select f.at, f.until, f.branch, f.who, (select coalesce(m.display_name, concat_ws(' ', m.first_name, m.last_name))
    from staff m
      where m.tenant_id = v_tenant and m.id = f.who),
      l.at::date, to_char(l.at, 'HH24:MI'), extract(isodow from l.at)::int, b.timezone
    from free f join place b on b.id = f.branch cross join lateral (select f.at at time zone b.timezone as at) l
   order by f.at, f.branch limit least(greatest(p_limit, 0), 5000);
end $$;

-- The end of the last day that may be booked, by the branch's calendar.
create or replace function last_day_to_book(p_zone text, p_days int) returns timestamptz
language sql stable as $$
  select (((app_now() at time zone p_zone)::date + p_days + 1)::timestamp) at time zone p_zone
$$;

-- Where nobody is named for a service, everybody does it.
create or replace function does_service(p_staff uuid, p_service uuid) returns boolean
language plpgsql stable as $$
begin return (
  select coalesce(bool_or(x.staff_id = p_staff), true) from staff_services x
   where x.tenant_id = current_tenant() and x.service_id = p_service
); end $$;
