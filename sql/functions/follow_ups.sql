-- Who fell silent is asked whether they still want something. When, and how often, `Rules/FollowUp` decides.

-- People who asked something, were answered by the assistant, and have been silent since; of p_lead alone if given, else
-- those after p_after, by id. Nobody to whom people talk, who has an appointment, said stop, or cannot be reached.
-- p_rule: {"silence_seconds", "since_seconds" (silent for no longer, since the last attempt if there was one), "attempts" (at
--   most), "declined_seconds", "hours" (of who has said nothing of theirs), "by_hand"? (also where the business does without
--   ours), and as `conversation_to_tell`: "templates", "windows"; "unasked"? {"template", "usable": its states in which it may
--   leave, "language": in which it is sent besides the business's}: only those whom we have no way to ask, and who are not hot}
drop function if exists follow_ups_near(jsonb, uuid, uuid, int);
create or replace function follow_ups_near(p_rule jsonb, p_lead uuid, p_after uuid, p_limit int)
returns table (lead_id uuid, conversation_id uuid, silent_since timestamptz, last_said timestamptz, attempts int,
  last_at timestamptz, open_until timestamptz, local_minute int, service text, own_words text, now_is timestamptz)
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
begin
  return query
    select l.id, c.id, c.last_inbound_at, c.last_message_at,
        coalesce(a.attempts, 0), a.last_at,
        s.open_until, minute_of_day(app_now(), z.zone),
        coalesce((select s.name from services s where s.tenant_id = v_tenant and s.id = l.interested_service_id),
          (select s.name from services s where s.tenant_id = v_tenant and s.is_active
             and (s.slug = any (l.interested_services) or s.name = any (l.interested_services)) order by s.id limit 1), ''),
        x.follow_up_text, app_now()
      from (
        -- Their latest conversation counts.
        select distinct on (o.lead_id) o.* from conversations o
         where o.tenant_id = v_tenant and (p_lead is null or o.lead_id = p_lead) and o.lead_id > p_after
           -- As long ago as it may be when no attempt of this silence is known to have left.
           and o.last_message_at > app_now() - make_interval(secs => (p_rule ->> 'since_seconds')::float8
             * ((p_rule ->> 'attempts')::int + 1))
         order by o.lead_id, o.last_message_at desc, o.id) c
      join leads l on l.tenant_id = v_tenant and l.id = c.lead_id and l.deleted_at is null and l.merged_into_id is null
       and l.status in ('new', 'contacted', 'qualified') and not l.escalated_to_human
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
       and cc.status = 'connected' and cc.ai_enabled
      join tenants t on t.id = v_tenant and t.status = 'active'
      left join ai_tenant_context x on x.tenant_id = v_tenant
      left join follow_ups f on f.tenant_id = v_tenant and f.lead_id = l.id
      -- Who has written since is silent anew.
      left join lateral (select f.attempts, f.last_at where f.silent_since >= c.last_inbound_at) a on true
      left join lateral (
        select y.id, y.timezone, y.operating_hours from branches y where y.tenant_id = v_tenant and y.is_active
         order by y.id = coalesce(c.branch_id, cc.branch_id, l.branch_id) desc nulls last, y.is_headquarters desc, y.id
         limit 1) b on true
      cross join lateral (
        select coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City') as zone) z
      cross join lateral opening_state(coalesce(said_hours(b.operating_hours), said_hours(x.business_hours),
        p_rule -> 'hours'), app_now(), z.zone, closings_ahead(b.id)) s
     where (coalesce(x.follow_ups_enabled, true) or p_rule ? 'by_hand') and coalesce(x.ai_enabled, true)
       and c.status in ('active', 'waiting_response') and c.ai_handling and c.thread_owner is null
       and case when p_rule ? 'unasked' then l.classification <> 'hot'
           and not window_is_open(cc.id, c.lead_id, (p_rule -> 'windows' ->> c.channel)::int)
           and not (p_rule -> 'templates' ? c.channel and exists (select from message_templates y
             where y.tenant_id = v_tenant and y.name = p_rule -> 'unasked' ->> 'template'
               and y.business_account_id = coalesce(cc.whatsapp_business_account_id, y.business_account_id)
               and p_rule -> 'unasked' -> 'usable' ? upper(y.status)
               and substring(lower(y.language) from '^[a-z]+')
                 in (substring(lower(x.default_language) from '^[a-z]+'), p_rule -> 'unasked' ->> 'language')))
         else p_rule -> 'templates' ? c.channel
           or window_is_open(cc.id, c.lead_id, (p_rule -> 'windows' ->> c.channel)::int) end
       -- Ours was the last word, and the assistant's.
       and c.last_inbound_at < c.last_message_at
       and (c.last_human_at is null or c.last_human_at < c.last_inbound_at)
       and exists (select from messages m where m.tenant_id = v_tenant and m.conversation_id = c.id
         and m.id > c.last_question_id and m.role = 'assistant' and m.answers_message_id = c.last_question_id
         and m.status in ('accepted', 'sent', 'delivered', 'read', 'played'))
       and greatest(c.last_message_at, a.last_at) <= app_now() - make_interval(secs => (p_rule ->> 'silence_seconds')::float8)
       and greatest(c.last_message_at, a.last_at) > app_now() - make_interval(secs => (p_rule ->> 'since_seconds')::float8)
       -- In no conversation of theirs people are at it.
       and not exists (select from conversations o where o.tenant_id = v_tenant and o.lead_id = l.id
         and o.status in ('active', 'waiting_response', 'escalated') and (o.status = 'escalated' or not o.ai_handling))
       and follow_up_obstacle(l.id, c.channel) is null
       and (f.ended is null or f.ended in ('cold', 'unsent') and f.silent_since < c.last_inbound_at
         or f.ended = 'declined' and f.last_at < app_now() - make_interval(secs => (p_rule ->> 'declined_seconds')::float8))
     order by l.id limit p_limit;
end $$;

-- Why a person must not be asked on a channel, as a word of `Withheld`: they come anyway, or said stop; null: they may.
create or replace function follow_up_obstacle(p_lead uuid, p_channel text) returns text
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
begin
  if exists (select from appointments a where a.tenant_id = v_tenant and a.lead_id = p_lead
    and a.status in ('scheduled', 'confirmed', 'in_progress') and a.end_time > app_now()) then
    return 'too_late';
  end if;
  if exists (select from contact_consents k where k.tenant_id = v_tenant and k.lead_id = p_lead
    and (k.state = 'stopped' or k.not_before > app_now())
    and (k.channel = p_channel or k.source in ('keyword', 'staff') and not exists (select from contact_consents o
      where o.tenant_id = v_tenant and o.lead_id = k.lead_id and o.channel = p_channel and o.scope = k.scope
        and o.state = 'allowed' and o.said_at > k.said_at))) then
    return 'opted_out';
  end if;
  return null;
end $$;

-- Two leads were one person: what either was asked, they were. The greater count stays, a no stays a no, and otherwise the
-- later silence says whether it is over.
create or replace function merge_follow_ups(p_survivor uuid, p_merged uuid) returns void
language sql as $$
  insert into follow_ups as f (tenant_id, lead_id, silent_since, attempts, last_at, ended)
    select m.tenant_id, p_survivor, m.silent_since, m.attempts, m.last_at, m.ended from follow_ups m
     where m.tenant_id = current_tenant() and m.lead_id = p_merged
    on conflict (tenant_id, lead_id) do update set silent_since = greatest(f.silent_since, excluded.silent_since),
      attempts = greatest(f.attempts, excluded.attempts), last_at = greatest(f.last_at, excluded.last_at),
      ended = case when 'declined' in (f.ended, excluded.ended) then 'declined'
        when excluded.silent_since > f.silent_since then excluded.ended else f.ended end
$$;

-- Holds the conversation of somebody who fell silent until the transaction ends; as `follow_ups_near` of this person then.
drop function if exists hold_follow_up(jsonb, uuid, uuid);
create or replace function hold_follow_up(p_rule jsonb, p_lead uuid, p_conversation uuid)
returns table (lead_id uuid, conversation_id uuid, silent_since timestamptz, last_said timestamptz, attempts int,
  last_at timestamptz, open_until timestamptz, local_minute int, service text, own_words text, now_is timestamptz)
language plpgsql as $$
begin
  perform lock_lanes(current_tenant(), array['send:' || p_conversation], '{}');
  perform 1 from conversations c where c.tenant_id = current_tenant() and c.id = p_conversation for update;
  return query
    select * from follow_ups_near(p_rule, p_lead, '00000000-0000-0000-0000-000000000000', 1) n
     where n.conversation_id = p_conversation;
end $$;

-- Writes down that somebody was asked, by p_message, which must not leave after p_until, nor once they or people have
-- written.
create or replace function note_follow_up(p_lead uuid, p_message uuid, p_silent_since timestamptz, p_attempts int,
  p_until timestamptz) returns void
language sql as $$
  insert into follow_ups as f (tenant_id, lead_id, silent_since, attempts, last_at)
    values (current_tenant(), p_lead, p_silent_since, p_attempts, app_now())
    on conflict (tenant_id, lead_id) do update set silent_since = excluded.silent_since, attempts = excluded.attempts,
      last_at = excluded.last_at, ended = null;
  update messages m set metadata = m.metadata || jsonb_build_object('follow_up', p_attempts, 'not_after', p_until)
    from messages f
    where f.tenant_id = current_tenant() and f.id = p_message and m.tenant_id = f.tenant_id
      and m.conversation_id = f.conversation_id
      and (m.id = f.id or m.metadata ->> 'group' = f.metadata ->> 'group') and m.id >= f.id
$$;

-- All attempts were in vain, or in this silence none could be made: the person is cold, and the score says why, if the business
-- wants scores. False: none of them had left, or somebody else has written it down.
create or replace function give_up_follow_up(p_lead uuid, p_conversation uuid, p_reason text) returns boolean
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_score int;
  v_classification text;
  v_ended text;
begin
  -- Nobody was asked in this silence, which begins with their last word.
  insert into follow_ups as f (tenant_id, lead_id, silent_since, ended)
    select v_tenant, p_lead, c.last_inbound_at, 'cold' from conversations c
     where c.tenant_id = v_tenant and c.id = p_conversation
    on conflict (tenant_id, lead_id) do update set silent_since = excluded.silent_since, attempts = 0, last_at = null,
      ended = excluded.ended
      where f.silent_since < excluded.silent_since
    returning f.ended into v_ended;
  if v_ended is null then
    update follow_ups f set ended = case when exists (select from messages m where m.tenant_id = v_tenant
          and m.conversation_id = p_conversation and m.id >= uuid_v7_floor(f.silent_since) and m.metadata ? 'follow_up'
          and m.status in ('unknown', 'accepted', 'sent', 'delivered', 'read', 'played')) then 'cold' else 'unsent' end
      where f.tenant_id = v_tenant and f.lead_id = p_lead and f.ended is null returning f.ended into v_ended;
  end if;
  if v_ended is distinct from 'cold' then return false; end if;
  select l.score, l.classification into v_score, v_classification from leads l
    where l.tenant_id = v_tenant and l.id = p_lead for update;
  if v_classification <> 'cold' and wants_scores() then
    perform update_lead_score(p_lead, least(score_of_class('cold') - v_score, -1), 'silence', 'time_decay', p_reason);
  end if;
  return true;
end $$;

-- Somebody says no, thank you, to a follow-up; false: our last words to them were none.
--   p_pressed: they pressed its button, so that it is certain
create or replace function decline_follow_up(p_conversation uuid, p_question uuid, p_pressed boolean) returns boolean
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation;
  if not p_pressed and not coalesce((
    select m.metadata ? 'follow_up' from conversations o
      join messages m on m.tenant_id = v_tenant and m.conversation_id = o.id
     where o.tenant_id = v_tenant and o.lead_id = c.lead_id and o.channel_connection_id = c.channel_connection_id
       and m.role <> 'user' and m.id < p_question and m.status not in ('withheld', 'failed', 'pending')
     order by m.id desc limit 1), false) then
    return false;
  end if;
  update follow_ups f set ended = 'declined', last_at = app_now() where f.tenant_id = v_tenant and f.lead_id = c.lead_id;
  return found;
end $$;
