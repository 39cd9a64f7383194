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

-- name: setOutboundToken :exec
insert into outbound_tokens (tenant_id, id, channel_connection_id, kind, sealed)
  values (current_tenant(), :id, :connection_id, :kind, :sealed)
  on conflict (tenant_id, channel_connection_id, kind) do update set id = excluded.id, sealed = excluded.sealed;

-- name: noteSecret :exec
-- What people may see of a secret that was just sealed: its last four characters, null if it is short, and its end.
insert into secret_hints (tenant_id, channel_connection_id, kind, hint, expires_at)
  values (current_tenant(), :connection_id, :kind, :hint?, :expires_at?)
  on conflict (tenant_id, channel_connection_id, kind) do update set hint = excluded.hint, expires_at = excluded.expires_at;
