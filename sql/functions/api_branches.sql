-- Branches, as the API tells of them, makes and changes them.

create or replace function branch_json(b branches) returns jsonb
language plpgsql stable as $$
begin return jsonb_build_object('id', b.id, 'name', b.name, 'slug', b.slug, 'city', b.city, 'address', b.address,
  'phone', b.phone, 'timezone', b.timezone, 'is_headquarters', b.is_headquarters, 'is_active', b.is_active, 'operating_hours', b.operating_hours,
  'slot_minutes', b.slot_minutes, 'booking_notice_minutes', b.booking_notice_minutes,
  'advance_booking_days', b.advance_booking_days, 'appointment_duration_default', b.appointment_duration_default,
  'places', b.places, 'created_at', b.created_at, 'updated_at', b.updated_at);
end $$;

-- Whether two names are one to people: case and spaces do not count.
create or replace function same_name(p_a text, p_b text) returns boolean
language sql immutable parallel safe as $$
  select lower(regexp_replace(btrim(p_a), '\s+', ' ', 'g')) = lower(regexp_replace(btrim(p_b), '\s+', ' ', 'g'))
$$;

-- A slug of a name, at most 46 characters, that is none of p_taken.
create or replace function free_slug(p_name text, p_taken text[]) returns text
language plpgsql immutable as $$
declare
  v_slug text := coalesce(nullif(btrim(left(replace(folded_name(p_name), ' ', '-'), 40), '-'), ''), 'n');
  v_free text := v_slug;
  v_next int := 2;
begin
  while v_free = any (p_taken) loop
    v_free := v_slug || '-' || v_next;
    v_next := v_next + 1;
  end loop;
  return v_free;
end $$;

-- Makes a branch: {"name", "city", "timezone"?} and what `patch_branch` takes. Without a time zone it has the headquarters',
-- else the business's. Outcomes: created; exists (the id of the one of this name); unknown_zone.
create or replace function create_branch(p_wish jsonb) returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_zone text;
begin
  perform lock_bookings(v_tenant);
  select b.id into id from branches b where b.tenant_id = v_tenant and same_name(b.name, p_wish ->> 'name')
    order by b.id limit 1;
  if id is not null then
    outcome := 'exists';
    return next;
    return;
  end if;
  v_zone := coalesce(p_wish ->> 'timezone', (select b.timezone from branches b where b.tenant_id = v_tenant
      order by b.is_headquarters desc, b.id limit 1),
    (select t.settings ->> 'timezone' from tenants t where t.id = v_tenant), 'America/Mexico_City');
  if not exists (select from pg_timezone_names z where z.name = v_zone) then
    outcome := 'unknown_zone';
    return next;
    return;
  end if;
  insert into branches as b (tenant_id, name, slug, city, timezone, is_headquarters)
    values (v_tenant, btrim(p_wish ->> 'name'), free_slug(p_wish ->> 'name', array(select x.slug::text from branches x
        where x.tenant_id = v_tenant)), p_wish ->> 'city', v_zone,
      not exists (select from branches x where x.tenant_id = v_tenant))
    returning b.id into id;
  perform patch_branch(id, p_wish - 'name');
  outcome := 'created';
  return next;
end $$;

-- Changes what is named of a branch: {"name", "city", "address", "phone", "is_active"} and of how it is booked
-- {"operating_hours", "slot_minutes", "booking_notice_minutes", "advance_booking_days", "appointment_duration_default",
-- "places"}; what is booked already stays as it is. Outcomes: changed (as it is now); exists (another, id, has the name);
-- unknown.
create or replace function patch_branch(p_branch uuid, p_change jsonb)
returns table (outcome text, id uuid, data jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n branches;
begin
  perform lock_bookings(v_tenant);
  select * into n from branches b where b.tenant_id = v_tenant and b.id = p_branch;
  outcome := 'unknown';
  if n.id is not null then
    select b.id into id from branches b where b.tenant_id = v_tenant and b.id <> p_branch
      and same_name(b.name, p_change ->> 'name') order by b.id limit 1;
    outcome := case when id is null then 'changed' else 'exists' end;
  end if;
  if outcome = 'changed' then
    n := jsonb_populate_record(n, p_change);
    update branches b set name = btrim(n.name), city = n.city, address = n.address, phone = n.phone,
        is_active = n.is_active, operating_hours = n.operating_hours, slot_minutes = n.slot_minutes,
        booking_notice_minutes = n.booking_notice_minutes, advance_booking_days = n.advance_booking_days,
        appointment_duration_default = n.appointment_duration_default, places = n.places
      where b.tenant_id = v_tenant and b.id = p_branch returning b.* into n;
    data := branch_json(n);
  end if;
  return next;
end $$;

-- For an `api` older than schema 29, while it runs beside it.
create or replace function change_branch(p_branch uuid, p_change jsonb) returns jsonb
language plpgsql as $$
declare
  r record;
begin
  select p.outcome, p.data into r from patch_branch(p_branch, p_change) p;
  return case when r.outcome = 'changed' then r.data end;
end $$;
