-- Branches, as the API tells of them and changes how they are booked.

create or replace function branch_json(b branches) returns jsonb
language plpgsql stable as $$
begin return jsonb_build_object('id', b.id, 'name', b.name, 'slug', b.slug, 'city', b.city, 'timezone', b.timezone,
  'is_headquarters', b.is_headquarters, 'is_active', b.is_active, 'operating_hours', b.operating_hours,
  'slot_minutes', b.slot_minutes, 'booking_notice_minutes', b.booking_notice_minutes,
  'advance_booking_days', b.advance_booking_days, 'appointment_duration_default', b.appointment_duration_default,
  'places', b.places, 'created_at', b.created_at, 'updated_at', b.updated_at);
end $$;

-- Changes what is named of how a branch is booked: {"operating_hours", "slot_minutes", "booking_notice_minutes",
-- "advance_booking_days", "appointment_duration_default", "places"}; what is booked already stays as it is. Null: there is no
-- such branch.
create or replace function change_branch(p_branch uuid, p_change jsonb) returns jsonb
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n branches;
begin
  perform lock_bookings(v_tenant);
  select * into n from branches b where b.tenant_id = v_tenant and b.id = p_branch;
  if n.id is null then return null; end if;
  n := jsonb_populate_record(n, p_change);
  update branches b set operating_hours = n.operating_hours, slot_minutes = n.slot_minutes,
      booking_notice_minutes = n.booking_notice_minutes, advance_booking_days = n.advance_booking_days,
      appointment_duration_default = n.appointment_duration_default, places = n.places
    where b.tenant_id = v_tenant and b.id = p_branch returning b.* into n;
  return branch_json(n);
end $$;
