-- What is done by the clock.

-- When each routine was asked for last. One that nobody has asked for lately shows that its line of the crontab is missing.
create table routines (
  name text primary key,
  asked_at timestamptz not null,
  -- For how many businesses.
  tenants int not null
);

-- How often somebody who fell silent was asked whether they still want something.
create table follow_ups (
  tenant_id uuid not null references tenants on delete cascade,
  lead_id uuid not null,
  -- The person's last word before; a newer one begins anew.
  silent_since timestamptz not null,
  attempts int not null default 0 check (attempts >= 0),
  last_at timestamptz,
  -- cold: all attempts were in vain. unsent: none of them left. declined: they said no, thank you.
  ended text check (ended in ('cold', 'unsent', 'declined')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, lead_id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade
);

alter table ai_tenant_context
  add column reminders_enabled boolean not null default true,
  add column follow_ups_enabled boolean not null default true,
  -- The business's own words while a person's window is open, with the gaps of ours ({{nombre}}, {{servicio}}, {{negocio}},
  -- {{fecha}}, {{hora}}); null: ours. Afterwards only a template leaves, in the words that the platform has approved.
  add column confirmation_text text,
  add column reminder_text text,
  add column follow_up_text text;
