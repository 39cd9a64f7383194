-- The rest of the integration guide's tables and columns for messaging, under its names. Its names for what we keep
-- elsewhere are views (functions/0_guide.sql).

-- Exclusion constraints over ids and times. Trusted: the database's owner may create it. Apart from `public`, whose
-- functions policies.sql counts.
create schema if not exists extensions;
create extension if not exists btree_gist with schema extensions;

alter table tenants
  add column plan_started_at timestamptz, add column plan_expires_at timestamptz,
  add column logo_url text, add column primary_color text,
  add column cancelled_at timestamptz, add column data_retention_until timestamptz,
  -- {"dine_in": true, "pickup": true, "delivery": false, …}
  add column service_options jsonb not null default '{}',
  add column client_id uuid;

alter table staff add column avatar_url text;

alter table staff_branches
  add column id uuid not null default uuid_v7() unique,
  add column created_at timestamptz not null default now(),
  add column updated_at timestamptz not null default now();

-- Who of the dashboard's users may do what.
create table user_roles (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  user_id uuid not null,
  role text not null check (role in ('super_admin', 'admin', 'owner', 'manager', 'dentist', 'specialist', 'receptionist',
    'staff', 'assistant')),
  staff_id uuid,
  permissions jsonb not null default '{}',
  is_active boolean not null default true,
  deactivated_at timestamptz, deactivation_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, user_id),
  foreign key (tenant_id, staff_id) references staff (tenant_id, id) on delete set null (staff_id)
);

alter table services
  add column sku text,
  -- [{"name": "Niños", "price": 600}, …]
  add column price_variants jsonb not null default '[]',
  add column sessions_required int not null default 1 check (sessions_required > 0);

alter table faqs
  add column subcategory text,
  add column question_variations text[] not null default '{}',
  add column times_used int not null default 0,
  add column last_used_at timestamptz,
  add column helpfulness_score numeric(5, 2);

alter table leads
  add column utm_source text, add column utm_medium text, add column utm_campaign text,
  add column next_followup_at timestamptz,
  add column converted_at timestamptz,
  add column score_updated_at timestamptz,
  -- {"wants_appointment": {"points": 30, "at": "…"}, …}: what moved the score last, by signal.
  add column scoring_signals jsonb not null default '{}',
  add column preferred_branch_id uuid, add column preferred_staff_id uuid,
  add column instagram_username text, add column profile_image_url text,
  add column primary_service_id uuid, add column interested_service_id uuid,
  add column deleted_by uuid,
  -- A column, because an index over an expression is not used behind the wall.
  add column email_normalized text generated always as (lower(btrim(email))) stored,
  add foreign key (tenant_id, preferred_branch_id) references branches (tenant_id, id)
    on delete set null (preferred_branch_id),
  add foreign key (tenant_id, preferred_staff_id) references staff (tenant_id, id) on delete set null (preferred_staff_id),
  add foreign key (tenant_id, primary_service_id) references services (tenant_id, id)
    on delete set null (primary_service_id),
  add foreign key (tenant_id, interested_service_id) references services (tenant_id, id)
    on delete set null (interested_service_id);
-- People who were entered by hand have no alias yet: they are found by these.
create index leads_phone on leads (tenant_id, phone_normalized) where phone_normalized is not null;
create index leads_email on leads (tenant_id, email_normalized) where email_normalized is not null;

create table lead_score_history (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  lead_id uuid not null,
  previous_score int not null, new_score int not null, score_change int not null,
  previous_classification text, new_classification text,
  change_source text not null
    check (change_source in ('ai_detection', 'manual', 'rule_trigger', 'time_decay', 'conversion')),
  signal_name text,
  reason text,
  triggered_by_message_id uuid,
  changed_by_staff_id uuid,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete cascade,
  foreign key (tenant_id, triggered_by_message_id) references messages (tenant_id, id)
    on delete set null (triggered_by_message_id),
  foreign key (tenant_id, changed_by_staff_id) references staff (tenant_id, id) on delete set null (changed_by_staff_id)
);
-- A message raises a signal once, however often it is looked at.
create unique index lead_score_history_once on lead_score_history (tenant_id, triggered_by_message_id, signal_name)
  where triggered_by_message_id is not null and signal_name is not null;
create index lead_score_history_of on lead_score_history (tenant_id, lead_id, id);

create table patients (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  lead_id uuid,
  branch_id uuid,
  preferred_branch_id uuid,
  first_name text not null,
  last_name text not null,
  full_name text not null generated always as (btrim(first_name || ' ' || last_name)) stored,
  date_of_birth date,
  gender text check (gender in ('male', 'female', 'other', 'prefer_not_say')),
  email text,
  phone text, phone_secondary text, whatsapp_number text,
  address text, city text, state text, postal_code text,
  government_id text, government_id_type text,
  blood_type text,
  allergies text[] not null default '{}',
  medical_conditions text[] not null default '{}',
  current_medications text[] not null default '{}',
  emergency_contact_name text, emergency_contact_phone text,
  insurance_provider text, insurance_policy_number text, insurance_group_number text,
  status text not null default 'active' check (status in ('active', 'inactive', 'archived')),
  notes text, internal_notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete set null (lead_id),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete set null (branch_id),
  foreign key (tenant_id, preferred_branch_id) references branches (tenant_id, id)
    on delete set null (preferred_branch_id)
);
create unique index patients_lead on patients (tenant_id, lead_id) where lead_id is not null;
create unique index patients_phone on patients (tenant_id, phone) where phone <> '';

alter table conversations
  add column current_intent text,
  add column last_intent_confidence numeric(4, 3) check (last_intent_confidence between 0 and 1),
  add column assigned_staff_id uuid,
  add column satisfaction_score int check (satisfaction_score between 1 and 5),
  add foreign key (tenant_id, assigned_staff_id) references staff (tenant_id, id) on delete set null (assigned_staff_id);

alter table messages
  add column detected_intent text,
  add column detected_signals jsonb;

create table appointments (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  branch_id uuid not null,
  lead_id uuid,
  patient_id uuid,
  staff_id uuid,
  service_id uuid,
  scheduled_at timestamptz not null,
  duration_minutes int not null default 30 check (duration_minutes between 1 and 1440),
  -- Kept by a trigger: a time plus minutes is no constant to Postgres.
  end_time timestamptz not null,
  status text not null default 'scheduled'
    check (status in ('scheduled', 'confirmed', 'in_progress', 'completed', 'cancelled', 'no_show', 'rescheduled')),
  confirmation_sent boolean not null default false,
  reminder_1week_sent boolean not null default false, reminder_24h_sent boolean not null default false,
  reminder_4h_sent boolean not null default false, reminder_2h_sent boolean not null default false,
  -- Another name of the guide's for the reminder of the day before.
  reminder_sent boolean not null generated always as (reminder_24h_sent) stored,
  notes text, internal_notes text,
  reason text,
  cancellation_reason text,
  cancelled_at timestamptz, completed_at timestamptz,
  outcome text,
  rescheduled_from_id uuid, rescheduled_to_id uuid,
  created_by_staff_id uuid,
  booking_source text not null default 'manual'
    check (booking_source in ('manual', 'whatsapp', 'website', 'phone', 'walk_in', 'voice', 'ai_chat')),
  source text not null generated always as (booking_source) stored,
  party_size int not null default 1 check (party_size > 0),
  reservation_type text,
  conversation_id uuid,
  ai_booking_channel text
    check (ai_booking_channel in ('ai_whatsapp', 'ai_voice', 'ai_webchat', 'ai_instagram', 'ai_facebook', 'ai_tiktok')),
  ai_confidence_score numeric(4, 3) check (ai_confidence_score between 0 and 1),
  ai_urgency_level int check (ai_urgency_level between 1 and 5),
  ai_detected_symptoms jsonb,
  ai_booked_at timestamptz,
  requires_human_review boolean not null default false,
  human_review_reason text,
  confirmation_status text not null default 'not_required'
    check (confirmation_status in ('not_required', 'pending', 'confirmed', 'expired')),
  deposit_status text not null default 'not_required' check (deposit_status in ('not_required', 'required', 'pending',
    'paid', 'forfeited', 'refunded', 'applied')),
  deposit_amount_cents int check (deposit_amount_cents >= 0),
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id) on delete set null (lead_id),
  foreign key (tenant_id, patient_id) references patients (tenant_id, id) on delete set null (patient_id),
  foreign key (tenant_id, staff_id) references staff (tenant_id, id) on delete set null (staff_id),
  foreign key (tenant_id, service_id) references services (tenant_id, id) on delete set null (service_id),
  foreign key (tenant_id, created_by_staff_id) references staff (tenant_id, id) on delete set null (created_by_staff_id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete set null (conversation_id),
  foreign key (tenant_id, rescheduled_from_id) references appointments (tenant_id, id)
    on delete set null (rescheduled_from_id),
  foreign key (tenant_id, rescheduled_to_id) references appointments (tenant_id, id)
    on delete set null (rescheduled_to_id),
  -- Nobody is in two places at once, whoever books and however many at the same time.
  constraint appointments_staff_once exclude using gist (tenant_id with =, staff_id with =,
    tstzrange(scheduled_at, end_time) with &&) where (staff_id is not null and status in ('scheduled', 'confirmed', 'in_progress'))
);
create index appointments_by_day on appointments (tenant_id, scheduled_at);
create index appointments_of_lead on appointments (tenant_id, lead_id, scheduled_at) where lead_id is not null;

alter table channel_connections
  -- The account of a person (a dentist's own), not of the business.
  add column is_personal_brand boolean not null default false,
  add column profile_id uuid,
  add column meta_app_id text;

-- The end of each secret, for people who want to know which one is set, and when it ends; the secret itself is sealed in
-- `inbound_secrets` or `outbound_tokens`. Written by who seals (`Flows/Seed`).
create table secret_hints (
  tenant_id uuid not null references tenants on delete cascade,
  channel_connection_id uuid not null,
  kind text not null,
  -- Its last four characters; null: too short to show any, or sealed before they were kept.
  hint text check (length(hint) = 4),
  expires_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, channel_connection_id, kind),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade
);
-- Those that are there already. The owner stands behind the wall too, until policies.sql raises it again.
alter table inbound_secrets no force row level security;
alter table outbound_tokens no force row level security;
insert into secret_hints (tenant_id, channel_connection_id, kind, expires_at)
  select tenant_id, channel_connection_id, kind, null from inbound_secrets
  union select tenant_id, channel_connection_id, kind, expires_at from outbound_tokens;
alter table outbound_tokens drop column expires_at;

-- How much of an account's minute is used, of those who ask before they send (`check_rate_limit`).
create table channel_rate_limits (
  tenant_id uuid not null references tenants on delete cascade,
  channel_connection_id uuid not null,
  window_start timestamptz not null,
  message_count int not null default 0,
  primary key (tenant_id, channel_connection_id, window_start),
  foreign key (tenant_id, channel_connection_id) references channel_connections (tenant_id, id) on delete cascade
);

-- The same for whatever an integrator counts.
create table rate_limits (
  tenant_id uuid not null references tenants on delete cascade,
  identifier text not null,
  window_start timestamptz not null,
  request_count int not null default 0,
  primary key (tenant_id, identifier)
);
create index rate_limits_old on rate_limits (tenant_id, window_start);

alter table ai_tenant_context
  add column out_of_hours_enabled boolean not null default false,
  add column out_of_hours_message text,
  add column auto_greeting_enabled boolean not null default false,
  add column auto_greeting_message text,
  add column escalate_on_hot_lead boolean not null default true,
  add column supported_languages text[] not null default '{es}',
  add column currency text not null default 'MXN',
  add column currency_format text,
  add column use_emojis boolean not null default false,
  -- Of connections that have none of their own; null: the platform's defaults (`Rules/Debounce.swift`).
  add column default_first_message_delay int check (default_first_message_delay between 0 and 1800),
  add column default_subsequent_message_delay int check (default_subsequent_message_delay between 0 and 300),
  add column enable_scoring boolean not null default true;

create table ai_scoring_rules (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  -- It came with the platform; the tenant may change it all the same.
  is_global boolean not null default false,
  signal_name text not null,
  signal_display_name text not null,
  points int not null check (points between -100 and 100),
  detection_type text not null check (detection_type in ('keyword', 'intent', 'behavior', 'attribute', 'engagement')),
  -- {"keywords": ["…"]}: found anywhere in the lower-cased message.
  detection_config jsonb not null default '{}',
  category text not null check (category in ('urgency', 'intent', 'engagement', 'demographics', 'negative')),
  evaluation_order int not null default 0,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, signal_name)
);

-- What every tenant begins with; whoever does not want one sets `is_active` to false.
create function seed_scoring_rules(p_tenant uuid) returns void
language sql as $$
  insert into ai_scoring_rules (tenant_id, is_global, signal_name, signal_display_name, points, detection_type,
      detection_config, category, evaluation_order)
    select p_tenant, true, r.name, r.display, r.points, r.type, r.config::jsonb, r.category, r.place
      from (values
        (1, 'urgency_pain', 'Urgencia o dolor', 35, 'keyword', 'urgency',
          '{"keywords": ["dolor", "duele", "urgencia", "urgente", "emergencia", "sangra", "hinchad", "inflamad"]}'),
        (2, 'wants_appointment', 'Quiere una cita', 30, 'keyword', 'intent',
          '{"keywords": ["cita", "agendar", "reservar", "reservación", "apartar", "appointment", "book"]}'),
        (3, 'date_defined', 'Propone fecha u hora', 25, 'keyword', 'intent',
          '{"keywords": ["mañana", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "esta semana"]}'),
        (4, 'usa_patient', 'Viene de Estados Unidos', 25, 'keyword', 'demographics',
          '{"keywords": ["estados unidos", "usa", "arizona", "tucson", "phoenix", "california", "dólares"]}'),
        (5, 'high_value_treatment', 'Tratamiento de alto valor', 20, 'keyword', 'intent',
          '{"keywords": ["implante", "ortodoncia", "brackets", "corona", "carilla", "diseño de sonrisa"]}'),
        (6, 'high_engagement', 'Conversa mucho', 10, 'engagement', 'engagement', '{"min_messages": 5}'),
        (7, 'complete_info', 'Dejó sus datos', 10, 'attribute', 'engagement', '{"fields": ["full_name", "phone", "email"]}'),
        (8, 'just_browsing', 'Solo pregunta', -15, 'keyword', 'negative',
          '{"keywords": ["solo pregunto", "nada más pregunto", "solo quería saber", "just browsing"]}'),
        (9, 'price_shopping', 'Busca el precio más bajo', -10, 'keyword', 'negative',
          '{"keywords": ["más barato", "muy caro", "descuento", "cheaper"]}'),
        (10, 'comparing_options', 'Compara opciones', -10, 'keyword', 'negative',
          '{"keywords": ["comparando", "otras opciones", "otro lugar", "cotizando"]}'),
        (11, 'service_interest_detected', 'Preguntó por un servicio', 0, 'intent', 'intent', '{}'))
        r (place, name, display, points, type, category, config)
    on conflict (tenant_id, signal_name) do nothing
$$;

create function seed_scoring_rules_of_new() returns trigger language plpgsql as $$
begin
  perform seed_scoring_rules(new.id);
  return null;
end $$;
create trigger tenants_scoring_rules after insert on tenants for each row execute function seed_scoring_rules_of_new();
-- The owner stands behind the wall too, until policies.sql raises it again.
alter table tenants no force row level security;
select seed_scoring_rules(id) from tenants;

create table ai_custom_instructions (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  branch_id uuid,
  instruction_type text not null check (instruction_type in ('identity', 'greeting', 'farewell', 'pricing_policy',
    'special_cases', 'competitors', 'objections', 'upsell', 'tone_examples', 'forbidden', 'always_mention', 'custom')),
  title text not null,
  instruction text not null,
  examples text,
  -- The highest first; five at most go into the context.
  priority int not null default 0,
  is_active boolean not null default true,
  include_in_prompt boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete cascade
);
create index ai_custom_instructions_first on ai_custom_instructions (tenant_id, priority desc, id) where is_active;

-- An answer that an outside worker has paid for already (`cache_job_ai_response`).
alter table jobs add column cached_result jsonb;

alter table webhook_dead_letters
  add column error_stack text,
  add column resolved_by uuid;

create table ai_dead_letter_queue (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  conversation_id uuid,
  contact_id uuid,
  original_message text not null,
  original_payload jsonb,
  error_message text not null, error_code text, error_stack text,
  failure_count int not null default 1,
  channel text,
  processing_stage text not null,
  last_attempt_at timestamptz not null default now(),
  status text not null default 'pending' check (status in ('pending', 'retrying', 'resolved', 'archived')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete set null (conversation_id),
  foreign key (tenant_id, contact_id) references leads (tenant_id, id) on delete set null (contact_id)
);
create index ai_dead_letter_queue_pending on ai_dead_letter_queue (tenant_id, created_at) where status = 'pending';

-- What an integrator has handled already, by the sender's own id.
create table webhook_events (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  event_id text not null,
  event_type text not null,
  status text not null default 'success',
  error_message text,
  processed_at timestamptz not null default now(),
  retry_count int not null default 0,
  attempt_count int not null default 1,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, event_id)
);
