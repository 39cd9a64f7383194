-- name: connectionOf :maybe
-- The tenant's account number :account_number on a channel.
select cc.id from channel_connections cc
 where cc.tenant_id = current_tenant() and cc.channel = :channel and cc.account_number = :account_number
 order by cc.id limit 1;

-- name: addInboundSecret :exec
insert into inbound_secrets (tenant_id, id, channel_connection_id, kind, sealed)
  values (current_tenant(), :id, :connection_id, :kind, :sealed);

-- name: dropInboundSecrets :exec
delete from inbound_secrets where tenant_id = current_tenant() and channel_connection_id = :connection_id and kind = :kind;

-- name: addOutboundToken :exec
-- After `dropOutboundToken`: who seals need not be able to read, which `on conflict do update` would take.
insert into outbound_tokens (tenant_id, id, channel_connection_id, kind, sealed)
  values (current_tenant(), :id, :connection_id, :kind, :sealed);

-- name: noteSecret :exec
-- What people may see of a secret that was just sealed: its last four characters, null if it is short, and its end.
insert into secret_hints (tenant_id, channel_connection_id, kind, hint, expires_at)
  values (current_tenant(), :connection_id, :kind, :hint?, :expires_at?)
  on conflict (tenant_id, channel_connection_id, kind) do update set hint = excluded.hint, expires_at = excluded.expires_at;

-- name: dropOutboundToken :exec
delete from outbound_tokens where tenant_id = current_tenant() and channel_connection_id = :connection_id and kind = :kind;

-- name: holdChannel :exec
-- Two who seal a secret of the same account wait for each other.
select 1 as "held" from channel_connections where tenant_id = current_tenant() and id = :connection_id for update;

-- name: addTenant :count
-- A business and how it is answered for; 0: there is no such time zone.
with made as (
  insert into tenants (id, name, slug, vertical, plan, settings)
    select :id, :name, :slug, :vertical, :plan, jsonb_build_object('timezone', z.name)
      from pg_timezone_names z where z.name = :timezone
    returning id)
insert into ai_tenant_context (tenant_id) select id from made;

-- name: addBranch :exec
insert into branches (tenant_id, name, slug, city, timezone, is_headquarters)
  values (current_tenant(), :name, 'matriz', :city, :timezone, true) on conflict (tenant_id, slug) do nothing;

-- name: tenantDetails :maybe
-- A business and how much there is of it.
select t.id as "id!", t.slug as "slug!", t.name as "name!", t.vertical as "vertical!", t.plan as "plan!",
    t.status as "status!", t.settings ->> 'timezone' as timezone, t.created_at as "created_at!",
    (select count(*) from channel_connections c where c.tenant_id = t.id and c.status = 'connected') as "channels!",
    (select count(*) from services s where s.tenant_id = t.id and s.is_active) as "services!",
    (select count(*) from alerts a where a.tenant_id = t.id and a.resolved_at is null) as "alerts!"
  from tenants t where t.id = current_tenant();

-- name: setTenantStatus :count
update tenants set status = :status where id = current_tenant() and status <> :status;
