-- name: keysOf :many
-- The tenant's keys as people may see them; those that are over only if asked.
select id, name, environment, key_prefix, key_hint, scopes, scope_type, branch_id, rate_limit_rpm, rate_limit_daily,
    expires_at, deactivates_at, revoked_at, last_used_at, created_at,
    case when not is_active then 'revoked' when coalesce(expires_at, 'infinity') <= app_now() then 'expired'
      when deactivates_at <= app_now() then 'replaced' when deactivates_at is not null then 'ending'
      else 'active' end as "state!"
  from api_keys
 where tenant_id = current_tenant() and (:all or is_active and coalesce(deactivates_at, 'infinity') > app_now())
 order by created_at desc, id limit :limit;

-- name: endKey :count
-- Ends a key at once; 0: there is no such key that is not over.
update api_keys set is_active = false, revoked_at = app_now(), revoke_reason = :reason
 where tenant_id = current_tenant() and id = :id and is_active;

-- name: supersedeKey :maybe
-- Lets a key end after so many seconds, another takes its place: what that one is to be like.
update api_keys set deactivates_at = app_now() + make_interval(secs => :seconds)
 where tenant_id = current_tenant() and id = :id and is_active and deactivates_at is null
 returning name, description, environment, scopes, branch_id, rate_limit_rpm, rate_limit_daily,
    ip_whitelist::text[] as "addresses!", expires_at;

-- name: linkKey :exec
update api_keys set replaced_by_id = :next where tenant_id = current_tenant() and id = :id;

-- name: branchOf :maybe
select id from branches where tenant_id = current_tenant() and slug = :slug;
