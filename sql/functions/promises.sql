-- Who writes while it is closed is told so, and answered when it opens.

-- Asks for the answer at the opening, once however often it is asked for. Whatever waits then is answered by one answer.
create or replace function answer_at_opening(p_conversation uuid, p_opens timestamptz, p_request_id text) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_opens timestamptz;
  v_first uuid;
  c conversations;
begin
  -- Before the conversation: whoever changes the hours waits for nobody who waits for this.
  perform pg_advisory_xact_lock_shared(hashtextextended(v_tenant::text || '|hours', 4));
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation for update;
  if c.id is null then return; end if;
  -- The hours may have changed since p_opens was read: what is promised now, `follow_openings` finds or this has seen.
  select case when o.is_open is distinct from false then app_now() else coalesce(o.next_open at time zone z.name, p_opens) end
    into v_opens
    from tenants t
    join channel_connections cc on cc.tenant_id = t.id and cc.id = c.channel_connection_id
    left join branches b on b.tenant_id = t.id and b.id = coalesce(c.branch_id, cc.branch_id)
    left join ai_tenant_context a on a.tenant_id = t.id
    cross join lateral (select coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City') as name) z
    cross join lateral opening_state(coalesce(nullif(b.operating_hours, '{}'), a.business_hours), app_now(), z.name,
      closings_ahead(b.id)) o
   where t.id = v_tenant;
  p_opens := coalesce(v_opens, p_opens);
  -- All that was asked since the first promise waits for this one, also where the job that was to keep it makes it anew; but
  -- not what somebody of the business has answered.
  if c.promised_first is not null and (c.promised_for > app_now() - interval '2 hours' or exists (select from jobs j
    where j.tenant_id = v_tenant and j.lane = 'answer:' || c.id and j.lane_head and j.status = 'processing'
      and j.unique_key = 'opening:' || c.id)) then
    v_first := greatest(c.promised_first, uuid_v7_floor(c.last_human_at));
  else
    -- What waits may be older than the last of it: all that came into the job that asks.
    select least(uuid_v7_floor(j.created_at - interval '1 minute'), c.last_question_id) into v_first from jobs j
      where j.tenant_id = v_tenant and j.lane = 'answer:' || c.id and j.lane_head and j.status = 'processing';
  end if;
  v_first := coalesce(v_first, c.last_question_id);
  -- The conversation before the lane of its answers, as the webhook does.
  update conversations x set promised_for = p_opens, promised_first = v_first
    where x.tenant_id = v_tenant and x.id = c.id
      and (x.promised_for, x.promised_first) is distinct from (p_opens, v_first);
  -- A second later: rounded down it would still be closed.
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || c.id,
    'unique_key', 'opening:' || c.id, 'delay_seconds', greatest(extract(epoch from p_opens - app_now()), 0) + 1,
    'request_id', p_request_id,
    'payload', jsonb_build_object('conversation_id', c.id, 'message_id', c.last_question_id, 'lead_id', c.lead_id,
      'tenant_id', v_tenant, 'channel', c.channel, 'channel_connection_id', c.channel_connection_id))));
  -- The job that waits may have been promised for later: it opens earlier by now.
  update jobs j set scheduled_for = greatest(p_opens, app_now()) + interval '1 second', updated_at = now()
    where j.tenant_id = v_tenant and j.lane = 'answer:' || c.id and j.status = 'pending'
      and j.unique_key = 'opening:' || c.id and not j.holds_lane
      and j.scheduled_for > greatest(p_opens, app_now()) + interval '2 seconds';
  if found then perform elect_lane_heads(v_tenant, array['answer:' || c.id]); end if;
end $$;

-- What needs no model was answered while a question waits for the opening: that is the conversation's question again, so
-- that nobody takes it for answered (n8n neither). Callers hold the conversation.
create or replace function return_to_promised(p_conversation uuid, p_settled uuid) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_first uuid;
  v_question uuid;
begin
  select c.promised_first into v_first from conversations c
    where c.tenant_id = v_tenant and c.id = p_conversation and exists (select from jobs j
      where j.tenant_id = v_tenant and j.status = 'pending' and j.unique_key = 'opening:' || p_conversation);
  if v_first is null then return; end if;
  select q.id into v_question from messages q
    where q.tenant_id = v_tenant and q.conversation_id = p_conversation and q.id >= v_first and q.id < p_settled
      and q.role = 'user' and q.metadata ? 'wants_answer' and not q.historical and q.deleted_at is null
      and not exists (select from messages r where r.tenant_id = v_tenant and r.conversation_id = p_conversation
        and r.id > q.id and r.role = 'assistant' and r.answers_message_id >= q.id
        and r.status not in ('withheld', 'failed') and not r.metadata ? 'out_of_hours'
        and coalesce(r.metadata ->> 'settled_from', '') <= q.id::text)
    order by q.id desc limit 1;
  if v_question is null then return; end if;
  update conversations x set last_question_id = v_question
    where x.tenant_id = v_tenant and x.id = p_conversation and x.last_question_id = p_settled;
end $$;

-- It opens earlier than was promised (a closing is taken back, other hours are kept): who waits for that is answered then.
-- p_branch null: at any branch. That it opens later the job itself finds. A row that somebody holds is waited for a moment
-- only, and then left alone: they may want what this transaction has locked (`lock_bookings`), and a moment is less than
-- Postgres gives a deadlock. The person's next question finds it.
create or replace function follow_openings(p_branch uuid) returns void
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_patience text := current_setting('lock_timeout');
  v_held uuid[];
begin
  -- Who promises has seen these hours, or is seen here.
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|hours', 4));
  for v_pass in 1 .. 2 loop
    with waiting as materialized (
      select j.id, j.scheduled_for, c.id as conversation, coalesce(c.branch_id, cc.branch_id) as branch
        from (select x.id, x.scheduled_for, (x.payload ->> 'conversation_id')::uuid as conversation from jobs x
               where x.tenant_id = v_tenant and x.status = 'pending' and x.unique_key is not null
                 and x.unique_key like 'opening:%' and not x.holds_lane offset 0) j
        join conversations c on c.tenant_id = v_tenant and c.id = j.conversation
        join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
       where p_branch is null or coalesce(c.branch_id, cc.branch_id) = p_branch
    ), openings as materialized (
      -- Once a branch, however many wait. Where nobody knows its hours any more, nothing is closed.
      select x.branch, case when o.is_open is distinct from false then app_now() else o.next_open at time zone z.name end as at
        from (select distinct w.branch from waiting w) x
        join tenants t on t.id = v_tenant
        left join branches b on b.tenant_id = v_tenant and b.id = x.branch
        left join ai_tenant_context a on a.tenant_id = v_tenant
        cross join lateral (select coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City') as name) z
        cross join lateral opening_state(coalesce(nullif(b.operating_hours, '{}'), a.business_hours), app_now(), z.name,
          closings_ahead(b.id)) o
    ), sooner as materialized (
      select w.id, w.conversation, o.at from waiting w join openings o on o.branch is not distinct from w.branch
       where w.scheduled_for > o.at + interval '2 seconds'
    ), free as materialized (
      select j.id from jobs j where j.tenant_id = v_tenant and j.id = any (array(select s.id from sooner s))
        and j.status = 'pending' order by j.id for update skip locked
    ), moved as (
      update jobs j set scheduled_for = s.at + interval '1 second', updated_at = now()
        from free f join sooner s on s.id = f.id where j.tenant_id = v_tenant and j.id = f.id
    ), kept as materialized (
      select c.id from conversations c where c.tenant_id = v_tenant
        and c.id = any (array(select s.conversation from sooner s join free f on f.id = s.id)) order by c.id
        for update skip locked
    ), told as (
      update conversations c set promised_for = s.at
        from kept k join sooner s on s.conversation = k.id where c.tenant_id = v_tenant and c.id = k.id
    )
    select array_agg(s.id) into v_held from sooner s where not exists (select from free f where f.id = s.id);
    exit when v_held is null or v_pass = 2;
    begin
      perform set_config('lock_timeout', '300ms', true);
      perform 1 from jobs j where j.tenant_id = v_tenant and j.id = any (v_held) order by j.id for update;
      perform set_config('lock_timeout', v_patience, true);
    exception when lock_not_available then null;
    end;
  end loop;
end $$;

-- Whoever changes when a business is open, and by whatever way.
create or replace function hours_changed() returns trigger language plpgsql as $$
begin
  -- The owner's repairs are nobody's business hours.
  if coalesce(new.tenant_id, old.tenant_id) is distinct from current_tenant() then return null; end if;
  perform follow_openings(case tg_table_name when 'branches' then (to_jsonb(new) ->> 'id')::uuid
    when 'times_off' then (to_jsonb(old) ->> 'branch_id')::uuid end);
  return null;
end $$;
create or replace trigger hours_changed after update of operating_hours, timezone on branches for each row
  when (old.operating_hours is distinct from new.operating_hours or old.timezone is distinct from new.timezone)
  execute function hours_changed();
create or replace trigger hours_changed after update of business_hours on ai_tenant_context for each row
  when (old.business_hours is distinct from new.business_hours) execute function hours_changed();
create or replace trigger hours_changed after delete on times_off for each row when (old.staff_id is null)
  execute function hours_changed();
