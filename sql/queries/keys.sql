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

-- name: branchOf :maybe
select id from branches where tenant_id = current_tenant() and slug = :slug;
