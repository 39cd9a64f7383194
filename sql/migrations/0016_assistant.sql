-- What the assistant did for an answer, step by step.

-- A step is a call of the model ('call') or the use of a tool ('tool'). What a call took and cost is the row of
-- `ai_usage_logs` with the same id.
create table ai_steps (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null default uuid_v7(),
  conversation_id uuid not null,
  -- The job that answered, and the person's message that it answered. Jobs are forgotten sooner.
  job_id uuid not null,
  question_id uuid not null,
  -- The order within one answer, from 1.
  ordinal int not null check (ordinal between 1 and 1000),
  kind text not null check (kind in ('call', 'tool')),
  -- The model's, or the tool's.
  name text not null,
  -- Anthropic's name for a use: what it did is done once.
  tool_use_id text check (length(tool_use_id) between 1 and 200),
  -- What a tool was used with.
  input json,
  -- What the model said, all its blocks (json, not jsonb: it goes back to the model as it came); what the tool answered.
  output json not null,
  is_error boolean not null default false,
  -- The conversation is with people from here on: one more text is the assistant's last.
  hands_over boolean not null default false,
  took_ms int not null default 0,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check ((kind = 'tool') = (tool_use_id is not null and input is not null)),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
create unique index ai_steps_of_answer on ai_steps (tenant_id, job_id, question_id, ordinal);
create unique index ai_steps_of_use on ai_steps (tenant_id, conversation_id, tool_use_id) where kind = 'tool';
create index ai_steps_of_conversation on ai_steps (tenant_id, conversation_id, id);
