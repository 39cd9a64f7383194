-- A business's accounts on the platforms, and their secrets in two tables with two families of keys.

create table channel_connections (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  branch_id uuid,
  channel text not null check (channel in ('whatsapp', 'instagram', 'facebook', 'tiktok', 'webchat', 'voice')),
  account_number int not null default 1 check (account_number in (1, 2)),
  status text not null default 'pending'
    check (status in ('pending', 'configuring', 'connected', 'disconnected', 'error', 'suspended')),
  ai_enabled boolean not null default true,
  connection_name text,
  account_name text,
  whatsapp_phone_number_id text,
  whatsapp_business_account_id text,
  instagram_account_id text,
  instagram_page_id text,
  instagram_username text,
  facebook_page_id text,
  facebook_page_name text,
  tiktok_business_id text,
  tiktok_client_key text,
  tiktok_open_id text,
  -- The platform's id of the account that messages arrive at and leave from.
  account_id text generated always as (case channel
    when 'whatsapp' then whatsapp_phone_number_id
    when 'instagram' then instagram_account_id
    when 'facebook' then facebook_page_id
    when 'tiktok' then tiktok_open_id end) stored,
  -- null: the platform's defaults (`Rules/Debounce.swift`).
  first_message_delay_seconds int check (first_message_delay_seconds between 0 and 1800),
  subsequent_message_delay_seconds int check (subsequent_message_delay_seconds between 0 and 300),
  ai_personality_override text check (ai_personality_override in ('professional', 'professional_friendly', 'formal')),
  custom_instructions_override text,
  error_count int not null default 0,
  last_message_at timestamptz,
  last_error_at timestamptz,
  last_error_message text,
  connected_at timestamptz,
  disconnected_at timestamptz,
  connection_metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete set null (branch_id),
  unique nulls not distinct (tenant_id, branch_id, channel, account_number)
);
-- Routing: an account of a platform belongs to one tenant.
create unique index channel_connections_account on channel_connections (channel, account_id)
  where account_id is not null and status <> 'disconnected';

create index channel_connections_business on channel_connections (whatsapp_business_account_id)
  where whatsapp_business_account_id is not null;

-- What proves that a platform speaks to us. The webhook programs hold the key family that opens these.
create table inbound_secrets (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  channel_connection_id uuid not null,
  kind text not null check (kind in ('app_secret', 'verify_token', 'client_secret', 'webhook_secret')),
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade
);
create index inbound_secrets_of on inbound_secrets (tenant_id, channel_connection_id);

-- What lets us speak to a platform. Only `jobs`, `jobs-process` and `integrations` may read these and hold their keys.
create table outbound_tokens (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  channel_connection_id uuid not null,
  kind text not null check (kind in ('access_token', 'refresh_token')),
  sealed bytea not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel_connection_id, kind),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade
);
