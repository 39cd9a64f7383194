-- An account that is only claimed keeps nobody else from entering it, nor tells them that it is here: across businesses
-- only one may have it proven (`owned_at`), each business has it once.
drop index channel_connections_account;
create unique index channel_connections_account on channel_connections (channel, account_id)
  where account_id is not null and owned_at is not null and status <> 'disconnected';
create unique index channel_connections_account_once on channel_connections (tenant_id, channel, account_id)
  where account_id is not null and status <> 'disconnected';

-- What was disconnected is nobody's until it is proven anew. The owner stands behind the wall too, until policies.sql raises
-- it again.
alter table channel_connections no force row level security;
update channel_connections set owned_at = null where status = 'disconnected' and owned_at is not null;
