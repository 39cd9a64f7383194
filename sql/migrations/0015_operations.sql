-- Templates, tokens that end, and the health of channels.

-- Who renews a token holds it for a while, so that two do not use up one refresh token. `client_secret`: of a tenant's own
-- app, where renewing wants it.
alter table outbound_tokens
  add column renewal uuid,
  add column renewal_until timestamptz,
  drop constraint outbound_tokens_kind_check,
  add constraint outbound_tokens_kind_check check (kind in ('access_token', 'refresh_token', 'client_secret'));

-- Where a file is whose address came with its message.
alter table media_files add column source_url text;

-- When the platform listed it last; null: we know of it by news alone.
alter table message_templates add column synced_at timestamptz;

-- The last `test_channel`: {"ok", "checks": [{"name", "state", "sentence", "cure"?}], "subscribed"?}.
alter table channel_connections
  add column tested_at timestamptz,
  add column test_result jsonb;

-- Files of ours: under which id the platform has one. It keeps what was uploaded until `expires_at`.
alter table media_files
  add column platform_id text,
  add column uploaded_at timestamptz;

-- Their bytes until `jobs` has put them into MEDIA_DIR: who takes them in may write nothing there.
create table uploads (
  tenant_id uuid not null references tenants on delete cascade,
  media_id uuid not null,
  bytes bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, media_id),
  foreign key (tenant_id, media_id) references media_files (tenant_id, id) on delete cascade
);
