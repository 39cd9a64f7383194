-- Templates as the platform lists them.

-- p_templates: [{"name", "language", "external_id"?, "status", "category"?, "components"?, "parameter_format"?, "quality"?,
-- "reason"?}] of a business account, as it was at p_at: what was told since counts more. p_whole: these are all there are,
-- so that another is DELETED. Returns how many were listed and how many are gone.
create or replace function sync_templates(p_business text, p_templates jsonb, p_at timestamptz, p_whole boolean,
  out listed int, out gone int)
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
begin
  -- As `apply_news` does, which writes the same rows.
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|news', 0));
  insert into message_templates as t (tenant_id, business_account_id, name, language, external_id, category, status, reason,
      quality, parameter_format, components, status_at, quality_at, synced_at)
    select distinct on (x.name, x.language) v_tenant, p_business, x.name, x.language, x.external_id, x.category, x.status,
        x.reason, x.quality, x.parameter_format, x.components, p_at, case when x.quality is not null then p_at end, p_at
      from jsonb_to_recordset(p_templates) as x (name text, language text, external_id text, category text, status text,
        reason text, quality text, parameter_format text, components jsonb)
     order by x.name, x.language, x.external_id desc
    on conflict (tenant_id, business_account_id, name, language) do update set
      external_id = coalesce(excluded.external_id, t.external_id),
      category = coalesce(excluded.category, t.category),
      status = case when p_at >= coalesce(t.status_at, '-infinity') then excluded.status else t.status end,
      reason = case when p_at >= coalesce(t.status_at, '-infinity') then excluded.reason else t.reason end,
      status_at = greatest(t.status_at, p_at),
      quality = case when excluded.quality is not null and p_at >= coalesce(t.quality_at, '-infinity')
        then excluded.quality else t.quality end,
      quality_at = greatest(t.quality_at, excluded.quality_at),
      parameter_format = coalesce(excluded.parameter_format, t.parameter_format),
      components = coalesce(excluded.components, t.components),
      synced_at = greatest(t.synced_at, p_at);
  get diagnostics listed = row_count;
  gone := 0;
  if p_whole then
    update message_templates t set status = 'DELETED', status_at = p_at, synced_at = p_at
      where t.tenant_id = v_tenant and t.business_account_id = p_business and coalesce(t.synced_at, '-infinity') < p_at
        and coalesce(t.status_at, t.created_at) < p_at and t.status <> 'DELETED';
    get diagnostics gone = row_count;
  end if;
  -- What was wrong with one that is approved now is over (`Rules/TemplateNews` names the alert).
  update alerts a set resolved_at = app_now()
    from channel_connections cc, message_templates t
    where a.tenant_id = v_tenant and a.resolved_at is null and cc.tenant_id = v_tenant and cc.id = a.channel_connection_id
      and cc.whatsapp_business_account_id = p_business and t.tenant_id = v_tenant and t.business_account_id = p_business
      and t.status = 'APPROVED' and a.kind = concat_ws(' ', 'template', t.name, t.language);
end $$;
