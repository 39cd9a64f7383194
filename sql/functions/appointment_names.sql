-- What people and models call a service, a branch, somebody.

-- Without accents, case and anything but letters and digits.
create or replace function folded_name(p_text text) returns text
language sql immutable parallel safe as $$
  select btrim(regexp_replace(translate(lower(p_text), 'áàâäãéèêëíìîïóòôöõúùûüñç', 'aaaaaeeeeiiiiooooouuuunc'),
    '[^a-z0-9]+', ' ', 'g'))
$$;

-- How well a name is meant by what somebody says, 0 best; null: not at all. p_words: more that it is known by.
create or replace function name_rank(p_said text, p_name text, p_words text[] default '{}') returns int
language sql immutable as $$
  select case
    when s = n then 0
    when ' ' || n || ' ' like '% ' || s || ' %' or ' ' || s || ' ' like '% ' || n || ' %' then 1
    when exists (select from unnest(p_words) w where folded_name(w) <> '' and ' ' || s || ' ' like '% ' || folded_name(w)
      || ' %') then 2
    -- "limpieza de dientes" means "Limpieza dental"; "de" means nothing.
    when exists (select from regexp_split_to_table(s, ' ') w where length(w) > 4 and ' ' || n || ' ' like '% ' || w ||
      ' %') then 3
    end
  from (select folded_name(p_said) as s, folded_name(p_name) as n) x where s <> '' and n <> ''
$$;

-- What is meant by the words in a wish to book. p_branch: the words', else this one, else the only one. The unknown_… say
-- that there were words and nothing of that name; services and branches: what there is.
create or replace function booking_names(p_service text, p_branch text, p_staff text, p_own_branch uuid)
returns table (service_id uuid, service_name text, unknown_service boolean, branch_id uuid, unknown_branch boolean,
  staff_id uuid, unknown_staff boolean, timezone text, services text, branches text)
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
begin
  select x.id, x.name into service_id, service_name from services x
   where x.tenant_id = v_tenant and x.is_active and x.is_bookable and (p_service is null and (select count(*) from services o
       where o.tenant_id = v_tenant and o.is_active and o.is_bookable) = 1
     or least(name_rank(p_service, x.name, x.keywords), name_rank(p_service, x.slug)) is not null)
   order by least(name_rank(p_service, x.name, x.keywords), name_rank(p_service, x.slug)), x.display_order, x.id limit 1;
  unknown_service := p_service is not null and service_id is null;
  select x.id, x.timezone into branch_id, timezone from branches x
   where x.tenant_id = v_tenant and x.is_active and case
     when p_branch is not null then
       least(name_rank(p_branch, x.name, array[x.city]), name_rank(p_branch, x.slug)) is not null
     else x.id = p_own_branch or (select count(*) from branches o where o.tenant_id = v_tenant and o.is_active) = 1 end
   order by least(name_rank(p_branch, x.name, array[x.city]), name_rank(p_branch, x.slug)), x.id limit 1;
  unknown_branch := p_branch is not null and branch_id is null;
  if p_staff is not null then
    select x.id into staff_id from staff x
     where x.tenant_id = v_tenant and x.is_active
       and name_rank(p_staff, concat_ws(' ', x.display_name, x.first_name, x.last_name)) is not null
       and (branch_id is null or exists (select from staff_branches w where w.tenant_id = v_tenant and w.staff_id = x.id
         and w.branch_id = booking_names.branch_id))
     order by name_rank(p_staff, concat_ws(' ', x.display_name, x.first_name, x.last_name)), x.id limit 1;
  end if;
  unknown_staff := p_staff is not null and staff_id is null;
  if timezone is null then
    select coalesce(min(x.timezone), 'America/Mexico_City') into timezone from branches x
      where x.tenant_id = v_tenant and x.is_active;
  end if;
  select string_agg(x.name, ', ' order by x.display_order, x.id) into services from services x
    where x.tenant_id = v_tenant and x.is_active and x.is_bookable;
  select string_agg(x.name || ' (' || x.slug || ')', ', ' order by x.is_headquarters desc, x.id) into branches
    from branches x
    where x.tenant_id = v_tenant and x.is_active;
  return next;
end $$;

-- The moments at which a place's clock shows this, in their order: none in the hour that a change of the clock leaves out, two
-- in the one that comes twice.
create or replace function moments_of(p_wall timestamp, p_zone text) returns timestamptz[]
language sql stable parallel safe as $$
  select coalesce(array_agg(distinct m.at), '{}')
    from (select p_wall at time zone p_zone as near) n
    -- As far from Greenwich as a day before, and as a day after.
    cross join lateral (values (n.near - interval '1 day'), (n.near + interval '1 day')) d (at)
    cross join lateral (
      select (p_wall - ((d.at at time zone p_zone) - (d.at at time zone 'UTC'))) at time zone 'UTC' as at) m
   where m.at at time zone p_zone = p_wall
$$;

-- A moment as its place's clock shows it, with how far that is from Greenwich: 2026-02-03T10:00:00-07:00.
create or replace function local_iso(p_at timestamptz, p_zone text) returns text
language sql stable parallel safe as $$
  select to_char(l, 'YYYY-MM-DD"T"HH24:MI:SS') || case when o < interval '0' then '-' else '+' end
      || to_char(greatest(o, -o), 'HH24:MI')
    from (select p_at at time zone p_zone as l, (p_at at time zone p_zone) - (p_at at time zone 'UTC') as o) x
$$;
