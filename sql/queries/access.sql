-- name: findAPIKey :maybe
-- The key with this SHA-256, in whatever state.
select tenant_id as "tenant_id!", key_id as "key_id!", state as "state!", scopes as "scopes!", branch_id,
    per_minute as "per_minute!", per_day as "per_day!", address_allowed as "address_allowed!"
  from find_api_key(:hash, :address);

-- name: findUserRoles :many
-- What a user of the dashboard is, in every business.
select tenant_id as "tenant_id!", slug as "slug!", role as "role!", staff_id, is_active as "is_active!",
    tenant_active as "tenant_active!"
  from find_user_roles(:user_id);

-- name: takeAPICall :one
-- Takes one of a key's calls of this minute and this day.
select allowed as "allowed!", "limit" as "limit!", remaining as "remaining!", reset as "reset!",
    retry_after as "retry_after!"
  from take_api_call(:key_id, :per_minute, :per_day, :address, :endpoint);

-- name: findTokenKey :maybe
select jwk from token_keys where kid = :kid;

-- name: wantTokenKeys :one
-- Has the public keys fetched that tokens are signed with, unless that was just asked for.
select want_token_keys() as "wanted!";

-- name: keepTokenKeys :exec
-- These are the public keys from now on.
with mine as (
  insert into token_keys as t (kid, jwk, fetched_at)
    select distinct on (k ->> 'kid') k ->> 'kid', k, now() from jsonb_array_elements(:keys::jsonb) k
    on conflict (kid) do update set jwk = excluded.jwk, fetched_at = excluded.fetched_at)
delete from token_keys t where t.kid not in (select k ->> 'kid' from jsonb_array_elements(:keys::jsonb) k);

-- name: addAPIKey :maybe
-- A new key: {"name", "description", "environment", "key_hash", "key_prefix", "key_hint", "scopes", "scope_type", "branch_id",
-- "rate_limit_rpm", "rate_limit_daily", "ip_whitelist", "expires_at", "created_by"}. No row: that very key is there.
insert into api_keys (tenant_id, name, description, environment, key_hash, key_prefix, key_hint, scopes, scope_type,
    branch_id, rate_limit_rpm, rate_limit_daily, ip_whitelist, expires_at, created_by)
  select current_tenant(), k ->> 'name', k ->> 'description', coalesce(k ->> 'environment', 'live'), k ->> 'key_hash',
      k ->> 'key_prefix', k ->> 'key_hint', text_list(k -> 'scopes'), coalesce(k ->> 'scope_type', 'branch'),
      (k ->> 'branch_id')::uuid, (k ->> 'rate_limit_rpm')::int, (k ->> 'rate_limit_daily')::int,
      text_list(k -> 'ip_whitelist')::inet[], (k ->> 'expires_at')::timestamptz, (k ->> 'created_by')::uuid
    from (select :key::jsonb as k) x
  on conflict (key_hash) do nothing
  returning id;
