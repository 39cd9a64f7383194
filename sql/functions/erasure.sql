-- A person's data is erased. What they wrote, what was written to them and what platforms told about them goes; figures
-- (what an answer cost) stay without them.

create or replace function erased_mark(p_id text) returns bytea
language sql stable as $$ select sha256(convert_to(current_tenant()::text || '|' || p_id, 'UTF8')) $$;

-- Under which a person's wish to be left alone outlives them here; null as long as nobody was erased.
create or replace function contact_mark(p_kind text, p_value text) returns bytea
language sql stable as $$
  select sha256(convert_to(k.key || '|' || p_kind || '|' || p_value, 'UTF8')) from erasure_keys k
   where k.tenant_id = current_tenant()
$$;

-- Whoever stores waits while somebody of the tenant is erased, and the other way round; nobody waits for those who store.
create or replace function hold_erasures() returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(current_tenant()::text || '|erase', 2));
end $$;

-- A batch without what was erased and is delivered again, and without what is told about it.
create or replace function without_erased(p_events jsonb) returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(x.e order by x.n), '[]')
    from jsonb_array_elements(p_events) with ordinality x (e, n)
   where not exists (select from erased_items i where i.tenant_id = current_tenant() and i.mark in (
     erased_mark(x.e ->> 'external_id'), erased_mark(x.e #>> '{status,opaque}'),
     case when x.e ->> 'kind' in ('edit', 'delete', 'reaction') then erased_mark(x.e ->> 'reply_to') end))
$$;

-- Somebody of these names had asked to be left alone before they were erased.
create or replace function restore_stops(p_lead uuid, p_aliases jsonb) returns void
language sql as $$
  insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at)
    select distinct on (s.channel, s.scope) current_tenant(), p_lead, s.channel, s.scope, 'stopped', s.source, s.said_at
      from jsonb_array_elements(p_aliases) a
      join erased_stops s on s.tenant_id = current_tenant() and s.mark = contact_mark(a ->> 'kind', a ->> 'value')
     order by s.channel, s.scope, s.said_at desc
    on conflict do nothing
$$;

-- A lead and all that turned out to be the same person; null: there is no such lead.
create or replace function leads_of_person(p_lead uuid) returns uuid[]
language sql stable as $$
  with recursive up as (
    select id, merged_into_id from leads where tenant_id = current_tenant() and id = p_lead
    union
    select l.id, l.merged_into_id from up u join leads l on l.tenant_id = current_tenant() and l.id = u.merged_into_id
  ), person as (
    select id from up
    union
    select l.id from person p join leads l on l.tenant_id = current_tenant() and l.merged_into_id = p.id)
  select array_agg(id order by id) from person
$$;

-- Erases a person. Returns how many rows of what; null: there is no such lead. Files follow: a job each removes them
-- (`remove_media`), unless another message has the same content. Only the owner may do this (`tistis erase lead`). Unless
-- p_really, it is only counted: nothing is locked and nothing changes.
--
-- Who stores waits (`hold_erasures`), and the conversations are locked as everybody locks them: lanes, then rows. A worker
-- that holds a job of this person finds nothing to write to when it comes back. Everything is read through before that,
-- while nobody waits; then only what came since.
create or replace function erase_lead(p_lead uuid, p_by text, p_really boolean) returns jsonb
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_nil constant uuid := '00000000-0000-0000-0000-000000000000';
  v_leads uuid[] := leads_of_person(p_lead);
  v_names text := names_pattern(v_leads);
  -- What is newer may still be on its way into its table while it is read.
  v_since uuid := uuid_v7_floor(clock_timestamp() - interval '5 minutes');
  v_looks jsonb;
  v_conversations uuid[];
  v_lanes text[];
  v_messages uuid[];
  v_items text[];
  v_media jsonb;
  v_counts jsonb := '{}';
  v_done int;
  t text;
begin
  if v_leads is null then return null; end if;
  v_looks := jsonb_build_array(rows_of_person(v_leads, v_names, v_nil));
  if p_really then
    perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|erase', 2));
    -- Merged with somebody, or known by one more name, or erased by another, meanwhile.
    if leads_of_person(p_lead) is distinct from v_leads or names_pattern(v_leads) <> v_names then
      v_leads := leads_of_person(p_lead);
      if v_leads is null then return null; end if;
      v_names := names_pattern(v_leads);
      v_since := v_nil;
    end if;
  end if;
  v_conversations := array(select id from conversations where tenant_id = v_tenant and lead_id = any (v_leads) order by id);
  if p_really then
    v_lanes := array(select x || c from unnest(v_conversations) c, unnest(array['answer:', 'send:']) x);
    perform lock_lanes(v_tenant, v_lanes, v_lanes);
    perform 1 from conversations where tenant_id = v_tenant and id = any (v_conversations) order by id for update;
    v_looks := v_looks || rows_of_person(v_leads, v_names, v_since);
  end if;
  v_messages := array(select id from messages where tenant_id = v_tenant and conversation_id = any (v_conversations));
  v_items := found_rows(v_looks, 'items');

  foreach t in array array['jobs', 'media_files', 'message_status_history', 'channel_events', 'patients', 'appointments',
    'webhook_dead_letters', 'ai_dead_letter_queue', 'external_events', 'webhook_events', 'rate_limits'] loop
    v_counts := v_counts || jsonb_build_object(t, cardinality(found_rows(v_looks, t)));
  end loop;
  -- These hang on the lead.
  foreach t in array array['lead_aliases', 'contact_windows', 'contact_consents', 'lead_score_history', 'message_reactions',
    'conversations'] loop
    execute format('select count(*) from %I where tenant_id = $1 and lead_id = any ($2)', t) into v_done
      using v_tenant, v_leads;
    v_counts := v_counts || jsonb_build_object(t, v_done);
  end loop;
  select count(*) into v_done from ai_steps where tenant_id = v_tenant and conversation_id = any (v_conversations);
  v_counts := v_counts || jsonb_build_object('ai_steps', v_done, 'leads', cardinality(v_leads), 'messages', cardinality(v_messages));
  if not p_really then return v_counts; end if;

  -- What may come again.
  insert into erased_items (tenant_id, mark, expires_at)
    select v_tenant, erased_mark(i), app_now() + interval '30 days' from unnest(v_items) i
    on conflict (tenant_id, mark) do update set expires_at = excluded.expires_at;
  perform keep_stops(v_leads);

  -- What n8n was or is to be told of them.
  delete from outbound_events where tenant_id = v_tenant and event = 'external-event'
    and event_key = any (found_rows(v_looks, 'external_events'));
  -- What no row of the person's holds by a foreign key.
  foreach t in array array['jobs', 'message_status_history', 'channel_events', 'appointments', 'patients',
    'webhook_dead_letters', 'ai_dead_letter_queue', 'external_events'] loop
    execute format('delete from %I where tenant_id = $1 and id = any ($2)', t)
      using v_tenant, found_rows(v_looks, t)::uuid[];
  end loop;
  with gone as (
    delete from media_files where tenant_id = v_tenant and id = any (found_rows(v_looks, 'media_files')::uuid[])
      returning id, storage_key)
  select jsonb_agg(jsonb_build_object('job_type', 'remove_media', 'priority', 7, 'max_attempts', 100,
      'payload', jsonb_build_object('tenant_id', v_tenant, 'media_id', id, 'storage_key', storage_key)))
    into v_media from gone;
  perform enqueue_jobs(coalesce(v_media, '[]'));
  -- That it was handled stays known, unless its id names them.
  delete from webhook_events where tenant_id = v_tenant and id = any (found_rows(v_looks, 'webhook_events')::uuid[])
    and event_id ~ v_names;
  update webhook_events set error_message = regexp_replace(error_message, v_names, '…', 'g')
    where tenant_id = v_tenant and id = any (found_rows(v_looks, 'webhook_events')::uuid[]);
  delete from rate_limits where tenant_id = v_tenant and identifier = any (found_rows(v_looks, 'rate_limits'));
  delete from message_reactions where tenant_id = v_tenant and target_external_id = any (v_items);
  delete from send_pace where tenant_id = v_tenant and contact = any (v_leads::text[]);
  update alerts set sentence = regexp_replace(sentence, v_names, '…', 'g'), details = '{}'
    where tenant_id = v_tenant and concat(sentence, details) ~ v_names;
  update channel_connections set last_error_message = regexp_replace(last_error_message, v_names, '…', 'g')
    where tenant_id = v_tenant and last_error_message ~ v_names;
  -- What it cost stays, without the person.
  update ai_usage_logs set conversation_id = null, message_id = null, job_id = null, error_message = null, metadata = '{}'
    where tenant_id = v_tenant and conversation_id = any (v_conversations);
  delete from leads where tenant_id = v_tenant and id = any (v_leads);
  insert into erasures (tenant_id, lead_ids, erased_by, erased_at, counts)
    values (v_tenant, v_leads, p_by, app_now(), v_counts);
  return v_counts;
end $$;

-- Whatever of a person's addresses is long enough to be told from other numbers, as an expression that finds each of them
-- standing alone.
create or replace function names_pattern(p_leads uuid[]) returns text
language sql stable as $$
  select coalesce('\m(' || string_agg(regexp_replace(n, '([^[:alnum:]])', '\\\1', 'g'), '|' order by length(n) desc, n) || ')\M',
      -- Nothing: what never is.
      '$.')
    from (
      select distinct ltrim(x.n, '+') as n
        from (select unnest(array[value, address]) as n from lead_aliases
               where tenant_id = current_tenant() and lead_id = any (p_leads)
              union all
              select unnest(array[phone, phone_normalized, email]) from leads
               where tenant_id = current_tenant() and id = any (p_leads)) x
       where length(ltrim(x.n, '+')) >= 6) s
$$;

-- Remembers who of them asked to be left alone, by digests of their names.
create or replace function keep_stops(p_leads uuid[]) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
begin
  insert into erasure_keys (tenant_id, key)
    values (v_tenant, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')) on conflict do nothing;
  delete from erased_stops s using lead_aliases a
    where a.tenant_id = v_tenant and a.lead_id = any (p_leads) and s.tenant_id = v_tenant
      and s.mark = contact_mark(a.kind, a.value);
  insert into erased_stops (tenant_id, mark, channel, scope, source, said_at)
    select v_tenant, contact_mark(a.kind, a.value), c.channel, c.scope, max(c.source), max(c.said_at)
      from contact_consents c, lead_aliases a
     where c.tenant_id = v_tenant and c.lead_id = any (p_leads) and c.state = 'stopped'
       and a.tenant_id = v_tenant and a.lead_id = any (p_leads)
     group by 2, 3, 4;
end $$;
