-- Work to do, who does it, and what could not be stored.

-- A run of `jobs`. Its heartbeat is the lease of every job it holds: one small row is written instead of all of theirs.
create table workers (
  id uuid primary key default uuid_v7(),
  name text not null,
  -- The kind of job it was restricted to (`--kind`); such a worker succeeds nobody.
  kind text,
  started_at timestamptz not null default clock_timestamp(),
  last_seen timestamptz not null default clock_timestamp(),
  stopped_at timestamptz
);

create table jobs (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  job_type text not null,
  -- At most one job of a lane runs at a time, oldest due first. null: no order.
  lane text,
  -- At most one pending job has this key; another one merges into it.
  unique_key text,
  status text not null default 'pending'
    check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled', 'dead')),
  -- 1 is best.
  priority smallint not null default 5 check (priority between 1 and 9),
  payload jsonb not null default '{}',
  scheduled_for timestamptz not null default now(),
  -- A debounced job is never pushed back beyond this.
  scheduled_cap timestamptz,
  -- The one of its lane that may be claimed; always true without a lane. Kept by `elect_lane_heads`: a search behind a
  -- busy lane of 100,000 jobs took 656 ms without it.
  lane_head boolean not null default true,
  -- Waits for its retry and lets nobody of its lane pass.
  holds_lane boolean not null default false,
  attempts int not null default 0,
  max_attempts int not null default 5 check (max_attempts > 0),
  worker_id uuid,
  started_at timestamptz,
  completed_at timestamptz,
  error_message text,
  result jsonb,
  -- nginx's id of the request that caused it: one grep tells the whole story.
  request_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check (status <> 'processing' or worker_id is not null),
  check ((completed_at is not null) = (status in ('completed', 'failed', 'cancelled', 'dead')))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0);

-- Claiming: by time for "is anything due?", by tenant for a fair share of what is.
create index jobs_due on jobs (scheduled_for) where status = 'pending' and lane_head;
create index jobs_due_of on jobs (tenant_id, priority, scheduled_for) where status = 'pending' and lane_head;
create unique index jobs_lane_head on jobs (tenant_id, lane) where lane is not null and lane_head
  and status in ('pending', 'processing');
create index jobs_lane on jobs (tenant_id, lane, scheduled_for, id) where status = 'pending' and lane is not null;
create unique index jobs_unique_key on jobs (tenant_id, unique_key) where status = 'pending' and unique_key is not null;
create index jobs_held on jobs (worker_id) where status = 'processing';
create index jobs_dead on jobs (tenant_id, completed_at) where status = 'dead';
create index jobs_finished on jobs (completed_at) where status in ('completed', 'cancelled');

create table webhook_dead_letters (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  channel text not null,
  tenant_slug text,
  payload jsonb not null,
  headers jsonb,
  error_message text not null,
  retry_count int not null default 0,
  max_retries int not null default 3,
  next_retry_at timestamptz,
  last_retry_at timestamptz,
  status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed', 'dismissed')),
  resolution_notes text,
  resolved_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
-- Delivered again and still not storable: parked once.
create unique index webhook_dead_letters_once on webhook_dead_letters (tenant_id, channel, md5(payload::text))
  where status = 'pending';
create index webhook_dead_letters_pending on webhook_dead_letters (tenant_id, created_at) where status = 'pending';
