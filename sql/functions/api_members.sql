-- People of the team, as the API makes and changes them.

-- How somebody of the team is shown to customers.
create or replace function shown_name(p_first text, p_last text, p_display text) returns text
language sql immutable parallel safe as $$
  select coalesce(nullif(btrim(p_display), ''), concat_ws(' ', p_first, p_last))
$$;

-- Who of the team is shown by the same name as somebody or has their e-mail address; p_but: not this one.
create or replace function namesake(n staff, p_but uuid) returns uuid
language plpgsql stable as $$
begin return (
  select s.id from staff s where s.tenant_id = current_tenant() and s.id is distinct from p_but
     and (lower(s.email) = lower(n.email)
       or same_name(shown_name(s.first_name, s.last_name, s.display_name),
         shown_name(n.first_name, n.last_name, n.display_name)))
   order by lower(s.email) <> lower(n.email), s.id limit 1
); end $$;

-- Sets where somebody works, the first branch their main one; where they do no more, their hours are forgotten. Returns the
-- place in the list (from 0) of one that is not there; null: done.
create or replace function set_staff_branches(p_staff uuid, p_branches uuid[]) returns int
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_place int;
begin
  select min(x.n)::int - 1 into v_place from unnest(p_branches) with ordinality x (id, n)
    where not exists (select from branches b where b.tenant_id = v_tenant and b.id = x.id);
  if v_place is not null then return v_place; end if;
  delete from staff_hours h where h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id <> all (p_branches);
  delete from staff_branches w where w.tenant_id = v_tenant and w.staff_id = p_staff;
  insert into staff_branches (tenant_id, staff_id, branch_id, is_primary)
    select v_tenant, p_staff, x.id, min(x.n) = 1 from unnest(p_branches) with ordinality x (id, n) group by x.id;
  return null;
end $$;

-- Makes somebody of the team: {"first_name", "last_name", "email", "role"?, "display_name"?, "role_title"?, "specialty"?,
-- "branch_ids"?, "service_ids"?}. Outcomes: created; exists (the id of whom the name or the e-mail address is);
-- unknown_branch, unknown_service (with its place in the list, from 0).
create or replace function create_member(p_wish jsonb) returns table (outcome text, id uuid, place int)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n staff := jsonb_populate_record(null::staff, p_wish);
  v_new uuid;
begin
  perform lock_bookings(v_tenant);
  id := namesake(n, null);
  if id is not null then
    outcome := 'exists';
    return next;
    return;
  end if;
  insert into staff as s (tenant_id, first_name, last_name, display_name, email, role, role_title, specialty)
    values (v_tenant, btrim(n.first_name), btrim(n.last_name), nullif(btrim(n.display_name), ''), btrim(n.email), coalesce(n.role, 'staff'),
      n.role_title, n.specialty)
    returning s.id into v_new;
  outcome := 'created';
  place := set_staff_branches(v_new, text_list(p_wish -> 'branch_ids')::uuid[]);
  if place is not null then
    outcome := 'unknown_branch';
  else
    select x.place into place from set_staff_services(v_new, text_list(p_wish -> 'service_ids')::uuid[]) x;
    if place is not null then outcome := 'unknown_service'; end if;
  end if;
  if outcome = 'created' then id := v_new; end if;
  return next;
end $$;

-- Changes what is named of somebody of the team: what `create_member` takes but "service_ids", and "is_active". Outcomes:
-- changed, exists, unknown_branch, as there; unknown. Whoever is told anything but changed takes back what was done.
create or replace function change_member(p_staff uuid, p_change jsonb) returns table (outcome text, id uuid, place int)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n staff;
begin
  perform lock_bookings(v_tenant);
  select * into n from staff s where s.tenant_id = v_tenant and s.id = p_staff;
  outcome := 'unknown';
  if n.id is not null then
    n := jsonb_populate_record(n, p_change - 'branch_ids');
    if p_change ?| array['first_name', 'last_name', 'display_name', 'email'] then id := namesake(n, p_staff); end if;
    outcome := case when id is null then 'changed' else 'exists' end;
  end if;
  if outcome = 'changed' then
    update staff s set first_name = btrim(n.first_name), last_name = btrim(n.last_name), display_name = nullif(btrim(n.display_name), ''),
        email = btrim(n.email), role = n.role, role_title = n.role_title, specialty = n.specialty, is_active = n.is_active
      where s.tenant_id = v_tenant and s.id = p_staff;
    if p_change ? 'branch_ids' then place := set_staff_branches(p_staff, text_list(p_change -> 'branch_ids')::uuid[]); end if;
    if place is not null then outcome := 'unknown_branch'; end if;
  end if;
  return next;
end $$;
