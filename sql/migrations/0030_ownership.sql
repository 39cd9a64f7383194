-- An account that is only claimed keeps nobody else from entering it, nor tells them that it is here: across businesses
-- only one may have it proven (`owned_at`), each business has it once.
drop index channel_connections_account;
create unique index channel_connections_account on channel_connections (channel, account_id)
  where account_id is not null and owned_at is not null and status <> 'disconnected';
create unique index channel_connections_account_once on channel_connections (tenant_id, channel, account_id)
  where account_id is not null and status <> 'disconnected';

-- What was disconnected, or is of a business that is cancelled, is nobody's until it is proven anew. The owner stands behind
-- the wall too, until policies.sql raises it again.
alter table channel_connections no force row level security;
alter table tenants no force row level security;
update channel_connections c set owned_at = null
 where c.owned_at is not null and (c.status = 'disconnected' or exists (
   select from tenants t where t.id = c.tenant_id and t.status = 'cancelled'));
