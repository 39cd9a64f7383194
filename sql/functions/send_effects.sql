-- What a platform's refusal of a message changes besides the message: decided by `Rules/SendEffects.swift`, written here,
-- for answers to our sends and for reports of failure alike.

-- p_effects, each member optional:
--   {"stop": {"code", "sentence"},
--    "strike": {"scope": pair | number | account | app, "seconds", "growth", "cap", "reason"},
--    "hold": {"seconds", "initiated_only", "reason"},
--    "marketing": {"stopped"} or {"rest_seconds", "rest_again_seconds"},
--    "template": {"status", "reason"},
--    "alert": {"kind", "key", "severity", "sentence", "details"}}
-- p_message: whose refusal it is; null: not one of ours, then p_lead says whom it went to, if anybody knows. p_at: when the platform said so; what is more than an hour old
-- (reports are repeated for days) stops and slows nothing any more. Returns the seconds that the message has to wait.
create or replace function apply_send_effects(p_connection uuid, p_message uuid, p_effects jsonb, p_at timestamptz,
  p_lead uuid default null) returns float8
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_lead uuid;
  v_template jsonb;
  v_effects jsonb := case when p_at < app_now() - interval '1 hour' then p_effects - array['stop', 'strike', 'hold', 'alert']
    else p_effects end;
  v_alert jsonb := v_effects -> 'alert';
  v_wait float8;
  e jsonb;
  r record;
begin
  select c.lead_id, case when m.payload ->> 'kind' = 'template' then m.payload end into v_lead, v_template
    from messages m join conversations c on c.tenant_id = v_tenant and c.id = m.conversation_id
   where m.tenant_id = v_tenant and m.id = p_message;
  v_lead := coalesce(v_lead, p_lead);

  e := v_effects -> 'stop';
  if e is not null then
    perform stop_channel(p_connection, e ->> 'sentence', e ->> 'code', v_alert);
    v_alert := null;
  end if;

  e := v_effects -> 'strike';
  if e is not null then
    for r in
      select cc.id from channel_connections cc
        join channel_connections own on own.tenant_id = v_tenant and own.id = p_connection
       where cc.tenant_id = v_tenant and case e ->> 'scope'
         when 'app' then cc.channel = own.channel
         when 'account' then cc.id = own.id or cc.whatsapp_business_account_id = own.whatsapp_business_account_id
         else cc.id = own.id end
         and (e ->> 'scope' <> 'pair' or v_lead is not null)
       order by cc.id
    loop
      v_wait := greatest(v_wait, strike_sends(r.id, case e ->> 'scope' when 'pair' then v_lead::text else '' end,
        (e ->> 'seconds')::float8, (e ->> 'growth')::float8, (e ->> 'cap')::float8, e ->> 'reason'));
    end loop;
  end if;

  e := v_effects -> 'hold';
  if e is not null then
    perform hold_sends(p_connection, '', (e ->> 'seconds')::float8, (e ->> 'initiated_only')::boolean, e ->> 'reason');
    -- By then it asks again, and is told how long it still is.
    v_wait := greatest(v_wait, least((e ->> 'seconds')::float8, 3600));
  end if;

  e := v_effects -> 'marketing';
  if e is not null and v_lead is not null then
    perform note_marketing(v_lead, p_connection, e, least(p_at, app_now()));
  end if;

  e := v_effects -> 'template';
  if e is not null and v_template is not null then
    insert into message_templates as t (tenant_id, business_account_id, name, language, status, reason, status_at)
      select v_tenant, cc.whatsapp_business_account_id, v_template ->> 'name', v_template ->> 'language', e ->> 'status',
          e ->> 'reason', p_at
        from channel_connections cc where cc.tenant_id = v_tenant and cc.id = p_connection
          and cc.whatsapp_business_account_id is not null
      on conflict (tenant_id, business_account_id, name, language) do update set status = excluded.status, reason = excluded.reason,
        status_at = excluded.status_at
      -- A report may be days old, and the template approved again since.
      where excluded.status_at >= coalesce(t.status_at, '-infinity');
    -- One alert with the platform's own news of the same (`Rules/TemplateNews`), which also closes it.
    v_alert := v_alert || jsonb_build_object('kind', t.kind, 'key', t.kind)
      from (select concat_ws(' ', 'template', v_template ->> 'name', v_template ->> 'language') as kind) t;
  end if;

  if v_alert is not null then perform raise_alert(p_connection, v_alert); end if;
  return v_wait;
end $$;

-- A person wants no marketing, or the platform spares them more of it: at first for a day, then longer if that did not
-- help within a week. A rest says nothing about what the person wants: whatever they say is newer.
create or replace function note_marketing(p_lead uuid, p_connection uuid, p_note jsonb, p_at timestamptz) returns void
language sql as $$
  select set_consent(p_lead, cc.channel, 'marketing', 'stopped', 'error', p_at)
    from channel_connections cc
   where cc.tenant_id = current_tenant() and cc.id = p_connection and p_note ? 'stopped';
  insert into contact_consents as k (tenant_id, lead_id, channel, scope, state, source, said_at, not_before)
    select current_tenant(), p_lead, cc.channel, 'marketing', 'allowed', 'error', '-infinity',
        p_at + make_interval(secs => (p_note ->> 'rest_seconds')::float8)
      from channel_connections cc
     where cc.tenant_id = current_tenant() and cc.id = p_connection and not p_note ? 'stopped'
  on conflict (tenant_id, lead_id, channel, scope) do update set
      not_before = case when k.not_before > p_at - interval '7 days'
          then greatest(k.not_before, p_at + make_interval(secs => (p_note ->> 'rest_again_seconds')::float8))
        else excluded.not_before end
$$;
