-- What the assistant knows beside the business's own tables, and when people take over.

alter table ai_tenant_context
  -- What a person is told when people take over; null: ours (`Rules/LastWord`). As long as every channel takes in one message.
  add column escalation_message text check (char_length(escalation_message) between 1 and 500),
  -- An assistant that is less sure than this of its own answer hands over.
  add column min_confidence numeric(3, 2) not null default 0.5 check (min_confidence between 0 and 1);
-- It was heeded by nobody so far. Heeded by default, the assistant would never book for those who want it most.
alter table ai_tenant_context alter column escalate_on_hot_lead set default false;

alter table conversations
  -- 5 is the most urgent.
  add column escalation_urgency int check (escalation_urgency between 1 and 5),
  -- What made people take over; null: a person's own decision.
  add column escalated_by text check (escalated_by in ('tool', 'keyword', 'messages', 'confidence', 'failure', 'hot_lead', 'n8n',
    'budget')),
  -- People have it now, and the person was not told so yet.
  add column last_word_owed boolean not null default false,
  -- When the assistant was given the conversation back last.
  add column handed_back_at timestamptz;
-- Who has how many: the next goes to whoever has the fewest.
create index conversations_escalated on conversations (tenant_id, escalated_to_staff_id) where status = 'escalated';

-- Other systems of the business's: a till, a store-room, a calendar, customers. Their credentials are kept elsewhere, sealed.
create table integration_connections (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  branch_id uuid,
  integration_type text not null,
  status text not null default 'pending'
    check (status in ('pending', 'configuring', 'connected', 'syncing', 'paused', 'error', 'disconnected')),
  connection_name text,
  auth_type text check (auth_type in ('oauth2', 'api_key', 'basic_auth', 'webhook_secret')),
  sync_enabled boolean not null default false,
  sync_direction text not null default 'inbound' check (sync_direction in ('inbound', 'outbound', 'bidirectional')),
  sync_frequency_minutes int not null default 60 check (sync_frequency_minutes >= 5),
  last_sync_at timestamptz,
  next_sync_at timestamptz,
  sync_contacts boolean not null default false,
  sync_appointments boolean not null default false,
  sync_products boolean not null default false,
  sync_inventory boolean not null default false,
  sync_orders boolean not null default false,
  field_mapping jsonb not null default '{}',
  external_account_id text,
  external_account_name text,
  external_api_base_url text,
  records_synced_total bigint not null default 0,
  records_synced_today int not null default 0,
  error_count int not null default 0,
  consecutive_errors int not null default 0,
  last_error_at timestamptz,
  last_error_message text,
  metadata jsonb not null default '{}',
  connected_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete set null (branch_id)
);
create unique index integration_connections_account on integration_connections
  (tenant_id, integration_type, coalesce(external_account_id, ''));

create table external_products (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  integration_id uuid not null,
  -- The guide's name of the same.
  connection_id uuid generated always as (integration_id) stored,
  external_id text not null,
  external_source text not null,
  linked_service_id uuid,
  name text not null,
  description text,
  category text,
  subcategory text,
  price numeric(12, 2),
  compare_at_price numeric(12, 2),
  price_currency text not null default 'MXN',
  is_available boolean not null default true,
  preparation_time_minutes int,
  calories int,
  allergens text[],
  image_url text,
  image_urls text[],
  has_variants boolean not null default false,
  variants jsonb,
  modifiers jsonb,
  raw_data jsonb,
  last_synced_at timestamptz,
  sync_hash text,
  external_updated_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, integration_id, external_id),
  foreign key (tenant_id, integration_id) references integration_connections (tenant_id, id) on delete cascade,
  foreign key (tenant_id, linked_service_id) references services (tenant_id, id) on delete set null (linked_service_id)
);
create index external_products_menu on external_products (tenant_id, category, name, id) where is_available;

create table external_inventory (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  integration_id uuid not null,
  connection_id uuid generated always as (integration_id) stored,
  external_id text not null,
  external_source text not null,
  sku text,
  name text not null,
  description text,
  category text,
  -- Not whole: flour is weighed.
  quantity_on_hand numeric(14, 3) not null default 0,
  quantity numeric(14, 3) generated always as (quantity_on_hand) stored,
  quantity_reserved numeric(14, 3) not null default 0,
  quantity_available numeric(14, 3) generated always as (quantity_on_hand - quantity_reserved) stored,
  reorder_point numeric(14, 3),
  reorder_quantity numeric(14, 3),
  unit_cost numeric(12, 4),
  unit_price numeric(12, 2),
  price_currency text not null default 'MXN',
  is_active boolean not null default true,
  is_low_stock boolean generated always as (quantity_on_hand <= coalesce(reorder_point, 0)) stored,
  warehouse_name text,
  warehouse_external_id text,
  raw_data jsonb,
  last_synced_at timestamptz,
  sync_hash text,
  external_updated_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, integration_id, external_id),
  foreign key (tenant_id, integration_id) references integration_connections (tenant_id, id) on delete cascade
);
create index external_inventory_by_name on external_inventory (tenant_id, name, id) where is_active;
