-- How a business wants to be answered for, and what the answering cost.

create table ai_tenant_context (
  tenant_id uuid primary key references tenants on delete cascade,
  ai_enabled boolean not null default true,
  -- null: the platform's default model (`Peers/Claude/Capabilities.swift`).
  model text,
  system_prompt text,
  temperature numeric(3, 2) not null default 0.7 check (temperature between 0 and 1),
  max_tokens int not null default 500 check (max_tokens between 100 and 32000),
  response_style text not null default 'professional'
    check (response_style in ('professional', 'professional_friendly', 'formal')),
  -- {"start": "09:00", "end": "18:00", "days": [1, 2, 3, 4, 5]}; Monday is 1.
  business_hours jsonb not null default '{"start": "09:00", "end": "18:00", "days": [1, 2, 3, 4, 5]}',
  escalation_keywords text[] not null default '{urgente,queja}',
  auto_escalate_after_messages int not null default 5 check (auto_escalate_after_messages >= 0),
  default_language text not null default 'es',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table ai_usage_logs (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7() unique,
  conversation_id uuid,
  message_id uuid,
  job_id uuid,
  ai_provider text not null check (ai_provider in ('anthropic', 'openai', 'google', 'local')),
  ai_model text not null,
  -- All of the input; the two cache columns say how much of it was written to and read from the prompt cache.
  prompt_tokens int not null default 0,
  cache_write_tokens int not null default 0,
  cache_read_tokens int not null default 0,
  completion_tokens int not null default 0,
  total_tokens int not null generated always as (prompt_tokens + completion_tokens) stored,
  cost_usd numeric(18, 12) not null default 0,
  response_time_ms int,
  stop_reason text,
  was_successful boolean not null default true,
  error_message text,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id)
    on delete set null (conversation_id)
);
create index ai_usage_logs_by_day on ai_usage_logs (tenant_id, created_at);
