-- What a platform says about the business's account and its templates, and what follows from it.

-- p_news: [{"connection_id", "at", "wide", "news": {"kind"?, "severity"?, "sentence"?, "stops"?, "over": [], "limit"?,
-- "quality"?, "template"?}}] (`Rules/AccountNews`, `Rules/TemplateNews`): notices that are new and stored. They come in
-- any order: what a newer one has taken back has no effect any more.
create or replace function apply_news(p_news jsonb) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_accounts uuid[];
  v_over text[];
  n record;
begin
  -- Two at once would not see each other. They are rare.
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|news', 0));
  for n in
    select x.connection_id, coalesce(x.at, app_now()) as at, x.news, x.wide
      from jsonb_to_recordset(p_news) as x (connection_id uuid, at timestamptz, news jsonb, wide boolean)
     order by 2
  loop
    -- Those of the same business, if it is the business that is spoken of.
    select array_agg(o.id order by o.id) into v_accounts
      from channel_connections c
      join channel_connections o on o.tenant_id = c.tenant_id and o.channel = c.channel and (o.id = c.id
        or (n.wide and o.whatsapp_business_account_id = c.whatsapp_business_account_id))
     where c.tenant_id = v_tenant and c.id = n.connection_id;

    if n.news ? 'template' then
      perform note_template(
        case when newer_news(v_accounts, n.at, 'template', n.news -> 'template') then (n.news -> 'template') - 'category'
          else n.news -> 'template' end, n.at);
    end if;

    select array_agg(k) into v_over from jsonb_array_elements_text(n.news -> 'over') k
      where not newer_news(v_accounts, n.at, 'kind', to_jsonb(k));
    update alerts set resolved_at = app_now()
      where tenant_id = v_tenant and channel_connection_id = any (v_accounts) and kind = any (v_over)
        and resolved_at is null;
    update channel_connections set status = 'connected', stopped_code = null, stopped_at = null
      where tenant_id = v_tenant and id = any (v_accounts) and status = 'error' and stopped_code = any (v_over);

    if n.news ? 'kind' and not newer_news(v_accounts, n.at, 'over', n.news -> 'kind')
      and not newer_news(v_accounts, n.at, 'kind', n.news -> 'kind') then
      perform raise_alert(n.connection_id, jsonb_build_object('kind', n.news -> 'kind', 'key', n.news -> 'kind',
        'severity', n.news -> 'severity', 'sentence', n.news -> 'sentence', 'details', jsonb_build_object('at', n.at)));
      if (n.news ->> 'stops')::boolean then
        update channel_connections set status = 'error', stopped_code = n.news ->> 'kind', stopped_at = app_now(),
            error_count = error_count + 1, last_error_at = app_now(), last_error_message = n.news ->> 'sentence'
          where tenant_id = v_tenant and id = any (v_accounts)
            -- What stands still for another reason does not run again when this one is over.
            and status in ('connected', 'error') and stopped_code is null;
      end if;
    end if;

    update channel_connections set
        messaging_limit = case when newer_news(v_accounts, n.at, 'limit', null) then messaging_limit
          else coalesce(n.news ->> 'limit', messaging_limit) end,
        quality = case when newer_news(v_accounts, n.at, 'quality', null) then quality
          else coalesce(n.news ->> 'quality', quality) end
      where tenant_id = v_tenant and id = n.connection_id and (n.news ? 'limit' or n.news ? 'quality');
  end loop;
end $$;

-- Whether something newer than p_at was told of these accounts that has to do with p_what: 'kind' and 'over' are about
-- the trouble p_about, 'template' about the category of the template p_about, the others about anything.
create or replace function newer_news(p_accounts uuid[], p_at timestamptz, p_what text, p_about jsonb) returns boolean
language sql stable as $$
  select exists (
    select 1 from channel_events e
     where e.tenant_id = current_tenant() and e.channel_connection_id = any (p_accounts)
       and e.kind in ('account', 'template') and coalesce(e.occurred_at, e.created_at) > p_at
       and case p_what
         when 'kind' then e.details #> '{news,kind}' = p_about
         when 'over' then e.details #> '{news,over}' @> p_about
         when 'template' then e.details #> '{news,template}' @> (p_about - 'business' - 'external_id' - 'status' - 'reason'
             - 'quality' - 'category' - 'changed') and e.details #> '{news,template}' ? 'category'
         else e.details -> 'news' ? p_what end)
$$;
