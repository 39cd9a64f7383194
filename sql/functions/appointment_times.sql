-- When a branch is open, who works then, and what is taken.

-- One after the other books at a business, so that two never wait for each other at a constraint. Taken after the
-- conversation's row; it ends with the transaction.
create or replace function lock_bookings(p_tenant uuid) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_tenant::text || '|book', 2));
end $$;

-- What a week's hours say of a weekday (1 Monday … 7 Sunday), since its midnight; what does not end after its beginning
-- ends the day after. Shapes: {"monday": [{"open": "09:00", "close": "14:00"}, …]}, {"monday": {"open", "close"}} and
-- {"start", "end", "days": [1 … 7]}. What is no time of a day is passed over.
create or replace function hours_on(p_hours jsonb, p_weekday int) returns table (opens interval, closes interval)
language sql immutable as $$
  select t.opens, case when t.closes > t.opens then t.closes else t.closes + interval '24 hours' end
    from (select p_hours -> (array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday',
      'sunday'])[p_weekday]) w (day)
    cross join lateral jsonb_array_elements(case jsonb_typeof(w.day) when 'array' then w.day when 'object'
      then jsonb_build_array(w.day)
      else case when p_hours -> 'days' @> to_jsonb(p_weekday) or p_weekday = 7 and p_hours -> 'days' @> '0'
        then jsonb_build_array(jsonb_build_object('open', p_hours -> 'start', 'close', p_hours -> 'end'))
          else '[]' end end) s
    cross join lateral (select
      case when s ->> 'open' ~ '^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$' then (s ->> 'open')::interval end,
      case when s ->> 'close' ~ '^(([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?)$' then (s ->> 'close')::interval end)
        t (opens, closes)
   where t.opens is not null and t.closes is not null
     and s ->> 'closed' is distinct from 'true' and s ->> 'is_open' is distinct from 'false'
       and s ->> 'enabled' is distinct from 'false'
$$;

-- The hours between two times, and the rest of the days at both ends: those of the branch (the business's, if it has none of
-- its own), and within them those of somebody who works there. Each as it was written, so that slots are counted from its
-- beginning also where one follows another. By the branch's clock: an hour that a change of the clock leaves out is not there.
create or replace function working_spans(p_branch uuid, p_staff uuid, p_from timestamptz, p_to timestamptz)
returns tstzrange[]
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_zone text;
  v_hours jsonb;
  v_first date;
  v_days int;
  v_open tstzrange[];
begin
  select b.timezone, case when b.operating_hours <> '{}' then b.operating_hours else (
      select x.business_hours from ai_tenant_context x where x.tenant_id = v_tenant) end
    into v_zone, v_hours from branches b where b.tenant_id = v_tenant and b.id = p_branch and b.is_active;
  -- One more before the first: it may end after midnight.
  v_first := (p_from at time zone v_zone)::date - 1;
  v_days := (p_to at time zone v_zone)::date - v_first;
  select array_agg(tstzrange(t.opens, t.closes)) into v_open
    from generate_series(0, v_days) n
    cross join lateral hours_on(v_hours, extract(isodow from v_first + n)::int) h
    cross join lateral (select (v_first + n + h.opens) at time zone v_zone, (v_first + n + h.closes) at time zone v_zone)
      t (opens, closes)
   where t.opens < t.closes;
  if p_staff is null then return v_open; end if;
  if not exists (select from staff s join staff_branches w on w.tenant_id = s.tenant_id and w.staff_id = s.id
    where s.tenant_id = v_tenant and s.id = p_staff and s.is_active and w.branch_id = p_branch) then
    return null;
  end if;
  if exists (select from staff_hours h where h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = p_branch) then
    v_open := (
      select array_agg(o * tstzrange(t.opens, t.closes))
        from generate_series(0, v_days) n
        join staff_hours h on h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = p_branch
          and h.weekday = extract(isodow from v_first + n)::int
        cross join lateral (select (v_first + n + h.opens) at time zone v_zone,
          (v_first + n + h.closes + case when h.closes > h.opens then interval '0' else interval '1 day' end) at time
            zone v_zone) t (opens, closes)
        join unnest(v_open) o on o && tstzrange(t.opens, t.closes)
       where t.opens < t.closes);
  end if;
  return v_open;
end $$;

-- The same as one.
create or replace function working_times(p_branch uuid, p_staff uuid, p_from timestamptz, p_to timestamptz)
returns tstzmultirange
language plpgsql stable as $$
begin return (
  select coalesce(range_agg(s), '{}') from unnest(working_spans(p_branch, p_staff, p_from, p_to)) s
); end $$;

-- Closings and time off between two times.
create or replace function off_times(p_branch uuid, p_staff uuid, p_from timestamptz, p_to timestamptz)
returns tstzmultirange
language plpgsql stable as $$
begin return (
  select coalesce(range_agg(tstzrange(o.starts_at, o.ends_at)), '{}') from times_off o
   where o.tenant_id = current_tenant() and o.ends_at > p_from and o.starts_at < p_to
     and (o.branch_id is null or o.branch_id = p_branch) and (o.staff_id is null or o.staff_id = p_staff)
); end $$;

-- What is taken of somebody (place 0) or of a branch's place between two times, holds that have not expired included.
create or replace function taken_times(p_resource uuid, p_place int, p_from timestamptz, p_to timestamptz,
  p_except uuid default null, p_lead uuid default null) returns tstzmultirange
language plpgsql stable as $$
begin return (
  select coalesce(range_agg(tstzrange(o.starts_at, o.ends_at)), '{}') from occupied_times o
   where o.tenant_id = current_tenant() and o.resource_id = p_resource and o.place = p_place
     -- No appointment with its buffers is longer than two days: the index begins there.
     and o.starts_at > p_from - interval '2 days' and o.starts_at < p_to and o.ends_at > p_from
     and (o.expires_at is null or o.expires_at > app_now())
     and (p_except is null or o.appointment_id is distinct from p_except)
     and (p_lead is null or o.lead_id is distinct from p_lead)
); end $$;
