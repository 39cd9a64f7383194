-- How long what came in raw is kept, and what was erased.

comment on table channel_events is 'What arrived and is not a message, raw beside it; pruned after a stated time.';

-- The earliest id that could be made at a moment: ids sort by time, so a table is looked through without another index.
create function uuid_v7_floor(p_at timestamptz) returns uuid
language sql immutable parallel safe as $$
  select (lpad(to_hex(greatest(floor(extract(epoch from p_at) * 1000), 0)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Up to which id a tenant's raw things are pruned: nothing is looked at twice.
create table retention_marks (
  tenant_id uuid primary key references tenants on delete cascade,
  messages uuid not null default '00000000-0000-0000-0000-000000000000',
  reports uuid not null default '00000000-0000-0000-0000-000000000000',
  events uuid not null default '00000000-0000-0000-0000-000000000000',
  -- When nothing was left to do.
  checked_at timestamptz
);

-- What was erased must not come back when a platform delivers it once more: digests of ids, which are long and random.
create table erased_items (
  tenant_id uuid not null references tenants on delete cascade,
  mark bytea not null,
  -- By then no platform delivers it any more.
  expires_at timestamptz not null,
  primary key (tenant_id, mark)
);

-- Who asked to be left alone stays left alone, under a digest of the address with a key of the tenant's.
create table erasure_keys (
  tenant_id uuid primary key references tenants on delete cascade,
  key text not null
);
create table erased_stops (
  tenant_id uuid not null references tenants on delete cascade,
  mark bytea not null,
  channel text not null,
  scope text not null,
  source text not null,
  said_at timestamptz not null,
  primary key (tenant_id, mark, channel, scope)
);

-- That somebody was erased: when, by whom, how much. Nothing of the person but the ids that they had here.
create table erasures (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  lead_ids uuid[] not null,
  erased_by text not null,
  erased_at timestamptz not null,
  counts jsonb not null,
  primary key (tenant_id, id)
);

-- What people deleted before this was looked after. The owner stands behind the wall too until policies.sql raises it again.
alter table messages no force row level security;
alter table channel_events no force row level security;
alter table conversations no force row level security;
update messages set raw = null, metadata = '{}' where deleted_at is not null;
update channel_events x set content = '', details = '{}', raw = null
  from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
  where x.tenant_id = m.tenant_id and x.channel_connection_id = m.channel_connection_id and x.kind = 'edit'
    and x.reply_to_external_id = m.external_id and x.lead_id = c.lead_id and m.deleted_at is not null;
