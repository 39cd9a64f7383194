-- What a business offers, as the API tells of it and changes how it is booked.

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

-- Changes what is named of how a service is booked: {"duration_minutes", "buffer_before_minutes", "buffer_after_minutes",
-- "is_bookable", "is_active"}; what is booked already stays as it is. Null: there is no such service.
create or replace function change_service(p_service uuid, p_change jsonb) returns jsonb
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  c record;
  s services;
begin
  perform lock_bookings(v_tenant);
  select * into c from jsonb_to_record(p_change) as x (duration_minutes int, buffer_before_minutes int,
    buffer_after_minutes int, is_bookable boolean, is_active boolean);
  update services x set duration_minutes = coalesce(c.duration_minutes, x.duration_minutes),
      buffer_before_minutes = coalesce(c.buffer_before_minutes, x.buffer_before_minutes),
      buffer_after_minutes = coalesce(c.buffer_after_minutes, x.buffer_after_minutes),
      is_bookable = coalesce(c.is_bookable, x.is_bookable), is_active = coalesce(c.is_active, x.is_active)
    where x.tenant_id = v_tenant and x.id = p_service returning x.* into s;
  return case when s.id is not null then service_json(s) end;
end $$;
