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

-- name: takeUserCall :one
-- Takes one of a user's calls of this minute.
select allowed as "allowed!", "limit" as "limit!", remaining as "remaining!", reset as "reset!",
    retry_after as "retry_after!"
  from take_user_call(:user_id, :per_minute);

-- name: findTokenKey :maybe
-- A public key; `aged`: it was fetched a day ago or earlier, and may have been withdrawn since. One that could not be
-- fetched again for a week is believed no more.
select jwk as "jwk!", fetched_at < app_clock() - interval '1 day' as "aged!"
  from token_keys where kid = :kid and fetched_at > app_clock() - interval '7 days';

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
select x.id as "id!" from add_api_key(:key::jsonb) x (id) where x.id is not null;

-- name: noteOfKey :exec
-- Writes down what was done to a key: created, rotated.
select note_of_key(:id, :action, :by?, :more::jsonb);

-- name: apiKeyAudit :many
-- What was done to the keys, or to one, the latest first, from a place in the list on.
select a.id, a.created_at, jsonb_build_object('id', a.id, 'api_key_id', a.api_key_id, 'action', a.action,
    'by_user', a.by_user, 'details', a.details, 'created_at', a.created_at) as "data!"
  from api_key_audit a
 where a.tenant_id = current_tenant() and (:key_id?::uuid is null or a.api_key_id = :key_id)
   and (:action?::text is null or a.action = :action)
   and (:before?::timestamptz is null or (a.created_at, a.id) < (:before, :before_id?::uuid))
 order by a.created_at desc, a.id desc limit :limit;

-- name: apiKeys :many
-- The tenant's keys, the newest first, without their secrets.
select api_key_json(k) as "data!" from api_keys k where k.tenant_id = current_tenant() order by k.id desc limit 1000;

-- name: apiKey :maybe
select api_key_json(k) as "data!" from api_keys k where k.tenant_id = current_tenant() and k.id = :id;

-- name: apiKeyGround :one
-- The tenant's plan, and how many keys of it are in use.
select t.plan, (select count(*) from api_keys k where k.tenant_id = t.id and k.is_active
    and k.deactivates_at is null
    and coalesce(k.expires_at, 'infinity') > app_now()) as "keys!"
  from tenants t where t.id = current_tenant();

-- name: branchIsThere :one
select exists (select from branches b where b.tenant_id = current_tenant() and b.id = :id) as "there!";

-- name: changeAPIKey :one
-- Changes what is named; false: there is no such key in use.
select change_api_key(:id, :change::jsonb, :by?) as "changed!";

-- name: revokeAPIKey :one
-- Nobody is let in by it from now on. False: there is no such key, or it is revoked already.
select revoke_api_key(:id, :by?, :reason?) as "revoked!";

-- name: replaceAPIKey :one
-- Puts another in the place of a key that is in use and not replaced yet: {"key_hash", "key_prefix", "key_hint"}. Both are
-- taken for :grace_hours. Null id: there is no such key.
with old as (
  update api_keys k set deactivates_at = app_now() + make_interval(hours => :grace_hours::int)
   where k.tenant_id = current_tenant() and k.id = :id and k.is_active and k.deactivates_at is null
   returning k.*),
made as (
  insert into api_keys (tenant_id, name, description, environment, key_hash, key_prefix, key_hint, scopes, scope_type,
      branch_id, rate_limit_rpm, rate_limit_daily, ip_whitelist, expires_at, metadata, created_by)
    select o.tenant_id, o.name, o.description, o.environment, :key::jsonb ->> 'key_hash', :key::jsonb ->> 'key_prefix',
        :key::jsonb ->> 'key_hint', o.scopes, o.scope_type, o.branch_id, o.rate_limit_rpm, o.rate_limit_daily,
        o.ip_whitelist, o.expires_at, o.metadata, coalesce(:by?, o.created_by) from old o
    returning id)
select (select id from made) as "id?", (select name from old) as "name?", (select deactivates_at from old) as "ends_at?";

-- name: noteReplacement :exec
update api_keys set replaced_by_id = :by where tenant_id = current_tenant() and id = :id;

-- name: apiKeyUsage :many
-- Calls a day, the latest first.
select day::text as "day!", requests from api_key_usage
 where tenant_id = current_tenant() and api_key_id = :id order by day desc limit :days;

-- name: noteKeyRefusal :exec
-- Counts a call with a known key that was refused: revoked, expired, address, scope, rate.
select note_key_refusal(:key_id, :reason, :address, :endpoint);

-- name: apiKeyStats :one
-- What was done to the keys, or to one, and with them; days as 2026-02-03. Null: more than 366 days, or none.
select api_key_stats(:from?::text::date, :to?::text::date, :key_id?);

-- name: keyFacts :many
-- What may need somebody's eye about each key: the newest 1000, and how calls with them were refused in the last :days.
select k.id, k.name, k.is_active, k.created_at, k.expires_at, k.deactivates_at, k.last_used_at, app_now() as "now!",
    (select coalesce(jsonb_agg(jsonb_build_object('reason', r.reason, 'times', r.times, 'last_at', r.last_at, 'address',
        r.last_ip, 'endpoint', r.last_endpoint) order by r.reason), '[]')
      from (select x.reason, sum(x.times) as times, max(x.last_at) as last_at,
            (array_agg(x.last_ip order by x.day desc))[1] as last_ip,
            (array_agg(x.last_endpoint order by x.day desc))[1] as last_endpoint
          from api_key_refusals x where x.tenant_id = k.tenant_id and x.api_key_id = k.id
            and x.day > (app_now() at time zone 'UTC')::date - :days::int group by x.reason) r) as "refusals!"
  from api_keys k where k.tenant_id = current_tenant() order by k.id desc limit 1000;

-- name: takeExternalEvent :one
select outcome as "outcome!", id from take_external_event(:told::jsonb, :asker, :branch_id?);

-- name: externalEvents :many
-- What the business's own systems told last.
select e.id, e.event, e.received_at from external_events e
 where e.tenant_id = current_tenant() and (:only_branch?::uuid is null or e.branch_id = :only_branch)
 order by e.id desc limit :limit;

-- name: wantsEvent :one
select wants_event(:event) as "wanted!";
