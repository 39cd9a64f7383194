-- name: bookingNames :one
-- What the words of a wish mean; at: the moment that a clock on the branch's wall shows, null in an hour that it leaves out;
-- again: the second one, in an hour that comes twice. local: as that clock shows it, with its offset.
select n.service_id, n.service_name, n.unknown_service as "unknown_service!", n.branch_id,
  n.unknown_branch as "unknown_branch!",
    n.staff_id, n.unknown_staff as "unknown_staff!", n.timezone as "timezone!", coalesce(n.services, '') as "services!",
    coalesce(n.branches, '') as "branches!", app_now() as "now!", w.moments[1] as at, w.moments[2] as again,
    local_iso(w.moments[1], n.timezone) as at_local, local_iso(w.moments[2], n.timezone) as again_local,
    (:first_day?::text)::timestamp at time zone n.timezone as first_at,
    ((:last_day?::text)::date + 1)::timestamp at time zone n.timezone as last_at
  from booking_names(:service?, :branch?, :staff?, :own_branch?) n
  cross join lateral (select moments_of((:wall?::text)::timestamp, n.timezone) as moments) w;

-- name: freeSlots :many
select f.starts_at as "starts_at!", f.ends_at as "ends_at!", f.branch_id as "branch_id!", b.slug as "branch_slug!",
    b.name as "branch_name!", f.staff_id, f.staff_name, f.local_date::text as "local_date!", f.local_time as "local_time!",
    f.weekday as "weekday!", f.timezone as "timezone!", local_iso(f.starts_at, f.timezone) as "starts_at_local!"
  from free_slots(:branch_id?, :service_id?, :staff_id?, :since, :until, :limit::int) f
  join branches b on b.tenant_id = current_tenant() and b.id = f.branch_id
 order by f.starts_at, f.branch_id;

-- name: upcomingAppointments :many
-- What a person has before them.
select appointment_id as "id!", detail as "detail!" from appointments_ahead(:lead_id);

-- name: bookAppointment :one
select outcome as "outcome!", appointment_id, detail as "detail!" from book_appointment(:request::jsonb);

-- name: rescheduleAppointment :one
select outcome as "outcome!", appointment_id, detail as "detail!" from reschedule_appointment(:request::jsonb);

-- name: cancelAppointment :one
select outcome as "outcome!", appointment_id, detail as "detail!" from cancel_appointment(:request::jsonb);

-- name: holdSlot :one
select outcome as "outcome!", hold_id, detail as "detail!" from hold_slot(:request::jsonb);

-- name: freeHold :count
delete from occupied_times where tenant_id = current_tenant() and id = :id and lead_id is not null
   and (:only_branch?::uuid is null or exists (select from leads l where l.tenant_id = current_tenant()
     and l.id = occupied_times.lead_id and l.branch_id = :only_branch));

-- name: updateAppointment :one
select outcome as "outcome!", appointment_id from update_appointment(:id, :only_branch?, :change::jsonb);

-- name: apiAppointment :maybe
select appointment_json(a) as "data!" from appointments a
 where a.tenant_id = current_tenant() and a.id = :id and (:only_branch?::uuid is null or a.branch_id = :only_branch);

-- name: apiAppointments :one
-- A page of appointments in any order, and how many there are. first_day, last_day: by the branch's calendar. Ids sort by time, and a
-- cursor goes on behind one.
with found as materialized (
  select a.id, a.scheduled_at, a.created_at, a.updated_at, a.status, a.duration_minutes
    from appointments a join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
   where a.tenant_id = current_tenant()
     and (:branch_id?::uuid is null or a.branch_id = :branch_id) and (:staff_id?::uuid is null or a.staff_id = :staff_id)
     and (:lead_id?::uuid is null or a.lead_id = :lead_id) and (:status?::text is null or a.status = :status)
     and (:since?::timestamptz is null or a.scheduled_at >= :since) and (:until?::timestamptz is null
       or a.scheduled_at <= :until)
     and (:first_day?::text is null or a.scheduled_at >= (:first_day)::timestamp at time zone b.timezone)
     and (:last_day?::text is null or a.scheduled_at < ((:last_day)::date + 1)::timestamp at time zone b.timezone)),
page as (
  select f.id, row_number() over (order by case when :descending then null else k.key end,
      case when :descending then k.key end desc nulls last, f.id) as place
    from found f cross join lateral (select case :sort when 'created_at' then to_jsonb(f.id)
      when 'updated_at' then to_jsonb(f.updated_at) when 'status' then to_jsonb(f.status)
      when 'duration_minutes' then to_jsonb(f.duration_minutes) else to_jsonb(f.scheduled_at) end as key) k
   order by place limit :limit offset :offset)
select coalesce((select jsonb_agg(appointment_json(a) order by p.place) from page p
      join appointments a on a.tenant_id = current_tenant() and a.id = p.id), '[]') as "data!",
    (select count(*) from found) as "total!";

-- name: apiAppointmentsAfter :many
-- The newest appointments from a place in the list on; ids sort by time.
select appointment_json(a) as "data!", a.created_at, a.id
  from appointments a join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
 where a.tenant_id = current_tenant() and a.id < :before_id::uuid
   and (:branch_id?::uuid is null or a.branch_id = :branch_id) and (:staff_id?::uuid is null or a.staff_id = :staff_id)
   and (:lead_id?::uuid is null or a.lead_id = :lead_id) and (:status?::text is null or a.status = :status)
   and (:since?::timestamptz is null or a.scheduled_at >= :since) and (:until?::timestamptz is null
     or a.scheduled_at <= :until)
   and (:first_day?::text is null or a.scheduled_at >= (:first_day)::timestamp at time zone b.timezone)
   and (:last_day?::text is null or a.scheduled_at < ((:last_day)::date + 1)::timestamp at time zone b.timezone)
 order by a.id desc limit :limit;

-- name: bookables :one
-- Which of the named things are there: null where nothing was named.
select (select true from branches x where x.tenant_id = current_tenant() and x.id = :branch_id?) as branch,
    (select true from services x where x.tenant_id = current_tenant() and x.id = :service_id?) as service,
    (select true from staff x where x.tenant_id = current_tenant() and x.id = :staff_id?) as staff;

-- name: holdForTool :exec
-- Before a tool takes an appointment: what is kept of its use wants the conversation, which comes first for everybody.
select 1 from conversations c where c.tenant_id = current_tenant() and c.id = :conversation_id for key share;
