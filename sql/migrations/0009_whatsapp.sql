-- What a channel needs beyond its messages: who may be written to and when, what was approved, how fast, what went wrong.

alter table channel_connections
  -- Messages a second that the platform grants this number; null: what `Rules/SendPace` says.
  add column throughput_per_second int check (throughput_per_second between 1 and 1000),
  add column quality text,
  add column messaging_limit text,
  -- The platform's error that stopped it; null while it runs.
  add column stopped_code text,
  add column stopped_at timestamptz;

alter table messages
  -- What leaves, when it is more than text (`Rules/OutboundContent`).
  add column payload jsonb,
  -- The platform's id of an attachment, as the guide calls the column.
  add column media_url text,
  -- From the time before this account was connected: never asked, never answered.
  add column historical boolean not null default false,
  -- Came too late to be answered by itself (an outage): a person decides.
  add column stale boolean not null default false,
  add column edited_at timestamptz,
  add column deleted_at timestamptz,
  -- What the platform says that it charges.
  add column billing jsonb;

-- Asked at every report, every accepted send, every merge of two people.
create index message_status_history_of on message_status_history (tenant_id, message_id) where message_id is not null;
create index channel_events_of on channel_events (tenant_id, lead_id) where lead_id is not null;

-- Edits and deletions may come before their message.
create index channel_events_target on channel_events (tenant_id, channel_connection_id, reply_to_external_id)
  where kind in ('edit', 'delete');

-- The reply window of a person at an account. Longer-lived than a conversation: closing one does not close the window.
create table contact_windows (
  tenant_id uuid not null references tenants on delete cascade,
  channel_connection_id uuid not null,
  lead_id uuid not null,
  -- By the platform's clock, never ahead of ours.
  last_inbound_at timestamptz not null,
  opened_by text not null check (opened_by in ('message', 'call')),
  -- The last advertisement that brought the person, and until when answers to it are free of charge.
  ad_clicked_at timestamptz,
  referral jsonb,
  free_entry_until timestamptz,
  primary key (tenant_id, channel_connection_id, lead_id),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade,
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade
);
create index contact_windows_of on contact_windows (tenant_id, lead_id);

-- What a person allows us to send. The newest word counts.
create table contact_consents (
  tenant_id uuid not null references tenants on delete cascade,
  lead_id uuid not null,
  channel text not null,
  scope text not null check (scope in ('marketing', 'all')),
  state text not null check (state in ('stopped', 'allowed')),
  source text not null check (source in ('platform', 'keyword', 'error', 'staff')),
  said_at timestamptz not null,
  -- The platform refused for now: nothing of this scope before then.
  not_before timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, lead_id, channel, scope),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade
);

-- How a person feels about a message now; an empty emoji: took it back.
create table message_reactions (
  tenant_id uuid not null references tenants on delete cascade,
  channel_connection_id uuid not null,
  target_external_id text not null,
  lead_id uuid not null,
  emoji text not null,
  reacted_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, channel_connection_id, target_external_id, lead_id),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade,
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade
);
create index message_reactions_of on message_reactions (tenant_id, lead_id);

-- Message templates as the platform knows them. `status`, `category` and `quality` are its words: it adds new ones.
create table message_templates (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  -- Of the platform's business account (WABA) that owns it.
  business_account_id text not null,
  name text not null,
  language text not null,
  external_id text,
  category text,
  status text not null default 'UNKNOWN',
  reason text,
  quality text,
  parameter_format text check (parameter_format in ('positional', 'named')),
  components jsonb,
  status_at timestamptz,
  quality_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, business_account_id, name, language)
);

-- Attachments that a platform holds for us, and where we keep them once fetched.
create table media_files (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  channel_connection_id uuid not null,
  message_id uuid,
  external_id text not null,
  kind text not null,
  mime_type text,
  -- Hexadecimal; of the platform before it is fetched, of the file afterwards.
  sha256 text,
  size bigint,
  filename text,
  status text not null default 'pending' check (status in ('pending', 'stored', 'gone', 'refused')),
  -- Below MEDIA_DIR; null unless stored.
  storage_key text,
  error_message text,
  -- After this the platform no longer has it.
  expires_at timestamptz,
  stored_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel_connection_id, external_id),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade,
  foreign key (tenant_id, message_id) references messages (tenant_id, id) on delete set null (message_id)
);
create index media_files_of on media_files (tenant_id, message_id);

-- What a person must know or do. One row a cause while it is open: the same again only counts.
create table alerts (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  channel_connection_id uuid,
  kind text not null,
  dedup_key text not null,
  severity text not null check (severity in ('act', 'watch')),
  -- What is wrong and what to do about it, for a person.
  sentence text not null,
  details jsonb not null default '{}',
  times int not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  resolved_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade
);
create unique index alerts_open on alerts (tenant_id, dedup_key) where resolved_at is null;

-- How fast an account may send, to everybody (contact '') and to one person. Written at every send: no trigger, no index.
create table send_pace (
  tenant_id uuid not null references tenants on delete cascade,
  channel_connection_id uuid not null,
  contact text not null,
  -- The theoretical time of the next send (a leaky bucket in one number).
  due_at timestamptz not null default '-infinity',
  blocked_until timestamptz,
  -- Only what the business begins by itself (templates) is held.
  initiated_blocked_until timestamptz,
  -- How often in a row the platform said "too fast for this person".
  strikes int not null default 0,
  reason text,
  primary key (tenant_id, channel_connection_id, contact),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- The windows that are open today. The owner stands behind the wall too while it is forced.
alter table conversations no force row level security;
insert into contact_windows (tenant_id, channel_connection_id, lead_id, last_inbound_at, opened_by)
  select tenant_id, channel_connection_id, lead_id, max(last_inbound_at), 'message'
    from conversations where last_inbound_at is not null group by 1, 2, 3;
