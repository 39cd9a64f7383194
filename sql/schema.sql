--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: app_clock(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.app_clock() RETURNS timestamp with time zone
    LANGUAGE sql PARALLEL SAFE
    AS $$
  select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, clock_timestamp())
$$;

ALTER FUNCTION public.app_clock() OWNER TO tistis_owner;

--
-- Name: app_now(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.app_now() RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now())
$$;

ALTER FUNCTION public.app_now() OWNER TO tistis_owner;

--
-- Name: apply_message_reports(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.apply_message_reports(p_message_ids uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  r record;
  v_next text;
  v_changed int := 0;
begin
  for r in
    select m.id, m.status as current, h.status, h.occurred_at, h.error_code, h.error_message
      from messages m
      join message_status_history h on h.tenant_id = m.tenant_id and h.message_id = m.id
     where m.tenant_id = current_tenant() and m.id = any (p_message_ids)
       -- What a platform can know. Our own words from its mouth (`pending`) must not move a message.
       and h.status in ('sent', 'delivered', 'read', 'played', 'failed')
     order by m.id, message_status_rank(h.status) nulls first, h.occurred_at
  loop
    select next_message_status(m.status, r.status) into v_next
      from messages m where m.tenant_id = current_tenant() and m.id = r.id for update;
    continue when v_next is null;
    update messages set
        status = v_next,
        sent_at = case when v_next = 'sent' then coalesce(r.occurred_at, app_now()) else sent_at end,
        delivered_at = case when v_next in ('delivered', 'read', 'played')
          then coalesce(delivered_at, r.occurred_at, app_now()) else delivered_at end,
        read_at = case when v_next in ('read', 'played') then coalesce(read_at, r.occurred_at, app_now()) else read_at end,
        error_code = case when v_next = 'failed' then r.error_code end,
        error_message = case when v_next = 'failed' then r.error_message end
      where tenant_id = current_tenant() and id = r.id;
    v_changed := v_changed + 1;
  end loop;
  return v_changed;
end $$;

ALTER FUNCTION public.apply_message_reports(p_message_ids uuid[]) OWNER TO tistis_owner;

--
-- Name: begin_send(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) RETURNS TABLE(verdict text, reason text, conversation_id uuid, channel text, connection_id uuid, account_id text, contact_kind text, contact_address text, content text, reply_to text, token_id uuid, token bytea, payload jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  m messages;
begin
  -- The conversation first: an inbound or a human's message changes this row, so that one of us waits for the other.
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  select * into m from messages x where x.tenant_id = v_tenant and x.id = p_message for update;
  if m.id is null then
    verdict := 'settled';
    reason := 'no such message';
  elsif m.status = 'sending' and m.send_attempt is distinct from p_attempt then
    update messages x set status = 'unknown', error_message = 'the sender stopped before an answer came'
      where x.tenant_id = v_tenant and x.id = p_message;
    perform apply_message_reports(array[p_message]);
    verdict := 'unknown';
  elsif m.status not in ('pending', 'sending') then
    verdict := 'settled';
    reason := m.status;
  else
    if m.status = 'pending' then
      reason := case
        when m.role <> 'assistant' then staff_gate(m.conversation_id, p_policy, m.id)
        -- Half an answer is worse than none.
        when exists (select 1 from messages x where x.tenant_id = v_tenant and x.conversation_id = m.conversation_id
          and x.processed_by_job_id = m.processed_by_job_id and x.answers_message_id = m.answers_message_id
          and x.id < m.id and x.status in ('failed', 'withheld')) then 'incomplete'
        else reply_gate(m.conversation_id, m.answers_message_id, p_policy) end;
    end if;
    verdict := case when reason is null then 'go' else 'withheld' end;
    update messages x set status = case verdict when 'go' then 'sending' else 'withheld' end, error_code = reason,
        send_attempt = p_attempt
      where x.tenant_id = v_tenant and x.id = p_message;
    select m.conversation_id, cc.channel, cc.id, cc.account_id, c.contact_kind, c.contact_address, m.content,
        m.reply_to_external_id, k.id, k.sealed, m.payload
      into conversation_id, channel, connection_id, account_id, contact_kind, contact_address, content, reply_to,
        token_id, token, payload
      from conversations c
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
      left join outbound_tokens k on k.tenant_id = v_tenant and k.channel_connection_id = cc.id and k.kind = 'access_token'
     where c.tenant_id = v_tenant and c.id = m.conversation_id;
  end if;
  return next;
end $$;

ALTER FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: uuid_v7(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.uuid_v7() RETURNS uuid
    LANGUAGE plpgsql PARALLEL SAFE
    AS $$
declare
  us bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
begin
  return (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0')
    || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid;
end $$;

ALTER FUNCTION public.uuid_v7() OWNER TO tistis_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: jobs; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.jobs (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    job_type text NOT NULL,
    lane text,
    unique_key text,
    status text DEFAULT 'pending'::text NOT NULL,
    priority smallint DEFAULT 5 NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    scheduled_for timestamp with time zone DEFAULT now() NOT NULL,
    scheduled_cap timestamp with time zone,
    lane_head boolean DEFAULT true NOT NULL,
    holds_lane boolean DEFAULT false NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 5 NOT NULL,
    worker_id uuid,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    error_message text,
    result jsonb,
    request_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    ready_at timestamp with time zone,
    CONSTRAINT jobs_check CHECK (((status <> 'processing'::text) OR (worker_id IS NOT NULL))),
    CONSTRAINT jobs_check1 CHECK (((completed_at IS NOT NULL) = (status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text, 'dead'::text])))),
    CONSTRAINT jobs_max_attempts_check CHECK ((max_attempts > 0)),
    CONSTRAINT jobs_priority_check CHECK (((priority >= 1) AND (priority <= 9))),
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'failed'::text, 'cancelled'::text, 'dead'::text])))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

ALTER TABLE ONLY public.jobs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.jobs OWNER TO tistis_owner;

--
-- Name: COLUMN jobs.ready_at; Type: COMMENT; Schema: public; Owner: tistis_owner
--

COMMENT ON COLUMN public.jobs.ready_at IS 'When it may be claimed, being pending and the head of its lane; null while it is not. Never earlier than the moment that this was written down.';

--
-- Name: claim_jobs(uuid, integer, text, uuid, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) RETURNS SETOF public.jobs
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_material TO 'off'
    SET jit TO 'off'
    AS $$
declare
  v_since timestamptz := coalesce(p_since, '-infinity');
  v_now timestamptz := app_clock();
  v_window int := 4 * p_limit;
begin
  return query
    with oldest as materialized (
      select j.tenant_id, j.id, j.priority, j.scheduled_for from jobs j
       where p_id is null and j.ready_at > '-infinity' and j.ready_at >= v_since and j.ready_at <= v_now
         and (p_kind is null or j.job_type = p_kind)
       order by j.ready_at limit v_window
    ), behind as materialized (
      select d.tenant_id, d.id, d.priority, d.scheduled_for
        from (select id from tenants where (select count(*) from oldest) = v_window order by random() limit 256) t
        cross join generate_series(1, 9) p (priority)
        cross join lateral (
          select j.tenant_id, j.id, j.priority, j.scheduled_for from jobs j
           where j.tenant_id = t.id and j.priority = p.priority and j.priority > 0 and j.ready_at is not null
             and j.ready_at >= v_since and j.ready_at <= v_now and (p_kind is null or j.job_type = p_kind)
           order by j.ready_at limit 8) d
    ), one as (
      select j.tenant_id, j.id, j.priority, j.scheduled_for from jobs j
       where j.id = p_id and j.ready_at is not null and (p_kind is null or j.job_type = p_kind)
    ), turn as materialized (
      select u.*, row_number() over (partition by u.tenant_id order by u.priority, u.scheduled_for) as turn
        from (select * from oldest union select * from behind union select * from one) u
    ), chosen as materialized (
      -- One look at one row after the other, whatever the planner thinks of the table.
      select j.tenant_id, j.id from (select * from turn order by turn, priority, scheduled_for) t
       cross join lateral (
         select h.tenant_id, h.id from jobs h
          where h.tenant_id = t.tenant_id and h.id = t.id and h.status = 'pending' and h.lane_head
          limit 1 for update skip locked) j
       limit p_limit
    )
    update jobs j set status = 'processing', worker_id = p_worker, attempts = j.attempts + 1, holds_lane = false,
        started_at = now(), updated_at = now()
      from chosen c where j.tenant_id = c.tenant_id and j.id = c.id
      returning j.*;
end $$;

ALTER FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) OWNER TO tistis_definer;

--
-- Name: concerns_person(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.concerns_person(p_event jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select jsonb_array_length(p_event -> 'aliases') > 0
    and p_event ->> 'kind' in ('message', 'echo', 'reaction', 'edit', 'delete', 'system', 'preference')
$$;

ALTER FUNCTION public.concerns_person(p_event jsonb) OWNER TO tistis_owner;

--
-- Name: conversation_of(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_id uuid;
begin
  select id into v_id from conversations
    where tenant_id = v_tenant and lead_id = p_lead and channel_connection_id = p_connection
      and status in ('active', 'waiting_response', 'escalated')
    for update;
  if v_id is null then
    insert into conversations (tenant_id, lead_id, branch_id, channel, channel_connection_id, contact_kind,
        contact_address, ai_handling)
      select v_tenant, p_lead, cc.branch_id, cc.channel, cc.id, p_contact ->> 'kind', p_contact ->> 'address',
          cc.ai_enabled
        from channel_connections cc where cc.tenant_id = v_tenant and cc.id = p_connection
      returning id into strict v_id;
  end if;
  return v_id;
end $$;

ALTER FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) OWNER TO tistis_owner;

--
-- Name: current_tenant(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select nullif(current_setting('app.tenant_id', true), '')::uuid
$$;

ALTER FUNCTION public.current_tenant() OWNER TO tistis_owner;

--
-- Name: elect_lane_heads(uuid, text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_lane text;
  v_head uuid;
begin
  foreach v_lane in array p_lanes loop
    continue when v_lane is null or exists (select 1 from jobs
      where tenant_id = p_tenant and lane = v_lane and lane_head and status = 'processing');
    select coalesce(
        (select id from jobs where tenant_id = p_tenant and lane = v_lane and status = 'pending' and lane_head
          and holds_lane),
        (select id from jobs where tenant_id = p_tenant and lane = v_lane and status = 'pending'
          order by scheduled_for, id limit 1))
      into v_head;
    continue when v_head is null;
    update jobs set lane_head = false
      where tenant_id = p_tenant and lane = v_lane and lane_head and status = 'pending' and id <> v_head;
    -- A worker may have claimed the old head while we waited for its row: then it keeps its place.
    update jobs set lane_head = true
      where tenant_id = p_tenant and id = v_head and not lane_head and status = 'pending'
        and not exists (select 1 from jobs h where h.tenant_id = p_tenant and h.lane = v_lane and h.lane_head
          and h.status in ('pending', 'processing'));
  end loop;
end $$;

ALTER FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) OWNER TO tistis_owner;

--
-- Name: end_send(uuid, text, text, text, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  m messages;
  v_lead uuid;
  v_status text;
begin
  -- The conversation first, as everybody else does.
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  update messages x set
      -- What somebody has called unknown meanwhile does not wait again: it could be sent twice.
      status = case when x.status in ('sending', 'unknown')
        then coalesce(next_message_status(x.status, p_state), x.status) else x.status end,
      external_id = coalesce(x.external_id, p_external_id),
      error_code = case when x.status in ('sending', 'unknown') then p_error_code else x.error_code end,
      error_message = case when x.status in ('sending', 'unknown') then p_error_message else x.error_message end,
      sent_at = case when p_state = 'accepted' then coalesce(x.sent_at, app_now()) else x.sent_at end
    where x.tenant_id = v_tenant and x.id = p_message
    returning x.* into m;
  if m.id is null then return null; end if;
  if m.external_id is not null then
    update message_status_history h set message_id = m.id
      where h.tenant_id = v_tenant and h.channel_connection_id = m.channel_connection_id
        and h.external_id = m.external_id and h.message_id is null;
    perform apply_message_reports(array[m.id]);
  end if;
  if p_state = 'accepted' then
    update conversations c set message_count = c.message_count + 1,
        last_message_at = greatest(c.last_message_at, app_now()),
        first_response_time_seconds = coalesce(c.first_response_time_seconds,
          extract(epoch from app_now() - c.created_at)::int)
      where c.tenant_id = v_tenant and c.id = m.conversation_id
      returning c.lead_id into v_lead;
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      select v_tenant, a ->> 'kind', a ->> 'value', v_lead, a ->> 'address'
        from jsonb_array_elements(coalesce(p_aliases, '[]')) a
      on conflict do nothing;
  end if;
  select x.status into v_status from messages x where x.tenant_id = v_tenant and x.id = p_message;
  return v_status;
end $$;

ALTER FUNCTION public.end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb) OWNER TO tistis_owner;

--
-- Name: enqueue_jobs(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.enqueue_jobs(p_jobs jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_count int;
  v_lanes text[];
  v_busy text[];
begin
  v_count := jsonb_array_length(p_jobs);
  if v_count = 0 then return 0; end if;
  select array_agg(distinct j ->> 'lane') into v_lanes from jsonb_array_elements(p_jobs) j where j ->> 'lane' is not null;
  perform lock_lanes(v_tenant, coalesce(v_lanes, '{}'),
    (select coalesce(array_agg(distinct j ->> 'unique_key'), '{}') from jsonb_array_elements(p_jobs) j
      where j ->> 'unique_key' is not null));
  -- "limit 1" makes it one look into the index per lane, whatever the planner thinks of the table.
  select coalesce(array_agg(l), '{}') into v_busy from unnest(v_lanes) l
   cross join lateral (select from jobs h where h.tenant_id = v_tenant and h.lane = l and h.lane_head
     and h.status in ('pending', 'processing') limit 1) h;
  insert into jobs as old (tenant_id, job_type, lane, unique_key, priority, payload, scheduled_for, scheduled_cap,
      lane_head, max_attempts, request_id)
    select v_tenant, j.job_type, j.lane, j.unique_key, j.priority, coalesce(j.payload, '{}'),
        app_now() + make_interval(secs => j.delay_seconds),
        -- A delay longer than the cap was asked for by a person: it stands.
        case when j.cap_seconds is not null
          then app_now() + make_interval(secs => greatest(j.cap_seconds, j.delay_seconds)) end,
        -- An empty lane's first is its head at once: one version of the row less.
        j.lane is null or (row_number() over (partition by j.lane order by j.delay_seconds, j.n) = 1
          and j.lane <> all (v_busy)),
        coalesce(j.max_attempts, 5), j.request_id
      from (
        -- One statement may touch a row only once: of the twins in this call the last, as far away as any of them.
        select distinct on (x.unique_key, case when x.unique_key is null then x.n end)
            x.n, x.job_type, x.lane, x.unique_key, x.payload, x.cap_seconds, x.max_attempts, x.request_id,
            min(coalesce(x.priority, 5)) over twins as priority,
            max(coalesce(x.delay_seconds, 0)) over twins as delay_seconds
          from rows from (jsonb_to_recordset(p_jobs) as (job_type text, lane text, unique_key text, priority smallint,
              payload jsonb, delay_seconds float8, cap_seconds float8, max_attempts int, request_id text))
            with ordinality x (job_type, lane, unique_key, priority, payload, delay_seconds, cap_seconds, max_attempts,
              request_id, n)
          window twins as (partition by x.unique_key, case when x.unique_key is null then x.n end)
         order by x.unique_key, case when x.unique_key is null then x.n end, x.n desc) j
     order by j.n
    on conflict (tenant_id, unique_key) where status = 'pending' and unique_key is not null do update set
      payload = excluded.payload,
      request_id = excluded.request_id,
      priority = least(old.priority, excluded.priority),
      scheduled_for = greatest(old.scheduled_for,
        least(excluded.scheduled_for, coalesce(old.scheduled_cap, excluded.scheduled_for))),
      updated_at = now();
  perform elect_lane_heads(v_tenant, v_lanes) where v_lanes is not null;
  return v_count;
end $$;

ALTER FUNCTION public.enqueue_jobs(p_jobs jsonb) OWNER TO tistis_owner;

--
-- Name: escalate_conversation(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text) RETURNS boolean
    LANGUAGE sql
    AS $$
  with done as (
    update conversations set status = 'escalated', ai_handling = false, escalated_at = app_now(),
        escalation_reason = p_reason
      where tenant_id = current_tenant() and id = p_conversation
        and status in ('active', 'waiting_response')
      returning lead_id), flagged as (
    update leads l set escalated_to_human = true from done d
      where l.tenant_id = current_tenant() and l.id = d.lead_id)
  select exists (select 1 from done)
$$;

ALTER FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text) OWNER TO tistis_owner;

--
-- Name: find_accounts(text, text[]); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.find_accounts(p_channel text, p_accounts text[]) RETURNS TABLE(asked text, tenant_id uuid, slug text, connection_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select distinct on (f.asked) f.asked, f.tenant_id, t.slug, f.id
    from (
      select a.asked, c.tenant_id, c.id, 1 as rank from unnest(p_accounts) a (asked)
        join channel_connections c on c.channel = p_channel and c.account_id = a.asked and c.status <> 'disconnected'
      union all
      select a.asked, c.tenant_id, c.id, 2 from unnest(p_accounts) a (asked)
        join channel_connections c on c.whatsapp_business_account_id = a.asked and p_channel = 'whatsapp'
          and c.channel = p_channel and c.status <> 'disconnected'
    ) f
    join tenants t on t.id = f.tenant_id and t.status <> 'cancelled'
   order by f.asked, f.rank, f.id
$$;

ALTER FUNCTION public.find_accounts(p_channel text, p_accounts text[]) OWNER TO tistis_definer;

--
-- Name: find_channel(text, text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.find_channel(p_channel text, p_slug text) RETURNS TABLE(tenant_id uuid, tenant_status text, connection_id uuid, connection_status text, account_id text, secrets jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select t.id, t.status, c.id, c.status, c.account_id,
      coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind, 'sealed', encode(s.sealed, 'hex'))
          order by s.id) from inbound_secrets s where s.tenant_id = t.id and s.channel_connection_id = c.id), '[]')
    from tenants t
    left join channel_connections c on c.tenant_id = t.id and c.channel = p_channel and c.status <> 'disconnected'
   where t.slug = p_slug
   order by c.id
$$;

ALTER FUNCTION public.find_channel(p_channel text, p_slug text) OWNER TO tistis_definer;

--
-- Name: get_tenant_ai_context(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object(
    'tenant_id', t.id, 'tenant_name', t.name, 'vertical', t.vertical,
    'timezone', coalesce(t.settings ->> 'timezone',
      (select b.timezone from branches b where b.tenant_id = t.id and b.is_active
        order by b.is_headquarters desc, b.id limit 1), 'America/Mexico_City'),
    'ai_config', jsonb_build_object('system_prompt', a.system_prompt, 'model', a.model, 'temperature', a.temperature,
      'max_tokens', a.max_tokens, 'response_style', a.response_style, 'business_hours', a.business_hours,
      'escalation_keywords', to_jsonb(a.escalation_keywords),
      'auto_escalate_after_messages', a.auto_escalate_after_messages, 'default_language', a.default_language),
    'services', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
        'description', coalesce(s.ai_description, s.short_description, s.description), 'category', s.category,
        'price_min', s.price_min::text, 'price_max', s.price_max::text, 'price_unit', s.price_unit,
        'currency', s.currency, 'price_note', s.price_note, 'duration_minutes', s.duration_minutes,
        'promotion_text', case when s.promotion_active then s.promotion_text end,
        'special_instructions', s.special_instructions) order by s.display_order, s.id), '[]')
      from services s where s.tenant_id = t.id and s.is_active),
    'faqs', (select coalesce(jsonb_agg(jsonb_build_object('question', f.question,
        'answer', coalesce(f.short_answer, f.answer)) order by f.display_order, f.id), '[]')
      from faqs f where f.tenant_id = t.id and f.is_active),
    'branches', (select coalesce(jsonb_agg(jsonb_build_object('name', b.name, 'address', b.address, 'city', b.city,
        'state', b.state, 'phone', b.phone, 'timezone', b.timezone, 'operating_hours', b.operating_hours,
        'google_maps_url', b.google_maps_url) order by b.is_headquarters desc, b.id), '[]')
      from branches b where b.tenant_id = t.id and b.is_active),
    'staff', (select coalesce(jsonb_agg(jsonb_build_object('display_name',
        coalesce(p.display_name, p.first_name || ' ' || p.last_name), 'role', p.role, 'role_title', p.role_title,
        'specialty', p.specialty) order by p.id), '[]')
      from staff p where p.tenant_id = t.id and p.is_active and p.role in ('dentist', 'specialist')))
  from tenants t left join ai_tenant_context a on a.tenant_id = t.id
  where t.id = p_tenant_id
$$;

ALTER FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) OWNER TO tistis_owner;

--
-- Name: hand_back_conversation(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hand_back_conversation(p_conversation uuid) RETURNS boolean
    LANGUAGE sql
    AS $$
  with done as (
    update conversations set ai_handling = true,
        status = case when status = 'escalated' then 'active' else status end
      where tenant_id = current_tenant() and id = p_conversation and status <> 'archived' returning 1)
  select exists (select 1 from done)
$$;

ALTER FUNCTION public.hand_back_conversation(p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: lead_of_aliases(jsonb, text, text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_leads uuid[];
  v_lead uuid;
  v_phone text := (select a ->> 'address' from jsonb_array_elements(p_aliases) a where a ->> 'kind' = 'phone' limit 1);
  v_known int;
begin
  select array_agg(distinct l.lead_id order by l.lead_id), count(*) into v_leads, v_known
    from jsonb_array_elements(p_aliases) a
    join lead_aliases l on l.tenant_id = v_tenant and l.kind = a ->> 'kind' and l.value = a ->> 'value';
  if v_leads is null then
    insert into leads (tenant_id, branch_id, phone, phone_normalized, name, full_name, source, first_contact_at,
        last_interaction_at)
      values (v_tenant, p_branch_id, v_phone, '+' || (select a ->> 'value' from jsonb_array_elements(p_aliases) a
          where a ->> 'kind' = 'phone' limit 1), p_name, p_name, p_source, app_now(), app_now())
      returning id into v_lead;
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
  end if;
  return v_lead;
end $$;

ALTER FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) OWNER TO tistis_owner;

--
-- Name: list_jobs(integer, text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) RETURNS SETOF public.jobs
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select * from jobs
   where status = 'pending' and lane_head and (p_id is not null or scheduled_for <= app_now())
     and (p_kind is null or job_type = p_kind) and (p_id is null or id = p_id)
   order by priority, scheduled_for limit p_limit
$$;

ALTER FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) OWNER TO tistis_definer;

--
-- Name: lock_contacts(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lock_contacts(p_events jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_advisory_xact_lock(s.k)
    from (select distinct hashtextextended(current_tenant()::text || '|' || (a ->> 'kind') || '|' || (a ->> 'value'), 0) as k
            from jsonb_array_elements(p_events) e, jsonb_array_elements(e -> 'aliases') a
           where concerns_person(e)
           order by k) s;
end $$;

ALTER FUNCTION public.lock_contacts(p_events jsonb) OWNER TO tistis_owner;

--
-- Name: lock_lanes(uuid, text[], text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_advisory_xact_lock(s.k)
    from (select distinct hashtextextended(p_tenant::text || x, 1) as k
            from (select '|lane|' || unnest(p_lanes) union all select '|key|' || unnest(p_keys)) t (x)
           where x is not null order by k) s;
end $$;

ALTER FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) OWNER TO tistis_owner;

--
-- Name: merge_leads(uuid, uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  c record;
  v_answer jobs;
begin
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
          -- A human who had taken over one of the two has taken over the person.
          ai_handling = k.ai_handling and o.ai_handling,
          status = case when 'escalated' in (k.status, o.status) then 'escalated' else k.status end,
          escalation_reason = coalesce(k.escalation_reason, o.escalation_reason),
          escalated_at = coalesce(k.escalated_at, o.escalated_at)
        from conversations o
        where k.tenant_id = v_tenant and k.id = c.kept and o.tenant_id = v_tenant and o.id = c.id;
      update conversations set status = 'archived', lead_id = p_survivor,
          resolution_notes = 'merged into ' || c.kept::text
        where tenant_id = v_tenant and id = c.id;
      -- A question that waits for its answer there waits here now. An answer that is being thought of there finds its
      -- conversation closed, so it is asked for here, too.
      perform lock_lanes(v_tenant, array['answer:' || c.id], array['answer:' || c.id]);
      select * into v_answer from jobs j where j.tenant_id = v_tenant and j.lane = 'answer:' || c.id and j.lane_head
        and j.status in ('pending', 'processing');
      if v_answer.id is not null then
        update jobs set status = 'cancelled', completed_at = now(), error_message = 'merged into ' || c.kept::text
          where tenant_id = v_tenant and lane = 'answer:' || c.id and status = 'pending';
        perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', v_answer.job_type,
          'lane', 'answer:' || c.kept, 'unique_key', 'answer:' || c.kept, 'request_id', v_answer.request_id,
          'delay_seconds', greatest(extract(epoch from v_answer.scheduled_for - app_now()), 0),
          'payload', v_answer.payload || jsonb_build_object('conversation_id', c.kept, 'lead_id', p_survivor))));
      end if;
    end if;
  end loop;
  update lead_aliases set lead_id = p_survivor where tenant_id = v_tenant and lead_id = p_merged;
  update channel_events set lead_id = p_survivor where tenant_id = v_tenant and lead_id = p_merged;
  update leads s set score = greatest(s.score, m.score), name = coalesce(s.name, m.name),
      full_name = coalesce(s.full_name, m.full_name), phone = coalesce(s.phone, m.phone),
      phone_normalized = coalesce(s.phone_normalized, m.phone_normalized), email = coalesce(s.email, m.email),
      notes = concat_ws(E'\n', s.notes, m.notes)
    from leads m
    where s.tenant_id = v_tenant and s.id = p_survivor and m.tenant_id = v_tenant and m.id = p_merged;
  update leads set merged_into_id = p_survivor, deleted_at = app_now(), status = 'inactive'
    where tenant_id = v_tenant and id = p_merged;
  insert into lead_merges (tenant_id, survivor_id, merged_id, reason)
    values (v_tenant, p_survivor, p_merged, p_reason);
end $$;

ALTER FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) OWNER TO tistis_owner;

--
-- Name: message_status_rank(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.message_status_rank(p_status text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case p_status
    when 'pending' then 0 when 'sending' then 1 when 'unknown' then 2 when 'accepted' then 3
    when 'sent' then 4 when 'delivered' then 5 when 'read' then 6 when 'played' then 7 end
$$;

ALTER FUNCTION public.message_status_rank(p_status text) OWNER TO tistis_owner;

--
-- Name: next_job_due(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.next_job_due(p_since timestamp with time zone, OUT due timestamp with time zone, OUT since timestamp with time zone) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_material TO 'off'
    SET jit TO 'off'
    AS $$
declare
  v_now timestamptz := app_clock();
begin
  select j.ready_at into due from jobs j
   where j.ready_at > '-infinity' and j.ready_at >= coalesce(p_since, '-infinity')
   order by j.ready_at limit 1;
  since := least(coalesce(due, v_now), v_now) - interval '1 s';
end $$;

ALTER FUNCTION public.next_job_due(p_since timestamp with time zone, OUT due timestamp with time zone, OUT since timestamp with time zone) OWNER TO tistis_definer;

--
-- Name: next_message_status(text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.next_message_status(p_current text, p_incoming text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when p_current = p_incoming or p_current in ('received', 'withheld') then null
    when p_incoming in ('pending', 'unknown') then case when p_current = 'sending' then p_incoming end
    when p_incoming in ('sending', 'withheld') then case when p_current = 'pending' then p_incoming end
    when p_incoming = 'failed' then
      case when message_status_rank(p_current) <= message_status_rank('sent') then 'failed' end
    when p_current = 'failed' then
      case when p_incoming in ('delivered', 'read', 'played') then p_incoming end
    when message_status_rank(p_incoming) > message_status_rank(p_current) then p_incoming
  end
$$;

ALTER FUNCTION public.next_message_status(p_current text, p_incoming text) OWNER TO tistis_owner;

--
-- Name: prune_jobs(interval, integer); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  with gone as (
    delete from jobs where (tenant_id, id) in (
      select tenant_id, id from jobs where status in ('completed', 'cancelled') and completed_at < now() - p_older_than
       limit p_limit for update skip locked)
    returning 1)
  select count(*)::int from gone
$$;

ALTER FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) OWNER TO tistis_definer;

--
-- Name: queue_stats(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.queue_stats() RETURNS TABLE(pending bigint, processing bigint, completed_today bigint, failed_today bigint, oldest_due_seconds double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select (select count(*) from jobs where status = 'pending'),
    (select count(*) from jobs where status = 'processing'),
    (select count(*) from jobs where status in ('completed', 'cancelled') and completed_at >= date_trunc('day', now())),
    (select count(*) from jobs where status = 'dead' and completed_at >= date_trunc('day', now())),
    coalesce((select extract(epoch from app_now() - min(scheduled_for)) from jobs
      where status = 'pending' and lane_head and scheduled_for <= app_now()), 0)
$$;

ALTER FUNCTION public.queue_stats() OWNER TO tistis_definer;

--
-- Name: raise_alert(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) RETURNS void
    LANGUAGE sql
    AS $$
  insert into alerts as a (tenant_id, channel_connection_id, kind, dedup_key, severity, sentence, details, first_at, last_at)
    select current_tenant(), p_connection, p_alert ->> 'kind', coalesce(p_connection::text, '') || ':' || (p_alert ->> 'key'),
        p_alert ->> 'severity', p_alert ->> 'sentence', coalesce(p_alert -> 'details', '{}'), app_now(), app_now()
    on conflict (tenant_id, dedup_key) where resolved_at is null do update set
      times = a.times + 1, last_at = excluded.last_at, sentence = excluded.sentence, severity = excluded.severity,
      details = excluded.details
$$;

ALTER FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) OWNER TO tistis_owner;

--
-- Name: receive_events(jsonb, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) RETURNS TABLE(messages integer, duplicates integer, reports integer, answers integer)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_keys text[] := '{}';
  v_leads uuid[] := '{}';
  v_conversations uuid[] := '{}';
  v_connections uuid[] := '{}';
  v_contacts jsonb[] := '{}';
  v_talks boolean[] := '{}';
  v_survivor uuid;
  v_received int;
  c record;
begin
  perform lock_contacts(p_events);

  -- Whose conversation each belongs to: once a person and account, not once a message. In the order of their ids'
  -- making is not needed: the names' locks are held, so nobody else works on these people.
  for c in
    select e ->> 'connection_id' as connection, e -> 'aliases' as aliases, max(e ->> 'name') as name,
        bool_or(e ->> 'kind' in ('message', 'echo')) as talks
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
    while cardinality(v_keys) > 1 loop
      select l.merged_into_id into v_survivor from leads l where l.tenant_id = v_tenant and l.id = v_leads[i];
      exit when v_survivor is null;
      v_leads[i] := v_survivor;
    end loop;
    v_conversations := v_conversations
      || case when v_talks[i] then conversation_of(v_leads[i], v_connections[i], v_contacts[i]) end;
  end loop;

  select count(*) into v_received from jsonb_array_elements(p_events) e where e ->> 'kind' in ('message', 'echo');
  if v_received > 0 then
    select r.stored, r.asked into messages, answers
      from receive_messages(p_events, v_keys, v_conversations, p_policy, p_request_id) r;
  end if;
  messages := coalesce(messages, 0);
  answers := coalesce(answers, 0);
  duplicates := v_received - messages;
  reports := receive_reports(p_events);
  perform receive_notices(p_events, v_keys, v_leads);
  return next;
end $$;

ALTER FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: receive_events_singly(text, text, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) RETURNS TABLE(messages integer, duplicates integer, reports integer, answers integer, parked integer)
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: receive_messages(jsonb, text[], uuid[], jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) RETURNS TABLE(stored integer, asked integer)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_questions jsonb;
begin
  with incoming as (
    select e.*, (e.connection_id || e.aliases::text) as key, row_number() over () as position
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb, name text,
        at timestamptz, content text, content_type text, selection text, reply_to text, wants_answer boolean,
        details jsonb, raw jsonb)
     where e.kind in ('message', 'echo')
  ), placed as (
    select i.*, k.conversation_id, cc.channel
      from incoming i
      join unnest(p_keys, p_conversations) k (key, conversation_id) on k.key = i.key
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = i.connection_id::uuid
     order by i.position
  ), inserted as (
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, content_type, message_type,
        channel, external_id, external_timestamp, selection, reply_to_external_id, status, metadata, raw)
      select v_tenant, p.conversation_id, p.connection_id::uuid, case p.kind when 'echo' then 'staff' else 'user' end,
          p.content, p.content_type, p.content_type, p.channel, p.external_id, coalesce(p.at, app_now()), p.selection,
          p.reply_to, case p.kind when 'echo' then 'sent' else 'received' end,
          coalesce(p.details, '{}') || case when p.wants_answer then '{"wants_answer": true}' else '{}' end::jsonb, p.raw
        from placed p
      on conflict (tenant_id, channel_connection_id, external_id) where external_id is not null do nothing
      returning id, conversation_id, role, external_timestamp, metadata ? 'wants_answer' as wants_answer
  ), contacts as (
    select distinct on (p.conversation_id) p.conversation_id, p.aliases -> 0 as contact
      from placed p where p.kind = 'message' order by p.conversation_id, p.position desc
  ), summary as (
    select i.conversation_id, count(*) as n, count(*) filter (where i.role = 'user') as turns,
        max(i.external_timestamp) as last_at,
        max(i.external_timestamp) filter (where i.role = 'user') as last_inbound_at,
        max(i.external_timestamp) filter (where i.role = 'staff') as last_human_at,
        -- uuid_v7 sorts by time; text, because PG 15 has no max(uuid). What is too old to be answered by itself is no
        -- question: it must not keep the answer to another one back.
        max(i.id::text) filter (where i.wants_answer
          and i.external_timestamp > app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8))
          as last_question
      from inserted i group by i.conversation_id
  ), updated as (
    update conversations v set
        message_count = v.message_count + s.n,
        turn_count = v.turn_count + s.turns,
        last_message_at = greatest(v.last_message_at, s.last_at),
        -- A clock that is ahead of ours must not hold the reply window open.
        last_inbound_at = greatest(v.last_inbound_at, least(s.last_inbound_at, app_now())),
        last_question_id = greatest(v.last_question_id, s.last_question::uuid),
        last_human_at = greatest(v.last_human_at, case when s.last_human_at is not null then app_now() end),
        -- Somebody of the business answered in the platform's own app: the bot is silent until handed back.
        ai_handling = v.ai_handling and s.last_human_at is null,
        contact_kind = coalesce(c.contact ->> 'kind', v.contact_kind),
        contact_address = coalesce(c.contact ->> 'address', v.contact_address)
      from summary s left join contacts c using (conversation_id)
      where v.tenant_id = v_tenant and v.id = s.conversation_id
      returning v.id, v.lead_id, v.ai_handling, v.status, v.channel, v.channel_connection_id, v.message_count = s.n as is_first,
        s.n, s.last_question, s.last_at
  ), touched as (
    update leads l set last_interaction_at = greatest(l.last_interaction_at, u.last_at)
      from updated u where l.tenant_id = v_tenant and l.id = u.lead_id returning 1
  ), listened as (
    update channel_connections cc set last_message_at = app_now()
      where cc.tenant_id = v_tenant and cc.id in (select channel_connection_id from updated)
        -- At most once a minute, or every message of an account would queue behind this one row.
        and (cc.last_message_at is null or cc.last_message_at < app_now() - interval '1 minute')
      returning 1
  )
  select coalesce(sum(u.n), 0),
      jsonb_agg(jsonb_build_object(
        'job_type', 'ai_response',
        'lane', 'answer:' || u.id,
        'unique_key', 'answer:' || u.id,
        'delay_seconds', coalesce(case when u.is_first then cc.first_message_delay_seconds
          else cc.subsequent_message_delay_seconds end,
          (p_policy ->> case when u.is_first then 'first_delay_seconds' else 'next_delay_seconds' end)::float8),
        'cap_seconds', (p_policy ->> 'cap_seconds')::float8,
        'request_id', p_request_id,
        'payload', jsonb_build_object('conversation_id', u.id, 'message_id', u.last_question, 'lead_id', u.lead_id,
          'tenant_id', v_tenant, 'channel', u.channel, 'channel_connection_id', u.channel_connection_id,
          'is_first_message', u.is_first)))
        filter (where u.last_question is not null and u.ai_handling and u.status <> 'escalated' and cc.ai_enabled)
    into stored, v_questions
    from updated u
    join channel_connections cc on cc.tenant_id = v_tenant and cc.id = u.channel_connection_id;
  asked := enqueue_jobs(coalesce(v_questions, '[]'));
  return next;
end $$;

ALTER FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: receive_notices(jsonb, text[], uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) RETURNS integer
    LANGUAGE sql
    AS $$
  with kept as (
    insert into channel_events (tenant_id, channel_connection_id, lead_id, kind, external_id, content,
        reply_to_external_id, occurred_at, details, raw)
      select current_tenant(), e.connection_id::uuid, k.lead_id, e.kind, e.external_id, coalesce(e.content, ''),
          e.reply_to, e.at, coalesce(e.details, '{}'), e.raw
        from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
          at timestamptz, content text, reply_to text, details jsonb, raw jsonb)
        left join unnest(p_keys, p_leads) k (key, lead_id) on k.key = e.connection_id || e.aliases::text
       where e.kind not in ('message', 'echo', 'status')
      on conflict do nothing
      returning 1)
  select count(*)::int from kept
$$;

ALTER FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) OWNER TO tistis_owner;

--
-- Name: receive_reports(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_reports(p_events jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS $_$
declare
  v_tenant uuid := current_tenant();
  v_messages uuid[];
  v_new int;
begin
  with incoming as (
    select e.connection_id::uuid as connection_id, e.external_id, e.status ->> 'state' as state,
        coalesce(e.status ->> 'participant', '') as participant, e.status ->> 'opaque' as opaque, e.at,
        e.status ->> 'error_code' as error_code, e.status ->> 'error' as error, e.raw
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, at timestamptz,
        status jsonb, raw jsonb)
     where e.kind = 'status'
  ), matched as (
    select i.*, coalesce(
        (select m.id from messages m where m.tenant_id = v_tenant and m.channel_connection_id = i.connection_id
          and m.external_id = i.external_id),
        -- Our own id came back with it: the send's answer is still on its way, or was lost.
        (select m.id from messages m where m.tenant_id = v_tenant and m.channel_connection_id = i.connection_id
          and m.role <> 'user' and m.external_id is null and m.id = case when i.opaque
            ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then i.opaque::uuid end)
      ) as message_id
      from incoming i
  ), kept as (
    insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, participant,
        occurred_at, error_code, error_message, raw)
      select v_tenant, connection_id, message_id, external_id, state, participant, at, error_code, error, raw
        from matched order by connection_id, external_id, state, participant
      on conflict do nothing
      returning message_id, external_id
  ), named as (
    update messages m set external_id = k.external_id
      from (select distinct on (message_id) message_id, external_id from kept where message_id is not null
             order by message_id) k
      where m.tenant_id = v_tenant and m.id = k.message_id and m.external_id is null
      returning m.id
  )
  select count(*), array_agg(distinct k.message_id) filter (where k.message_id is not null)
    into v_new, v_messages
    from kept k left join named n on n.id = k.message_id;
  if v_messages is not null then
    perform apply_message_reports(v_messages);
  end if;
  return v_new;
end $_$;

ALTER FUNCTION public.receive_reports(p_events jsonb) OWNER TO tistis_owner;

--
-- Name: recover_jobs(double precision); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.recover_jobs(p_lease_seconds double precision) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_lease interval := make_interval(secs => p_lease_seconds);
  v_gone uuid[];
  v_lost jsonb;
begin
  with gone as (
    update workers w set recovered_at = clock_timestamp()
     where w.id in (
       select g.id from workers g, lateral (select coalesce(g.stopped_at, g.last_seen) as at) e
        where (g.stopped_at is not null or g.last_seen < clock_timestamp() - v_lease)
          and (g.recovered_at is null or g.recovered_at < e.at
            or clock_timestamp() - e.at > 2 * greatest(g.recovered_at - e.at, v_lease))
        order by g.id for update skip locked)
    returning w.id)
  select array_agg(id) into v_gone from gone;
  if v_gone is null then return 0; end if;
  select jsonb_agg(jsonb_build_object('tenant_id', j.tenant_id, 'id', j.id, 'attempt', j.attempts, 'worker', j.worker_id,
      'outcome', 'retry', 'seconds', 0, 'why', 'its worker stopped without a word'))
    into v_lost
    from jobs j where j.worker_id is not null and j.worker_id = any (v_gone) and j.status = 'processing';
  if v_lost is null then return 0; end if;
  perform settle_jobs(v_lost);
  return jsonb_array_length(v_lost);
end $$;

ALTER FUNCTION public.recover_jobs(p_lease_seconds double precision) OWNER TO tistis_definer;

--
-- Name: redrive_jobs(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.redrive_jobs(p_ids uuid[]) RETURNS SETOF uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_lanes text[];
  v_keys text[];
  v_id uuid;
begin
  select array_agg(distinct lane), array_agg(distinct unique_key) into v_lanes, v_keys
    from jobs where tenant_id = v_tenant and id = any (p_ids) and status = 'dead';
  perform lock_lanes(v_tenant, v_lanes, v_keys);
  foreach v_id in array p_ids loop
    update jobs d set status = 'pending', attempts = 0, worker_id = null, completed_at = null, scheduled_for = app_now(),
        lane_head = d.lane is null, holds_lane = false, updated_at = now()
      where d.tenant_id = v_tenant and d.id = v_id and d.status = 'dead'
        and not exists (select 1 from jobs p where p.tenant_id = v_tenant and p.unique_key = d.unique_key
          and p.status = 'pending');
    if found then
      -- A message that the platform never had may leave after all; what may have been sent is never sent again.
      update messages m set status = 'pending', error_code = null, error_message = null
        from jobs d
        where d.tenant_id = v_tenant and d.id = v_id and m.tenant_id = v_tenant
          and m.id::text = d.payload ->> 'message_id' and d.job_type like 'send\_%'
          and m.status = 'failed' and m.external_id is null;
      return next v_id;
    end if;
  end loop;
  perform elect_lane_heads(v_tenant, v_lanes) where v_lanes is not null;
end $$;

ALTER FUNCTION public.redrive_jobs(p_ids uuid[]) OWNER TO tistis_owner;

--
-- Name: replay_dead_letter(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  d webhook_dead_letters;
  v_fault text;
begin
  select * into d from webhook_dead_letters
    where tenant_id = current_tenant() and id = p_id and status in ('pending', 'failed') for update;
  if d.id is null then return null; end if;
  begin
    perform receive_events(jsonb_build_array(
      case jsonb_typeof(d.payload) when 'string' then (d.payload #>> '{}')::jsonb else d.payload end),
      p_policy, 'replay:' || d.id);
  exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
    v_fault := sqlstate || ': ' || sqlerrm;
  end;
  update webhook_dead_letters set
      status = case when v_fault is null then 'completed' else 'pending' end,
      error_message = coalesce(v_fault, error_message), retry_count = retry_count + 1, last_retry_at = app_now(),
      resolved_at = case when v_fault is null then app_now() end
    where tenant_id = current_tenant() and id = p_id;
  return case when v_fault is null then 'completed' else 'pending' end;
end $$;

ALTER FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: reply_gate(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case
      when t.status <> 'active' then 'tenant_inactive'
      when cc.status <> 'connected' then 'channel_inactive'
      when c.status = 'escalated' then 'escalated'
      when c.status not in ('active', 'waiting_response') then 'conversation_closed'
      -- The bot's turn began with the person's message: anything a human wrote since ends it.
      when c.last_human_at > coalesce(q.created_at, '-infinity') then 'human_took_over'
      when not cc.ai_enabled or not c.ai_handling or not coalesce(a.ai_enabled, true) then
        case when c.last_human_at is not null then 'human_took_over' else 'assistant_off' end
      when c.last_inbound_at is null
        or c.last_inbound_at < app_now() - make_interval(hours => (p_policy ->> 'window_hours')::int) then 'window_closed'
      when c.last_question_id > p_answers then 'newer_inbound'
      -- We were down for long: an answer hours late confuses more than it helps.
      when q.external_timestamp < app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8) then 'stale'
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join ai_tenant_context a on a.tenant_id = c.tenant_id
    left join messages q on q.tenant_id = c.tenant_id and q.id = p_answers
   where c.tenant_id = current_tenant() and c.id = p_conversation
$$;

ALTER FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: resolve_alerts(uuid, text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) RETURNS integer
    LANGUAGE sql
    AS $$
  with closed as (
    update alerts set resolved_at = app_now()
     where tenant_id = current_tenant() and channel_connection_id = p_connection and kind = any (p_kinds)
       and resolved_at is null
    returning 1)
  select count(*)::int from closed
$$;

ALTER FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) OWNER TO tistis_owner;

--
-- Name: send_staff_message(uuid, jsonb, uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_group uuid := uuid_v7();
  v_count int := jsonb_array_length(p_parts);
  c conversations;
  v_part record;
  v_message uuid;
  v_first uuid;
  v_jobs jsonb := '[]';
begin
  -- The lane before the conversation, as `store_reply` does, or the two wait for each other.
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  update conversations v set last_human_at = app_now(), ai_handling = false, last_message_at = greatest(v.last_message_at, app_now())
    where v.tenant_id = v_tenant and v.id = p_conversation returning v.* into c;
  if c.id is null then return null; end if;
  for v_part in
    select p.value ->> 'content' as content, coalesce(p.value ->> 'content_type', 'text') as content_type,
        nullif(p.value -> 'payload', 'null') as payload, p.value ->> 'reply_to' as reply_to, p.ordinality as part
      from jsonb_array_elements(p_parts) with ordinality p order by p.ordinality
  loop
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, content_type, payload,
        reply_to_external_id, channel, status, sent_by_staff_id, metadata)
      values (v_tenant, c.id, c.channel_connection_id, 'staff', v_part.content, v_part.content_type, v_part.payload,
        v_part.reply_to, c.channel, 'pending', p_staff,
        case when v_count > 1
          then jsonb_build_object('part', v_part.part, 'parts', v_count, 'group', v_group) else '{}' end)
      returning id into v_message;
    v_first := coalesce(v_first, v_message);
    v_jobs := v_jobs || jsonb_build_object(
      'job_type', 'send_' || c.channel, 'lane', 'send:' || c.id, 'priority', 1, 'max_attempts', 8,
      'request_id', p_request_id,
      'payload', jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
        'channel', c.channel, 'channel_connection_id', c.channel_connection_id));
  end loop;
  perform enqueue_jobs(v_jobs);
  return v_first;
end $$;

ALTER FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text) OWNER TO tistis_owner;

--
-- Name: settle_jobs(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.settle_jobs(p_results jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_material TO 'off'
    SET jit TO 'off'
    AS $$
declare
  v_taken int := 0;
  t record;
begin
  for t in
    select j.tenant_id, array_agg(distinct j.lane) as lanes,
        array_agg(distinct j.unique_key) filter (where r.outcome in ('retry', 'snooze')) as keys, jsonb_agg(r.item) as items
      from (select value as item, (value ->> 'tenant_id')::uuid as tenant_id, (value ->> 'id')::uuid as id,
              value ->> 'outcome' as outcome from jsonb_array_elements(p_results)) r
      join jobs j on j.tenant_id = r.tenant_id and j.id = r.id
     group by j.tenant_id order by j.tenant_id
  loop
    perform lock_lanes(t.tenant_id, t.lanes, coalesce(t.keys, '{}'));
    v_taken := v_taken + settle_jobs_of(t.tenant_id, t.items);
    perform elect_lane_heads(t.tenant_id, t.lanes);
  end loop;
  return v_taken;
end $$;

ALTER FUNCTION public.settle_jobs(p_results jsonb) OWNER TO tistis_definer;

--
-- Name: settle_jobs_of(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) RETURNS integer
    LANGUAGE sql
    AS $$
  with held as materialized (
    select j.id, j.unique_key, j.attempts, j.max_attempts, r.outcome, r.why, r.result,
        app_now() + make_interval(secs => coalesce(r.seconds, 0)) as due,
        (select w.id from jobs w where w.tenant_id = p_tenant and w.unique_key = j.unique_key and w.status = 'pending')
          as twin
      from jsonb_to_recordset(p_results) as r (id uuid, attempt int, worker uuid, outcome text, seconds float8, why text,
        result jsonb)
      join jobs j on j.tenant_id = p_tenant and j.id = r.id and j.status = 'processing' and j.attempts = r.attempt
        -- Not "=": that would let the planner look through jobs_held, past whatever that worker ever held.
        and j.worker_id is not distinct from r.worker
     order by j.id for update of j
  ), judged as (
    select h.*, case
        when h.outcome = 'done' then 'completed'
        when h.outcome = 'bury' or (h.outcome = 'retry' and h.attempts >= h.max_attempts) then 'dead'
        else 'pending' end as verdict
      from held h
  ), heirs as (
    -- Of one key only one may wait: the twin that waits already, or else the newest of those that end together here
    -- (without a lane two can run at once). It takes over, not before the time that any of them had to wait for.
    select g.*, case when g.unique_key is not null and g.verdict = 'pending'
          then coalesce(g.twin, nullif(first_value(g.id) over (partition by g.unique_key, g.verdict order by g.id desc),
            g.id)) end as heir,
        case when g.unique_key is null then g.due
          else max(g.due) over (partition by g.unique_key, g.verdict) end as latest
      from judged g
  ), ended as (
    select h.*, case when h.heir is not null then 'cancelled' else h.verdict end as status from heirs h
  ), twins as (
    update jobs w set scheduled_for = greatest(w.scheduled_for, e.latest), updated_at = now()
      from (select distinct twin, latest from ended where heir = twin) e where w.tenant_id = p_tenant and w.id = e.twin
  ), changed as (
    update jobs j set
        status = e.status,
        worker_id = case when e.status = 'pending' then null else j.worker_id end,
        scheduled_for = case when e.status = 'pending' then e.latest else j.scheduled_for end,
        lane_head = case when e.status = 'pending' then j.lane is null or e.outcome = 'retry' else j.lane_head end,
        holds_lane = e.status = 'pending' and e.outcome = 'retry',
        -- Waiting is no failure. The attempt keeps its number, by which a late result is told from the next run's.
        max_attempts = j.max_attempts + case when e.status = 'pending' and e.outcome = 'snooze' then 1 else 0 end,
        completed_at = case when e.status <> 'pending' then now() end,
        error_message = case when e.outcome = 'done' then null else e.why end,
        result = case when e.status = 'cancelled' then jsonb_build_object('merged_into', e.heir) else e.result end,
        updated_at = now()
      from ended e where j.tenant_id = p_tenant and j.id = e.id
      returning 1
  )
  select count(*)::int from changed
$$;

ALTER FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) OWNER TO tistis_owner;

--
-- Name: staff_gate(uuid, jsonb, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case
      when t.status <> 'active' then 'tenant_inactive'
      when cc.status <> 'connected' then 'channel_inactive'
      -- What was said in several parts is not said by halves.
      when exists (select 1 from messages x where x.tenant_id = c.tenant_id and x.conversation_id = c.id and x.id < m.id
        and x.metadata ->> 'group' = m.metadata ->> 'group' and x.status in ('failed', 'withheld')) then 'incomplete'
      when m.payload ->> 'kind' = 'template' then template_gate(c.id, p_policy, m.payload)
      when c.last_inbound_at is null
        or c.last_inbound_at < app_now() - make_interval(hours => (p_policy ->> 'window_hours')::int) then 'window_closed'
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    join messages m on m.tenant_id = c.tenant_id and m.id = p_message
   where c.tenant_id = current_tenant() and c.id = p_conversation
$$;

ALTER FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) OWNER TO tistis_owner;

--
-- Name: stamp_ready(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.stamp_ready() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.ready_at := case when new.status = 'pending' and new.lane_head then greatest(new.scheduled_for, app_clock()) end;
  return new;
end $$;

ALTER FUNCTION public.stamp_ready() OWNER TO tistis_owner;

--
-- Name: stop_channel(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.stop_channel(p_connection uuid, p_error text) RETURNS void
    LANGUAGE sql
    AS $$
  update channel_connections set status = 'error', error_count = error_count + 1, last_error_at = app_now(),
      last_error_message = p_error
    where tenant_id = current_tenant() and id = p_connection
$$;

ALTER FUNCTION public.stop_channel(p_connection uuid, p_error text) OWNER TO tistis_owner;

--
-- Name: store_reply(uuid, text[], uuid, uuid, uuid, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) RETURNS TABLE(message_id uuid, send_job_id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_lane text := 'send:' || p_conversation;
  c conversations;
  v_message uuid;
begin
  perform lock_lanes(v_tenant, array[v_lane], '{}');
  select * into strict c from conversations where tenant_id = v_tenant and id = p_conversation for update;
  if exists (select 1 from messages m where m.tenant_id = v_tenant and m.processed_by_job_id = p_job
    and m.answers_message_id = p_answers) then
    return query
      select (j.payload ->> 'message_id')::uuid, j.id
        from messages m
        join jobs j on j.tenant_id = v_tenant and j.lane = v_lane and j.status = 'processing' and j.worker_id = p_worker
          and j.attempts = 1 and j.payload ->> 'message_id' = m.id::text
       where m.tenant_id = v_tenant and m.processed_by_job_id = p_job and m.answers_message_id = p_answers
         and m.status = 'pending'
       limit 1;
    return;
  end if;
  for i in 1 .. cardinality(p_parts) loop
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, channel, status,
        answers_message_id, processed_by_job_id, metadata)
      values (v_tenant, c.id, c.channel_connection_id, 'assistant', p_parts[i], c.channel, 'pending', p_answers, p_job,
        coalesce(p_metadata, '{}') || jsonb_build_object('part', i, 'parts', cardinality(p_parts)))
      returning id into v_message;
    message_id := coalesce(message_id, v_message);
    insert into jobs (tenant_id, job_type, lane, lane_head, priority, max_attempts, request_id, payload)
      values (v_tenant, 'send_' || c.channel, v_lane, false, 2, 8, p_request_id,
        jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
          'channel', c.channel, 'channel_connection_id', c.channel_connection_id, 'recipient_' ||
          case c.contact_kind when 'phone' then 'phone' when 'tiktok' then 'open_id' when 'whatsapp_user_id' then 'user_id'
          else 'psid' end, c.contact_address));
  end loop;
  perform elect_lane_heads(v_tenant, array[v_lane]);
  update jobs j set status = 'processing', worker_id = p_worker, attempts = 1, started_at = now(), updated_at = now()
    where j.tenant_id = v_tenant and j.lane = v_lane and j.lane_head and j.status = 'pending' and p_worker is not null
      and j.payload ->> 'message_id' = message_id::text
    returning j.id into send_job_id;
  return next;
end $$;

ALTER FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: template_gate(uuid, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case
      when not (p_policy -> 'usable_templates') ? upper(coalesce(x.status, 'UNKNOWN')) then 'template_blocked'
      when w.stopped then 'opted_out'
      when w.not_before > app_now() then 'too_soon'
    end
    from conversations c
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join lateral (
      select y.status, y.category from message_templates y
       where y.tenant_id = c.tenant_id and y.name = p_payload ->> 'name' and y.language = p_payload ->> 'language'
         and y.business_account_id = coalesce(cc.whatsapp_business_account_id, y.business_account_id)
       order by y.updated_at desc limit 1) x on true
    cross join lateral (
      select bool_or(k.state = 'stopped') as stopped, max(k.not_before) as not_before from contact_consents k
       where k.tenant_id = c.tenant_id and k.lead_id = c.lead_id and k.channel = c.channel
         and (k.scope = 'all' or lower(coalesce(x.category, p_payload ->> 'category')) = 'marketing')) w
   where c.tenant_id = current_tenant() and c.id = p_conversation
$$;

ALTER FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) OWNER TO tistis_owner;

--
-- Name: touch_updated_at(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.updated_at := now();
  return new;
end $$;

ALTER FUNCTION public.touch_updated_at() OWNER TO tistis_owner;

--
-- Name: worker_heartbeat(uuid, text, text, double precision); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds double precision) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  insert into workers as w (id, name, kind) values (p_worker, p_name, p_kind)
    on conflict (id) do update set last_seen = clock_timestamp(), stopped_at = null;
  return p_kind is null and exists (
    select 1 from workers n, workers me
     where me.id = p_worker and n.kind is null and n.stopped_at is null and n.id <> me.id
       and (n.started_at, n.id) > (me.started_at, me.id)
       and n.last_seen > clock_timestamp() - make_interval(secs => p_lease_seconds));
end $$;

ALTER FUNCTION public.worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds double precision) OWNER TO tistis_definer;

--
-- Name: worker_stopped(uuid); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.worker_stopped(p_worker uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  update workers set stopped_at = clock_timestamp() where id = p_worker;
  -- A killed one never said that it stopped.
  delete from workers where coalesce(stopped_at, last_seen) < now() - interval '1 day' and id <> p_worker
    and not exists (select 1 from jobs j where j.worker_id = workers.id and j.status = 'processing');
$$;

ALTER FUNCTION public.worker_stopped(p_worker uuid) OWNER TO tistis_definer;

--
-- Name: ai_tenant_context; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.ai_tenant_context (
    tenant_id uuid NOT NULL,
    ai_enabled boolean DEFAULT true NOT NULL,
    model text,
    system_prompt text,
    temperature numeric(3,2) DEFAULT 0.7 NOT NULL,
    max_tokens integer DEFAULT 500 NOT NULL,
    response_style text DEFAULT 'professional'::text NOT NULL,
    business_hours jsonb DEFAULT '{"end": "18:00", "days": [1, 2, 3, 4, 5], "start": "09:00"}'::jsonb NOT NULL,
    escalation_keywords text[] DEFAULT '{urgente,queja}'::text[] NOT NULL,
    auto_escalate_after_messages integer DEFAULT 5 NOT NULL,
    default_language text DEFAULT 'es'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_tenant_context_auto_escalate_after_messages_check CHECK ((auto_escalate_after_messages >= 0)),
    CONSTRAINT ai_tenant_context_max_tokens_check CHECK (((max_tokens >= 100) AND (max_tokens <= 32000))),
    CONSTRAINT ai_tenant_context_response_style_check CHECK ((response_style = ANY (ARRAY['professional'::text, 'professional_friendly'::text, 'formal'::text]))),
    CONSTRAINT ai_tenant_context_temperature_check CHECK (((temperature >= (0)::numeric) AND (temperature <= (1)::numeric)))
);

ALTER TABLE ONLY public.ai_tenant_context FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_tenant_context OWNER TO tistis_owner;

--
-- Name: ai_usage_logs; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.ai_usage_logs (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    conversation_id uuid,
    message_id uuid,
    job_id uuid,
    ai_provider text NOT NULL,
    ai_model text NOT NULL,
    prompt_tokens integer DEFAULT 0 NOT NULL,
    cache_write_tokens integer DEFAULT 0 NOT NULL,
    cache_read_tokens integer DEFAULT 0 NOT NULL,
    completion_tokens integer DEFAULT 0 NOT NULL,
    total_tokens integer GENERATED ALWAYS AS ((prompt_tokens + completion_tokens)) STORED NOT NULL,
    cost_usd numeric(18,12) DEFAULT 0 NOT NULL,
    response_time_ms integer,
    stop_reason text,
    was_successful boolean DEFAULT true NOT NULL,
    error_message text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_usage_logs_ai_provider_check CHECK ((ai_provider = ANY (ARRAY['anthropic'::text, 'openai'::text, 'google'::text, 'local'::text])))
);

ALTER TABLE ONLY public.ai_usage_logs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_usage_logs OWNER TO tistis_owner;

--
-- Name: alerts; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.alerts (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid,
    kind text NOT NULL,
    dedup_key text NOT NULL,
    severity text NOT NULL,
    sentence text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    first_at timestamp with time zone DEFAULT now() NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    CONSTRAINT alerts_severity_check CHECK ((severity = ANY (ARRAY['act'::text, 'watch'::text])))
);

ALTER TABLE ONLY public.alerts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.alerts OWNER TO tistis_owner;

--
-- Name: branches; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.branches (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    name character varying(100) NOT NULL,
    slug character varying(50) NOT NULL,
    branch_code text,
    address text,
    address_line_2 text,
    city text NOT NULL,
    state text,
    country text DEFAULT 'Mexico'::text NOT NULL,
    postal_code text,
    latitude double precision,
    longitude double precision,
    google_maps_url text,
    phone text,
    whatsapp_number text,
    email text,
    timezone text DEFAULT 'America/Mexico_City'::text NOT NULL,
    operating_hours jsonb DEFAULT '{}'::jsonb NOT NULL,
    is_headquarters boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    appointment_duration_default integer DEFAULT 30 NOT NULL,
    advance_booking_days integer DEFAULT 30 NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.branches FORCE ROW LEVEL SECURITY;

ALTER TABLE public.branches OWNER TO tistis_owner;

--
-- Name: channel_connections; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.channel_connections (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    branch_id uuid,
    channel text NOT NULL,
    account_number integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    ai_enabled boolean DEFAULT true NOT NULL,
    connection_name text,
    account_name text,
    whatsapp_phone_number_id text,
    whatsapp_business_account_id text,
    instagram_account_id text,
    instagram_page_id text,
    instagram_username text,
    facebook_page_id text,
    facebook_page_name text,
    tiktok_business_id text,
    tiktok_client_key text,
    tiktok_open_id text,
    account_id text GENERATED ALWAYS AS (
CASE channel
    WHEN 'whatsapp'::text THEN whatsapp_phone_number_id
    WHEN 'instagram'::text THEN instagram_account_id
    WHEN 'facebook'::text THEN facebook_page_id
    WHEN 'tiktok'::text THEN tiktok_open_id
    ELSE NULL::text
END) STORED,
    first_message_delay_seconds integer,
    subsequent_message_delay_seconds integer,
    ai_personality_override text,
    custom_instructions_override text,
    error_count integer DEFAULT 0 NOT NULL,
    last_message_at timestamp with time zone,
    last_error_at timestamp with time zone,
    last_error_message text,
    connected_at timestamp with time zone,
    disconnected_at timestamp with time zone,
    connection_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    throughput_per_second integer,
    quality text,
    messaging_limit text,
    stopped_code text,
    stopped_at timestamp with time zone,
    CONSTRAINT channel_connections_account_number_check CHECK ((account_number = ANY (ARRAY[1, 2]))),
    CONSTRAINT channel_connections_ai_personality_override_check CHECK ((ai_personality_override = ANY (ARRAY['professional'::text, 'professional_friendly'::text, 'formal'::text]))),
    CONSTRAINT channel_connections_channel_check CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'instagram'::text, 'facebook'::text, 'tiktok'::text, 'webchat'::text, 'voice'::text]))),
    CONSTRAINT channel_connections_first_message_delay_seconds_check CHECK (((first_message_delay_seconds >= 0) AND (first_message_delay_seconds <= 1800))),
    CONSTRAINT channel_connections_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'configuring'::text, 'connected'::text, 'disconnected'::text, 'error'::text, 'suspended'::text]))),
    CONSTRAINT channel_connections_subsequent_message_delay_seconds_check CHECK (((subsequent_message_delay_seconds >= 0) AND (subsequent_message_delay_seconds <= 300))),
    CONSTRAINT channel_connections_throughput_per_second_check CHECK (((throughput_per_second >= 1) AND (throughput_per_second <= 1000)))
);

ALTER TABLE ONLY public.channel_connections FORCE ROW LEVEL SECURITY;

ALTER TABLE public.channel_connections OWNER TO tistis_owner;

--
-- Name: channel_events; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.channel_events (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid NOT NULL,
    lead_id uuid,
    kind text NOT NULL,
    external_id text NOT NULL,
    content text DEFAULT ''::text NOT NULL,
    reply_to_external_id text,
    occurred_at timestamp with time zone,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    raw jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.channel_events FORCE ROW LEVEL SECURITY;

ALTER TABLE public.channel_events OWNER TO tistis_owner;

--
-- Name: contact_consents; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.contact_consents (
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    channel text NOT NULL,
    scope text NOT NULL,
    state text NOT NULL,
    source text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contact_consents_scope_check CHECK ((scope = ANY (ARRAY['marketing'::text, 'all'::text]))),
    CONSTRAINT contact_consents_source_check CHECK ((source = ANY (ARRAY['platform'::text, 'keyword'::text, 'error'::text, 'staff'::text]))),
    CONSTRAINT contact_consents_state_check CHECK ((state = ANY (ARRAY['stopped'::text, 'allowed'::text])))
);

ALTER TABLE ONLY public.contact_consents FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contact_consents OWNER TO tistis_owner;

--
-- Name: contact_windows; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.contact_windows (
    tenant_id uuid NOT NULL,
    channel_connection_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    last_inbound_at timestamp with time zone NOT NULL,
    opened_by text NOT NULL,
    ad_clicked_at timestamp with time zone,
    referral jsonb,
    free_entry_until timestamp with time zone,
    CONSTRAINT contact_windows_opened_by_check CHECK ((opened_by = ANY (ARRAY['message'::text, 'call'::text])))
);

ALTER TABLE ONLY public.contact_windows FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contact_windows OWNER TO tistis_owner;

--
-- Name: conversations; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.conversations (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    lead_id uuid NOT NULL,
    branch_id uuid,
    channel text NOT NULL,
    channel_connection_id uuid NOT NULL,
    channel_conversation_id text,
    contact_kind text NOT NULL,
    contact_address text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    ai_handling boolean DEFAULT true NOT NULL,
    context jsonb DEFAULT '{}'::jsonb NOT NULL,
    escalated_at timestamp with time zone,
    escalated_to_staff_id uuid,
    escalation_reason text,
    resolved_at timestamp with time zone,
    resolution_notes text,
    message_count integer DEFAULT 0 NOT NULL,
    turn_count integer DEFAULT 0 NOT NULL,
    last_message_at timestamp with time zone,
    last_inbound_at timestamp with time zone,
    last_question_id uuid,
    last_human_at timestamp with time zone,
    first_response_time_seconds integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT conversations_channel_check CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'instagram'::text, 'facebook'::text, 'tiktok'::text, 'webchat'::text, 'sms'::text]))),
    CONSTRAINT conversations_status_check CHECK ((status = ANY (ARRAY['active'::text, 'waiting_response'::text, 'escalated'::text, 'resolved'::text, 'archived'::text])))
);

ALTER TABLE ONLY public.conversations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.conversations OWNER TO tistis_owner;

--
-- Name: faqs; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.faqs (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    question text NOT NULL,
    answer text NOT NULL,
    short_answer text,
    category text,
    keywords text[] DEFAULT '{}'::text[] NOT NULL,
    language text DEFAULT 'es'::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    display_order integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.faqs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.faqs OWNER TO tistis_owner;

--
-- Name: inbound_secrets; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.inbound_secrets (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid NOT NULL,
    kind text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT inbound_secrets_kind_check CHECK ((kind = ANY (ARRAY['app_secret'::text, 'verify_token'::text, 'client_secret'::text, 'webhook_secret'::text])))
);

ALTER TABLE ONLY public.inbound_secrets FORCE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_secrets OWNER TO tistis_owner;

--
-- Name: lead_aliases; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.lead_aliases (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    lead_id uuid NOT NULL,
    address text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT lead_aliases_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'whatsapp_user_id'::text, 'instagram'::text, 'facebook'::text, 'tiktok'::text, 'email'::text]))),
    CONSTRAINT lead_aliases_value_check CHECK ((value <> ''::text))
);

ALTER TABLE ONLY public.lead_aliases FORCE ROW LEVEL SECURITY;

ALTER TABLE public.lead_aliases OWNER TO tistis_owner;

--
-- Name: lead_merges; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.lead_merges (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    survivor_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.lead_merges FORCE ROW LEVEL SECURITY;

ALTER TABLE public.lead_merges OWNER TO tistis_owner;

--
-- Name: leads; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.leads (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    branch_id uuid,
    phone character varying(32),
    phone_normalized character varying(32),
    first_name text,
    last_name text,
    full_name text,
    name text,
    email text,
    source text DEFAULT 'whatsapp'::text NOT NULL,
    source_details jsonb DEFAULT '{}'::jsonb NOT NULL,
    status text DEFAULT 'new'::text NOT NULL,
    classification text DEFAULT 'warm'::text NOT NULL,
    score integer DEFAULT 50 NOT NULL,
    interested_services text[] DEFAULT '{}'::text[] NOT NULL,
    notes text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    assigned_staff_id uuid,
    preferred_language text DEFAULT 'es'::text NOT NULL,
    first_contact_at timestamp with time zone,
    last_contact_at timestamp with time zone,
    last_interaction_at timestamp with time zone,
    escalated_to_human boolean DEFAULT false NOT NULL,
    merged_into_id uuid,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT leads_classification_check CHECK ((classification = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text]))),
    CONSTRAINT leads_score_check CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT leads_source_check CHECK ((source = ANY (ARRAY['whatsapp'::text, 'instagram'::text, 'facebook'::text, 'tiktok'::text, 'website'::text, 'referral'::text, 'walk_in'::text, 'phone'::text, 'google'::text, 'other'::text]))),
    CONSTRAINT leads_status_check CHECK ((status = ANY (ARRAY['new'::text, 'contacted'::text, 'qualified'::text, 'appointment_scheduled'::text, 'converted'::text, 'lost'::text, 'inactive'::text])))
);

ALTER TABLE ONLY public.leads FORCE ROW LEVEL SECURITY;

ALTER TABLE public.leads OWNER TO tistis_owner;

--
-- Name: media_files; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.media_files (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid NOT NULL,
    message_id uuid,
    external_id text NOT NULL,
    kind text NOT NULL,
    mime_type text,
    sha256 text,
    size bigint,
    filename text,
    status text DEFAULT 'pending'::text NOT NULL,
    storage_key text,
    error_message text,
    expires_at timestamp with time zone,
    stored_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT media_files_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'stored'::text, 'gone'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.media_files FORCE ROW LEVEL SECURITY;

ALTER TABLE public.media_files OWNER TO tistis_owner;

--
-- Name: message_reactions; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.message_reactions (
    tenant_id uuid NOT NULL,
    channel_connection_id uuid NOT NULL,
    target_external_id text NOT NULL,
    lead_id uuid NOT NULL,
    emoji text NOT NULL,
    reacted_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.message_reactions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_reactions OWNER TO tistis_owner;

--
-- Name: message_status_history; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.message_status_history (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid NOT NULL,
    message_id uuid,
    external_id text NOT NULL,
    status text NOT NULL,
    participant text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone,
    error_code text,
    error_message text,
    raw jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.message_status_history FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_status_history OWNER TO tistis_owner;

--
-- Name: message_templates; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.message_templates (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    business_account_id text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    external_id text,
    category text,
    status text DEFAULT 'UNKNOWN'::text NOT NULL,
    reason text,
    quality text,
    parameter_format text,
    components jsonb,
    status_at timestamp with time zone,
    quality_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT message_templates_parameter_format_check CHECK ((parameter_format = ANY (ARRAY['positional'::text, 'named'::text])))
);

ALTER TABLE ONLY public.message_templates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_templates OWNER TO tistis_owner;

--
-- Name: messages; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.messages (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    conversation_id uuid NOT NULL,
    channel_connection_id uuid NOT NULL,
    role text NOT NULL,
    sender_type text GENERATED ALWAYS AS (
CASE role
    WHEN 'user'::text THEN 'lead'::text
    WHEN 'assistant'::text THEN 'ai'::text
    ELSE role
END) STORED NOT NULL,
    sender_id uuid,
    content text NOT NULL,
    content_type text DEFAULT 'text'::text NOT NULL,
    message_type text DEFAULT 'text'::text NOT NULL,
    channel text DEFAULT 'whatsapp'::text NOT NULL,
    external_id text,
    external_timestamp timestamp with time zone,
    selection text,
    reply_to_external_id text,
    status text NOT NULL,
    error_code text,
    error_message text,
    answers_message_id uuid,
    processed_by_job_id uuid,
    sent_by_staff_id uuid,
    send_attempt uuid,
    sent_at timestamp with time zone,
    delivered_at timestamp with time zone,
    read_at timestamp with time zone,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    raw jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    payload jsonb,
    media_url text,
    historical boolean DEFAULT false NOT NULL,
    stale boolean DEFAULT false NOT NULL,
    edited_at timestamp with time zone,
    deleted_at timestamp with time zone,
    billing jsonb,
    CONSTRAINT messages_role_check CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text, 'staff'::text, 'system'::text]))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['received'::text, 'pending'::text, 'sending'::text, 'accepted'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'played'::text, 'failed'::text, 'withheld'::text, 'unknown'::text])))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.messages OWNER TO tistis_owner;

--
-- Name: outbound_tokens; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.outbound_tokens (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid NOT NULL,
    kind text NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbound_tokens_kind_check CHECK ((kind = ANY (ARRAY['access_token'::text, 'refresh_token'::text])))
);

ALTER TABLE ONLY public.outbound_tokens FORCE ROW LEVEL SECURITY;

ALTER TABLE public.outbound_tokens OWNER TO tistis_owner;

--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.schema_migrations OWNER TO tistis_owner;

--
-- Name: schema_state; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.schema_state (
    one boolean DEFAULT true NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT schema_state_one_check CHECK (one)
);

ALTER TABLE public.schema_state OWNER TO tistis_owner;

--
-- Name: send_pace; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.send_pace (
    tenant_id uuid NOT NULL,
    channel_connection_id uuid NOT NULL,
    contact text NOT NULL,
    due_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone,
    initiated_blocked_until timestamp with time zone,
    strikes integer DEFAULT 0 NOT NULL,
    reason text
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='1000');

ALTER TABLE ONLY public.send_pace FORCE ROW LEVEL SECURITY;

ALTER TABLE public.send_pace OWNER TO tistis_owner;

--
-- Name: services; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.services (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    description text,
    short_description text,
    category text,
    subcategory text,
    price_min numeric(10,2),
    price_max numeric(10,2),
    price_unit text DEFAULT 'per_service'::text NOT NULL,
    currency text DEFAULT 'MXN'::text NOT NULL,
    price_note text,
    duration_minutes integer DEFAULT 60 NOT NULL,
    requires_consultation boolean DEFAULT false NOT NULL,
    is_featured boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    display_order integer DEFAULT 0 NOT NULL,
    keywords text[] DEFAULT '{}'::text[] NOT NULL,
    ai_description text,
    special_instructions text,
    promotion_active boolean DEFAULT false NOT NULL,
    promotion_text text,
    lead_priority text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT services_lead_priority_check CHECK ((lead_priority = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text]))),
    CONSTRAINT services_price_unit_check CHECK ((price_unit = ANY (ARRAY['per_service'::text, 'per_hour'::text, 'per_session'::text, 'per_tooth'::text, 'per_unit'::text])))
);

ALTER TABLE ONLY public.services FORCE ROW LEVEL SECURITY;

ALTER TABLE public.services OWNER TO tistis_owner;

--
-- Name: staff; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.staff (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid,
    first_name text NOT NULL,
    last_name text NOT NULL,
    display_name text,
    email text NOT NULL,
    phone text,
    whatsapp_number text,
    role text NOT NULL,
    role_title text,
    specialty text,
    license_number text,
    is_active boolean DEFAULT true NOT NULL,
    notification_preferences jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT staff_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'manager'::text, 'dentist'::text, 'specialist'::text, 'receptionist'::text, 'assistant'::text, 'staff'::text])))
);

ALTER TABLE ONLY public.staff FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff OWNER TO tistis_owner;

--
-- Name: staff_branches; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.staff_branches (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    is_primary boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.staff_branches FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_branches OWNER TO tistis_owner;

--
-- Name: tenants; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.tenants (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    name character varying(255) NOT NULL,
    slug character varying(100) NOT NULL,
    legal_name text,
    vertical text NOT NULL,
    plan text DEFAULT 'starter'::text NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    features_enabled jsonb DEFAULT '{}'::jsonb NOT NULL,
    primary_contact_name text,
    primary_contact_email text,
    primary_contact_phone text,
    status text DEFAULT 'active'::text NOT NULL,
    onboarded_at timestamp with time zone,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenants_plan_check CHECK ((plan = ANY (ARRAY['starter'::text, 'essentials'::text, 'growth'::text, 'scale'::text]))),
    CONSTRAINT tenants_slug_check CHECK (((slug)::text ~ '^[a-z0-9][a-z0-9-]*$'::text)),
    CONSTRAINT tenants_status_check CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text, 'suspended'::text, 'cancelling'::text, 'cancelled'::text]))),
    CONSTRAINT tenants_vertical_check CHECK ((vertical = ANY (ARRAY['dental'::text, 'restaurant'::text, 'clinic'::text, 'pharmacy'::text, 'retail'::text, 'medical'::text, 'gym'::text, 'beauty'::text, 'veterinary'::text, 'services'::text, 'other'::text])))
);

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tenants OWNER TO tistis_owner;

--
-- Name: webhook_dead_letters; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.webhook_dead_letters (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel text NOT NULL,
    tenant_slug text,
    payload jsonb NOT NULL,
    headers jsonb,
    error_message text NOT NULL,
    retry_count integer DEFAULT 0 NOT NULL,
    max_retries integer DEFAULT 3 NOT NULL,
    next_retry_at timestamp with time zone,
    last_retry_at timestamp with time zone,
    status text DEFAULT 'pending'::text NOT NULL,
    resolution_notes text,
    resolved_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhook_dead_letters_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'failed'::text, 'dismissed'::text])))
);

ALTER TABLE ONLY public.webhook_dead_letters FORCE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_dead_letters OWNER TO tistis_owner;

--
-- Name: workers; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.workers (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    name text NOT NULL,
    kind text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_seen timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    stopped_at timestamp with time zone,
    recovered_at timestamp with time zone
);

ALTER TABLE public.workers OWNER TO tistis_owner;

--
-- Name: ai_tenant_context ai_tenant_context_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_tenant_context
    ADD CONSTRAINT ai_tenant_context_pkey PRIMARY KEY (tenant_id);

--
-- Name: ai_usage_logs ai_usage_logs_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_usage_logs
    ADD CONSTRAINT ai_usage_logs_id_key UNIQUE (id);

--
-- Name: ai_usage_logs ai_usage_logs_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_usage_logs
    ADD CONSTRAINT ai_usage_logs_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: alerts alerts_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_id_key UNIQUE (id);

--
-- Name: alerts alerts_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: branches branches_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.branches
    ADD CONSTRAINT branches_id_key UNIQUE (id);

--
-- Name: branches branches_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.branches
    ADD CONSTRAINT branches_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: branches branches_tenant_id_slug_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.branches
    ADD CONSTRAINT branches_tenant_id_slug_key UNIQUE (tenant_id, slug);

--
-- Name: channel_connections channel_connections_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_connections
    ADD CONSTRAINT channel_connections_id_key UNIQUE (id);

--
-- Name: channel_connections channel_connections_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_connections
    ADD CONSTRAINT channel_connections_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: channel_connections channel_connections_tenant_id_branch_id_channel_account_num_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_connections
    ADD CONSTRAINT channel_connections_tenant_id_branch_id_channel_account_num_key UNIQUE NULLS NOT DISTINCT (tenant_id, branch_id, channel, account_number);

--
-- Name: channel_events channel_events_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_events
    ADD CONSTRAINT channel_events_id_key UNIQUE (id);

--
-- Name: channel_events channel_events_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_events
    ADD CONSTRAINT channel_events_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: channel_events channel_events_tenant_id_channel_connection_id_kind_externa_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_events
    ADD CONSTRAINT channel_events_tenant_id_channel_connection_id_kind_externa_key UNIQUE (tenant_id, channel_connection_id, kind, external_id);

--
-- Name: contact_consents contact_consents_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.contact_consents
    ADD CONSTRAINT contact_consents_pkey PRIMARY KEY (tenant_id, lead_id, channel, scope);

--
-- Name: contact_windows contact_windows_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.contact_windows
    ADD CONSTRAINT contact_windows_pkey PRIMARY KEY (tenant_id, channel_connection_id, lead_id);

--
-- Name: conversations conversations_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_id_key UNIQUE (id);

--
-- Name: conversations conversations_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: faqs faqs_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.faqs
    ADD CONSTRAINT faqs_id_key UNIQUE (id);

--
-- Name: faqs faqs_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.faqs
    ADD CONSTRAINT faqs_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: inbound_secrets inbound_secrets_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.inbound_secrets
    ADD CONSTRAINT inbound_secrets_id_key UNIQUE (id);

--
-- Name: inbound_secrets inbound_secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.inbound_secrets
    ADD CONSTRAINT inbound_secrets_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: jobs jobs_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_id_key UNIQUE (id);

--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: lead_aliases lead_aliases_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_aliases
    ADD CONSTRAINT lead_aliases_pkey PRIMARY KEY (tenant_id, kind, value);

--
-- Name: lead_merges lead_merges_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_merges
    ADD CONSTRAINT lead_merges_id_key UNIQUE (id);

--
-- Name: lead_merges lead_merges_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_merges
    ADD CONSTRAINT lead_merges_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: leads leads_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_id_key UNIQUE (id);

--
-- Name: leads leads_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: media_files media_files_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_id_key UNIQUE (id);

--
-- Name: media_files media_files_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: media_files media_files_tenant_id_channel_connection_id_external_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_tenant_id_channel_connection_id_external_id_key UNIQUE (tenant_id, channel_connection_id, external_id);

--
-- Name: message_reactions message_reactions_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_reactions
    ADD CONSTRAINT message_reactions_pkey PRIMARY KEY (tenant_id, channel_connection_id, target_external_id, lead_id);

--
-- Name: message_status_history message_status_history_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_status_history
    ADD CONSTRAINT message_status_history_id_key UNIQUE (id);

--
-- Name: message_status_history message_status_history_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_status_history
    ADD CONSTRAINT message_status_history_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: message_status_history message_status_history_tenant_id_channel_connection_id_exte_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_status_history
    ADD CONSTRAINT message_status_history_tenant_id_channel_connection_id_exte_key UNIQUE (tenant_id, channel_connection_id, external_id, status, participant);

--
-- Name: message_templates message_templates_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_id_key UNIQUE (id);

--
-- Name: message_templates message_templates_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: message_templates message_templates_tenant_id_business_account_id_name_langua_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_tenant_id_business_account_id_name_langua_key UNIQUE (tenant_id, business_account_id, name, language);

--
-- Name: messages messages_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_id_key UNIQUE (id);

--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: outbound_tokens outbound_tokens_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_tokens
    ADD CONSTRAINT outbound_tokens_id_key UNIQUE (id);

--
-- Name: outbound_tokens outbound_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_tokens
    ADD CONSTRAINT outbound_tokens_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: outbound_tokens outbound_tokens_tenant_id_channel_connection_id_kind_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_tokens
    ADD CONSTRAINT outbound_tokens_tenant_id_channel_connection_id_kind_key UNIQUE (tenant_id, channel_connection_id, kind);

--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

--
-- Name: schema_state schema_state_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.schema_state
    ADD CONSTRAINT schema_state_pkey PRIMARY KEY (one);

--
-- Name: send_pace send_pace_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.send_pace
    ADD CONSTRAINT send_pace_pkey PRIMARY KEY (tenant_id, channel_connection_id, contact);

--
-- Name: services services_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_id_key UNIQUE (id);

--
-- Name: services services_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: services services_tenant_id_slug_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_tenant_id_slug_key UNIQUE (tenant_id, slug);

--
-- Name: staff_branches staff_branches_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_branches
    ADD CONSTRAINT staff_branches_pkey PRIMARY KEY (tenant_id, staff_id, branch_id);

--
-- Name: staff staff_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_id_key UNIQUE (id);

--
-- Name: staff staff_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: staff staff_tenant_id_email_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_tenant_id_email_key UNIQUE (tenant_id, email);

--
-- Name: tenants tenants_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

--
-- Name: tenants tenants_slug_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);

--
-- Name: webhook_dead_letters webhook_dead_letters_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_dead_letters
    ADD CONSTRAINT webhook_dead_letters_id_key UNIQUE (id);

--
-- Name: webhook_dead_letters webhook_dead_letters_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_dead_letters
    ADD CONSTRAINT webhook_dead_letters_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

--
-- Name: ai_usage_logs_by_day; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX ai_usage_logs_by_day ON public.ai_usage_logs USING btree (tenant_id, created_at);

--
-- Name: alerts_open; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX alerts_open ON public.alerts USING btree (tenant_id, dedup_key) WHERE (resolved_at IS NULL);

--
-- Name: channel_connections_account; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX channel_connections_account ON public.channel_connections USING btree (channel, account_id) WHERE ((account_id IS NOT NULL) AND (status <> 'disconnected'::text));

--
-- Name: channel_connections_business; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX channel_connections_business ON public.channel_connections USING btree (whatsapp_business_account_id) WHERE (whatsapp_business_account_id IS NOT NULL);

--
-- Name: channel_events_target; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX channel_events_target ON public.channel_events USING btree (tenant_id, channel_connection_id, reply_to_external_id) WHERE (kind = ANY (ARRAY['edit'::text, 'delete'::text]));

--
-- Name: contact_windows_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX contact_windows_of ON public.contact_windows USING btree (tenant_id, lead_id);

--
-- Name: conversations_open; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX conversations_open ON public.conversations USING btree (tenant_id, lead_id, channel_connection_id) WHERE (status = ANY (ARRAY['active'::text, 'waiting_response'::text, 'escalated'::text]));

--
-- Name: conversations_recent; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX conversations_recent ON public.conversations USING btree (tenant_id, last_message_at DESC);

--
-- Name: inbound_secrets_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX inbound_secrets_of ON public.inbound_secrets USING btree (tenant_id, channel_connection_id);

--
-- Name: jobs_dead; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX jobs_dead ON public.jobs USING btree (tenant_id, completed_at) WHERE (status = 'dead'::text);

--
-- Name: jobs_finished; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX jobs_finished ON public.jobs USING btree (completed_at) WHERE (status = ANY (ARRAY['completed'::text, 'cancelled'::text]));

--
-- Name: jobs_held; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX jobs_held ON public.jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'processing'::text));

--
-- Name: jobs_lane; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX jobs_lane ON public.jobs USING btree (tenant_id, lane, scheduled_for, id) WHERE ((status = 'pending'::text) AND (lane IS NOT NULL));

--
-- Name: jobs_lane_head; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX jobs_lane_head ON public.jobs USING btree (tenant_id, lane) WHERE ((lane IS NOT NULL) AND lane_head AND (status = ANY (ARRAY['pending'::text, 'processing'::text])));

--
-- Name: jobs_ready; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX jobs_ready ON public.jobs USING btree (ready_at) WHERE (ready_at > '-infinity'::timestamp with time zone);

--
-- Name: jobs_ready_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX jobs_ready_of ON public.jobs USING btree (tenant_id, priority, ready_at) WHERE ((priority > 0) AND (ready_at IS NOT NULL));

--
-- Name: jobs_unique_key; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX jobs_unique_key ON public.jobs USING btree (tenant_id, unique_key) WHERE ((status = 'pending'::text) AND (unique_key IS NOT NULL));

--
-- Name: lead_aliases_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX lead_aliases_of ON public.lead_aliases USING btree (tenant_id, lead_id);

--
-- Name: leads_recent; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX leads_recent ON public.leads USING btree (tenant_id, last_interaction_at DESC);

--
-- Name: media_files_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX media_files_of ON public.media_files USING btree (tenant_id, message_id);

--
-- Name: message_reactions_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX message_reactions_of ON public.message_reactions USING btree (tenant_id, lead_id);

--
-- Name: messages_by_job; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX messages_by_job ON public.messages USING btree (tenant_id, processed_by_job_id) WHERE (processed_by_job_id IS NOT NULL);

--
-- Name: messages_external; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX messages_external ON public.messages USING btree (tenant_id, channel_connection_id, external_id) WHERE (external_id IS NOT NULL);

--
-- Name: messages_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX messages_of ON public.messages USING btree (tenant_id, conversation_id, id);

--
-- Name: webhook_dead_letters_once; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX webhook_dead_letters_once ON public.webhook_dead_letters USING btree (tenant_id, channel, md5((payload)::text)) WHERE (status = 'pending'::text);

--
-- Name: webhook_dead_letters_pending; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX webhook_dead_letters_pending ON public.webhook_dead_letters USING btree (tenant_id, created_at) WHERE (status = 'pending'::text);

--
-- Name: jobs jobs_ready; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER jobs_ready BEFORE UPDATE OF status, lane_head, scheduled_for ON public.jobs FOR EACH ROW WHEN (((old.status <> new.status) OR (old.lane_head <> new.lane_head) OR (old.scheduled_for <> new.scheduled_for))) EXECUTE FUNCTION public.stamp_ready();

--
-- Name: jobs jobs_ready_new; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER jobs_ready_new BEFORE INSERT ON public.jobs FOR EACH ROW EXECUTE FUNCTION public.stamp_ready();

--
-- Name: ai_tenant_context touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.ai_tenant_context FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: branches touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.branches FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: channel_connections touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.channel_connections FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: contact_consents touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.contact_consents FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: conversations touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.conversations FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: faqs touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.faqs FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: leads touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.leads FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: media_files touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.media_files FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: message_templates touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.message_templates FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: messages touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.messages FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: services touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.services FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: staff touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.staff FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: tenants touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: webhook_dead_letters touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.webhook_dead_letters FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: ai_tenant_context ai_tenant_context_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_tenant_context
    ADD CONSTRAINT ai_tenant_context_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: ai_usage_logs ai_usage_logs_tenant_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_usage_logs
    ADD CONSTRAINT ai_usage_logs_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversations(tenant_id, id) ON DELETE SET NULL (conversation_id);

--
-- Name: ai_usage_logs ai_usage_logs_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_usage_logs
    ADD CONSTRAINT ai_usage_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: alerts alerts_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: alerts alerts_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: branches branches_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.branches
    ADD CONSTRAINT branches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: channel_connections channel_connections_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_connections
    ADD CONSTRAINT channel_connections_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (branch_id);

--
-- Name: channel_connections channel_connections_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_connections
    ADD CONSTRAINT channel_connections_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: channel_events channel_events_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_events
    ADD CONSTRAINT channel_events_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: channel_events channel_events_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_events
    ADD CONSTRAINT channel_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: channel_events channel_events_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_events
    ADD CONSTRAINT channel_events_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE SET NULL (lead_id);

--
-- Name: contact_consents contact_consents_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.contact_consents
    ADD CONSTRAINT contact_consents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: contact_consents contact_consents_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.contact_consents
    ADD CONSTRAINT contact_consents_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: contact_windows contact_windows_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.contact_windows
    ADD CONSTRAINT contact_windows_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: contact_windows contact_windows_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.contact_windows
    ADD CONSTRAINT contact_windows_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: contact_windows contact_windows_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.contact_windows
    ADD CONSTRAINT contact_windows_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: conversations conversations_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (branch_id);

--
-- Name: conversations conversations_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: conversations conversations_tenant_id_escalated_to_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_tenant_id_escalated_to_staff_id_fkey FOREIGN KEY (tenant_id, escalated_to_staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (escalated_to_staff_id);

--
-- Name: conversations conversations_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: conversations conversations_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: faqs faqs_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.faqs
    ADD CONSTRAINT faqs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: inbound_secrets inbound_secrets_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.inbound_secrets
    ADD CONSTRAINT inbound_secrets_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: inbound_secrets inbound_secrets_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.inbound_secrets
    ADD CONSTRAINT inbound_secrets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: jobs jobs_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: lead_aliases lead_aliases_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_aliases
    ADD CONSTRAINT lead_aliases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: lead_aliases lead_aliases_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_aliases
    ADD CONSTRAINT lead_aliases_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: lead_merges lead_merges_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_merges
    ADD CONSTRAINT lead_merges_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: lead_merges lead_merges_tenant_id_merged_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_merges
    ADD CONSTRAINT lead_merges_tenant_id_merged_id_fkey FOREIGN KEY (tenant_id, merged_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: lead_merges lead_merges_tenant_id_survivor_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_merges
    ADD CONSTRAINT lead_merges_tenant_id_survivor_id_fkey FOREIGN KEY (tenant_id, survivor_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: leads leads_tenant_id_assigned_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_assigned_staff_id_fkey FOREIGN KEY (tenant_id, assigned_staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (assigned_staff_id);

--
-- Name: leads leads_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (branch_id);

--
-- Name: leads leads_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: leads leads_tenant_id_merged_into_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_merged_into_id_fkey FOREIGN KEY (tenant_id, merged_into_id) REFERENCES public.leads(tenant_id, id) ON DELETE SET NULL (merged_into_id);

--
-- Name: media_files media_files_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: media_files media_files_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: media_files media_files_tenant_id_message_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES public.messages(tenant_id, id) ON DELETE SET NULL (message_id);

--
-- Name: message_reactions message_reactions_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_reactions
    ADD CONSTRAINT message_reactions_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: message_reactions message_reactions_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_reactions
    ADD CONSTRAINT message_reactions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: message_reactions message_reactions_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_reactions
    ADD CONSTRAINT message_reactions_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: message_status_history message_status_history_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_status_history
    ADD CONSTRAINT message_status_history_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: message_status_history message_status_history_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_status_history
    ADD CONSTRAINT message_status_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: message_templates message_templates_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: messages messages_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: messages messages_tenant_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversations(tenant_id, id) ON DELETE CASCADE;

--
-- Name: messages messages_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: messages messages_tenant_id_sent_by_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_tenant_id_sent_by_staff_id_fkey FOREIGN KEY (tenant_id, sent_by_staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (sent_by_staff_id);

--
-- Name: outbound_tokens outbound_tokens_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_tokens
    ADD CONSTRAINT outbound_tokens_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: outbound_tokens outbound_tokens_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_tokens
    ADD CONSTRAINT outbound_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: send_pace send_pace_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.send_pace
    ADD CONSTRAINT send_pace_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: send_pace send_pace_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.send_pace
    ADD CONSTRAINT send_pace_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: services services_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: staff_branches staff_branches_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_branches
    ADD CONSTRAINT staff_branches_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE CASCADE;

--
-- Name: staff_branches staff_branches_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_branches
    ADD CONSTRAINT staff_branches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: staff_branches staff_branches_tenant_id_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_branches
    ADD CONSTRAINT staff_branches_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;

--
-- Name: staff staff_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: webhook_dead_letters webhook_dead_letters_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_dead_letters
    ADD CONSTRAINT webhook_dead_letters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: jobs across; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY across ON public.jobs TO tistis_definer USING (true) WITH CHECK (true);

--
-- Name: ai_tenant_context; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_tenant_context ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_usage_logs; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_usage_logs ENABLE ROW LEVEL SECURITY;

--
-- Name: alerts; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.alerts ENABLE ROW LEVEL SECURITY;

--
-- Name: branches; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.branches ENABLE ROW LEVEL SECURITY;

--
-- Name: channel_connections; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.channel_connections ENABLE ROW LEVEL SECURITY;

--
-- Name: channel_events; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.channel_events ENABLE ROW LEVEL SECURITY;

--
-- Name: contact_consents; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.contact_consents ENABLE ROW LEVEL SECURITY;

--
-- Name: contact_windows; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.contact_windows ENABLE ROW LEVEL SECURITY;

--
-- Name: conversations; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.conversations ENABLE ROW LEVEL SECURITY;

--
-- Name: faqs; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.faqs ENABLE ROW LEVEL SECURITY;

--
-- Name: inbound_secrets; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.inbound_secrets ENABLE ROW LEVEL SECURITY;

--
-- Name: jobs; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.jobs ENABLE ROW LEVEL SECURITY;

--
-- Name: lead_aliases; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.lead_aliases ENABLE ROW LEVEL SECURITY;

--
-- Name: lead_merges; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.lead_merges ENABLE ROW LEVEL SECURITY;

--
-- Name: leads; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.leads ENABLE ROW LEVEL SECURITY;

--
-- Name: media_files; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.media_files ENABLE ROW LEVEL SECURITY;

--
-- Name: message_reactions; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.message_reactions ENABLE ROW LEVEL SECURITY;

--
-- Name: message_status_history; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.message_status_history ENABLE ROW LEVEL SECURITY;

--
-- Name: message_templates; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.message_templates ENABLE ROW LEVEL SECURITY;

--
-- Name: messages; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

--
-- Name: outbound_tokens; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.outbound_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: channel_connections routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.channel_connections FOR SELECT TO tistis_definer USING (true);

--
-- Name: inbound_secrets routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.inbound_secrets FOR SELECT TO tistis_definer USING (true);

--
-- Name: tenants routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.tenants FOR SELECT TO tistis_definer USING (true);

--
-- Name: send_pace; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.send_pace ENABLE ROW LEVEL SECURITY;

--
-- Name: services; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.services ENABLE ROW LEVEL SECURITY;

--
-- Name: staff; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.staff ENABLE ROW LEVEL SECURITY;

--
-- Name: staff_branches; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.staff_branches ENABLE ROW LEVEL SECURITY;

--
-- Name: tenants; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_tenant_context wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_tenant_context USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: ai_usage_logs wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_usage_logs USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: alerts wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.alerts USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: branches wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.branches USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: channel_connections wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.channel_connections USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: channel_events wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.channel_events USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: contact_consents wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.contact_consents USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: contact_windows wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.contact_windows USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: conversations wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.conversations USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: faqs wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.faqs USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: inbound_secrets wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.inbound_secrets USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: jobs wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.jobs USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: lead_aliases wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.lead_aliases USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: lead_merges wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.lead_merges USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: leads wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.leads USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: media_files wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.media_files USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: message_reactions wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.message_reactions USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: message_status_history wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.message_status_history USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: message_templates wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.message_templates USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: messages wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.messages USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: outbound_tokens wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.outbound_tokens USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: send_pace wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.send_pace USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: services wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.services USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: staff wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.staff USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: staff_branches wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.staff_branches USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: tenants wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.tenants USING ((id = public.current_tenant())) WITH CHECK ((id = public.current_tenant()));

--
-- Name: webhook_dead_letters wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.webhook_dead_letters USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: webhook_dead_letters; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.webhook_dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tistis_definer;
GRANT USAGE ON SCHEMA public TO tistis_webhook_whatsapp;
GRANT USAGE ON SCHEMA public TO tistis_jobs;
GRANT USAGE ON SCHEMA public TO tistis_jobs_process;
GRANT ALL ON SCHEMA public TO tistis_owner;

--
-- Name: FUNCTION app_clock(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.app_clock() FROM PUBLIC;
GRANT ALL ON FUNCTION public.app_clock() TO tistis_definer;
GRANT ALL ON FUNCTION public.app_clock() TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.app_clock() TO tistis_jobs;
GRANT ALL ON FUNCTION public.app_clock() TO tistis_jobs_process;

--
-- Name: FUNCTION app_now(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.app_now() FROM PUBLIC;
GRANT ALL ON FUNCTION public.app_now() TO tistis_definer;
GRANT ALL ON FUNCTION public.app_now() TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.app_now() TO tistis_jobs;
GRANT ALL ON FUNCTION public.app_now() TO tistis_jobs_process;

--
-- Name: FUNCTION apply_message_reports(p_message_ids uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_message_reports(p_message_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_message_reports(p_message_ids uuid[]) TO tistis_definer;
GRANT ALL ON FUNCTION public.apply_message_reports(p_message_ids uuid[]) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.apply_message_reports(p_message_ids uuid[]) TO tistis_jobs;
GRANT ALL ON FUNCTION public.apply_message_reports(p_message_ids uuid[]) TO tistis_jobs_process;

--
-- Name: FUNCTION begin_send(p_message uuid, p_attempt uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION uuid_v7(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.uuid_v7() FROM PUBLIC;
GRANT ALL ON FUNCTION public.uuid_v7() TO tistis_definer;
GRANT ALL ON FUNCTION public.uuid_v7() TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.uuid_v7() TO tistis_jobs;
GRANT ALL ON FUNCTION public.uuid_v7() TO tistis_jobs_process;

--
-- Name: TABLE jobs; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO tistis_definer;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_jobs_process;

--
-- Name: FUNCTION claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) TO tistis_jobs;
GRANT ALL ON FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) TO tistis_jobs_process;

--
-- Name: FUNCTION concerns_person(p_event jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.concerns_person(p_event jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.concerns_person(p_event jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.concerns_person(p_event jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.concerns_person(p_event jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.concerns_person(p_event jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION current_tenant(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.current_tenant() FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_tenant() TO tistis_definer;
GRANT ALL ON FUNCTION public.current_tenant() TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.current_tenant() TO tistis_jobs;
GRANT ALL ON FUNCTION public.current_tenant() TO tistis_jobs_process;

--
-- Name: FUNCTION elect_lane_heads(p_tenant uuid, p_lanes text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) TO tistis_definer;
GRANT ALL ON FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) TO tistis_jobs;
GRANT ALL ON FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) TO tistis_jobs_process;

--
-- Name: FUNCTION end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.end_send(p_message uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION enqueue_jobs(p_jobs jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.enqueue_jobs(p_jobs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.enqueue_jobs(p_jobs jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.enqueue_jobs(p_jobs jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.enqueue_jobs(p_jobs jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.enqueue_jobs(p_jobs jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION escalate_conversation(p_conversation uuid, p_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text) TO tistis_definer;
GRANT ALL ON FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text) TO tistis_jobs_process;

--
-- Name: FUNCTION find_accounts(p_channel text, p_accounts text[]); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.find_accounts(p_channel text, p_accounts text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_accounts(p_channel text, p_accounts text[]) TO tistis_webhook_whatsapp;

--
-- Name: FUNCTION find_channel(p_channel text, p_slug text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) TO tistis_owner;

--
-- Name: FUNCTION get_tenant_ai_context(p_tenant_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) TO tistis_definer;
GRANT ALL ON FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) TO tistis_jobs;
GRANT ALL ON FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) TO tistis_jobs_process;

--
-- Name: FUNCTION hand_back_conversation(p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hand_back_conversation(p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hand_back_conversation(p_conversation uuid) TO tistis_definer;
GRANT ALL ON FUNCTION public.hand_back_conversation(p_conversation uuid) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.hand_back_conversation(p_conversation uuid) TO tistis_jobs;
GRANT ALL ON FUNCTION public.hand_back_conversation(p_conversation uuid) TO tistis_jobs_process;

--
-- Name: FUNCTION lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) TO tistis_definer;
GRANT ALL ON FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) TO tistis_jobs;
GRANT ALL ON FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) TO tistis_jobs_process;

--
-- Name: FUNCTION list_jobs(p_limit integer, p_kind text, p_id uuid); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) TO tistis_jobs;
GRANT ALL ON FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) TO tistis_jobs_process;

--
-- Name: FUNCTION lock_contacts(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_contacts(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_contacts(p_events jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.lock_contacts(p_events jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.lock_contacts(p_events jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.lock_contacts(p_events jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) TO tistis_definer;
GRANT ALL ON FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) TO tistis_jobs;
GRANT ALL ON FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) TO tistis_jobs_process;

--
-- Name: FUNCTION merge_leads(p_survivor uuid, p_merged uuid, p_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) TO tistis_definer;
GRANT ALL ON FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) TO tistis_jobs_process;

--
-- Name: FUNCTION message_status_rank(p_status text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.message_status_rank(p_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.message_status_rank(p_status text) TO tistis_definer;
GRANT ALL ON FUNCTION public.message_status_rank(p_status text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.message_status_rank(p_status text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.message_status_rank(p_status text) TO tistis_jobs_process;

--
-- Name: FUNCTION next_job_due(p_since timestamp with time zone, OUT due timestamp with time zone, OUT since timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.next_job_due(p_since timestamp with time zone, OUT due timestamp with time zone, OUT since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.next_job_due(p_since timestamp with time zone, OUT due timestamp with time zone, OUT since timestamp with time zone) TO tistis_jobs;
GRANT ALL ON FUNCTION public.next_job_due(p_since timestamp with time zone, OUT due timestamp with time zone, OUT since timestamp with time zone) TO tistis_jobs_process;

--
-- Name: FUNCTION next_message_status(p_current text, p_incoming text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.next_message_status(p_current text, p_incoming text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.next_message_status(p_current text, p_incoming text) TO tistis_definer;
GRANT ALL ON FUNCTION public.next_message_status(p_current text, p_incoming text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.next_message_status(p_current text, p_incoming text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.next_message_status(p_current text, p_incoming text) TO tistis_jobs_process;

--
-- Name: FUNCTION prune_jobs(p_older_than interval, p_limit integer); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) TO tistis_jobs;
GRANT ALL ON FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) TO tistis_jobs_process;

--
-- Name: FUNCTION queue_stats(); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.queue_stats() FROM PUBLIC;
GRANT ALL ON FUNCTION public.queue_stats() TO tistis_jobs;
GRANT ALL ON FUNCTION public.queue_stats() TO tistis_jobs_process;

--
-- Name: FUNCTION raise_alert(p_connection uuid, p_alert jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION receive_events(p_events jsonb, p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) TO tistis_definer;
GRANT ALL ON FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) TO tistis_jobs_process;

--
-- Name: FUNCTION receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) TO tistis_definer;
GRANT ALL ON FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) TO tistis_jobs_process;

--
-- Name: FUNCTION receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) TO tistis_definer;
GRANT ALL ON FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) TO tistis_jobs_process;

--
-- Name: FUNCTION receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) TO tistis_definer;
GRANT ALL ON FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) TO tistis_jobs;
GRANT ALL ON FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) TO tistis_jobs_process;

--
-- Name: FUNCTION receive_reports(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_reports(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_reports(p_events jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.receive_reports(p_events jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.receive_reports(p_events jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.receive_reports(p_events jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION recover_jobs(p_lease_seconds double precision); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.recover_jobs(p_lease_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.recover_jobs(p_lease_seconds double precision) TO tistis_jobs;
GRANT ALL ON FUNCTION public.recover_jobs(p_lease_seconds double precision) TO tistis_jobs_process;

--
-- Name: FUNCTION redrive_jobs(p_ids uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.redrive_jobs(p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.redrive_jobs(p_ids uuid[]) TO tistis_definer;
GRANT ALL ON FUNCTION public.redrive_jobs(p_ids uuid[]) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.redrive_jobs(p_ids uuid[]) TO tistis_jobs;
GRANT ALL ON FUNCTION public.redrive_jobs(p_ids uuid[]) TO tistis_jobs_process;

--
-- Name: FUNCTION replay_dead_letter(p_id uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION resolve_alerts(p_connection uuid, p_kinds text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) TO tistis_definer;
GRANT ALL ON FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) TO tistis_jobs;
GRANT ALL ON FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) TO tistis_jobs_process;

--
-- Name: FUNCTION send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text) TO tistis_definer;
GRANT ALL ON FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text) TO tistis_jobs_process;

--
-- Name: FUNCTION settle_jobs(p_results jsonb); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.settle_jobs(p_results jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_jobs(p_results jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.settle_jobs(p_results jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION settle_jobs_of(p_tenant uuid, p_results jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) TO tistis_definer;
GRANT ALL ON FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) TO tistis_jobs;
GRANT ALL ON FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) TO tistis_jobs_process;

--
-- Name: FUNCTION stamp_ready(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.stamp_ready() FROM PUBLIC;
GRANT ALL ON FUNCTION public.stamp_ready() TO tistis_definer;
GRANT ALL ON FUNCTION public.stamp_ready() TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.stamp_ready() TO tistis_jobs;
GRANT ALL ON FUNCTION public.stamp_ready() TO tistis_jobs_process;

--
-- Name: FUNCTION stop_channel(p_connection uuid, p_error text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.stop_channel(p_connection uuid, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.stop_channel(p_connection uuid, p_error text) TO tistis_definer;
GRANT ALL ON FUNCTION public.stop_channel(p_connection uuid, p_error text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.stop_channel(p_connection uuid, p_error text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.stop_channel(p_connection uuid, p_error text) TO tistis_jobs_process;

--
-- Name: FUNCTION store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) TO tistis_definer;
GRANT ALL ON FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) TO tistis_jobs_process;

--
-- Name: FUNCTION template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) TO tistis_definer;
GRANT ALL ON FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) TO tistis_jobs;
GRANT ALL ON FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) TO tistis_jobs_process;

--
-- Name: FUNCTION touch_updated_at(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.touch_updated_at() FROM PUBLIC;
GRANT ALL ON FUNCTION public.touch_updated_at() TO tistis_definer;
GRANT ALL ON FUNCTION public.touch_updated_at() TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.touch_updated_at() TO tistis_jobs;
GRANT ALL ON FUNCTION public.touch_updated_at() TO tistis_jobs_process;

--
-- Name: FUNCTION worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds double precision); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds double precision) TO tistis_jobs;
GRANT ALL ON FUNCTION public.worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds double precision) TO tistis_jobs_process;

--
-- Name: FUNCTION worker_stopped(p_worker uuid); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.worker_stopped(p_worker uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.worker_stopped(p_worker uuid) TO tistis_jobs;
GRANT ALL ON FUNCTION public.worker_stopped(p_worker uuid) TO tistis_jobs_process;

--
-- Name: TABLE ai_tenant_context; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.ai_tenant_context TO tistis_jobs;
GRANT SELECT ON TABLE public.ai_tenant_context TO tistis_jobs_process;

--
-- Name: TABLE ai_usage_logs; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT ON TABLE public.ai_usage_logs TO tistis_jobs;
GRANT SELECT,INSERT ON TABLE public.ai_usage_logs TO tistis_jobs_process;

--
-- Name: TABLE alerts; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_jobs_process;

--
-- Name: TABLE branches; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.branches TO tistis_jobs;
GRANT SELECT ON TABLE public.branches TO tistis_jobs_process;

--
-- Name: TABLE channel_connections; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.channel_connections TO tistis_definer;
GRANT SELECT ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.channel_connections TO tistis_jobs;
GRANT SELECT ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: COLUMN channel_connections.status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: COLUMN channel_connections.error_count; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: COLUMN channel_connections.last_message_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_message_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;

--
-- Name: COLUMN channel_connections.last_error_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: COLUMN channel_connections.last_error_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: COLUMN channel_connections.updated_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: COLUMN channel_connections.quality; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(quality) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;

--
-- Name: COLUMN channel_connections.messaging_limit; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(messaging_limit) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;

--
-- Name: COLUMN channel_connections.stopped_code; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: COLUMN channel_connections.stopped_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_jobs_process;

--
-- Name: TABLE channel_events; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.channel_events TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.channel_events TO tistis_jobs;
GRANT SELECT ON TABLE public.channel_events TO tistis_jobs_process;

--
-- Name: TABLE contact_consents; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_jobs_process;

--
-- Name: TABLE contact_windows; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_jobs_process;

--
-- Name: TABLE conversations; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO tistis_webhook_whatsapp;
GRANT SELECT,UPDATE ON TABLE public.conversations TO tistis_jobs;
GRANT SELECT,UPDATE ON TABLE public.conversations TO tistis_jobs_process;

--
-- Name: TABLE faqs; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.faqs TO tistis_jobs;
GRANT SELECT ON TABLE public.faqs TO tistis_jobs_process;

--
-- Name: TABLE inbound_secrets; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.inbound_secrets TO tistis_definer;

--
-- Name: TABLE lead_aliases; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_aliases TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT ON TABLE public.lead_aliases TO tistis_jobs;
GRANT SELECT,INSERT ON TABLE public.lead_aliases TO tistis_jobs_process;

--
-- Name: TABLE lead_merges; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT ON TABLE public.lead_merges TO tistis_webhook_whatsapp;

--
-- Name: TABLE leads; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.leads TO tistis_webhook_whatsapp;
GRANT SELECT,UPDATE ON TABLE public.leads TO tistis_jobs;
GRANT SELECT,UPDATE ON TABLE public.leads TO tistis_jobs_process;

--
-- Name: TABLE media_files; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.media_files TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.media_files TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.media_files TO tistis_jobs_process;

--
-- Name: TABLE message_reactions; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_reactions TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.message_reactions TO tistis_jobs;
GRANT SELECT ON TABLE public.message_reactions TO tistis_jobs_process;

--
-- Name: TABLE message_status_history; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_status_history TO tistis_webhook_whatsapp;
GRANT SELECT,UPDATE ON TABLE public.message_status_history TO tistis_jobs;
GRANT SELECT,UPDATE ON TABLE public.message_status_history TO tistis_jobs_process;

--
-- Name: TABLE message_templates; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_jobs_process;

--
-- Name: TABLE messages; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO tistis_jobs_process;

--
-- Name: TABLE outbound_tokens; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.outbound_tokens TO tistis_jobs;
GRANT SELECT ON TABLE public.outbound_tokens TO tistis_jobs_process;

--
-- Name: TABLE schema_migrations; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.schema_migrations TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_jobs;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_jobs_process;

--
-- Name: TABLE send_pace; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_jobs_process;

--
-- Name: TABLE services; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.services TO tistis_jobs;
GRANT SELECT ON TABLE public.services TO tistis_jobs_process;

--
-- Name: TABLE staff; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.staff TO tistis_jobs;
GRANT SELECT ON TABLE public.staff TO tistis_jobs_process;

--
-- Name: TABLE staff_branches; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.staff_branches TO tistis_jobs;
GRANT SELECT ON TABLE public.staff_branches TO tistis_jobs_process;

--
-- Name: TABLE tenants; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.tenants TO tistis_definer;
GRANT SELECT ON TABLE public.tenants TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.tenants TO tistis_jobs;
GRANT SELECT ON TABLE public.tenants TO tistis_jobs_process;

--
-- Name: TABLE webhook_dead_letters; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT ON TABLE public.webhook_dead_letters TO tistis_webhook_whatsapp;

--
-- Name: TABLE workers; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workers TO tistis_definer;

--
-- PostgreSQL database dump complete
--

