-- Message templates as the platform tells of them.

-- p_template: {"business", "name", "language", "external_id"?, "status"?, "reason"?, "quality"?, "category"?, "changed"?}
-- (`Rules/TemplateNews`), which was so at p_at. The newest word counts, of the status and of the quality apart.
create or replace function note_template(p_template jsonb, p_at timestamptz) returns void
language sql as $$
  insert into message_templates as t (tenant_id, business_account_id, name, language, external_id, category, status, reason,
      quality, status_at, quality_at)
    select current_tenant(), p_template ->> 'business', p_template ->> 'name', p_template ->> 'language',
        p_template ->> 'external_id', p_template ->> 'category', coalesce(p_template ->> 'status', 'UNKNOWN'),
        p_template ->> 'reason', p_template ->> 'quality',
        case when p_template ? 'status' then p_at end, case when p_template ? 'quality' then p_at end
    on conflict (tenant_id, business_account_id, name, language) do update set
      external_id = coalesce(excluded.external_id, t.external_id),
      category = coalesce(excluded.category, t.category),
      status = case when excluded.status_at >= coalesce(t.status_at, '-infinity') then excluded.status else t.status end,
      reason = case when excluded.status_at >= coalesce(t.status_at, '-infinity') then excluded.reason else t.reason end,
      status_at = greatest(t.status_at, excluded.status_at),
      quality = case when excluded.quality_at >= coalesce(t.quality_at, '-infinity') then excluded.quality
        else t.quality end,
      quality_at = greatest(t.quality_at, excluded.quality_at),
      components = case when (p_template ->> 'changed')::boolean then null else t.components end
$$;
