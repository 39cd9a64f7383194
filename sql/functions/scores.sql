-- How likely a person is to become a customer, and why: every change of a score is a row. What is worth how many points is
-- decided by `Rules/LeadScoring`, which hands it in.

-- What is stored is what Rules would say: tests compare `moved_score`, `classification_of` and `score_of_class` with them,
-- over every score. They are here too because points are added to a score that is read under its lock.

-- A score after so many points; as `LeadScore.moved`.
create or replace function moved_score(p_score int, p_points int) returns int
language plpgsql immutable as $$
begin
  -- Not by more than there is, or the sum would not fit.
  return least(greatest(least(greatest(p_score, 0), 100) + least(greatest(p_points, -100), 100), 0), 100);
end $$;

-- 'hot', 'warm' or 'cold'; as `Rules/LeadClassification`. Between 70 and 79 it is the business's policy that decides.
create or replace function classification_of(p_score int) returns text
language plpgsql stable as $$
begin
  return case when p_score < 40 then 'cold' when p_score < 70 then 'warm' when p_score >= 80 then 'hot'
    when exists (select from ai_tenant_context a where a.tenant_id = current_tenant() and a.scoring_policy = 'interactions')
      then 'warm'
    else 'hot' end;
end $$;

-- The score of whoever is called so by hand, or for another reason than points; as `LeadClassification.score`.
create or replace function score_of_class(p_class text) returns int
language plpgsql stable as $$
begin
  -- A policy under which 75 is not hot yet has its own beginning of hot.
  return case p_class when 'hot' then case classification_of(75) when 'hot' then 75 else 80 end when 'warm' then 55
    else 25 end;
end $$;

-- Whether the business wants people scored by what they say, do and leave unanswered.
create or replace function wants_scores() returns boolean
language plpgsql stable as $$
begin return not exists (select from ai_tenant_context a where a.tenant_id = current_tenant() and not a.enable_scoring);
end $$;

-- A person's row, held until the transaction ends, whatever they have been merged into meanwhile; nothing for nobody.
create or replace function hold_living_lead(p_lead uuid) returns leads
language plpgsql as $$
declare
  l leads;
begin
  -- Merged while its row was waited for: once more.
  for i in 1 .. 3 loop
    select * into l from leads x where x.tenant_id = current_tenant() and x.id = living_lead(p_lead) for update;
    exit when l.merged_into_id is null;
  end loop;
  return l;
end $$;

-- Writes a change of a score down and tells the business's automations. Null if this message has raised this signal before.
create or replace function note_score(l leads, p_score int, p_points int, p_signal text, p_source text, p_reason text,
  p_message uuid, p_staff uuid, p_conversation uuid) returns uuid
language plpgsql as $$
declare
  v_id uuid;
  v_now text := classification_of(p_score);
  v_lead jsonb;
begin
  insert into lead_score_history (tenant_id, lead_id, previous_score, new_score, score_change, previous_classification,
      new_classification, change_source, signal_name, reason, triggered_by_message_id, changed_by_staff_id, metadata,
      created_at)
    values (l.tenant_id, l.id, l.score, p_score, p_score - l.score, l.classification, v_now, p_source, p_signal, p_reason,
      p_message, p_staff, jsonb_strip_nulls(jsonb_build_object('points', p_points, 'conversation_id', p_conversation)),
      app_now())
    on conflict (tenant_id, triggered_by_message_id, signal_name)
      where triggered_by_message_id is not null and signal_name is not null do nothing
    returning id into v_id;
  if v_id is null or p_score = l.score or current_tenant() is null then return v_id; end if;
  v_lead := jsonb_build_object('id', l.id, 'name', coalesce(l.name, l.full_name), 'phone', l.phone, 'email', l.email,
    'source', l.source, 'status', l.status, 'score', p_score, 'classification', v_now,
    'interested_services', to_jsonb(l.interested_services));
  perform emit_event('lead-score-changed', jsonb_build_object('lead', v_lead, 'previous_score', l.score,
    'new_score', p_score, 'previous_classification', l.classification, 'new_classification', v_now, 'signal', p_signal,
    'reason', p_reason), 'score:' || v_id);
  if v_now = 'hot' and l.classification <> 'hot' then
    perform emit_event('lead-hot', jsonb_build_object('lead', v_lead), 'hot:' || v_id);
  end if;
  return v_id;
end $$;

-- Moves a score by so many points, within 0 and 100, and writes down why. A message raises a signal once: asked again,
-- nothing changes. Returns the score as it is then; null for nobody.
create or replace function update_lead_score(p_lead_id uuid, p_score_change int, p_signal_name varchar,
  p_change_source varchar, p_reason text default null, p_message_id uuid default null, p_staff_id uuid default null,
  p_conversation_id uuid default null) returns int
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_score int;
  v_row uuid;
  l leads;
begin
  if p_score_change is null or p_change_source is null then
    raise exception 'p_score_change and p_change_source must not be null' using errcode = 'null_value_not_allowed';
  end if;
  l := hold_living_lead(p_lead_id);
  if l.id is null or l.deleted_at is not null then return null; end if;
  v_score := moved_score(l.score, p_score_change);
  v_row := note_score(l, v_score, p_score_change, p_signal_name, p_change_source, p_reason, p_message_id, p_staff_id,
    p_conversation_id);
  if v_row is null then return l.score; end if;
  update leads x set score = v_score, score_updated_at = app_now(), score_history_id = v_row,
      scoring_signals = case when p_signal_name is null then x.scoring_signals else x.scoring_signals
        || jsonb_build_object(p_signal_name, jsonb_build_object('points', p_score_change, 'at', app_now())) end
    where x.tenant_id = v_tenant and x.id = l.id;
  return v_score;
end $$;

-- Raises signals of a person, each once a message. p_signals: [{"signal", "points", "reason"?}]; with "total" instead of
-- "points" it says what the signal has come to in all, and the difference to what was counted before is what counts.
drop function if exists apply_signals(uuid, jsonb, uuid, text);
create or replace function apply_signals(p_lead uuid, p_signals jsonb, p_message uuid, p_source text,
  p_conversation uuid default null) returns table (score int, classification text)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_lead uuid;
  s record;
begin
  -- Locked before what was counted is read: two of this person's conversations may come at once.
  v_lead := (hold_living_lead(p_lead)).id;
  for s in select x.signal, x.reason, coalesce(x.points, x.total - (
        select coalesce(sum((h.metadata ->> 'points')::int), 0) from lead_score_history h
         where h.tenant_id = v_tenant and h.lead_id = v_lead and h.signal_name = x.signal)) as points
      from jsonb_to_recordset(p_signals) as x (signal text, points int, total int, reason text)
  loop
    perform update_lead_score(v_lead, s.points::int, s.signal, p_source, s.reason, p_message, null, p_conversation);
  end loop;
  return query select l.score, l.classification from leads l where l.tenant_id = v_tenant and l.id = v_lead;
end $$;

-- What a person has said in a conversation since it was last looked at for signals, and all that `Rules/LeadSignals` needs
-- to judge it; null if there is nothing new or the business wants no scores:
--   {"message": its last, to which signals belong, "said": [text], "policy", "rules": [{"signal", "points", "type",
--   "config"}], "facts": {"messages", "fields", "raised", "wants_high_value", "has_appointment", "answered_quickly"}}
create or replace function turn_to_score(p_conversation uuid) returns jsonb
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_policy text;
  v_said jsonb;
  v_since timestamptz;
  c conversations;
  l leads;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation;
  if c.last_question_id is null or c.scored_message_id >= c.last_question_id then return null; end if;
  if not wants_scores() then return null; end if;
  v_policy := coalesce((select a.scoring_policy from ai_tenant_context a where a.tenant_id = v_tenant), 'signals');
  select jsonb_agg(left(m.content, 2000) order by m.id), min(m.created_at) into v_said, v_since
    from (select x.id, x.content, x.created_at from messages x
       where x.tenant_id = v_tenant and x.conversation_id = c.id and x.role = 'user' and x.deleted_at is null
         and not x.historical and x.id <= c.last_question_id
         and (c.scored_message_id is null or x.id > c.scored_message_id)
       order by x.id desc limit 20) m;
  if v_said is null then return null; end if;
  select * into l from leads x where x.tenant_id = v_tenant and x.id = c.lead_id;
  return jsonb_build_object('message', c.last_question_id, 'said', v_said, 'policy', v_policy,
    'rules', case when v_policy = 'signals' then (
      select coalesce(jsonb_agg(jsonb_build_object('signal', r.signal_name, 'points', r.points, 'type', r.detection_type,
          'config', r.detection_config) order by r.evaluation_order, r.id), '[]')
        from ai_scoring_rules r where r.tenant_id = v_tenant and r.is_active) else '[]' end,
    'facts', jsonb_build_object(
      'messages', (select coalesce(sum(o.turn_count), 0) from conversations o
        where o.tenant_id = v_tenant and o.lead_id = l.id),
      'fields', (select coalesce(jsonb_agg(f.name), '[]') from (values ('full_name', coalesce(l.full_name, l.name)),
          ('phone', l.phone), ('email', l.email)) f (name, value) where btrim(f.value) <> ''),
      'raised', (select coalesce(jsonb_agg(k), '[]') from jsonb_object_keys(l.scoring_signals) k))
    || case when v_policy = 'interactions' then jsonb_build_object(
      'wants_high_value', exists (select from services s where s.tenant_id = v_tenant and s.lead_priority = 'hot'
        and (s.id in (l.primary_service_id, l.interested_service_id) or s.slug = any (l.interested_services)
          or lower(s.name) = any (select lower(i) from unnest(l.interested_services) i))),
      'has_appointment', exists (select from appointments p where p.tenant_id = v_tenant and p.lead_id = l.id
        and p.status not in ('cancelled', 'rescheduled')),
      'answered_quickly', (select o.created_at > v_since - interval '24 hours' from messages o
        where o.tenant_id = v_tenant and o.conversation_id = c.id and o.role in ('assistant', 'staff')
          and o.created_at < v_since and o.status not in ('withheld', 'failed')
        order by o.id desc limit 1)) else '{}' end);
end $$;

-- Counts what a turn came to (`turn_to_score`, judged), once: a turn that somebody else has counted meanwhile is left.
create or replace function score_turn(p_conversation uuid, p_turn jsonb) returns void
language plpgsql as $$
declare
  v_lead uuid;
begin
  update conversations c set scored_message_id = (p_turn ->> 'message')::uuid
    where c.tenant_id = current_tenant() and c.id = p_conversation
      and (c.scored_message_id is null or c.scored_message_id < (p_turn ->> 'message')::uuid)
    returning c.lead_id into v_lead;
  if v_lead is null or p_turn -> 'signals' = '[]' then return; end if;
  perform apply_signals(v_lead, p_turn -> 'signals', (p_turn ->> 'message')::uuid, 'rule_trigger', p_conversation);
end $$;

-- What Claude made of a person's message. p_said: {"signals": [{"signal", "points": where the business has no rule of that
-- name}], "services": [slug or name], "budget"?}. A signal that the business has switched off, or a business that scores by
-- what people do, counts no points. Answers with the services that are none of the business's.
create or replace function record_lead_signals(p_lead uuid, p_conversation uuid, p_message uuid, p_said jsonb)
returns table (score int, classification text, unknown_services text[])
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_known text[];
  v_signals jsonb;
begin
  select array_agg(distinct s.slug) filter (where s.slug is not null), array_agg(w.wish) filter (where s.slug is null)
    into v_known, unknown_services
    from jsonb_array_elements_text(coalesce(p_said -> 'services', '[]')) w (wish)
    left join services s on s.tenant_id = v_tenant and s.is_active
      and (s.slug = lower(btrim(w.wish)) or translate(lower(s.name), 'áéíóúüñ', 'aeiouun') = translate(lower(btrim(w.wish)), 'áéíóúüñ', 'aeiouun'));
  if v_known is not null or p_said ->> 'budget' is not null then
    update leads l set
        interested_services = l.interested_services || array(
          select k from unnest(v_known) k where k <> all (l.interested_services)),
        custom_fields = l.custom_fields || case when p_said ->> 'budget' is null then '{}'
          else jsonb_build_object('budget', left(p_said ->> 'budget', 200)) end
      where l.tenant_id = v_tenant and l.id = p_lead;
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('signal', n.signal, 'points', coalesce(r.points, n.points),
      'reason', case n.signal when 'budget_mentioned' then left(p_said ->> 'budget', 200) end) order by n.place), '[]')
    into v_signals
    from rows from (jsonb_to_recordset(p_said -> 'signals') as (signal text, points int)) with ordinality
      n (signal, points, place)
    left join ai_scoring_rules r on r.tenant_id = v_tenant and r.signal_name = n.signal
   where coalesce(r.is_active, true) and wants_scores() and not exists (select from ai_tenant_context a
     where a.tenant_id = v_tenant and a.scoring_policy <> 'signals');
  select a.score, a.classification into score, classification
    from apply_signals(p_lead, v_signals, p_message, 'ai_detection', p_conversation) a;
  return next;
end $$;
