-- Who may ask: keys, tokens, limits.

-- Integrators' keys. Of a key itself only its SHA-256 is kept.
create table api_keys (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  name varchar(100) not null,
  description text,
  environment text not null default 'live' check (environment in ('live', 'test')),
  key_hash text not null check (key_hash ~ '^[0-9a-f]{64}$'),
  -- What people tell it by: its beginning without the secret part, and its end.
  key_prefix text not null,
  key_hint text not null,
  scopes text[] not null default '{}',
  scope_type text not null default 'branch' check (scope_type in ('tenant', 'branch')),
  branch_id uuid,
  rate_limit_rpm int not null default 60 check (rate_limit_rpm between 1 and 1000),
  rate_limit_daily int not null default 10000 check (rate_limit_daily between 1 and 1000000),
  -- Addresses and networks it may be used from; none: from anywhere.
  ip_whitelist inet[] not null default '{}',
  expires_at timestamptz,
  is_active boolean not null default true,
  revoked_at timestamptz, revoked_by uuid, revoke_reason text,
  -- Another took its place: until then both are taken.
  deactivates_at timestamptz,
  replaced_by_id uuid,
  -- Written at most once a minute.
  last_used_at timestamptz, last_used_ip text, last_used_endpoint text,
  metadata jsonb not null default '{}',
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check ((scope_type = 'branch') = (branch_id is not null)),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete cascade
);
-- Who asks does not say whose key it is.
create unique index api_keys_hash on api_keys (key_hash);
create unique index api_keys_name on api_keys (tenant_id, name) where is_active and deactivates_at is null;

-- How often a key was used, a row a day, and in it the minute that runs: the limits hold for all processes together.
create table api_key_usage (
  tenant_id uuid not null references tenants on delete cascade,
  api_key_id uuid not null,
  day date not null,
  requests int not null default 0,
  minute timestamptz not null,
  minute_requests int not null default 0,
  primary key (tenant_id, api_key_id, day),
  foreign key (tenant_id, api_key_id) references api_keys (tenant_id, id) on delete cascade
) with (fillfactor = 70);

-- What was asked under a key of the asker's own, and what was answered: asked again, the same is answered.
create table api_requests (
  tenant_id uuid not null references tenants on delete cascade,
  asker text not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 255),
  -- SHA-256 of what was asked.
  digest text not null,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, asker, idempotency_key)
);
create index api_requests_old on api_requests (tenant_id, created_at);

-- The public keys of who issues the dashboard's tokens.
create table token_keys (
  kid text primary key,
  jwk jsonb not null,
  fetched_at timestamptz not null default now()
);
-- When they were asked for last: somebody may send tokens of unknown keys as often as he likes.
create table token_key_asks (
  one boolean primary key default true check (one),
  asked_at timestamptz not null
);

create index user_roles_user on user_roles (user_id);

-- Until when somebody of the business has read.
alter table conversations add column staff_read_at timestamptz;
create index conversations_latest on conversations (tenant_id, (coalesce(last_message_at, created_at)) desc, id desc);
create index conversations_of_lead on conversations (tenant_id, lead_id);
create index leads_created on leads (tenant_id, created_at desc, id desc);
-- Integrators enter people, too.
alter table leads drop constraint leads_source_check;
alter table leads add constraint leads_source_check check (source in ('whatsapp', 'instagram', 'facebook', 'tiktok',
  'website', 'referral', 'walk_in', 'phone', 'google', 'api', 'other'));
alter table leads add column custom_fields jsonb not null default '{}';
