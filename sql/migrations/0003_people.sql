-- The people who write, and every name under which they are known.

create table leads (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  branch_id uuid,
  -- As received; null for people who are known by a platform's id only.
  phone varchar(32),
  phone_normalized varchar(32),
  first_name text,
  last_name text,
  full_name text,
  name text,
  email text,
  source text not null default 'whatsapp' check (source in ('whatsapp', 'instagram', 'facebook', 'tiktok', 'website',
    'referral', 'walk_in', 'phone', 'google', 'other')),
  source_details jsonb not null default '{}',
  status text not null default 'new' check (status in ('new', 'contacted', 'qualified', 'appointment_scheduled',
    'converted', 'lost', 'inactive')),
  classification text not null default 'warm' check (classification in ('hot', 'warm', 'cold')),
  score int not null default 50 check (score between 0 and 100),
  interested_services text[] not null default '{}',
  notes text,
  tags text[] not null default '{}',
  assigned_staff_id uuid,
  preferred_language text not null default 'es',
  first_contact_at timestamptz,
  last_contact_at timestamptz,
  last_interaction_at timestamptz,
  escalated_to_human boolean not null default false,
  -- Set when this row was found to be the same person as another: everything moved there.
  merged_into_id uuid,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete set null (branch_id),
  foreign key (tenant_id, assigned_staff_id) references staff (tenant_id, id) on delete set null (assigned_staff_id),
  foreign key (tenant_id, merged_into_id) references leads (tenant_id, id) on delete set null (merged_into_id)
);
create index leads_recent on leads (tenant_id, last_interaction_at desc);

-- One person, many names; a name leads to one person of a tenant. This constraint, with the locks that
-- `receive_events` takes first, is what makes 50 parallel messages of a stranger one lead.
create table lead_aliases (
  tenant_id uuid not null references tenants on delete cascade,
  kind text not null check (kind in ('phone', 'whatsapp_user_id', 'instagram', 'facebook', 'tiktok', 'email')),
  value text not null check (value <> ''),
  lead_id uuid not null,
  -- The spelling the platform uses; answers go to it.
  address text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, kind, value),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade
);
create index lead_aliases_of on lead_aliases (tenant_id, lead_id);

create table lead_merges (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  survivor_id uuid not null,
  merged_id uuid not null,
  reason text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, survivor_id) references leads (tenant_id, id) on delete cascade,
  foreign key (tenant_id, merged_id) references leads (tenant_id, id) on delete cascade
);
