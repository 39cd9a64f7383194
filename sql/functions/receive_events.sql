-- The way in: everything one POST brought for one tenant, stored in one call and so in one transaction.
--
-- p_events: array of {"connection_id", "kind", "external_id", "aliases": [{"kind", "value", "address"}], "name", "at",
--   "content", "content_type", "selection", "reply_to", "wants_answer", "outbound", "error_code",
--   "standby", "origin": {"opaque", "app", "by_program"}, "thread": {"ours", "owner"}, "details", "raw",
--   "status": {"state", "opaque", "up_to", "participant", "error_code", "error", "billing"}} (`Rules/Inbound.swift`).
-- p_policy: {"stale_seconds", "first_delay_seconds", "next_delay_seconds", "cap_seconds", "asks_names"?} (`Rules`).
-- Returns how many there were of each, and in how many seconds the first answer is due; null: none is asked for.
drop function if exists receive_events(jsonb, jsonb, text);
create or replace function receive_events(p_events jsonb, p_policy jsonb, p_request_id text)
returns table (messages int, duplicates int, reports int, answers int, soonest float8)
-- Planned once a session: what varies from POST to POST is too little for other plans, and planning one statement anew
-- takes longer than running it.
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_tenant uuid := current_tenant();
  v_keys text[] := '{}';
  v_leads uuid[] := '{}';
  v_conversations uuid[] := '{}';
  v_connections uuid[] := '{}';
  v_contacts jsonb[] := '{}';
  v_talks boolean[] := '{}';
  v_kinds text[];
  c record;
begin
  perform hold_erasures();
  if exists (select from erased_items i where i.tenant_id = v_tenant) then p_events := without_erased(p_events); end if;
  -- What a POST does not hold costs nothing: most hold one message or one report.
  select coalesce(array_agg(distinct e ->> 'kind'), '{}') into v_kinds from jsonb_array_elements(p_events) e;
  perform lock_contacts(p_events);
  if 'echo' = any (v_kinds) then
    p_events := own_echoes(p_events);
    select coalesce(array_agg(distinct e ->> 'kind'), '{}') into v_kinds from jsonb_array_elements(p_events) e;
  end if;

  -- Whose conversation each belongs to: once a person and account, not once a message. In the order of their ids'
  -- making is not needed: the names' locks are held, so nobody else works on these people.
  for c in
    select e ->> 'connection_id' as connection, e -> 'aliases' as aliases, max(e ->> 'name') as name,
        bool_or(e ->> 'kind' in ('message', 'echo', 'history')) as talks
      from jsonb_array_elements(p_events) e
     where concerns_person(e)
     group by 1, 2
     order by min(e ->> 'external_id')
  loop
    v_keys := v_keys || (c.connection || c.aliases::text);
    v_leads := v_leads || (select lead_of_aliases(c.aliases, c.name, cc.channel, cc.branch_id)
      from channel_connections cc where cc.tenant_id = v_tenant and cc.id = c.connection::uuid);
    v_connections := v_connections || c.connection::uuid;
    v_contacts := array_append(v_contacts, c.aliases -> 0);
    v_talks := v_talks || c.talks;
  end loop;
  for i in 1 .. cardinality(v_keys) loop
    -- Names that came together later in the batch may have merged a lead that was found earlier in it.
    if cardinality(v_keys) > 1 then v_leads[i] := living_lead(v_leads[i]); end if;
    v_conversations := v_conversations
      || case when v_talks[i] then conversation_of(v_leads[i], v_connections[i], v_contacts[i]) end;
  end loop;

  if p_policy ? 'asks_names' then perform ask_names(v_conversations, p_request_id); end if;

  -- Before the news, so that their ids come first.
  if 'history' = any (v_kinds) then
    perform receive_history(p_events, v_keys, v_conversations);
  end if;
  messages := 0; duplicates := 0; reports := 0; answers := 0;
  if 'echo' = any (v_kinds) then p_events := mark_takeovers(p_events, v_keys, v_conversations); end if;
  if v_kinds && '{message,echo}' then
    select r.stored, r.asked, r.soonest into messages, answers, soonest
      from receive_messages(p_events, v_keys, v_conversations, p_policy, p_request_id) r;
    duplicates := (select count(*) from jsonb_array_elements(p_events) e where e ->> 'kind' in ('message', 'echo')) - messages;
  end if;
  if 'status' = any (v_kinds) then reports := receive_reports(p_events); end if;
  if not v_kinds <@ '{message,echo,status,history}' then perform receive_notices(p_events, v_keys, v_leads); end if;
  if v_kinds && '{message,history,edit,delete}' then perform apply_changes(p_events, p_policy, p_request_id); end if;
  return next;
end $$;

-- The same for a batch in which something cannot be stored: item by item, each under a savepoint; what fails for its
-- content is parked as a dead letter and its siblings are stored. Other errors (a dead disk, a deadlock) still throw.
-- The items come as texts, since one that jsonb cannot hold (a number of a million digits) would take the others along.
drop function if exists receive_events_singly(text, text, jsonb, jsonb, text);
create or replace function receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb,
  p_request_id text) returns table (messages int, duplicates int, reports int, answers int, parked int)
language plpgsql as $$
declare
  v_item text;
  v_events jsonb[] := '{}';
  e jsonb;
  r record;
begin
  messages := 0; duplicates := 0; reports := 0; answers := 0; parked := 0;
  foreach v_item in array p_events loop
    begin
      v_events := array_append(v_events, v_item::jsonb);
    exception when data_exception or program_limit_exceeded then
      insert into webhook_dead_letters (tenant_id, channel, tenant_slug, payload, error_message)
        values (current_tenant(), p_channel, p_slug, to_jsonb(v_item), sqlstate || ': ' || sqlerrm)
        on conflict do nothing;
      parked := parked + 1;
    end;
  end loop;
  perform hold_erasures();
  perform lock_contacts(to_jsonb(v_events));
  foreach e in array v_events loop
    begin
      select * into r from receive_events(jsonb_build_array(e), p_policy, p_request_id);
      messages := messages + r.messages;
      duplicates := duplicates + r.duplicates;
      reports := reports + r.reports;
      answers := answers + r.answers;
    exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
      insert into webhook_dead_letters (tenant_id, channel, tenant_slug, payload, error_message)
        values (current_tenant(), p_channel, p_slug, e, sqlstate || ': ' || sqlerrm)
        on conflict do nothing;
      parked := parked + 1;
    end;
  end loop;
  return next;
end $$;
