-- Who asks the API. What comes before a tenant is known crosses the wall, and is narrow because of that.

-- The key with this SHA-256: no row if there is none. state: active, expired, revoked, or closed (the business is). Where
-- the caller's address is not known, a key with a list of addresses is refused.
create or replace function find_api_key(p_hash text, p_address text)
returns table (tenant_id uuid, key_id uuid, state text, scopes text[], branch_id uuid, per_minute int, per_day int,
  address_allowed boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select k.tenant_id, k.id,
      case when not k.is_active or k.revoked_at is not null or k.deactivates_at <= app_now() then 'revoked'
        when k.expires_at <= app_now() then 'expired' when t.status <> 'active' then 'closed' else 'active' end,
      k.scopes, k.branch_id, k.rate_limit_rpm, k.rate_limit_daily,
      case when cardinality(k.ip_whitelist) = 0 then true
        when p_address ~ '^([0-9]{1,3}[.]){3}[0-9]{1,3}$|^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$' then p_address::inet <<= any (k.ip_whitelist)
        else false end
    from api_keys k join tenants t on t.id = k.tenant_id
   where k.key_hash = p_hash
$$;

-- What a user of the dashboard is, in every business.
create or replace function find_user_roles(p_user uuid)
returns table (tenant_id uuid, slug text, role text, staff_id uuid, is_active boolean, tenant_active boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.tenant_id, t.slug, r.role, r.staff_id, r.is_active, t.status = 'active'
    from user_roles r join tenants t on t.id = r.tenant_id where r.user_id = p_user order by t.slug
$$;

-- A public key is not known: has it fetched, at most twice a minute however often unknown ones are named. True: a job was
-- made. Jobs belong to a business; this one is put into the oldest one's.
create or replace function want_token_keys() returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into token_key_asks as a (asked_at) values (app_clock())
    on conflict (one) do update set asked_at = excluded.asked_at where a.asked_at < excluded.asked_at - interval '30 seconds';
  if not found then return false; end if;
  insert into jobs (tenant_id, job_type, unique_key, priority, max_attempts)
    select t.id, 'fetch_jwks', 'fetch_jwks', 1, 3 from tenants t where t.status = 'active' order by t.id limit 1
    on conflict do nothing;
  return found;
end $$;

-- Takes one of a key's calls of this minute and this day, if there is one left; what is refused is not counted.
create or replace function take_api_call(p_key uuid, p_per_minute int, p_per_day int, p_address text, p_endpoint text)
returns table (allowed boolean, "limit" int, remaining int, reset bigint, retry_after int)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_now timestamptz := app_clock();
  v_minute timestamptz := date_trunc('minute', v_now, 'UTC');
  v_day date := (v_now at time zone 'UTC')::date;
  u api_key_usage;
begin
  -- A count that a crash takes back harms nobody; a wait for the disk at each call would.
  perform set_config('synchronous_commit', 'off', true);
  insert into api_key_usage as x (tenant_id, api_key_id, day, requests, minute, minute_requests)
    values (v_tenant, p_key, v_day, 1, v_minute, 1)
    on conflict (tenant_id, api_key_id, day) do update set requests = x.requests + 1,
      minute = v_minute, minute_requests = case when x.minute = v_minute then x.minute_requests + 1 else 1 end
      where x.requests < p_per_day and (x.minute <> v_minute or x.minute_requests < p_per_minute)
    returning x.* into u;
  allowed := found;
  if not allowed then
    select x.* into u from api_key_usage x where x.tenant_id = v_tenant and x.api_key_id = p_key and x.day = v_day;
  else
    update api_keys k set last_used_at = v_now, last_used_ip = nullif(p_address, ''), last_used_endpoint = p_endpoint
      where k.tenant_id = v_tenant and k.id = p_key
        and (k.last_used_at is null or k.last_used_at < v_now - interval '1 minute');
  end if;
  "limit" := p_per_minute;
  remaining := greatest(least(p_per_minute - u.minute_requests, p_per_day - u.requests), 0);
  reset := extract(epoch from case when u.requests >= p_per_day then (v_day + 1)::timestamp at time zone 'UTC'
    else v_minute + interval '1 minute' end);
  retry_after := case when allowed then 0 else greatest(reset - floor(extract(epoch from v_now)), 1) end;
  return next;
end $$;

-- Takes one of a user's calls of a minute that begins with the first. What is refused does not count.
create or replace function take_user_call(p_user uuid, p_per_minute int)
returns table (allowed boolean, "limit" int, remaining int, reset bigint, retry_after int)
language plpgsql as $$
declare
  v_taken jsonb;
begin
  -- As for keys.
  perform set_config('synchronous_commit', 'off', true);
  v_taken := check_rate_limit('api:user:' || p_user, p_per_minute, 60);
  allowed := (v_taken ->> 'success')::boolean;
  "limit" := p_per_minute;
  remaining := (v_taken ->> 'remaining')::int;
  reset := ceil((v_taken ->> 'reset')::numeric / 1000);
  retry_after := case when allowed then 0 else greatest(reset - floor(extract(epoch from app_clock())), 1) end;
  return next;
end $$;

-- What the API tells of a key: never its hash.
create or replace function api_key_json(k api_keys) returns jsonb
language sql stable as $$
  select to_jsonb(k) - 'tenant_id' - 'key_hash' || jsonb_build_object(
    'usage_count', (select coalesce(sum(u.requests), 0) from api_key_usage u
      where u.tenant_id = k.tenant_id and u.api_key_id = k.id),
    'usage_count_today', (select coalesce(sum(u.requests), 0) from api_key_usage u
      where u.tenant_id = k.tenant_id and u.api_key_id = k.id and u.day = (app_now() at time zone 'UTC')::date))
$$;

-- What is typed into a search, so that % and _ mean themselves.
create or replace function like_text(p_text text) returns text
language sql immutable parallel safe as $$ select regexp_replace(p_text, '([\\%_])', '\\\1', 'g') $$;
