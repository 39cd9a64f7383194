-- Opening hours, as a business writes them (`openingHours` in Rules puts them into words).

-- When it is open, of the spans that begin on p_day, by the clock on its wall: {"start", "end", "days": [1…7]} (1 Monday, 7 or
-- 0 Sunday), or by day's name {"monday": {"open", "close"} or a list of such}. A span that ends before it begins ends the
-- day after. What cannot be read is no span.
create or replace function opening_spans(p_hours jsonb, p_day date) returns table (opens timestamp, closes timestamp)
language plpgsql immutable as $$
declare
  v_day int := extract(isodow from p_day);
  v_of_day jsonb;
begin
  if jsonb_typeof(p_hours -> 'days') = 'array' then
    if p_hours -> 'days' @> to_jsonb(v_day) or v_day = 7 and p_hours -> 'days' @> '0' then
      v_of_day := jsonb_build_array(jsonb_build_object('open', p_hours -> 'start', 'close', p_hours -> 'end'));
    end if;
  else
    v_of_day := p_hours -> (array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])[v_day];
    if jsonb_typeof(v_of_day) = 'object' and (v_of_day -> 'closed' = 'true' or v_of_day -> 'is_open' = 'false'
      or v_of_day -> 'enabled' = 'false') then
      return;
    end if;
  end if;
  return query
    select s.begins, case when s.ends > s.begins then s.ends else s.ends + interval '1 day' end
      from (
        select p_day + (x.value ->> 'open')::interval as begins, p_day + (x.value ->> 'close')::interval as ends
          from jsonb_array_elements(case jsonb_typeof(v_of_day) when 'array' then v_of_day
            when 'object' then jsonb_build_array(v_of_day) else '[]' end) x
         where x.value ->> 'open' ~ '^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$'
           and x.value ->> 'close' ~ '^(([01]?\d|2[0-3]):[0-5]\d|24:00)(:[0-5]\d)?$' offset 0) s
     order by 1;
end $$;

-- Hours that say something; null if they do not.
create or replace function said_hours(p_hours jsonb) returns jsonb
language plpgsql immutable as $$
begin
  return case when jsonb_typeof(p_hours) = 'object' then nullif(p_hours, '{}') end;
end $$;

-- When the branch is closed whatever its hours say: now and in the coming two months.
create or replace function closings_ahead(p_branch uuid) returns tstzmultirange
language plpgsql stable as $$
begin return (
  select coalesce(range_agg(tstzrange(x.starts_at, x.ends_at)), '{}') from times_off x
   where x.tenant_id = current_tenant() and x.staff_id is null and x.ends_at > app_now()
     and x.starts_at < app_now() + interval '63 days' and (x.branch_id is null or x.branch_id = p_branch)
); end $$;

-- Whether it is open at p_at, and when it opens next by the clock on its wall if it is not: within a week, after a closing
-- within two months. p_off: when it is closed whatever its hours say. open_until: when it closes next, if it is open. All null:
-- it has said nothing of its hours.
drop function if exists opening_state(jsonb, timestamptz, text, tstzmultirange);
create or replace function opening_state(p_hours jsonb, p_at timestamptz, p_zone text, p_off tstzmultirange,
  out is_open boolean, out next_open timestamp, out open_until timestamptz)
language plpgsql stable as $$
declare
  v_today date := (p_at at time zone p_zone)::date;
  v_open tstzmultirange;
  v_days int;
begin
  if jsonb_typeof(p_hours) is distinct from 'object' or p_hours = '{}' then return; end if;
  foreach v_days in array case when p_off = '{}' then '{7}'::int[] else '{7,62}' end loop
    select coalesce(range_agg(tstzrange(t.opens, t.closes)), '{}') - p_off into v_open
      from generate_series(-1, v_days) d
      cross join lateral opening_spans(p_hours, v_today + d) s
      cross join lateral (select s.opens at time zone p_zone, s.closes at time zone p_zone) t (opens, closes)
     where t.opens < t.closes;
    select upper(r) into open_until from unnest(v_open) r where r @> p_at;
    is_open := open_until is not null;
    exit when is_open;
    select min(lower(r)) at time zone p_zone into next_open from unnest(v_open) r where lower(r) > p_at;
    exit when next_open is not null;
  end loop;
end $$;
