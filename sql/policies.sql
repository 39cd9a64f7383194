-- Who may do what. Re-applied whole after every migration: it starts from nothing granted.
-- Run by the owner of the tables, a role with CREATEROLE that needs not be superuser.

-- One role a program: the list, until the end of this transaction.
select set_config('tistis.programs', array['tistis_webhook_whatsapp', 'tistis_webhook_instagram',
  'tistis_webhook_facebook', 'tistis_webhook_tiktok', 'tistis_webhook', 'tistis_api', 'tistis_jobs', 'tistis_jobs_process', 'tistis_health']::text, true);

do $$
declare
  programs text[] := current_setting('tistis.programs');
  r text;
  t text;
  p text;
begin
  -- Beside them one that owns the few functions that cross tenants.
  if not exists (select from pg_roles where rolname = 'tistis_definer') then create role tistis_definer nologin; end if;
  foreach r in array programs loop
    if not exists (select from pg_roles where rolname = r) then execute format('create role %I login', r); end if;
    -- Our statements are short, and jsonb's set functions look large to the planner: compiling one took 20 ms of every webhook.
    if not exists (select from pg_db_role_setting s join pg_roles o on o.oid = s.setrole
      where o.rolname = r and s.setdatabase = 0 and 'jit=off' = any (s.setconfig)) then
      execute format('alter role %I set jit = off', r);
    end if;
  end loop;
  -- What SQL clients of the integration guide are members of.
  if not exists (select from pg_roles where rolname = 'tistis_guide') then create role tistis_guide nologin; end if;
  -- What all who call plain functions are members of: a grant for each of them and each function were thousands of rows in
  -- every database.
  if not exists (select from pg_roles where rolname = 'tistis_functions') then create role tistis_functions nologin; end if;
  foreach r in array array_remove(programs, 'tistis_health') || array['tistis_definer', 'tistis_guide'] loop
    if not pg_has_role(r, 'tistis_functions', 'member') then execute format('grant tistis_functions to %I', r); end if;
  end loop;
  if not pg_has_role(current_user, 'tistis_definer', 'member') then
    execute format('grant tistis_definer to %I', current_user);
  end if;

  -- Nothing is anybody's until it is said below.
  execute 'revoke all on schema public from public';
  execute 'revoke all on all tables in schema public from public';
  execute 'revoke all on all functions in schema public from public';
  foreach r in array programs || array['tistis_definer', 'tistis_guide', 'tistis_functions'] loop
    execute format('revoke all on all tables in schema public from %I', r);
    -- Not from the definer: what it owns would be closed to itself, and so to the next `create or replace`.
    if r <> 'tistis_definer' then execute format('revoke all on all functions in schema public from %I', r); end if;
    if r <> 'tistis_functions' then execute format('grant usage on schema public to %I', r); end if;
  end loop;

  -- The wall: every table with a tenant, forced for its owner too. An unset tenant sees no row.
  for t in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and (c.relname = 'tenants' or exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    for p in select policyname from pg_policies where schemaname = 'public' and tablename = t loop
      execute format('drop policy %I on %I', p, t);
    end loop;
    execute format('create policy wall on %I using (%I = current_tenant()) with check (%I = current_tenant())', t,
      case t when 'tenants' then 'id' else 'tenant_id' end, case t when 'tenants' then 'id' else 'tenant_id' end);
  end loop;

  -- What the cross-tenant functions see, and no more.
  foreach t in array array['jobs'] loop
    execute format('create policy across on %I to tistis_definer using (true) with check (true)', t);
  end loop;
  foreach t in array array['tenants', 'channel_connections', 'inbound_secrets', 'sends_in_doubt', 'retention_marks',
    'secret_hints', 'api_keys', 'user_roles', 'n8n_settings', 'conversations', 'leads'] loop
    execute format('create policy routing on %I for select to tistis_definer using (true)', t);
  end loop;
  -- Whose an account is passes from one business to another: `take_account`.
  create policy passing on channel_connections for update to tistis_definer using (true) with check (true);
end $$;

grant select, insert, update, delete on jobs, workers to tistis_definer;
grant select on tenants, channel_connections, inbound_secrets, sends_in_doubt, retention_marks, secret_hints,
  schema_migrations, job_queue, api_keys, user_roles to tistis_definer;
-- Of what n8n names, only whose it is.
grant select (tenant_id, id) on conversations, leads to tistis_definer;
grant select (tenant_id, is_enabled, webhook_url, plain_callbacks) on n8n_settings to tistis_definer;
grant update (owned_at) on channel_connections to tistis_definer;
grant select, insert, update on token_key_asks to tistis_definer;
grant select, insert, update on routines to tistis_definer;
grant select, insert, update on platform_alerts to tistis_definer;
grant create on schema public to tistis_definer;
alter function find_channel(text, text) owner to tistis_definer;
alter function find_accounts(text, text[]) owner to tistis_definer;
alter function tenant_of_slug(text) owner to tistis_definer;
alter function take_account(uuid, text[]) owner to tistis_definer;
alter function free_accounts() owner to tistis_definer;
alter function worker_heartbeat(uuid, text, text, float8) owner to tistis_definer;
alter function worker_stopped(uuid) owner to tistis_definer;
alter function recover_jobs(float8) owner to tistis_definer;
alter function claim_jobs(uuid, int, text, uuid, timestamptz) owner to tistis_definer;
alter function next_job_due(timestamptz) owner to tistis_definer;
alter function settle_jobs(jsonb) owner to tistis_definer;
alter function prune_jobs(interval, int) owner to tistis_definer;
alter function list_jobs(int, text, uuid) owner to tistis_definer;
alter function queue_stats() owner to tistis_definer;
alter function health_report(float8) owner to tistis_definer;
alter function health_queue(int) owner to tistis_definer;
alter function cron_stopped(float8) owner to tistis_definer;
alter function model_refused(text) owner to tistis_definer;
alter function model_answers() owner to tistis_definer;
alter function model_refused_since() owner to tistis_definer;
alter function shared_webhook_refused(text, int) owner to tistis_definer;
alter function shared_webhook_heard(text) owner to tistis_definer;
alter function list_tenants() owner to tistis_definer;
alter function tenants_in_doubt(float8) owner to tistis_definer;
alter function tokens_to_renew(jsonb, int) owner to tistis_definer;
alter function claim_next_job() owner to tistis_definer;
alter function complete_job(uuid, jsonb, text) owner to tistis_definer;
alter function retention_due(timestamptz, int) owner to tistis_definer;
alter function ask_routine(text, text) owner to tistis_definer;
alter function find_api_key(text, text) owner to tistis_definer;
alter function find_user_roles(uuid) owner to tistis_definer;
alter function want_token_keys() owner to tistis_definer;
alter function find_n8n(text, uuid) owner to tistis_definer;
revoke create on schema public from tistis_definer;

-- Functions that run with the caller's own rights: harmless to whoever has none on the tables. `health` needs none.
do $$
declare
  f regprocedure;
  r text;
begin
  for f in
    select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'public' and not p.prosecdef and not exists (
       select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  loop
    execute format('grant execute on function %s to tistis_functions', f);
  end loop;
  foreach r in array current_setting('tistis.programs')::text[] loop
    execute format('grant select on schema_migrations to %I', r);
  end loop;
end $$;

-- The webhooks: each finds a channel, stores what arrived, enqueues. None can read a token.
grant execute on function find_channel(text, text), find_accounts(text, text[]), shared_webhook_refused(text, int),
  shared_webhook_heard(text) to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant select on tenants, channel_connections to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant update (last_message_at, last_webhook_at, signature_failures, last_signature_failure_at, updated_at)
  on channel_connections to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant select, insert, update on leads, lead_aliases, conversations, messages, message_status_history, channel_events, jobs
  to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant select, insert on lead_merges to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant insert on webhook_dead_letters to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant select, insert, update on contact_windows, contact_consents, message_reactions, message_templates, media_files, alerts,
  send_pace to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
-- What was erased does not come back, and who asked to be left alone still is.
grant select on erased_items, erased_stops, erasure_keys to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok, tistis_guide;
-- What the platform says about the account itself: it may stop it.
grant update (status, stopped_code, stopped_at, error_count, last_error_at, last_error_message, quality, messaging_limit)
  on channel_connections to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
-- Delays that the tenant chose, and what moves along when two leads are one person.
grant select (tenant_id, default_first_message_delay, default_subsequent_message_delay, scoring_policy) on ai_tenant_context
  to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant select (tenant_id, lead_id), update (lead_id) on patients, appointments, lead_score_history to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok;
grant select (tenant_id, lead_id, silent_since, attempts, last_at, ended), insert, update on follow_ups
  to tistis_webhook_whatsapp, tistis_webhook_instagram, tistis_webhook_facebook, tistis_webhook_tiktok;

-- Whoever does something that the business's n8n wants to hear of: puts it there, and reads no event again.
grant select (tenant_id, is_enabled, events) on n8n_settings to tistis_webhook_whatsapp, tistis_webhook_instagram,
  tistis_webhook_facebook, tistis_webhook_tiktok, tistis_webhook, tistis_api, tistis_jobs, tistis_jobs_process,
  tistis_guide;
grant insert (tenant_id, id, event, event_key, lead_id, data) on outbound_events to tistis_webhook_whatsapp,
  tistis_webhook_instagram, tistis_webhook_facebook, tistis_webhook_tiktok, tistis_webhook, tistis_api, tistis_jobs,
  tistis_jobs_process, tistis_guide;

-- webhook: what n8n tells. It finds whose it is, stores an answer with its jobs, a score, an appointment, a hand-over.
grant execute on function find_n8n(text, uuid), find_api_key(text, text) to tistis_webhook;
-- Which questions n8n has still to answer.
grant select (answers_by, answer_event, answer_seconds) on n8n_settings to tistis_webhook;
grant select (tenant_id, event, event_key, status, occurred_at) on outbound_events to tistis_webhook;
grant select on tenants, branches, channel_connections, services, staff, staff_branches, staff_services, staff_hours, times_off,
  patients, appointments, occupied_times, leads, lead_aliases, conversations, messages, jobs, contact_windows,
  contact_consents, lead_score_history to tistis_webhook;
grant insert, update on appointments to tistis_webhook;
grant insert, delete on occupied_times to tistis_webhook;
-- How it is open, whether it answers, how it counts.
grant select on ai_tenant_context to tistis_webhook;
-- That somebody waits for a person.
grant select, insert, update on alerts to tistis_webhook;
grant insert on messages, jobs, lead_score_history to tistis_webhook;
grant update on conversations, leads, jobs to tistis_webhook;
grant select, insert, update on api_key_usage, api_requests to tistis_webhook;
grant delete on api_requests to tistis_webhook;
grant select, update (last_used_at, last_used_ip, last_used_endpoint) on api_keys to tistis_webhook;
-- Two leads that are one person have the higher score, and that is written down.
grant select (id, triggered_by_message_id, signal_name), insert on lead_score_history to tistis_webhook_whatsapp,
  tistis_webhook_instagram, tistis_webhook_facebook, tistis_webhook_tiktok;

-- jobs, and jobs-process which is the same by HTTP: claims, answers, sends. It cannot read what proves that a platform speaks.
grant execute on function worker_heartbeat(uuid, text, text, float8), worker_stopped(uuid), recover_jobs(float8),
  claim_jobs(uuid, int, text, uuid, timestamptz), next_job_due(timestamptz), settle_jobs(jsonb), prune_jobs(interval, int),
  list_jobs(int, text, uuid), queue_stats(), tenants_in_doubt(float8), retention_due(timestamptz, int),
  tokens_to_renew(jsonb, int), model_refused(text), model_answers() to tistis_jobs, tistis_jobs_process;
-- Cron asks as jobs' user.
grant execute on function ask_routine(text, text) to tistis_jobs;
grant execute on function take_account(uuid, text[]) to tistis_jobs, tistis_jobs_process;
grant update (looks) on sends_in_doubt to tistis_jobs, tistis_jobs_process;
grant select, insert, delete on sends_in_doubt to tistis_jobs, tistis_jobs_process;
grant select on tenants, branches, staff, staff_branches, services, faqs, ai_tenant_context, channel_connections,
  outbound_tokens, leads, lead_aliases, conversations, messages, message_status_history, channel_events, ai_usage_logs,
  jobs to tistis_jobs, tistis_jobs_process;
-- What the assistant is told beside.
grant select on ai_custom_instructions, integration_connections, external_products, external_inventory
  to tistis_jobs, tistis_jobs_process, tistis_api, tistis_guide;
grant insert on lead_aliases, messages, message_status_history, ai_usage_logs, jobs to tistis_jobs, tistis_jobs_process;
grant select, insert, delete on ai_steps to tistis_jobs, tistis_jobs_process;
grant select on ai_steps, ai_usage_logs to tistis_api;
-- An echo that turns out to be of a message of ours, and nothing else.
grant delete on messages to tistis_jobs, tistis_jobs_process;
create policy echoes on messages as restrictive for delete to tistis_jobs, tistis_jobs_process
  using (role = 'staff' and send_attempt is null and external_id is not null);
grant update on leads, conversations, messages, message_status_history, jobs to tistis_jobs, tistis_jobs_process;
grant update (status, stopped_code, stopped_at, error_count, last_error_at, last_error_message, updated_at, tested_at,
  test_result) on channel_connections to tistis_jobs, tistis_jobs_process;
grant select, insert, update on contact_windows, contact_consents, message_templates, media_files, alerts, send_pace
  to tistis_jobs, tistis_jobs_process;
grant select on message_reactions to tistis_jobs, tistis_jobs_process;
-- What is done by the clock: following up, and what it does to a score; what is over.
grant select, insert, update on follow_ups, lead_score_history to tistis_jobs, tistis_jobs_process;
grant select, delete on api_requests, rate_limits to tistis_jobs, tistis_jobs_process;
-- Booking for who writes.
grant select on staff_services, staff_hours, times_off, patients to tistis_jobs, tistis_jobs_process;
grant select, insert, update on appointments to tistis_jobs, tistis_jobs_process;
grant select, insert, delete on occupied_times to tistis_jobs, tistis_jobs_process;
-- Renewing tokens that end; new ones are given by people.
grant update (id, sealed, renewal, renewal_until) on outbound_tokens to tistis_jobs, tistis_jobs_process;
grant select, update (hint, expires_at, updated_at) on secret_hints to tistis_jobs, tistis_jobs_process;
-- What the dashboard's tokens are signed with.
grant select, insert, update, delete on token_keys to tistis_jobs, tistis_jobs_process;
-- Telling n8n what happened, and asking it.
grant select on n8n_settings, outbound_events to tistis_jobs, tistis_jobs_process;
grant update (status, attempts, http_status, error_message, last_attempt_at, delivered_at), delete on outbound_events
  to tistis_jobs, tistis_jobs_process;
-- Scoring people, and what the models' calls come to.
grant select on ai_scoring_rules, appointments to tistis_jobs, tistis_jobs_process;
grant select, insert on lead_score_history to tistis_jobs, tistis_jobs_process;
grant select, insert, update on ai_usage_months to tistis_jobs, tistis_jobs_process;
-- Forgetting what is old.
grant update (raw) on channel_events to tistis_jobs, tistis_jobs_process;
grant select, delete on webhook_dead_letters, erased_items to tistis_jobs, tistis_jobs_process;
grant select, insert, update on retention_marks to tistis_jobs, tistis_jobs_process;
-- Files of ours that no message took.
grant delete on media_files to tistis_jobs, tistis_jobs_process;
create policy unsent on media_files as restrictive for delete to tistis_jobs, tistis_jobs_process
  using (message_id is null and external_id like 'upload:%');

-- api: what staff and integrators ask for. It cannot read a token nor what proves a platform.
grant execute on function find_api_key(text, text), find_user_roles(uuid), want_token_keys() to tistis_api;
grant select on tenants, branches, staff, token_keys, channel_connections, lead_aliases, leads, conversations, messages, jobs
  to tistis_api;
grant select, insert, update on api_keys, api_key_usage, api_requests, rate_limits to tistis_api;
grant delete on api_requests, rate_limits to tistis_api;
grant insert, update on leads, conversations to tistis_api;
grant insert on lead_aliases, messages to tistis_api;
grant insert, update on jobs to tistis_api;
-- Who was erased and had said stop stays left alone when entered again; a new number that a platform told of is written to.
grant select on erased_items, erased_stops, erasure_keys, channel_events to tistis_api;
grant select, insert, update on contact_consents to tistis_api;
-- Appointments: it books, and what is booked takes time.
grant select on staff_branches, staff_services, staff_hours, times_off, patients to tistis_api;
grant insert, update on appointments to tistis_api;
grant select, insert, delete on occupied_times to tistis_api;
grant insert on patients to tistis_api;
-- How the assistant is to be, and what it is told.
grant select on faqs to tistis_api;
grant insert (tenant_id), update (ai_enabled, model, system_prompt, temperature, max_tokens, response_style, business_hours,
  escalation_keywords, auto_escalate_after_messages, escalate_on_hot_lead, min_confidence, escalation_message,
  default_language, supported_languages, currency, use_emojis, out_of_hours_enabled, out_of_hours_message,
  auto_greeting_enabled, auto_greeting_message, default_first_message_delay, default_subsequent_message_delay,
  enable_scoring, scoring_policy, updated_at) on ai_tenant_context to tistis_api;
grant select, update (points, is_active, signal_display_name, detection_config, updated_at) on ai_scoring_rules to tistis_api;
-- Handing a conversation to people: to whom, and that somebody waits.
grant select on staff_branches to tistis_api;
grant insert on alerts to tistis_api;
grant insert, update, delete on ai_custom_instructions to tistis_api;
-- What is done by the clock, and in which words.
grant update (reminders_enabled, follow_ups_enabled, confirmation_text, reminder_text, follow_up_text)
  on ai_tenant_context to tistis_api;
-- When the team works, what each of them does and how it is booked.
grant insert, delete on staff_hours, staff_services, times_off to tistis_api;
grant insert (tenant_id, name, slug, currency), update (name, category, description, price_min, price_max, currency, price_note,
  duration_minutes, buffer_before_minutes, buffer_after_minutes, is_bookable, is_active) on services to tistis_api;
grant insert (tenant_id, name, slug, city, timezone, is_headquarters), update (name, city, address, phone, is_active,
  operating_hours, slot_minutes, booking_notice_minutes, advance_booking_days, appointment_duration_default, places)
  on branches to tistis_api;
grant insert (tenant_id, first_name, last_name, display_name, email, role, role_title, specialty), update (first_name,
  last_name, display_name, email, role, role_title, specialty, is_active) on staff to tistis_api;
grant insert, delete on staff_branches to tistis_api;
-- What was done to keys is added to, and no more.
grant select, insert on api_key_audit to tistis_api;
-- How calls with them were refused.
grant select, insert, update on api_key_refusals to tistis_api, tistis_webhook;
grant select, delete on api_key_refusals to tistis_jobs, tistis_jobs_process;
-- What the business's own systems tell.
grant select, insert on external_events to tistis_api;
grant select, delete on external_events to tistis_jobs, tistis_jobs_process;
-- Channels: it puts secrets there and cannot read one, not even sealed; what people see of them are hints.
grant select, insert on channel_connections to tistis_api;
grant update (connection_name, account_name, ai_enabled, login, human_agent_enabled, echo_takes_over, is_personal_brand, whatsapp_phone_number_id,
  whatsapp_business_account_id, instagram_account_id, instagram_page_id, instagram_username, facebook_page_id,
  facebook_page_name, meta_app_id, tiktok_business_id, tiktok_client_key, tiktok_open_id, first_message_delay_seconds,
  subsequent_message_delay_seconds, ai_personality_override, custom_instructions_override, status, stopped_code, stopped_at,
  error_count, last_error_at, last_error_message, connected_at, disconnected_at, tested_at, test_result)
  on channel_connections to tistis_api;
grant select (tenant_id, id, channel_connection_id, kind), insert, delete on inbound_secrets, outbound_tokens to tistis_api;
grant select, insert, update, delete on secret_hints to tistis_api;
grant select on branches, services, ai_tenant_context, media_files, message_templates, appointments, leads, conversations,
  messages, contact_windows, contact_consents, send_pace, alerts, jobs to tistis_api;
grant insert, update on contact_consents, jobs to tistis_api;
grant update on alerts, send_pace, conversations to tistis_api;
grant insert on messages to tistis_api;
grant update (metadata) on messages to tistis_api;
-- The business's n8n, and what it was told.
grant select, insert, update on n8n_settings to tistis_api;
grant select, update (status, error_message) on outbound_events to tistis_api;
-- Files of ours: it takes their bytes in, and never sees them again; `jobs` keeps them.
grant insert (tenant_id, id, channel_connection_id, external_id, kind, mime_type, sha256, size, filename, branch_id),
  update (message_id)
  on media_files to tistis_api;
grant insert on uploads to tistis_api;
grant select, delete on uploads to tistis_jobs, tistis_jobs_process;

-- Following up whom another clock than ours asks for.
grant select, insert, update on follow_ups to tistis_api;
-- Scores with their reasons; what the answers cost, and what they may.
grant select, insert on lead_score_history to tistis_api;
grant select on ai_usage_logs, ai_usage_months to tistis_api;
grant insert (tenant_id, response_style, business_hours, escalation_keywords, auto_escalate_after_messages),
  update (monthly_budget_usd, monthly_token_budget) on ai_tenant_context to tistis_api;
grant insert on alerts to tistis_api;

-- health: asks how it all is, and says when cron has stopped. No row of any tenant.
grant execute on function health_report(float8), health_queue(int), cron_stopped(float8), model_refused_since()
  to tistis_health;
-- SQL clients of the integration guide: they read everything of their tenant but sealed secrets. Its functions run with
-- these rights, so a client may also write what a function writes; of messages and jobs only the columns that they need.
grant execute on function claim_next_job(), complete_job(uuid, jsonb, text) to tistis_guide;
grant select on tenants, branches, staff, staff_branches, user_roles, services, faqs, leads, lead_aliases, lead_merges,
  lead_score_history, patients, appointments, channel_connections, secret_hints, channel_rate_limits, rate_limits,
  conversations, messages, message_status_history, message_reactions, message_templates, media_files, channel_events,
  contact_windows, contact_consents, send_pace, alerts, ai_tenant_context, ai_scoring_rules, ai_custom_instructions,
  ai_usage_logs, jobs, webhook_dead_letters, ai_dead_letter_queue, webhook_events, ai_tenant_config, job_queue, leads_guide,
  conversations_guide, messages_guide, channel_connections_guide, staff_services, staff_hours, times_off, occupied_times
  to tistis_guide;
grant select on n8n_settings, outbound_events, ai_steps to tistis_guide;
grant insert, update on leads, lead_aliases, conversations, message_reactions, contact_windows, contact_consents,
  webhook_dead_letters, ai_dead_letter_queue, webhook_events, ai_tenant_config, ai_tenant_context to tistis_guide;
grant insert on lead_merges, messages, message_status_history, jobs, lead_score_history to tistis_guide;
grant select on ai_usage_months to tistis_guide;
-- Neither whose attempt to send it is nor what leaves.
grant update (conversation_id, content, selection, media_url, external_id, status, error_code, error_message, sent_at,
  delivered_at, read_at, edited_at, deleted_at, billing, metadata, raw, processed_by_job_id) on messages to tistis_guide;
-- Neither who holds it nor at which attempt it is.
grant update (payload, request_id, priority, scheduled_for, lane_head, status, completed_at, error_message, cached_result,
  updated_at) on jobs to tistis_guide;
-- When two leads are one person, and when a message was deleted.
grant update (lead_id) on lead_score_history to tistis_guide;
grant update (lead_id, content, details, raw) on channel_events to tistis_guide;
grant update (status, error_message, filename, source_url) on media_files to tistis_guide;
grant update (lead_id, status, cancellation_reason) on appointments to tistis_guide;
grant select, insert, update on follow_ups to tistis_guide;
-- Whose time is taken changes with an appointment's status.
grant insert, delete on occupied_times to tistis_guide;
grant update (lead_id) on patients to tistis_guide;
grant update (last_message_at, updated_at) on channel_connections to tistis_guide;
grant insert, update, delete on channel_rate_limits, rate_limits to tistis_guide;

-- The owner, for `tistis`: finds a tenant by its slug, then works in that tenant's name like everybody else. Its
-- membership of the definer ends with the migration: the definer's policies would let every member through the wall.
do $$
begin
  execute format('grant execute on function tenant_of_slug(text), list_tenants(), health_report(float8),
    health_queue(int), retention_due(timestamptz, int), ask_routine(text, text) to %I', current_user);
  -- Said aloud, or foreign keys fail where another role owns the database.
  execute format('grant usage, create on schema public to %I', current_user);
  execute format('revoke tistis_definer from %I', current_user);
end $$;
