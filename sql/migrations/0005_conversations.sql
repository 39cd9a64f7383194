-- Conversations, what was said in them, and what became of it.

create table conversations (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  lead_id uuid not null,
  branch_id uuid,
  channel text not null check (channel in ('whatsapp', 'instagram', 'facebook', 'tiktok', 'webchat', 'sms')),
  channel_connection_id uuid not null,
  channel_conversation_id text,
  -- Where answers go: the alias and spelling under which the person wrote last.
  contact_kind text not null,
  contact_address text not null,
  status text not null default 'active'
    check (status in ('active', 'waiting_response', 'escalated', 'resolved', 'archived')),
  ai_handling boolean not null default true,
  context jsonb not null default '{}',
  escalated_at timestamptz,
  escalated_to_staff_id uuid,
  escalation_reason text,
  resolved_at timestamptz,
  resolution_notes text,
  message_count int not null default 0,
  turn_count int not null default 0,
  last_message_at timestamptz,
  -- The platform's time of the person's last message: the reply window is counted from it.
  last_inbound_at timestamptz,
  -- The person's last message that waits for an answer. A reply to an older one is not sent.
  last_question_id uuid,
  -- When somebody of the business wrote last, here or in the platform's own app.
  last_human_at timestamptz,
  first_response_time_seconds int,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade,
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete set null (branch_id),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade,
  foreign key (tenant_id, escalated_to_staff_id) references staff (tenant_id, id)
    on delete set null (escalated_to_staff_id)
);
-- One open conversation a person and account: an escalated one is matched too, or the bot would start afresh.
create unique index conversations_open on conversations (tenant_id, lead_id, channel_connection_id)
  where status in ('active', 'waiting_response', 'escalated');
create index conversations_recent on conversations (tenant_id, last_message_at desc);

create table messages (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  conversation_id uuid not null,
  channel_connection_id uuid not null,
  role text not null check (role in ('user', 'assistant', 'staff', 'system')),
  sender_type text not null generated always as (case role
    when 'user' then 'lead' when 'assistant' then 'ai' else role end) stored,
  sender_id uuid,
  content text not null,
  content_type text not null default 'text',
  message_type text not null default 'text',
  channel text not null default 'whatsapp',
  external_id text,
  external_timestamp timestamptz,
  -- The machine value of a choice: a button's or list row's id, a payload.
  selection text,
  reply_to_external_id text,
  status text not null check (status in ('received', 'pending', 'sending', 'accepted', 'sent', 'delivered', 'read',
    'played', 'failed', 'withheld', 'unknown')),
  error_code text,
  error_message text,
  -- Of a reply: the last message of the person that it takes into account.
  answers_message_id uuid,
  processed_by_job_id uuid,
  sent_by_staff_id uuid,
  -- Whose attempt moved it to `sending`: only that one may go on.
  send_attempt uuid,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  metadata jsonb not null default '{}',
  -- The platform's item as it came.
  raw jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade,
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade,
  foreign key (tenant_id, sent_by_staff_id) references staff (tenant_id, id) on delete set null (sent_by_staff_id)
);
-- Delivered twice is stored once.
create unique index messages_external on messages (tenant_id, channel_connection_id, external_id)
  where external_id is not null;
create index messages_of on messages (tenant_id, conversation_id, id);
-- A job that ran half and runs again finds its own reply instead of asking Claude once more.
create index messages_by_job on messages (tenant_id, processed_by_job_id) where processed_by_job_id is not null;

-- Every report about a message. Kept under the platform's id, because a report may come before our own send call has
-- returned that id.
create table message_status_history (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  channel_connection_id uuid not null,
  message_id uuid,
  external_id text not null,
  status text not null,
  participant text not null default '',
  occurred_at timestamptz,
  error_code text,
  error_message text,
  raw jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel_connection_id, external_id, status, participant),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade
);

-- What platforms tell besides messages and their states: reactions, edits, templates, account notices. Kept raw.
create table channel_events (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  channel_connection_id uuid not null,
  lead_id uuid,
  kind text not null,
  external_id text not null,
  content text not null default '',
  reply_to_external_id text,
  occurred_at timestamptz,
  details jsonb not null default '{}',
  raw jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel_connection_id, kind, external_id),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade,
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete set null (lead_id)
);
