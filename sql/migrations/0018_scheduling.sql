-- Free slots and bookings.

alter table branches
  -- The grid on which free slots begin, counted from the opening.
  add column slot_minutes int not null default 30 check (slot_minutes between 5 and 480),
  -- How long beforehand a customer has to book.
  add column booking_notice_minutes int not null default 0 check (booking_notice_minutes between 0 and 43200),
  -- Appointments at once that need no member of staff: tables, chairs.
  add column places int not null default 1 check (places between 0 and 1000);

alter table services
  add column is_bookable boolean not null default true,
  -- Kept free around an appointment: preparing, cleaning up.
  add column buffer_before_minutes int not null default 0 check (buffer_before_minutes between 0 and 480),
  add column buffer_after_minutes int not null default 0 check (buffer_after_minutes between 0 and 480);

-- Who does what. A service for which nobody is named needs no staff and takes one of the branch's places.
create table staff_services (
  tenant_id uuid not null references tenants on delete cascade,
  staff_id uuid not null,
  service_id uuid not null,
  primary key (tenant_id, service_id, staff_id),
  foreign key (tenant_id, staff_id) references staff (tenant_id, id) on delete cascade,
  foreign key (tenant_id, service_id) references services (tenant_id, id) on delete cascade
);

-- When somebody works at a branch, by its clock; who has no row here works whenever it is open.
create table staff_hours (
  tenant_id uuid not null references tenants on delete cascade,
  staff_id uuid not null,
  branch_id uuid not null,
  -- 1 Monday … 7 Sunday.
  weekday int not null check (weekday between 1 and 7),
  opens time not null,
  -- Not after the beginning: the day after.
  closes time not null,
  primary key (tenant_id, staff_id, branch_id, weekday, opens),
  foreign key (tenant_id, staff_id) references staff (tenant_id, id) on delete cascade,
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete cascade
);

-- When nothing is booked: holidays, closings, time off. No branch: all of them; no staff: everybody.
create table times_off (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  branch_id uuid,
  staff_id uuid,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  reason text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete cascade,
  foreign key (tenant_id, staff_id) references staff (tenant_id, id) on delete cascade
);
create index times_off_until on times_off (tenant_id, ends_at);

alter table appointments
  -- The service's when it was booked.
  add column buffer_before_minutes int not null default 0 check (buffer_before_minutes between 0 and 480),
  add column buffer_after_minutes int not null default 0 check (buffer_after_minutes between 0 and 480),
  -- What makes it the same booking asked for again.
  add column booking_key text,
  add constraint appointments_booking_key unique (tenant_id, booking_key);
create index appointments_of_conversation on appointments (tenant_id, conversation_id) where conversation_id is not null;

-- Who and what is taken when, by appointments (kept by a trigger) and by holds: the one place where two bookings meet.
create table occupied_times (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  -- A member of staff, place 0; or a branch and one of its places, from 1 on.
  resource_id uuid not null,
  place int not null,
  -- With the buffers.
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  appointment_id uuid,
  -- Of a hold: whose it is, and until when.
  lead_id uuid,
  expires_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, appointment_id),
  check (num_nonnulls(appointment_id, lead_id) = 1 and (lead_id is null) = (expires_at is null)),
  foreign key (tenant_id, appointment_id) references appointments (tenant_id, id) on delete cascade,
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade,
  -- Whoever books and however many at the same time.
  constraint occupied_times_once exclude using gist (tenant_id with =, resource_id with =, place with =,
    tstzrange(starts_at, ends_at) with &&)
);
-- Searched by times: a range's operators use no index behind the wall.
create index occupied_times_of on occupied_times (tenant_id, resource_id, starts_at);
create unique index occupied_times_hold on occupied_times (tenant_id, lead_id) where lead_id is not null;

-- Those that are there already. The owner stands behind the wall too, until policies.sql raises it again.
alter table appointments no force row level security;
insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, appointment_id)
  select tenant_id, coalesce(staff_id, branch_id), case when staff_id is null then 1 else 0 end, scheduled_at, end_time, id
    from appointments where status in ('scheduled', 'confirmed', 'in_progress')
  on conflict do nothing;
