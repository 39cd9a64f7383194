-- What a business offers, as the API tells of it, makes and changes it.

create or replace function service_json(s services) returns jsonb
language plpgsql stable as $$
begin return jsonb_build_object('id', s.id, 'name', s.name, 'slug', s.slug, 'category', s.category,
  'description', s.description, 'price_min', s.price_min, 'price_max', s.price_max, 'currency', s.currency,
  'price_note', s.price_note, 'duration_minutes', s.duration_minutes, 'buffer_before_minutes', s.buffer_before_minutes,
  'buffer_after_minutes', s.buffer_after_minutes, 'is_bookable', s.is_bookable, 'is_active', s.is_active,
  'created_at', s.created_at, 'updated_at', s.updated_at,
  'staff_ids', (select coalesce(jsonb_agg(x.staff_id order by x.staff_id), '[]') from staff_services x
    where x.tenant_id = s.tenant_id and x.service_id = s.id));
end $$;

-- Makes a service: what `patch_service` takes, with a name. Without a currency it has the business's. Outcomes: created;
-- exists (the id of the one of this name); prices (the highest is below the lowest).
create or replace function create_service(p_wish jsonb) returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
begin
  perform lock_bookings(v_tenant);
  select s.id into id from services s where s.tenant_id = v_tenant and same_name(s.name, p_wish ->> 'name')
    order by s.id limit 1;
  outcome := case when id is not null then 'exists'
    when (p_wish ->> 'price_max')::numeric < (p_wish ->> 'price_min')::numeric then 'prices' else 'created' end;
  if outcome = 'created' then
    insert into services as s (tenant_id, name, slug, currency)
      values (v_tenant, btrim(p_wish ->> 'name'), free_slug(p_wish ->> 'name', array(select x.slug from services x
          where x.tenant_id = v_tenant)),
        coalesce((select c.currency from ai_tenant_context c where c.tenant_id = v_tenant), 'MXN'))
      returning s.id into id;
    perform patch_service(id, p_wish - 'name');
  end if;
  return next;
end $$;

-- Changes what is named of a service: {"name", "category", "description", "price_min", "price_max", "currency", "price_note"}
-- and of how it is booked {"duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "is_bookable", "is_active"};
-- what is booked already stays as it is. Outcomes: changed (as it is now); exists (another, id, has the name); prices; unknown.
create or replace function patch_service(p_service uuid, p_change jsonb)
returns table (outcome text, id uuid, data jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n services;
begin
  perform lock_bookings(v_tenant);
  select * into n from services s where s.tenant_id = v_tenant and s.id = p_service;
  outcome := 'unknown';
  if n.id is not null then
    n := jsonb_populate_record(n, p_change);
    select s.id into id from services s where s.tenant_id = v_tenant and s.id <> p_service
      and same_name(s.name, p_change ->> 'name') order by s.id limit 1;
    outcome := case when id is not null then 'exists' when n.price_max < n.price_min then 'prices' else 'changed' end;
  end if;
  if outcome = 'changed' then
    update services s set name = btrim(n.name), category = n.category, description = n.description,
        price_min = n.price_min, price_max = n.price_max, currency = n.currency, price_note = n.price_note,
        duration_minutes = n.duration_minutes, buffer_before_minutes = n.buffer_before_minutes,
        buffer_after_minutes = n.buffer_after_minutes, is_bookable = n.is_bookable, is_active = n.is_active
      where s.tenant_id = v_tenant and s.id = p_service returning s.* into n;
    data := service_json(n);
  end if;
  return next;
end $$;

-- For an `api` older than schema 29, while it runs beside it.
create or replace function change_service(p_service uuid, p_change jsonb) returns jsonb
language plpgsql as $$
declare
  r record;
begin
  select p.outcome, p.data into r from patch_service(p_service, p_change) p;
  return case when r.outcome = 'changed' then r.data end;
end $$;
