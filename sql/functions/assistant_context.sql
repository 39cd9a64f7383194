-- What an answer is made of, beside what was said.

-- `tenant_profile` and what is said to this account's people at this branch: {"ai_config": {…}, "custom_instructions": [{"type",
-- "title", "instruction", "examples"}] (five at most), "external_data": {"source_systems", "products", "inventory"}}. The same
-- facts are the same text.
create or replace function assistant_context(p_tenant uuid, p_connection uuid, p_branch uuid) returns jsonb
language plpgsql stable as $$
begin return (
  select p.profile || jsonb_build_object(
    'ai_config', p.profile -> 'ai_config' || jsonb_build_object(
      'supported_languages', to_jsonb(a.supported_languages), 'use_emojis', a.use_emojis,
      'escalate_on_hot_lead', a.escalate_on_hot_lead, 'min_confidence', a.min_confidence::text,
      'escalation_message', a.escalation_message, 'out_of_hours_enabled', a.out_of_hours_enabled,
      'out_of_hours_message', a.out_of_hours_message, 'auto_greeting_enabled', a.auto_greeting_enabled,
      'auto_greeting_message', a.auto_greeting_message, 'enable_scoring', a.enable_scoring,
      -- The account's own word comes before the business's.
      'response_style', coalesce(cc.ai_personality_override, a.response_style),
      'system_prompt', coalesce(nullif(btrim(cc.custom_instructions_override), ''), a.system_prompt)),
    'custom_instructions', (select coalesce(jsonb_agg(jsonb_build_object('type', i.instruction_type, 'title', i.title,
        'instruction', i.instruction, 'examples', i.examples) order by i.priority desc, i.id), '[]')
      from (select * from ai_custom_instructions x
             where x.tenant_id = p_tenant and x.is_active and x.include_in_prompt
               and (x.branch_id is null or x.branch_id = p_branch)
             order by x.priority desc, x.id limit 5) i),
    'external_data', external_data_there(p_tenant))
    from (select tenant_profile(p_tenant) as profile offset 0) p
    left join ai_tenant_context a on a.tenant_id = p_tenant
    left join channel_connections cc on cc.tenant_id = p_tenant and cc.id = p_connection
); end $$;

-- How a conversation stands, for those who may settle a question without a model and for what the model is told of the moment:
--   since          when people gave it back last, null: never
--   messages       the person's since then, of the last day; null: the business does not count
--   hot            the business wants people to take over such leads, and this one became one since then
--   open, opens    whether the branch is open (holidays and closings counted: `times_off`), and when it opens next,
--                  "YYYY-MM-DD HH24:MI", `opens_weekday` and `opens_at`; null: nobody knows, or not within a week
--   told_closed    the person was told that it is closed, in the last 12 hours and since it opened as was promised, or that
--                  it would open about now
--   appointments   what the person has before them (`appointments_ahead`)
--   about          what staff noted about the person: {"notes", "tags", "interested_services", "classification"}
create or replace function conversation_state(p_conversation uuid) returns jsonb
language plpgsql stable as $$
declare
  -- A talk of today; who comes back after weeks begins anew.
  v_since timestamptz := (select greatest(coalesce(c.handed_back_at, '-infinity'), app_now() - interval '24 hours')
    from conversations c where c.tenant_id = current_tenant() and c.id = p_conversation);
  -- Known to the planner, or it reads the whole talk: a message is stored after its transaction began, so that none of
  -- these has an earlier id.
  v_first uuid := uuid_v7_floor(v_since);
  v_night uuid := uuid_v7_floor(app_now() - interval '12 hours');
begin return (
  select jsonb_build_object(
    'since', c.handed_back_at,
    'messages', case when a.auto_escalate_after_messages > 0 then (
      select count(*) from messages m
       where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.role = 'user' and not m.historical
         and m.deleted_at is null
         and m.created_at > v_since and m.id >= v_first) end,
    'hot', coalesce(a.escalate_on_hot_lead, false) and l.classification = 'hot'
      -- Who was so when people gave them back is known to people, whatever points have come since.
      and (c.handed_back_at is null or exists (select from lead_score_history h
        where h.tenant_id = c.tenant_id and h.lead_id = c.lead_id and h.id >= uuid_v7_floor(c.handed_back_at)
          and h.created_at > c.handed_back_at and h.new_classification = 'hot'
          and h.previous_classification is distinct from 'hot')),
    'open', o.is_open, 'opens', to_char(o.next_open, 'YYYY-MM-DD HH24:MI'),
    'opens_weekday', extract(isodow from o.next_open)::int, 'opens_at', o.next_open at time zone z.name,
    'told_closed', coalesce(a.out_of_hours_enabled, false) and (
      coalesce(c.promised_for between app_now() - interval '1 hour' and app_now(), false) or exists (select from messages m
      where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.role = 'assistant'
        and m.metadata ? 'out_of_hours' and m.status not in ('withheld', 'failed')
        and m.created_at > app_now() - interval '12 hours' and m.id >= v_night
        and m.created_at > case when c.promised_for <= app_now() then c.promised_for else '-infinity' end)),
    'appointments', (select coalesce(jsonb_agg(h.detail), '[]') from appointments_ahead(l.id) h),
    'about', jsonb_build_object('notes', left(l.notes, 1000), 'tags', to_jsonb(l.tags[1:10]),
      'interested_services', to_jsonb(l.interested_services[1:10]), 'classification', l.classification))
    from conversations c
    join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join branches b on b.tenant_id = c.tenant_id and b.id = coalesce(c.branch_id, cc.branch_id)
    left join ai_tenant_context a on a.tenant_id = c.tenant_id
    cross join lateral (select coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City') as name) z
    cross join lateral opening_state(coalesce(nullif(b.operating_hours, '{}'), a.business_hours), app_now(), z.name,
      closings_ahead(b.id)) o
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;
