-- What operators ask the running system: is it alive, is the queue worked on, did cron stop.

comment on table workers is 'One row a run of jobs; a heartbeat is the lease of all its jobs.';

-- What is wrong with the installation itself, told once a cause; a tenant's own troubles are in `alerts`.
create table platform_alerts (
  id uuid primary key default uuid_v7(),
  kind text not null,
  -- What is wrong and what to do about it, for a person.
  sentence text not null,
  since timestamptz not null default clock_timestamp(),
  last_seen timestamptz not null default clock_timestamp(),
  resolved_at timestamptz
);
create unique index platform_alerts_open on platform_alerts (kind) where resolved_at is null;

-- Messages that may or may not have left, until somebody has been told. A table of its own: an index over the state of
-- `messages` would be written at every step of every message.
create table sends_in_doubt (
  tenant_id uuid not null references tenants on delete cascade,
  message_id uuid not null,
  since timestamptz not null default now(),
  primary key (tenant_id, message_id),
  foreign key (tenant_id, message_id) references messages (tenant_id, id) on delete cascade
);
