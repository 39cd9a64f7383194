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

-- What keeps a template from leaving an account, as a sentence that says what to do; null: nothing that we know of.
-- p_payload: {"name", "language"}; p_usable: the states in which it is taken (`Rules/OutboundTemplate`).
create or replace function template_trouble(p_connection uuid, p_payload jsonb, p_usable jsonb) returns text
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_what text := format('the template %s (%s) ', p_payload ->> 'name', p_payload ->> 'language');
  v_business text;
  v_status text;
  v_reason text;
  v_elsewhere text;
begin
  select cc.whatsapp_business_account_id into v_business from channel_connections cc
   where cc.tenant_id = v_tenant and cc.id = p_connection;
  -- As `template_gate` looks.
  select upper(t.status), t.reason into v_status, v_reason from message_templates t
   where t.tenant_id = v_tenant and t.name = p_payload ->> 'name' and t.language = p_payload ->> 'language'
     and t.business_account_id = coalesce(v_business, t.business_account_id)
   order by t.updated_at desc limit 1;
  if p_usable ? coalesce(v_status, 'UNKNOWN') then return null; end if;
  select string_agg(distinct t.language, ', ') into v_elsewhere from message_templates t
   where t.tenant_id = v_tenant and t.name = p_payload ->> 'name' and t.language <> p_payload ->> 'language'
     and t.business_account_id = coalesce(v_business, t.business_account_id) and p_usable ? upper(t.status);
  return v_what || case
      when v_elsewhere is not null then 'is not approved; it is in ' || v_elsewhere || ': use that language'
      when coalesce(v_status, 'UNKNOWN') = 'UNKNOWN' then 'is not known to be approved: ask WhatsApp (tistis templates '
        || 'sync); if it is one of ours and not there, submit it (tistis templates create) and wait for the approval'
      when v_status like 'PENDING%' or v_status in ('IN_APPEAL', 'LIMIT_EXCEEDED') then 'is ' || v_status
        || ': wait for WhatsApp''s approval, which comes by itself (tistis templates sync asks for it)'
      when v_status = 'PAUSED' then 'is PAUSED' || coalesce(' (' || v_reason || ')', '')
        || ': it is sent again once WhatsApp reinstates it; change its text or whom it goes to'
      when v_status = 'DELETED' then 'is gone: make it again (tistis templates create)'
      else 'is ' || v_status || coalesce(' (' || v_reason || ')', '')
        || ': correct it in Meta''s WhatsApp Manager and submit it again, or make another one' end;
end $$;

-- Tells people that a template keeps something from leaving. One alert with the platform's own news of the same
-- (`Rules/TemplateNews`), which also closes it, as a list does in which it is approved (`sync_templates`).
create or replace function alert_template(p_connection uuid, p_payload jsonb, p_usable jsonb) returns void
language plpgsql as $$
declare
  v_kind text := concat_ws(' ', 'template', p_payload ->> 'name', p_payload ->> 'language');
begin
  perform raise_alert(p_connection, jsonb_build_object('kind', v_kind, 'key', v_kind, 'severity', 'act',
      'sentence', x.sentence || '; what it was for was not sent'))
    from (select template_trouble(p_connection, p_payload, p_usable) as sentence) x
   where x.sentence is not null;
end $$;
