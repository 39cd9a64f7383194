-- The team, as the API tells of it, and when and what each of them works.

-- Whether somebody of the team is seen; p_branch: by a key of that branch, which sees who works there.
create or replace function sees_staff(p_staff uuid, p_branch uuid) returns boolean
language plpgsql stable as $$
begin return exists (
  select from staff s where s.tenant_id = current_tenant() and s.id = p_staff and (p_branch is null or exists (
    select from staff_branches w where w.tenant_id = s.tenant_id and w.staff_id = s.id and w.branch_id = p_branch))
); end $$;

create or replace function staff_json(s staff, p_branch uuid) returns jsonb
language plpgsql stable as $$
begin return jsonb_build_object('id', s.id, 'first_name', s.first_name, 'last_name', s.last_name,
  'display_name', s.display_name, 'role', s.role, 'role_title', s.role_title, 'specialty', s.specialty,
  'is_active', s.is_active, 'created_at', s.created_at,
  'branches', (select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'name', b.name, 'is_primary', w.is_primary)
      order by w.is_primary desc, b.name, b.id), '[]')
    from staff_branches w join branches b on b.tenant_id = w.tenant_id and b.id = w.branch_id
    where w.tenant_id = s.tenant_id and w.staff_id = s.id and (p_branch is null or w.branch_id = p_branch)),
  'services', (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'name', v.name) order by v.name, v.id), '[]')
    from staff_services x join services v on v.tenant_id = x.tenant_id and v.id = x.service_id
    where x.tenant_id = s.tenant_id and x.staff_id = s.id));
end $$;

-- A week at each branch where somebody works: [{"branch_id", "branch_name", "timezone", "hours": {"monday": [{"open",
-- "close"}, …], …} or null: whenever the branch is open}].
create or replace function staff_hours_json(p_staff uuid, p_branch uuid) returns jsonb
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
begin return (
  select coalesce(jsonb_agg(jsonb_build_object('branch_id', b.id, 'branch_name', b.name, 'timezone', b.timezone,
      'hours', h.week) order by b.name, b.id), '[]')
    from staff_branches w join branches b on b.tenant_id = w.tenant_id and b.id = w.branch_id
    cross join lateral (
      select case when count(x.opens) > 0 then jsonb_object_agg(d.name, d.spans) end as week
        from (select n.name, max(h.opens) as opens, coalesce(jsonb_agg(jsonb_build_object('open', to_char(h.opens,
            'HH24:MI'), 'close', to_char(h.closes, 'HH24:MI')) order by h.opens) filter (where h.opens is not null), '[]')
            as spans
          from unnest(array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
            with ordinality n (name, day)
          left join staff_hours h on h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = b.id
            and h.weekday = n.day
          group by n.name) d
        cross join lateral (select d.opens) x) h
   where w.tenant_id = v_tenant and w.staff_id = p_staff and (p_branch is null or w.branch_id = p_branch)
); end $$;

-- Sets when somebody works at a branch: [{"weekday" (1 Monday … 7 Sunday), "opens", "closes"}]; none: whenever the branch
-- is open. Nobody books meanwhile; whoever books afterwards finds the new hours. Outcomes: set, unknown_staff,
-- unknown_branch (they do not work there).
create or replace function set_staff_hours(p_staff uuid, p_branch uuid, p_spans jsonb) returns text
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
begin
  perform lock_bookings(v_tenant);
  if not sees_staff(p_staff, null) then return 'unknown_staff'; end if;
  if not sees_staff(p_staff, p_branch) then return 'unknown_branch'; end if;
  delete from staff_hours h where h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = p_branch;
  insert into staff_hours (tenant_id, staff_id, branch_id, weekday, opens, closes)
    select v_tenant, p_staff, p_branch, s.weekday, s.opens, s.closes
      from jsonb_to_recordset(p_spans) as s (weekday int, opens time, closes time);
  return 'set';
end $$;

-- Sets what somebody does, by the services' ids. left_alone: what nobody does any more since then, so that it takes a place
-- of the branch instead of a person. Outcomes: set, unknown_staff, unknown_service (with its place in the list, from 0).
create or replace function set_staff_services(p_staff uuid, p_services uuid[])
returns table (outcome text, place int, left_alone jsonb)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_gone uuid[];
begin
  perform lock_bookings(v_tenant);
  if not sees_staff(p_staff, null) then
    outcome := 'unknown_staff';
    return next;
    return;
  end if;
  select min(n)::int - 1 into place from unnest(p_services) with ordinality x (id, n)
    where not exists (select from services s where s.tenant_id = v_tenant and s.id = x.id);
  if place is not null then
    outcome := 'unknown_service';
    return next;
    return;
  end if;
  with gone as (
    delete from staff_services x where x.tenant_id = v_tenant and x.staff_id = p_staff and x.service_id <> all (p_services)
      returning x.service_id)
  select coalesce(array_agg(service_id), '{}') into v_gone from gone;
  insert into staff_services (tenant_id, staff_id, service_id)
    select distinct v_tenant, p_staff, x from unnest(p_services) x on conflict do nothing;
  outcome := 'set';
  select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.name, s.id), '[]') into left_alone
    from services s where s.tenant_id = v_tenant and s.id = any (v_gone) and not exists (
      select from staff_services x where x.tenant_id = v_tenant and x.service_id = s.id);
  return next;
end $$;
