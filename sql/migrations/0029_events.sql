-- What the business's own systems tell (`/api/v1/webhook/{tenantId}`), kept as long as what platforms sent.
create table external_events (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  -- Who told it: `key:<id>` or `user:<id>`; the key's branch, if it is one branch's.
  asker text not null,
  branch_id uuid,
  event text not null check (length(event) between 1 and 100),
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  -- When it happened, as the teller has it.
  happened_at timestamptz,
  -- Under which the teller tells it once, and a digest of what was told.
  event_key text check (length(event_key) between 1 and 255),
  digest text not null,
  -- Whom it names, so that it is forgotten with them.
  lead_id uuid,
  received_at timestamptz not null default app_now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade
);
create unique index external_events_key on external_events (tenant_id, asker, event_key) where event_key is not null;
create index external_events_of_lead on external_events (tenant_id, lead_id) where lead_id is not null;

-- How often calls with a key that is known were refused, a day (UTC) and reason.
create table api_key_refusals (
  tenant_id uuid not null references tenants on delete cascade,
  api_key_id uuid not null,
  day date not null,
  reason text not null check (reason in ('revoked', 'expired', 'address', 'scope', 'rate')),
  times int not null default 1,
  last_at timestamptz not null,
  -- The address that asked last, and for what.
  last_ip text,
  last_endpoint text,
  primary key (tenant_id, api_key_id, day, reason),
  foreign key (tenant_id, api_key_id) references api_keys (tenant_id, id) on delete cascade
) with (fillfactor = 70);
