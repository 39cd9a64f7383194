-- How a business wants its assistant to be, as the dashboard reads and writes it.

-- Every setting by the name of its column and by the other name that the guide has for it; a business that has set nothing yet
-- has what holds for it.
create or replace function assistant_config() returns jsonb
language plpgsql stable as $$
declare
  a ai_tenant_context;
begin
  select * into a from ai_tenant_context x where x.tenant_id = current_tenant();
  return jsonb_build_object(
    'ai_enabled', coalesce(a.ai_enabled, true), 'model', a.model, 'system_prompt', a.system_prompt,
    'temperature', coalesce(a.temperature, 0.70), 'max_tokens', coalesce(a.max_tokens, 500),
    'response_style', coalesce(a.response_style, 'professional_friendly'), 'business_hours', nullif(a.business_hours, '{}'),
    'escalation_keywords', to_jsonb(coalesce(a.escalation_keywords, '{}')),
    'auto_escalate_after_messages', coalesce(a.auto_escalate_after_messages, 0),
    'escalate_on_hot_lead', coalesce(a.escalate_on_hot_lead, false), 'min_confidence', coalesce(a.min_confidence, 0.50),
    'escalation_message', a.escalation_message, 'default_language', coalesce(a.default_language, 'es'),
    'supported_languages', to_jsonb(coalesce(a.supported_languages, '{es}')), 'currency', coalesce(a.currency, 'MXN'),
    'use_emojis', coalesce(a.use_emojis, false), 'out_of_hours_enabled', coalesce(a.out_of_hours_enabled, false),
    'out_of_hours_message', a.out_of_hours_message, 'auto_greeting_enabled', coalesce(a.auto_greeting_enabled, false),
    'auto_greeting_message', a.auto_greeting_message, 'default_first_message_delay', a.default_first_message_delay,
    'default_subsequent_message_delay', a.default_subsequent_message_delay,
    'enable_scoring', coalesce(a.enable_scoring, true), 'scoring_policy', coalesce(a.scoring_policy, 'signals'),
    'ai_model', a.model, 'custom_instructions', a.system_prompt, 'ai_temperature', coalesce(a.temperature, 0.70),
    'ai_personality', coalesce(a.response_style, 'professional_friendly'),
    'max_turns_before_escalation', coalesce(a.auto_escalate_after_messages, 0));
end $$;

-- A row for who has none, as it is for who has none: the columns' own defaults are for who is made with the guide's settings
-- (`tistis tenants create`), and a budget must not switch escalation on.
create or replace function make_assistant_row() returns void
language plpgsql as $$
begin
  insert into ai_tenant_context (tenant_id, response_style, business_hours, escalation_keywords,
      auto_escalate_after_messages)
    values (require_tenant(current_tenant()), 'professional_friendly', '{}', '{}', 0) on conflict do nothing;
end $$;

-- Changes what is named, by column; a text of nothing is none. The first change makes the row.
create or replace function change_assistant_config(p_values jsonb) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  n ai_tenant_context;
begin
  perform make_assistant_row();
  select * into n from ai_tenant_context a where a.tenant_id = v_tenant for update;
  n := jsonb_populate_record(n, p_values);
  update ai_tenant_context a set ai_enabled = n.ai_enabled, model = nullif(n.model, ''),
      system_prompt = nullif(n.system_prompt, ''), temperature = n.temperature, max_tokens = n.max_tokens,
      response_style = n.response_style, business_hours = n.business_hours, escalation_keywords = n.escalation_keywords,
      auto_escalate_after_messages = n.auto_escalate_after_messages, escalate_on_hot_lead = n.escalate_on_hot_lead,
      min_confidence = n.min_confidence, escalation_message = nullif(n.escalation_message, ''),
      default_language = n.default_language, supported_languages = n.supported_languages, currency = n.currency,
      use_emojis = n.use_emojis, out_of_hours_enabled = n.out_of_hours_enabled,
      out_of_hours_message = nullif(n.out_of_hours_message, ''), auto_greeting_enabled = n.auto_greeting_enabled,
      auto_greeting_message = nullif(n.auto_greeting_message, ''),
      default_first_message_delay = n.default_first_message_delay,
      default_subsequent_message_delay = n.default_subsequent_message_delay, enable_scoring = n.enable_scoring,
      scoring_policy = n.scoring_policy
    where a.tenant_id = v_tenant;
end $$;

-- The rules by which what people say is scored, in their order: [{"signal", "name", "category", "type", "points", "is_active",
-- "keywords"?: of those that look for words}].
create or replace function scoring_rules() returns jsonb
language plpgsql stable as $$
begin return (
  select coalesce(jsonb_agg(jsonb_build_object('signal', r.signal_name, 'name', r.signal_display_name,
      'category', r.category, 'type', r.detection_type, 'points', r.points, 'is_active', r.is_active)
      || case when r.detection_type = 'keyword' then jsonb_build_object('keywords',
        coalesce(r.detection_config -> 'keywords', '[]')) else '{}' end order by r.evaluation_order, r.id), '[]')
    from ai_scoring_rules r where r.tenant_id = current_tenant()
); end $$;

-- [{"signal", "name"?, "points"?, "is_active"?, "keywords"?}]: what is not named stays. Where one is none of the business's, or
-- keywords are given to what looks for none, nothing changes; these are returned.
create or replace function change_scoring_rules(p_rules jsonb) returns text[]
language plpgsql as $$
declare
  v_unknown text[];
begin
  select coalesce(array_agg(w.signal order by w.signal), '{}') into v_unknown
    from jsonb_to_recordset(p_rules) as w (signal text, keywords jsonb)
   where not exists (select from ai_scoring_rules r where r.tenant_id = current_tenant() and r.signal_name = w.signal
     and (w.keywords is null or r.detection_type = 'keyword'));
  if v_unknown <> '{}' then return v_unknown; end if;
  update ai_scoring_rules r set points = coalesce(w.points, r.points), is_active = coalesce(w.is_active, r.is_active),
      signal_display_name = coalesce(w.name, r.signal_display_name),
      detection_config = case when w.keywords is null then r.detection_config
        else r.detection_config || jsonb_build_object('keywords', w.keywords) end,
      updated_at = app_now()
    from (select distinct on (x.signal) x.* from jsonb_to_recordset(p_rules) as x (signal text, name text, points int,
      is_active boolean, keywords jsonb)) w
   where r.tenant_id = current_tenant() and r.signal_name = w.signal;
  return v_unknown;
end $$;
