-- Businesses and what they offer. Names and columns are those of the integration guide.

create table tenants (
  id uuid primary key default uuid_v7(),
  name varchar(255) not null,
  slug varchar(100) not null unique check (slug ~ '^[a-z0-9][a-z0-9-]*$'),
  legal_name text,
  vertical text not null check (vertical in ('dental', 'restaurant', 'clinic', 'pharmacy', 'retail', 'medical', 'gym',
    'beauty', 'veterinary', 'services', 'other')),
  plan text not null default 'starter' check (plan in ('starter', 'essentials', 'growth', 'scale')),
  settings jsonb not null default '{}',
  features_enabled jsonb not null default '{}',
  primary_contact_name text,
  primary_contact_email text,
  primary_contact_phone text,
  status text not null default 'active' check (status in ('active', 'inactive', 'suspended', 'cancelling', 'cancelled')),
  onboarded_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table branches (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  name varchar(100) not null,
  slug varchar(50) not null,
  branch_code text,
  address text,
  address_line_2 text,
  city text not null,
  state text,
  country text not null default 'Mexico',
  postal_code text,
  latitude double precision,
  longitude double precision,
  google_maps_url text,
  phone text,
  whatsapp_number text,
  email text,
  timezone text not null default 'America/Mexico_City',
  -- {"monday": [{"open": "09:00", "close": "18:00"}, …], …}; a single object instead of the list is read as one span.
  operating_hours jsonb not null default '{}',
  is_headquarters boolean not null default false,
  is_active boolean not null default true,
  appointment_duration_default int not null default 30,
  advance_booking_days int not null default 30,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);

create table staff (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  user_id uuid,
  first_name text not null,
  last_name text not null,
  display_name text,
  email text not null,
  phone text,
  whatsapp_number text,
  role text not null check (role in ('owner', 'admin', 'manager', 'dentist', 'specialist', 'receptionist', 'assistant',
    'staff')),
  role_title text,
  specialty text,
  license_number text,
  is_active boolean not null default true,
  notification_preferences jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, email)
);

create table staff_branches (
  tenant_id uuid not null references tenants on delete cascade,
  staff_id uuid not null,
  branch_id uuid not null,
  is_primary boolean not null default false,
  primary key (tenant_id, staff_id, branch_id),
  foreign key (tenant_id, staff_id) references staff (tenant_id, id) on delete cascade,
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete cascade
);

create table services (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  name text not null,
  slug text not null,
  description text,
  short_description text,
  category text,
  subcategory text,
  price_min numeric(10, 2),
  price_max numeric(10, 2),
  price_unit text not null default 'per_service'
    check (price_unit in ('per_service', 'per_hour', 'per_session', 'per_tooth', 'per_unit')),
  currency text not null default 'MXN',
  price_note text,
  duration_minutes int not null default 60,
  requires_consultation boolean not null default false,
  is_featured boolean not null default false,
  is_active boolean not null default true,
  display_order int not null default 0,
  keywords text[] not null default '{}',
  ai_description text,
  special_instructions text,
  promotion_active boolean not null default false,
  promotion_text text,
  lead_priority text check (lead_priority in ('hot', 'warm', 'cold')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);

create table faqs (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  question text not null,
  answer text not null,
  short_answer text,
  category text,
  keywords text[] not null default '{}',
  language text not null default 'es',
  is_active boolean not null default true,
  display_order int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
