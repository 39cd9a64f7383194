-- Before the guide's other functions: whose transaction it is, and its names for what is kept under another one; each fact
-- is stored once. Every view is `security_invoker`, so that the wall and the grants are the reader's. Columns are appended
-- only: `create or replace` allows no more.

-- Throws 42501 unless that is the tenant of this transaction.
create or replace function require_tenant(p_tenant_id uuid) returns uuid
language plpgsql stable as $$
begin
  if current_tenant() is null then
    raise exception 'no tenant is set: select set_config(''app.tenant_id'', ''<tenant id>'', true) in the same transaction'
      using errcode = 'insufficient_privilege';
  elsif p_tenant_id is distinct from current_tenant() then
    raise exception 'p_tenant_id is not the tenant of this transaction (app.tenant_id)'
      using errcode = 'insufficient_privilege';
  end if;
  return p_tenant_id;
end $$;

-- p_hints: {"access_token": {"hint": "3f9c", "expires_at": null}, …} of an account. null: there is no such secret.
create or replace function masked_secret(p_hints jsonb, p_kind text) returns text
language sql immutable parallel safe as $$
  select case when p_hints ? p_kind then '••••' || coalesce(p_hints #>> array[p_kind, 'hint'], '') end
$$;

create or replace function token_expiry(p_hints jsonb) returns timestamptz
language sql stable parallel safe as $$
  select (p_hints #>> '{access_token,expires_at}')::timestamptz
$$;

create or replace view job_queue with (security_invoker = true) as
  select id, tenant_id, job_type, payload, status, priority, attempts, max_attempts, scheduled_for, started_at, completed_at,
      error_message, result, cached_result, created_at, updated_at
    from jobs;

-- Written through by `write_ai_tenant_config`.
create or replace view ai_tenant_config with (security_invoker = true) as
  select tenant_id, ai_enabled, model as ai_model, response_style as ai_personality, temperature as ai_temperature, max_tokens,
      system_prompt as custom_instructions, escalation_keywords, out_of_hours_enabled, out_of_hours_message,
      auto_greeting_enabled, auto_greeting_message, auto_escalate_after_messages as max_turns_before_escalation,
      escalate_on_hot_lead, supported_languages, default_language, currency, currency_format, use_emojis,
      default_first_message_delay, default_subsequent_message_delay, enable_scoring,
      business_hours ->> 'start' as business_hours_start, business_hours ->> 'end' as business_hours_end,
      case jsonb_typeof(business_hours -> 'days') when 'array'
        then array(select d::int from jsonb_array_elements_text(business_hours -> 'days') d where d ~ '^[0-9]$') end
        as business_hours_days,
      created_at, updated_at
    from ai_tenant_context;

-- A person with the platforms' ids (kept in `lead_aliases`) and their patient's record. Updatable but for those.
create or replace view leads_guide with (security_invoker = true) as
  select l.tenant_id, l.id, l.branch_id, l.phone, l.phone_normalized, l.first_name, l.last_name, l.full_name, l.name, l.email,
      l.source, l.source_details, l.utm_source, l.utm_medium, l.utm_campaign, l.status, l.classification, l.score,
      l.interested_services, l.notes, l.tags, l.assigned_staff_id, l.last_contact_at, l.next_followup_at, l.converted_at,
      l.first_contact_at, l.last_interaction_at, l.score_updated_at, l.scoring_signals, l.escalated_to_human,
      l.preferred_branch_id, l.preferred_staff_id, l.preferred_language, l.instagram_username, l.profile_image_url,
      l.primary_service_id, l.interested_service_id,
      (select a.value from lead_aliases a where a.tenant_id = l.tenant_id and a.lead_id = l.id and a.kind = 'instagram'
        order by a.created_at desc, a.value limit 1) as instagram_psid,
      (select a.value from lead_aliases a where a.tenant_id = l.tenant_id and a.lead_id = l.id and a.kind = 'facebook'
        order by a.created_at desc, a.value limit 1) as facebook_psid,
      (select a.value from lead_aliases a where a.tenant_id = l.tenant_id and a.lead_id = l.id and a.kind = 'tiktok'
        order by a.created_at desc, a.value limit 1) as tiktok_open_id,
      (select p.id from patients p where p.tenant_id = l.tenant_id and p.lead_id = l.id) as patient_id,
      l.merged_into_id, l.deleted_at, l.deleted_by, l.created_at, l.updated_at
    from leads l;

-- A conversation with the guide's other name for its beginning. Updatable but for that.
create or replace view conversations_guide with (security_invoker = true) as
  select tenant_id, id, lead_id, branch_id, channel, channel_conversation_id, channel_connection_id, status, ai_handling,
      current_intent, last_intent_confidence, context, escalated_at, escalated_to_staff_id, escalation_reason, resolved_at,
      resolution_notes, message_count, turn_count, last_message_at, first_response_time_seconds, assigned_staff_id,
      satisfaction_score, created_at as started_at, created_at, updated_at
    from conversations;

-- A message under all the names that the guide has for the platform's id. Updatable but for the computed ones.
create or replace view messages_guide with (security_invoker = true) as
  select m.tenant_id, m.id, m.conversation_id, m.role, m.sender_type, m.sender_id, m.content, m.content_type, m.message_type,
      m.channel, m.media_url, m.external_id, m.external_id as channel_message_id, m.external_id as whatsapp_message_id,
      m.metadata, m.status, m.sent_at, m.error_message, m.external_timestamp, m.sent_by_staff_id, m.detected_intent,
      m.detected_signals, m.processed_by_job_id,
      -- An answer that was not dropped takes it into account.
      m.role = 'user' and exists (select from messages r where r.tenant_id = m.tenant_id
        and r.conversation_id = m.conversation_id and r.id > m.id and r.answers_message_id >= m.id
        and r.status not in ('withheld', 'failed')) as ai_processed,
      m.created_at, m.updated_at
    from messages m;

-- An account with its secrets masked: `••••3f9c`, `••••` for one too short to show any of, null for none. Written through
-- by `write_channel_connection`, secrets excepted.
create or replace view channel_connections_guide with (security_invoker = true) as
  select c.tenant_id, c.id, c.branch_id, c.channel, c.account_number, c.status, c.ai_enabled, c.connection_name,
      c.account_name, c.is_personal_brand, c.whatsapp_phone_number_id, c.whatsapp_business_account_id,
      case c.channel when 'whatsapp' then masked_secret(h, 'access_token') end as whatsapp_access_token,
      case c.channel when 'whatsapp' then masked_secret(h, 'verify_token') end as whatsapp_verify_token,
      case c.channel when 'whatsapp' then hook.path end as whatsapp_webhook_url,
      case c.channel when 'whatsapp' then token_expiry(h) end as whatsapp_token_expires_at,
      c.instagram_page_id, c.instagram_account_id, c.instagram_username,
      case c.channel when 'instagram' then masked_secret(h, 'access_token') end as instagram_access_token,
      case c.channel when 'instagram' then masked_secret(h, 'verify_token') end as instagram_verify_token,
      case c.channel when 'instagram' then token_expiry(h) end as instagram_token_expires_at,
      c.facebook_page_id, c.facebook_page_name,
      case c.channel when 'facebook' then masked_secret(h, 'access_token') end as facebook_access_token,
      case c.channel when 'facebook' then masked_secret(h, 'verify_token') end as facebook_verify_token,
      case c.channel when 'facebook' then token_expiry(h) end as facebook_token_expires_at,
      c.tiktok_business_id, c.tiktok_client_key, masked_secret(h, 'client_secret') as tiktok_client_secret,
      case c.channel when 'tiktok' then masked_secret(h, 'access_token') end as tiktok_access_token,
      case c.channel when 'tiktok' then masked_secret(h, 'refresh_token') end as tiktok_refresh_token, c.tiktok_open_id,
      case c.channel when 'tiktok' then masked_secret(h, 'verify_token') end as tiktok_verify_token,
      case c.channel when 'tiktok' then token_expiry(h) end as tiktok_token_expires_at,
      coalesce(c.facebook_page_id, c.instagram_page_id) as meta_page_id,
      case when c.channel in ('instagram', 'facebook') then masked_secret(h, 'access_token') end as meta_access_token, c.meta_app_id,
      masked_secret(h, 'access_token') as access_token, masked_secret(h, 'verify_token') as verify_token,
      coalesce(masked_secret(h, 'app_secret'), masked_secret(h, 'webhook_secret')) as webhook_secret,
      c.ai_personality_override, c.first_message_delay_seconds, c.subsequent_message_delay_seconds,
      c.custom_instructions_override,
      (select coalesce(sum(v.turn_count), 0) from conversations v
        where v.tenant_id = c.tenant_id and v.channel_connection_id = c.id) as messages_received,
      (select coalesce(sum(v.message_count - v.turn_count), 0) from conversations v
        where v.tenant_id = c.tenant_id and v.channel_connection_id = c.id) as messages_sent,
      c.error_count, c.last_message_at, c.last_error_at, c.last_error_message, c.connected_at, c.disconnected_at,
      c.connection_metadata, c.profile_id, c.created_at, c.updated_at
    from channel_connections c
    cross join lateral (select '/api/webhook/' || c.channel || '/' || t.slug as path from tenants t
      where t.id = c.tenant_id) hook
    cross join lateral (select coalesce(jsonb_object_agg(s.kind, jsonb_build_object('hint', s.hint, 'expires_at', s.expires_at)),
        '{}') as h from secret_hints s where s.tenant_id = c.tenant_id and s.channel_connection_id = c.id) hints;
