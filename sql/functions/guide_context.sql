-- What an assistant of one's own needs to know about a business.

-- One statement. Of what we do not keep (policies, articles, templates, competitors) the lists are empty.
create or replace function get_tenant_ai_context(p_tenant_id uuid) returns jsonb
language sql stable as $$
  select p || jsonb_build_object(
    'ai_config', (p -> 'ai_config') || jsonb_build_object(
      'max_response_length', coalesce(a.max_tokens, 500),
      'enable_scoring', coalesce(a.enable_scoring, true),
      'auto_escalate_keywords', to_jsonb(coalesce(a.escalation_keywords, '{}')),
      'max_turns_before_escalation', coalesce(a.auto_escalate_after_messages, 0),
      'escalate_on_hot_lead', coalesce(a.escalate_on_hot_lead, false), 'use_emojis', coalesce(a.use_emojis, false),
      'supported_languages', to_jsonb(coalesce(a.supported_languages, '{es}'))),
    'doctors', p -> 'staff',
    'scoring_rules', (select coalesce(jsonb_agg(jsonb_build_object('signal_name', r.signal_name,
        'signal_display_name', r.signal_display_name, 'points', r.points, 'detection_type', r.detection_type,
        'detection_config', r.detection_config, 'category', r.category) order by r.evaluation_order, r.id), '[]')
      from ai_scoring_rules r where r.tenant_id = t.id and r.is_active),
    'custom_instructions', (select coalesce(jsonb_agg(jsonb_build_object('type', i.instruction_type, 'title', i.title,
        'instruction', i.instruction, 'examples', i.examples, 'branch_id', i.branch_id)
        order by i.priority desc, i.id), '[]')
      from (select * from ai_custom_instructions c where c.tenant_id = t.id and c.is_active and c.include_in_prompt
        order by c.priority desc, c.id limit 5) i),
    'business_policies', '[]'::jsonb, 'knowledge_articles', '[]'::jsonb, 'response_templates', '[]'::jsonb,
    'competitor_handling', '[]'::jsonb)
  from (select require_tenant(p_tenant_id) as id offset 0) t
  -- Kept apart, or it is made once for each place that names it.
  cross join lateral (select tenant_profile(t.id) as p offset 0) x
  left join ai_tenant_context a on a.tenant_id = t.id
$$;
