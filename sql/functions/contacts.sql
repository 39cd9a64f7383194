-- People and the names under which they write. Callers hold the advisory locks of all names (`lock_contacts`).

-- Whether an event is a person's doing, so that there has to be a lead. A report about our own message is not: it
-- names whom we wrote to.
create or replace function concerns_person(p_event jsonb) returns boolean
language sql immutable parallel safe as $$
  select jsonb_array_length(p_event -> 'aliases') > 0
    and p_event ->> 'kind' in ('message', 'echo', 'history', 'reaction', 'edit', 'delete',
      'system', 'identity', 'call', 'preference', 'referral', 'optin', 'thread_control')
$$;

-- Locks the names of everybody in a batch, in one order for all sessions, until the transaction ends. Measured: without
-- it, `on conflict do nothing` lost 187 of 600 parallel messages of strangers and `do update` left orphan leads.
create or replace function lock_contacts(p_events jsonb) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(s.k)
    from (select distinct hashtextextended(current_tenant()::text || '|' || (a ->> 'kind') || '|' || (a ->> 'value'), 0) as k
            from jsonb_array_elements(p_events) e, jsonb_array_elements(e -> 'aliases') a
           where concerns_person(e)
             -- It locks all conversations with the person.
             or (e ->> 'kind' = 'status' and e -> 'status' ? 'up_to')
             -- Of an address book only the few who are known.
             or (e ->> 'kind' = 'contact' and (select true from lead_aliases l where l.tenant_id = current_tenant()
               and l.kind = a ->> 'kind' and l.value = a ->> 'value' limit 1))
           order by k) s;
end $$;

-- The lead of a set of names: found by any of them, made if there is none, merged into the oldest if they lead to
-- several. p_aliases: [{"kind", "value", "address"}], the one to answer to first.
create or replace function lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) returns uuid
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_leads uuid[];
  v_lead uuid;
  v_phone text;
  v_known int;
begin
  select array_agg(distinct l.lead_id order by l.lead_id), count(*) into v_leads, v_known
    -- Taken apart first ("offset 0"): behind the wall no index is searched for what `->>` makes in the same look.
    from (select a ->> 'kind' as kind, a ->> 'value' as value from jsonb_array_elements(p_aliases) a offset 0) a
    -- "limit 1" makes it one look into the index per name, whatever the planner thinks of the table.
    cross join lateral (select x.lead_id from lead_aliases x where x.tenant_id = v_tenant and x.kind = a.kind
      and x.value = a.value limit 1) l;
  -- Somebody who has written before, under names that are known: nearly always.
  if v_known = jsonb_array_length(p_aliases) and cardinality(v_leads) = 1 then return v_leads[1]; end if;
  v_phone := (select a ->> 'address' from jsonb_array_elements(p_aliases) a where a ->> 'kind' = 'phone' limit 1);
  if v_leads is null then
    -- Entered by hand: known by the number, without a name of `lead_aliases` yet.
    select array_agg(distinct k.lead_id order by k.lead_id) into v_leads
      from jsonb_array_elements(p_aliases) a cross join lateral known_lead('phone', a ->> 'value') k
     where a ->> 'kind' = 'phone' and k.lead_id is not null;
  end if;
  if v_leads is null then
    insert into leads (tenant_id, branch_id, phone, phone_normalized, name, full_name, source, first_contact_at,
        last_interaction_at)
      values (v_tenant, p_branch_id, v_phone, '+' || (select a ->> 'value' from jsonb_array_elements(p_aliases) a
          where a ->> 'kind' = 'phone' limit 1), p_name, p_name, p_source, app_now(), app_now())
      returning id into v_lead;
    if wants_event('lead-created') then
      perform put_event('lead-created', jsonb_build_object('lead_id', v_lead, 'lead', event_lead(v_lead)), v_lead::text);
    end if;
  else
    -- Ids sort by time: the first is the oldest, and the older survives.
    v_lead := v_leads[1];
    for i in 2 .. cardinality(v_leads) loop
      perform merge_leads(v_lead, v_leads[i], 'names of one person arrived together');
    end loop;
  end if;
  if v_known < jsonb_array_length(p_aliases) then
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      select v_tenant, a ->> 'kind', a ->> 'value', v_lead, a ->> 'address' from jsonb_array_elements(p_aliases) a
      on conflict do nothing;
    update leads set phone = coalesce(phone, v_phone), name = coalesce(name, p_name),
        full_name = coalesce(full_name, p_name)
      where tenant_id = v_tenant and id = v_lead;
    if exists (select from erased_stops where tenant_id = v_tenant) then perform restore_stops(v_lead, p_aliases); end if;
  end if;
  return v_lead;
end $$;

-- Two leads turned out to be one person: names and conversations move to the survivor, the merge is a row. An open
-- conversation that the survivor already has on the same account takes the other's messages.
create or replace function merge_leads(p_survivor uuid, p_merged uuid, p_reason text) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  c record;
  v_answer jobs;
begin
  -- The conversations before the leads, as who hands one over does.
  perform 1 from conversations where tenant_id = v_tenant and lead_id in (p_survivor, p_merged) order by id for update;
  perform 1 from leads where tenant_id = v_tenant and id in (p_survivor, p_merged) order by id for update;
  for c in
    select o.id, k.id as kept
      from conversations o
      left join conversations k on k.tenant_id = v_tenant and k.lead_id = p_survivor
        and k.channel_connection_id = o.channel_connection_id
        and k.status in ('active', 'waiting_response', 'escalated')
        and o.status in ('active', 'waiting_response', 'escalated')
     where o.tenant_id = v_tenant and o.lead_id = p_merged
     order by o.id
  loop
    if c.kept is null then
      update conversations set lead_id = p_survivor where tenant_id = v_tenant and id = c.id;
    else
      update messages set conversation_id = c.kept where tenant_id = v_tenant and conversation_id = c.id;
      update conversations k set
          message_count = k.message_count + o.message_count,
          turn_count = k.turn_count + o.turn_count,
          last_message_at = greatest(k.last_message_at, o.last_message_at),
          last_inbound_at = greatest(k.last_inbound_at, o.last_inbound_at),
          last_question_id = greatest(k.last_question_id, o.last_question_id),
          last_human_at = greatest(k.last_human_at, o.last_human_at),
          delivered_until = greatest(k.delivered_until, o.delivered_until),
          read_until = greatest(k.read_until, o.read_until),
          -- What was heard last of who has it.
          thread_owner = case when o.thread_since > coalesce(k.thread_since, '-infinity') then o.thread_owner
            else k.thread_owner end,
          thread_since = greatest(k.thread_since, o.thread_since),
          -- A human who had taken over one of the two has taken over the person.
          ai_handling = k.ai_handling and o.ai_handling, desk_has_it = k.desk_has_it or o.desk_has_it,
          promised_for = greatest(k.promised_for, o.promised_for),
          -- Of promises that still hold.
          promised_first = least(case when k.promised_for > app_now() - interval '2 hours' then k.promised_first end,
            case when o.promised_for > app_now() - interval '2 hours' then o.promised_first end)
        from conversations o
        where k.tenant_id = v_tenant and k.id = c.kept and o.tenant_id = v_tenant and o.id = c.id;
      perform carry_escalation(c.id, c.kept);
      update conversations set status = 'archived', lead_id = p_survivor,
          resolution_notes = 'merged into ' || c.kept::text
        where tenant_id = v_tenant and id = c.id;
      -- A question that waits for its answer there waits here now. An answer that is being thought of there finds its
      -- conversation closed, so it is asked for here, too.
      perform lock_lanes(v_tenant, array['answer:' || c.id], array['answer:' || c.id]);
      -- What was promised for the opening waits for it, and for nothing else; so does n8n's time for each question.
      for v_answer in
        select distinct on (k.key) j.* from jobs j
         cross join lateral (select case when j.unique_key like 'n8n:%' then j.unique_key
           when j.unique_key like 'opening:%' then 'opening:' else 'answer:' end as key) k
         where j.tenant_id = v_tenant and j.lane = 'answer:' || c.id and j.status in ('pending', 'processing')
         order by k.key, j.lane_head desc, j.id
      loop
        update jobs set status = 'cancelled', completed_at = now(), error_message = 'merged into ' || c.kept::text
          where tenant_id = v_tenant and lane = 'answer:' || c.id and status = 'pending';
        perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', v_answer.job_type,
          'lane', 'answer:' || c.kept, 'request_id', v_answer.request_id,
          'unique_key', case when v_answer.unique_key like 'n8n:%' then v_answer.unique_key
            when v_answer.unique_key like 'opening:%' then 'opening:' || c.kept else 'answer:' || c.kept end,
          'delay_seconds', greatest(extract(epoch from v_answer.scheduled_for - app_now()), 0),
          'payload', v_answer.payload || jsonb_build_object('conversation_id', c.kept, 'lead_id', p_survivor))));
      end loop;
    end if;
  end loop;
  perform merge_windows(p_survivor, p_merged);
  perform merge_consents(p_survivor, p_merged);
  perform merge_records(p_survivor, p_merged);
  perform merge_follow_ups(p_survivor, p_merged);
  update lead_aliases set lead_id = p_survivor where tenant_id = v_tenant and lead_id = p_merged;
  update channel_events set lead_id = p_survivor where tenant_id = v_tenant and lead_id = p_merged;
  insert into message_reactions as old (tenant_id, channel_connection_id, target_external_id, lead_id, emoji, reacted_at)
    select tenant_id, channel_connection_id, target_external_id, p_survivor, emoji, reacted_at
      from message_reactions where tenant_id = v_tenant and lead_id = p_merged
    on conflict (tenant_id, channel_connection_id, target_external_id, lead_id) do update set
      emoji = excluded.emoji, reacted_at = excluded.reacted_at
      where excluded.reacted_at > old.reacted_at;
  -- Nobody's any more.
  update message_reactions set emoji = '' where tenant_id = v_tenant and lead_id = p_merged;
  update leads s set score = greatest(s.score, m.score), name = coalesce(s.name, m.name),
      full_name = coalesce(s.full_name, m.full_name), phone = coalesce(s.phone, m.phone),
      phone_normalized = coalesce(s.phone_normalized, m.phone_normalized), email = coalesce(s.email, m.email),
      notes = concat_ws(E'\n', s.notes, m.notes),
      escalated_to_human = exists (select from conversations x where x.tenant_id = v_tenant and x.lead_id = s.id
        and x.status = 'escalated')
    from leads m
    where s.tenant_id = v_tenant and s.id = p_survivor and m.tenant_id = v_tenant and m.id = p_merged;
  update leads set merged_into_id = p_survivor, deleted_at = app_now(), status = 'inactive', escalated_to_human = false
    where tenant_id = v_tenant and id = p_merged;
  insert into lead_merges (tenant_id, survivor_id, merged_id, reason)
    values (v_tenant, p_survivor, p_merged, p_reason);
end $$;

-- The open conversation of a person on an account, opened if there is none. Callers hold the contact's lock.
create or replace function conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) returns uuid
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_renamed jsonb;
  v_id uuid;
begin
  select id into v_id from conversations
    where tenant_id = v_tenant and lead_id = p_lead and channel_connection_id = p_connection
      and status in ('active', 'waiting_response', 'escalated')
    for update;
  if v_id is null then
    -- Deleting closed every conversation, so who was deleted and writes again comes by here.
    perform revive_lead(p_lead);
    v_renamed := renamed_contact(p_lead, p_connection, p_contact);
    insert into conversations (tenant_id, lead_id, branch_id, channel, channel_connection_id, contact_kind,
        contact_address, ai_handling, context)
      select v_tenant, p_lead, cc.branch_id, cc.channel, cc.id, p_contact ->> 'kind',
          coalesce(v_renamed, p_contact) ->> 'address', cc.ai_enabled,
          case when v_renamed is null then '{}' else jsonb_build_object('contact_since', v_renamed -> 'since') end
        from channel_connections cc where cc.tenant_id = v_tenant and cc.id = p_connection
      returning id into strict v_id;
  end if;
  return v_id;
end $$;
