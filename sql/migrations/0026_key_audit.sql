-- What was done to the keys of integrators, and by whom: nobody changes or forgets a row of it.
create table api_key_audit (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  api_key_id uuid not null,
  action text not null check (action in ('created', 'changed', 'rotated', 'revoked')),
  -- The user of the dashboard; null: an administrator of the servers.
  by_user uuid,
  -- What it came to (sql/functions/key_audit.sql): of the key itself not even its SHA-256.
  details jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, api_key_id) references api_keys (tenant_id, id) on delete cascade
);
create index api_key_audit_latest on api_key_audit (tenant_id, created_at desc, id desc);
create index api_key_audit_of_key on api_key_audit (tenant_id, api_key_id, created_at desc, id desc);

-- What is known of those that are there already. The owner stands behind the wall too, until policies.sql raises it again.
alter table api_keys no force row level security;
insert into api_key_audit (tenant_id, api_key_id, action, by_user, details, created_at)
  select tenant_id, id, 'created', created_by, jsonb_build_object('name', name, 'environment', environment, 'scope_type',
      scope_type, 'branch_id', branch_id, 'scopes', scopes), created_at from api_keys
  union all
  select tenant_id, id, 'revoked', revoked_by, jsonb_build_object('name', name, 'reason', revoke_reason), revoked_at
    from api_keys where revoked_at is not null;
