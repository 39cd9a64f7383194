-- What the business's own automations (n8n) are told, and what they tell us.

-- A business that has none has no row: emitting costs it one look.
create table n8n_settings (
  tenant_id uuid primary key references tenants on delete cascade,
  is_enabled boolean not null default true,
  -- null: the platform's own n8n (N8N_WEBHOOK_URL).
  webhook_url text check (webhook_url ~ '^https?://[^[:space:]/?#@]+([/?][^[:space:]#]*)?$' and length(webhook_url) <= 2000),
  -- Which events it wants; null: all.
  events text[],
  -- Who answers people. If it is n8n: by which event it is asked, how long it may take, and who answers then.
  answers_by text not null default 'claude' check (answers_by in ('claude', 'n8n')),
  answer_event text not null default 'ai-conversation' check (answer_event in ('ai-conversation', 'ai-response-needed')),
  answer_seconds int not null default 60 check (answer_seconds between 5 and 3600),
  answer_fallback text not null default 'claude' check (answer_fallback in ('claude', 'people')),
  -- Whether call-backs are believed that prove nothing, as the guide prints them.
  plain_callbacks boolean not null default false,
  -- The last characters of what is sealed, for people.
  api_key_hint text,
  signing_hint text,
  webhook_hint text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- What happened, until n8n has been told. Its id is the same in every attempt (`webhook-id`).
create table outbound_events (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  event text not null check (event ~ '^[a-z][a-z0-9-]{0,63}$'),
  -- The same event again, which is told once.
  event_key text check (length(event_key) between 1 and 300),
  -- Whom it is about, so that it is forgotten with them.
  lead_id uuid,
  data jsonb not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
  attempts int not null default 0,
  -- What was answered last.
  http_status int,
  error_message text,
  occurred_at timestamptz not null default app_now(),
  last_attempt_at timestamptz,
  delivered_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade
);
create unique index outbound_events_key on outbound_events (tenant_id, event, event_key) where event_key is not null;
create index outbound_events_of_lead on outbound_events (tenant_id, lead_id) where lead_id is not null;
create index outbound_events_dead on outbound_events (tenant_id, id) where status = 'dead';

-- Secrets that belong to no channel: what n8n's call-backs are signed with, what we show it and sign with.
alter table inbound_secrets
  alter column channel_connection_id drop not null,
  drop constraint inbound_secrets_kind_check,
  add constraint inbound_secrets_kind_check
    check (kind in ('app_secret', 'verify_token', 'client_secret', 'webhook_secret', 'n8n_webhook')),
  add constraint inbound_secrets_place check ((channel_connection_id is null) = (kind = 'n8n_webhook'));
alter table outbound_tokens
  alter column channel_connection_id drop not null,
  drop constraint outbound_tokens_kind_check,
  add constraint outbound_tokens_kind_check
    check (kind in ('access_token', 'refresh_token', 'client_secret', 'n8n_api_key', 'n8n_signing')),
  add constraint outbound_tokens_place
    check ((channel_connection_id is null) = (kind in ('n8n_api_key', 'n8n_signing')));
create unique index outbound_tokens_business on outbound_tokens (tenant_id, kind) where channel_connection_id is null;
