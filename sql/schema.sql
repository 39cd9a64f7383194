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
-- Name: extensions; Type: SCHEMA; Schema: -; Owner: tistis_owner
--

CREATE SCHEMA extensions;

ALTER SCHEMA extensions OWNER TO tistis_owner;

--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA extensions;

--
-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

--
-- Name: accept_answer(uuid, text[], uuid, text, jsonb, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.accept_answer(p_conversation uuid, p_parts text[], p_question uuid, p_digest text, p_metadata jsonb, p_policy jsonb, p_request_id text) RETURNS TABLE(outcome text, message_id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
  v_question uuid;
  v_passed jsonb;
begin
  perform hold_erasures();
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation for update;
  outcome := case when c.id is null then 'unknown' when c.last_question_id is null then 'nobody_asked' end;
  if outcome is not null then return next; return; end if;
  v_question := coalesce(p_question, c.last_question_id);
  select m.id into message_id from messages m
    where m.tenant_id = v_tenant and m.conversation_id = c.id and m.role = 'assistant' and m.metadata ->> 'n8n' = p_digest
      and m.status not in ('withheld', 'failed')
      and (m.id > v_question and m.answers_message_id = v_question
        or p_question is null and m.id > uuid_v7_floor(app_now() - interval '1 minute')) order by m.id limit 1;
  if message_id is not null then outcome := 'saved'; return next; return; end if;
  if p_question is null and n8n_owes_before(c.id, v_question) then
    -- Once: other words are those about the last question (`pass_over_answer`).
    v_passed := c.context -> 'n8n_passed_over';
    if v_passed ->> 'question' is distinct from v_question::text or v_passed ->> 'digest' = p_digest then
      outcome := 'passed_over';
      return next;
      return;
    end if;
  end if;
  outcome := case
    when c.status = 'escalated' then 'escalated'
    when exists (select from messages m where m.tenant_id = v_tenant and m.conversation_id = c.id and m.id > v_question
      and m.answers_message_id = v_question and m.role = 'assistant' and m.status not in ('withheld', 'failed')
      -- That it was closed is no answer.
      and not m.metadata ? 'out_of_hours')
      then 'answered'
    when v_question <> c.last_question_id then 'newer_inbound'
    else reply_gate(c.id, v_question, p_policy) end;
  -- Waits like every message until the channel is mended.
  if outcome is not null and outcome <> 'channel_inactive' then return next; return; end if;
  outcome := 'saved';
  select s.message_id into message_id from store_reply(c.id, p_parts, v_question, uuid_v7(), null,
    p_metadata || jsonb_build_object('by', 'n8n', 'n8n', p_digest), p_request_id) s;
  -- It was changed, and is asked again.
  if message_id is null then outcome := 'newer_inbound'; end if;
  return next;
end $$;

ALTER FUNCTION public.accept_answer(p_conversation uuid, p_parts text[], p_question uuid, p_digest text, p_metadata jsonb, p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: add_api_key(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.add_api_key(p_key jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  k jsonb := p_key;
  v_id uuid;
begin
  insert into api_keys (tenant_id, name, description, environment, key_hash, key_prefix, key_hint, scopes, scope_type,
      branch_id, rate_limit_rpm, rate_limit_daily, ip_whitelist, expires_at, created_by)
    values (current_tenant(), k ->> 'name', k ->> 'description', coalesce(k ->> 'environment', 'live'), k ->> 'key_hash',
      k ->> 'key_prefix', k ->> 'key_hint', text_list(k -> 'scopes'), coalesce(k ->> 'scope_type', 'branch'),
      (k ->> 'branch_id')::uuid, (k ->> 'rate_limit_rpm')::int, (k ->> 'rate_limit_daily')::int,
      text_list(k -> 'ip_whitelist')::inet[], (k ->> 'expires_at')::timestamptz, (k ->> 'created_by')::uuid)
    on conflict (key_hash) do nothing
    returning id into v_id;
  if v_id is not null then perform note_of_key(v_id, 'created', (k ->> 'created_by')::uuid, '{}'); end if;
  return v_id;
end $$;

ALTER FUNCTION public.add_api_key(p_key jsonb) OWNER TO tistis_owner;

--
-- Name: add_channel(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.add_channel(p_values jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_id uuid;
  n channel_connections := jsonb_populate_record(null::channel_connections, p_values);
begin
  select c.id into v_id from channel_connections c
    where c.tenant_id = v_tenant and c.channel = n.channel and c.branch_id is not distinct from n.branch_id
      and c.account_number = coalesce(n.account_number, 1) and c.status = 'disconnected' for update;
  if v_id is null then
    insert into channel_connections (tenant_id, branch_id, channel, account_number, status)
      values (v_tenant, n.branch_id, n.channel, coalesce(n.account_number, 1), 'pending') returning id into v_id;
  else
    update channel_connections c set status = 'pending', disconnected_at = null, stopped_code = null, stopped_at = null,
        error_count = 0, last_error_message = null, last_error_at = null, tested_at = null, test_result = null
      where c.tenant_id = v_tenant and c.id = v_id;
  end if;
  perform change_channel(v_id, p_values - array['channel', 'account_number', 'branch_id']);
  return v_id;
end $$;

ALTER FUNCTION public.add_channel(p_values jsonb) OWNER TO tistis_owner;

--
-- Name: add_instruction(jsonb, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.add_instruction(p_wish jsonb, p_most integer) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  w ai_custom_instructions;
begin
  -- Two at once do not make one too many.
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|instructions', 2));
  w := jsonb_populate_record(null::ai_custom_instructions, p_wish);
  outcome := case
    when w.branch_id is not null and not exists (select from branches b where b.tenant_id = v_tenant and b.id = w.branch_id)
      then 'unknown_branch'
    when (select count(*) from ai_custom_instructions i where i.tenant_id = v_tenant) >= p_most then 'too_many'
    else 'added' end;
  if outcome = 'added' then
    insert into ai_custom_instructions as i (tenant_id, branch_id, instruction_type, title, instruction, examples, priority,
        is_active, include_in_prompt)
      values (v_tenant, w.branch_id, w.instruction_type, w.title, w.instruction, nullif(w.examples, ''),
        coalesce(w.priority, 0), coalesce(w.is_active, true), coalesce(w.include_in_prompt, true))
      returning i.id into id;
  end if;
  return next;
end $$;

ALTER FUNCTION public.add_instruction(p_wish jsonb, p_most integer) OWNER TO tistis_owner;

--
-- Name: add_time_off(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.add_time_off(p_wish jsonb) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  w record;
begin
  perform lock_bookings(v_tenant);
  select * into w from jsonb_to_record(p_wish) as x (branch_id uuid, staff_id uuid, starts_at timestamptz,
    ends_at timestamptz, reason text);
  outcome := case
    when w.branch_id is not null and not exists (select from branches b where b.tenant_id = v_tenant and b.id = w.branch_id)
      then 'unknown_branch'
    when w.staff_id is not null and not sees_staff(w.staff_id, w.branch_id) then 'unknown_staff'
    else 'added' end;
  if outcome = 'added' then
    insert into times_off as o (tenant_id, branch_id, staff_id, starts_at, ends_at, reason)
      values (v_tenant, w.branch_id, w.staff_id, w.starts_at, w.ends_at, nullif(w.reason, '')) returning o.id into id;
  end if;
  return next;
end $$;

ALTER FUNCTION public.add_time_off(p_wish jsonb) OWNER TO tistis_owner;

--
-- Name: ai_context_of_config(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.ai_context_of_config(p_row jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select p_row - array['ai_model', 'ai_personality', 'ai_temperature', 'custom_instructions', 'max_turns_before_escalation',
      'business_hours_start', 'business_hours_end', 'business_hours_days']
    || jsonb_build_object('model', p_row -> 'ai_model', 'response_style', p_row -> 'ai_personality',
      'temperature', p_row -> 'ai_temperature', 'system_prompt', p_row -> 'custom_instructions',
      'auto_escalate_after_messages', p_row -> 'max_turns_before_escalation',
      'business_hours', case when num_nulls(p_row ->> 'business_hours_start', p_row ->> 'business_hours_end',
          p_row ->> 'business_hours_days') < 3 then jsonb_build_object(
        'start', coalesce(p_row ->> 'business_hours_start', '09:00'),
        'end', coalesce(p_row ->> 'business_hours_end', '18:00'),
        'days', coalesce(nullif(p_row -> 'business_hours_days', 'null'), '[1, 2, 3, 4, 5]')) end)
$$;

ALTER FUNCTION public.ai_context_of_config(p_row jsonb) OWNER TO tistis_owner;

--
-- Name: uuid_v7(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.uuid_v7() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    AS $$
  select (overlay(lpad(to_hex((date_part('epoch', clock_timestamp()) * 1000000)::bigint * 4096 / 1000), 15, '0')
    placing '7' from 13 for 0) || substr(gen_random_uuid()::text, 20))::uuid
$$;

ALTER FUNCTION public.uuid_v7() OWNER TO tistis_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

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
-- Name: alert_concerns(public.alerts, uuid, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.alert_concerns(a public.alerts, p_branch uuid, p_closes boolean) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if a.details ->> 'conversation_id' is not null then
    return exists (select from conversations c where c.tenant_id = a.tenant_id
      and c.id = (a.details ->> 'conversation_id')::uuid and c.branch_id = p_branch);
  end if;
  return coalesce((select cc.branch_id from channel_connections cc
    where cc.tenant_id = a.tenant_id and cc.id = a.channel_connection_id) = p_branch, not p_closes);
end $$;

ALTER FUNCTION public.alert_concerns(a public.alerts, p_branch uuid, p_closes boolean) OWNER TO tistis_owner;

--
-- Name: alert_stale(uuid, integer, double precision); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.alert_stale(p_connection uuid, p_count integer, p_stale_seconds double precision) RETURNS void
    LANGUAGE sql
    AS $$
  insert into alerts as a (tenant_id, channel_connection_id, kind, dedup_key, severity, sentence, details, first_at, last_at)
    select current_tenant(), p_connection, 'stale_messages', p_connection || ':stale_messages', 'act',
        stale_sentence(p_count, p_stale_seconds), jsonb_build_object('messages', p_count), app_now(), app_now()
    on conflict (tenant_id, dedup_key) where resolved_at is null do update set
      times = a.times + 1, last_at = excluded.last_at,
      sentence = stale_sentence((a.details ->> 'messages')::int + p_count, p_stale_seconds),
      details = jsonb_build_object('messages', (a.details ->> 'messages')::int + p_count)
$$;

ALTER FUNCTION public.alert_stale(p_connection uuid, p_count integer, p_stale_seconds double precision) OWNER TO tistis_owner;

--
-- Name: alert_template(uuid, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.alert_template(p_connection uuid, p_payload jsonb, p_usable jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_kind text := concat_ws(' ', 'template', p_payload ->> 'name', p_payload ->> 'language');
begin
  perform raise_alert(p_connection, jsonb_build_object('kind', v_kind, 'key', v_kind, 'severity', 'act',
      'sentence', x.sentence || '; what it was for was not sent'))
    from (select template_trouble(p_connection, p_payload, p_usable) as sentence) x
   where x.sentence is not null;
end $$;

ALTER FUNCTION public.alert_template(p_connection uuid, p_payload jsonb, p_usable jsonb) OWNER TO tistis_owner;

--
-- Name: alias_list(jsonb[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.alias_list(VARIADIC p_aliases jsonb[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_agg(a order by n), '[]') from unnest(p_aliases) with ordinality u (a, n) where a is not null
$$;

ALTER FUNCTION public.alias_list(VARIADIC p_aliases jsonb[]) OWNER TO tistis_owner;

--
-- Name: answer_advertisement(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.answer_advertisement(p_connection uuid, p_lead uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update contact_windows set free_entry_until = app_now() + interval '72 hours'
    where tenant_id = current_tenant() and channel_connection_id = p_connection and lead_id = p_lead
      and ad_clicked_at >= app_now() - interval '24 hours'
      -- What ends later was made by an answer to this click already.
      and coalesce(free_entry_until, '-infinity') < ad_clicked_at + interval '72 hours';
end $$;

ALTER FUNCTION public.answer_advertisement(p_connection uuid, p_lead uuid) OWNER TO tistis_owner;

--
-- Name: answer_at_opening(uuid, timestamp with time zone, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.answer_at_opening(p_conversation uuid, p_opens timestamp with time zone, p_request_id text) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.answer_at_opening(p_conversation uuid, p_opens timestamp with time zone, p_request_id text) OWNER TO tistis_owner;

--
-- Name: answer_gate(uuid, uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.answer_gate(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_last boolean := exists (select from ai_steps s where s.tenant_id = current_tenant() and s.job_id = p_job
    and s.question_id = p_question and s.hands_over);
  v_gate text := reply_gate(p_conversation, p_question,
    case when v_last then p_policy || '{"last_word": true}' else p_policy end);
begin
  return case when v_last and v_gate = 'escalated' then null else v_gate end;
end $$;

ALTER FUNCTION public.answer_gate(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: answer_json(uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.answer_json(p_conversation uuid, p_job uuid, p_question uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select json_build_object('job_id', p_job,
      'question', (select json_build_object('id', m.id, 'content', m.content) from messages m
        where m.tenant_id = current_tenant() and m.id = p_question),
      'steps', coalesce(json_agg(json_build_object('id', s.id, 'ordinal', s.ordinal, 'kind', s.kind, 'name', s.name,
          'tool_use_id', s.tool_use_id, 'input', s.input, 'output', s.output, 'is_error', s.is_error,
          'hands_over', s.hands_over, 'took_ms', s.took_ms, 'at', s.created_at, 'stop_reason', u.stop_reason,
          'prompt_tokens', u.prompt_tokens, 'cache_read_tokens', u.cache_read_tokens,
          'cache_write_tokens', u.cache_write_tokens, 'completion_tokens', u.completion_tokens, 'cost_usd', u.cost_usd)
        order by s.ordinal), '[]'),
      'messages', (select coalesce(json_agg(json_build_object('id', m.id, 'content', m.content, 'status', m.status,
            'error_code', m.error_code) order by m.id), '[]')
        from messages m
       where m.tenant_id = current_tenant() and m.conversation_id = p_conversation and m.id > p_question
         and m.answers_message_id = p_question and m.processed_by_job_id = p_job and m.role = 'assistant'),
      'total_tokens', coalesce(sum(u.total_tokens), 0), 'cost_usd', coalesce(sum(u.cost_usd), 0))
    from ai_steps s
    left join ai_usage_logs u on u.tenant_id = s.tenant_id and u.id = s.id and s.kind = 'call'
   where s.tenant_id = current_tenant() and s.job_id = p_job and s.question_id = p_question
); end $$;

ALTER FUNCTION public.answer_json(p_conversation uuid, p_job uuid, p_question uuid) OWNER TO tistis_owner;

--
-- Name: answer_obstacle(uuid, uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.answer_obstacle(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return coalesce(answer_gate(p_conversation, p_question, p_job, p_policy),
    case when budget_spent() then 'budget_spent' end);
end $$;

ALTER FUNCTION public.answer_obstacle(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: answer_steps(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.answer_steps(p_job uuid, p_question uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select json_agg(json_build_object('id', s.id, 'ordinal', s.ordinal, 'kind', s.kind, 'name', s.name,
      'tool_use_id', s.tool_use_id, 'output', s.output, 'is_error', s.is_error, 'hands_over', s.hands_over)
      order by s.ordinal)
    from ai_steps s
   where s.tenant_id = current_tenant() and s.job_id = p_job and s.question_id = p_question
); end $$;

ALTER FUNCTION public.answer_steps(p_job uuid, p_question uuid) OWNER TO tistis_owner;

--
-- Name: answers_reminder(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.answers_reminder(p_conversation uuid, p_question uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin return exists (
  select from messages q cross join lateral said_before(p_conversation, p_question, 7 * 86400) s
   where q.tenant_id = current_tenant() and q.id = p_question and octet_length(q.content) <= 80
     and (s.metadata ? 'numbered' or s.metadata ? 'appointment_id' and not s.metadata ? 'settled')
); end $$;

ALTER FUNCTION public.answers_reminder(p_conversation uuid, p_question uuid) OWNER TO tistis_owner;

--
-- Name: api_keys; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.api_keys (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    name character varying(100) NOT NULL,
    description text,
    environment text DEFAULT 'live'::text NOT NULL,
    key_hash text NOT NULL,
    key_prefix text NOT NULL,
    key_hint text NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    scope_type text DEFAULT 'branch'::text NOT NULL,
    branch_id uuid,
    rate_limit_rpm integer DEFAULT 60 NOT NULL,
    rate_limit_daily integer DEFAULT 10000 NOT NULL,
    ip_whitelist inet[] DEFAULT '{}'::inet[] NOT NULL,
    expires_at timestamp with time zone,
    is_active boolean DEFAULT true NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by uuid,
    revoke_reason text,
    deactivates_at timestamp with time zone,
    replaced_by_id uuid,
    last_used_at timestamp with time zone,
    last_used_ip text,
    last_used_endpoint text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_keys_check CHECK (((scope_type = 'branch'::text) = (branch_id IS NOT NULL))),
    CONSTRAINT api_keys_environment_check CHECK ((environment = ANY (ARRAY['live'::text, 'test'::text]))),
    CONSTRAINT api_keys_key_hash_check CHECK ((key_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT api_keys_rate_limit_daily_check CHECK (((rate_limit_daily >= 1) AND (rate_limit_daily <= 1000000))),
    CONSTRAINT api_keys_rate_limit_rpm_check CHECK (((rate_limit_rpm >= 1) AND (rate_limit_rpm <= 1000))),
    CONSTRAINT api_keys_scope_type_check CHECK ((scope_type = ANY (ARRAY['tenant'::text, 'branch'::text])))
);

ALTER TABLE ONLY public.api_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_keys OWNER TO tistis_owner;

--
-- Name: api_key_json(public.api_keys); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.api_key_json(k public.api_keys) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select to_jsonb(k) - 'tenant_id' - 'key_hash' || jsonb_build_object(
    'usage_count', (select coalesce(sum(u.requests), 0) from api_key_usage u
      where u.tenant_id = k.tenant_id and u.api_key_id = k.id),
    'usage_count_today', (select coalesce(sum(u.requests), 0) from api_key_usage u
      where u.tenant_id = k.tenant_id and u.api_key_id = k.id and u.day = (app_now() at time zone 'UTC')::date))
$$;

ALTER FUNCTION public.api_key_json(k public.api_keys) OWNER TO tistis_owner;

--
-- Name: api_key_stats(date, date, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.api_key_stats(p_from date, p_to date, p_key uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_to date := coalesce(p_to, (app_now() at time zone 'UTC')::date);
  v_from date := coalesce(p_from, v_to - 29);
  v_none jsonb := '{"calls": 0, "actions": {"created": 0, "changed": 0, "rotated": 0, "revoked": 0},
    "refusals": {"revoked": 0, "expired": 0, "address": 0, "scope": 0, "rate": 0}}';
begin
  if v_to - v_from not between 0 and 365 then return null; end if;
  return (
    with facts as (
      select a.api_key_id as key, (a.created_at at time zone 'UTC')::date as day, 'actions' as kind, a.action as what, 1 as n
        from api_key_audit a where a.tenant_id = v_tenant and (p_key is null or a.api_key_id = p_key)
          and a.created_at >= v_from::timestamp at time zone 'UTC'
          and a.created_at < (v_to + 1)::timestamp at time zone 'UTC'
      union all
      select r.api_key_id, r.day, 'refusals', r.reason, r.times from api_key_refusals r
       where r.tenant_id = v_tenant and r.day between v_from and v_to and (p_key is null or r.api_key_id = p_key)
      union all
      select u.api_key_id, u.day, 'calls', 'taken', u.requests from api_key_usage u
       where u.tenant_id = v_tenant and u.day between v_from and v_to and (p_key is null or u.api_key_id = p_key)
    ), summed as (
      -- of: 1 a key, 2 a day, 3 all.
      select grouping(f.key, f.day) as of, f.key, f.day, f.kind, f.what, sum(f.n) as n from facts f
       group by grouping sets ((f.key, f.kind, f.what), (f.day, f.kind, f.what), (f.kind, f.what))
    ), counted as (
      select s.of, s.key, s.day, jsonb_build_object('calls', coalesce(sum(s.n) filter (where s.kind = 'calls'), 0),
          'actions', (v_none -> 'actions')
            || coalesce(jsonb_object_agg(s.what, s.n) filter (where s.kind = 'actions'), '{}'),
          'refusals', (v_none -> 'refusals')
            || coalesce(jsonb_object_agg(s.what, s.n) filter (where s.kind = 'refusals'), '{}')) as counts
        from summed s group by s.of, s.key, s.day
    )
    select jsonb_build_object('from', v_from, 'to', v_to,
      'total', coalesce((select c.counts from counted c where c.of = 3), v_none),
      'days', (select coalesce(jsonb_agg(jsonb_build_object('day', c.day) || c.counts order by c.day), '[]') from counted c
        where c.of = 2),
      'keys', (select coalesce(jsonb_agg(jsonb_build_object('api_key_id', k.id, 'name', k.name, 'last_used_at',
          k.last_used_at) || coalesce(c.counts, v_none) order by k.id desc), '[]')
        from (select x.* from api_keys x where x.tenant_id = v_tenant and (p_key is null or x.id = p_key)
          order by x.id desc limit 1000) k
        left join counted c on c.of = 1 and c.key = k.id)));
end $$;

ALTER FUNCTION public.api_key_stats(p_from date, p_to date, p_key uuid) OWNER TO tistis_owner;

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
-- Name: apply_changes(jsonb, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.apply_changes(p_events jsonb, p_policy jsonb, p_request_id text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_changed uuid[] := '{}';
  v_found uuid[];
  r record;
begin
  -- One look into an index after the other, whatever the planner thinks of the tables: nearly always there is no such event.
  select array_agg(distinct m.id) into v_found
    from jsonb_to_recordset(p_events) as e (connection_id uuid, kind text, external_id text, reply_to text)
    cross join lateral (select x.channel_connection_id, x.reply_to_external_id, x.lead_id from channel_events x
      where x.tenant_id = v_tenant and x.channel_connection_id = e.connection_id and x.kind in ('edit', 'delete')
        and x.reply_to_external_id = case when e.kind in ('edit', 'delete') then e.reply_to else e.external_id end
      offset 0) x
    cross join lateral (select m.id, m.conversation_id from messages m
      where m.tenant_id = v_tenant and m.channel_connection_id = x.channel_connection_id
        and m.external_id = x.reply_to_external_id and m.role = 'user' limit 1) m
    -- Only by who wrote it.
    cross join lateral (select from conversations c
      where c.tenant_id = v_tenant and c.id = m.conversation_id and c.lead_id = x.lead_id limit 1) c
   where e.kind in ('message', 'history', 'edit', 'delete');
  if v_found is null then return 0; end if;
  perform 1 from conversations c
    where c.tenant_id = v_tenant and c.id in (select m.conversation_id from messages m
      where m.tenant_id = v_tenant and m.id = any (v_found))
    order by c.id for update;
  for r in
    select distinct on (m.id) m.id, x.kind, x.content, x.details ->> 'selection' as selection,
        coalesce(x.occurred_at, x.created_at) as at
      from messages m
      join conversations c on c.tenant_id = v_tenant and c.id = m.conversation_id
      join channel_events x on x.tenant_id = v_tenant and x.channel_connection_id = m.channel_connection_id
        and x.reply_to_external_id = m.external_id and x.kind in ('edit', 'delete') and x.lead_id = c.lead_id
     where m.tenant_id = v_tenant and m.id = any (v_found) and m.deleted_at is null
     -- A deletion is the last word; of several edits the newest.
     order by m.id, x.kind = 'delete' desc, coalesce(x.occurred_at, x.created_at) desc, x.id desc
  loop
    update messages m set
        content = r.content,
        selection = case r.kind when 'edit' then r.selection end,
        edited_at = case r.kind when 'edit' then r.at else m.edited_at end,
        deleted_at = case r.kind when 'delete' then r.at end,
        -- Deleted is deleted: not the text alone, but also the item that it came in.
        raw = case r.kind when 'edit' then m.raw end,
        metadata = case r.kind
          when 'delete' then '{}'
          else jsonb_build_object('original_content', m.content) || m.metadata end
      where m.tenant_id = v_tenant and m.id = r.id
        and (r.kind = 'delete' or m.edited_at is distinct from r.at or m.content <> r.content);
    if found then v_changed := v_changed || r.id; end if;
  end loop;
  perform forget_deleted(v_found);
  perform ask_again(v_changed, p_policy, p_request_id);
  return cardinality(v_changed);
end $$;

ALTER FUNCTION public.apply_changes(p_events jsonb, p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

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
      -- One look into an index after the other: while nobody has analysed the tables, the planner read all reports of the
      -- tenant for each of them.
      from (select distinct unnest(p_message_ids)) i (id)
      cross join lateral (select m.id, m.status from messages m
        where m.tenant_id = current_tenant() and m.id = i.id limit 1) m
      cross join lateral (select h.status, h.occurred_at, h.error_code, h.error_message from message_status_history h
        where h.tenant_id = current_tenant() and h.message_id = i.id
          -- What a platform can know. Our own words from its mouth (`pending`) must not move a message.
          and h.status in ('sent', 'delivered', 'read', 'played', 'failed')
        offset 0) h
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
  update messages m set billing = b.billing
    from (
      select i.id, l.billing
        from (select distinct unnest(p_message_ids)) i (id)
        cross join lateral (select jsonb_strip_nulls(jsonb_build_object(
            'pricing', h.raw -> 'pricing', 'conversation', h.raw -> 'conversation')) as billing
          from message_status_history h
         where h.tenant_id = current_tenant() and h.message_id = i.id and h.raw ?| array['pricing', 'conversation']
         order by message_status_rank(h.status) desc nulls last, h.occurred_at desc limit 1) l) b
    where m.tenant_id = current_tenant() and m.id = b.id and m.billing is distinct from b.billing;
  return v_changed;
end $$;

ALTER FUNCTION public.apply_message_reports(p_message_ids uuid[]) OWNER TO tistis_owner;

--
-- Name: apply_news(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.apply_news(p_news jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.apply_news(p_news jsonb) OWNER TO tistis_owner;

--
-- Name: apply_send_effects(uuid, uuid, jsonb, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.apply_send_effects(p_connection uuid, p_message uuid, p_effects jsonb, p_at timestamp with time zone, p_lead uuid DEFAULT NULL::uuid) RETURNS double precision
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.apply_send_effects(p_connection uuid, p_message uuid, p_effects jsonb, p_at timestamp with time zone, p_lead uuid) OWNER TO tistis_owner;

--
-- Name: apply_signals(uuid, jsonb, uuid, text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.apply_signals(p_lead uuid, p_signals jsonb, p_message uuid, p_source text, p_conversation uuid DEFAULT NULL::uuid) RETURNS TABLE(score integer, classification text)
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.apply_signals(p_lead uuid, p_signals jsonb, p_message uuid, p_source text, p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: apply_thread_news(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.apply_thread_news(p_news jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  n record;
begin
  for n in
    select x.connection, x.lead, x.at, (x.thread ->> 'ours')::boolean as ours, x.thread ->> 'owner' as owner
      from jsonb_to_recordset(p_news) as x (connection uuid, lead uuid, at timestamptz, thread jsonb)
     order by x.lead, x.connection, x.at
  loop
    update conversations c set
        thread_owner = case when not n.ours then coalesce(n.owner, 'another app') end,
        thread_since = n.at,
        ai_handling = case when b.is_back then cc.ai_enabled else c.ai_handling end,
        status = case when b.is_back and c.status = 'escalated' then 'active' else c.status end
      from channel_connections cc
      cross join lateral (
        select n.ours and o.thread_owner is not null and not o.desk_has_it as is_back
          from conversations o where o.tenant_id = v_tenant and o.lead_id = n.lead and o.channel_connection_id = n.connection
           and o.status in ('active', 'waiting_response', 'escalated')) b
      where c.tenant_id = v_tenant and c.lead_id = n.lead and c.channel_connection_id = n.connection
        and c.status in ('active', 'waiting_response', 'escalated') and coalesce(c.thread_since, '-infinity') < n.at
        and cc.tenant_id = v_tenant and cc.id = n.connection;
  end loop;
end $$;

ALTER FUNCTION public.apply_thread_news(p_news jsonb) OWNER TO tistis_owner;

--
-- Name: apply_watermarks(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.apply_watermarks(p_events jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_messages uuid[];
  v_changed int := 0;
  w record;
begin
  for w in
    select a.lead_id, e.connection_id::uuid as connection, e.status ->> 'state' as state,
        max((e.status ->> 'up_to')::timestamptz) as up_to
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, status jsonb, aliases jsonb)
      cross join lateral (
        select l.lead_id
          from (select x ->> 'kind' as kind, x ->> 'value' as value from jsonb_array_elements(e.aliases) x offset 0) x
          cross join lateral (select y.lead_id from lead_aliases y
            where y.tenant_id = v_tenant and y.kind = x.kind and y.value = x.value limit 1) l
         limit 1) a
     where e.kind = 'status' and e.status ? 'up_to' and e.status ->> 'state' in ('delivered', 'read')
     group by 1, 2, 3 order by 1, 2, 3
  loop
    perform 1 from conversations c where c.tenant_id = v_tenant and c.lead_id = w.lead_id
      and c.channel_connection_id = w.connection order by c.id for update;
    -- What is on its way now learns of it when its answer comes (`seen_before`).
    update conversations c set
        delivered_until = case w.state when 'delivered' then greatest(c.delivered_until, w.up_to) else c.delivered_until end,
        read_until = case w.state when 'read' then greatest(c.read_until, w.up_to) else c.read_until end
      where c.tenant_id = v_tenant and c.lead_id = w.lead_id and c.channel_connection_id = w.connection
        and coalesce(case w.state when 'delivered' then c.delivered_until else c.read_until end, '-infinity') < w.up_to;
    with reached as (
      select m.id, m.external_id
        from conversations c
        cross join lateral (
          select s.id, s.external_id, s.status, coalesce(s.attempted_at, s.external_timestamp, s.sent_at) as at
            from messages s where s.tenant_id = v_tenant and s.conversation_id = c.id and s.role <> 'user'
           -- The newest: those before were reached by the watermarks before.
           order by s.id desc limit 200) m
       where c.tenant_id = v_tenant and c.lead_id = w.lead_id and c.channel_connection_id = w.connection
         and m.external_id is not null and m.at <= w.up_to
         and message_status_rank(m.status) between message_status_rank('accepted') and message_status_rank(w.state) - 1
    ), noted as (
      insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, occurred_at)
        select v_tenant, w.connection, r.id, r.external_id, w.state, w.up_to from reached r order by r.external_id
        on conflict do nothing
        returning message_id)
    select array_agg(n.message_id) into v_messages from noted n;
    if v_messages is not null then v_changed := v_changed + apply_message_reports(v_messages); end if;
  end loop;
  return v_changed;
end $$;

ALTER FUNCTION public.apply_watermarks(p_events jsonb) OWNER TO tistis_owner;

--
-- Name: appointment_detail(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.appointment_detail(p_appointment uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select jsonb_build_object('appointment_id', a.id, 'status', a.status, 'confirmation_status', a.confirmation_status,
      'scheduled_at', a.scheduled_at, 'ends_at', a.end_time, 'duration_minutes', a.duration_minutes, 'timezone', b.timezone,
      'starts_at', local_iso(a.scheduled_at, b.timezone), 'local_date', l.at::date,
      'local_time', to_char(l.at, 'HH24:MI'), 'weekday', extract(isodow from l.at)::int,
      'branch_id', a.branch_id, 'branch_name', b.name, 'branch_slug', b.slug, 'service_id', a.service_id, 'service_name',
        s.name,
      'staff_id', a.staff_id, 'staff_name', coalesce(m.display_name, concat_ws(' ', m.first_name, m.last_name)),
      'lead_id', a.lead_id, 'conversation_id', a.conversation_id, 'party_size', a.party_size,
      'booking_source', a.booking_source, 'rescheduled_from_id', a.rescheduled_from_id, 'rescheduled_to_id',
        a.rescheduled_to_id,
      'cancellation_reason', a.cancellation_reason)
    from appointments a
    join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
    left join services s on s.tenant_id = a.tenant_id and s.id = a.service_id
    left join staff m on m.tenant_id = a.tenant_id and m.id = a.staff_id
    cross join lateral (select a.scheduled_at at time zone b.timezone as at) l
   where a.tenant_id = current_tenant() and a.id = p_appointment
); end $$;

ALTER FUNCTION public.appointment_detail(p_appointment uuid) OWNER TO tistis_owner;

--
-- Name: appointments; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.appointments (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    branch_id uuid NOT NULL,
    lead_id uuid,
    patient_id uuid,
    staff_id uuid,
    service_id uuid,
    scheduled_at timestamp with time zone NOT NULL,
    duration_minutes integer DEFAULT 30 NOT NULL,
    end_time timestamp with time zone NOT NULL,
    status text DEFAULT 'scheduled'::text NOT NULL,
    confirmation_sent boolean DEFAULT false NOT NULL,
    reminder_1week_sent boolean DEFAULT false NOT NULL,
    reminder_24h_sent boolean DEFAULT false NOT NULL,
    reminder_4h_sent boolean DEFAULT false NOT NULL,
    reminder_2h_sent boolean DEFAULT false NOT NULL,
    reminder_sent boolean GENERATED ALWAYS AS (reminder_24h_sent) STORED NOT NULL,
    notes text,
    internal_notes text,
    reason text,
    cancellation_reason text,
    cancelled_at timestamp with time zone,
    completed_at timestamp with time zone,
    outcome text,
    rescheduled_from_id uuid,
    rescheduled_to_id uuid,
    created_by_staff_id uuid,
    booking_source text DEFAULT 'manual'::text NOT NULL,
    source text GENERATED ALWAYS AS (booking_source) STORED NOT NULL,
    party_size integer DEFAULT 1 NOT NULL,
    reservation_type text,
    conversation_id uuid,
    ai_booking_channel text,
    ai_confidence_score numeric(4,3),
    ai_urgency_level integer,
    ai_detected_symptoms jsonb,
    ai_booked_at timestamp with time zone,
    requires_human_review boolean DEFAULT false NOT NULL,
    human_review_reason text,
    confirmation_status text DEFAULT 'not_required'::text NOT NULL,
    deposit_status text DEFAULT 'not_required'::text NOT NULL,
    deposit_amount_cents integer,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    buffer_before_minutes integer DEFAULT 0 NOT NULL,
    buffer_after_minutes integer DEFAULT 0 NOT NULL,
    booking_key text,
    told_after uuid,
    moved_at timestamp with time zone,
    booking_digest text,
    CONSTRAINT appointments_ai_booking_channel_check CHECK ((ai_booking_channel = ANY (ARRAY['ai_whatsapp'::text, 'ai_voice'::text, 'ai_webchat'::text, 'ai_instagram'::text, 'ai_facebook'::text, 'ai_tiktok'::text]))),
    CONSTRAINT appointments_ai_confidence_score_check CHECK (((ai_confidence_score >= (0)::numeric) AND (ai_confidence_score <= (1)::numeric))),
    CONSTRAINT appointments_ai_urgency_level_check CHECK (((ai_urgency_level >= 1) AND (ai_urgency_level <= 5))),
    CONSTRAINT appointments_booking_source_check CHECK ((booking_source = ANY (ARRAY['manual'::text, 'whatsapp'::text, 'website'::text, 'phone'::text, 'walk_in'::text, 'voice'::text, 'ai_chat'::text]))),
    CONSTRAINT appointments_buffer_after_minutes_check CHECK (((buffer_after_minutes >= 0) AND (buffer_after_minutes <= 480))),
    CONSTRAINT appointments_buffer_before_minutes_check CHECK (((buffer_before_minutes >= 0) AND (buffer_before_minutes <= 480))),
    CONSTRAINT appointments_confirmation_status_check CHECK ((confirmation_status = ANY (ARRAY['not_required'::text, 'pending'::text, 'confirmed'::text, 'expired'::text]))),
    CONSTRAINT appointments_deposit_amount_cents_check CHECK ((deposit_amount_cents >= 0)),
    CONSTRAINT appointments_deposit_status_check CHECK ((deposit_status = ANY (ARRAY['not_required'::text, 'required'::text, 'pending'::text, 'paid'::text, 'forfeited'::text, 'refunded'::text, 'applied'::text]))),
    CONSTRAINT appointments_duration_minutes_check CHECK (((duration_minutes >= 1) AND (duration_minutes <= 1440))),
    CONSTRAINT appointments_party_size_check CHECK ((party_size > 0)),
    CONSTRAINT appointments_status_check CHECK ((status = ANY (ARRAY['scheduled'::text, 'confirmed'::text, 'in_progress'::text, 'completed'::text, 'cancelled'::text, 'no_show'::text, 'rescheduled'::text])))
);

ALTER TABLE ONLY public.appointments FORCE ROW LEVEL SECURITY;

ALTER TABLE public.appointments OWNER TO tistis_owner;

--
-- Name: appointment_in_the_way(public.appointments); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.appointment_in_the_way(a public.appointments) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('id', a.id, 'lead_id', a.lead_id, 'branch_id', a.branch_id, 'staff_id', a.staff_id,
    'service_id', a.service_id, 'scheduled_at', a.scheduled_at, 'end_time', a.end_time, 'status', a.status)
$$;

ALTER FUNCTION public.appointment_in_the_way(a public.appointments) OWNER TO tistis_owner;

--
-- Name: appointment_json(public.appointments); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.appointment_json(a public.appointments) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select jsonb_build_object('id', a.id, 'branch_id', a.branch_id, 'lead_id', a.lead_id, 'patient_id', a.patient_id,
    'staff_id', a.staff_id, 'service_id', a.service_id, 'conversation_id', a.conversation_id,
    'scheduled_at', a.scheduled_at, 'end_time', a.end_time, 'duration_minutes', a.duration_minutes, 'status', a.status,
    'confirmation_status', a.confirmation_status, 'confirmation_sent', a.confirmation_sent, 'reminder_sent', a.reminder_sent,
    'reminder_24h_sent', a.reminder_24h_sent, 'reminder_4h_sent', a.reminder_4h_sent, 'notes', a.notes,
    'internal_notes', a.internal_notes, 'reason', a.reason, 'cancellation_reason', a.cancellation_reason, 'outcome',
      a.outcome)
    || jsonb_build_object('cancelled_at', a.cancelled_at, 'completed_at', a.completed_at,
    'rescheduled_from_id', a.rescheduled_from_id, 'rescheduled_to_id', a.rescheduled_to_id,
    'booking_source', a.booking_source, 'source', a.source, 'ai_booking_channel', a.ai_booking_channel,
    'party_size', a.party_size, 'created_at', a.created_at, 'updated_at', a.updated_at,
    'timezone', b.timezone, 'starts_at_local', local_iso(a.scheduled_at, b.timezone),
    'lead', (select jsonb_build_object('id', l.id, 'full_name', coalesce(nullif(l.full_name, ''), l.name), 'phone', l.phone,
      'email', l.email) from leads l where l.tenant_id = a.tenant_id and l.id = a.lead_id),
    'branch', jsonb_build_object('id', b.id, 'name', b.name),
    'staff', (select jsonb_build_object('id', s.id, 'first_name', s.first_name, 'last_name', s.last_name, 'role', s.role)
      from staff s where s.tenant_id = a.tenant_id and s.id = a.staff_id),
    'service', (select jsonb_build_object('id', s.id, 'name', s.name, 'duration_minutes', s.duration_minutes)
      from services s where s.tenant_id = a.tenant_id and s.id = a.service_id))
    from branches b where b.tenant_id = a.tenant_id and b.id = a.branch_id
); end $$;

ALTER FUNCTION public.appointment_json(a public.appointments) OWNER TO tistis_owner;

--
-- Name: appointment_stands(uuid, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.appointment_stands(p_appointment uuid, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin return exists (
  select from appointments a where a.tenant_id = current_tenant() and a.id = p_appointment
    and a.status in ('scheduled', 'confirmed') and a.scheduled_at > app_now()
    and (p_at is null or a.scheduled_at = p_at)
); end $$;

ALTER FUNCTION public.appointment_stands(p_appointment uuid, p_at timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: appointments_ahead(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.appointments_ahead(p_lead uuid) RETURNS TABLE(appointment_id uuid, detail jsonb)
    LANGUAGE plpgsql STABLE
    AS $$
begin return query
  select a.id, appointment_detail(a.id) from appointments a
   where a.tenant_id = current_tenant() and a.lead_id = living_lead(p_lead) and a.end_time > app_now()
     and a.status in ('scheduled', 'confirmed', 'in_progress') order by a.scheduled_at, a.id limit 10;
end $$;

ALTER FUNCTION public.appointments_ahead(p_lead uuid) OWNER TO tistis_owner;

--
-- Name: times_off; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.times_off (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    branch_id uuid,
    staff_id uuid,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT times_off_check CHECK ((ends_at > starts_at))
);

ALTER TABLE ONLY public.times_off FORCE ROW LEVEL SECURITY;

ALTER TABLE public.times_off OWNER TO tistis_owner;

--
-- Name: appointments_during(public.times_off, uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.appointments_during(o public.times_off, p_branch uuid, p_most integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select jsonb_build_object('total', count(*), 'first', coalesce(jsonb_agg(appointment_in_the_way(x.a)
      order by x.n) filter (where x.n <= p_most), '[]'))
    from (select a, row_number() over (order by a.scheduled_at, a.id) as n from appointments a
      where a.tenant_id = o.tenant_id and a.status in ('scheduled', 'confirmed', 'in_progress')
        -- Nothing is longer than a day.
        and a.scheduled_at > o.starts_at - interval '1 day' and a.scheduled_at < o.ends_at and a.end_time > o.starts_at
        and a.end_time > app_now() and (p_branch is null or a.branch_id = p_branch) and (o.branch_id is null or a.branch_id = o.branch_id)
        and (o.staff_id is null or a.staff_id = o.staff_id)) x
); end $$;

ALTER FUNCTION public.appointments_during(o public.times_off, p_branch uuid, p_most integer) OWNER TO tistis_owner;

--
-- Name: appointments_outside(uuid, uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.appointments_outside(p_staff uuid, p_branch uuid, p_most integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select jsonb_build_object('total', count(*), 'first', coalesce(jsonb_agg(appointment_in_the_way(x.a)
      order by x.n) filter (where x.n <= p_most), '[]'))
    from (select a, row_number() over (order by a.scheduled_at, a.id) as n from appointments a
      where a.tenant_id = current_tenant() and a.staff_id = p_staff and a.branch_id = p_branch
        and a.status in ('scheduled', 'confirmed', 'in_progress') and a.scheduled_at > app_now()
        and not tstzrange(a.scheduled_at, a.end_time) <@ working_times(p_branch, p_staff, a.scheduled_at, a.end_time)) x
); end $$;

ALTER FUNCTION public.appointments_outside(p_staff uuid, p_branch uuid, p_most integer) OWNER TO tistis_owner;

--
-- Name: ask_again(uuid[], jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.ask_again(p_messages uuid[], p_policy jsonb, p_request_id text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_jobs jsonb := '[]';
  v_question uuid;
  r record;
begin
  for r in
    select c.id, c.lead_id, c.channel, c.channel_connection_id, c.last_question_id, c.promised_for, min(m.id::text)::uuid as changed,
        bool_or(m.id = c.last_question_id and m.deleted_at is not null) as is_gone,
        bool_or(m.deleted_at is null and m.metadata ? 'wants_answer') as is_edited,
        -- What this transaction stored, it has asked for itself.
        bool_or(m.created_at < now()) as was_there,
        c.ai_handling and c.status <> 'escalated' and cc.ai_enabled as is_ours,
        coalesce(cc.subsequent_message_delay_seconds, (select d.default_subsequent_message_delay from ai_tenant_context d
          where d.tenant_id = v_tenant), (p_policy ->> 'next_delay_seconds')::float8) as delay,
        coalesce((select max(x.answers_message_id::text)::uuid from messages x where x.tenant_id = v_tenant
          and x.conversation_id = c.id and x.role = 'assistant' and x.status not in ('pending', 'withheld', 'failed')
          -- That it is closed is no answer to who was told when it opens, nor what was settled meanwhile.
          and not x.metadata ? 'out_of_hours' and not (x.metadata ? 'settled'
            and coalesce(c.promised_for > app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8), false))),
          '00000000-0000-0000-0000-000000000000') as answered
      from messages m
      join conversations c on c.tenant_id = v_tenant and c.id = m.conversation_id
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
     where m.tenant_id = v_tenant and m.id = any (p_messages) and not m.historical
     group by c.tenant_id, c.id, cc.ai_enabled, cc.subsequent_message_delay_seconds
     order by c.id
  loop
    continue when r.last_question_id is null or r.changed <= r.answered;
    v_question := r.last_question_id;
    if r.is_gone then
      -- The question before it, if it still waits.
      select max(x.id::text)::uuid into v_question from messages x
        where x.tenant_id = v_tenant and x.conversation_id = r.id and x.id > r.answered and x.id < r.last_question_id
          and x.metadata ? 'wants_answer' and not x.historical and not x.stale
          -- As old as the gate would let it be.
          and greatest(x.external_timestamp, r.promised_for)
            > app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8)
          and not exists (select from messages s where s.tenant_id = v_tenant and s.conversation_id = r.id and s.id > x.id
            and s.metadata ? 'settled' and s.answers_message_id >= x.id and s.status not in ('withheld', 'failed')
            and coalesce(s.metadata ->> 'settled_from', '') <= x.id::text);
      -- Without one it stays, and the gate refuses to answer what is gone.
      continue when v_question is null;
      update conversations set last_question_id = v_question where tenant_id = v_tenant and id = r.id;
    end if;
    continue when not (r.is_gone or r.is_edited);
    -- No job's own any more: a job that runs again would take it for its finished work.
    update messages x set status = 'withheld', error_code = 'newer_inbound', processed_by_job_id = null
      where x.tenant_id = v_tenant and x.conversation_id = r.id and x.role = 'assistant' and x.status = 'pending'
        and x.answers_message_id >= r.changed;
    if r.is_ours and r.was_there then
      v_jobs := v_jobs || jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || r.id,
        'unique_key', 'answer:' || r.id, 'delay_seconds', r.delay, 'cap_seconds', (p_policy ->> 'cap_seconds')::float8,
        'request_id', p_request_id,
        'payload', jsonb_build_object('conversation_id', r.id, 'message_id', v_question, 'lead_id', r.lead_id,
          'tenant_id', v_tenant, 'channel', r.channel, 'channel_connection_id', r.channel_connection_id,
          'is_first_message', false, 'asked_again', true));
    end if;
  end loop;
  return enqueue_jobs(v_jobs);
end $$;

ALTER FUNCTION public.ask_again(p_messages uuid[], p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: ask_confirmation(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.ask_confirmation(p_appointment uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'confirm_booking', 'priority', 3,
      'delay_seconds', case when a.told_after is null then 0 else 900 end,
      'payload', jsonb_build_object('appointment_id', a.id, 'tenant_id', a.tenant_id))))
    from appointments a
   where a.tenant_id = current_tenant() and a.id = p_appointment and a.lead_id is not null and not a.confirmation_sent;
end $$;

ALTER FUNCTION public.ask_confirmation(p_appointment uuid) OWNER TO tistis_owner;

--
-- Name: ask_n8n(uuid, uuid, integer, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.ask_n8n(p_conversation uuid, p_question uuid, p_last integer, p_request_id text) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  s n8n_settings;
  e outbound_events;
  c conversations;
  v_key text;
begin
  select * into s from n8n_settings x where x.tenant_id = v_tenant and x.is_enabled and x.answers_by = 'n8n';
  if not found then return 'off'; end if;
  select q.id || coalesce(':' || extract(epoch from q.edited_at), '') into v_key
    from messages q where q.tenant_id = v_tenant and q.id = p_question;
  select * into e from outbound_events x
    where x.tenant_id = v_tenant and x.event = s.answer_event and x.event_key = v_key;
  if e.id is not null then
    return case when e.status = 'dead' or e.occurred_at <= app_now() - make_interval(secs => s.answer_seconds)
      then s.answer_fallback else 'waiting' end;
  end if;
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation;
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || c.id,
    'unique_key', 'n8n:' || v_key, 'delay_seconds', s.answer_seconds, 'request_id', p_request_id,
    'payload', jsonb_build_object('conversation_id', c.id, 'message_id', p_question, 'lead_id', c.lead_id,
      'tenant_id', v_tenant, 'channel', c.channel, 'channel_connection_id', c.channel_connection_id))));
  perform put_event(s.answer_event, question_data(c, p_question, p_last), v_key);
  return 'asked';
end $$;

ALTER FUNCTION public.ask_n8n(p_conversation uuid, p_question uuid, p_last integer, p_request_id text) OWNER TO tistis_owner;

--
-- Name: ask_names(uuid[], text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.ask_names(p_conversations uuid[], p_request_id text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object('job_type', 'fetch_profile', 'unique_key', 'fetch_profile:' || c.id,
      -- Behind the answers, which somebody waits for.
      'priority', 7, 'max_attempts', 3, 'request_id', p_request_id,
      'payload', jsonb_build_object('conversation_id', c.id, 'tenant_id', v_tenant, 'channel', c.channel)) order by c.id)
    into v_jobs
    from conversations c join leads l on l.tenant_id = v_tenant and l.id = c.lead_id
   where c.tenant_id = v_tenant and c.id = any (p_conversations) and c.created_at = now()
     and l.name is null and l.full_name is null;
  if v_jobs is null then return 0; end if;
  return enqueue_jobs(v_jobs);
end $$;

ALTER FUNCTION public.ask_names(p_conversations uuid[], p_request_id text) OWNER TO tistis_owner;

--
-- Name: ask_read_backs(double precision, double precision, text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.ask_read_backs(p_first double precision, p_second double precision, p_channels text[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_jobs jsonb;
begin
  with due as (
    update sends_in_doubt d set looks = d.looks + 1
      from messages m
      where d.tenant_id = current_tenant()
        and d.since < app_now() - make_interval(secs => case d.looks when 0 then p_first else p_second end) and d.looks < 2
        and m.tenant_id = d.tenant_id and m.id = d.message_id and m.status = 'unknown' and m.channel = any (p_channels)
      returning m.id, m.channel)
  select jsonb_agg(jsonb_build_object('job_type', 'read_back', 'unique_key', 'read_back:' || id, 'priority', 6,
      'max_attempts', 3, 'payload', jsonb_build_object('message_id', id, 'channel', channel, 'tenant_id', current_tenant()))
      order by id)
    into v_jobs from due;
  return enqueue_jobs(coalesce(v_jobs, '[]'));
end $$;

ALTER FUNCTION public.ask_read_backs(p_first double precision, p_second double precision, p_channels text[]) OWNER TO tistis_owner;

--
-- Name: ask_routine(text, text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.ask_routine(p_routine text, p_slug text) RETURNS TABLE(tenant_id uuid, slug text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_asked int;
begin
  return query
    with whose as (
      select t.id, t.slug::text as slug from tenants t
       where t.status = 'active' and (p_slug is null or t.slug = p_slug)
         -- Whoever has no account at a platform can tell nobody anything; what is kept grows old for all.
         and (p_routine in ('expiries', 'prune') or exists (select from channel_connections cc
           where cc.tenant_id = t.id and cc.status <> 'disconnected'))
       order by t.id
    ), asked as (
      insert into jobs (tenant_id, job_type, unique_key, priority, max_attempts, payload)
        select w.id, 'routine', 'routine:' || p_routine, 7, 5, jsonb_build_object('routine', p_routine, 'tenant_id', w.id)
          from whose w
      on conflict do nothing)
    select w.id, w.slug from whose w;
  get diagnostics v_asked = row_count;
  if p_slug is null then
    insert into routines as r (name, asked_at, tenants) values (p_routine, app_now(), v_asked)
      on conflict (name) do update set asked_at = excluded.asked_at, tenants = excluded.tenants;
  end if;
end $$;

ALTER FUNCTION public.ask_routine(p_routine text, p_slug text) OWNER TO tistis_definer;

--
-- Name: assistant_config(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.assistant_config() RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  a ai_tenant_context;
begin
  select * into a from ai_tenant_context x where x.tenant_id = current_tenant();
  return jsonb_build_object(
    'ai_enabled', coalesce(a.ai_enabled, true), 'model', a.model, 'system_prompt', a.system_prompt,
    'temperature', coalesce(a.temperature, 0.70), 'max_tokens', coalesce(a.max_tokens, 500),
    'response_style', coalesce(a.response_style, 'professional_friendly'), 'business_hours', nullif(a.business_hours, '{}'),
    'escalation_keywords', to_jsonb(coalesce(a.escalation_keywords, '{}')),
    'auto_escalate_after_messages', coalesce(a.auto_escalate_after_messages, 0),
    'escalate_on_hot_lead', coalesce(a.escalate_on_hot_lead, false), 'min_confidence', coalesce(a.min_confidence, 0.50),
    'escalation_message', a.escalation_message, 'default_language', coalesce(a.default_language, 'es'),
    'supported_languages', to_jsonb(coalesce(a.supported_languages, '{es}')), 'currency', coalesce(a.currency, 'MXN'),
    'use_emojis', coalesce(a.use_emojis, false), 'out_of_hours_enabled', coalesce(a.out_of_hours_enabled, false),
    'out_of_hours_message', a.out_of_hours_message, 'auto_greeting_enabled', coalesce(a.auto_greeting_enabled, false),
    'auto_greeting_message', a.auto_greeting_message, 'default_first_message_delay', a.default_first_message_delay,
    'default_subsequent_message_delay', a.default_subsequent_message_delay,
    'enable_scoring', coalesce(a.enable_scoring, true), 'scoring_policy', coalesce(a.scoring_policy, 'signals'),
    'ai_model', a.model, 'custom_instructions', a.system_prompt, 'ai_temperature', coalesce(a.temperature, 0.70),
    'ai_personality', coalesce(a.response_style, 'professional_friendly'),
    'max_turns_before_escalation', coalesce(a.auto_escalate_after_messages, 0));
end $$;

ALTER FUNCTION public.assistant_config() OWNER TO tistis_owner;

--
-- Name: assistant_context(uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.assistant_context(p_tenant uuid, p_connection uuid, p_branch uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select p.profile || jsonb_build_object(
    'ai_config', p.profile -> 'ai_config' || jsonb_build_object(
      'supported_languages', to_jsonb(a.supported_languages), 'use_emojis', a.use_emojis,
      'escalate_on_hot_lead', a.escalate_on_hot_lead, 'min_confidence', a.min_confidence::text,
      'escalation_message', a.escalation_message, 'out_of_hours_enabled', a.out_of_hours_enabled,
      'out_of_hours_message', a.out_of_hours_message, 'auto_greeting_enabled', a.auto_greeting_enabled,
      'auto_greeting_message', a.auto_greeting_message, 'enable_scoring', a.enable_scoring,
      -- The account's own word comes before the business's.
      'response_style', coalesce(cc.ai_personality_override, a.response_style),
      'system_prompt', coalesce(nullif(btrim(cc.custom_instructions_override), ''), a.system_prompt)),
    'custom_instructions', (select coalesce(jsonb_agg(jsonb_build_object('type', i.instruction_type, 'title', i.title,
        'instruction', i.instruction, 'examples', i.examples) order by i.priority desc, i.id), '[]')
      from (select * from ai_custom_instructions x
             where x.tenant_id = p_tenant and x.is_active and x.include_in_prompt
               and (x.branch_id is null or x.branch_id = p_branch)
             order by x.priority desc, x.id limit 5) i),
    'external_data', external_data_there(p_tenant))
    from (select tenant_profile(p_tenant) as profile offset 0) p
    left join ai_tenant_context a on a.tenant_id = p_tenant
    left join channel_connections cc on cc.tenant_id = p_tenant and cc.id = p_connection
); end $$;

ALTER FUNCTION public.assistant_context(p_tenant uuid, p_connection uuid, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: attribute_leads(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.attribute_leads(p_rows jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update leads l set source_details = with_referrals(l.source_details, n.told)
    from (
      select x.lead, jsonb_agg(x.referral || jsonb_build_object('at',
          to_char(x.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by x.at) as told
        from jsonb_to_recordset(p_rows) as x (lead uuid, at timestamptz, referral jsonb)
       where x.referral is not null group by x.lead) n
    where l.tenant_id = current_tenant() and l.id = n.lead;
end $$;

ALTER FUNCTION public.attribute_leads(p_rows jsonb) OWNER TO tistis_owner;

--
-- Name: begin_renewal(uuid, uuid, jsonb, double precision); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.begin_renewal(p_connection uuid, p_attempt uuid, p_policy jsonb, p_seconds double precision) RETURNS TABLE(verdict text, channel text, app_key text, ends_at timestamp with time zone, token_id uuid, token bytea, refresh_id uuid, refresh bytea, secret_id uuid, secret bytea)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_login text;
  v_holder uuid;
  v_until timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|token|' || p_connection::text, 0));
  select cc.channel, sending_login(cc.channel, cc.login), cc.tiktok_client_key, token_end(h.expires_at, h.updated_at, p_policy -> cc.channel), a.id, a.sealed,
      a.renewal, a.renewal_until, r.id, r.sealed, s.id, s.sealed
    into channel, v_login, app_key, ends_at, token_id, token, v_holder, v_until, refresh_id, refresh, secret_id, secret
    from channel_connections cc
    join outbound_tokens a on a.tenant_id = v_tenant and a.channel_connection_id = cc.id and a.kind = 'access_token'
    left join outbound_tokens r on r.tenant_id = v_tenant and r.channel_connection_id = cc.id and r.kind = 'refresh_token'
    left join outbound_tokens s on s.tenant_id = v_tenant and s.channel_connection_id = cc.id and s.kind = 'client_secret'
    left join secret_hints h on h.tenant_id = v_tenant and h.channel_connection_id = cc.id and h.kind = 'access_token'
   where cc.tenant_id = v_tenant and cc.id = p_connection and cc.status in ('connected', 'error');
  verdict := case
    when token_id is null or not p_policy ? channel or v_login = 'page' then 'gone'
    when v_holder <> p_attempt and v_until > app_clock() then 'held'
    when ends_at is null or ends_at >= app_now() + make_interval(secs => (p_policy -> channel ->> 'lead')::float8)
      then 'fresh'
    else 'go' end;
  if verdict = 'go' then
    update outbound_tokens k set renewal = p_attempt, renewal_until = app_clock() + make_interval(secs => p_seconds)
      where k.tenant_id = v_tenant and k.id = token_id;
  end if;
  return next;
end $$;

ALTER FUNCTION public.begin_renewal(p_connection uuid, p_attempt uuid, p_policy jsonb, p_seconds double precision) OWNER TO tistis_owner;

--
-- Name: begin_reply(uuid, text[], uuid, uuid, uuid, jsonb, text, jsonb, uuid, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.begin_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text, p_usage jsonb, p_attempt uuid, p_policy jsonb, p_turn jsonb DEFAULT NULL::jsonb) RETURNS TABLE(message_id uuid, send_job_id uuid, verdict text, reason text, channel text, account_id text, contact_kind text, contact_address text, content text, reply_to text, token_id uuid, token bytea, payload jsonb, wait_seconds double precision, login text, as_human boolean)
    LANGUAGE plpgsql
    AS $$
begin
  select s.message_id, s.send_job_id into message_id, send_job_id
    from store_reply(p_conversation, p_parts, p_answers, p_job, p_worker, p_metadata, p_request_id) s;
  if p_turn is not null then perform score_turn(p_conversation, p_turn); end if;
  -- Not before: its foreign key locks the conversation, for which `store_reply` waits behind the lane.
  if p_usage is not null then perform record_call(p_usage); end if;
  if message_id is null then return; end if;
  verdict := 'later';
  if send_job_id is not null then
    select b.verdict, b.reason, b.channel, b.account_id, b.contact_kind, b.contact_address, b.content, b.reply_to,
        b.token_id, b.token, b.payload, b.wait_seconds, b.login, b.as_human
      into verdict, reason, channel, account_id, contact_kind, contact_address, content, reply_to, token_id, token,
        payload, wait_seconds, login, as_human
      from begin_send(message_id, p_attempt, p_policy) b;
  end if;
  return next;
end $$;

ALTER FUNCTION public.begin_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text, p_usage jsonb, p_attempt uuid, p_policy jsonb, p_turn jsonb) OWNER TO tistis_owner;

--
-- Name: begin_send(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) RETURNS TABLE(verdict text, reason text, conversation_id uuid, channel text, connection_id uuid, account_id text, contact_kind text, contact_address text, content text, reply_to text, token_id uuid, token bytea, payload jsonb, wait_seconds double precision, login text, as_human boolean)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_status text;
  v_lead uuid;
  v_throughput int;
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
    insert into sends_in_doubt (tenant_id, message_id, since) values (v_tenant, p_message, app_now()) on conflict do nothing;
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
        else reply_gate(m.conversation_id, m.answers_message_id,
          case when m.metadata ? 'last_word' then p_policy || '{"last_word": true}' else p_policy end) end;
      select cc.status, c.lead_id, cc.throughput_per_second into v_status, v_lead, v_throughput
        from conversations c join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
       where c.tenant_id = v_tenant and c.id = m.conversation_id;
      if reason is null then
        -- Last of all, since it is taken: what does not leave must not use up anybody's pace.
        select s.wait_seconds, s.reason into wait_seconds, reason
          from take_send_slot(m.channel_connection_id, v_lead::text, coalesce(m.payload ->> 'kind' = 'template', false),
            case when v_throughput is null then p_policy
              else p_policy || jsonb_build_object('number_seconds', 1.0 / v_throughput) end) s;
      elsif reason = 'channel_inactive' and v_status <> 'disconnected' then
        -- A stopped channel is nobody's answer: what is to leave waits until a person has mended it.
        -- The longer it lasts, the less often they ask; `resume_channel` calls them all.
        select least(greatest(60, extract(epoch from app_now() - cc.stopped_at) / 10), 900) into wait_seconds
          from channel_connections cc where cc.tenant_id = v_tenant and cc.id = m.channel_connection_id;
      end if;
      if wait_seconds is not null then
        verdict := 'wait';
        return next;
        return;
      end if;
    end if;
    verdict := case when reason is null then 'go' else 'withheld' end;
    if reason = 'template_blocked' then
      perform alert_template(m.channel_connection_id, m.payload, p_policy -> 'usable_templates');
    end if;
    update messages x set status = case verdict when 'go' then 'sending' else 'withheld' end, error_code = reason,
        send_attempt = p_attempt, attempted_at = case when verdict = 'go' then coalesce(x.attempted_at, app_clock()) end
      where x.tenant_id = v_tenant and x.id = p_message;
    select m.conversation_id, cc.channel, cc.id, cc.sending_id, c.contact_kind, c.contact_address, m.content,
        m.reply_to_external_id, k.id, k.sealed, m.payload, sending_login(cc.channel, cc.login),
        verdict = 'go' and m.role = 'staff' and p_policy ? 'human_hours' and cc.human_agent_enabled and not m.metadata ? 'automatic'
          and not window_is_open(cc.id, c.lead_id, (p_policy ->> 'window_hours')::int)
      into conversation_id, channel, connection_id, account_id, contact_kind, contact_address, content, reply_to,
        token_id, token, payload, login, as_human
      from conversations c
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = c.channel_connection_id
      left join outbound_tokens k on k.tenant_id = v_tenant and k.channel_connection_id = cc.id and k.kind = 'access_token'
     where c.tenant_id = v_tenant and c.id = m.conversation_id;
  end if;
  return next;
end $$;

ALTER FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: begin_tool_use(jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.begin_tool_use(p_use jsonb, p_policy jsonb) RETURNS TABLE(verdict text, reason text, output json, is_error boolean, hands_over boolean)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  u record;
begin
  select * into u from jsonb_to_record(p_use) as x (conversation_id uuid, job_id uuid, question_id uuid, call_id uuid,
    call_ordinal int, tool_use_id text);
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|steps|' || u.job_id, 3));
  select 'used', s.output, s.is_error, s.hands_over into verdict, output, is_error, hands_over
    from ai_steps s
   where s.tenant_id = v_tenant and s.conversation_id = u.conversation_id and s.tool_use_id = u.tool_use_id;
  if found then
    reason := answer_obstacle(u.conversation_id, u.question_id, u.job_id, p_policy);
    return next;
    return;
  end if;
  if not exists (select from conversations c where c.tenant_id = v_tenant and c.id = u.conversation_id)
    or exists (select from ai_steps s where s.tenant_id = v_tenant and s.job_id = u.job_id
      and s.question_id = u.question_id and s.ordinal = u.call_ordinal and s.id <> u.call_id) then
    verdict := 'lost';
  else
    reason := answer_gate(u.conversation_id, u.question_id, u.job_id, p_policy);
    verdict := case when reason is null then 'use' else 'withheld' end;
  end if;
  return next;
end $$;

ALTER FUNCTION public.begin_tool_use(p_use jsonb, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: book_appointment(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.book_appointment(p_request jsonb) RETURNS TABLE(outcome text, appointment_id uuid, detail jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  r record;
  f record;
begin
  select * into r from jsonb_to_record(p_request) as x (key text, digest text, lead_id uuid, branch_id uuid,
    service_id uuid, staff_id uuid,
    scheduled_at timestamptz, duration_minutes int, conversation_id uuid, booking_source text, ai_booking_channel text,
      notes text,
    reason text, party_size int, created_by_staff_id uuid, anytime boolean, on_grid boolean, told_after uuid,
    confirmation_sent boolean);
  if r.scheduled_at is null then
    raise exception 'scheduled_at must not be null' using errcode = 'null_value_not_allowed';
  end if;
  perform lock_bookings(v_tenant);
  select 'booked', a.id into outcome, appointment_id from appointments a where a.tenant_id = v_tenant
    and a.booking_key = r.key;
  if appointment_id is null then
    r.lead_id := living_lead(r.lead_id);
    select * into f from find_room(r.lead_id, r.branch_id, r.service_id, r.staff_id, r.scheduled_at,
      case when r.service_id is null then r.duration_minutes end, null, r.anytime, r.on_grid);
    if f.outcome is null and r.created_by_staff_id is not null and not exists (select from staff s
      where s.tenant_id = v_tenant
      and s.id = r.created_by_staff_id) then
      f.outcome := 'unknown_staff';
    end if;
    if f.outcome is not null then
      return query select f.outcome, null::uuid, '{}'::jsonb;
      return;
    end if;
    begin
      perform free_hold(r.lead_id);
      insert into appointments (tenant_id, branch_id, lead_id, patient_id, staff_id, service_id, scheduled_at,
        duration_minutes,
          buffer_before_minutes, buffer_after_minutes, notes, reason, party_size, conversation_id, booking_source,
          ai_booking_channel, ai_booked_at, created_by_staff_id, booking_key, booking_digest, told_after,
          confirmation_sent)
        select v_tenant, r.branch_id, r.lead_id, (select p.id from patients p where p.tenant_id = v_tenant
          and p.lead_id = r.lead_id),
            f.staff_id, r.service_id, r.scheduled_at, f.minutes, f.buffer_before, f.buffer_after, r.notes, r.reason,
            coalesce(r.party_size, 1), (select c.id from conversations c where c.tenant_id = v_tenant
              and c.id = r.conversation_id),
            coalesce(r.booking_source, 'manual'), r.ai_booking_channel,
            case when r.ai_booking_channel is not null or r.booking_source = 'ai_chat' then app_now() end,
            r.created_by_staff_id, r.key, r.digest, r.told_after, coalesce(r.confirmation_sent, false)
        returning 'booked', id into outcome, appointment_id;
    exception when exclusion_violation then
      -- Somebody wrote it without asking for room: the constraint has the last word.
      return query select 'slot_taken', null::uuid, '{}'::jsonb;
      return;
    end;
    perform tell_of_appointment('appointment-scheduled', appointment_id);
    perform ask_confirmation(appointment_id);
  end if;
  detail := appointment_detail(appointment_id);
  return next;
end $$;

ALTER FUNCTION public.book_appointment(p_request jsonb) OWNER TO tistis_owner;

--
-- Name: book_by_n8n(jsonb, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.book_by_n8n(p_request jsonb, p_branch uuid) RETURNS TABLE(outcome text, appointment_id uuid, detail jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_lead uuid := living_lead((p_request ->> 'lead_id')::uuid);
  a record;
begin
  if p_branch is not null and (p_request ->> 'branch_id')::uuid <> p_branch then
    outcome := 'unknown_branch'; return next; return;
  end if;
  if not exists (select from leads l where l.tenant_id = v_tenant and l.id = v_lead
    and l.deleted_at is null and (p_branch is null or l.branch_id = p_branch)) then
    outcome := 'unknown_lead'; return next; return;
  end if;
  perform lock_bookings(v_tenant);
  select x.id, x.status, x.lead_id, x.booking_digest into a from appointments x
    where x.tenant_id = v_tenant and x.booking_key = p_request ->> 'key';
  if a.id is not null then
    outcome := case
      when coalesce(a.booking_digest <> p_request ->> 'digest', a.lead_id is distinct from v_lead) then 'key_reused'
      when a.status in ('cancelled', 'rescheduled') then a.status end;
    if outcome is not null then return next; return; end if;
  end if;
  return query select b.outcome, b.appointment_id, b.detail from book_appointment(p_request) b;
end $$;

ALTER FUNCTION public.book_by_n8n(p_request jsonb, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: booking_names(text, text, text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.booking_names(p_service text, p_branch text, p_staff text, p_own_branch uuid) RETURNS TABLE(service_id uuid, service_name text, unknown_service boolean, branch_id uuid, unknown_branch boolean, staff_id uuid, unknown_staff boolean, timezone text, services text, branches text)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
begin
  select x.id, x.name into service_id, service_name from services x
   where x.tenant_id = v_tenant and x.is_active and x.is_bookable and (p_service is null and (select count(*) from services o
       where o.tenant_id = v_tenant and o.is_active and o.is_bookable) = 1
     or least(name_rank(p_service, x.name, x.keywords), name_rank(p_service, x.slug)) is not null)
   order by least(name_rank(p_service, x.name, x.keywords), name_rank(p_service, x.slug)), x.display_order, x.id limit 1;
  unknown_service := p_service is not null and service_id is null;
  select x.id, x.timezone into branch_id, timezone from branches x
   where x.tenant_id = v_tenant and x.is_active and case
     when p_branch is not null then
       least(name_rank(p_branch, x.name, array[x.city]), name_rank(p_branch, x.slug)) is not null
     else x.id = p_own_branch or (select count(*) from branches o where o.tenant_id = v_tenant and o.is_active) = 1 end
   order by least(name_rank(p_branch, x.name, array[x.city]), name_rank(p_branch, x.slug)), x.id limit 1;
  unknown_branch := p_branch is not null and branch_id is null;
  if p_staff is not null then
    select x.id into staff_id from staff x
     where x.tenant_id = v_tenant and x.is_active
       and name_rank(p_staff, concat_ws(' ', x.display_name, x.first_name, x.last_name)) is not null
       and (branch_id is null or exists (select from staff_branches w where w.tenant_id = v_tenant and w.staff_id = x.id
         and w.branch_id = booking_names.branch_id))
     order by name_rank(p_staff, concat_ws(' ', x.display_name, x.first_name, x.last_name)), x.id limit 1;
  end if;
  unknown_staff := p_staff is not null and staff_id is null;
  if timezone is null then
    select coalesce(min(x.timezone), 'America/Mexico_City') into timezone from branches x
      where x.tenant_id = v_tenant and x.is_active;
  end if;
  select string_agg(x.name, ', ' order by x.display_order, x.id) into services from services x
    where x.tenant_id = v_tenant and x.is_active and x.is_bookable;
  select string_agg(x.name || ' (' || x.slug || ')', ', ' order by x.is_headquarters desc, x.id) into branches
    from branches x
    where x.tenant_id = v_tenant and x.is_active;
  return next;
end $$;

ALTER FUNCTION public.booking_names(p_service text, p_branch text, p_staff text, p_own_branch uuid) OWNER TO tistis_owner;

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
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    slot_minutes integer DEFAULT 30 NOT NULL,
    booking_notice_minutes integer DEFAULT 0 NOT NULL,
    places integer DEFAULT 1 NOT NULL,
    CONSTRAINT branches_booking_notice_minutes_check CHECK (((booking_notice_minutes >= 0) AND (booking_notice_minutes <= 43200))),
    CONSTRAINT branches_places_check CHECK (((places >= 0) AND (places <= 1000))),
    CONSTRAINT branches_slot_minutes_check CHECK (((slot_minutes >= 5) AND (slot_minutes <= 480)))
);

ALTER TABLE ONLY public.branches FORCE ROW LEVEL SECURITY;

ALTER TABLE public.branches OWNER TO tistis_owner;

--
-- Name: branch_json(public.branches); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.branch_json(b public.branches) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return jsonb_build_object('id', b.id, 'name', b.name, 'slug', b.slug, 'city', b.city, 'address', b.address,
  'phone', b.phone, 'timezone', b.timezone, 'is_headquarters', b.is_headquarters, 'is_active', b.is_active, 'operating_hours', b.operating_hours,
  'slot_minutes', b.slot_minutes, 'booking_notice_minutes', b.booking_notice_minutes,
  'advance_booking_days', b.advance_booking_days, 'appointment_duration_default', b.appointment_duration_default,
  'places', b.places, 'created_at', b.created_at, 'updated_at', b.updated_at);
end $$;

ALTER FUNCTION public.branch_json(b public.branches) OWNER TO tistis_owner;

--
-- Name: budget_json(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.budget_json() RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  a ai_tenant_context;
  m ai_usage_months;
begin
  select * into a from ai_tenant_context x where x.tenant_id = current_tenant();
  select * into m from ai_usage_months x where x.tenant_id = current_tenant() and x.month = business_month();
  return jsonb_build_object('month', to_char(business_month(), 'YYYY-MM'), 'timezone', business_zone(),
    'monthly_budget_usd', trim_scale(a.monthly_budget_usd)::text, 'monthly_token_budget', a.monthly_token_budget,
    'cost_usd', trim_scale(coalesce(m.cost_usd, 0))::text, 'total_tokens', coalesce(m.total_tokens, 0),
    'percent', round(budget_used(a, coalesce(m.cost_usd, 0), coalesce(m.total_tokens, 0)), 1), 'spent', budget_spent());
end $$;

ALTER FUNCTION public.budget_json() OWNER TO tistis_owner;

--
-- Name: budget_spent(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.budget_spent() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
declare
  a ai_tenant_context;
begin
  select * into a from ai_tenant_context x where x.tenant_id = current_tenant();
  if num_nulls(a.monthly_budget_usd, a.monthly_token_budget) = 2 then return false; end if;
  return (select budget_used(a, coalesce(sum(m.cost_usd), 0), coalesce(sum(m.total_tokens), 0)) >= 100
    from ai_usage_months m where m.tenant_id = current_tenant() and m.month = business_month());
end $$;

ALTER FUNCTION public.budget_spent() OWNER TO tistis_owner;

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
    out_of_hours_enabled boolean DEFAULT false NOT NULL,
    out_of_hours_message text,
    auto_greeting_enabled boolean DEFAULT false NOT NULL,
    auto_greeting_message text,
    escalate_on_hot_lead boolean DEFAULT false NOT NULL,
    supported_languages text[] DEFAULT '{es}'::text[] NOT NULL,
    currency text DEFAULT 'MXN'::text NOT NULL,
    currency_format text,
    use_emojis boolean DEFAULT false NOT NULL,
    default_first_message_delay integer,
    default_subsequent_message_delay integer,
    enable_scoring boolean DEFAULT true NOT NULL,
    escalation_message text,
    min_confidence numeric(3,2) DEFAULT 0.5 NOT NULL,
    scoring_policy text DEFAULT 'signals'::text NOT NULL,
    monthly_budget_usd numeric(12,4),
    monthly_token_budget bigint,
    reminders_enabled boolean DEFAULT true NOT NULL,
    follow_ups_enabled boolean DEFAULT true NOT NULL,
    confirmation_text text,
    reminder_text text,
    follow_up_text text,
    CONSTRAINT ai_tenant_context_auto_escalate_after_messages_check CHECK ((auto_escalate_after_messages >= 0)),
    CONSTRAINT ai_tenant_context_default_first_message_delay_check CHECK (((default_first_message_delay >= 0) AND (default_first_message_delay <= 1800))),
    CONSTRAINT ai_tenant_context_default_subsequent_message_delay_check CHECK (((default_subsequent_message_delay >= 0) AND (default_subsequent_message_delay <= 300))),
    CONSTRAINT ai_tenant_context_escalation_message_check CHECK (((char_length(escalation_message) >= 1) AND (char_length(escalation_message) <= 500))),
    CONSTRAINT ai_tenant_context_max_tokens_check CHECK (((max_tokens >= 100) AND (max_tokens <= 32000))),
    CONSTRAINT ai_tenant_context_min_confidence_check CHECK (((min_confidence >= (0)::numeric) AND (min_confidence <= (1)::numeric))),
    CONSTRAINT ai_tenant_context_monthly_budget_usd_check CHECK ((monthly_budget_usd >= (0)::numeric)),
    CONSTRAINT ai_tenant_context_monthly_token_budget_check CHECK ((monthly_token_budget >= 0)),
    CONSTRAINT ai_tenant_context_response_style_check CHECK ((response_style = ANY (ARRAY['professional'::text, 'professional_friendly'::text, 'formal'::text]))),
    CONSTRAINT ai_tenant_context_scoring_policy_check CHECK ((scoring_policy = ANY (ARRAY['signals'::text, 'interactions'::text]))),
    CONSTRAINT ai_tenant_context_temperature_check CHECK (((temperature >= (0)::numeric) AND (temperature <= (1)::numeric)))
);

ALTER TABLE ONLY public.ai_tenant_context FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_tenant_context OWNER TO tistis_owner;

--
-- Name: budget_used(public.ai_tenant_context, numeric, numeric); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.budget_used(a public.ai_tenant_context, p_cost numeric, p_tokens numeric) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  -- Of nothing, everything is used.
  return greatest(
    case when a.monthly_budget_usd = 0 then 100 else 100 * p_cost / a.monthly_budget_usd end,
    case when a.monthly_token_budget = 0 then 100 else 100 * p_tokens / a.monthly_token_budget end);
end $$;

ALTER FUNCTION public.budget_used(a public.ai_tenant_context, p_cost numeric, p_tokens numeric) OWNER TO tistis_owner;

--
-- Name: business_month(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.business_month() RETURNS date
    LANGUAGE plpgsql STABLE
    AS $$
begin return date_trunc('month', app_now() at time zone business_zone())::date; end $$;

ALTER FUNCTION public.business_month() OWNER TO tistis_owner;

--
-- Name: business_zone(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.business_zone() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select coalesce(t.settings ->> 'timezone', (select b.timezone from branches b
      where b.tenant_id = t.id and b.is_active order by b.is_headquarters desc, b.id limit 1), 'America/Mexico_City')
    from tenants t where t.id = current_tenant()
); end $$;

ALTER FUNCTION public.business_zone() OWNER TO tistis_owner;

--
-- Name: cache_job_ai_response(uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.cache_job_ai_response(p_job_id uuid, p_ai_response text, p_metadata jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update jobs set cached_result = jsonb_build_object('response', p_ai_response, 'metadata', coalesce(p_metadata, '{}'),
      'cached_at', app_now()), updated_at = now()
    where tenant_id = require_tenant(current_tenant()) and id = p_job_id and status in ('pending', 'processing');
  if not found then
    raise exception 'there is no job % that is still to be done', p_job_id using errcode = 'no_data_found';
  end if;
end $$;

ALTER FUNCTION public.cache_job_ai_response(p_job_id uuid, p_ai_response text, p_metadata jsonb) OWNER TO tistis_owner;

--
-- Name: cancel_appointment(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.cancel_appointment(p_request jsonb) RETURNS TABLE(outcome text, appointment_id uuid, detail jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l record;
  a appointments;
begin
  select * into l from lock_appointment((p_request ->> 'appointment_id')::uuid, (p_request ->> 'lead_id')::uuid);
  outcome := l.outcome;
  a := l.a;
  appointment_id := a.id;
  if outcome = 'frozen' and a.status = 'cancelled' then
    outcome := 'cancelled';
  elsif outcome is null then
    update appointments x set status = 'cancelled', cancellation_reason = nullif(btrim(p_request ->> 'reason'), '')
      where x.tenant_id = v_tenant and x.id = a.id;
    outcome := 'cancelled';
    perform tell_of_appointment('appointment-cancelled', a.id);
  end if;
  detail := case when outcome = 'unknown_appointment' then '{}' else appointment_detail(a.id) end;
  if outcome = 'unknown_appointment' then appointment_id := null; end if;
  return next;
end $$;

ALTER FUNCTION public.cancel_appointment(p_request jsonb) OWNER TO tistis_owner;

--
-- Name: cancel_job(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.cancel_job(p_job uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_lane text;
begin
  select lane into v_lane from jobs where tenant_id = v_tenant and id = p_job;
  perform lock_lanes(v_tenant, array[v_lane], '{}') where v_lane is not null;
  -- What a message waits for is not cancelled behind its back.
  update jobs set status = 'cancelled', completed_at = app_now(), lane_head = false, holds_lane = false, updated_at = now()
    where tenant_id = v_tenant and id = p_job and status = 'pending' and job_type not like 'send\_%';
  if not found then return false; end if;
  perform elect_lane_heads(v_tenant, array[v_lane]) where v_lane is not null;
  return true;
end $$;

ALTER FUNCTION public.cancel_job(p_job uuid) OWNER TO tistis_owner;

--
-- Name: canonical_phone(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.canonical_phone(p_number text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select case
    when d ~ '^521[0-9]{10}$' then '52' || substr(d, 4)
    when d ~ '^55[0-9]{2}[6-9][0-9]{7}$' then substr(d, 1, 4) || '9' || substr(d, 5)
    when d !~ '^54' then d
    when n ~ '^1115[0-9]{8}$' then '5411' || substr(n, 5)
    when n ~ '^11[0-9]{10}$' then '54' || n
    when n ~ '^[0-9]{3}15[0-9]{7}$' then '54' || substr(n, 1, 3) || substr(n, 6)
    when n ~ '^[0-9]{4}15[0-9]{6}$' then '54' || substr(n, 1, 4) || substr(n, 7)
    else '54' || n end
    from (select regexp_replace(regexp_replace(coalesce(p_number, ''), '[^0-9]', '', 'g'), '^00', '') as d) x
   -- What follows Argentina's 54.
   cross join lateral (select regexp_replace(substr(d, 3), '^9([0-9]{10}|[0-9]{12})$', '\1') as n) y
$_$;

ALTER FUNCTION public.canonical_phone(p_number text) OWNER TO tistis_owner;

--
-- Name: carry_escalation(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.carry_escalation(p_from uuid, p_to uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
begin
  update conversations k set status = 'escalated', ai_handling = false, escalated_at = o.escalated_at,
      escalation_reason = o.escalation_reason, escalated_by = o.escalated_by, escalation_urgency = o.escalation_urgency,
      escalation_confidence = o.escalation_confidence, escalated_to_staff_id = o.escalated_to_staff_id,
      assigned_staff_id = coalesce(k.assigned_staff_id, o.assigned_staff_id), last_word_owed = o.last_word_owed
    from conversations o
    where k.tenant_id = v_tenant and k.id = p_to and k.status <> 'escalated'
      and o.tenant_id = v_tenant and o.id = p_from and o.status = 'escalated';
  if not found or not has_column_privilege('alerts', 'dedup_key', 'update') then return; end if;
  update alerts a set dedup_key = replace(a.dedup_key, p_from::text, p_to::text),
      sentence = replace(a.sentence, p_from::text, p_to::text),
      details = a.details || jsonb_build_object('conversation_id', k.id, 'lead_id', k.lead_id)
    from conversations k
    where k.tenant_id = v_tenant and k.id = p_to and a.tenant_id = v_tenant and a.resolved_at is null
      and a.dedup_key = k.channel_connection_id || ':conversation:' || p_from
      and not exists (select from alerts x where x.tenant_id = v_tenant and x.resolved_at is null
        and x.dedup_key = k.channel_connection_id || ':conversation:' || p_to);
end $$;

ALTER FUNCTION public.carry_escalation(p_from uuid, p_to uuid) OWNER TO tistis_owner;

--
-- Name: change_api_key(uuid, jsonb, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_api_key(p_key uuid, p_change jsonb, p_by uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  a jsonb;
  b jsonb;
  v_changes jsonb;
begin
  select to_jsonb(k) into a from api_keys k where k.tenant_id = v_tenant and k.id = p_key and k.is_active for update;
  if a is null then return false; end if;
  update api_keys k set
      name = coalesce(p_change ->> 'name', k.name), description = changed(p_change, 'description', k.description),
      scopes = case when p_change ? 'scopes' then text_list(p_change -> 'scopes') else k.scopes end,
      rate_limit_rpm = coalesce((p_change ->> 'rate_limit_rpm')::int, k.rate_limit_rpm),
      rate_limit_daily = coalesce((p_change ->> 'rate_limit_daily')::int, k.rate_limit_daily),
      ip_whitelist = case when p_change ? 'ip_whitelist' then text_list(p_change -> 'ip_whitelist')::inet[]
        else k.ip_whitelist end,
      expires_at = changed(p_change, 'expires_at', k.expires_at::text)::timestamptz
    where k.tenant_id = v_tenant and k.id = p_key returning to_jsonb(k) into b;
  select jsonb_object_agg(x.key, jsonb_build_object('from', a -> x.key, 'to', x.value)) into v_changes
    from jsonb_each(b) x where x.value is distinct from a -> x.key and x.key <> 'updated_at';
  if v_changes is not null then
    perform note_of_key(p_key, 'changed', p_by, jsonb_build_object('changes', v_changes));
  end if;
  return true;
end $$;

ALTER FUNCTION public.change_api_key(p_key uuid, p_change jsonb, p_by uuid) OWNER TO tistis_owner;

--
-- Name: change_assistant_config(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_assistant_config(p_values jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  n ai_tenant_context;
begin
  perform make_assistant_row();
  select * into n from ai_tenant_context a where a.tenant_id = v_tenant for update;
  n := jsonb_populate_record(n, p_values);
  update ai_tenant_context a set ai_enabled = n.ai_enabled, model = nullif(n.model, ''),
      system_prompt = nullif(n.system_prompt, ''), temperature = n.temperature, max_tokens = n.max_tokens,
      response_style = n.response_style, business_hours = n.business_hours, escalation_keywords = n.escalation_keywords,
      auto_escalate_after_messages = n.auto_escalate_after_messages, escalate_on_hot_lead = n.escalate_on_hot_lead,
      min_confidence = n.min_confidence, escalation_message = nullif(n.escalation_message, ''),
      default_language = n.default_language, supported_languages = n.supported_languages, currency = n.currency,
      use_emojis = n.use_emojis, out_of_hours_enabled = n.out_of_hours_enabled,
      out_of_hours_message = nullif(n.out_of_hours_message, ''), auto_greeting_enabled = n.auto_greeting_enabled,
      auto_greeting_message = nullif(n.auto_greeting_message, ''),
      default_first_message_delay = n.default_first_message_delay,
      default_subsequent_message_delay = n.default_subsequent_message_delay, enable_scoring = n.enable_scoring,
      scoring_policy = n.scoring_policy
    where a.tenant_id = v_tenant;
end $$;

ALTER FUNCTION public.change_assistant_config(p_values jsonb) OWNER TO tistis_owner;

--
-- Name: change_branch(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_branch(p_branch uuid, p_change jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  r record;
begin
  select p.outcome, p.data into r from patch_branch(p_branch, p_change) p;
  return case when r.outcome = 'changed' then r.data end;
end $$;

ALTER FUNCTION public.change_branch(p_branch uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: change_channel(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_channel(p_connection uuid, p_values jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  o channel_connections;
  n channel_connections;
begin
  select * into o from channel_connections c
    where c.tenant_id = v_tenant and c.id = p_connection and c.status <> 'disconnected' for update;
  if o.id is null then return false; end if;
  n := jsonb_populate_record(o, p_values);
  update channel_connections c set connection_name = n.connection_name, account_name = n.account_name,
      ai_enabled = n.ai_enabled, login = n.login, meta_app_id = n.meta_app_id, human_agent_enabled = n.human_agent_enabled,
      echo_takes_over = n.echo_takes_over,
      is_personal_brand = n.is_personal_brand,
      whatsapp_phone_number_id = n.whatsapp_phone_number_id, whatsapp_business_account_id = n.whatsapp_business_account_id,
      instagram_account_id = n.instagram_account_id, instagram_page_id = n.instagram_page_id,
      instagram_username = n.instagram_username, facebook_page_id = n.facebook_page_id,
      facebook_page_name = n.facebook_page_name, tiktok_business_id = n.tiktok_business_id,
      tiktok_client_key = n.tiktok_client_key, tiktok_open_id = n.tiktok_open_id,
      first_message_delay_seconds = n.first_message_delay_seconds,
      subsequent_message_delay_seconds = n.subsequent_message_delay_seconds,
      ai_personality_override = n.ai_personality_override, custom_instructions_override = n.custom_instructions_override
    where c.tenant_id = v_tenant and c.id = p_connection;
  if current_user <> 'tistis_api' and p_values ?| array['whatsapp_phone_number_id', 'whatsapp_business_account_id',
      'instagram_account_id', 'instagram_page_id', 'facebook_page_id', 'tiktok_business_id', 'tiktok_open_id'] then
    update channel_connections c set owned_at = app_now()
      where c.tenant_id = v_tenant and c.id = p_connection and c.owned_at is null and c.account_id is not null;
  end if;
  return true;
end $$;

ALTER FUNCTION public.change_channel(p_connection uuid, p_values jsonb) OWNER TO tistis_owner;

--
-- Name: change_conversation(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_conversation(p_conversation uuid, p_branch uuid, p_change jsonb) RETURNS TABLE(outcome text)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
begin
  outcome := missing_of_business(p_change);
  if outcome is not null then
    return next;
    return;
  end if;
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation
    and (p_branch is null or x.branch_id = p_branch) for update;
  if c.id is null then return; end if;
  if p_change ->> 'status' = 'escalated' then perform escalate_conversation(c.id, p_change ->> 'escalation_reason'); end if;
  if c.status = 'escalated' and p_change ->> 'status' is null and (p_change ->> 'ai_handling')::boolean then
    perform hand_back_conversation(c.id);
  end if;
  update conversations x set
      status = coalesce(p_change ->> 'status', x.status),
      ai_handling = case when p_change ->> 'status' = 'escalated' and c.status <> 'escalated' then false
        else coalesce((p_change ->> 'ai_handling')::boolean, x.ai_handling) end,
      desk_has_it = x.desk_has_it or coalesce(p_change ->> 'status' = 'escalated', false)
        or coalesce(not (p_change ->> 'ai_handling')::boolean, false),
      -- Who switches the assistant off means what is on its way, too.
      last_human_at = case when (p_change ->> 'ai_handling')::boolean = false and c.ai_handling then app_now()
        else x.last_human_at end,
      escalated_at = case when p_change ->> 'status' = 'escalated' and c.status <> 'escalated' then app_now()
        else x.escalated_at end,
      resolved_at = case when p_change ->> 'status' = 'resolved' then coalesce(case when c.status = 'resolved'
          then c.resolved_at end, app_now())
        when p_change ->> 'status' in ('active', 'waiting_response', 'escalated') then null else x.resolved_at end,
      escalation_reason = changed(p_change, 'escalation_reason', x.escalation_reason),
      resolution_notes = changed(p_change, 'resolution_notes', x.resolution_notes),
      satisfaction_score = changed(p_change, 'satisfaction_score', x.satisfaction_score::text)::int,
      branch_id = changed(p_change, 'branch_id', x.branch_id::text)::uuid,
      assigned_staff_id = changed(p_change, 'assigned_staff_id', x.assigned_staff_id::text)::uuid
    where x.tenant_id = v_tenant and x.id = c.id;
  if p_change ->> 'status' = 'escalated' then
    update leads l set escalated_to_human = true where l.tenant_id = v_tenant and l.id = c.lead_id;
  end if;
  return query select 'changed';
end $$;

ALTER FUNCTION public.change_conversation(p_conversation uuid, p_branch uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: change_instruction(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_instruction(p_id uuid, p_change jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  n ai_custom_instructions;
begin
  select * into n from ai_custom_instructions i where i.tenant_id = v_tenant and i.id = p_id for update;
  if n.id is null then return null; end if;
  n := jsonb_populate_record(n, p_change);
  update ai_custom_instructions i set instruction_type = n.instruction_type, title = n.title,
      instruction = n.instruction, examples = nullif(n.examples, ''), priority = n.priority, is_active = n.is_active,
      include_in_prompt = n.include_in_prompt
    where i.tenant_id = v_tenant and i.id = p_id returning i.* into n;
  return instruction_json(n);
end $$;

ALTER FUNCTION public.change_instruction(p_id uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: change_member(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_member(p_staff uuid, p_change jsonb) RETURNS TABLE(outcome text, id uuid, place integer)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n staff;
begin
  perform lock_bookings(v_tenant);
  select * into n from staff s where s.tenant_id = v_tenant and s.id = p_staff;
  outcome := 'unknown';
  if n.id is not null then
    n := jsonb_populate_record(n, p_change - 'branch_ids');
    if p_change ?| array['first_name', 'last_name', 'display_name', 'email'] then id := namesake(n, p_staff); end if;
    outcome := case when id is null then 'changed' else 'exists' end;
  end if;
  if outcome = 'changed' then
    update staff s set first_name = btrim(n.first_name), last_name = btrim(n.last_name), display_name = nullif(btrim(n.display_name), ''),
        email = btrim(n.email), role = n.role, role_title = n.role_title, specialty = n.specialty, is_active = n.is_active
      where s.tenant_id = v_tenant and s.id = p_staff;
    if p_change ? 'branch_ids' then place := set_staff_branches(p_staff, text_list(p_change -> 'branch_ids')::uuid[]); end if;
    if place is not null then outcome := 'unknown_branch'; end if;
  end if;
  return next;
end $$;

ALTER FUNCTION public.change_member(p_staff uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: change_scoring_rules(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_scoring_rules(p_rules jsonb) RETURNS text[]
    LANGUAGE plpgsql
    AS $$
declare
  v_unknown text[];
begin
  select coalesce(array_agg(w.signal order by w.signal), '{}') into v_unknown
    from jsonb_to_recordset(p_rules) as w (signal text, keywords jsonb)
   where not exists (select from ai_scoring_rules r where r.tenant_id = current_tenant() and r.signal_name = w.signal
     and (w.keywords is null or r.detection_type = 'keyword'));
  if v_unknown <> '{}' then return v_unknown; end if;
  update ai_scoring_rules r set points = coalesce(w.points, r.points), is_active = coalesce(w.is_active, r.is_active),
      signal_display_name = coalesce(w.name, r.signal_display_name),
      detection_config = case when w.keywords is null then r.detection_config
        else r.detection_config || jsonb_build_object('keywords', w.keywords) end,
      updated_at = app_now()
    from (select distinct on (x.signal) x.* from jsonb_to_recordset(p_rules) as x (signal text, name text, points int,
      is_active boolean, keywords jsonb)) w
   where r.tenant_id = current_tenant() and r.signal_name = w.signal;
  return v_unknown;
end $$;

ALTER FUNCTION public.change_scoring_rules(p_rules jsonb) OWNER TO tistis_owner;

--
-- Name: change_service(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.change_service(p_service uuid, p_change jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  r record;
begin
  select p.outcome, p.data into r from patch_service(p_service, p_change) p;
  return case when r.outcome = 'changed' then r.data end;
end $$;

ALTER FUNCTION public.change_service(p_service uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: changed(jsonb, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.changed(p_change jsonb, p_name text, p_old text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select case when p_change ? p_name then p_change ->> p_name else p_old end $$;

ALTER FUNCTION public.changed(p_change jsonb, p_name text, p_old text) OWNER TO tistis_owner;

--
-- Name: channel_minute_limit(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.channel_minute_limit(p_channel text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case p_channel when 'whatsapp' then 4800 when 'instagram' then 30 when 'facebook' then 50 when 'tiktok' then 10 end
$$;

ALTER FUNCTION public.channel_minute_limit(p_channel text) OWNER TO tistis_owner;

--
-- Name: check_rate_limit(uuid, character varying); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.check_rate_limit(p_channel_connection_id uuid, p_channel character varying) RETURNS TABLE(allowed boolean, current_count integer, limit_count integer, retry_after_seconds integer)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_now timestamptz := app_clock();
  v_window timestamptz := date_trunc('minute', v_now);
  v_rest timestamptz;
  v_channel text;
begin
  select cc.channel, coalesce(cc.throughput_per_second * 60, channel_minute_limit(cc.channel), 60), p.blocked_until
    into v_channel, limit_count, v_rest
    from channel_connections cc
    left join send_pace p on p.tenant_id = v_tenant and p.channel_connection_id = cc.id and p.contact = ''
   where cc.tenant_id = v_tenant and cc.id = p_channel_connection_id;
  if v_channel is null or v_channel <> coalesce(p_channel, v_channel) then
    return query select false, 0, 0, null::int;
    return;
  end if;
  if coalesce(v_rest, v_now) <= v_now then
    insert into channel_rate_limits as r (tenant_id, channel_connection_id, window_start, message_count)
      values (v_tenant, p_channel_connection_id, v_window, 1)
      on conflict (tenant_id, channel_connection_id, window_start) do update set message_count = r.message_count + 1
        where r.message_count < check_rate_limit.limit_count
      returning r.message_count into current_count;
    allowed := current_count is not null;
    if current_count = 1 then
      delete from channel_rate_limits r where r.tenant_id = v_tenant and r.channel_connection_id = p_channel_connection_id
        and r.window_start < v_window - interval '1 hour';
    end if;
  else
    allowed := false;
  end if;
  if not allowed then
    select r.message_count into current_count from channel_rate_limits r where r.tenant_id = v_tenant
      and r.channel_connection_id = p_channel_connection_id and r.window_start = v_window;
    current_count := coalesce(current_count, 0);
    retry_after_seconds := ceil(extract(epoch from
      case when v_rest > v_now then v_rest else v_window + interval '1 minute' end - v_now));
  else
    retry_after_seconds := 0;
  end if;
  return next;
end $$;

ALTER FUNCTION public.check_rate_limit(p_channel_connection_id uuid, p_channel character varying) OWNER TO tistis_owner;

--
-- Name: check_rate_limit(text, integer, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.check_rate_limit(p_identifier text, p_limit integer DEFAULT 100, p_window_seconds integer DEFAULT 60) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_now timestamptz := app_clock();
  v_window interval := make_interval(secs => p_window_seconds);
  v_taken boolean;
  r rate_limits;
begin
  if coalesce(p_identifier, '') = '' or coalesce(p_limit, 0) < 1 or coalesce(p_window_seconds, 0) < 1 then
    raise exception 'p_identifier must not be empty, p_limit and p_window_seconds must be at least 1'
      using errcode = 'invalid_parameter_value';
  end if;
  insert into rate_limits as x (tenant_id, identifier, window_start, request_count) values (v_tenant, p_identifier, v_now, 1)
    on conflict (tenant_id, identifier) do update set
      window_start = case when x.window_start <= v_now - v_window then v_now else x.window_start end,
      request_count = case when x.window_start <= v_now - v_window then 1 else x.request_count + 1 end
      where x.window_start <= v_now - v_window or x.request_count < p_limit
    returning x.* into r;
  v_taken := found;
  if not v_taken then
    select * into r from rate_limits x where x.tenant_id = v_tenant and x.identifier = p_identifier;
  elsif r.request_count = 1 then
    -- Who begins a window takes a few away that nobody has asked for since yesterday.
    delete from rate_limits x where x.tenant_id = v_tenant and x.identifier in (
      select o.identifier from rate_limits o where o.tenant_id = v_tenant and o.window_start < v_now - interval '1 day'
        and o.window_start < v_now - v_window order by o.window_start limit 10 for update skip locked);
  end if;
  return jsonb_build_object('success', v_taken, 'limit', p_limit, 'remaining', greatest(p_limit - r.request_count, 0),
    'reset', floor(extract(epoch from r.window_start + v_window) * 1000), 'count', r.request_count);
end $$;

ALTER FUNCTION public.check_rate_limit(p_identifier text, p_limit integer, p_window_seconds integer) OWNER TO tistis_owner;

--
-- Name: check_staff_availability(uuid, uuid, timestamp with time zone, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.check_staff_availability(p_staff_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer) RETURNS TABLE(is_available boolean, reason text, available_from timestamp with time zone, available_until timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_wanted tstzrange := tstzrange(p_scheduled_at, p_scheduled_at + make_interval(mins => p_duration_minutes));
begin
  select lower(r), upper(r) into available_from, available_until
    from unnest(working_times(p_branch_id, p_staff_id, lower(v_wanted), upper(v_wanted))
      - off_times(p_branch_id, p_staff_id, lower(v_wanted), upper(v_wanted))) r where r @> p_scheduled_at;
  reason := case
    when not exists (select from staff s where s.tenant_id = v_tenant and s.id = p_staff_id and s.is_active)
      then 'unknown_staff'
    when available_from is null or available_until < upper(v_wanted) then 'outside_hours'
    when v_wanted && taken_times(p_staff_id, 0, lower(v_wanted), upper(v_wanted)) then 'slot_taken' end;
  is_available := reason is null;
  return next;
end $$;

ALTER FUNCTION public.check_staff_availability(p_staff_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer) OWNER TO tistis_owner;

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
    cached_result jsonb,
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
  -- Who has not said that it lives would hold its jobs for ever: nobody could see it die.
  if not exists (select from workers where id = p_worker and stopped_at is null) then return; end if;
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
-- Name: job_queue; Type: VIEW; Schema: public; Owner: tistis_owner
--

CREATE VIEW public.job_queue WITH (security_invoker='true') AS
 SELECT jobs.id,
    jobs.tenant_id,
    jobs.job_type,
    jobs.payload,
    jobs.status,
    jobs.priority,
    jobs.attempts,
    jobs.max_attempts,
    jobs.scheduled_for,
    jobs.started_at,
    jobs.completed_at,
    jobs.error_message,
    jobs.result,
    jobs.cached_result,
    jobs.created_at,
    jobs.updated_at
   FROM public.jobs;

ALTER TABLE public.job_queue OWNER TO tistis_owner;

--
-- Name: claim_next_job(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.claim_next_job() RETURNS public.job_queue
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_worker uuid := uuid_v7();
  v_id uuid;
  v_job job_queue;
begin
  for v_id in
    select j.id from jobs j
     where j.tenant_id = v_tenant and j.priority > 0 and j.ready_at is not null and j.ready_at <= app_clock()
       and (j.job_type = 'ai_response' or not is_own_kind(j.job_type))
     -- More than one: others claim at the same time.
     order by j.priority, j.ready_at limit 32
  loop
    -- Not before there is something to claim: most polls find nothing.
    insert into workers (id, name, kind, last_seen)
      values (v_worker, session_user, 'external', clock_timestamp() + interval '5 minutes') on conflict do nothing;
    perform 1 from claim_jobs(v_worker, 1, null, v_id, null);
    if found then
      select q.* into v_job from job_queue q where q.tenant_id = v_tenant and q.id = v_id;
      return v_job;
    end if;
  end loop;
  if found then delete from workers where id = v_worker; end if;
  return null;
end $$;

ALTER FUNCTION public.claim_next_job() OWNER TO tistis_definer;

--
-- Name: claim_reports(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.claim_reports(p_messages uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  m record;
begin
  perform lock_reports(jsonb_agg(jsonb_build_object('connection', x.channel_connection_id, 'external_id', x.external_id)))
    from messages x where x.tenant_id = v_tenant and x.id = any (p_messages) having count(*) > 0;
  -- One look into the index after the other, whatever the planner thinks of the table.
  for m in
    select x.id, x.channel_connection_id, x.external_id from messages x
      where x.tenant_id = v_tenant and x.id = any (p_messages) and x.external_id is not null order by x.id
  loop
    update message_status_history h set message_id = m.id
      where h.tenant_id = v_tenant and h.channel_connection_id = m.channel_connection_id
        and h.external_id = m.external_id and h.message_id is null;
  end loop;
  perform seen_before(p_messages);
  return apply_message_reports(p_messages);
end $$;

ALTER FUNCTION public.claim_reports(p_messages uuid[]) OWNER TO tistis_owner;

--
-- Name: classification_of(integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.classification_of(p_score integer) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return case when p_score < 40 then 'cold' when p_score < 70 then 'warm' when p_score >= 80 then 'hot'
    when exists (select from ai_tenant_context a where a.tenant_id = current_tenant() and a.scoring_policy = 'interactions')
      then 'warm'
    else 'hot' end;
end $$;

ALTER FUNCTION public.classification_of(p_score integer) OWNER TO tistis_owner;

--
-- Name: closings_ahead(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.closings_ahead(p_branch uuid) RETURNS tstzmultirange
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select coalesce(range_agg(tstzrange(x.starts_at, x.ends_at)), '{}') from times_off x
   where x.tenant_id = current_tenant() and x.staff_id is null and x.ends_at > app_now()
     and x.starts_at < app_now() + interval '63 days' and (x.branch_id is null or x.branch_id = p_branch)
); end $$;

ALTER FUNCTION public.closings_ahead(p_branch uuid) OWNER TO tistis_owner;

--
-- Name: complete_job(uuid, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.complete_job(p_job_id uuid, p_result jsonb DEFAULT NULL::jsonb, p_error_message text DEFAULT NULL::text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  j jobs;
begin
  select x.* into j from jobs x join workers w on w.id = x.worker_id and w.kind = 'external' and w.stopped_at is null
   where x.tenant_id = v_tenant and x.id = p_job_id and x.status = 'processing';
  if j.id is null or settle_jobs(jsonb_build_array(jsonb_build_object('tenant_id', v_tenant, 'id', j.id,
    'attempt', j.attempts, 'worker', j.worker_id, 'outcome', case when p_error_message is null then 'done' else 'retry' end,
    'seconds', least(power(2, least(j.attempts, 12)), 3600), 'why', p_error_message, 'result', p_result))) = 0 then
    return false;
  end if;
  perform worker_stopped(j.worker_id);
  return true;
end $$;

ALTER FUNCTION public.complete_job(p_job_id uuid, p_result jsonb, p_error_message text) OWNER TO tistis_definer;

--
-- Name: concerns_person(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.concerns_person(p_event jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select jsonb_array_length(p_event -> 'aliases') > 0
    and p_event ->> 'kind' in ('message', 'echo', 'history', 'reaction', 'edit', 'delete',
      'system', 'identity', 'call', 'preference', 'referral', 'optin', 'thread_control')
$$;

ALTER FUNCTION public.concerns_person(p_event jsonb) OWNER TO tistis_owner;

--
-- Name: confirm_appointment(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.confirm_appointment(p_request jsonb) RETURNS TABLE(outcome text, appointment_id uuid, detail jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l record;
  a appointments;
begin
  select * into l from lock_appointment((p_request ->> 'appointment_id')::uuid, (p_request ->> 'lead_id')::uuid);
  outcome := nullif(l.outcome, 'begun');
  a := l.a;
  if outcome is null then
    if a.end_time < app_now() then
      outcome := 'in_past';
    else
      outcome := 'confirmed';
      update appointments x set status = case x.status when 'scheduled' then 'confirmed' else x.status end,
          confirmation_status = 'confirmed'
        where x.tenant_id = v_tenant and x.id = a.id;
    end if;
  end if;
  appointment_id := case when outcome <> 'unknown_appointment' then a.id end;
  detail := case when appointment_id is null then '{}' else appointment_detail(a.id) end;
  return next;
end $$;

ALTER FUNCTION public.confirm_appointment(p_request jsonb) OWNER TO tistis_owner;

--
-- Name: connect_channel(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.connect_channel(p_connection uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
  update channel_connections set status = 'connected', connected_at = app_now()
    where tenant_id = current_tenant() and id = p_connection and status in ('pending', 'configuring')
      and account_id is not null;
  return found;
end $$;

ALTER FUNCTION public.connect_channel(p_connection uuid) OWNER TO tistis_owner;

--
-- Name: contact_alias(text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.contact_alias(p_channel text, p_identifier text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
declare
  v_text text := btrim(coalesce(p_identifier, ''), E' \t\r\n');
  v_digits text := regexp_replace(regexp_replace(v_text, '[^0-9]', '', 'g'), '^00', '');
  v_value text;
begin
  if p_channel = 'whatsapp' and v_text ~ '[A-Za-z]' then
    return jsonb_build_object('kind', 'whatsapp_user_id', 'value', v_text, 'address', v_text);
  elsif p_channel in ('whatsapp', 'sms', 'voice', 'phone') then
    v_value := case p_channel when 'whatsapp' then canonical_phone(v_text) else normalize_phone_number(v_text) end;
    return case when v_value <> '' then jsonb_build_object('kind', 'phone', 'value', v_value,
      -- Answers go to the spelling that was told, unless its country was guessed.
      'address', case when v_digits ~ '^[0-9]{10}$' then v_value else v_digits end) end;
  elsif p_channel in ('instagram', 'facebook', 'tiktok') then
    return case when v_text <> '' then jsonb_build_object('kind', p_channel, 'value', v_text, 'address', v_text) end;
  elsif p_channel = 'email' then
    return case when v_text <> '' then jsonb_build_object('kind', 'email', 'value', lower(v_text), 'address', v_text) end;
  end if;
  raise exception '"%" is no channel on which people have an address', p_channel using errcode = 'invalid_parameter_value',
    hint = 'whatsapp, instagram, facebook, tiktok, sms, voice, phone or email';
end $_$;

ALTER FUNCTION public.contact_alias(p_channel text, p_identifier text) OWNER TO tistis_owner;

--
-- Name: contact_mark(text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.contact_mark(p_kind text, p_value text) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
  select sha256(convert_to(k.key || '|' || p_kind || '|' || p_value, 'UTF8')) from erasure_keys k
   where k.tenant_id = current_tenant()
$$;

ALTER FUNCTION public.contact_mark(p_kind text, p_value text) OWNER TO tistis_owner;

--
-- Name: contact_of_lead(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.contact_of_lead(p_lead_id uuid, p_channel text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(
    (select jsonb_build_object('kind', a.kind, 'value', a.value, 'address', a.address) from lead_aliases a
      where a.tenant_id = current_tenant() and a.lead_id = p_lead_id and a.kind = any (case
        when p_channel = 'whatsapp' then array['phone', 'whatsapp_user_id'] when p_channel = 'sms' then array['phone']
        else array[p_channel] end)
      order by a.created_at desc, a.kind, a.value limit 1),
    (select contact_alias('phone', coalesce(l.phone, l.phone_normalized)) from leads l
      where l.tenant_id = current_tenant() and l.id = p_lead_id and p_channel in ('whatsapp', 'sms')))
$$;

ALTER FUNCTION public.contact_of_lead(p_lead_id uuid, p_channel text) OWNER TO tistis_owner;

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
    current_intent text,
    last_intent_confidence numeric(4,3),
    assigned_staff_id uuid,
    satisfaction_score integer,
    thread_owner text,
    thread_since timestamp with time zone,
    delivered_until timestamp with time zone,
    read_until timestamp with time zone,
    staff_read_at timestamp with time zone,
    escalation_urgency integer,
    escalated_by text,
    last_word_owed boolean DEFAULT false NOT NULL,
    handed_back_at timestamp with time zone,
    scored_message_id uuid,
    desk_has_it boolean DEFAULT false NOT NULL,
    promised_for timestamp with time zone,
    escalation_confidence numeric(3,2),
    promised_first uuid,
    CONSTRAINT conversations_channel_check CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'instagram'::text, 'facebook'::text, 'tiktok'::text, 'webchat'::text, 'sms'::text]))),
    CONSTRAINT conversations_escalated_by_check CHECK ((escalated_by = ANY (ARRAY['tool'::text, 'keyword'::text, 'messages'::text, 'confidence'::text, 'failure'::text, 'hot_lead'::text, 'n8n'::text, 'budget'::text, 'closed'::text]))),
    CONSTRAINT conversations_escalation_confidence_check CHECK (((escalation_confidence >= (0)::numeric) AND (escalation_confidence <= (1)::numeric))),
    CONSTRAINT conversations_escalation_urgency_check CHECK (((escalation_urgency >= 1) AND (escalation_urgency <= 5))),
    CONSTRAINT conversations_last_intent_confidence_check CHECK (((last_intent_confidence >= (0)::numeric) AND (last_intent_confidence <= (1)::numeric))),
    CONSTRAINT conversations_satisfaction_score_check CHECK (((satisfaction_score >= 1) AND (satisfaction_score <= 5))),
    CONSTRAINT conversations_status_check CHECK ((status = ANY (ARRAY['active'::text, 'waiting_response'::text, 'escalated'::text, 'resolved'::text, 'archived'::text])))
);

ALTER TABLE ONLY public.conversations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.conversations OWNER TO tistis_owner;

--
-- Name: conversation_json(public.conversations); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.conversation_json(c public.conversations) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('id', c.id, 'lead_id', c.lead_id, 'branch_id', c.branch_id, 'channel', c.channel,
    'channel_connection_id', c.channel_connection_id, 'status', c.status, 'ai_handling', c.ai_handling,
    'current_intent', c.current_intent, 'escalated_at', c.escalated_at, 'escalation_reason', c.escalation_reason,
    'escalated_by', c.escalated_by, 'escalation_urgency', c.escalation_urgency,
    'escalation_confidence', c.escalation_confidence,
    'escalated_to_staff_id', c.escalated_to_staff_id, 'assigned_staff_id', c.assigned_staff_id,
    'resolved_at', c.resolved_at, 'resolution_notes', c.resolution_notes, 'satisfaction_score', c.satisfaction_score,
    'message_count', c.message_count, 'turn_count', c.turn_count, 'last_message_at', c.last_message_at,
    'last_inbound_at', c.last_inbound_at, 'last_human_at', c.last_human_at, 'staff_read_at', c.staff_read_at,
    'unread', coalesce(c.last_inbound_at > coalesce(c.staff_read_at, '-infinity'), false),
    'first_response_time_seconds', c.first_response_time_seconds, 'created_at', c.created_at, 'updated_at', c.updated_at)
    || jsonb_build_object(
      'lead', (select jsonb_build_object('id', l.id, 'first_name', l.first_name, 'last_name', l.last_name,
          'full_name', coalesce(nullif(l.full_name, ''), l.name), 'phone', l.phone, 'email', l.email,
          'classification', l.classification, 'score', l.score)
        from leads l where l.tenant_id = c.tenant_id and l.id = c.lead_id),
      'branch', (select jsonb_build_object('id', b.id, 'name', b.name) from branches b
        where b.tenant_id = c.tenant_id and b.id = c.branch_id),
      'assigned_staff', (select jsonb_build_object('id', s.id, 'first_name', s.first_name, 'last_name', s.last_name,
          'role', s.role) from staff s where s.tenant_id = c.tenant_id and s.id = c.assigned_staff_id))
$$;

ALTER FUNCTION public.conversation_json(c public.conversations) OWNER TO tistis_owner;

--
-- Name: conversation_of(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) OWNER TO tistis_owner;

--
-- Name: conversation_state(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.conversation_state(p_conversation uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  -- A talk of today; who comes back after weeks begins anew.
  v_since timestamptz := (select greatest(coalesce(c.handed_back_at, '-infinity'), app_now() - interval '24 hours')
    from conversations c where c.tenant_id = current_tenant() and c.id = p_conversation);
  -- Known to the planner, or it reads the whole talk: a message is stored after its transaction began, so that none of
  -- these has an earlier id.
  v_first uuid := uuid_v7_floor(v_since);
  v_night uuid := uuid_v7_floor(app_now() - interval '12 hours');
begin return (
  select jsonb_build_object(
    'since', c.handed_back_at,
    'messages', case when a.auto_escalate_after_messages > 0 then (
      select count(*) from messages m
       where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.role = 'user' and not m.historical
         and m.deleted_at is null
         and m.created_at > v_since and m.id >= v_first) end,
    'hot', coalesce(a.escalate_on_hot_lead, false) and l.classification = 'hot'
      -- Who was so when people gave them back is known to people, whatever points have come since.
      and (c.handed_back_at is null or exists (select from lead_score_history h
        where h.tenant_id = c.tenant_id and h.lead_id = c.lead_id and h.id >= uuid_v7_floor(c.handed_back_at)
          and h.created_at > c.handed_back_at and h.new_classification = 'hot'
          and h.previous_classification is distinct from 'hot')),
    'open', o.is_open, 'opens', to_char(o.next_open, 'YYYY-MM-DD HH24:MI'),
    'opens_weekday', extract(isodow from o.next_open)::int, 'opens_at', o.next_open at time zone z.name,
    'told_closed', coalesce(a.out_of_hours_enabled, false) and (
      coalesce(c.promised_for between app_now() - interval '1 hour' and app_now(), false) or exists (select from messages m
      where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.role = 'assistant'
        and m.metadata ? 'out_of_hours' and m.status not in ('withheld', 'failed')
        and m.created_at > app_now() - interval '12 hours' and m.id >= v_night
        and m.created_at > case when c.promised_for <= app_now() then c.promised_for else '-infinity' end)),
    'appointments', (select coalesce(jsonb_agg(h.detail), '[]') from appointments_ahead(l.id) h),
    'about', jsonb_build_object('notes', left(l.notes, 1000), 'tags', to_jsonb(l.tags[1:10]),
      'interested_services', to_jsonb(l.interested_services[1:10]), 'classification', l.classification))
    from conversations c
    join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join branches b on b.tenant_id = c.tenant_id and b.id = coalesce(c.branch_id, cc.branch_id)
    left join ai_tenant_context a on a.tenant_id = c.tenant_id
    cross join lateral (select coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City') as name) z
    cross join lateral opening_state(coalesce(nullif(b.operating_hours, '{}'), a.business_hours), app_now(), z.name,
      closings_ahead(b.id)) o
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;

ALTER FUNCTION public.conversation_state(p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: conversation_to_tell(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.conversation_to_tell(p_lead uuid, p_booked_in uuid, p_ways jsonb) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select c.id
    from conversations c
    join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id and l.deleted_at is null
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
     and cc.status in ('connected', 'error')
   where c.tenant_id = current_tenant() and c.lead_id = p_lead
     and (p_ways -> 'templates' ? c.channel
       or window_is_open(cc.id, c.lead_id, (p_ways -> 'windows' ->> c.channel)::int))
   order by c.id is not distinct from p_booked_in desc, c.status in ('active', 'waiting_response', 'escalated') desc,
     c.last_message_at desc nulls last, c.id
   limit 1
); end $$;

ALTER FUNCTION public.conversation_to_tell(p_lead uuid, p_booked_in uuid, p_ways jsonb) OWNER TO tistis_owner;

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
-- Name: count_usage(public.ai_usage_logs); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.count_usage(u public.ai_usage_logs) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  m ai_usage_months;
  a ai_tenant_context;
  v_used numeric;
  v_before numeric;
begin
  insert into ai_usage_months as x (tenant_id, month, calls, prompt_tokens, cache_write_tokens, cache_read_tokens,
      completion_tokens, cost_usd)
    values (u.tenant_id, business_month(), 1, u.prompt_tokens, u.cache_write_tokens, u.cache_read_tokens,
      u.completion_tokens, u.cost_usd)
    on conflict (tenant_id, month) do update set calls = x.calls + 1, prompt_tokens = x.prompt_tokens + excluded.prompt_tokens,
      cache_write_tokens = x.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = x.cache_read_tokens + excluded.cache_read_tokens,
      completion_tokens = x.completion_tokens + excluded.completion_tokens, cost_usd = x.cost_usd + excluded.cost_usd
    returning * into m;
  select * into a from ai_tenant_context x where x.tenant_id = u.tenant_id;
  v_used := budget_used(a, m.cost_usd, m.total_tokens);
  if v_used is null then return; end if;
  v_before := budget_used(a, m.cost_usd - u.cost_usd, m.total_tokens - u.total_tokens);
  -- By the row that crosses it: calls that end at the same time wait for each other here.
  if v_used >= 100 and v_before < 100 then perform tell_budget(a, m, 100);
  elsif v_used >= 80 and v_before < 80 then perform tell_budget(a, m, 80);
  end if;
end $$;

ALTER FUNCTION public.count_usage(u public.ai_usage_logs) OWNER TO tistis_owner;

--
-- Name: create_branch(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.create_branch(p_wish jsonb) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_zone text;
begin
  perform lock_bookings(v_tenant);
  select b.id into id from branches b where b.tenant_id = v_tenant and same_name(b.name, p_wish ->> 'name')
    order by b.id limit 1;
  if id is not null then
    outcome := 'exists';
    return next;
    return;
  end if;
  v_zone := coalesce(p_wish ->> 'timezone', (select b.timezone from branches b where b.tenant_id = v_tenant
      order by b.is_headquarters desc, b.id limit 1),
    (select t.settings ->> 'timezone' from tenants t where t.id = v_tenant), 'America/Mexico_City');
  if not exists (select from pg_timezone_names z where z.name = v_zone) then
    outcome := 'unknown_zone';
    return next;
    return;
  end if;
  insert into branches as b (tenant_id, name, slug, city, timezone, is_headquarters)
    values (v_tenant, btrim(p_wish ->> 'name'), free_slug(p_wish ->> 'name', array(select x.slug::text from branches x
        where x.tenant_id = v_tenant)), p_wish ->> 'city', v_zone,
      not exists (select from branches x where x.tenant_id = v_tenant))
    returning b.id into id;
  perform patch_branch(id, p_wish - 'name');
  outcome := 'created';
  return next;
end $$;

ALTER FUNCTION public.create_branch(p_wish jsonb) OWNER TO tistis_owner;

--
-- Name: create_lead(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.create_lead(p_lead jsonb) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_alias jsonb := contact_alias('phone', p_lead ->> 'phone');
  v_known record;
  v_email jsonb := contact_alias('email', p_lead ->> 'email');
  v_names text[] := array[nullif(btrim(p_lead ->> 'first_name'), ''), nullif(btrim(p_lead ->> 'last_name'), '')];
begin
  outcome := missing_of_business(p_lead);
  if v_alias is null then outcome := 'phone'; end if;
  if outcome is not null then
    return next;
    return;
  end if;
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', jsonb_build_array(v_alias))));
  select * into v_known from known_lead('phone', v_alias ->> 'value');
  if v_known.lead_id is not null then
    return query select case when v_known.is_deleted then 'deleted' else 'exists' end, v_known.lead_id;
    return;
  end if;
  create_lead.id := lead_of_aliases(jsonb_build_array(v_alias), nullif(btrim(coalesce(p_lead ->> 'full_name',
    p_lead ->> 'name')), ''), coalesce(p_lead ->> 'source', 'website'), (p_lead ->> 'branch_id')::uuid);
  update leads l set email = p_lead ->> 'email', first_name = v_names[1], last_name = v_names[2], phone = p_lead ->> 'phone',
      assigned_staff_id = (p_lead ->> 'assigned_staff_id')::uuid, notes = p_lead ->> 'notes',
      interested_services = text_list(p_lead -> 'interested_services'), tags = text_list(p_lead -> 'tags'),
      custom_fields = coalesce(nullif(p_lead -> 'custom_fields', 'null'), '{}'), last_interaction_at = null
    where l.tenant_id = v_tenant and l.id = create_lead.id;
  insert into lead_aliases (tenant_id, kind, value, lead_id, address)
    select v_tenant, 'email', v_email ->> 'value', create_lead.id, v_email ->> 'address' where v_email is not null
    on conflict do nothing;
  outcome := 'created';
  return next;
end $$;

ALTER FUNCTION public.create_lead(p_lead jsonb) OWNER TO tistis_owner;

--
-- Name: create_member(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.create_member(p_wish jsonb) RETURNS TABLE(outcome text, id uuid, place integer)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n staff := jsonb_populate_record(null::staff, p_wish);
  v_new uuid;
begin
  perform lock_bookings(v_tenant);
  id := namesake(n, null);
  if id is not null then
    outcome := 'exists';
    return next;
    return;
  end if;
  insert into staff as s (tenant_id, first_name, last_name, display_name, email, role, role_title, specialty)
    values (v_tenant, btrim(n.first_name), btrim(n.last_name), nullif(btrim(n.display_name), ''), btrim(n.email), coalesce(n.role, 'staff'),
      n.role_title, n.specialty)
    returning s.id into v_new;
  outcome := 'created';
  place := set_staff_branches(v_new, text_list(p_wish -> 'branch_ids')::uuid[]);
  if place is not null then
    outcome := 'unknown_branch';
  else
    select x.place into place from set_staff_services(v_new, text_list(p_wish -> 'service_ids')::uuid[]) x;
    if place is not null then outcome := 'unknown_service'; end if;
  end if;
  if outcome = 'created' then id := v_new; end if;
  return next;
end $$;

ALTER FUNCTION public.create_member(p_wish jsonb) OWNER TO tistis_owner;

--
-- Name: create_service(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.create_service(p_wish jsonb) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
begin
  perform lock_bookings(v_tenant);
  select s.id into id from services s where s.tenant_id = v_tenant and same_name(s.name, p_wish ->> 'name')
    order by s.id limit 1;
  outcome := case when id is not null then 'exists'
    when (p_wish ->> 'price_max')::numeric < (p_wish ->> 'price_min')::numeric then 'prices' else 'created' end;
  if outcome = 'created' then
    insert into services as s (tenant_id, name, slug, currency)
      values (v_tenant, btrim(p_wish ->> 'name'), free_slug(p_wish ->> 'name', array(select x.slug from services x
          where x.tenant_id = v_tenant)),
        coalesce((select c.currency from ai_tenant_context c where c.tenant_id = v_tenant), 'MXN'))
      returning s.id into id;
    perform patch_service(id, p_wish - 'name');
  end if;
  return next;
end $$;

ALTER FUNCTION public.create_service(p_wish jsonb) OWNER TO tistis_owner;

--
-- Name: cron_runs(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.cron_runs() RETURNS void
    LANGUAGE sql
    AS $$
  update platform_alerts set resolved_at = clock_timestamp() where kind = 'cron_stopped' and resolved_at is null
$$;

ALTER FUNCTION public.cron_runs() OWNER TO tistis_owner;

--
-- Name: cron_stopped(double precision); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.cron_stopped(p_silent_seconds double precision) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_since timestamptz;
  v_first boolean;
begin
  select r.silent_since into v_since from health_report(p_silent_seconds) r;
  if v_since is null then return false; end if;
  insert into platform_alerts as a (kind, sentence) values ('cron_stopped', format(
      'no run of jobs has been alive since %s: nothing is answered and nothing is sent. See that cron runs and that '
      || '/etc/cron.d/tistis starts jobs; what it says is in the journal: journalctl -t jobs',
      to_char(v_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')))
    on conflict (kind) where resolved_at is null do update set last_seen = clock_timestamp()
    returning a.xmax = 0 into v_first;
  return v_first;
end $$;

ALTER FUNCTION public.cron_stopped(p_silent_seconds double precision) OWNER TO tistis_definer;

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
-- Name: decline_follow_up(uuid, uuid, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.decline_follow_up(p_conversation uuid, p_question uuid, p_pressed boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.decline_follow_up(p_conversation uuid, p_question uuid, p_pressed boolean) OWNER TO tistis_owner;

--
-- Name: deliver_event(uuid, text, uuid, double precision); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.deliver_event(p_id uuid, p_event text, p_lead uuid, p_seconds double precision) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'deliver_event', 'priority', 6, 'max_attempts', 9,
    'delay_seconds', p_seconds, 'payload', jsonb_strip_nulls(jsonb_build_object('event_id', p_id, 'event', p_event,
      'lead_id', p_lead, 'tenant_id', current_tenant())))));
end $$;

ALTER FUNCTION public.deliver_event(p_id uuid, p_event text, p_lead uuid, p_seconds double precision) OWNER TO tistis_owner;

--
-- Name: disconnect_channel(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.disconnect_channel(p_connection uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
begin
  update channel_connections set status = 'disconnected', disconnected_at = app_now(), stopped_code = null,
      stopped_at = null
    where tenant_id = v_tenant and id = p_connection and status <> 'disconnected';
  if not found then
    return exists (select from channel_connections where tenant_id = v_tenant and id = p_connection);
  end if;
  delete from inbound_secrets where tenant_id = v_tenant and channel_connection_id = p_connection;
  delete from outbound_tokens where tenant_id = v_tenant and channel_connection_id = p_connection;
  update alerts set resolved_at = app_now()
    where tenant_id = v_tenant and channel_connection_id = p_connection and resolved_at is null;
  return true;
end $$;

ALTER FUNCTION public.disconnect_channel(p_connection uuid) OWNER TO tistis_owner;

--
-- Name: does_service(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.does_service(p_staff uuid, p_service uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select coalesce(bool_or(x.staff_id = p_staff), true) from staff_services x
   where x.tenant_id = current_tenant() and x.service_id = p_service
); end $$;

ALTER FUNCTION public.does_service(p_staff uuid, p_service uuid) OWNER TO tistis_owner;

--
-- Name: done_untold(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.done_untold(p_conversation uuid) RETURNS TABLE(name text, output json)
    LANGUAGE plpgsql STABLE
    AS $_$
begin
  return query
    select s.name, s.output
      -- A column's value, not an expression: behind the wall it would find no index.
      from (select x.*, case when x.output ->> 'appointment_id' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
              then (x.output ->> 'appointment_id')::uuid end as appointment_id
              from ai_steps x
             where x.tenant_id = current_tenant() and x.conversation_id = p_conversation and x.kind = 'tool'
               and not x.is_error and x.name in ('book_appointment', 'reschedule_appointment', 'cancel_appointment')
               and x.created_at > app_now() - interval '1 day' offset 0) s
     where not exists (select from messages m where m.tenant_id = s.tenant_id and m.conversation_id = p_conversation
         and m.id > s.question_id and m.answers_message_id >= s.question_id and m.role = 'assistant'
         and m.created_at >= s.created_at and m.status not in ('withheld', 'failed')
         and (m.metadata ? 'told_done' or not m.metadata ?| array['out_of_hours', 'settled']))
       and not exists (select from appointments a where a.tenant_id = s.tenant_id and a.id = s.appointment_id
         and case s.name
           when 'cancel_appointment' then a.status <> 'cancelled'
           else a.confirmation_sent or a.status in ('cancelled', 'rescheduled')
             or a.scheduled_at <> (s.output ->> 'starts_at')::timestamptz end)
     order by s.id;
end $_$;

ALTER FUNCTION public.done_untold(p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: doubt_sentence(integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.doubt_sentence(p_count integer) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select format('the platform never said whether it took %s of our messages. They are not sent again by themselves: look '
    || 'into the conversation, and write once more if it matters', p_count)
$$;

ALTER FUNCTION public.doubt_sentence(p_count integer) OWNER TO tistis_owner;

--
-- Name: elect_lane_heads(uuid, text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_new uuid[];
  v_old uuid[];
begin
  -- One look into an index after the other, whatever the planner thinks of the table.
  select array_agg(n.id), array_agg(h.id) filter (where h.id is not null) into v_new, v_old
    from (select distinct l.lane from unnest(p_lanes) l (lane) where l.lane is not null) x
    left join lateral (select j.id, j.status, j.holds_lane from jobs j
      where j.tenant_id = p_tenant and j.lane = x.lane and j.lane_head and j.status in ('pending', 'processing')
      limit 1) h on true
    cross join lateral (select j.id from jobs j
      where j.tenant_id = p_tenant and j.lane = x.lane and j.status = 'pending'
      order by j.scheduled_for, j.id limit 1) n
   where h.id is null or (h.status = 'pending' and not h.holds_lane and h.id <> n.id);
  if v_new is null then return; end if;
  if v_old is not null then
    update jobs set lane_head = false
      where tenant_id = p_tenant and id = any (v_old) and lane_head and status = 'pending';
  end if;
  -- A worker may have claimed the old head while we waited for its row: then it keeps its place.
  update jobs j set lane_head = true
    where j.tenant_id = p_tenant and j.id = any (v_new) and not j.lane_head and j.status = 'pending'
      and not exists (select 1 from jobs h where h.tenant_id = p_tenant and h.lane = j.lane and h.lane_head
        and h.status in ('pending', 'processing'));
end $$;

ALTER FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) OWNER TO tistis_owner;

--
-- Name: emit_event(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.emit_event(p_event text, p_data jsonb, p_key text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if wants_event(p_event) then perform put_event(p_event, p_data, p_key); end if;
end $$;

ALTER FUNCTION public.emit_event(p_event text, p_data jsonb, p_key text) OWNER TO tistis_owner;

--
-- Name: emit_messages(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.emit_messages(p_messages uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if not wants_event('message-received') then return; end if;
  perform put_event('message-received', jsonb_build_object('message_id', m.id, 'conversation_id', c.id, 'lead_id', c.lead_id,
      'message', jsonb_build_object('id', m.id, 'content', m.content, 'content_type', m.content_type, 'channel', m.channel,
        'external_id', m.external_id, 'created_at', m.created_at),
      'conversation', jsonb_build_object('id', c.id, 'lead_id', c.lead_id, 'branch_id', c.branch_id, 'channel', c.channel,
        'status', c.status, 'ai_handling', c.ai_handling),
      'lead', event_lead(c.lead_id)), m.id::text)
    from messages m
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
   where m.tenant_id = current_tenant() and m.id = any (p_messages) and m.role = 'user'
   order by m.id;
end $$;

ALTER FUNCTION public.emit_messages(p_messages uuid[]) OWNER TO tistis_owner;

--
-- Name: end_escalation(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.end_escalation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.ai_handling and not old.ai_handling then
    new.handed_back_at := app_now();
    new.desk_has_it := false;
  end if;
  if old.status = 'escalated' and new.status <> 'escalated' then
    new.last_word_owed := false;
    perform forget_escalation(new.tenant_id, new.lead_id, new.id);
  end if;
  if new.status <> 'escalated' then
    -- Another's SQL client may give a conversation back, and closes no alert: people do.
    if not has_column_privilege('alerts', 'resolved_at', 'update') then return new; end if;
    update alerts a set resolved_at = app_now()
      where a.tenant_id = new.tenant_id and a.resolved_at is null
        and a.dedup_key = new.channel_connection_id || ':conversation:' || new.id;
  end if;
  return new;
end $$;

ALTER FUNCTION public.end_escalation() OWNER TO tistis_owner;

--
-- Name: end_renewal(uuid, uuid, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.end_renewal(p_connection uuid, p_attempt uuid, p_tokens jsonb, p_token_stops text[], OUT stored integer, OUT due integer) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_stop text;
  v_renewed boolean := false;
  t record;
begin
  stored := 0;
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|token|' || p_connection::text, 0));
  -- The account before its tokens, as who disconnects it.
  if p_tokens <> '[]' then
    select case when cc.status = 'error' then cc.stopped_code end into v_stop from channel_connections cc
      where cc.tenant_id = v_tenant and cc.id = p_connection for update;
  end if;
  for t in
    select * from jsonb_to_recordset(p_tokens) as x (kind text, used uuid, id uuid, sealed text, hint text,
      expires_at timestamptz)
  loop
    update outbound_tokens k set id = t.id, sealed = decode(t.sealed, 'hex')
     where k.tenant_id = v_tenant and k.channel_connection_id = p_connection and k.kind = t.kind and k.id = t.used;
    if found then
      stored := stored + 1;
      v_renewed := v_renewed or t.kind = 'access_token';
      update secret_hints h set hint = t.hint, expires_at = t.expires_at
       where h.tenant_id = v_tenant and h.channel_connection_id = p_connection and h.kind = t.kind;
    end if;
  end loop;
  update outbound_tokens k set renewal = null, renewal_until = null
   where k.tenant_id = v_tenant and k.channel_connection_id = p_connection and k.renewal = p_attempt;
  if v_renewed then
    perform resolve_alerts(p_connection, array['token_ends']);
    if v_stop = any (p_token_stops) then due := resume_channel(p_connection); end if;
  end if;
end $$;

ALTER FUNCTION public.end_renewal(p_connection uuid, p_attempt uuid, p_tokens jsonb, p_token_stops text[], OUT stored integer, OUT due integer) OWNER TO tistis_owner;

--
-- Name: end_send(uuid, uuid, text, text, text, text, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.end_send(p_message uuid, p_attempt uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb, p_effects jsonb, OUT status text, OUT wait_seconds double precision) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_effects jsonb := coalesce(p_effects, '{}');
  v_lead uuid;
  v_named boolean;
  m messages;
begin
  -- The conversation first, as everybody else does.
  select c.lead_id into v_lead from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  select * into m from messages x where x.tenant_id = v_tenant and x.id = p_message for update;
  if m.send_attempt is distinct from p_attempt then
    status := m.status;
    return;
  end if;
  v_named := m.external_id is null and p_external_id is not null;
  if v_named then perform merge_echo(p_message, p_external_id); end if;
  update messages x set
      -- What somebody has called unknown meanwhile does not wait again: it could be sent twice.
      status = case when x.status in ('sending', 'unknown')
        then coalesce(next_message_status(x.status, p_state), x.status) else x.status end,
      external_id = coalesce(x.external_id, p_external_id),
      error_code = case when x.status in ('sending', 'unknown') then p_error_code else x.error_code end,
      error_message = case when x.status in ('sending', 'unknown') then p_error_message else x.error_message end,
      sent_at = case when p_state = 'accepted' then coalesce(x.sent_at, app_now()) else x.sent_at end,
      attempted_at = case when p_state <> 'pending' then x.attempted_at end,
      metadata = case when v_effects ? 'held' then x.metadata || jsonb_build_object('held', v_effects -> 'held')
        else x.metadata end
    where x.tenant_id = v_tenant and x.id = p_message
    returning x.* into m;
  if m.status = 'unknown' then
    insert into sends_in_doubt (tenant_id, message_id, since) values (v_tenant, m.id, app_now()) on conflict do nothing;
  end if;
  if v_named then
    perform claim_reports(array[m.id]);
  elsif m.external_id is not null then
    perform apply_message_reports(array[m.id]);
  end if;
  if p_state = 'accepted' then
    update conversations c set message_count = c.message_count + 1,
        last_message_at = greatest(c.last_message_at, app_now()),
        first_response_time_seconds = coalesce(c.first_response_time_seconds,
          extract(epoch from app_now() - c.created_at)::int),
        -- What was promised for the opening is kept.
        promised_first = case when m.answers_message_id >= c.promised_first and m.metadata ?| '{model,n8n}' then null
          else c.promised_first end
      where c.tenant_id = v_tenant and c.id = m.conversation_id
      returning c.lead_id into v_lead;
    perform answer_advertisement(m.channel_connection_id, v_lead);
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      select v_tenant, a ->> 'kind', a ->> 'value', v_lead, a ->> 'address'
        from jsonb_array_elements(coalesce(p_aliases, '[]')) a
      on conflict do nothing;
    perform forgive_sends(m.channel_connection_id, v_lead::text);
  end if;
  -- A token that was replaced while it was refused stops nothing: the next try has the new one.
  if v_effects ? 'stop' and v_effects ? 'token' and not exists (select from outbound_tokens k
    where k.tenant_id = v_tenant and k.channel_connection_id = m.channel_connection_id
      and k.id = (v_effects ->> 'token')::uuid) then
    v_effects := v_effects - 'stop' - 'alert';
    wait_seconds := 1;
  end if;
  wait_seconds := greatest(wait_seconds,
    apply_send_effects(m.channel_connection_id, m.id, v_effects - 'token' - 'held', app_now()));
  select x.status into status from messages x where x.tenant_id = v_tenant and x.id = p_message;
end $$;

ALTER FUNCTION public.end_send(p_message uuid, p_attempt uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb, p_effects jsonb, OUT status text, OUT wait_seconds double precision) OWNER TO tistis_owner;

--
-- Name: end_tool_use(jsonb, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.end_tool_use(p_call jsonb, p_use jsonb, p_policy jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
begin
  if p_call is not null then perform record_call(p_call); end if;
  insert into ai_steps (tenant_id, id, conversation_id, job_id, question_id, ordinal, kind, name, tool_use_id, input,
      output, is_error, hands_over, took_ms)
    select current_tenant(), u.id, u.conversation_id, u.job_id, u.question_id, u.ordinal, 'tool', u.name, u.tool_use_id,
        u.input::json, u.output::json, u.is_error, u.hands_over, u.took_ms
      from jsonb_to_record(p_use) as u (id uuid, conversation_id uuid, job_id uuid, question_id uuid, ordinal int,
        name text, tool_use_id text, input text, output text, is_error boolean, hands_over boolean, took_ms int);
  return answer_obstacle((p_use ->> 'conversation_id')::uuid, (p_use ->> 'question_id')::uuid,
    (p_use ->> 'job_id')::uuid, p_policy);
end $$;

ALTER FUNCTION public.end_tool_use(p_call jsonb, p_use jsonb, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: enqueue_dead_letter(text, text, jsonb, text, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.enqueue_dead_letter(p_channel text, p_tenant_slug text DEFAULT NULL::text, p_payload jsonb DEFAULT NULL::jsonb, p_error_message text DEFAULT NULL::text, p_error_stack text DEFAULT NULL::text, p_headers jsonb DEFAULT NULL::jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_slug text := (select t.slug from tenants t where t.id = v_tenant);
  v_id uuid;
begin
  if p_tenant_slug <> v_slug then
    raise exception '"%" is not the tenant of this transaction', p_tenant_slug using errcode = 'insufficient_privilege';
  elsif coalesce(p_channel, '') = '' then
    raise exception 'p_channel is empty' using errcode = 'invalid_parameter_value';
  end if;
  insert into webhook_dead_letters as d (tenant_id, channel, tenant_slug, payload, headers, error_message, error_stack,
      next_retry_at)
    values (v_tenant, p_channel, v_slug, coalesce(p_payload, '{}'), p_headers,
      coalesce(p_error_message, 'no reason was given'), p_error_stack, app_now() + interval '1 minute')
    on conflict (tenant_id, channel, md5(payload::text)) where status = 'pending' do update set
      error_message = excluded.error_message, error_stack = coalesce(excluded.error_stack, d.error_stack),
      headers = coalesce(excluded.headers, d.headers)
    returning d.id into v_id;
  return v_id;
end $$;

ALTER FUNCTION public.enqueue_dead_letter(p_channel text, p_tenant_slug text, p_payload jsonb, p_error_message text, p_error_stack text, p_headers jsonb) OWNER TO tistis_owner;

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
-- Name: erase_lead(uuid, text, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.erase_lead(p_lead uuid, p_by text, p_really boolean) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
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
end $_$;

ALTER FUNCTION public.erase_lead(p_lead uuid, p_by text, p_really boolean) OWNER TO tistis_owner;

--
-- Name: erased_mark(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.erased_mark(p_id text) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$ select sha256(convert_to(current_tenant()::text || '|' || p_id, 'UTF8')) $$;

ALTER FUNCTION public.erased_mark(p_id text) OWNER TO tistis_owner;

--
-- Name: escalate_by_n8n(uuid, uuid, text, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.escalate_by_n8n(p_conversation uuid, p_branch uuid, p_reason text, p_staff uuid, p_message uuid) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_back uuid;
  v_owed boolean;
  c conversations;
begin
  if p_staff is not null and not exists (select from staff s where s.tenant_id = v_tenant and s.id = p_staff
    and s.is_active) then
    return 'unknown_staff';
  end if;
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation
    and (p_branch is null or x.branch_id = p_branch) for update;
  if c.id is null then return 'unknown'; end if;
  if p_message is not null and not exists (select from messages m where m.tenant_id = v_tenant
    and m.conversation_id = c.id and m.id = p_message) then
    return 'unknown_message';
  end if;
  if c.status not in ('active', 'waiting_response', 'escalated') then return 'conversation_closed'; end if;
  v_back := uuid_v7_floor(c.handed_back_at);
  if c.status <> 'escalated' and (p_message < v_back or p_message is null and c.handed_back_at >= c.escalated_at
    and c.escalated_by = 'n8n' and c.escalation_reason = left(p_reason, 2000)
    and not exists (select from messages m where m.tenant_id = v_tenant and m.conversation_id = c.id and m.id >= v_back
      and m.role = 'user')) then
    return 'handed_back';
  end if;
  -- Who asked and was not answered is told that people will.
  v_owed := c.last_question_id is not null and not exists (select from messages m where m.tenant_id = v_tenant
    and m.conversation_id = c.id and m.id > c.last_question_id and m.role in ('assistant', 'staff')
    and m.status not in ('withheld', 'failed') and not m.metadata ?| array['out_of_hours', 'prepared', 'beside']
    -- A press that was settled after the question.
    and not (m.metadata ? 'settled' and m.answers_message_id > c.last_question_id));
  if escalate_conversation(c.id, p_reason, jsonb_strip_nulls(jsonb_build_object('by', 'n8n', 'staff_id', p_staff,
    'tell', v_owed))) and v_owed then
    perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'ai_response', 'lane', 'answer:' || c.id,
      'unique_key', 'last_word:' || c.last_question_id, 'payload', jsonb_build_object('conversation_id', c.id,
        'message_id', c.last_question_id, 'lead_id', c.lead_id, 'tenant_id', v_tenant, 'channel', c.channel,
        'channel_connection_id', c.channel_connection_id))));
  end if;
  -- Handed over before: to this one, then.
  if p_staff is not null then
    update conversations x set escalated_to_staff_id = p_staff where x.tenant_id = v_tenant and x.id = c.id;
  end if;
  return 'escalated';
end $$;

ALTER FUNCTION public.escalate_by_n8n(p_conversation uuid, p_branch uuid, p_reason text, p_staff uuid, p_message uuid) OWNER TO tistis_owner;

--
-- Name: escalate_conversation(uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text, p_details jsonb DEFAULT '{}'::jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_staff uuid;
  c conversations;
begin
  select * into c from conversations x
    where x.tenant_id = v_tenant and x.id = p_conversation and x.status in ('active', 'waiting_response') for update;
  if c.id is null then return false; end if;
  select s.id into v_staff from staff s
    where s.tenant_id = v_tenant and s.is_active and s.id in ((p_details ->> 'staff_id')::uuid, c.assigned_staff_id)
    order by s.id = (p_details ->> 'staff_id')::uuid desc nulls last limit 1;
  v_staff := coalesce(v_staff, staff_to_take_over(coalesce(c.branch_id, (select cc.branch_id from channel_connections cc
    where cc.tenant_id = v_tenant and cc.id = c.channel_connection_id))));
  update conversations x set status = 'escalated', ai_handling = false, escalated_at = app_now(),
      escalation_reason = left(p_reason, 2000), escalated_by = p_details ->> 'by',
      escalation_urgency = (p_details ->> 'urgency')::int,
      escalation_confidence = (p_details ->> 'confidence')::numeric, escalated_to_staff_id = v_staff,
      assigned_staff_id = coalesce(x.assigned_staff_id, v_staff),
      last_word_owed = coalesce((p_details ->> 'tell')::boolean, false)
    where x.tenant_id = v_tenant and x.id = c.id;
  update leads l set escalated_to_human = true where l.tenant_id = v_tenant and l.id = c.lead_id;
  perform raise_alert(c.channel_connection_id, jsonb_build_object('kind', 'conversation_escalated',
    'key', 'conversation:' || c.id, 'severity', 'act',
    'sentence', 'a customer waits for somebody of the team in conversation ' || c.id,
    'details', jsonb_build_object('conversation_id', c.id, 'lead_id', c.lead_id, 'by', p_details -> 'by',
      'urgency', p_details -> 'urgency', 'staff_id', v_staff)));
  perform emit_event('conversation-escalated', jsonb_build_object('conversation_id', c.id, 'lead_id', c.lead_id,
    'channel', c.channel, 'branch_id', c.branch_id, 'reason', left(p_reason, 2000), 'by', p_details -> 'by',
    'urgency', p_details -> 'urgency', 'confidence', p_details -> 'confidence', 'staff_id', v_staff,
    'escalated_at', app_now()), c.id || ':escalated:' || extract(epoch from app_now()));
  return true;
end $$;

ALTER FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text, p_details jsonb) OWNER TO tistis_owner;

--
-- Name: event_lead(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.event_lead(p_lead uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select jsonb_build_object('id', l.id, 'name', coalesce(l.name, l.full_name), 'phone', l.phone, 'email', l.email,
      'source', l.source, 'status', l.status, 'classification', l.classification, 'score', l.score,
      'branch_id', l.branch_id, 'interested_services', l.interested_services, 'created_at', l.created_at)
    from leads l where l.tenant_id = current_tenant() and l.id = p_lead
); end $$;

ALTER FUNCTION public.event_lead(p_lead uuid) OWNER TO tistis_owner;

--
-- Name: expect_media(jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.expect_media(p_events jsonb, p_request_id text) RETURNS integer
    LANGUAGE plpgsql
    AS $_$
declare
  v_tenant uuid := current_tenant();
  v_jobs jsonb;
begin
  if not jsonb_path_exists(p_events, '$[*].media.id') then return 0; end if;
  with told as (
    select m.id as message_id, m.channel_connection_id, m.external_timestamp, f.media, f.place
      -- An id as it is told, and one look into the index per event: behind the wall none is searched for what a cast makes.
      from jsonb_to_recordset(p_events) as e (connection_id uuid, external_id text, media jsonb)
      cross join lateral (select m.id, m.channel_connection_id, m.external_timestamp from messages m
        where m.tenant_id = v_tenant and m.channel_connection_id = e.connection_id and m.external_id = e.external_id
        limit 1) m
      cross join lateral jsonb_array_elements(case jsonb_typeof(e.media) when 'array' then e.media end)
        with ordinality f (media, place)
     where f.media ->> 'id' is not null
     order by m.id, f.place
  ), named as (
    update messages m set media_url = coalesce(t.media ->> 'url', t.media ->> 'id') from told t
     where m.tenant_id = v_tenant and m.id = t.message_id and t.place = 1 and m.media_url is null
    returning 1
  ), kept as (
    insert into media_files (tenant_id, channel_connection_id, message_id, external_id, source_url, kind, mime_type, sha256,
        filename, expires_at)
      select v_tenant, t.channel_connection_id, t.message_id, t.media ->> 'id', t.media ->> 'url', t.media ->> 'kind',
          t.media ->> 'mime_type', t.media ->> 'sha256', t.media ->> 'filename',
          -- As long as platforms keep what customers send.
          t.external_timestamp + interval '7 days'
        from told t
      on conflict do nothing
      returning id, channel_connection_id
  )
  select jsonb_agg(jsonb_build_object('job_type', 'fetch_media',
      -- Behind the answers, which somebody waits for.
      'priority', 7, 'request_id', p_request_id,
      'payload', jsonb_build_object('media_id', k.id, 'tenant_id', v_tenant, 'channel', cc.channel)))
    into v_jobs
    from kept k join channel_connections cc on cc.tenant_id = v_tenant and cc.id = k.channel_connection_id;
  return enqueue_jobs(coalesce(v_jobs, '[]'));
end $_$;

ALTER FUNCTION public.expect_media(p_events jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: expire(double precision, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.expire(p_answer_seconds double precision, p_limit integer, OUT confirmations integer, OUT requests integer, OUT counters integer) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
begin
  with due as (
    select a.id from appointments a
     where a.tenant_id = v_tenant and a.confirmation_status = 'pending'
       and a.scheduled_at between app_now() - interval '30 days' and app_now() + make_interval(secs => p_answer_seconds)
     order by a.id limit p_limit for update skip locked
  ), over as (
    update appointments a set confirmation_status = 'expired' from due d
     where a.tenant_id = v_tenant and a.id = d.id returning 1)
  select count(*) from over into confirmations;
  with due as (
    select r.asker, r.idempotency_key from api_requests r
     where r.tenant_id = v_tenant and r.created_at < app_now() - interval '24 hours'
     order by r.created_at limit p_limit
  ), over as (
    delete from api_requests r using due d
     where r.tenant_id = v_tenant and r.asker = d.asker and r.idempotency_key = d.idempotency_key returning 1)
  select count(*) from over into requests;
  with due as (
    select r.identifier from rate_limits r
     where r.tenant_id = v_tenant and r.window_start < app_now() - interval '1 day'
     order by r.window_start limit p_limit
  ), over as (
    delete from rate_limits r using due d where r.tenant_id = v_tenant and r.identifier = d.identifier returning 1)
  select count(*) from over into counters;
end $$;

ALTER FUNCTION public.expire(p_answer_seconds double precision, p_limit integer, OUT confirmations integer, OUT requests integer, OUT counters integer) OWNER TO tistis_owner;

--
-- Name: external_data_there(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.external_data_there(p_tenant uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_systems text[];
begin
  select array_agg(distinct i.integration_type order by i.integration_type) into v_systems from integration_connections i
    where i.tenant_id = p_tenant and i.status = 'connected' and i.sync_enabled;
  if v_systems is null then return null; end if;
  return jsonb_build_object('source_systems', to_jsonb(v_systems),
    'products', exists (select from external_products p
      join integration_connections i on i.tenant_id = p.tenant_id and i.id = p.integration_id
       and i.status = 'connected' and i.sync_enabled
      where p.tenant_id = p_tenant and p.is_available),
    'inventory', exists (select from external_inventory p
      join integration_connections i on i.tenant_id = p.tenant_id and i.id = p.integration_id
       and i.status = 'connected' and i.sync_enabled
      where p.tenant_id = p_tenant and p.is_active));
end $$;

ALTER FUNCTION public.external_data_there(p_tenant uuid) OWNER TO tistis_owner;

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
         and c.owned_at is not null
      union all
      select a.asked, c.tenant_id, c.id, 2 from unnest(p_accounts) a (asked)
        join channel_connections c on c.whatsapp_business_account_id = a.asked and p_channel = 'whatsapp'
          and c.channel = p_channel and c.status <> 'disconnected' and c.owned_at is not null
    ) f
    join tenants t on t.id = f.tenant_id and t.status <> 'cancelled'
   order by f.asked, f.rank, f.id
$$;

ALTER FUNCTION public.find_accounts(p_channel text, p_accounts text[]) OWNER TO tistis_definer;

--
-- Name: find_api_key(text, text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.find_api_key(p_hash text, p_address text) RETURNS TABLE(tenant_id uuid, key_id uuid, state text, scopes text[], branch_id uuid, per_minute integer, per_day integer, address_allowed boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
  select k.tenant_id, k.id,
      case when not k.is_active or k.revoked_at is not null or k.deactivates_at <= app_now() then 'revoked'
        when k.expires_at <= app_now() then 'expired' when t.status <> 'active' then 'closed' else 'active' end,
      k.scopes, k.branch_id, k.rate_limit_rpm, k.rate_limit_daily,
      case when cardinality(k.ip_whitelist) = 0 then true
        when p_address ~ '^([0-9]{1,3}[.]){3}[0-9]{1,3}$|^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$' then p_address::inet <<= any (k.ip_whitelist)
        else false end
    from api_keys k join tenants t on t.id = k.tenant_id
   where k.key_hash = p_hash
$_$;

ALTER FUNCTION public.find_api_key(p_hash text, p_address text) OWNER TO tistis_definer;

--
-- Name: find_channel(text, text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.find_channel(p_channel text, p_slug text) RETURNS TABLE(tenant_id uuid, tenant_status text, connection_id uuid, connection_status text, account_id text, business_id text, secrets jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select t.id, t.status, c.id, c.status, c.account_id, c.whatsapp_business_account_id,
      coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind, 'sealed', encode(s.sealed, 'hex'))
          order by s.id) from inbound_secrets s where s.tenant_id = t.id and s.channel_connection_id = c.id), '[]')
    from tenants t
    left join channel_connections c on c.tenant_id = t.id and c.channel = p_channel and c.status <> 'disconnected'
   where t.slug = p_slug
   order by c.id
$$;

ALTER FUNCTION public.find_channel(p_channel text, p_slug text) OWNER TO tistis_definer;

--
-- Name: find_lead_by_any_identity(uuid, text, text, text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.find_lead_by_any_identity(p_tenant_id uuid, p_phone_normalized text DEFAULT NULL::text, p_email text DEFAULT NULL::text, p_instagram_psid text DEFAULT NULL::text, p_facebook_psid text DEFAULT NULL::text, p_tiktok_open_id text DEFAULT NULL::text) RETURNS TABLE(lead_id uuid, lead_name text, match_type text)
    LANGUAGE plpgsql STABLE
    AS $$
begin
  perform require_tenant(p_tenant_id);
  return query
    select k.lead_id, coalesce(nullif(l.full_name, ''), l.name), a.alias ->> 'kind'
      from jsonb_array_elements(alias_list(contact_alias('phone', p_phone_normalized),
          contact_alias('instagram', p_instagram_psid), contact_alias('facebook', p_facebook_psid),
          contact_alias('tiktok', p_tiktok_open_id), contact_alias('email', p_email))) with ordinality a (alias, place)
      cross join lateral known_lead(a.alias ->> 'kind', a.alias ->> 'value') k
      join leads l on l.tenant_id = p_tenant_id and l.id = k.lead_id
     where not k.is_deleted order by a.place limit 1;
end $$;

ALTER FUNCTION public.find_lead_by_any_identity(p_tenant_id uuid, p_phone_normalized text, p_email text, p_instagram_psid text, p_facebook_psid text, p_tiktok_open_id text) OWNER TO tistis_owner;

--
-- Name: find_matching_lead_for_dedup(uuid, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.find_matching_lead_for_dedup(p_tenant_id uuid, p_phone text, p_email text) RETURNS TABLE(lead_id uuid, match_type text, confidence numeric)
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return query
    select i.lead_id, i.match_type, case i.match_type when 'phone' then 0.95 else 0.90 end
      from find_lead_by_any_identity(p_tenant_id, p_phone, p_email) i;
end $$;

ALTER FUNCTION public.find_matching_lead_for_dedup(p_tenant_id uuid, p_phone text, p_email text) OWNER TO tistis_owner;

--
-- Name: find_n8n(text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.find_n8n(p_kind text, p_id uuid) RETURNS TABLE(tenant_id uuid, is_plain boolean, is_platforms boolean, secrets jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select t.id, coalesce(s.is_enabled and s.plain_callbacks, false), coalesce(s.is_enabled and s.webhook_url is null, false),
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'sealed', encode(i.sealed, 'hex')) order by i.id)
        from inbound_secrets i where i.tenant_id = t.id and i.kind = 'n8n_webhook'), '[]')
    from (select c.tenant_id from conversations c where p_kind = 'conversation' and c.id = p_id
      union all select l.tenant_id from leads l where p_kind = 'lead' and l.id = p_id) x
    join tenants t on t.id = x.tenant_id and t.status = 'active'
    left join n8n_settings s on s.tenant_id = t.id
$$;

ALTER FUNCTION public.find_n8n(p_kind text, p_id uuid) OWNER TO tistis_definer;

--
-- Name: find_or_create_channel_lead(uuid, uuid, text, text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.find_or_create_channel_lead(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text DEFAULT NULL::text, p_profile_image_url text DEFAULT NULL::text) RETURNS TABLE(lead_id uuid, lead_name text, is_new boolean)
    LANGUAGE plpgsql
    AS $$
declare
  r record;
begin
  perform require_tenant(p_tenant_id);
  select * into r
    from resolve_lead(alias_list(contact_alias(p_channel, p_identifier)), p_contact_name, p_channel, p_branch_id);
  update leads l set profile_image_url = p_profile_image_url
    where l.tenant_id = p_tenant_id and l.id = r.lead_id and p_profile_image_url <> ''
      and l.profile_image_url is distinct from p_profile_image_url;
  return query select r.lead_id, r.lead_name, r.is_new;
end $$;

ALTER FUNCTION public.find_or_create_channel_lead(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_profile_image_url text) OWNER TO tistis_owner;

--
-- Name: find_or_create_conversation(uuid, uuid, uuid, uuid, text, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.find_or_create_conversation(p_tenant_id uuid, p_branch_id uuid, p_lead_id uuid, p_channel_connection_id uuid, p_channel text DEFAULT 'whatsapp'::text, p_ai_enabled boolean DEFAULT true) RETURNS TABLE(conversation_id uuid, is_new boolean)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(p_tenant_id);
  v_lead uuid := living_lead(p_lead_id);
  v_channel text := (select cc.channel from channel_connections cc
    where cc.tenant_id = v_tenant and cc.id = p_channel_connection_id);
  v_contact jsonb;
begin
  if (lock_lead(v_lead)).id is null then
    raise exception 'there is no lead %', p_lead_id using errcode = 'no_data_found';
  elsif v_channel is distinct from coalesce(p_channel, v_channel) or v_channel is null then
    raise exception 'connection % is %', p_channel_connection_id,
      coalesce(v_channel || ', not ' || p_channel, 'none of this tenant''s') using errcode = 'invalid_parameter_value';
  end if;
  is_new := not exists (select from conversations c where c.tenant_id = v_tenant and c.lead_id = v_lead
    and c.channel_connection_id = p_channel_connection_id and c.status in ('active', 'waiting_response', 'escalated'));
  if is_new then
    v_contact := contact_of_lead(v_lead, v_channel);
    if v_contact is null then
      raise exception 'this person has no address on %', v_channel using errcode = 'invalid_parameter_value',
        hint = 'find_or_create_channel_lead or find_or_create_lead_smart gives one';
    end if;
  end if;
  conversation_id := conversation_of(v_lead, p_channel_connection_id, v_contact);
  if is_new then
    update conversations c set branch_id = coalesce(p_branch_id, c.branch_id),
        ai_handling = c.ai_handling and coalesce(p_ai_enabled, true)
      where c.tenant_id = v_tenant and c.id = conversation_id;
  end if;
  return next;
end $$;

ALTER FUNCTION public.find_or_create_conversation(p_tenant_id uuid, p_branch_id uuid, p_lead_id uuid, p_channel_connection_id uuid, p_channel text, p_ai_enabled boolean) OWNER TO tistis_owner;

--
-- Name: find_or_create_lead(uuid, uuid, text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.find_or_create_lead(p_tenant_id uuid, p_branch_id uuid, p_phone_normalized text, p_contact_name text DEFAULT NULL::text, p_source text DEFAULT 'whatsapp'::text) RETURNS TABLE(lead_id uuid, lead_name text, is_new boolean)
    LANGUAGE plpgsql
    AS $$
begin
  perform require_tenant(p_tenant_id);
  return query select r.lead_id, r.lead_name, r.is_new
    from resolve_lead(alias_list(contact_alias('phone', p_phone_normalized)),
      p_contact_name, p_source, p_branch_id) r;
end $$;

ALTER FUNCTION public.find_or_create_lead(p_tenant_id uuid, p_branch_id uuid, p_phone_normalized text, p_contact_name text, p_source text) OWNER TO tistis_owner;

--
-- Name: find_or_create_lead_smart(uuid, uuid, text, text, text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.find_or_create_lead_smart(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text DEFAULT NULL::text, p_email text DEFAULT NULL::text, p_phone text DEFAULT NULL::text) RETURNS TABLE(lead_id uuid, lead_name text, is_new boolean, was_linked boolean, match_type text, matched_channel text)
    LANGUAGE plpgsql
    AS $$
declare
  v_identity jsonb := contact_alias(p_channel, p_identifier);
  r record;
begin
  perform require_tenant(p_tenant_id);
  select * into r from resolve_lead(alias_list(v_identity, contact_alias('phone', p_phone), contact_alias('email', p_email)),
    p_contact_name, p_channel, p_branch_id);
  return query
    select r.lead_id, r.lead_name, r.is_new, not r.is_new and v_identity is not null and r.found_by <> v_identity ->> 'kind',
        case when r.found_by = v_identity ->> 'kind' then 'channel' else r.found_by end,
        case when not r.is_new then l.source end
      from leads l where l.tenant_id = p_tenant_id and l.id = r.lead_id;
end $$;

ALTER FUNCTION public.find_or_create_lead_smart(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_email text, p_phone text) OWNER TO tistis_owner;

--
-- Name: find_room(uuid, uuid, uuid, uuid, timestamp with time zone, integer, uuid, boolean, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.find_room(p_lead uuid, p_branch uuid, p_service uuid, p_staff uuid, p_at timestamp with time zone, p_minutes integer, p_except uuid DEFAULT NULL::uuid, p_anytime boolean DEFAULT false, p_on_grid boolean DEFAULT false) RETURNS TABLE(outcome text, staff_id uuid, minutes integer, buffer_before integer, buffer_after integer)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_now timestamptz := app_now();
  v_to timestamptz;
  v_works boolean := false;
  v_on_grid boolean := not coalesce(p_on_grid, false);
  v_spans tstzrange[];
  b branches;
  s services;
  w record;
begin
  select * into b from branches x where x.tenant_id = v_tenant and x.id = p_branch;
  select * into s from services x where x.tenant_id = v_tenant and x.id = p_service;
  minutes := coalesce(p_minutes, s.duration_minutes, b.appointment_duration_default);
  buffer_before := coalesce(s.buffer_before_minutes, 0);
  buffer_after := coalesce(s.buffer_after_minutes, 0);
  v_to := p_at + make_interval(mins => minutes);
  outcome := case
    when p_lead is not null and not exists (select from leads l where l.tenant_id = v_tenant and l.id = p_lead
      and l.deleted_at is null) then 'unknown_lead'
    when b.id is null then 'unknown_branch'
    when p_service is not null and s.id is null then 'unknown_service'
    when p_staff is not null and not exists (select from staff x join staff_branches y on y.tenant_id = x.tenant_id
      and y.staff_id = x.id where x.tenant_id = v_tenant and x.id = p_staff and y.branch_id = p_branch)
      or p_staff is not null and p_service is not null and not does_service(p_staff, p_service) then 'unknown_staff'
    when not b.is_active or not coalesce(s.is_active and s.is_bookable, true) or exists (select from staff x
      where x.tenant_id = v_tenant and x.id = p_staff and not x.is_active) then 'inactive'
    when p_at <= v_now and not coalesce(p_anytime, false) then 'in_past'
    when p_anytime then null
    when p_at >= last_day_to_book(b.timezone, b.advance_booking_days) then 'too_far'
    when p_at < v_now + make_interval(mins => b.booking_notice_minutes) then 'too_soon' end;
  if outcome is null and p_lead is not null and exists (select from appointments a where a.tenant_id = v_tenant
    and a.lead_id = p_lead
    and a.scheduled_at > p_at - interval '1 day' and a.scheduled_at < v_to and a.end_time > p_at
    and a.status in ('scheduled', 'confirmed', 'in_progress') and a.id is distinct from p_except) then
    outcome := 'lead_conflict';
  end if;
  if outcome is not null then
    return next;
    return;
  end if;
  -- Whom the person likes, then who has the least to do that day.
  for w in
    select t.* from who_takes(p_branch, p_service, p_staff) t
     order by t.staff_id is distinct from (select l.preferred_staff_id from leads l where l.tenant_id = v_tenant
       and l.id = p_lead),
       (select count(*) from occupied_times o where o.tenant_id = v_tenant and o.resource_id = t.resource_id and t.place = 0
         and o.appointment_id is not null and o.starts_at > p_at - interval '12 hours'
           and o.starts_at < p_at + interval '12 hours'), t.place, t.staff_id
  loop
    if not coalesce(p_anytime, false) then
      v_spans := working_spans(p_branch, w.staff_id, p_at, v_to);
      if not coalesce(tstzrange(p_at, v_to) <@ ((select range_agg(x) from unnest(v_spans) x)
        - off_times(p_branch, w.staff_id, p_at, v_to)), false) then continue; end if;
    end if;
    v_works := true;
    if coalesce(p_on_grid, false) then
      if not exists (select from unnest(v_spans) x where x @> p_at
        and extract(epoch from p_at - lower(x)) % (b.slot_minutes * 60) = 0) then continue; end if;
      v_on_grid := true;
    end if;
    if not tstzrange(p_at - make_interval(mins => buffer_before), v_to + make_interval(mins => buffer_after))
      && taken_times(w.resource_id, w.place, p_at - make_interval(mins => buffer_before),
        v_to + make_interval(mins => buffer_after), p_except, p_lead) then
      staff_id := w.staff_id;
      return next;
      return;
    end if;
  end loop;
  outcome := case when not v_works then 'outside_hours' when not v_on_grid then 'off_grid' else 'slot_taken' end;
  return next;
end $$;

ALTER FUNCTION public.find_room(p_lead uuid, p_branch uuid, p_service uuid, p_staff uuid, p_at timestamp with time zone, p_minutes integer, p_except uuid, p_anytime boolean, p_on_grid boolean) OWNER TO tistis_owner;

--
-- Name: find_user_roles(uuid); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.find_user_roles(p_user uuid) RETURNS TABLE(tenant_id uuid, slug text, role text, staff_id uuid, is_active boolean, tenant_active boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select r.tenant_id, t.slug, r.role, r.staff_id, r.is_active, t.status = 'active'
    from user_roles r join tenants t on t.id = r.tenant_id where r.user_id = p_user order by t.slug
$$;

ALTER FUNCTION public.find_user_roles(p_user uuid) OWNER TO tistis_definer;

--
-- Name: folded_name(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.folded_name(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select btrim(regexp_replace(translate(lower(p_text), 'áàâäãéèêëíìîïóòôöõúùûüñç', 'aaaaaeeeeiiiiooooouuuunc'),
    '[^a-z0-9]+', ' ', 'g'))
$$;

ALTER FUNCTION public.folded_name(p_text text) OWNER TO tistis_owner;

--
-- Name: follow_openings(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.follow_openings(p_branch uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.follow_openings(p_branch uuid) OWNER TO tistis_owner;

--
-- Name: follow_threads(jsonb, uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.follow_threads(p_events jsonb, p_new uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  r record;
begin
  for r in
    select distinct on (m.conversation_id) m.conversation_id, coalesce(e.standby, false) as standby, m.external_timestamp as at
      from jsonb_to_recordset(p_events) as e (connection_id uuid, kind text, external_id text, standby boolean)
      join messages m on m.tenant_id = current_tenant() and m.channel_connection_id = e.connection_id
        and m.external_id = e.external_id and m.id = any (p_new)
     where e.kind = 'message' or (e.kind = 'echo' and e.standby)
     order by m.conversation_id, m.external_timestamp desc, m.id desc
  loop
    update conversations c set thread_owner = case when r.standby then coalesce(c.thread_owner, 'another app') end,
        thread_since = r.at
      where c.tenant_id = current_tenant() and c.id = r.conversation_id and (r.standby or c.thread_owner is not null)
        and coalesce(c.thread_since, '-infinity') < r.at;
  end loop;
end $$;

ALTER FUNCTION public.follow_threads(p_events jsonb, p_new uuid[]) OWNER TO tistis_owner;

--
-- Name: follow_up_obstacle(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.follow_up_obstacle(p_lead uuid, p_channel text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
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

ALTER FUNCTION public.follow_up_obstacle(p_lead uuid, p_channel text) OWNER TO tistis_owner;

--
-- Name: follow_ups_near(jsonb, uuid, uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.follow_ups_near(p_rule jsonb, p_lead uuid, p_after uuid, p_limit integer) RETURNS TABLE(lead_id uuid, conversation_id uuid, silent_since timestamp with time zone, last_said timestamp with time zone, attempts integer, last_at timestamp with time zone, open_until timestamp with time zone, local_minute integer, service text, own_words text, now_is timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $$
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

ALTER FUNCTION public.follow_ups_near(p_rule jsonb, p_lead uuid, p_after uuid, p_limit integer) OWNER TO tistis_owner;

--
-- Name: forget_deleted(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.forget_deleted(p_messages uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_gone uuid[] := array(select id from messages where tenant_id = v_tenant and id = any (p_messages)
    and deleted_at is not null);
  v_jobs jsonb;
begin
  if cardinality(v_gone) = 0 then return; end if;
  update channel_events x set content = '', details = '{}', raw = null
    from messages m join conversations c on c.tenant_id = v_tenant and c.id = m.conversation_id
    where m.tenant_id = v_tenant and m.id = any (v_gone) and x.tenant_id = v_tenant
      and x.channel_connection_id = m.channel_connection_id and x.reply_to_external_id = m.external_id
      and x.kind = 'edit' and x.lead_id = c.lead_id and (x.content <> '' or x.raw is not null);
  with gone as (
    update media_files f set status = 'gone', error_message = 'its writer deleted it', filename = null,
        source_url = null
      where f.tenant_id = v_tenant and f.message_id = any (v_gone) and f.status in ('pending', 'stored')
      returning f.id, f.storage_key)
  select jsonb_agg(jsonb_build_object('job_type', 'remove_media', 'priority', 7, 'max_attempts', 100,
      'payload', jsonb_build_object('tenant_id', v_tenant, 'media_id', id, 'storage_key', storage_key)))
    into v_jobs from gone;
  perform enqueue_jobs(coalesce(v_jobs, '[]'));
end $$;

ALTER FUNCTION public.forget_deleted(p_messages uuid[]) OWNER TO tistis_owner;

--
-- Name: forget_escalation(uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.forget_escalation(p_tenant uuid, p_lead uuid, p_but uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  -- Another's SQL client may give a conversation back without the right to change a lead.
  if not has_column_privilege('leads', 'escalated_to_human', 'update') then return; end if;
  -- Held before the others are looked at: two conversations that end at once must not each see the other.
  perform 1 from leads l where l.tenant_id = p_tenant and l.id = p_lead for update;
  update leads l set escalated_to_human = false
    where l.tenant_id = p_tenant and l.id = p_lead and l.escalated_to_human and not exists (select from conversations o
      where o.tenant_id = p_tenant and o.lead_id = p_lead and o.id <> p_but and o.status = 'escalated');
end $$;

ALTER FUNCTION public.forget_escalation(p_tenant uuid, p_lead uuid, p_but uuid) OWNER TO tistis_owner;

--
-- Name: forget_reminders(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.forget_reminders() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (new.scheduled_at, new.branch_id) is distinct from (old.scheduled_at, old.branch_id)
    or old.status = 'cancelled' and new.status = 'scheduled' then
    new.reminder_1week_sent := false;
    new.reminder_24h_sent := false;
    new.reminder_4h_sent := false;
    new.reminder_2h_sent := false;
    new.confirmation_sent := false;
    new.told_after := null;
    new.confirmation_status := 'not_required';
    -- Who said that they come said so of the other time.
    if old.status = 'confirmed' and new.status = 'confirmed' then new.status := 'scheduled'; end if;
  end if;
  return new;
end $$;

ALTER FUNCTION public.forget_reminders() OWNER TO tistis_owner;

--
-- Name: forget_secret_hint(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.forget_secret_hint() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  delete from secret_hints h
   where h.tenant_id = old.tenant_id and h.channel_connection_id = old.channel_connection_id and h.kind = old.kind
     and not exists (select from inbound_secrets s where s.tenant_id = h.tenant_id
       and s.channel_connection_id = h.channel_connection_id and s.kind = h.kind)
     and not exists (select from outbound_tokens s where s.tenant_id = h.tenant_id
       and s.channel_connection_id = h.channel_connection_id and s.kind = h.kind);
  return null;
end $$;

ALTER FUNCTION public.forget_secret_hint() OWNER TO tistis_owner;

--
-- Name: forget_unsent_files(integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.forget_unsent_files(p_limit integer) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_jobs jsonb;
begin
  with gone as (
    delete from media_files f
     where f.tenant_id = current_tenant() and f.id in (
       select x.id from media_files x
        where x.tenant_id = current_tenant() and x.message_id is null and x.external_id = 'upload:' || x.id
          and coalesce(x.expires_at, x.created_at + interval '30 days') < app_now()
        order by x.id limit p_limit for update skip locked)
    returning f.id, f.storage_key)
  select jsonb_agg(jsonb_build_object('job_type', 'remove_media', 'priority', 7, 'max_attempts', 100,
      'payload', jsonb_build_object('tenant_id', current_tenant(), 'media_id', g.id, 'storage_key', g.storage_key)))
    into v_jobs from gone g;
  perform enqueue_jobs(coalesce(v_jobs, '[]'));
  return coalesce(jsonb_array_length(v_jobs), 0) = p_limit;
end $$;

ALTER FUNCTION public.forget_unsent_files(p_limit integer) OWNER TO tistis_owner;

--
-- Name: forgive_sends(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.forgive_sends(p_connection uuid, p_contact text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update send_pace s set strikes = 0
    where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection and s.contact = p_contact
      and s.strikes > 0 and s.blocked_until <= app_clock();
  update send_pace s set strikes = 0
    where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection and s.contact = ''
      and s.strikes > 0 and s.blocked_until <= app_clock();
end $$;

ALTER FUNCTION public.forgive_sends(p_connection uuid, p_contact text) OWNER TO tistis_owner;

--
-- Name: found_rows(jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.found_rows(p_looks jsonb, p_table text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
  select array(select distinct r from jsonb_array_elements(p_looks) l, jsonb_array_elements_text(l -> p_table) r)
$$;

ALTER FUNCTION public.found_rows(p_looks jsonb, p_table text) OWNER TO tistis_owner;

--
-- Name: free_accounts(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.free_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  update channel_connections c set owned_at = null where c.tenant_id = new.id and c.owned_at is not null;
  return null;
end $$;

ALTER FUNCTION public.free_accounts() OWNER TO tistis_definer;

--
-- Name: free_hold(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.free_hold(p_lead uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
  delete from occupied_times o where o.tenant_id = current_tenant() and o.lead_id = p_lead;
  return found;
end $$;

ALTER FUNCTION public.free_hold(p_lead uuid) OWNER TO tistis_owner;

--
-- Name: free_place(uuid, uuid, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.free_place(p_tenant uuid, p_branch uuid, p_from timestamp with time zone, p_to timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select min(n) from branches b, generate_series(1, b.places) n
   where b.tenant_id = p_tenant and b.id = p_branch and not exists (select from occupied_times o
     where o.tenant_id = p_tenant and o.resource_id = p_branch and o.place = n
       and o.starts_at > p_from - interval '2 days' and o.starts_at < p_to and o.ends_at > p_from)
); end $$;

ALTER FUNCTION public.free_place(p_tenant uuid, p_branch uuid, p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: free_slots(uuid, uuid, uuid, timestamp with time zone, timestamp with time zone, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.free_slots(p_branch uuid, p_service uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_limit integer) RETURNS TABLE(starts_at timestamp with time zone, ends_at timestamp with time zone, branch_id uuid, staff_id uuid, staff_name text, local_date date, local_time text, weekday integer, timezone text)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_now timestamptz := app_now();
  s services;
begin
  select * into s from services x where x.tenant_id = v_tenant and x.id = p_service and x.is_active and x.is_bookable;
  if p_service is not null and s.id is null then return; end if;
  return query
  with place as materialized (
    select b.id, b.timezone, make_interval(mins => b.slot_minutes) as step,
        make_interval(mins => coalesce(s.duration_minutes, b.appointment_duration_default)) as length,
        greatest(p_from, v_now + make_interval(mins => b.booking_notice_minutes)) as since,
        least(p_to, p_from + interval '62 days', last_day_to_book(b.timezone, b.advance_booking_days)) as until
      from branches b where b.tenant_id = v_tenant and b.is_active and (p_branch is null or b.id = p_branch)
  ), who as materialized (
    select b.id as branch, w.* from place b cross join lateral who_takes(b.id, p_service, p_staff) w
     where p_staff is null or p_service is null or does_service(p_staff, p_service)
  ), hours as materialized (
    select p.*, b.since, b.until, b.step, b.length, w.spans, (select range_agg(x) from unnest(w.spans) x)
        - off_times(b.id, p.staff_id, b.since, b.until + b.length) as open
      from (select distinct branch, who.staff_id from who) p join place b on b.id = p.branch
      cross join lateral (select working_spans(b.id, p.staff_id, b.since, b.until + b.length) as spans offset 0) w
     where b.since < b.until
  ), busy as materialized (
    select h.branch, h.staff_id, taken_times(w.resource_id, w.place, h.since - interval '8 hours',
        h.until + h.length + interval '8 hours') as taken
      from hours h join who w on w.branch = h.branch and w.staff_id is not distinct from h.staff_id
  ), free as (
    select distinct on (g.at, h.branch) g.at, g.at + h.length as until, h.branch, h.staff_id as who
      from hours h
      cross join lateral unnest(h.spans) r
      cross join lateral generate_series(lower(r), upper(r), h.step) g (at)
     where g.at >= h.since and g.at < h.until and tstzrange(g.at, g.at + h.length) <@ h.open
       -- Of a thousand places the first that is free is enough.
       and exists (select from busy k where k.branch = h.branch and k.staff_id is not distinct from h.staff_id
         and not tstzrange(g.at - make_interval(mins => coalesce(s.buffer_before_minutes, 0)),
           g.at + h.length + make_interval(mins => coalesce(s.buffer_after_minutes, 0))) && k.taken)
     order by g.at, h.branch, h.staff_id
  )
  select f.at, f.until, f.branch, f.who, (select coalesce(m.display_name, concat_ws(' ', m.first_name, m.last_name))
    from staff m
      where m.tenant_id = v_tenant and m.id = f.who),
      l.at::date, to_char(l.at, 'HH24:MI'), extract(isodow from l.at)::int, b.timezone
    from free f join place b on b.id = f.branch cross join lateral (select f.at at time zone b.timezone as at) l
   order by f.at, f.branch limit least(greatest(p_limit, 0), 5000);
end $$;

ALTER FUNCTION public.free_slots(p_branch uuid, p_service uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_limit integer) OWNER TO tistis_owner;

--
-- Name: free_slug(text, text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.free_slug(p_name text, p_taken text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $$
declare
  v_slug text := coalesce(nullif(btrim(left(replace(folded_name(p_name), ' ', '-'), 40), '-'), ''), 'n');
  v_free text := v_slug;
  v_next int := 2;
begin
  while v_free = any (p_taken) loop
    v_free := v_slug || '-' || v_next;
    v_next := v_next + 1;
  end loop;
  return v_free;
end $$;

ALTER FUNCTION public.free_slug(p_name text, p_taken text[]) OWNER TO tistis_owner;

--
-- Name: get_pending_dead_letters(text, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.get_pending_dead_letters(p_channel text DEFAULT NULL::text, p_limit integer DEFAULT 10) RETURNS TABLE(id uuid, channel text, tenant_slug text, payload jsonb, retry_count integer, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return query
    select d.id, d.channel, d.tenant_slug, d.payload, d.retry_count, d.created_at from webhook_dead_letters d
     where d.tenant_id = require_tenant(current_tenant()) and d.status = 'pending'
       and coalesce(d.next_retry_at, '-infinity') <= app_now() and (p_channel is null or d.channel = p_channel)
     order by d.created_at, d.id limit greatest(coalesce(p_limit, 10), 0);
end $$;

ALTER FUNCTION public.get_pending_dead_letters(p_channel text, p_limit integer) OWNER TO tistis_owner;

--
-- Name: get_tenant_ai_context(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select p || jsonb_build_object(
    'ai_config', (p -> 'ai_config') || jsonb_build_object(
      'max_response_length', coalesce(a.max_tokens, 500),
      'enable_scoring', coalesce(a.enable_scoring, true),
      'auto_escalate_keywords', to_jsonb(coalesce(a.escalation_keywords, '{}')),
      'max_turns_before_escalation', coalesce(a.auto_escalate_after_messages, 0),
      'escalate_on_hot_lead', coalesce(a.escalate_on_hot_lead, false), 'use_emojis', coalesce(a.use_emojis, false),
      'supported_languages', to_jsonb(coalesce(a.supported_languages, '{es}'))),
    'doctors', p -> 'staff',
    'scoring_rules', (select coalesce(jsonb_agg(jsonb_build_object('signal_name', r.signal_name,
        'signal_display_name', r.signal_display_name, 'points', r.points, 'detection_type', r.detection_type,
        'detection_config', r.detection_config, 'category', r.category) order by r.evaluation_order, r.id), '[]')
      from ai_scoring_rules r where r.tenant_id = t.id and r.is_active),
    'custom_instructions', (select coalesce(jsonb_agg(jsonb_build_object('type', i.instruction_type, 'title', i.title,
        'instruction', i.instruction, 'examples', i.examples, 'branch_id', i.branch_id)
        order by i.priority desc, i.id), '[]')
      from (select * from ai_custom_instructions c where c.tenant_id = t.id and c.is_active and c.include_in_prompt
        order by c.priority desc, c.id limit 5) i),
    'business_policies', '[]'::jsonb, 'knowledge_articles', '[]'::jsonb, 'response_templates', '[]'::jsonb,
    'competitor_handling', '[]'::jsonb)
  from (select require_tenant(p_tenant_id) as id offset 0) t
  -- Kept apart, or it is made once for each place that names it.
  cross join lateral (select tenant_profile(t.id) as p offset 0) x
  left join ai_tenant_context a on a.tenant_id = t.id
$$;

ALTER FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) OWNER TO tistis_owner;

--
-- Name: get_tenant_external_data(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.get_tenant_external_data(p_tenant_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := require_tenant(p_tenant_id);
begin
  if not exists (select from integration_connections i
    where i.tenant_id = v_tenant and i.status = 'connected' and i.sync_enabled) then
    return null;
  end if;
  return (select jsonb_build_object(
    'has_integrations', true,
    'source_systems', to_jsonb(array_agg(distinct i.integration_type order by i.integration_type)),
    'low_stock_items', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'sku', s.sku,
        'quantity', s.quantity_on_hand, 'reorder_point', s.reorder_point, 'category', s.category) order by s.name, s.id), '[]')
      from (select * from external_inventory x where x.tenant_id = v_tenant and x.is_active and x.is_low_stock
        order by x.name, x.id limit 10) s),
    'external_products', (select coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'price', p.price,
        'category', p.category, 'is_available', p.is_available, 'preparation_time', p.preparation_time_minutes)
        order by p.category, p.name, p.id), '[]')
      from (select * from external_products x where x.tenant_id = v_tenant and x.is_available
        order by x.category, x.name, x.id limit 50) p),
    'external_appointments_count', 0,
    'last_sync_at', max(i.last_sync_at))
    from integration_connections i where i.tenant_id = v_tenant and i.status = 'connected');
end $$;

ALTER FUNCTION public.get_tenant_external_data(p_tenant_id uuid) OWNER TO tistis_owner;

--
-- Name: give_up_follow_up(uuid, uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.give_up_follow_up(p_lead uuid, p_conversation uuid, p_reason text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.give_up_follow_up(p_lead uuid, p_conversation uuid, p_reason text) OWNER TO tistis_owner;

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
-- Name: hand_over(uuid, text, jsonb, jsonb, uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hand_over(p_conversation uuid, p_reason text, p_details jsonb, p_texts jsonb, p_job uuid, p_request_id text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_question uuid;
  v_text text;
begin
  -- The lane before the conversation, as `store_reply` does.
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  if p_reason is not null then perform escalate_conversation(p_conversation, p_reason, p_details || '{"tell": true}'); end if;
  select c.last_question_id, coalesce(a.escalation_message, p_texts ->> substring(lower(a.default_language) from '^[a-z]+'), p_texts ->> 'es')
    into v_question, v_text
    from conversations c left join ai_tenant_context a on a.tenant_id = c.tenant_id
   where c.tenant_id = v_tenant and c.id = p_conversation and c.status = 'escalated' and c.last_word_owed;
  if not found then return false; end if;
  -- In one message where every channel takes it.
  return exists (select from store_reply(p_conversation, case when p_texts ->> 'done' is null then array[v_text]
    when octet_length(p_texts ->> 'done') + octet_length(v_text) < 900 then array[(p_texts ->> 'done') || ' ' || v_text]
    else array[p_texts ->> 'done', v_text] end, v_question, p_job, null,
    case when p_texts ->> 'done' is null then '{"last_word": true}' else '{"last_word": true, "told_done": true}' end::jsonb,
    p_request_id));
end $$;

ALTER FUNCTION public.hand_over(p_conversation uuid, p_reason text, p_details jsonb, p_texts jsonb, p_job uuid, p_request_id text) OWNER TO tistis_owner;

--
-- Name: health_queue(integer); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.health_queue(p_limit integer) RETURNS TABLE(oldest_due_seconds double precision, due integer, dead integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
  select coalesce(extract(epoch from app_now() - min(d.ready_at)), 0)::float8, count(*)::int,
    (select count(*)::int from (select from jobs b where b.status = 'dead' limit p_limit) b)
  from (select j.ready_at from jobs j where j.ready_at > '-infinity' and j.ready_at <= app_now()
        order by j.ready_at limit p_limit) d
$$;

ALTER FUNCTION public.health_queue(p_limit integer) OWNER TO tistis_definer;

--
-- Name: health_report(double precision); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.health_report(p_silent_seconds double precision) RETURNS TABLE(schema_version integer, read_only boolean, last_run_at timestamp with time zone, silent_since timestamp with time zone, workers integer, alert_open boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_last timestamptz := last_run_of_jobs();
  v_version int;
  v_migrated timestamptz;
begin
  select max(m.version), max(m.applied_at) into v_version, v_migrated from schema_migrations m;
  return query
    select v_version, pg_is_in_recovery() or current_setting('transaction_read_only')::boolean, v_last,
      case when s.at < clock_timestamp() - make_interval(secs => p_silent_seconds) then s.at end,
      (select count(*)::int from workers w
        where (w.kind is null or w.kind = 'drain') and w.stopped_at is null and w.last_seen > clock_timestamp() - interval '20 s'),
      exists (select from platform_alerts a where a.kind = 'cron_stopped' and a.resolved_at is null)
    from (select coalesce(v_last, v_migrated) as at) s;
end $$;

ALTER FUNCTION public.health_report(p_silent_seconds double precision) OWNER TO tistis_definer;

--
-- Name: hold_appointment(uuid, jsonb, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hold_appointment(p_appointment uuid, p_ways jsonb, p_morning_minute integer) RETURNS TABLE(conversation_id uuid, scheduled_at timestamp with time zone, booked_at timestamp with time zone, morning timestamp with time zone, local_minute integer, day_told boolean, hours_told boolean, confirmation_told boolean, confirmation_text text, reminder_text text, now_is timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_conversation uuid;
begin
  select conversation_to_tell(a.lead_id, a.conversation_id, p_ways) into v_conversation
    from appointments a where a.tenant_id = v_tenant and a.id = p_appointment;
  if v_conversation is not null then
    -- The lane before the conversation, the conversation before the appointment, as everybody does.
    perform lock_lanes(v_tenant, array['send:' || v_conversation], '{}');
    perform 1 from conversations c where c.tenant_id = v_tenant and c.id = v_conversation for update;
  end if;
  return query
    select v_conversation, a.scheduled_at, coalesce(a.moved_at, a.created_at),
        morning_before(a.scheduled_at, b.timezone, p_morning_minute), minute_of_day(app_now(), b.timezone),
        a.reminder_24h_sent, a.reminder_4h_sent, a.confirmation_sent or is_told(a.told_after), x.confirmation_text,
        x.reminder_text, app_now()
      from appointments a
      join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
      left join ai_tenant_context x on x.tenant_id = a.tenant_id
     where a.tenant_id = v_tenant and a.id = p_appointment and a.status in ('scheduled', 'confirmed')
       and a.scheduled_at > app_now() and (coalesce(x.reminders_enabled, true) or p_ways ? 'by_hand')
       for update of a;
end $$;

ALTER FUNCTION public.hold_appointment(p_appointment uuid, p_ways jsonb, p_morning_minute integer) OWNER TO tistis_owner;

--
-- Name: hold_closed_talk(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hold_closed_talk(p_conversation uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_aliases jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'value', a.value)), '[]') into v_aliases
    from conversations c
    left join lead_aliases a on a.tenant_id = c.tenant_id and a.lead_id = c.lead_id
   where c.tenant_id = current_tenant() and c.id = p_conversation and c.status in ('resolved', 'archived')
   having count(*) > 0;
  if v_aliases is null then return false; end if;
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', v_aliases)));
  return true;
end $$;

ALTER FUNCTION public.hold_closed_talk(p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: hold_erasures(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hold_erasures() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(current_tenant()::text || '|erase', 2));
end $$;

ALTER FUNCTION public.hold_erasures() OWNER TO tistis_owner;

--
-- Name: hold_follow_up(jsonb, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hold_follow_up(p_rule jsonb, p_lead uuid, p_conversation uuid) RETURNS TABLE(lead_id uuid, conversation_id uuid, silent_since timestamp with time zone, last_said timestamp with time zone, attempts integer, last_at timestamp with time zone, open_until timestamp with time zone, local_minute integer, service text, own_words text, now_is timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
begin
  perform lock_lanes(current_tenant(), array['send:' || p_conversation], '{}');
  perform 1 from conversations c where c.tenant_id = current_tenant() and c.id = p_conversation for update;
  return query
    select * from follow_ups_near(p_rule, p_lead, '00000000-0000-0000-0000-000000000000', 1) n
     where n.conversation_id = p_conversation;
end $$;

ALTER FUNCTION public.hold_follow_up(p_rule jsonb, p_lead uuid, p_conversation uuid) OWNER TO tistis_owner;

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
    utm_source text,
    utm_medium text,
    utm_campaign text,
    next_followup_at timestamp with time zone,
    converted_at timestamp with time zone,
    score_updated_at timestamp with time zone,
    scoring_signals jsonb DEFAULT '{}'::jsonb NOT NULL,
    preferred_branch_id uuid,
    preferred_staff_id uuid,
    instagram_username text,
    profile_image_url text,
    primary_service_id uuid,
    interested_service_id uuid,
    deleted_by uuid,
    email_normalized text GENERATED ALWAYS AS (lower(btrim(email))) STORED,
    custom_fields jsonb DEFAULT '{}'::jsonb NOT NULL,
    score_history_id uuid,
    CONSTRAINT leads_classification_check CHECK ((classification = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text]))),
    CONSTRAINT leads_score_check CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT leads_source_check CHECK ((source = ANY (ARRAY['whatsapp'::text, 'instagram'::text, 'facebook'::text, 'tiktok'::text, 'website'::text, 'referral'::text, 'walk_in'::text, 'phone'::text, 'google'::text, 'api'::text, 'other'::text]))),
    CONSTRAINT leads_status_check CHECK ((status = ANY (ARRAY['new'::text, 'contacted'::text, 'qualified'::text, 'appointment_scheduled'::text, 'converted'::text, 'lost'::text, 'inactive'::text])))
);

ALTER TABLE ONLY public.leads FORCE ROW LEVEL SECURITY;

ALTER TABLE public.leads OWNER TO tistis_owner;

--
-- Name: hold_living_lead(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hold_living_lead(p_lead uuid) RETURNS public.leads
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.hold_living_lead(p_lead uuid) OWNER TO tistis_owner;

--
-- Name: hold_sends(uuid, text, double precision, boolean, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hold_sends(p_connection uuid, p_contact text, p_seconds double precision, p_initiated_only boolean, p_reason text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_until timestamptz;
begin
  perform lock_pace(p_connection, p_contact);
  v_until := app_clock() + make_interval(secs => p_seconds);
  update send_pace s set
      blocked_until = case when p_initiated_only then s.blocked_until else greatest(s.blocked_until, v_until) end,
      initiated_blocked_until = case when p_initiated_only then greatest(s.initiated_blocked_until, v_until)
        else s.initiated_blocked_until end,
      reason = case when p_initiated_only then s.reason else p_reason end
    where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection and s.contact = p_contact;
end $$;

ALTER FUNCTION public.hold_sends(p_connection uuid, p_contact text, p_seconds double precision, p_initiated_only boolean, p_reason text) OWNER TO tistis_owner;

--
-- Name: hold_slot(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hold_slot(p_request jsonb) RETURNS TABLE(outcome text, hold_id uuid, detail jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  r record;
  f record;
  v_from timestamptz;
  v_to timestamptz;
  v_until timestamptz;
begin
  select * into r from jsonb_to_record(p_request) as x (lead_id uuid, branch_id uuid, service_id uuid, staff_id uuid,
    scheduled_at timestamptz, duration_minutes int, hold_minutes int);
  if r.scheduled_at is null or r.lead_id is null then
    raise exception 'scheduled_at and lead_id must not be null' using errcode = 'null_value_not_allowed';
  end if;
  perform lock_bookings(v_tenant);
  r.lead_id := living_lead(r.lead_id);
  select * into f from find_room(r.lead_id, r.branch_id, r.service_id, r.staff_id, r.scheduled_at,
    case when r.service_id is null then r.duration_minutes end);
  outcome := f.outcome;
  if outcome is not null then
    detail := '{}';
    return next;
    return;
  end if;
  v_from := r.scheduled_at - make_interval(mins => f.buffer_before);
  v_to := r.scheduled_at + make_interval(mins => f.minutes + f.buffer_after);
  v_until := app_now() + make_interval(mins => least(greatest(coalesce(r.hold_minutes, 10), 1), 60));
  perform free_hold(r.lead_id);
  delete from occupied_times o where o.tenant_id = v_tenant and o.expires_at <= app_now()
    and o.resource_id = coalesce(f.staff_id, r.branch_id) and o.starts_at < v_to and o.ends_at > v_from;
  insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, lead_id, expires_at)
    values (v_tenant, coalesce(f.staff_id, r.branch_id), case when f.staff_id is null
      then free_place(v_tenant, r.branch_id, v_from, v_to) else 0 end, v_from, v_to, r.lead_id, v_until)
    returning 'held', id into outcome, hold_id;
  detail := jsonb_build_object('expires_at', v_until, 'staff_id', f.staff_id);
  return next;
end $$;

ALTER FUNCTION public.hold_slot(p_request jsonb) OWNER TO tistis_owner;

--
-- Name: hours_changed(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hours_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  -- The owner's repairs are nobody's business hours.
  if coalesce(new.tenant_id, old.tenant_id) is distinct from current_tenant() then return null; end if;
  perform follow_openings(case tg_table_name when 'branches' then (to_jsonb(new) ->> 'id')::uuid
    when 'times_off' then (to_jsonb(old) ->> 'branch_id')::uuid end);
  return null;
end $$;

ALTER FUNCTION public.hours_changed() OWNER TO tistis_owner;

--
-- Name: hours_on(jsonb, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.hours_on(p_hours jsonb, p_weekday integer) RETURNS TABLE(opens interval, closes interval)
    LANGUAGE sql IMMUTABLE
    AS $_$
  select t.opens, case when t.closes > t.opens then t.closes else t.closes + interval '24 hours' end
    from (select p_hours -> (array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday',
      'sunday'])[p_weekday]) w (day)
    cross join lateral jsonb_array_elements(case jsonb_typeof(w.day) when 'array' then w.day when 'object'
      then jsonb_build_array(w.day)
      else case when p_hours -> 'days' @> to_jsonb(p_weekday) or p_weekday = 7 and p_hours -> 'days' @> '0'
        then jsonb_build_array(jsonb_build_object('open', p_hours -> 'start', 'close', p_hours -> 'end'))
          else '[]' end end) s
    cross join lateral (select
      case when s ->> 'open' ~ '^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$' then (s ->> 'open')::interval end,
      case when s ->> 'close' ~ '^(([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?)$' then (s ->> 'close')::interval end)
        t (opens, closes)
   where t.opens is not null and t.closes is not null
     and s ->> 'closed' is distinct from 'true' and s ->> 'is_open' is distinct from 'false'
       and s ->> 'enabled' is distinct from 'false'
$_$;

ALTER FUNCTION public.hours_on(p_hours jsonb, p_weekday integer) OWNER TO tistis_owner;

--
-- Name: increment_conversation_message_count(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.increment_conversation_message_count(p_conversation_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update conversations set message_count = message_count + 1, last_message_at = greatest(last_message_at, app_now())
    where tenant_id = require_tenant(current_tenant()) and id = p_conversation_id;
end $$;

ALTER FUNCTION public.increment_conversation_message_count(p_conversation_id uuid) OWNER TO tistis_owner;

--
-- Name: ai_custom_instructions; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.ai_custom_instructions (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    branch_id uuid,
    instruction_type text NOT NULL,
    title text NOT NULL,
    instruction text NOT NULL,
    examples text,
    priority integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    include_in_prompt boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_custom_instructions_instruction_type_check CHECK ((instruction_type = ANY (ARRAY['identity'::text, 'greeting'::text, 'farewell'::text, 'pricing_policy'::text, 'special_cases'::text, 'competitors'::text, 'objections'::text, 'upsell'::text, 'tone_examples'::text, 'forbidden'::text, 'always_mention'::text, 'custom'::text])))
);

ALTER TABLE ONLY public.ai_custom_instructions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_custom_instructions OWNER TO tistis_owner;

--
-- Name: instruction_json(public.ai_custom_instructions); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.instruction_json(i public.ai_custom_instructions) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$ select to_jsonb(i) - 'tenant_id' $$;

ALTER FUNCTION public.instruction_json(i public.ai_custom_instructions) OWNER TO tistis_owner;

--
-- Name: is_own_kind(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.is_own_kind(p_job_type text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select p_job_type like 'send\_%' or p_job_type in ('ai_response', 'fetch_media', 'remove_media', 'read_back',
    'mark_read', 'refresh_token', 'upload_media', 'noop', 'fetch_jwks', 'sync_templates', 'test_channel', 'fetch_profile',
    'deliver_event', 'score_lead', 'routine', 'confirm_booking', 'hand_over')
$$;

ALTER FUNCTION public.is_own_kind(p_job_type text) OWNER TO tistis_owner;

--
-- Name: is_told(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.is_told(p_question uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin return exists (
  select from messages q join messages m on m.tenant_id = q.tenant_id and m.conversation_id = q.conversation_id and m.id > q.id
   where q.tenant_id = current_tenant() and q.id = p_question and m.role = 'assistant' and m.answers_message_id >= q.id
     and m.metadata ?| array['model', 'told_done'] and m.status not in ('withheld', 'failed')
); end $$;

ALTER FUNCTION public.is_told(p_question uuid) OWNER TO tistis_owner;

--
-- Name: keep_appointment(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.keep_appointment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'UPDATE' and old.status in ('completed', 'cancelled', 'rescheduled')
    and (new.status, new.scheduled_at, new.duration_minutes) is distinct from (old.status, old.scheduled_at,
      old.duration_minutes)
    and (old.status, new.status) <> ('cancelled', 'scheduled') then
    raise exception 'this appointment is %: it does not change any more', old.status
      using errcode = 'P0002', constraint = 'appointments_frozen';
  end if;
  new.end_time := new.scheduled_at + make_interval(mins => new.duration_minutes);
  new.cancelled_at := case when new.status = 'cancelled' then coalesce(new.cancelled_at, app_now()) end;
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, app_now()) end;
  if takes_time(new) and (tg_op = 'INSERT' or not takes_time(old)
    or (new.scheduled_at, new.end_time, new.staff_id) is distinct from (old.scheduled_at, old.end_time, old.staff_id)) then
    -- Before its row is written, or two that are written at once wait for each other.
    perform lock_bookings(new.tenant_id);
  end if;
  return new;
end $$;

ALTER FUNCTION public.keep_appointment() OWNER TO tistis_owner;

--
-- Name: keep_lead(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.keep_lead() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'INSERT' then
    if new.score = 50 and new.classification <> 'warm' then
      new.score := score_of_class(new.classification);
    else
      new.classification := classification_of(new.score);
    end if;
    new.full_name := coalesce(nullif(btrim(new.full_name), ''), nullif(concat_ws(' ', new.first_name, new.last_name), ''),
      new.name);
  else
    if new.score <> old.score then
      new.classification := classification_of(new.score);
      new.score_updated_at := app_now();
    elsif new.classification <> old.classification then
      new.score := score_of_class(new.classification);
      new.score_updated_at := app_now();
    end if;
    -- Whoever says no reason has one all the same: every change is a row.
    if new.score <> old.score and new.score_history_id is not distinct from old.score_history_id then
      new.score_history_id := note_score(old, new.score, new.score - old.score, null, 'manual', null, null, null, null);
    end if;
    if (new.first_name, new.last_name) is distinct from (old.first_name, old.last_name)
      and new.full_name is not distinct from old.full_name then
      new.full_name := coalesce(nullif(concat_ws(' ', new.first_name, new.last_name), ''), new.full_name);
    end if;
  end if;
  if new.status = 'converted' then new.converted_at := coalesce(new.converted_at, app_now()); end if;
  return new;
end $$;

ALTER FUNCTION public.keep_lead() OWNER TO tistis_owner;

--
-- Name: keep_ownership(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.keep_ownership() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.status = 'disconnected' then new.owned_at := null; end if;
  -- By its parts: what is generated of them is not known yet.
  if tg_op = 'INSERT' or row(new.whatsapp_phone_number_id, new.whatsapp_business_account_id,
      new.instagram_account_id, new.instagram_page_id, new.facebook_page_id, new.tiktok_open_id, new.tiktok_business_id)
    is distinct from row(old.whatsapp_phone_number_id, old.whatsapp_business_account_id, old.instagram_account_id,
      old.instagram_page_id, old.facebook_page_id, old.tiktok_open_id, old.tiktok_business_id) then
    if current_user = 'tistis_api' then new.owned_at := null; end if;
    -- What was found out is about another account.
    if tg_op = 'UPDATE' then new.tested_at := null; new.test_result := null; end if;
  end if;
  return new;
end $$;

ALTER FUNCTION public.keep_ownership() OWNER TO tistis_owner;

--
-- Name: keep_stops(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.keep_stops(p_leads uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.keep_stops(p_leads uuid[]) OWNER TO tistis_owner;

--
-- Name: known_lead(text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.known_lead(p_kind text, p_value text, OUT lead_id uuid, OUT is_deleted boolean) RETURNS record
    LANGUAGE sql STABLE
    AS $$
  select f.id, f.deleted_at is not null
    from (
      select l.id, l.deleted_at, 1 as rank from lead_aliases a
        join leads l on l.tenant_id = a.tenant_id and l.id = a.lead_id
       where a.tenant_id = current_tenant() and a.kind = p_kind and a.value = p_value
      union all
      select l.id, l.deleted_at, 2 from leads l
       where l.tenant_id = current_tenant() and p_kind = 'phone' and l.phone_normalized in (p_value, '+' || p_value)
         and l.merged_into_id is null
      union all
      select l.id, l.deleted_at, 3 from leads l
       where l.tenant_id = current_tenant() and p_kind = 'email' and l.email_normalized = p_value
         and l.merged_into_id is null) f
   order by f.deleted_at is not null, f.rank, f.id limit 1
$$;

ALTER FUNCTION public.known_lead(p_kind text, p_value text, OUT lead_id uuid, OUT is_deleted boolean) OWNER TO tistis_owner;

--
-- Name: last_day_to_book(text, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.last_day_to_book(p_zone text, p_days integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
  select (((app_now() at time zone p_zone)::date + p_days + 1)::timestamp) at time zone p_zone
$$;

ALTER FUNCTION public.last_day_to_book(p_zone text, p_days integer) OWNER TO tistis_owner;

--
-- Name: last_migrated_at(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.last_migrated_at() RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
begin return (select max(m.applied_at) from schema_migrations m); end $$;

ALTER FUNCTION public.last_migrated_at() OWNER TO tistis_owner;

--
-- Name: last_run_of_jobs(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.last_run_of_jobs() RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
  select max(last_seen) from workers where kind is null or kind = 'drain'
$$;

ALTER FUNCTION public.last_run_of_jobs() OWNER TO tistis_owner;

--
-- Name: lately_done(uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lately_done(p_conversation uuid, p_job uuid, p_question uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select json_agg(json_build_object('name', r.name, 'input', r.input, 'output', r.output, 'told', exists (
      select from messages m where m.tenant_id = current_tenant() and m.conversation_id = p_conversation
        and m.id > r.question_id and (m.answers_message_id = r.question_id and m.processed_by_job_id = r.job_id
          or m.metadata ? 'told_done' and m.created_at >= r.created_at)
        and m.role = 'assistant' and m.status not in ('withheld', 'failed'))) order by r.id)
    from (
      select s.id, s.name, s.input, s.output, s.job_id, s.question_id, s.created_at
        from ai_steps s
       where s.tenant_id = current_tenant() and s.conversation_id = p_conversation and s.kind = 'tool' and not s.is_error
         and (s.job_id, s.question_id) is distinct from (p_job, p_question)
         and s.created_at > app_now() - interval '1 day'
       order by s.id desc limit 8) r
); end $$;

ALTER FUNCTION public.lately_done(p_conversation uuid, p_job uuid, p_question uuid) OWNER TO tistis_owner;

--
-- Name: lead_json(public.leads); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lead_json(l public.leads) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('id', l.id, 'branch_id', l.branch_id, 'phone', l.phone, 'phone_normalized', l.phone_normalized,
    'first_name', l.first_name, 'last_name', l.last_name, 'full_name', coalesce(nullif(l.full_name, ''), l.name),
    'name', coalesce(l.name, nullif(l.full_name, '')), 'email', l.email, 'source', l.source, 'status', l.status,
    'classification', l.classification, 'score', l.score, 'interested_services', to_jsonb(l.interested_services),
    'notes', l.notes, 'tags', to_jsonb(l.tags), 'custom_fields', l.custom_fields,
    'assigned_staff_id', l.assigned_staff_id, 'preferred_language', l.preferred_language,
    'first_contact_at', l.first_contact_at, 'last_contact_at', l.last_contact_at,
    'last_interaction_at', l.last_interaction_at, 'next_followup_at', l.next_followup_at, 'converted_at', l.converted_at,
    'escalated_to_human', l.escalated_to_human, 'instagram_username', l.instagram_username,
    'profile_image_url', l.profile_image_url, 'deleted_at', l.deleted_at, 'created_at', l.created_at,
    'updated_at', l.updated_at)
    || jsonb_build_object('branches', (select jsonb_build_object('name', b.name, 'city', b.city) from branches b
      where b.tenant_id = l.tenant_id and b.id = l.branch_id))
$$;

ALTER FUNCTION public.lead_json(l public.leads) OWNER TO tistis_owner;

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

ALTER FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) OWNER TO tistis_owner;

--
-- Name: leads_of_person(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.leads_of_person(p_lead uuid) RETURNS uuid[]
    LANGUAGE sql STABLE
    AS $$
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

ALTER FUNCTION public.leads_of_person(p_lead uuid) OWNER TO tistis_owner;

--
-- Name: like_text(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.like_text(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select regexp_replace(p_text, '([\\%_])', '\\\1', 'g') $$;

ALTER FUNCTION public.like_text(p_text text) OWNER TO tistis_owner;

--
-- Name: limit_reached(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.limit_reached(p_connection uuid, p_lead uuid, p_policy jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_window int := (p_policy ->> 'per_window')::int;
  v_day int := (p_policy ->> 'per_user_per_day')::int;
begin
  if v_window is null and v_day is null then return null; end if;
  if said_lately(p_connection, p_lead, window_of(p_connection, p_lead), v_window) >= v_window then
    return 'per_user_limit';
  end if;
  if said_lately(p_connection, p_lead, app_now() - interval '1 day', v_day) >= v_day then return 'daily_limit'; end if;
  return null;
end $$;

ALTER FUNCTION public.limit_reached(p_connection uuid, p_lead uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: list_jobs(integer, text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) RETURNS SETOF public.jobs
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select * from jobs
   where ready_at > '-infinity' and (p_id is not null or ready_at <= app_now())
     and (p_kind is null or job_type = p_kind) and (p_id is null or id = p_id)
   order by priority, scheduled_for limit p_limit
$$;

ALTER FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) OWNER TO tistis_definer;

--
-- Name: list_tenants(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.list_tenants() RETURNS TABLE(id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select t.id, t.slug from tenants t order by t.slug
$$;

ALTER FUNCTION public.list_tenants() OWNER TO tistis_definer;

--
-- Name: living_lead(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.living_lead(p_lead uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_lead uuid := p_lead;
  v_next uuid;
begin
  for i in 1 .. 100 loop
    select l.merged_into_id into v_next from leads l where l.tenant_id = current_tenant() and l.id = v_lead;
    exit when v_next is null;
    v_lead := v_next;
  end loop;
  return v_lead;
end $$;

ALTER FUNCTION public.living_lead(p_lead uuid) OWNER TO tistis_owner;

--
-- Name: local_iso(timestamp with time zone, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.local_iso(p_at timestamp with time zone, p_zone text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select to_char(l, 'YYYY-MM-DD"T"HH24:MI:SS') || case when o < interval '0' then '-' else '+' end
      || to_char(greatest(o, -o), 'HH24:MI')
    from (select p_at at time zone p_zone as l, (p_at at time zone p_zone) - (p_at at time zone 'UTC') as o) x
$$;

ALTER FUNCTION public.local_iso(p_at timestamp with time zone, p_zone text) OWNER TO tistis_owner;

--
-- Name: lock_appointment(uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lock_appointment(p_appointment uuid, p_lead uuid, p_branch uuid DEFAULT NULL::uuid) RETURNS TABLE(outcome text, a public.appointments)
    LANGUAGE plpgsql
    AS $$
begin
  perform lock_bookings(current_tenant());
  select * into a from appointments x where x.tenant_id = current_tenant() and x.id = p_appointment
    and (p_branch is null or x.branch_id = p_branch) for update;
  outcome := case
    when (a).id is null or p_lead is not null and (a).lead_id is distinct from living_lead(p_lead) then 'unknown_appointment'
    when (a).status in ('completed', 'cancelled', 'rescheduled', 'no_show') then 'frozen'
    when (a).status = 'in_progress' or (a).scheduled_at <= app_now() then 'begun' end;
  return next;
end $$;

ALTER FUNCTION public.lock_appointment(p_appointment uuid, p_lead uuid, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: lock_bookings(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lock_bookings(p_tenant uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_tenant::text || '|book', 2));
end $$;

ALTER FUNCTION public.lock_bookings(p_tenant uuid) OWNER TO tistis_owner;

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
             -- It locks all conversations with the person.
             or (e ->> 'kind' = 'status' and e -> 'status' ? 'up_to')
             -- Of an address book only the few who are known.
             or (e ->> 'kind' = 'contact' and (select true from lead_aliases l where l.tenant_id = current_tenant()
               and l.kind = a ->> 'kind' and l.value = a ->> 'value' limit 1))
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
-- Name: lock_lead(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lock_lead(p_lead_id uuid) RETURNS public.leads
    LANGUAGE plpgsql
    AS $$
declare
  l leads;
begin
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases',
    (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'value', a.value)), '[]') from lead_aliases a
      where a.tenant_id = current_tenant() and a.lead_id = p_lead_id))));
  perform 1 from conversations c where c.tenant_id = current_tenant() and c.lead_id = p_lead_id
    and c.status in ('active', 'waiting_response', 'escalated') order by c.id for update;
  select * into l from leads where tenant_id = current_tenant() and id = p_lead_id for update;
  return l;
end $$;

ALTER FUNCTION public.lock_lead(p_lead_id uuid) OWNER TO tistis_owner;

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
-- Name: lock_pace(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lock_pace(p_connection uuid, p_contact text) RETURNS public.send_pace
    LANGUAGE plpgsql
    AS $$
declare
  r send_pace;
begin
  for i in 1 .. 2 loop
    select * into r from send_pace s where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection
      and s.contact = p_contact for update;
    exit when found;
    insert into send_pace (tenant_id, channel_connection_id, contact) values (current_tenant(), p_connection, p_contact)
      on conflict do nothing;
  end loop;
  return r;
end $$;

ALTER FUNCTION public.lock_pace(p_connection uuid, p_contact text) OWNER TO tistis_owner;

--
-- Name: lock_reports(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.lock_reports(p_reports jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_advisory_xact_lock(s.k)
    from (select distinct hashtextextended(current_tenant()::text || '|' || (r ->> 'connection') || '|'
        || (r ->> 'external_id'), 3) as k from jsonb_array_elements(p_reports) r order by k) s;
end $$;

ALTER FUNCTION public.lock_reports(p_reports jsonb) OWNER TO tistis_owner;

--
-- Name: make_assistant_row(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.make_assistant_row() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  insert into ai_tenant_context (tenant_id, response_style, business_hours, escalation_keywords,
      auto_escalate_after_messages)
    values (require_tenant(current_tenant()), 'professional_friendly', '{}', '{}', 0) on conflict do nothing;
end $$;

ALTER FUNCTION public.make_assistant_row() OWNER TO tistis_owner;

--
-- Name: mark_takeovers(jsonb, text[], uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.mark_takeovers(p_events jsonb, p_keys text[], p_conversations uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select jsonb_agg(case when e.value ->> 'kind' = 'echo' and (v.ai_handling or not cc.echo_takes_over)
        then e.value || jsonb_build_object('details', coalesce(nullif(e.value -> 'details', 'null'), '{}')
          || case when cc.echo_takes_over then '{"took_over": true}' else '{"beside": true}' end::jsonb)
        else e.value end order by e.ordinality)
    from jsonb_array_elements(p_events) with ordinality e
    left join unnest(p_keys, p_conversations) k (key, conversation_id)
      on k.key = (e.value ->> 'connection_id') || (e.value -> 'aliases')::text
    left join conversations v on v.tenant_id = current_tenant() and v.id = k.conversation_id
    left join channel_connections cc on cc.tenant_id = current_tenant() and cc.id = v.channel_connection_id
); end $$;

ALTER FUNCTION public.mark_takeovers(p_events jsonb, p_keys text[], p_conversations uuid[]) OWNER TO tistis_owner;

--
-- Name: masked_secret(jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.masked_secret(p_hints jsonb, p_kind text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when p_hints ? p_kind then '••••' || coalesce(p_hints #>> array[p_kind, 'hint'], '') end
$$;

ALTER FUNCTION public.masked_secret(p_hints jsonb, p_kind text) OWNER TO tistis_owner;

--
-- Name: merge_consents(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.merge_consents(p_survivor uuid, p_merged uuid) RETURNS void
    LANGUAGE sql
    AS $$
  insert into contact_consents as c (tenant_id, lead_id, channel, scope, state, source, said_at, not_before)
    select tenant_id, p_survivor, channel, scope, state, source, said_at, not_before
      from contact_consents where tenant_id = current_tenant() and lead_id = p_merged
     order by channel, scope
    on conflict (tenant_id, lead_id, channel, scope) do update set
      state = case when excluded.said_at > c.said_at then excluded.state else c.state end,
      source = case when excluded.said_at > c.said_at then excluded.source else c.source end,
      said_at = greatest(c.said_at, excluded.said_at),
      not_before = greatest(c.not_before, excluded.not_before)
$$;

ALTER FUNCTION public.merge_consents(p_survivor uuid, p_merged uuid) OWNER TO tistis_owner;

--
-- Name: merge_echo(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.merge_echo(p_message uuid, p_external_id text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  x record;
begin
  select e.id, e.conversation_id, e.metadata ? 'took_over' as took_over into x
    from messages m join messages e on e.tenant_id = v_tenant and e.channel_connection_id = m.channel_connection_id
      and e.external_id = p_external_id
   where m.tenant_id = v_tenant and m.id = p_message and e.id <> m.id and e.role = 'staff' and e.send_attempt is null;
  if not found then return; end if;
  update message_status_history h set message_id = p_message where h.tenant_id = v_tenant and h.message_id = x.id;
  delete from messages m where m.tenant_id = v_tenant and m.id = x.id;
  update conversations c set
      message_count = c.message_count - 1,
      last_human_at = (select m.created_at from messages m where m.tenant_id = v_tenant and m.conversation_id = c.id
        and m.role = 'staff' and not m.historical and not m.metadata ?| '{prepared,beside}' order by m.id desc limit 1),
      ai_handling = c.ai_handling or (x.took_over and not exists (select from messages m where m.tenant_id = v_tenant
        and m.conversation_id = c.id and m.role = 'staff' and m.id > x.id and not m.metadata ?| '{prepared,beside}'))
    where c.tenant_id = v_tenant and c.id = x.conversation_id;
end $$;

ALTER FUNCTION public.merge_echo(p_message uuid, p_external_id text) OWNER TO tistis_owner;

--
-- Name: merge_follow_ups(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.merge_follow_ups(p_survivor uuid, p_merged uuid) RETURNS void
    LANGUAGE sql
    AS $$
  insert into follow_ups as f (tenant_id, lead_id, silent_since, attempts, last_at, ended)
    select m.tenant_id, p_survivor, m.silent_since, m.attempts, m.last_at, m.ended from follow_ups m
     where m.tenant_id = current_tenant() and m.lead_id = p_merged
    on conflict (tenant_id, lead_id) do update set silent_since = greatest(f.silent_since, excluded.silent_since),
      attempts = greatest(f.attempts, excluded.attempts), last_at = greatest(f.last_at, excluded.last_at),
      ended = case when 'declined' in (f.ended, excluded.ended) then 'declined'
        when excluded.silent_since > f.silent_since then excluded.ended else f.ended end
$$;

ALTER FUNCTION public.merge_follow_ups(p_survivor uuid, p_merged uuid) OWNER TO tistis_owner;

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

ALTER FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) OWNER TO tistis_owner;

--
-- Name: merge_records(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.merge_records(p_survivor uuid, p_merged uuid) RETURNS void
    LANGUAGE sql
    AS $$
  update lead_score_history set lead_id = p_survivor where tenant_id = current_tenant() and lead_id = p_merged;
  update appointments set lead_id = p_survivor where tenant_id = current_tenant() and lead_id = p_merged;
  update patients set lead_id = p_survivor where tenant_id = current_tenant() and lead_id = p_merged
    and not exists (select from patients o where o.tenant_id = current_tenant() and o.lead_id = p_survivor);
$$;

ALTER FUNCTION public.merge_records(p_survivor uuid, p_merged uuid) OWNER TO tistis_owner;

--
-- Name: merge_windows(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.merge_windows(p_survivor uuid, p_merged uuid) RETURNS void
    LANGUAGE sql
    AS $$
  insert into contact_windows as w (tenant_id, channel_connection_id, lead_id, last_inbound_at, opened_by, ad_clicked_at,
      referral, free_entry_until)
    select tenant_id, channel_connection_id, p_survivor, last_inbound_at, opened_by, ad_clicked_at, referral,
        free_entry_until
      from contact_windows where tenant_id = current_tenant() and lead_id = p_merged
     order by channel_connection_id
    on conflict (tenant_id, channel_connection_id, lead_id) do update set
      last_inbound_at = greatest(w.last_inbound_at, excluded.last_inbound_at),
      opened_by = case when excluded.last_inbound_at > w.last_inbound_at then excluded.opened_by else w.opened_by end,
      ad_clicked_at = greatest(w.ad_clicked_at, excluded.ad_clicked_at),
      referral = case when excluded.ad_clicked_at > coalesce(w.ad_clicked_at, '-infinity') then excluded.referral
        else w.referral end,
      free_entry_until = greatest(w.free_entry_until, excluded.free_entry_until);
  update leads s set source_details = with_referrals(s.source_details,
      jsonb_build_array(m.source_details -> 'referral') || coalesce(m.source_details -> 'referrals', '[]'))
    from leads m
    where s.tenant_id = current_tenant() and s.id = p_survivor and m.tenant_id = current_tenant() and m.id = p_merged
      and jsonb_typeof(m.source_details -> 'referral') = 'object'
$$;

ALTER FUNCTION public.merge_windows(p_survivor uuid, p_merged uuid) OWNER TO tistis_owner;

--
-- Name: message_attachments(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.message_attachments(p_tenant uuid, p_message uuid) RETURNS TABLE(told jsonb)
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('attachments', coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'kind', f.kind,
      'mime_type', f.mime_type, 'filename', f.filename, 'size', f.size, 'status', f.status,
      'error_message', f.error_message) order by f.id), '[]'))
    from media_files f where f.tenant_id = p_tenant and f.message_id = p_message
$$;

ALTER FUNCTION public.message_attachments(p_tenant uuid, p_message uuid) OWNER TO tistis_owner;

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
    detected_intent text,
    detected_signals jsonb,
    attempted_at timestamp with time zone,
    CONSTRAINT messages_role_check CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text, 'staff'::text, 'system'::text]))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['received'::text, 'pending'::text, 'sending'::text, 'accepted'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'played'::text, 'failed'::text, 'withheld'::text, 'unknown'::text])))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.messages OWNER TO tistis_owner;

--
-- Name: message_json(public.messages); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.message_json(m public.messages) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('id', m.id, 'conversation_id', m.conversation_id, 'role', m.role,
    'sender_type', m.sender_type, 'sender_id', coalesce(m.sender_id, m.sent_by_staff_id), 'content', m.content,
    'content_type', m.content_type, 'message_type', m.message_type, 'channel', m.channel, 'media_url', m.media_url,
    'payload', m.payload, 'selection', m.selection, 'external_id', m.external_id,
    'reply_to_external_id', m.reply_to_external_id, 'status', m.status, 'error_code', m.error_code,
    'error_message', m.error_message, 'sent_at', m.sent_at, 'delivered_at', m.delivered_at, 'read_at', m.read_at,
    'edited_at', m.edited_at, 'deleted_at', m.deleted_at, 'created_at', m.created_at)
$$;

ALTER FUNCTION public.message_json(m public.messages) OWNER TO tistis_owner;

--
-- Name: message_of_echo(jsonb, uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.message_of_echo(p_echo jsonb, p_taken uuid[], OUT id uuid, OUT external_id text) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_tenant uuid := current_tenant();
  v_connection uuid := (p_echo ->> 'connection_id')::uuid;
  v_opaque text := p_echo #>> '{origin,opaque}';
  v_external_id text := p_echo ->> 'external_id';
  v_mark uuid := case when v_opaque ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    then v_opaque::uuid end;
  v_at timestamptz := coalesce((p_echo ->> 'at')::timestamptz, app_now());
  -- Some program's, although nobody knows whose.
  v_program boolean := coalesce((p_echo #>> '{origin,by_program}')::boolean, false) or p_echo #>> '{origin,app}' is not null;
  -- Where programs are named, ours come back under our mark: words that differ are another's.
  v_nameless boolean := v_program and p_echo #>> '{origin,app}' is null;
begin
  if exists (select from messages m where m.tenant_id = v_tenant and m.channel_connection_id = v_connection
    and m.external_id = v_external_id) then
    return;
  end if;
  if v_mark is not null then
    select m.id, m.external_id into id, external_id from messages m
      where m.tenant_id = v_tenant and m.id = v_mark and m.channel_connection_id = v_connection and m.role <> 'user';
    if found then return; end if;
  end if;
  -- Platforms that return nothing of ours: by what was said, to whom and when. One that is on its way now, or of which
  -- nobody knows whether it left; one that was taken only if the platform says that a program sent this.
  select m.id, m.external_id into id, external_id
    from (select distinct a.lead_id
            from (select x ->> 'kind' as kind, x ->> 'value' as value from jsonb_array_elements(p_echo -> 'aliases') x offset 0) x
            cross join lateral (select l.lead_id from lead_aliases l where l.tenant_id = v_tenant
              and l.kind = x.kind and l.value = x.value limit 1) a) p
    join conversations c on c.tenant_id = v_tenant and c.lead_id = p.lead_id and c.channel_connection_id = v_connection
    cross join lateral (
      select s.id, s.external_id, s.status, s.payload, same_words(s.content, p_echo ->> 'content') as same,
          coalesce(s.attempted_at, s.sent_at) as at
        from messages s where s.tenant_id = v_tenant and s.conversation_id = c.id and s.role <> 'user'
       order by s.id desc limit 50) m
   where m.id <> all (p_taken) and m.at between v_at - interval '10 minutes' and v_at + interval '10 minutes'
     and case when m.status in ('sending', 'unknown') and m.external_id is null
         -- What is more than text comes back in the platform's words.
         then m.same or v_nameless and m.payload is not null
       else m.same and v_program and m.status in ('accepted', 'sent', 'delivered', 'read', 'played') end
   order by m.status in ('sending', 'unknown') desc, m.same desc, m.id limit 1;
end $_$;

ALTER FUNCTION public.message_of_echo(p_echo jsonb, p_taken uuid[], OUT id uuid, OUT external_id text) OWNER TO tistis_owner;

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
-- Name: minute_of_day(timestamp with time zone, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.minute_of_day(p_at timestamp with time zone, p_timezone text) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
  select (extract(hour from p_at at time zone p_timezone) * 60 + extract(minute from p_at at time zone p_timezone))::int
$$;

ALTER FUNCTION public.minute_of_day(p_at timestamp with time zone, p_timezone text) OWNER TO tistis_owner;

--
-- Name: missing_of_business(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.missing_of_business(p_ids jsonb) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case
    when p_ids ->> 'branch_id' is not null and not exists (select from branches b
      where b.tenant_id = current_tenant() and b.id = (p_ids ->> 'branch_id')::uuid) then 'branch'
    when p_ids ->> 'assigned_staff_id' is not null and not exists (select from staff s
      where s.tenant_id = current_tenant() and s.id = (p_ids ->> 'assigned_staff_id')::uuid) then 'staff' end
$$;

ALTER FUNCTION public.missing_of_business(p_ids jsonb) OWNER TO tistis_owner;

--
-- Name: model_answers(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.model_answers() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  update platform_alerts set resolved_at = clock_timestamp() where kind = 'model_refused' and resolved_at is null;
end $$;

ALTER FUNCTION public.model_answers() OWNER TO tistis_definer;

--
-- Name: model_refused(text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.model_refused(p_why text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_first boolean;
begin
  insert into platform_alerts as a (kind, sentence) values ('model_refused', format(
      'Anthropic takes none of our calls (%s): the assistant answers nobody, people take over. See that the account has '
      || 'credit and that ANTHROPIC_API_KEY in jobs.env is a key of it', left(p_why, 500)))
    on conflict (kind) where resolved_at is null do update set last_seen = clock_timestamp(), sentence = excluded.sentence
    returning a.xmax = 0 into v_first;
  return v_first;
end $$;

ALTER FUNCTION public.model_refused(p_why text) OWNER TO tistis_definer;

--
-- Name: model_refused_since(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.model_refused_since() RETURNS timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select a.since from platform_alerts a where a.kind = 'model_refused' and a.resolved_at is null
$$;

ALTER FUNCTION public.model_refused_since() OWNER TO tistis_definer;

--
-- Name: moments_of(timestamp without time zone, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.moments_of(p_wall timestamp without time zone, p_zone text) RETURNS timestamp with time zone[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select coalesce(array_agg(distinct m.at), '{}')
    from (select p_wall at time zone p_zone as near) n
    -- As far from Greenwich as a day before, and as a day after.
    cross join lateral (values (n.near - interval '1 day'), (n.near + interval '1 day')) d (at)
    cross join lateral (
      select (p_wall - ((d.at at time zone p_zone) - (d.at at time zone 'UTC'))) at time zone 'UTC' as at) m
   where m.at at time zone p_zone = p_wall
$$;

ALTER FUNCTION public.moments_of(p_wall timestamp without time zone, p_zone text) OWNER TO tistis_owner;

--
-- Name: morning_before(timestamp with time zone, text, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.morning_before(p_at timestamp with time zone, p_timezone text, p_minute integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
  select (date_trunc('day', p_at at time zone p_timezone) - interval '1 day' + make_interval(mins => p_minute))
    at time zone p_timezone
$$;

ALTER FUNCTION public.morning_before(p_at timestamp with time zone, p_timezone text, p_minute integer) OWNER TO tistis_owner;

--
-- Name: moved_score(integer, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.moved_score(p_score integer, p_points integer) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  -- Not by more than there is, or the sum would not fit.
  return least(greatest(least(greatest(p_score, 0), 100) + least(greatest(p_points, -100), 100), 0), 100);
end $$;

ALTER FUNCTION public.moved_score(p_score integer, p_points integer) OWNER TO tistis_owner;

--
-- Name: n8n_owes_before(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.n8n_owes_before(p_conversation uuid, p_question uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
begin return exists (
  select from n8n_settings s
    join messages q on q.tenant_id = v_tenant and q.conversation_id = p_conversation and q.role = 'user'
      -- What was asked while it was closed is given to n8n at the opening.
      and q.id < p_question and q.id > uuid_v7_floor(app_now() - interval '60 days') and q.metadata ? 'wants_answer'
    join outbound_events e on e.tenant_id = v_tenant and e.event = s.answer_event and e.status <> 'dead'
      and e.event_key = q.id || coalesce(':' || extract(epoch from q.edited_at), '')
      and e.occurred_at > app_now() - make_interval(secs => s.answer_seconds)
   where s.tenant_id = v_tenant and s.is_enabled and s.answers_by = 'n8n'
     and not exists (select from messages m where m.tenant_id = v_tenant and m.conversation_id = p_conversation
       and m.id > q.id and m.answers_message_id = q.id and not m.metadata ? 'out_of_hours')
); end $$;

ALTER FUNCTION public.n8n_owes_before(p_conversation uuid, p_question uuid) OWNER TO tistis_owner;

--
-- Name: name_contacts(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.name_contacts(p_events jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update leads l set name = n.name, full_name = n.name
    from (
      select distinct on (a.lead_id) a.lead_id, e.name
        from (select e.name, e.at, x ->> 'kind' as kind, x ->> 'value' as value
            from jsonb_to_recordset(p_events) as e (kind text, aliases jsonb, name text, at timestamptz)
            cross join lateral jsonb_array_elements(e.aliases) x
           where e.kind = 'contact' and e.name <> '' offset 0) e
        cross join lateral (select l.lead_id from lead_aliases l where l.tenant_id = current_tenant()
          and l.kind = e.kind and l.value = e.value limit 1) a
       order by a.lead_id, e.at desc nulls last
    ) n
    where l.tenant_id = current_tenant() and l.id = n.lead_id and l.name is null and l.full_name is null;
end $$;

ALTER FUNCTION public.name_contacts(p_events jsonb) OWNER TO tistis_owner;

--
-- Name: name_messages(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.name_messages(p_names jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_ids uuid[] := array(select k::uuid from jsonb_object_keys(p_names) k);
begin
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id in (
    select m.conversation_id from messages m where m.tenant_id = v_tenant and m.id = any (v_ids)) order by c.id for update;
  with named as (
    update messages m set external_id = p_names ->> m.id::text
      where m.tenant_id = v_tenant and m.id = any (v_ids) and m.external_id is null returning m.id)
  select array_agg(n.id) into v_ids from named n;
  if v_ids is not null then perform claim_reports(v_ids); end if;
end $$;

ALTER FUNCTION public.name_messages(p_names jsonb) OWNER TO tistis_owner;

--
-- Name: name_rank(text, text, text[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.name_rank(p_said text, p_name text, p_words text[] DEFAULT '{}'::text[]) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$
  select case
    when s = n then 0
    when ' ' || n || ' ' like '% ' || s || ' %' or ' ' || s || ' ' like '% ' || n || ' %' then 1
    when exists (select from unnest(p_words) w where folded_name(w) <> '' and ' ' || s || ' ' like '% ' || folded_name(w)
      || ' %') then 2
    -- "limpieza de dientes" means "Limpieza dental"; "de" means nothing.
    when exists (select from regexp_split_to_table(s, ' ') w where length(w) > 4 and ' ' || n || ' ' like '% ' || w ||
      ' %') then 3
    end
  from (select folded_name(p_said) as s, folded_name(p_name) as n) x where s <> '' and n <> ''
$$;

ALTER FUNCTION public.name_rank(p_said text, p_name text, p_words text[]) OWNER TO tistis_owner;

--
-- Name: names_pattern(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.names_pattern(p_leads uuid[]) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
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
$_$;

ALTER FUNCTION public.names_pattern(p_leads uuid[]) OWNER TO tistis_owner;

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
    avatar_url text,
    CONSTRAINT staff_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'manager'::text, 'dentist'::text, 'specialist'::text, 'receptionist'::text, 'assistant'::text, 'staff'::text])))
);

ALTER TABLE ONLY public.staff FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff OWNER TO tistis_owner;

--
-- Name: namesake(public.staff, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.namesake(n public.staff, p_but uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select s.id from staff s where s.tenant_id = current_tenant() and s.id is distinct from p_but
     and (lower(s.email) = lower(n.email)
       or same_name(shown_name(s.first_name, s.last_name, s.display_name),
         shown_name(n.first_name, n.last_name, n.display_name)))
   order by lower(s.email) <> lower(n.email), s.id limit 1
); end $$;

ALTER FUNCTION public.namesake(n public.staff, p_but uuid) OWNER TO tistis_owner;

--
-- Name: newer_news(uuid[], timestamp with time zone, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.newer_news(p_accounts uuid[], p_at timestamp with time zone, p_what text, p_about jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
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

ALTER FUNCTION public.newer_news(p_accounts uuid[], p_at timestamp with time zone, p_what text, p_about jsonb) OWNER TO tistis_owner;

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
-- Name: normalize_phone_number(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.normalize_phone_number(phone text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select canonical_phone(case
    when d ~ '^[0-9]{10}$' and d !~ '^00' and phone !~ '^[^0-9]*\+' then '52' || d
    else phone end)
    from (select regexp_replace(phone, '[^0-9]', '', 'g') as d) x
$_$;

ALTER FUNCTION public.normalize_phone_number(phone text) OWNER TO tistis_owner;

--
-- Name: note_consents(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_consents(p_said jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  s record;
begin
  for s in
    select x.lead, x.consent, x.at, cc.channel
      from jsonb_to_recordset(p_said) as x (connection uuid, lead uuid, at timestamptz, consent jsonb)
      join channel_connections cc on cc.tenant_id = current_tenant() and cc.id = x.connection
     where x.lead is not null and x.consent is not null
     order by x.lead, x.at
  loop
    perform set_consent(s.lead, s.channel, s.consent ->> 'scope', s.consent ->> 'state', s.consent ->> 'source', s.at);
  end loop;
end $$;

ALTER FUNCTION public.note_consents(p_said jsonb) OWNER TO tistis_owner;

--
-- Name: note_follow_up(uuid, uuid, timestamp with time zone, integer, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_follow_up(p_lead uuid, p_message uuid, p_silent_since timestamp with time zone, p_attempts integer, p_until timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS $$
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

ALTER FUNCTION public.note_follow_up(p_lead uuid, p_message uuid, p_silent_since timestamp with time zone, p_attempts integer, p_until timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: note_key_refusal(uuid, text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_key_refusal(p_key uuid, p_reason text, p_address text, p_endpoint text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  -- As in `take_api_call`.
  perform set_config('synchronous_commit', 'off', true);
  insert into api_key_refusals as r (tenant_id, api_key_id, day, reason, last_at, last_ip, last_endpoint)
    values (current_tenant(), p_key, (app_clock() at time zone 'UTC')::date, p_reason, app_clock(), nullif(p_address, ''),
      p_endpoint)
    on conflict (tenant_id, api_key_id, day, reason) do update set times = r.times + 1, last_at = excluded.last_at,
      last_ip = excluded.last_ip, last_endpoint = excluded.last_endpoint;
end $$;

ALTER FUNCTION public.note_key_refusal(p_key uuid, p_reason text, p_address text, p_endpoint text) OWNER TO tistis_owner;

--
-- Name: note_marketing(uuid, uuid, jsonb, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_marketing(p_lead uuid, p_connection uuid, p_note jsonb, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS $$
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

ALTER FUNCTION public.note_marketing(p_lead uuid, p_connection uuid, p_note jsonb, p_at timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: note_message(uuid, uuid, jsonb, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_message(p_conversation uuid, p_branch uuid, p_note jsonb, p_staff uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_role text := case coalesce(p_note ->> 'sender_type', 'staff') when 'lead' then 'user' when 'ai' then 'assistant'
    else coalesce(p_note ->> 'sender_type', 'staff') end;
  v_id uuid;
  c conversations;
begin
  perform hold_closed_talk(p_conversation);
  perform lock_lanes(v_tenant, array['send:' || p_conversation], '{}');
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation
    and (p_branch is null or x.branch_id = p_branch) for update;
  if c.id is null then return null; end if;
  insert into messages (tenant_id, conversation_id, channel_connection_id, role, sender_id, content, content_type,
      message_type, channel, media_url, status, sent_by_staff_id, sent_at, metadata)
    values (v_tenant, c.id, c.channel_connection_id, v_role, (p_note ->> 'sender_id')::uuid, p_note ->> 'content',
      coalesce(p_note ->> 'message_type', 'text'), coalesce(p_note ->> 'message_type', 'text'), c.channel,
      p_note ->> 'media_url', case v_role when 'user' then 'received' else 'sent' end,
      case when v_role = 'staff' then p_staff end, app_now(), coalesce(nullif(p_note -> 'metadata', 'null'), '{}'))
    returning messages.id into v_id;
  update conversations x set message_count = x.message_count + 1,
      last_message_at = greatest(x.last_message_at, app_now()),
      ai_handling = x.ai_handling and v_role <> 'staff', desk_has_it = x.desk_has_it or v_role = 'staff',
      last_human_at = case when v_role = 'staff' then app_now() else x.last_human_at end,
      status = case when reopens then 'active' else x.status end,
      resolved_at = case when reopens then null else x.resolved_at end
    from (select c.status = 'resolved' and not exists (select from conversations o where o.tenant_id = v_tenant
      and o.lead_id = c.lead_id and o.channel_connection_id = c.channel_connection_id
      and o.status in ('active', 'waiting_response', 'escalated')) as reopens) r
    where x.tenant_id = v_tenant and x.id = c.id;
  return v_id;
end $$;

ALTER FUNCTION public.note_message(p_conversation uuid, p_branch uuid, p_note jsonb, p_staff uuid) OWNER TO tistis_owner;

--
-- Name: note_of_key(uuid, text, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_of_key(p_key uuid, p_action text, p_by uuid, p_more jsonb) RETURNS void
    LANGUAGE sql
    AS $$
  insert into api_key_audit (tenant_id, api_key_id, action, by_user, details)
    select k.tenant_id, k.id, p_action, p_by, jsonb_build_object('name', k.name)
        || case p_action when 'created' then jsonb_build_object('environment', k.environment, 'scope_type', k.scope_type,
          'branch_id', k.branch_id, 'scopes', k.scopes) else '{}' end || p_more
      from api_keys k where k.tenant_id = current_tenant() and k.id = p_key
$$;

ALTER FUNCTION public.note_of_key(p_key uuid, p_action text, p_by uuid, p_more jsonb) OWNER TO tistis_owner;

--
-- Name: note_score(public.leads, integer, integer, text, text, text, uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_score(l public.leads, p_score integer, p_points integer, p_signal text, p_source text, p_reason text, p_message uuid, p_staff uuid, p_conversation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.note_score(l public.leads, p_score integer, p_points integer, p_signal text, p_source text, p_reason text, p_message uuid, p_staff uuid, p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: note_signature_failures(uuid[], integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_signature_failures(p_connections uuid[], p_count integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update channel_connections cc set signature_failures = cc.signature_failures + p_count,
      last_signature_failure_at = app_now()
    where cc.tenant_id = current_tenant() and cc.id in (
      select n.id from channel_connections n where n.tenant_id = current_tenant() and n.id = any (p_connections)
       order by n.id for no key update);
end $$;

ALTER FUNCTION public.note_signature_failures(p_connections uuid[], p_count integer) OWNER TO tistis_owner;

--
-- Name: note_template(jsonb, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_template(p_template jsonb, p_at timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS $$
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

ALTER FUNCTION public.note_template(p_template jsonb, p_at timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: note_told(uuid, uuid, text, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_told(p_appointment uuid, p_message uuid, p_what text, p_until timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  a appointments;
begin
  update appointments x set confirmation_sent = x.confirmation_sent or p_what = 'confirmation',
      reminder_24h_sent = x.reminder_24h_sent or p_what = 'day', reminder_4h_sent = x.reminder_4h_sent or p_what = 'hours',
      -- Each of them asks whether the person comes.
      confirmation_status = case when x.status = 'scheduled' and x.confirmation_status = 'not_required' then 'pending'
        else x.confirmation_status end
    where x.tenant_id = v_tenant and x.id = p_appointment returning x.* into a;
  update messages m set metadata = m.metadata || jsonb_build_object('appointment_id', p_appointment,
      'appointment_at', a.scheduled_at, 'not_after', p_until)
    from messages f
    where f.tenant_id = v_tenant and f.id = p_message and m.tenant_id = v_tenant and m.conversation_id = f.conversation_id
      and (m.id = f.id or m.metadata ->> 'group' = f.metadata ->> 'group') and m.id >= f.id;
  if p_what <> 'confirmation' then
    perform emit_event('appointment-reminder', jsonb_build_object('reminder', p_what, 'appointment', jsonb_build_object(
        'id', a.id, 'lead_id', a.lead_id, 'branch_id', a.branch_id, 'service_id', a.service_id, 'staff_id', a.staff_id,
        'scheduled_at', a.scheduled_at, 'status', a.status)),
      -- One that is moved is reminded of again.
      concat_ws(':', 'reminder', p_what, p_message));
  end if;
end $$;

ALTER FUNCTION public.note_told(p_appointment uuid, p_message uuid, p_what text, p_until timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: note_webhooks(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.note_webhooks(p_connections uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update channel_connections cc set last_webhook_at = app_now()
    where cc.tenant_id = current_tenant() and cc.id in (
      select n.id from channel_connections n where n.tenant_id = current_tenant() and n.id = any (p_connections)
         and coalesce(n.last_webhook_at, '-infinity') < app_now() - interval '1 minute'
       order by n.id for no key update skip locked);
end $$;

ALTER FUNCTION public.note_webhooks(p_connections uuid[]) OWNER TO tistis_owner;

--
-- Name: numbered_before(uuid, uuid, double precision); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.numbered_before(p_conversation uuid, p_question uuid, p_seconds double precision) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select s.metadata -> 'numbered' from said_before(p_conversation, p_question, p_seconds) s
); end $$;

ALTER FUNCTION public.numbered_before(p_conversation uuid, p_question uuid, p_seconds double precision) OWNER TO tistis_owner;

--
-- Name: occupy_time(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.occupy_time() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  v_resource uuid := coalesce(new.staff_id, new.branch_id);
  v_from timestamptz := new.scheduled_at - make_interval(mins => new.buffer_before_minutes);
  v_to timestamptz := new.end_time + make_interval(mins => new.buffer_after_minutes);
  v_place int := 0;
begin
  if tg_op = 'UPDATE' then
    if takes_time(old) = takes_time(new) and (new.scheduled_at, new.end_time, new.staff_id, new.branch_id,
      new.buffer_before_minutes, new.buffer_after_minutes) is not distinct from (old.scheduled_at, old.end_time,
        old.staff_id,
      old.branch_id, old.buffer_before_minutes, old.buffer_after_minutes) then
      return null;
    end if;
    delete from occupied_times o where o.tenant_id = new.tenant_id and o.appointment_id = new.id;
    -- Who should have come is not there any more (their row was deleted): the appointment stays for people to see.
    if old.staff_id is not null and new.staff_id is null then return null; end if;
  end if;
  if not takes_time(new) then return null; end if;
  delete from occupied_times o where o.tenant_id = new.tenant_id and o.expires_at <= app_now()
    and o.resource_id = v_resource and o.starts_at < v_to and o.ends_at > v_from;
  if new.staff_id is null then
    v_place := free_place(new.tenant_id, new.branch_id, v_from, v_to);
    if v_place is null then
      raise exception 'all places of the branch are taken' using errcode = 'exclusion_violation',
        constraint = 'occupied_times_once';
    end if;
  end if;
  insert into occupied_times (tenant_id, resource_id, place, starts_at, ends_at, appointment_id)
    values (new.tenant_id, v_resource, v_place, v_from, v_to, new.id);
  if tg_op = 'INSERT' and new.lead_id is not null then
    update leads l set status = 'appointment_scheduled' where l.tenant_id = new.tenant_id and l.id = new.lead_id
      and l.status in ('new', 'contacted', 'qualified');
  end if;
  return null;
end $$;

ALTER FUNCTION public.occupy_time() OWNER TO tistis_owner;

--
-- Name: off_times(uuid, uuid, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.off_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) RETURNS tstzmultirange
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select coalesce(range_agg(tstzrange(o.starts_at, o.ends_at)), '{}') from times_off o
   where o.tenant_id = current_tenant() and o.ends_at > p_from and o.starts_at < p_to
     and (o.branch_id is null or o.branch_id = p_branch) and (o.staff_id is null or o.staff_id = p_staff)
); end $$;

ALTER FUNCTION public.off_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: open_conversation(jsonb, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.open_conversation(p_wish jsonb, p_branch uuid) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_lead leads;
  v_connection channel_connections;
  v_made record;
begin
  outcome := missing_of_business(p_wish);
  select * into v_lead from leads l where l.tenant_id = v_tenant and l.id = (p_wish ->> 'lead_id')::uuid
    and l.deleted_at is null and (p_branch is null or l.branch_id = p_branch);
  if v_lead.id is null then outcome := 'lead'; end if;
  if outcome is not null then
    return next;
    return;
  end if;
  -- The account of the branch, before others.
  select * into v_connection from channel_connections k
   where k.tenant_id = v_tenant and k.channel = coalesce(p_wish ->> 'channel', 'whatsapp') and k.status <> 'disconnected'
     and (p_branch is null or k.branch_id = p_branch)
   order by k.branch_id is not distinct from coalesce((p_wish ->> 'branch_id')::uuid, v_lead.branch_id) desc,
     k.status = 'connected' desc, k.account_number, k.id limit 1;
  if v_connection.id is null or contact_of_lead(v_lead.id, v_connection.channel) is null then
    outcome := case when v_connection.id is null then 'connection' else 'address' end;
    return next;
    return;
  end if;
  select * into v_made from find_or_create_conversation(v_tenant, (p_wish ->> 'branch_id')::uuid, v_lead.id,
    v_connection.id, v_connection.channel, coalesce((p_wish ->> 'ai_handling')::boolean, true));
  if v_made.is_new and p_wish ->> 'assigned_staff_id' is not null then
    update conversations c set assigned_staff_id = (p_wish ->> 'assigned_staff_id')::uuid
      where c.tenant_id = v_tenant and c.id = v_made.conversation_id;
  end if;
  return query select case when v_made.is_new then 'created' else 'exists' end, v_made.conversation_id;
end $$;

ALTER FUNCTION public.open_conversation(p_wish jsonb, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: open_talk_of(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.open_talk_of(p_conversation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
begin return coalesce((
  select o.id from conversations c
    join conversations o on o.tenant_id = c.tenant_id and o.lead_id = c.lead_id
      and o.channel_connection_id = c.channel_connection_id and o.status in ('active', 'waiting_response', 'escalated')
   where c.tenant_id = current_tenant() and c.id = p_conversation and c.status in ('resolved', 'archived')), p_conversation);
end $$;

ALTER FUNCTION public.open_talk_of(p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: open_windows(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.open_windows(p_rows jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  insert into contact_windows as w (tenant_id, channel_connection_id, lead_id, last_inbound_at, opened_by, ad_clicked_at,
      referral)
    select current_tenant(), r.connection, r.lead, max(r.at), (array_agg(r.by order by r.at desc))[1],
        max(r.at) filter (where r.referral is not null),
        (array_agg(r.referral order by r.at desc) filter (where r.referral is not null))[1]
      from (
        -- A clock that is ahead of ours must not hold the window open.
        select x.connection, x.lead, least(x.at, app_now()) as at, x.by, x.referral
          from jsonb_to_recordset(p_rows) as x (connection uuid, lead uuid, at timestamptz, by text, referral jsonb)) r
     group by r.connection, r.lead
     order by r.lead, r.connection
    on conflict (tenant_id, channel_connection_id, lead_id) do update set
      last_inbound_at = greatest(w.last_inbound_at, excluded.last_inbound_at),
      opened_by = case when excluded.last_inbound_at > w.last_inbound_at then excluded.opened_by else w.opened_by end,
      ad_clicked_at = greatest(w.ad_clicked_at, excluded.ad_clicked_at),
      referral = case when excluded.ad_clicked_at > coalesce(w.ad_clicked_at, '-infinity') then excluded.referral
        else w.referral end
      where excluded.last_inbound_at > w.last_inbound_at
        or excluded.ad_clicked_at > coalesce(w.ad_clicked_at, '-infinity');
end $$;

ALTER FUNCTION public.open_windows(p_rows jsonb) OWNER TO tistis_owner;

--
-- Name: opening_spans(jsonb, date); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.opening_spans(p_hours jsonb, p_day date) RETURNS TABLE(opens timestamp without time zone, closes timestamp without time zone)
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
declare
  v_day int := extract(isodow from p_day);
  v_of_day jsonb;
begin
  if jsonb_typeof(p_hours -> 'days') = 'array' then
    if p_hours -> 'days' @> to_jsonb(v_day) or v_day = 7 and p_hours -> 'days' @> '0' then
      v_of_day := jsonb_build_array(jsonb_build_object('open', p_hours -> 'start', 'close', p_hours -> 'end'));
    end if;
  else
    v_of_day := p_hours -> (array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])[v_day];
    if jsonb_typeof(v_of_day) = 'object' and (v_of_day -> 'closed' = 'true' or v_of_day -> 'is_open' = 'false'
      or v_of_day -> 'enabled' = 'false') then
      return;
    end if;
  end if;
  return query
    select s.begins, case when s.ends > s.begins then s.ends else s.ends + interval '1 day' end
      from (
        select p_day + (x.value ->> 'open')::interval as begins, p_day + (x.value ->> 'close')::interval as ends
          from jsonb_array_elements(case jsonb_typeof(v_of_day) when 'array' then v_of_day
            when 'object' then jsonb_build_array(v_of_day) else '[]' end) x
         where x.value ->> 'open' ~ '^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$'
           and x.value ->> 'close' ~ '^(([01]?\d|2[0-3]):[0-5]\d|24:00)(:[0-5]\d)?$' offset 0) s
     order by 1;
end $_$;

ALTER FUNCTION public.opening_spans(p_hours jsonb, p_day date) OWNER TO tistis_owner;

--
-- Name: opening_state(jsonb, timestamp with time zone, text, tstzmultirange); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.opening_state(p_hours jsonb, p_at timestamp with time zone, p_zone text, p_off tstzmultirange, OUT is_open boolean, OUT next_open timestamp without time zone, OUT open_until timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_today date := (p_at at time zone p_zone)::date;
  v_open tstzmultirange;
  v_days int;
begin
  if jsonb_typeof(p_hours) is distinct from 'object' or p_hours = '{}' then return; end if;
  foreach v_days in array case when p_off = '{}' then '{7}'::int[] else '{7,62}' end loop
    select coalesce(range_agg(tstzrange(t.opens, t.closes)), '{}') - p_off into v_open
      from generate_series(-1, v_days) d
      cross join lateral opening_spans(p_hours, v_today + d) s
      cross join lateral (select s.opens at time zone p_zone, s.closes at time zone p_zone) t (opens, closes)
     where t.opens < t.closes;
    select upper(r) into open_until from unnest(v_open) r where r @> p_at;
    is_open := open_until is not null;
    exit when is_open;
    select min(lower(r)) at time zone p_zone into next_open from unnest(v_open) r where lower(r) > p_at;
    exit when next_open is not null;
  end loop;
end $$;

ALTER FUNCTION public.opening_state(p_hours jsonb, p_at timestamp with time zone, p_zone text, p_off tstzmultirange, OUT is_open boolean, OUT next_open timestamp without time zone, OUT open_until timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: own_echoes(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.own_echoes(p_events jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  v_events jsonb[] := '{}';
  v_taken uuid[] := '{}';
  v_own record;
  e jsonb;
begin
  for e in select value from jsonb_array_elements(p_events) with ordinality order by ordinality loop
    if e ->> 'kind' = 'echo' then
      select o.id, o.external_id into v_own from message_of_echo(e, v_taken) o;
      if v_own.id is not null then
        v_taken := v_taken || v_own.id;
        e := e || jsonb_build_object('kind', 'status', 'external_id', coalesce(v_own.external_id, e ->> 'external_id'),
          'status', jsonb_build_object('state', 'sent', 'opaque', v_own.id));
      end if;
    end if;
    v_events := array_append(v_events, e);
  end loop;
  return to_jsonb(v_events);
end $$;

ALTER FUNCTION public.own_echoes(p_events jsonb) OWNER TO tistis_owner;

--
-- Name: pass_over_answer(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.pass_over_answer(p_conversation uuid, p_digest text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update conversations c set context = c.context || jsonb_build_object('n8n_passed_over',
      jsonb_build_object('question', c.last_question_id, 'digest', p_digest))
    where c.tenant_id = current_tenant() and c.id = p_conversation;
end $$;

ALTER FUNCTION public.pass_over_answer(p_conversation uuid, p_digest text) OWNER TO tistis_owner;

--
-- Name: patch_branch(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.patch_branch(p_branch uuid, p_change jsonb) RETURNS TABLE(outcome text, id uuid, data jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n branches;
begin
  perform lock_bookings(v_tenant);
  select * into n from branches b where b.tenant_id = v_tenant and b.id = p_branch;
  outcome := 'unknown';
  if n.id is not null then
    select b.id into id from branches b where b.tenant_id = v_tenant and b.id <> p_branch
      and same_name(b.name, p_change ->> 'name') order by b.id limit 1;
    outcome := case when id is null then 'changed' else 'exists' end;
  end if;
  if outcome = 'changed' then
    n := jsonb_populate_record(n, p_change);
    update branches b set name = btrim(n.name), city = n.city, address = n.address, phone = n.phone,
        is_active = n.is_active, operating_hours = n.operating_hours, slot_minutes = n.slot_minutes,
        booking_notice_minutes = n.booking_notice_minutes, advance_booking_days = n.advance_booking_days,
        appointment_duration_default = n.appointment_duration_default, places = n.places
      where b.tenant_id = v_tenant and b.id = p_branch returning b.* into n;
    data := branch_json(n);
  end if;
  return next;
end $$;

ALTER FUNCTION public.patch_branch(p_branch uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: patch_service(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.patch_service(p_service uuid, p_change jsonb) RETURNS TABLE(outcome text, id uuid, data jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  n services;
begin
  perform lock_bookings(v_tenant);
  select * into n from services s where s.tenant_id = v_tenant and s.id = p_service;
  outcome := 'unknown';
  if n.id is not null then
    n := jsonb_populate_record(n, p_change);
    select s.id into id from services s where s.tenant_id = v_tenant and s.id <> p_service
      and same_name(s.name, p_change ->> 'name') order by s.id limit 1;
    outcome := case when id is not null then 'exists' when n.price_max < n.price_min then 'prices' else 'changed' end;
  end if;
  if outcome = 'changed' then
    update services s set name = btrim(n.name), category = n.category, description = n.description,
        price_min = n.price_min, price_max = n.price_max, currency = n.currency, price_note = n.price_note,
        duration_minutes = n.duration_minutes, buffer_before_minutes = n.buffer_before_minutes,
        buffer_after_minutes = n.buffer_after_minutes, is_bookable = n.is_bookable, is_active = n.is_active
      where s.tenant_id = v_tenant and s.id = p_service returning s.* into n;
    data := service_json(n);
  end if;
  return next;
end $$;

ALTER FUNCTION public.patch_service(p_service uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: place_orphans(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.place_orphans(p_reports jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_messages uuid[];
  v_conversations uuid[];
begin
  perform lock_reports(p_reports);
  select array_agg(m.id), array_agg(m.conversation_id) into v_messages, v_conversations
    from jsonb_to_recordset(p_reports) as r (connection uuid, external_id text)
    cross join lateral (select x.id, x.conversation_id from messages x where x.tenant_id = v_tenant
      and x.channel_connection_id = r.connection and x.external_id = r.external_id limit 1) m;
  if v_messages is null then return; end if;
  -- Who holds these waits for none of our reports: the ids were given, so that is over.
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id = any (v_conversations) order by c.id for update;
  perform claim_reports(v_messages);
end $$;

ALTER FUNCTION public.place_orphans(p_reports jsonb) OWNER TO tistis_owner;

--
-- Name: press_appointment(uuid, uuid, uuid, double precision, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.press_appointment(p_conversation uuid, p_question uuid, p_appointment uuid, p_seconds double precision, p_confirm boolean) RETURNS TABLE(outcome text, appointment_id uuid, service text, weekday integer, day integer, month integer, clock text, branch_id uuid, service_id uuid, staff_id uuid)
    LANGUAGE plpgsql
    AS $_$
declare
  v_tenant uuid := current_tenant();
  v_id uuid := p_appointment;
  c conversations;
  a appointments;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation;
  if v_id is null then
    -- What we answered is no question any more: "sí" to an offer of other times does not confirm the old one.
    select case when not s.metadata ? 'settled' and s.metadata ->> 'appointment_id' ~ '^[0-9a-fA-F-]{36}$'
        then (s.metadata ->> 'appointment_id')::uuid end into v_id
      from said_before(p_conversation, p_question, p_seconds) s;
  end if;
  select * into a from appointments x where x.tenant_id = v_tenant and x.id = v_id and x.lead_id = c.lead_id;
  if a.id is null then return; end if;
  -- It was moved: its successor is meant.
  if a.status = 'rescheduled' and a.rescheduled_to_id is not null then
    select * into a from appointments x where x.tenant_id = v_tenant and x.id = a.rescheduled_to_id and x.lead_id = c.lead_id;
    if a.id is null then return; end if;
  end if;
  outcome := case when a.status in ('scheduled', 'confirmed') and a.scheduled_at > app_now() then 'found' else 'over' end;
  if outcome = 'found' and p_confirm then
    select case k.outcome when 'booked' then 'confirmed' when 'confirmed' then 'confirmed' else 'over' end into outcome
      from confirm_appointment(jsonb_build_object('appointment_id', a.id, 'lead_id', c.lead_id)) k;
    if outcome = 'confirmed' then
      update appointments x set confirmation_status = 'confirmed'
       where x.tenant_id = v_tenant and x.id = a.id and x.confirmation_status <> 'confirmed';
    end if;
  end if;
  return query
    select press_appointment.outcome, a.id, coalesce(s.name, a.reason, ''), extract(isodow from w.at)::int,
        extract(day from w.at)::int, extract(month from w.at)::int, to_char(w.at, 'HH24:MI'), a.branch_id, a.service_id,
        a.staff_id
      from branches b
      cross join lateral (select a.scheduled_at at time zone b.timezone as at) w
      left join services s on s.tenant_id = v_tenant and s.id = a.service_id
     where b.tenant_id = v_tenant and b.id = a.branch_id;
end $_$;

ALTER FUNCTION public.press_appointment(p_conversation uuid, p_question uuid, p_appointment uuid, p_seconds double precision, p_confirm boolean) OWNER TO tistis_owner;

--
-- Name: promotions_stopped(uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.promotions_stopped(p_lead uuid, p_channel text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin return exists (
  select from contact_consents k
   where k.tenant_id = current_tenant() and k.lead_id = p_lead and k.state = 'stopped'
     and (k.channel = p_channel or k.source in ('keyword', 'staff') and not exists (select from contact_consents o
       where o.tenant_id = k.tenant_id and o.lead_id = k.lead_id and o.channel = p_channel and o.scope = k.scope
         and o.state = 'allowed' and o.said_at > k.said_at)));
end $$;

ALTER FUNCTION public.promotions_stopped(p_lead uuid, p_channel text) OWNER TO tistis_owner;

--
-- Name: prunable_raw(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.prunable_raw(p_before timestamp with time zone, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer) RETURNS record
    LANGUAGE sql STABLE
    AS $$
  with k as (
    select coalesce(r.messages, nothing) as messages, coalesce(r.reports, nothing) as reports,
        coalesce(r.events, nothing) as events, uuid_v7_floor(least(p_before, app_now() - interval '1 hour')) as until
      from (select '00000000-0000-0000-0000-000000000000'::uuid as nothing) n
      left join retention_marks r on r.tenant_id = current_tenant())
  select (select count(*) from messages x where x.tenant_id = current_tenant() and x.id > k.messages and x.id < k.until
      and x.raw is not null)::int,
    (select count(*) from message_status_history x where x.tenant_id = current_tenant() and x.id > k.reports
      and x.id < k.until and x.raw is not null)::int,
    (select count(*) from channel_events x where x.tenant_id = current_tenant() and x.id > k.events and x.id < k.until
      and x.raw is not null)::int,
    (select count(*) from webhook_dead_letters x where x.tenant_id = current_tenant()
      and x.status in ('completed', 'dismissed') and x.resolved_at < p_before)::int,
    (select count(*) from ai_steps x where x.tenant_id = current_tenant() and x.id < k.until)::int
  from k
$$;

ALTER FUNCTION public.prunable_raw(p_before timestamp with time zone, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer) OWNER TO tistis_owner;

--
-- Name: prune_events(timestamp with time zone, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.prune_events(p_before timestamp with time zone, p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_count int;
begin
  delete from outbound_events e using (
    select o.id from outbound_events o where o.tenant_id = current_tenant() and o.id < uuid_v7_floor(p_before)
      and o.status <> 'pending' order by o.id limit p_limit) old
   where e.tenant_id = current_tenant() and e.id = old.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

ALTER FUNCTION public.prune_events(p_before timestamp with time zone, p_limit integer) OWNER TO tistis_owner;

--
-- Name: prune_external(uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.prune_external(p_before uuid, p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_count int;
begin
  delete from external_events e using (
    select x.id from external_events x where x.tenant_id = current_tenant() and x.id < p_before order by x.id limit p_limit) old
   where e.tenant_id = current_tenant() and e.id = old.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

ALTER FUNCTION public.prune_external(p_before uuid, p_limit integer) OWNER TO tistis_owner;

--
-- Name: prune_holds(integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.prune_holds(p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_done int;
begin
  delete from occupied_times o where o.tenant_id = current_tenant() and o.id in (
    select x.id from occupied_times x where x.tenant_id = current_tenant() and x.expires_at <= app_now() limit p_limit);
  get diagnostics v_done = row_count;
  return v_done;
end $$;

ALTER FUNCTION public.prune_holds(p_limit integer) OWNER TO tistis_owner;

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
-- Name: prune_raw(timestamp with time zone, integer, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.prune_raw(p_before timestamp with time zone, p_limit integer, p_wait boolean, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer, OUT is_more boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  -- What is newer may still be on its way into the table.
  v_end uuid := uuid_v7_floor(least(p_before, app_now() - interval '1 hour'));
  k retention_marks;
  v_last uuid;
  v_full boolean;
begin
  perform hold_erasures();
  messages := 0; reports := 0; events := 0; dead_letters := 0; steps := 0;
  is_more := false;
  -- Not "on conflict" alone: that would wait for whoever is writing the row.
  insert into retention_marks (tenant_id)
    select v_tenant where not exists (select from retention_marks r where r.tenant_id = v_tenant) on conflict do nothing;
  if p_wait then perform 1 from retention_marks r where r.tenant_id = v_tenant for update; end if;
  select * into k from retention_marks r where r.tenant_id = v_tenant for update skip locked;
  if not found then return; end if;

  with batch as materialized (
    select m.id, m.raw is not null as has from messages m
     where m.tenant_id = v_tenant and m.id > k.messages and m.id < v_end order by m.id limit p_limit
  ), forgotten as (
    update messages m set raw = null from batch b where m.tenant_id = v_tenant and m.id = b.id and b.has returning 1)
  select max(b.id::text)::uuid, count(*) = p_limit, (select count(*) from forgotten) into v_last, v_full, messages from batch b;
  k.messages := coalesce(v_last, k.messages);
  is_more := is_more or v_full;

  with batch as materialized (
    select h.id, h.raw is not null as has from message_status_history h
     where h.tenant_id = v_tenant and h.id > k.reports and h.id < v_end order by h.id limit p_limit
  ), forgotten as (
    update message_status_history h set raw = null from batch b
     where h.tenant_id = v_tenant and h.id = b.id and b.has returning 1)
  select max(b.id::text)::uuid, count(*) = p_limit, (select count(*) from forgotten) into v_last, v_full, reports from batch b;
  k.reports := coalesce(v_last, k.reports);
  is_more := is_more or v_full;

  with batch as materialized (
    select e.id, e.raw is not null as has from channel_events e
     where e.tenant_id = v_tenant and e.id > k.events and e.id < v_end order by e.id limit p_limit
  ), forgotten as (
    update channel_events e set raw = null from batch b where e.tenant_id = v_tenant and e.id = b.id and b.has returning 1)
  select max(b.id::text)::uuid, count(*) = p_limit, (select count(*) from forgotten) into v_last, v_full, events from batch b;
  k.events := coalesce(v_last, k.events);
  is_more := is_more or v_full;

  -- What still waits for a person stays until they have decided.
  with settled as (
    select d.id from webhook_dead_letters d where d.tenant_id = v_tenant and d.status in ('completed', 'dismissed')
      and d.resolved_at < p_before order by d.id limit p_limit
  ), forgotten as (
    delete from webhook_dead_letters d using settled s where d.tenant_id = v_tenant and d.id = s.id returning 1)
  select count(*) from forgotten into dead_letters;
  is_more := is_more or dead_letters = p_limit;
  is_more := is_more or prune_events(p_before, p_limit) = p_limit;
  is_more := is_more or prune_external(v_end, p_limit) = p_limit;
  -- At most five a key and day.
  delete from api_key_refusals r where r.tenant_id = v_tenant and r.day < (p_before at time zone 'UTC')::date;
  -- How the assistant came to its answers is told as long as what came in is kept as it came.
  with old as materialized (
    select s.id from ai_steps s where s.tenant_id = v_tenant and s.id < v_end order by s.id limit p_limit
  ), forgotten as (
    delete from ai_steps s using old o where s.tenant_id = v_tenant and s.id = o.id returning 1)
  select count(*) from forgotten into steps;
  is_more := is_more or steps = p_limit;
  delete from erased_items i where i.tenant_id = v_tenant and i.expires_at < app_now();
  is_more := is_more or forget_unsent_files(p_limit);

  update retention_marks r set messages = k.messages, reports = k.reports, events = k.events,
      checked_at = case when is_more then r.checked_at else app_now() end
    where r.tenant_id = v_tenant;
end $$;

ALTER FUNCTION public.prune_raw(p_before timestamp with time zone, p_limit integer, p_wait boolean, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer, OUT is_more boolean) OWNER TO tistis_owner;

--
-- Name: put_event(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.put_event(p_event text, p_data jsonb, p_key text) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_id uuid := uuid_v7();
  v_named text := coalesce(p_data ->> 'lead_id', p_data -> 'lead' ->> 'id', p_data -> 'appointment' ->> 'lead_id',
    p_data -> 'conversation' ->> 'lead_id');
  v_talk text := coalesce(p_data ->> 'conversation_id', p_data -> 'conversation' ->> 'id');
  v_lead uuid;
begin
  if v_named is null and v_talk is not null then
    select c.lead_id into v_named from conversations c where c.tenant_id = v_tenant and c.id = v_talk::uuid;
  end if;
  if v_named is not null then
    select l.id into v_lead from leads l where l.tenant_id = v_tenant and l.id = v_named::uuid;
  end if;
  insert into outbound_events (tenant_id, id, event, event_key, lead_id, data)
    values (v_tenant, v_id, p_event, p_key, v_lead, p_data)
    on conflict do nothing;
  if not found then return null; end if;
  perform deliver_event(v_id, p_event, v_lead, 0);
  return v_id;
end $$;

ALTER FUNCTION public.put_event(p_event text, p_data jsonb, p_key text) OWNER TO tistis_owner;

--
-- Name: put_staff_message(uuid, jsonb, uuid, text, boolean, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.put_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_takes_over boolean) RETURNS uuid
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
  update conversations v set last_message_at = greatest(v.last_message_at, app_now()),
      last_human_at = case when p_takes_over then app_now() else v.last_human_at end,
      ai_handling = v.ai_handling and not p_takes_over, desk_has_it = v.desk_has_it or p_takes_over
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
        case when v_count > 1 then jsonb_build_object('part', v_part.part, 'parts', v_count, 'group', v_group)
          else '{}' end || case when p_automatic then '{"automatic": true}' else '{}' end::jsonb)
      returning id into v_message;
    v_first := coalesce(v_first, v_message);
    v_jobs := v_jobs || jsonb_build_object(
      'job_type', 'send_' || c.channel, 'lane', 'send:' || c.id, 'priority', 1, 'max_attempts', 6,
      'request_id', p_request_id,
      'payload', jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
        'channel', c.channel, 'channel_connection_id', c.channel_connection_id));
  end loop;
  perform enqueue_jobs(v_jobs);
  return v_first;
end $$;

ALTER FUNCTION public.put_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_takes_over boolean) OWNER TO tistis_owner;

--
-- Name: question_data(public.conversations, uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.question_data(c public.conversations, p_question uuid, p_last integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_profile jsonb := tenant_profile(c.tenant_id);
begin return jsonb_build_object(
  'conversation_id', c.id, 'lead_id', c.lead_id, 'question_id', p_question,
  'conversation', jsonb_build_object('id', c.id, 'lead_id', c.lead_id, 'branch_id', c.branch_id, 'channel', c.channel,
    'status', c.status),
  'messages', (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'content', m.content, 'role', m.role,
      'sender_type', case m.role when 'user' then 'lead' when 'assistant' then 'ai' else m.role end,
      'content_type', m.content_type, 'created_at', m.created_at) order by m.id), '[]')
    from (select x.* from messages x where x.tenant_id = c.tenant_id and x.conversation_id = c.id
        and x.status not in ('withheld', 'failed', 'pending') and x.deleted_at is null
       order by x.id desc limit p_last) m),
  'lead', event_lead(c.lead_id),
  'context', jsonb_build_object('name', v_profile -> 'tenant_name', 'vertical', v_profile -> 'vertical',
    'timezone', v_profile -> 'timezone', 'system_prompt', v_profile -> 'ai_config' -> 'system_prompt',
    'services', v_profile -> 'services', 'faqs', v_profile -> 'faqs', 'branches', v_profile -> 'branches'));
end $$;

ALTER FUNCTION public.question_data(c public.conversations, p_question uuid, p_last integer) OWNER TO tistis_owner;

--
-- Name: queue_stats(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.queue_stats() RETURNS TABLE(pending bigint, processing bigint, completed_today bigint, failed_today bigint, oldest_due_seconds double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select (select count(*) from jobs where ready_at > '-infinity')
      + (select count(*) from jobs where status = 'pending' and lane is not null and not lane_head),
    (select count(*) from jobs where worker_id is not null and status = 'processing'),
    (select count(*) from jobs where status in ('completed', 'cancelled') and completed_at >= date_trunc('day', now())),
    (select count(*) from jobs where status = 'dead' and completed_at >= date_trunc('day', now())),
    coalesce((select extract(epoch from app_now() - min(scheduled_for)) from jobs
      where ready_at > '-infinity' and scheduled_for <= app_now()), 0)
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
-- Name: read_conversation(uuid, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.read_conversation(p_conversation uuid, p_hours jsonb, p_request_id text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_message uuid;
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation for update;
  if c.id is null then return false; end if;
  update conversations x set staff_read_at = greatest(x.staff_read_at, app_now())
    where x.tenant_id = v_tenant and x.id = c.id;
  select m.id into v_message
    from (select l.id, l.created_at, l.channel_connection_id from messages l
           where l.tenant_id = v_tenant and l.conversation_id = c.id and l.role = 'user' and l.external_id is not null
             and not l.historical and l.deleted_at is null
           order by l.id desc limit 1) m
    join channel_connections cc on cc.tenant_id = v_tenant and cc.id = m.channel_connection_id and cc.status = 'connected'
   where m.created_at > coalesce(c.staff_read_at, '-infinity')
     and m.created_at > app_now() - make_interval(hours => (p_hours ->> c.channel)::int)
     -- The last word is said without a look at the question.
     and not exists (select from messages r where r.tenant_id = v_tenant and r.conversation_id = c.id and r.id > m.id
       and r.role = 'assistant' and r.answers_message_id >= m.id and not r.metadata ? 'last_word');
  if v_message is null then return false; end if;
  perform enqueue_jobs(jsonb_build_array(jsonb_build_object('job_type', 'mark_read', 'unique_key', 'mark_read:' || c.id,
    'priority', 8, 'max_attempts', 3, 'request_id', p_request_id,
    'payload', jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
      'channel', c.channel))));
  return true;
end $$;

ALTER FUNCTION public.read_conversation(p_conversation uuid, p_hours jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: receive_events(jsonb, jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) RETURNS TABLE(messages integer, duplicates integer, reports integer, answers integer, soonest double precision)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

ALTER FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: receive_history(jsonb, text[], uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_history(p_events jsonb, p_keys text[], p_conversations uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_stored int;
begin
  with incoming as (
    -- One statement may touch a row only once: of an announcement and its file the file.
    select distinct on (e.connection_id, e.external_id) e.*, (e.connection_id || e.aliases::text) as key
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
        at timestamptz, content text, content_type text, selection text, reply_to text, outbound boolean, error_code text,
        details jsonb, raw jsonb)
     where e.kind = 'history'
     order by e.connection_id, e.external_id, e.content_type = 'placeholder'
  ), inserted as (
    insert into messages as old (tenant_id, conversation_id, channel_connection_id, role, content, content_type,
        message_type, channel, external_id, external_timestamp, selection, reply_to_external_id, status, error_code,
        metadata, raw, historical)
      select v_tenant, k.conversation_id, cc.id, case when i.outbound then 'staff' else 'user' end, i.content,
          i.content_type, i.content_type, cc.channel, i.external_id, coalesce(i.at, app_now()), i.selection, i.reply_to,
          case when i.outbound then 'sent' else 'received' end, i.error_code, coalesce(i.details, '{}'), i.raw, true
        from incoming i
        join unnest(p_keys, p_conversations) k (key, conversation_id) on k.key = i.key
        join channel_connections cc on cc.tenant_id = v_tenant and cc.id = i.connection_id::uuid
       order by i.at, i.external_id
      on conflict (tenant_id, channel_connection_id, external_id) where external_id is not null do update set
        content = excluded.content, content_type = excluded.content_type, message_type = excluded.message_type,
        metadata = excluded.metadata, raw = excluded.raw
        where old.historical and old.content_type = 'placeholder' and excluded.content_type <> 'placeholder'
          and old.deleted_at is null
      returning old.conversation_id, old.role, old.external_timestamp, old.xmax = 0 as is_new
  ), summary as (
    select i.conversation_id, count(*) as n, count(*) filter (where i.role = 'user') as turns,
        max(i.external_timestamp) as last_at, max(i.external_timestamp) filter (where i.role = 'user') as last_inbound_at
      from inserted i where i.is_new group by i.conversation_id
  ), updated as (
    update conversations v set
        message_count = v.message_count + s.n,
        turn_count = v.turn_count + s.turns,
        last_message_at = greatest(v.last_message_at, s.last_at),
        last_inbound_at = greatest(v.last_inbound_at, least(s.last_inbound_at, app_now()))
      from summary s
      where v.tenant_id = v_tenant and v.id = s.conversation_id
      returning s.n
  )
  select coalesce(sum(u.n), 0) into v_stored from updated u;
  return v_stored;
end $$;

ALTER FUNCTION public.receive_history(p_events jsonb, p_keys text[], p_conversations uuid[]) OWNER TO tistis_owner;

--
-- Name: receive_messages(jsonb, text[], uuid[], jsonb, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) RETURNS TABLE(stored integer, asked integer, soonest double precision)
    LANGUAGE plpgsql
    AS $_$
declare
  v_tenant uuid := current_tenant();
  v_questions jsonb;
  v_replies jsonb;
  v_people jsonb;
  v_late jsonb;
  v_quiet uuid[];
  v_new uuid[];
  v_elsewhere boolean;
  v_unasked jsonb;
begin
  with incoming as (
    select e.*, (e.connection_id || e.aliases::text) as key, row_number() over () as position
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb, name text,
        at timestamptz, content text, content_type text, selection text, reply_to text, wants_answer boolean,
        error_code text, details jsonb, raw jsonb, consent jsonb, referral jsonb)
     where e.kind in ('message', 'echo')
  ), placed as (
    select i.*, k.conversation_id, cc.channel
      from incoming i
      join unnest(p_keys, p_conversations) k (key, conversation_id) on k.key = i.key
      join channel_connections cc on cc.tenant_id = v_tenant and cc.id = i.connection_id::uuid
     order by i.position
  ), inserted as (
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, content_type, message_type,
        channel, external_id, external_timestamp, selection, reply_to_external_id, status, error_code, stale, metadata,
        raw)
      select v_tenant, p.conversation_id, p.connection_id::uuid, case p.kind when 'echo' then 'staff' else 'user' end,
          p.content, p.content_type, p.content_type, p.channel, p.external_id, coalesce(p.at, app_now()), p.selection,
          p.reply_to, case p.kind when 'echo' then 'sent' else 'received' end, p.error_code,
          -- Only what asks for an answer can come too late for one.
          coalesce(p.wants_answer and p.at <= app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8),
            false),
          coalesce(p.details, '{}') || case when p.wants_answer then '{"wants_answer": true}' else '{}' end::jsonb, p.raw
        from placed p
      on conflict (tenant_id, channel_connection_id, external_id) where external_id is not null do nothing
      returning id, conversation_id, role, external_id, external_timestamp, stale, metadata ? 'wants_answer' as wants_answer,
        metadata ? 'beside' as beside,
        coalesce(selection ~ '^(confirmar|reagendar)_cita', false) as about_appointment
  ), contacts as (
    select distinct on (p.conversation_id) p.conversation_id, p.aliases -> 0 as contact,
        coalesce(p.at, app_now()) as at
      from placed p where p.kind = 'message' order by p.conversation_id, p.position desc
  ), summary as (
    select i.conversation_id, count(*) as n, count(*) filter (where i.role = 'user') as turns,
        max(i.external_timestamp) as last_at,
        max(i.external_timestamp) filter (where i.role = 'user') as last_inbound_at,
        max(i.external_timestamp) filter (where i.role = 'staff' and not i.beside) as last_human_at,
        -- uuid_v7 sorts by time; text, because PG 15 has no max(uuid). What is too old to be answered by itself is no
        -- question: it must not keep the answer to another one back.
        max(i.id::text) filter (where i.wants_answer and not i.stale) as last_question,
        count(*) filter (where i.stale) as late, bool_or(i.about_appointment) as about_appointment
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
        -- Unless it is older than the news of another name.
        contact_kind = case when (v.context ->> 'contact_since')::timestamptz > c.at then v.contact_kind
          else coalesce(c.contact ->> 'kind', v.contact_kind) end,
        contact_address = case when (v.context ->> 'contact_since')::timestamptz > c.at then v.contact_address
          else coalesce(c.contact ->> 'address', v.contact_address) end
      from summary s left join contacts c using (conversation_id)
      where v.tenant_id = v_tenant and v.id = s.conversation_id
      returning v.id, v.lead_id, v.ai_handling, v.status, v.channel, v.channel_connection_id, v.message_count = s.n as is_first,
        s.n, s.last_question, s.last_at, s.last_inbound_at as said_at, s.late, s.about_appointment, v.thread_owner
  ), touched as (
    update leads l set last_interaction_at = greatest(l.last_interaction_at, u.last_at)
      from updated u where l.tenant_id = v_tenant and l.id = u.lead_id returning 1
  )
  select coalesce(sum(u.n), 0),
      -- What is pressed about an appointment holds, though people talk to them.
      jsonb_agg(q.job) filter (where q.job is not null and (q.is_ours or u.about_appointment)),
      jsonb_agg(q.job) filter (where q.job is not null and not q.is_ours and not u.about_appointment),
      jsonb_agg(jsonb_build_object('connection', u.channel_connection_id, 'lead', u.lead_id, 'by', 'message', 'at', u.said_at))
        filter (where u.said_at is not null),
      -- Where people answer anyway, nobody waited for the assistant.
      jsonb_agg(jsonb_build_object('connection', cc.id, 'late', u.late))
        filter (where u.late > 0 and u.ai_handling and u.status <> 'escalated' and cc.ai_enabled),
      -- At most once a minute, or every message of an account would queue behind this one row.
      array_agg(cc.id) filter (where cc.last_message_at is null or cc.last_message_at < app_now() - interval '1 minute'),
      (select array_agg(i.id) from inserted i),
      bool_or(u.thread_owner is not null),
      -- Whom people answer is scored all the same; where the assistant does, that goes along with its answer.
      jsonb_agg(jsonb_build_object('job_type', 'score_lead', 'lane', 'score:' || u.id, 'unique_key', 'score:' || u.id,
          'priority', 8, 'delay_seconds', 10, 'cap_seconds', 60, 'request_id', p_request_id,
          'payload', jsonb_build_object('conversation_id', u.id)))
        filter (where not q.is_ours)
    into stored, v_questions, v_replies, v_people, v_late, v_quiet, v_new, v_elsewhere, v_unasked
    from updated u
    join channel_connections cc on cc.tenant_id = v_tenant and cc.id = u.channel_connection_id
    left join lateral (select u.ai_handling and u.status <> 'escalated' and cc.ai_enabled as is_ours, jsonb_build_object(
        'job_type', 'ai_response',
        'lane', 'answer:' || u.id,
        'unique_key', 'answer:' || u.id,
        'delay_seconds', coalesce(case when u.is_first then cc.first_message_delay_seconds
          else cc.subsequent_message_delay_seconds end,
          (select case when u.is_first then d.default_first_message_delay else d.default_subsequent_message_delay end
            from ai_tenant_context d where d.tenant_id = v_tenant),
          (p_policy ->> case when u.is_first then 'first_delay_seconds' else 'next_delay_seconds' end)::float8),
        'cap_seconds', (p_policy ->> 'cap_seconds')::float8,
        'request_id', p_request_id,
        'payload', jsonb_build_object('conversation_id', u.id, 'message_id', u.last_question, 'lead_id', u.lead_id,
          'tenant_id', v_tenant, 'channel', u.channel, 'channel_connection_id', u.channel_connection_id,
          'is_first_message', u.is_first)) as job
      where u.last_question is not null) q on true;
  -- So does what they say or count right after we asked.
  if v_replies is not null then
    select jsonb_agg(r.job) into v_replies from jsonb_array_elements(v_replies) r (job)
     where answers_reminder((r.job -> 'payload' ->> 'conversation_id')::uuid, (r.job -> 'payload' ->> 'message_id')::uuid);
    v_questions := case when v_replies is null then v_questions else coalesce(v_questions, '[]') || v_replies end;
  end if;
  -- The rare ones apart: a plan costs by its size, whether its parts have anything to do or not.
  if v_quiet is not null then
    update channel_connections cc set last_message_at = app_now() where cc.tenant_id = v_tenant and cc.id = any (v_quiet);
  end if;
  if p_events @? '$[*] ? (@.consent != null || @.referral != null)' then
    v_people := coalesce(v_people, '[]') || said_with_messages(p_events, v_new);
    perform attribute_leads(v_people);
    perform note_consents(v_people);
  end if;
  if v_elsewhere or p_events @? '$[*] ? (@.standby == true)' then perform follow_threads(p_events, v_new); end if;
  if v_people is not null then perform open_windows(v_people); end if;
  -- What others said may have been read before we heard of it.
  if p_events @? '$[*] ? (@.kind == "echo")' and v_new is not null then perform claim_reports(v_new); end if;
  if v_late is not null then
    perform alert_stale(l.connection, sum(l.late)::int, (p_policy ->> 'stale_seconds')::float8)
      from jsonb_to_recordset(v_late) as l (connection uuid, late int) group by l.connection order by l.connection;
  end if;
  asked := enqueue_jobs(coalesce(v_questions, '[]'));
  if v_unasked is not null then perform enqueue_jobs(v_unasked); end if;
  select min((q ->> 'delay_seconds')::float8) into soonest from jsonb_array_elements(v_questions) q;
  if v_new is not null then perform emit_messages(v_new); end if;
  perform expect_media(p_events, p_request_id);
  return next;
end $_$;

ALTER FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: receive_notices(jsonb, text[], uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_new jsonb;
begin
  with incoming as (
    select e.*, k.lead_id
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, aliases jsonb,
        at timestamptz, content text, reply_to text, details jsonb, raw jsonb, consent jsonb, wide boolean, referral jsonb,
        thread jsonb)
      left join unnest(p_keys, p_leads) k (key, lead_id) on k.key = e.connection_id || e.aliases::text
      -- An address book holds people who never wrote to the business: they are none of ours.
     where e.kind not in ('message', 'echo', 'status', 'history', 'contact')
  ), kept as (
    insert into channel_events (tenant_id, channel_connection_id, lead_id, kind, external_id, content,
        reply_to_external_id, occurred_at, details, raw)
      select current_tenant(), i.connection_id::uuid, i.lead_id, i.kind, i.external_id, coalesce(i.content, ''), i.reply_to,
          i.at, coalesce(i.details, '{}')
            || case i.kind when 'identity' then jsonb_build_object('names', i.aliases) else '{}' end, i.raw
        from incoming i
      on conflict do nothing
      returning *
  ), reacted as (
    insert into message_reactions as old (tenant_id, channel_connection_id, target_external_id, lead_id, emoji, reacted_at)
      -- One statement may touch a row only once: of the same person's the newest.
      select distinct on (k.channel_connection_id, k.reply_to_external_id, k.lead_id) k.tenant_id, k.channel_connection_id,
          k.reply_to_external_id, k.lead_id, k.content, coalesce(k.occurred_at, app_now())
        from kept k where k.kind = 'reaction' and k.lead_id is not null and k.reply_to_external_id is not null
       order by k.channel_connection_id, k.reply_to_external_id, k.lead_id, coalesce(k.occurred_at, app_now()) desc,
         k.id desc
      on conflict (tenant_id, channel_connection_id, target_external_id, lead_id) do update set
        emoji = excluded.emoji, reacted_at = excluded.reacted_at
        where excluded.reacted_at >= old.reacted_at
      returning 1
  )
  select jsonb_agg(jsonb_build_object('connection_id', k.channel_connection_id, 'connection', k.channel_connection_id,
      'lead', k.lead_id, 'kind', k.kind, 'at', coalesce(k.occurred_at, app_now()), 'news', k.details -> 'news',
      'wide', i.wide, 'consent', i.consent, 'referral', i.referral, 'thread', i.thread))
    into v_new
    from kept k
    cross join lateral (select * from incoming i where i.connection_id::uuid = k.channel_connection_id and i.kind = k.kind
      and i.external_id = k.external_id limit 1) i;

  -- A call opens the window as a message does.
  perform open_windows(jsonb_agg(n || '{"by": "call"}'))
    from jsonb_array_elements(v_new) n where n ->> 'kind' = 'call' and n ->> 'lead' is not null having count(*) > 0;
  perform note_consents(jsonb_agg(n))
    from jsonb_array_elements(v_new) n where jsonb_typeof(n -> 'consent') = 'object' having count(*) > 0;
  perform apply_news(jsonb_agg(n))
    from jsonb_array_elements(v_new) n where jsonb_typeof(n -> 'news') = 'object' having count(*) > 0;
  -- Where the person came from; they have said nothing, so no window opens.
  perform attribute_leads(jsonb_agg(n))
    from jsonb_array_elements(v_new) n
   where n ->> 'kind' = 'referral' and n ->> 'lead' is not null and jsonb_typeof(n -> 'referral') = 'object' having count(*) > 0;
  perform apply_thread_news(jsonb_agg(n))
    from jsonb_array_elements(v_new) n
   where n ->> 'lead' is not null and jsonb_typeof(n -> 'thread') = 'object' having count(*) > 0;
  perform rename_contact(r.lead, r.connection)
    from (select distinct (n ->> 'lead')::uuid as lead, (n ->> 'connection')::uuid as connection
            from jsonb_array_elements(v_new) n
           where n ->> 'kind' = 'identity' and n ->> 'lead' is not null order by 1, 2) r;
  perform name_contacts(p_events);
  return coalesce(jsonb_array_length(v_new), 0);
end $$;

ALTER FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) OWNER TO tistis_owner;

--
-- Name: receive_policy(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_policy() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select '{"stale_seconds": 3600, "first_delay_seconds": 2, "next_delay_seconds": 2, "cap_seconds": 20}'::jsonb
$$;

ALTER FUNCTION public.receive_policy() OWNER TO tistis_owner;

--
-- Name: receive_reports(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.receive_reports(p_events jsonb) RETURNS integer
    LANGUAGE plpgsql
    AS $_$
declare
  v_tenant uuid := current_tenant();
  v_messages uuid[];
  v_nameless jsonb;
  v_orphans jsonb;
  v_effects jsonb;
  v_new int;
begin
  -- Materialized: behind the wall no index is searched for what a cast or an operator makes of a row in the same look
  -- (they are not leakproof), only for what stands there already. It read all messages of the tenant.
  with incoming as materialized (
    select e.connection_id::uuid as connection_id, e.external_id, e.status ->> 'state' as state,
        -- A watermark's name is made of its time: that of two people may be the same.
        coalesce(e.status ->> 'participant', case when e.status ? 'up_to' then e.aliases #>> '{0,value}' end, '') as participant, e.at,
        e.status ->> 'up_to' as up_to,
        case when e.status ->> 'opaque' ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
          then (e.status ->> 'opaque')::uuid end as opaque,
        e.status ->> 'error_code' as error_code, e.status ->> 'error' as error, nullif(e.status -> 'effects', 'null') as effects,
        e.raw, e.aliases
      from jsonb_to_recordset(p_events) as e (connection_id text, kind text, external_id text, at timestamptz,
        status jsonb, raw jsonb, aliases jsonb)
     where e.kind = 'status'
  ), matched as (
    select i.*, coalesce(
        (select m.id from messages m where m.tenant_id = v_tenant and m.channel_connection_id = i.connection_id
          and m.external_id = i.external_id),
        -- Our own id came back with it: the send's answer is still on its way, or was lost.
        (select m.id from messages m where m.tenant_id = v_tenant and m.channel_connection_id = i.connection_id
          and m.role <> 'user' and m.external_id is null and m.id = i.opaque)
      ) as message_id
      from incoming i
  ), kept as (
    insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, participant,
        occurred_at, error_code, error_message, raw)
      select v_tenant, connection_id, message_id, external_id, state, participant, at, error_code, error, raw
        from matched order by connection_id, external_id, state, participant
      on conflict do nothing
      returning message_id, external_id, channel_connection_id, status, participant
  ), nameless as (
    select k.message_id as id, min(k.external_id) as external_id
      from kept k
      cross join lateral (select from messages m where m.tenant_id = v_tenant and m.id = k.message_id
        and m.external_id is null limit 1) m
     group by k.message_id
  )
  select count(*), array_agg(distinct k.message_id) filter (where k.message_id is not null),
      jsonb_agg(jsonb_build_object('connection', k.channel_connection_id, 'message', k.message_id, 'at', i.at,
        'effects', i.effects,
        -- The message knows whom it went to; without it (another system's) the platform's words are all there is.
        'lead', (select a.lead_id
          from (select x ->> 'kind' as kind, x ->> 'value' as value from jsonb_array_elements(i.aliases) x offset 0) x
          cross join lateral (select l.lead_id from lead_aliases l where l.tenant_id = v_tenant and l.kind = x.kind
            and l.value = x.value limit 1) a limit 1))) filter (where i.effects is not null),
      (select jsonb_object_agg(n.id, n.external_id) from nameless n),
      jsonb_agg(jsonb_build_object('connection', k.channel_connection_id, 'external_id', k.external_id))
        filter (where k.message_id is null and i.up_to is null)
    into v_new, v_messages, v_effects, v_nameless, v_orphans
    from kept k
    left join lateral (select i.at, i.effects, i.aliases, i.up_to from matched i
      where i.connection_id = k.channel_connection_id and i.external_id = k.external_id and i.state = k.status
        and i.participant = k.participant limit 1) i on true;
  if v_nameless is not null then perform name_messages(v_nameless); end if;
  if v_messages is not null then
    perform apply_message_reports(v_messages);
  end if;
  if p_events @? '$[*].status.up_to' then perform apply_watermarks(p_events); end if;
  if v_orphans is not null then perform place_orphans(v_orphans); end if;
  -- Never a second send: a report of failure says what is true of the account, the person and the template.
  perform apply_send_effects((x ->> 'connection')::uuid, (x ->> 'message')::uuid, x -> 'effects',
      coalesce((x ->> 'at')::timestamptz, app_now()), (x ->> 'lead')::uuid)
    -- People before accounts, as everybody locks them.
    from (select e as x from jsonb_array_elements(coalesce(v_effects, '[]')) e
           order by e #>> '{effects,strike,scope}' is distinct from 'pair', e ->> 'message', e ->> 'connection') o;
  return v_new;
end $_$;

ALTER FUNCTION public.receive_reports(p_events jsonb) OWNER TO tistis_owner;

--
-- Name: record_call(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.record_call(p_call jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform record_usage(p_call);
  insert into ai_steps (tenant_id, id, conversation_id, job_id, question_id, ordinal, kind, name, output, is_error, took_ms)
    select current_tenant(), s.id, c.id, s.job_id, s.question_id, s.ordinal, 'call', s.ai_model, s.content::json,
        not s.was_successful, s.response_time_ms
      from jsonb_to_record(p_call) as s (id uuid, conversation_id uuid, job_id uuid, question_id uuid, ordinal int,
        ai_model text, content text, was_successful boolean, response_time_ms int)
      -- Whoever was erased meanwhile leaves no steps.
      join conversations c on c.tenant_id = current_tenant() and c.id = s.conversation_id
     where s.ordinal is not null
  on conflict do nothing;
end $$;

ALTER FUNCTION public.record_call(p_call jsonb) OWNER TO tistis_owner;

--
-- Name: record_lead_signals(uuid, uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.record_lead_signals(p_lead uuid, p_conversation uuid, p_message uuid, p_said jsonb) RETURNS TABLE(score integer, classification text, unknown_services text[])
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.record_lead_signals(p_lead uuid, p_conversation uuid, p_message uuid, p_said jsonb) OWNER TO tistis_owner;

--
-- Name: record_usage(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.record_usage(p_usage jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  u ai_usage_logs;
begin
  insert into ai_usage_logs (tenant_id, id, conversation_id, job_id, ai_provider, ai_model, prompt_tokens,
      cache_write_tokens, cache_read_tokens, completion_tokens, cost_usd, response_time_ms, stop_reason, was_successful,
      metadata, created_at)
    -- Whoever was erased meanwhile has no conversation any more; what the call cost stays.
    select current_tenant(), x.id,
        (select c.id from conversations c where c.tenant_id = current_tenant() and c.id = x.conversation_id),
        x.job_id, 'anthropic', x.ai_model, x.prompt_tokens,
        x.cache_write_tokens, x.cache_read_tokens, x.completion_tokens, x.cost_usd, x.response_time_ms, x.stop_reason,
        x.was_successful, coalesce(x.metadata, '{}'), app_now()
      from jsonb_to_record(p_usage) as x (id uuid, conversation_id uuid, job_id uuid, ai_model text, prompt_tokens int,
        cache_write_tokens int, cache_read_tokens int, completion_tokens int, cost_usd numeric, response_time_ms int,
        stop_reason text, was_successful boolean, metadata jsonb)
  on conflict do nothing
  returning * into u;
  if u.id is null then return; end if;
  -- Before the month's row, as everybody does.
  if coalesce(u.stop_reason, '') not in ('given_up', 'no_answer') then perform model_answers(); end if;
  perform count_usage(u);
end $$;

ALTER FUNCTION public.record_usage(p_usage jsonb) OWNER TO tistis_owner;

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
  v_message uuid;
  v_rest jsonb;
  v_nth int := 0;
begin
  select array_agg(distinct lane), array_agg(distinct unique_key) into v_lanes, v_keys
    from jobs where tenant_id = v_tenant and id = any (p_ids) and status = 'dead';
  perform lock_lanes(v_tenant, v_lanes, v_keys);
  -- In the order in which they were put there.
  for v_id in select x from unnest(p_ids) x order by x loop
    update jobs d set status = 'pending', attempts = 0,
        -- Each wait had added one.
        max_attempts = case when d.job_type like 'send\_%' then 6 else d.max_attempts end, worker_id = null, completed_at = null,
        -- One after the other, each with what follows it.
        scheduled_for = app_now() + v_nth * interval '1 microsecond',
        lane_head = d.lane is null, holds_lane = false, updated_at = now()
      where d.tenant_id = v_tenant and d.id = v_id and d.status = 'dead'
        and not exists (select 1 from jobs p where p.tenant_id = v_tenant and p.unique_key = d.unique_key
          and p.status = 'pending');
    if found then
      v_nth := v_nth + 1;
      -- A message that the platform never had may leave after all; what may have been sent is never sent again.
      update messages m set status = 'pending', error_code = null, error_message = null
        from jobs d
        where d.tenant_id = v_tenant and d.id = v_id and m.tenant_id = v_tenant
          and m.id::text = d.payload ->> 'message_id' and d.job_type like 'send\_%'
          and m.status = 'failed' and m.external_id is null
        returning m.id into v_message;
      if found then
        select coalesce(jsonb_agg(r.job || jsonb_build_object('delay_seconds', (v_nth + r.n - 1) * 1e-6) order by r.n), '[]')
          into v_rest from jsonb_array_elements(revive_parts(v_message, v_id)) with ordinality r (job, n);
        v_nth := v_nth + enqueue_jobs(v_rest);
      end if;
      -- An attachment that was given up is asked for once more.
      update media_files f set status = 'pending', error_message = null
        from jobs d
        where d.tenant_id = v_tenant and d.id = v_id and d.job_type = 'fetch_media' and f.tenant_id = v_tenant
          and f.id::text = d.payload ->> 'media_id' and f.status = 'gone';
      return next v_id;
    end if;
  end loop;
  perform elect_lane_heads(v_tenant, v_lanes) where v_lanes is not null;
end $$;

ALTER FUNCTION public.redrive_jobs(p_ids uuid[]) OWNER TO tistis_owner;

--
-- Name: refuse_renewal(uuid, uuid, uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.refuse_renewal(p_connection uuid, p_attempt uuid, p_token uuid, p_sentence text, p_alert jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_current boolean;
begin
  perform pg_advisory_xact_lock(hashtextextended(current_tenant()::text || '|token|' || p_connection::text, 0));
  perform 1 from channel_connections cc where cc.tenant_id = current_tenant() and cc.id = p_connection for update;
  update outbound_tokens k set renewal = null, renewal_until = null
   where k.tenant_id = current_tenant() and k.channel_connection_id = p_connection and k.renewal = p_attempt;
  select exists (select from outbound_tokens k where k.tenant_id = current_tenant()
    and k.channel_connection_id = p_connection and k.kind = 'access_token' and k.id = p_token) into v_current;
  if v_current then perform stop_channel(p_connection, p_sentence, 'token_expired', p_alert); end if;
  return v_current;
end $$;

ALTER FUNCTION public.refuse_renewal(p_connection uuid, p_attempt uuid, p_token uuid, p_sentence text, p_alert jsonb) OWNER TO tistis_owner;

--
-- Name: reminders_near(double precision, integer, timestamp with time zone, uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.reminders_near(p_hours double precision, p_morning_minute integer, p_after timestamp with time zone, p_after_id uuid, p_limit integer) RETURNS TABLE(appointment_id uuid, scheduled_at timestamp with time zone, booked_at timestamp with time zone, morning timestamp with time zone, local_minute integer, day_told boolean, hours_told boolean, now_is timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return query
    select a.id, a.scheduled_at, coalesce(a.moved_at, a.created_at), morning_before(a.scheduled_at, b.timezone, p_morning_minute),
        minute_of_day(app_now(), b.timezone), a.reminder_24h_sent, a.reminder_4h_sent, app_now()
      from appointments a
      join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
     where a.tenant_id = current_tenant() and a.scheduled_at > app_now()
       and a.scheduled_at < app_now() + make_interval(secs => p_hours * 3600)
       and (a.scheduled_at, a.id) > (p_after, p_after_id)
       and a.status in ('scheduled', 'confirmed') and a.lead_id is not null
       and not (a.reminder_24h_sent and a.reminder_4h_sent)
       and not exists (select from ai_tenant_context x where x.tenant_id = a.tenant_id and not x.reminders_enabled)
     order by a.scheduled_at, a.id limit p_limit;
end $$;

ALTER FUNCTION public.reminders_near(p_hours double precision, p_morning_minute integer, p_after timestamp with time zone, p_after_id uuid, p_limit integer) OWNER TO tistis_owner;

--
-- Name: rename_contact(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.rename_contact(p_lead uuid, p_connection uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  r record;
begin
  for r in
    select e.details -> 'names' as names, coalesce(e.occurred_at, e.created_at) as at
      from channel_events e
     where e.tenant_id = v_tenant and e.channel_connection_id = p_connection and e.kind = 'identity' and e.lead_id = p_lead
     order by at, e.id
  loop
    with names as (
      select n ->> 'kind' as kind, n ->> 'value' as value, n ->> 'address' as address,
          first_value(n ->> 'address') over same as new_address, first_value(n ->> 'value') over same as new_value,
          row_number() over same as position
        from jsonb_array_elements(r.names) with ordinality t (n, i)
      window same as (partition by n ->> 'kind' order by i)
    ), old as (
      -- People are answered in the spelling that they came in, which need not be the one told now.
      select o.kind, o.value, s.address, o.new_address, o.new_value
        from names o
        cross join lateral (select o.address union select a.address from lead_aliases a
          where a.tenant_id = v_tenant and a.kind = o.kind and a.value = o.value) s (address)
       where o.position > 1
    ), readdressed as (
      update conversations v set contact_address = o.new_address,
          -- What was written before this under the old name must not turn it back.
          context = v.context || jsonb_build_object('contact_since', r.at)
        from old o, channel_connections cc
        where cc.tenant_id = v_tenant and cc.id = p_connection and v.tenant_id = v_tenant and v.lead_id = p_lead
          and v.channel = cc.channel and v.status in ('active', 'waiting_response', 'escalated')
          and v.contact_kind = o.kind and v.contact_address = o.address
          -- Somebody who goes on writing under the old name is answered there.
          and coalesce(v.last_inbound_at, '-infinity') <= r.at
        returning 1
    )
    update leads l set phone = o.new_address, phone_normalized = '+' || o.new_value
      from old o
      where l.tenant_id = v_tenant and l.id = p_lead and o.kind = 'phone' and l.phone_normalized = '+' || o.value;
  end loop;
end $$;

ALTER FUNCTION public.rename_contact(p_lead uuid, p_connection uuid) OWNER TO tistis_owner;

--
-- Name: renamed_contact(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.renamed_contact(p_lead uuid, p_connection uuid, p_contact jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select n.name || jsonb_build_object('since', coalesce(e.occurred_at, e.created_at))
    from channel_events e
    cross join lateral (select t.name from jsonb_array_elements(e.details -> 'names') with ordinality t (name, i)
      where t.name ->> 'kind' = p_contact ->> 'kind' order by t.i limit 1) n
   where e.tenant_id = current_tenant() and e.channel_connection_id = p_connection and e.kind = 'identity'
     and e.lead_id = p_lead
   order by coalesce(e.occurred_at, e.created_at) desc, e.id desc limit 1
$$;

ALTER FUNCTION public.renamed_contact(p_lead uuid, p_connection uuid, p_contact jsonb) OWNER TO tistis_owner;

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
-- Name: replay_events(uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.replay_events(p_id uuid, p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_count int := 0;
  e record;
begin
  for e in
    with again as (
      select o.id from outbound_events o
       where o.tenant_id = current_tenant() and (o.id = p_id or p_id is null and o.status = 'dead') and o.status <> 'pending'
       order by o.id limit p_limit for update)
    update outbound_events o set status = 'pending', error_message = null from again a
     where o.tenant_id = current_tenant() and o.id = a.id returning o.id, o.event, o.lead_id
  loop
    -- A little apart, so that a thousand do not come at once.
    perform deliver_event(e.id, e.event, e.lead_id, 0.02 * v_count);
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;

ALTER FUNCTION public.replay_events(p_id uuid, p_limit integer) OWNER TO tistis_owner;

--
-- Name: reply_gate(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select case
      when t.status <> 'active' then 'tenant_inactive'
      when c.status = 'escalated' and not p_policy ? 'last_word' then 'escalated'
      when c.status not in ('active', 'waiting_response', 'escalated') then 'conversation_closed'
      -- The bot's turn began with the person's message: anything a human wrote since ends it.
      when c.last_human_at > coalesce(q.created_at, '-infinity') then 'human_took_over'
      when not cc.ai_enabled or not (c.ai_handling or p_policy ? 'last_word') or not coalesce(a.ai_enabled, true) then
        case when c.last_human_at is not null then 'human_took_over' else 'assistant_off' end
      when c.thread_owner is not null then 'not_thread_owner'
      when not window_is_open(c.channel_connection_id, c.lead_id, (p_policy ->> 'window_hours')::int) then 'window_closed'
      when q.deleted_at is not null then 'question_deleted'
      -- Nobody answers the newer one: people will.
      when c.last_question_id > p_answers and not p_policy ? 'last_word' then 'newer_inbound'
      -- We were down for long: an answer hours late confuses more than it helps. Who was told when it opens waits for that.
      when greatest(q.external_timestamp, c.promised_for) < app_now() - make_interval(secs => (p_policy ->> 'stale_seconds')::float8) then 'stale'
      else coalesce(limit_reached(c.channel_connection_id, c.lead_id, p_policy),
        -- Last, because this one may be waited for, and only while nothing else is in the way.
        case when cc.status <> 'connected' then 'channel_inactive' end)
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join ai_tenant_context a on a.tenant_id = c.tenant_id
    left join messages q on q.tenant_id = c.tenant_id and q.id = p_answers
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;

ALTER FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: request_job(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.request_job(p_job jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  perform enqueue_jobs(jsonb_build_array(p_job));
  return (select j.id from jobs j where j.tenant_id = current_tenant() and j.unique_key = p_job ->> 'unique_key'
    and j.status = 'pending');
end $$;

ALTER FUNCTION public.request_job(p_job jsonb) OWNER TO tistis_owner;

--
-- Name: require_tenant(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.require_tenant(p_tenant_id uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if current_tenant() is null then
    raise exception 'no tenant is set: select set_config(''app.tenant_id'', ''<tenant id>'', true) in the same transaction'
      using errcode = 'insufficient_privilege';
  elsif p_tenant_id is distinct from current_tenant() then
    raise exception 'p_tenant_id is not the tenant of this transaction (app.tenant_id)'
      using errcode = 'insufficient_privilege';
  end if;
  return p_tenant_id;
end $$;

ALTER FUNCTION public.require_tenant(p_tenant_id uuid) OWNER TO tistis_owner;

--
-- Name: reschedule_appointment(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.reschedule_appointment(p_request jsonb) RETURNS TABLE(outcome text, appointment_id uuid, detail jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  r record;
  f record;
  l record;
  a appointments;
begin
  select * into r from jsonb_to_record(p_request) as x (key text, appointment_id uuid, lead_id uuid,
    scheduled_at timestamptz,
    branch_id uuid, staff_id uuid, service_id uuid, duration_minutes int, anytime boolean, on_grid boolean,
    told_after uuid, confirmation_sent boolean);
  if r.scheduled_at is null then
    raise exception 'scheduled_at must not be null' using errcode = 'null_value_not_allowed';
  end if;
  perform lock_bookings(v_tenant);
  select 'rescheduled', x.id into outcome, appointment_id from appointments x
    where x.tenant_id = v_tenant and x.booking_key = r.key;
  if appointment_id is not null then
    return query select outcome, appointment_id, appointment_detail(appointment_id);
    return;
  end if;
  select * into l from lock_appointment(r.appointment_id, r.lead_id);
  outcome := l.outcome;
  a := l.a;
  if outcome is not null then
    return query select outcome, a.id, case when outcome in ('frozen', 'begun') then appointment_detail(a.id) else '{}' end;
    return;
  end if;
  -- Another branch has other people; else whoever it was with stays, if they can.
  select * into f from find_room(a.lead_id, coalesce(r.branch_id, a.branch_id), coalesce(r.service_id, a.service_id),
    coalesce(r.staff_id, case when coalesce(r.branch_id, a.branch_id) = a.branch_id and coalesce(r.service_id, a.service_id)
      is not distinct from a.service_id then a.staff_id end), r.scheduled_at,
    coalesce(r.duration_minutes, case when r.service_id is null then a.duration_minutes end), a.id, r.anytime, r.on_grid);
  if f.outcome in ('slot_taken', 'off_grid', 'outside_hours', 'inactive', 'unknown_staff') and r.staff_id is null
    and a.staff_id is not null then
    select * into f from find_room(a.lead_id, coalesce(r.branch_id, a.branch_id), coalesce(r.service_id, a.service_id), null,
      r.scheduled_at, coalesce(r.duration_minutes, case when r.service_id is null then a.duration_minutes end), a.id,
        r.anytime, r.on_grid);
  end if;
  if f.outcome is not null then
    return query select f.outcome, a.id, '{}'::jsonb;
    return;
  end if;
  begin
    perform free_hold(a.lead_id);
    update appointments x set status = 'rescheduled' where x.tenant_id = v_tenant and x.id = a.id;
    insert into appointments (tenant_id, branch_id, lead_id, patient_id, staff_id, service_id, scheduled_at,
        duration_minutes, buffer_before_minutes, buffer_after_minutes, notes, internal_notes, reason, party_size,
        reservation_type, conversation_id, booking_source, ai_booking_channel, ai_booked_at, created_by_staff_id,
        deposit_status, deposit_amount_cents, metadata, rescheduled_from_id, booking_key, told_after, confirmation_sent)
      values (v_tenant, coalesce(r.branch_id, a.branch_id), a.lead_id, a.patient_id, f.staff_id, coalesce(r.service_id,
        a.service_id),
        r.scheduled_at, f.minutes, f.buffer_before, f.buffer_after, a.notes, a.internal_notes, a.reason, a.party_size,
        a.reservation_type, a.conversation_id, a.booking_source, a.ai_booking_channel, a.ai_booked_at,
        a.created_by_staff_id, a.deposit_status, a.deposit_amount_cents, a.metadata, a.id, r.key, r.told_after,
        coalesce(r.confirmation_sent, false))
      returning 'rescheduled', id into outcome, appointment_id;
  exception when exclusion_violation then
    return query select 'slot_taken', a.id, '{}'::jsonb;
    return;
  end;
  update appointments x set rescheduled_to_id = reschedule_appointment.appointment_id where x.tenant_id = v_tenant
    and x.id = a.id;
  perform tell_of_appointment('appointment-scheduled', appointment_id);
  perform ask_confirmation(appointment_id);
  detail := appointment_detail(appointment_id);
  return next;
end $$;

ALTER FUNCTION public.reschedule_appointment(p_request jsonb) OWNER TO tistis_owner;

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
-- Name: resolve_lead(jsonb, text, text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.resolve_lead(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid, OUT lead_id uuid, OUT lead_name text, OUT is_new boolean, OUT found_by text) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_phone jsonb := (select a from jsonb_array_elements(p_aliases) a where a ->> 'kind' = 'phone' limit 1);
  v_email text := (select a ->> 'address' from jsonb_array_elements(p_aliases) a where a ->> 'kind' = 'email' limit 1);
  v_name text := nullif(btrim(p_name), '');
begin
  if jsonb_array_length(p_aliases) = 0 then
    raise exception 'whom? the identifier is empty or has no digit' using errcode = 'invalid_parameter_value';
  end if;
  perform hold_erasures();
  perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', p_aliases)));
  select k.lead_id, a.alias ->> 'kind' into lead_id, found_by
    from jsonb_array_elements(p_aliases) with ordinality a (alias, place)
    cross join lateral known_lead(a.alias ->> 'kind', a.alias ->> 'value') k
   where k.lead_id is not null order by a.place limit 1;
  is_new := lead_id is null;
  if is_new then
    lead_id := lead_of_aliases(p_aliases, v_name, case when p_source in ('whatsapp', 'instagram', 'facebook', 'tiktok',
      'website', 'referral', 'walk_in', 'phone', 'google') then p_source else 'other' end, p_branch_id);
  else
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      select v_tenant, a ->> 'kind', a ->> 'value', resolve_lead.lead_id, a ->> 'address'
        from jsonb_array_elements(p_aliases) a
      on conflict do nothing;
    perform revive_lead(lead_id);
  end if;
  update leads l set
      name = coalesce(l.name, v_name), full_name = coalesce(nullif(l.full_name, ''), v_name),
      email = coalesce(l.email, v_email), phone = coalesce(l.phone, v_phone ->> 'address'),
      phone_normalized = coalesce(l.phone_normalized, '+' || (v_phone ->> 'value'))
    where l.tenant_id = v_tenant and l.id = resolve_lead.lead_id
      and (l.name is null and v_name is not null or l.email is null and v_email is not null
        or l.phone_normalized is null and v_phone is not null);
  select coalesce(nullif(l.full_name, ''), l.name) into lead_name from leads l
    where l.tenant_id = v_tenant and l.id = resolve_lead.lead_id;
end $$;

ALTER FUNCTION public.resolve_lead(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid, OUT lead_id uuid, OUT lead_name text, OUT is_new boolean, OUT found_by text) OWNER TO tistis_owner;

--
-- Name: restore_lead(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.restore_lead(p_lead_id uuid, p_restored_by uuid DEFAULT NULL::uuid) RETURNS TABLE(success boolean, restored_status text, message text)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l leads := lock_lead(p_lead_id);
begin
  if l.id is null or l.deleted_at is null or l.merged_into_id is not null then
    return query select false, null::text, case when l.id is null then 'no such lead'
      when l.merged_into_id is not null then 'merged into ' || l.merged_into_id else 'not deleted' end;
    return;
  end if;
  perform revive_lead(l.id);
  return query select true, l.status, 'restored' || coalesce(' by ' || p_restored_by, '');
end $$;

ALTER FUNCTION public.restore_lead(p_lead_id uuid, p_restored_by uuid) OWNER TO tistis_owner;

--
-- Name: restore_stops(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.restore_stops(p_lead uuid, p_aliases jsonb) RETURNS void
    LANGUAGE sql
    AS $$
  insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at)
    select distinct on (s.channel, s.scope) current_tenant(), p_lead, s.channel, s.scope, 'stopped', s.source, s.said_at
      from jsonb_array_elements(p_aliases) a
      join erased_stops s on s.tenant_id = current_tenant() and s.mark = contact_mark(a ->> 'kind', a ->> 'value')
     order by s.channel, s.scope, s.said_at desc
    on conflict do nothing
$$;

ALTER FUNCTION public.restore_stops(p_lead uuid, p_aliases jsonb) OWNER TO tistis_owner;

--
-- Name: resume_channel(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.resume_channel(p_connection uuid) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_due int;
  v_code text;
begin
  select cc.stopped_code into v_code from channel_connections cc
    where cc.tenant_id = v_tenant and cc.id = p_connection and cc.status in ('connected', 'error') for update;
  if not found then return null; end if;
  update channel_connections cc set status = 'connected', stopped_code = null, stopped_at = null, error_count = 0,
      last_error_message = null
    where cc.tenant_id = v_tenant and cc.id = p_connection;
  -- Only what stood for the standstill: customers who waited in vain are still to be answered.
  perform resolve_alerts(p_connection, array['channel_stopped', 'sending_paused', coalesce(v_code, '')]);
  -- People before the account, as everybody locks them.
  update send_pace s set blocked_until = null, initiated_blocked_until = null, strikes = 0, reason = null
    where s.tenant_id = v_tenant and s.channel_connection_id = p_connection and s.contact <> ''
      and (s.blocked_until is not null or s.initiated_blocked_until is not null or s.strikes > 0);
  update send_pace s set blocked_until = null, initiated_blocked_until = null, strikes = 0, reason = null
    where s.tenant_id = v_tenant and s.channel_connection_id = p_connection and s.contact = '';
  -- What somebody works on just now looks again by itself within a minute.
  with waiting as (
    select j.id from jobs j where j.tenant_id = v_tenant and j.priority > 0 and j.ready_at is not null
       and j.scheduled_for > app_now() and j.payload ->> 'channel_connection_id' = p_connection::text
       and (j.job_type like 'send\_%' or j.error_message = 'channel_inactive')
     order by j.id for update skip locked
  ), due as (
    update jobs j set scheduled_for = app_now(), updated_at = now() from waiting w
      where j.tenant_id = v_tenant and j.id = w.id returning j.job_type)
  select count(*) filter (where job_type like 'send\_%') into v_due from due;
  return v_due;
end $$;

ALTER FUNCTION public.resume_channel(p_connection uuid) OWNER TO tistis_owner;

--
-- Name: retention_due(timestamp with time zone, integer); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.retention_due(p_checked_before timestamp with time zone, p_limit integer) RETURNS TABLE(tenant_id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select t.id, t.slug::text from tenants t left join retention_marks k on k.tenant_id = t.id
   where k.checked_at is null or k.checked_at < p_checked_before
   order by k.checked_at nulls first, t.id limit p_limit
$$;

ALTER FUNCTION public.retention_due(p_checked_before timestamp with time zone, p_limit integer) OWNER TO tistis_definer;

--
-- Name: return_to_promised(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.return_to_promised(p_conversation uuid, p_settled uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.return_to_promised(p_conversation uuid, p_settled uuid) OWNER TO tistis_owner;

--
-- Name: revive_lead(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.revive_lead(p_lead_id uuid) RETURNS void
    LANGUAGE sql
    AS $$
  update leads set deleted_at = null, deleted_by = null
    where tenant_id = current_tenant() and id = p_lead_id and deleted_at is not null and merged_into_id is null
$$;

ALTER FUNCTION public.revive_lead(p_lead_id uuid) OWNER TO tistis_owner;

--
-- Name: revive_parts(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.revive_parts(p_message uuid, p_job uuid) RETURNS jsonb
    LANGUAGE sql
    AS $$
  with rest as (
    update messages x set status = 'pending', error_code = null, error_message = null
      from messages m
     where m.tenant_id = current_tenant() and m.id = p_message and x.tenant_id = m.tenant_id
       and x.conversation_id = m.conversation_id and x.id > m.id and x.role = m.role
       and x.status = 'withheld' and x.error_code = 'incomplete'
       and (x.metadata ->> 'group' = m.metadata ->> 'group'
         or m.role = 'assistant' and x.processed_by_job_id = m.processed_by_job_id
           and x.answers_message_id = m.answers_message_id)
    returning x.id)
  select coalesce(jsonb_agg(jsonb_build_object('job_type', j.job_type, 'lane', j.lane, 'priority', j.priority,
      'max_attempts', 6, 'request_id', j.request_id,
      'payload', j.payload || jsonb_build_object('message_id', r.id)) order by r.id), '[]')
    from rest r join jobs j on j.tenant_id = current_tenant() and j.id = p_job
$$;

ALTER FUNCTION public.revive_parts(p_message uuid, p_job uuid) OWNER TO tistis_owner;

--
-- Name: revoke_api_key(uuid, uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.revoke_api_key(p_key uuid, p_by uuid, p_reason text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
  update api_keys set is_active = false, revoked_at = app_now(), revoked_by = p_by, revoke_reason = p_reason
    where tenant_id = current_tenant() and id = p_key and is_active;
  if not found then return false; end if;
  perform note_of_key(p_key, 'revoked', p_by, jsonb_build_object('reason', p_reason));
  return true;
end $$;

ALTER FUNCTION public.revoke_api_key(p_key uuid, p_by uuid, p_reason text) OWNER TO tistis_owner;

--
-- Name: rows_of_person(uuid[], text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.rows_of_person(p_leads uuid[], p_names text, p_from uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_accounts uuid[] := array(select id from channel_connections where tenant_id = v_tenant);
  v_talks uuid[] := array(select id from conversations where tenant_id = v_tenant and lead_id = any (p_leads));
  v_messages uuid[] := array(select id from messages where tenant_id = v_tenant and conversation_id = any (v_talks));
  v_media uuid[] := array(select id from media_files where tenant_id = v_tenant and message_id = any (v_messages));
  v_patients uuid[] := array(select id from patients where tenant_id = v_tenant and (lead_id = any (p_leads)
    -- Entered by hand, and nobody has said yet who of the leads it is.
    or lead_id is null and concat_ws(' ', phone, normalize_phone_number(phone), whatsapp_number,
      normalize_phone_number(whatsapp_number), email) ~ p_names));
  v_reports uuid[] := array(
    select id from message_status_history where tenant_id = v_tenant and message_id = any (v_messages)
    union select id from message_status_history where tenant_id = v_tenant and id >= p_from and message_id is null
      and raw::text ~ p_names);
  v_events uuid[] := array(
    select id from channel_events where tenant_id = v_tenant and lead_id = any (p_leads)
    union select id from channel_events where tenant_id = v_tenant and id >= p_from and lead_id is null
      and concat(content, details, raw) ~ p_names);
  v_items text[] := array(
    select external_id from messages where tenant_id = v_tenant and id = any (v_messages) and external_id is not null
    union select id::text from messages where tenant_id = v_tenant and id = any (v_messages) and role <> 'user'
    union select external_id from message_status_history where tenant_id = v_tenant and id = any (v_reports)
    union select external_id from channel_events where tenant_id = v_tenant and id = any (v_events));
begin
  return jsonb_build_object('items', v_items, 'media_files', v_media, 'patients', v_patients,
    'message_status_history', array(
      select unnest(v_reports) union select id from message_status_history where tenant_id = v_tenant
        and channel_connection_id = any (v_accounts) and external_id = any (v_items)),
    'channel_events', array(
      select unnest(v_events) union select id from channel_events where tenant_id = v_tenant and id >= p_from
        and reply_to_external_id = any (v_items)),
    'jobs', array(
      select id from jobs where tenant_id = v_tenant and id >= p_from
        and (payload ->> 'conversation_id' = any (v_talks::text[]) or payload ->> 'lead_id' = any (p_leads::text[])
          or payload ->> 'message_id' = any (v_messages::text[]) or payload ->> 'media_id' = any (v_media::text[]))),
    'appointments', array(
      select id from appointments where tenant_id = v_tenant and (lead_id = any (p_leads) or patient_id = any (v_patients)
        or lead_id is null and conversation_id = any (v_talks))),
    'webhook_dead_letters', array(
      select id from webhook_dead_letters where tenant_id = v_tenant and id >= p_from
        and concat_ws(' ', payload, headers, error_message, error_stack) ~ p_names),
    'ai_dead_letter_queue', array(
      select id from ai_dead_letter_queue where tenant_id = v_tenant and id >= p_from
        and (contact_id = any (p_leads) or conversation_id = any (v_talks) or contact_id is null and conversation_id is null
          and concat_ws(' ', original_message, original_payload, error_message, error_stack) ~ p_names)),
    'external_events', array(
      select id from external_events where tenant_id = v_tenant and id >= p_from
        and (lead_id = any (p_leads) or concat_ws(' ', event, data, event_key) ~ p_names)),
    'webhook_events', array(
      select id from webhook_events where tenant_id = v_tenant and id >= p_from
        and concat_ws(' ', event_id, error_message) ~ p_names),
    'rate_limits', array(select identifier from rate_limits where tenant_id = v_tenant and identifier ~ p_names));
end $$;

ALTER FUNCTION public.rows_of_person(p_leads uuid[], p_names text, p_from uuid) OWNER TO tistis_owner;

--
-- Name: said_before(uuid, uuid, double precision); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.said_before(p_conversation uuid, p_question uuid, p_seconds double precision) RETURNS TABLE(metadata jsonb)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_written timestamptz := (select q.external_timestamp + interval '1 second' from messages q
    where q.tenant_id = v_tenant and q.id = p_question);
begin
  return query
    select s.metadata
      from (
        select m.id, m.created_at, m.metadata
          from conversations c
          join conversations o on o.tenant_id = c.tenant_id and o.lead_id = c.lead_id
           and o.channel_connection_id = c.channel_connection_id
          cross join lateral (
            select y.id, y.created_at, y.metadata from messages y
             where y.tenant_id = v_tenant and y.conversation_id = o.id and y.role <> 'user' and y.id < p_question
               and y.status in ('sending', 'unknown', 'accepted', 'sent', 'delivered', 'read', 'played')
               and (v_written is null or coalesce(y.attempted_at, y.external_timestamp, y.sent_at, y.created_at) <= v_written)
             order by y.id desc limit 1) m
         where c.tenant_id = v_tenant and c.id = p_conversation
         order by m.id desc limit 1) s
     where s.created_at > app_now() - make_interval(secs => p_seconds);
end $$;

ALTER FUNCTION public.said_before(p_conversation uuid, p_question uuid, p_seconds double precision) OWNER TO tistis_owner;

--
-- Name: said_hours(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.said_hours(p_hours jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  return case when jsonb_typeof(p_hours) = 'object' then nullif(p_hours, '{}') end;
end $$;

ALTER FUNCTION public.said_hours(p_hours jsonb) OWNER TO tistis_owner;

--
-- Name: said_lately(uuid, uuid, timestamp with time zone, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.said_lately(p_connection uuid, p_lead uuid, p_since timestamp with time zone, p_most integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
declare
  -- Ids sort by the time at which a message was stored, which may be long before it left.
  v_oldest uuid := uuid_v7_floor(p_since - interval '7 days');
begin return (
  select count(*)::int from (
    select 1
      from conversations c
      cross join lateral (
        select 1 from messages m
         where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.role <> 'user' and m.id >= v_oldest
           and m.status in ('sending', 'unknown', 'accepted', 'sent', 'delivered', 'read', 'played')
           and coalesce(m.attempted_at, m.external_timestamp, m.sent_at) > p_since
         limit p_most) m
     where c.tenant_id = current_tenant() and c.lead_id = p_lead and c.channel_connection_id = p_connection
     limit p_most) s
); end $$;

ALTER FUNCTION public.said_lately(p_connection uuid, p_lead uuid, p_since timestamp with time zone, p_most integer) OWNER TO tistis_owner;

--
-- Name: said_with_messages(jsonb, uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.said_with_messages(p_events jsonb, p_new uuid[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
begin
  return coalesce((
    select jsonb_agg(jsonb_build_object('connection', s.channel_connection_id, 'lead', s.lead_id, 'by', 'message',
        'at', s.external_timestamp, 'consent', s.consent, 'referral', s.referral) order by s.id)
      from (
        select distinct on (m.id) m.id, m.channel_connection_id, m.external_timestamp, c.lead_id, e.consent, e.referral
          from rows from (jsonb_to_recordset(p_events) as (connection_id uuid, kind text, external_id text, consent jsonb,
              referral jsonb)) with ordinality e (connection_id, kind, external_id, consent, referral, position)
          join messages m on m.tenant_id = current_tenant() and m.channel_connection_id = e.connection_id
            and m.external_id = e.external_id and m.id = any (p_new)
          join conversations c on c.tenant_id = current_tenant() and c.id = m.conversation_id
         where e.kind = 'message' and (e.consent is not null or e.referral is not null)
         order by m.id, e.position) s), '[]');
end $$;

ALTER FUNCTION public.said_with_messages(p_events jsonb, p_new uuid[]) OWNER TO tistis_owner;

--
-- Name: same_name(text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.same_name(p_a text, p_b text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select lower(regexp_replace(btrim(p_a), '\s+', ' ', 'g')) = lower(regexp_replace(btrim(p_b), '\s+', ' ', 'g'))
$$;

ALTER FUNCTION public.same_name(p_a text, p_b text) OWNER TO tistis_owner;

--
-- Name: same_words(text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.same_words(p_one text, p_other text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  return btrim(regexp_replace(p_one, '\s+', ' ', 'g')) = btrim(regexp_replace(p_other, '\s+', ' ', 'g'));
end $$;

ALTER FUNCTION public.same_words(p_one text, p_other text) OWNER TO tistis_owner;

--
-- Name: save_incoming_message(uuid, uuid, text, text, text, text, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.save_incoming_message(p_conversation_id uuid, p_lead_id uuid, p_content text, p_message_type text DEFAULT 'text'::text, p_channel text DEFAULT 'whatsapp'::text, p_media_url text DEFAULT NULL::text, p_whatsapp_message_id text DEFAULT NULL::text, p_metadata jsonb DEFAULT NULL::jsonb) RETURNS TABLE(message_id uuid, is_duplicate boolean, conversation_reopened boolean)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_external text := nullif(btrim(p_whatsapp_message_id), '');
  v_contact jsonb;
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation_id;
  if c.id is null then
    raise exception 'there is no conversation %', p_conversation_id using errcode = 'no_data_found';
  elsif c.lead_id is distinct from living_lead(p_lead_id) then
    raise exception 'conversation % is not this lead''s', p_conversation_id using errcode = 'invalid_parameter_value';
  elsif coalesce(p_content, '') !~ '\S' and coalesce(p_message_type, 'text') = 'text' then
    raise exception 'p_content is empty' using errcode = 'invalid_parameter_value';
  end if;
  perform lock_lead(c.lead_id);
  select * into strict c from conversations x where x.tenant_id = v_tenant and x.id = p_conversation_id;
  select m.id into message_id from messages m where m.tenant_id = v_tenant
    and m.channel_connection_id = c.channel_connection_id and m.external_id = v_external;
  is_duplicate := message_id is not null;
  conversation_reopened := not is_duplicate and c.status = 'resolved' and not exists (
    select from conversations o where o.tenant_id = v_tenant and o.lead_id = c.lead_id
      and o.channel_connection_id = c.channel_connection_id and o.status in ('active', 'waiting_response', 'escalated'));
  if is_duplicate then
    return next;
    return;
  elsif conversation_reopened then
    update conversations x set status = 'active', resolved_at = null
      where x.tenant_id = v_tenant and x.id = c.id and x.status = 'resolved';
    conversation_reopened := found;
    perform revive_lead(c.lead_id);
  end if;
  -- The name that the webhook finds this person by: the conversation's own, if it is theirs.
  insert into lead_aliases (tenant_id, kind, value, lead_id, address)
    values (v_tenant, c.contact_kind, case c.contact_kind when 'phone' then canonical_phone(c.contact_address)
      else c.contact_address end, c.lead_id, c.contact_address) on conflict do nothing;
  select jsonb_build_object('kind', a.kind, 'value', a.value, 'address', c.contact_address) into v_contact
    from lead_aliases a where a.tenant_id = v_tenant and a.lead_id = c.lead_id and a.kind = c.contact_kind
    order by a.address = c.contact_address desc, a.created_at desc limit 1;
  if v_contact is null then
    raise exception 'conversation % answers to somebody else''s address', c.id using errcode = 'invalid_parameter_value';
  end if;
  perform receive_events(jsonb_build_array(jsonb_build_object('connection_id', c.channel_connection_id, 'kind', 'message',
    'external_id', v_external, 'aliases', jsonb_build_array(v_contact), 'content', coalesce(p_content, ''),
    'content_type', coalesce(p_message_type, 'text'), 'wants_answer', true, 'details', coalesce(p_metadata, '{}'))),
    receive_policy(), null);
  -- The newest: the person's names are locked, nobody else stores a message of theirs.
  select m.id into message_id from messages m
    where m.tenant_id = v_tenant and m.role = 'user' and m.conversation_id in (select o.id from conversations o
      where o.tenant_id = v_tenant and o.lead_id = c.lead_id and o.channel_connection_id = c.channel_connection_id)
      and m.external_id is not distinct from v_external
    order by m.id desc limit 1;
  update messages m set media_url = p_media_url
    where m.tenant_id = v_tenant and m.id = message_id and p_media_url <> '';
  return next;
end $$;

ALTER FUNCTION public.save_incoming_message(p_conversation_id uuid, p_lead_id uuid, p_content text, p_message_type text, p_channel text, p_media_url text, p_whatsapp_message_id text, p_metadata jsonb) OWNER TO tistis_owner;

--
-- Name: score_of_class(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.score_of_class(p_class text) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
begin
  -- A policy under which 75 is not hot yet has its own beginning of hot.
  return case p_class when 'hot' then case classification_of(75) when 'hot' then 75 else 80 end when 'warm' then 55
    else 25 end;
end $$;

ALTER FUNCTION public.score_of_class(p_class text) OWNER TO tistis_owner;

--
-- Name: score_turn(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.score_turn(p_conversation uuid, p_turn jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.score_turn(p_conversation uuid, p_turn jsonb) OWNER TO tistis_owner;

--
-- Name: scoring_rules(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.scoring_rules() RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select coalesce(jsonb_agg(jsonb_build_object('signal', r.signal_name, 'name', r.signal_display_name,
      'category', r.category, 'type', r.detection_type, 'points', r.points, 'is_active', r.is_active)
      || case when r.detection_type = 'keyword' then jsonb_build_object('keywords',
        coalesce(r.detection_config -> 'keywords', '[]')) else '{}' end order by r.evaluation_order, r.id), '[]')
    from ai_scoring_rules r where r.tenant_id = current_tenant()
); end $$;

ALTER FUNCTION public.scoring_rules() OWNER TO tistis_owner;

--
-- Name: seed_scoring_rules(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.seed_scoring_rules(p_tenant uuid) RETURNS void
    LANGUAGE sql
    AS $$
  insert into ai_scoring_rules (tenant_id, is_global, signal_name, signal_display_name, points, detection_type,
      detection_config, category, evaluation_order, is_active)
    select p_tenant, true, r.name, r.display, r.points, r.type, r.config::jsonb, r.category, r.place, r.place <= 7
      from (values
        (1, 'interested', 'Muestra interés', 10, 'keyword', 'intent',
          '{"keywords": ["me interesa", "interesad", "informes", "más información", "cuánto cuesta", "cuánto cuestan",
            "cuánto sale", "precio", "quiero una cita", "quisiera una cita", "agendar", "reservar", "apartar",
            "interested", "how much", "book"]}'),
        (2, 'urgent', 'Tiene urgencia', 15, 'keyword', 'urgency',
          '{"keywords": ["urgente", "urgencia", "emergencia", "me urge", "lo antes posible", "cuanto antes", "hoy mismo",
            "dolor", "duele", "sangra", "urgent", "asap"]}'),
        (3, 'budget_mentioned', 'Habla de su presupuesto', 20, 'keyword', 'intent',
          '{"keywords": ["presupuesto de", "mi presupuesto", "puedo pagar", "puedo gastar", "dispuesto a pagar",
            "dispuesta a pagar", "my budget"]}'),
        (4, 'decision_maker', 'Decide', 15, 'keyword', 'demographics',
          '{"keywords": ["yo decido", "soy el dueño", "soy la dueña", "soy el encargado", "soy la encargada",
            "soy el gerente", "soy la gerente", "i decide", "i am the owner"]}'),
        (5, 'comparing', 'Compara opciones', 5, 'keyword', 'intent',
          '{"keywords": ["comparando", "comparar precios", "otras opciones", "otro lugar", "cotizando", "otra cotización",
            "comparing"]}'),
        (6, 'not_interested', 'No le interesa', -20, 'keyword', 'negative',
          '{"keywords": ["no me interesa", "no estoy interesad", "ya no quiero", "ya no me interesa", "no gracias",
            "not interested"]}'),
        (7, 'spam', 'Publicidad o basura', -50, 'keyword', 'negative',
          '{"keywords": ["gana dinero", "ganar dinero desde casa", "criptomoneda", "bitcoin", "inversión garantizada",
            "casino", "préstamo inmediato", "seguidores para", "seo services"]}'),
        (11, 'urgency_pain', 'Urgencia o dolor', 35, 'keyword', 'urgency',
          '{"keywords": ["dolor", "duele", "urgencia", "urgente", "emergencia", "sangra", "hinchad", "inflamad"]}'),
        (12, 'wants_appointment', 'Quiere una cita', 30, 'keyword', 'intent',
          '{"keywords": ["cita", "agendar", "reservar", "reservación", "apartar", "appointment", "book"]}'),
        (13, 'date_defined', 'Propone fecha u hora', 25, 'keyword', 'intent',
          '{"keywords": ["mañana", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "esta semana"]}'),
        (14, 'usa_patient', 'Viene de Estados Unidos', 25, 'keyword', 'demographics',
          '{"keywords": ["estados unidos", "usa", "arizona", "tucson", "phoenix", "california", "dólares"]}'),
        (15, 'high_value_treatment', 'Tratamiento de alto valor', 20, 'keyword', 'intent',
          '{"keywords": ["implante", "ortodoncia", "brackets", "corona", "carilla", "diseño de sonrisa"]}'),
        (16, 'high_engagement', 'Conversa mucho', 10, 'engagement', 'engagement', '{"min_messages": 5}'),
        (17, 'complete_info', 'Dejó sus datos', 10, 'attribute', 'engagement', '{"fields": ["full_name", "phone", "email"]}'),
        (18, 'just_browsing', 'Solo pregunta', -15, 'keyword', 'negative',
          '{"keywords": ["solo pregunto", "nada más pregunto", "solo quería saber", "just browsing"]}'),
        (19, 'price_shopping', 'Busca el precio más bajo', -10, 'keyword', 'negative',
          '{"keywords": ["más barato", "muy caro", "descuento", "cheaper"]}'),
        (20, 'comparing_options', 'Compara opciones', -10, 'keyword', 'negative',
          '{"keywords": ["comparando", "otras opciones", "otro lugar", "cotizando"]}'),
        (21, 'service_interest_detected', 'Preguntó por un servicio', 0, 'intent', 'intent', '{}'))
        r (place, name, display, points, type, category, config)
    on conflict (tenant_id, signal_name) do nothing
$$;

ALTER FUNCTION public.seed_scoring_rules(p_tenant uuid) OWNER TO tistis_owner;

--
-- Name: seed_scoring_rules_of_new(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.seed_scoring_rules_of_new() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform seed_scoring_rules(new.id);
  return null;
end $$;

ALTER FUNCTION public.seed_scoring_rules_of_new() OWNER TO tistis_owner;

--
-- Name: seen_before(uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.seen_before(p_messages uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, occurred_at)
    select m.tenant_id, m.channel_connection_id, m.id, m.external_id, w.state, w.up_to
      from unnest(p_messages) i (id)
      join messages m on m.tenant_id = current_tenant() and m.id = i.id
      join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
      cross join lateral (values ('delivered', c.delivered_until), ('read', c.read_until)) w (state, up_to)
     where m.external_id is not null and coalesce(m.attempted_at, m.sent_at) <= w.up_to
     order by m.external_id, w.state
    on conflict do nothing;
end $$;

ALTER FUNCTION public.seen_before(p_messages uuid[]) OWNER TO tistis_owner;

--
-- Name: sees_staff(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.sees_staff(p_staff uuid, p_branch uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin return exists (
  select from staff s where s.tenant_id = current_tenant() and s.id = p_staff and (p_branch is null or exists (
    select from staff_branches w where w.tenant_id = s.tenant_id and w.staff_id = s.id and w.branch_id = p_branch))
); end $$;

ALTER FUNCTION public.sees_staff(p_staff uuid, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: send_prepared(uuid, jsonb, text, text, jsonb, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.send_prepared(p_conversation uuid, p_parts jsonb, p_kind text, p_request_id text, p_numbered jsonb DEFAULT NULL::jsonb, p_branch uuid DEFAULT NULL::uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  c conversations;
  v_message uuid;
  v_talk uuid;
begin
  v_talk := open_talk_of(p_conversation);
  -- The lane before the conversation, as everybody does.
  perform lock_lanes(v_tenant, array['send:' || v_talk], '{}');
  select * into c from conversations x where x.tenant_id = v_tenant and x.id = v_talk for update;
  if c.id is null or c.branch_id is distinct from coalesce(p_branch, c.branch_id) then return null; end if;
  -- Nobody has typed it: it never leaves as a person's word (`staff_gate`).
  v_message := put_staff_message(c.id, p_parts, null, p_request_id, true, false);
  update messages m set metadata = m.metadata || jsonb_strip_nulls(jsonb_build_object('prepared', p_kind, 'numbered', p_numbered))
    from messages f
    where f.tenant_id = v_tenant and f.id = v_message and m.tenant_id = v_tenant and m.conversation_id = c.id
      and (m.id = f.id or m.metadata ->> 'group' = f.metadata ->> 'group') and m.id >= f.id;
  return v_message;
end $$;

ALTER FUNCTION public.send_prepared(p_conversation uuid, p_parts jsonb, p_kind text, p_request_id text, p_numbered jsonb, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: send_staff_message(uuid, jsonb, uuid, text, boolean, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_branch uuid DEFAULT NULL::uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  v_reopens boolean := hold_closed_talk(p_conversation);
  v_talk uuid := case when v_reopens then open_talk_of(p_conversation) else p_conversation end;
begin
  -- The lane before the conversation, as `store_reply` does, or the two wait for each other.
  perform lock_lanes(current_tenant(), array['send:' || v_talk], '{}');
  if p_branch is not null then
    perform 1 from conversations v where v.tenant_id = current_tenant() and v.id = v_talk and v.branch_id = p_branch
      for no key update;
    if not found then return null; end if;
  end if;
  if v_reopens then
    update conversations v set status = 'active', resolved_at = null
      where v.tenant_id = current_tenant() and v.id = v_talk and v.status in ('resolved', 'archived');
  end if;
  return put_staff_message(v_talk, p_parts, p_staff, p_request_id, p_automatic, true);
end $$;

ALTER FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: sending_login(text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.sending_login(p_channel text, p_login text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case p_channel when 'instagram' then coalesce(p_login, 'page') end
$$;

ALTER FUNCTION public.sending_login(p_channel text, p_login text) OWNER TO tistis_owner;

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
    sku text,
    price_variants jsonb DEFAULT '[]'::jsonb NOT NULL,
    sessions_required integer DEFAULT 1 NOT NULL,
    is_bookable boolean DEFAULT true NOT NULL,
    buffer_before_minutes integer DEFAULT 0 NOT NULL,
    buffer_after_minutes integer DEFAULT 0 NOT NULL,
    CONSTRAINT services_buffer_after_minutes_check CHECK (((buffer_after_minutes >= 0) AND (buffer_after_minutes <= 480))),
    CONSTRAINT services_buffer_before_minutes_check CHECK (((buffer_before_minutes >= 0) AND (buffer_before_minutes <= 480))),
    CONSTRAINT services_lead_priority_check CHECK ((lead_priority = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text]))),
    CONSTRAINT services_price_unit_check CHECK ((price_unit = ANY (ARRAY['per_service'::text, 'per_hour'::text, 'per_session'::text, 'per_tooth'::text, 'per_unit'::text]))),
    CONSTRAINT services_sessions_required_check CHECK ((sessions_required > 0))
);

ALTER TABLE ONLY public.services FORCE ROW LEVEL SECURITY;

ALTER TABLE public.services OWNER TO tistis_owner;

--
-- Name: service_json(public.services); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.service_json(s public.services) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return jsonb_build_object('id', s.id, 'name', s.name, 'slug', s.slug, 'category', s.category,
  'description', s.description, 'price_min', s.price_min, 'price_max', s.price_max, 'currency', s.currency,
  'price_note', s.price_note, 'duration_minutes', s.duration_minutes, 'buffer_before_minutes', s.buffer_before_minutes,
  'buffer_after_minutes', s.buffer_after_minutes, 'is_bookable', s.is_bookable, 'is_active', s.is_active,
  'created_at', s.created_at, 'updated_at', s.updated_at,
  'staff_ids', (select coalesce(jsonb_agg(x.staff_id order by x.staff_id), '[]') from staff_services x
    where x.tenant_id = s.tenant_id and x.service_id = s.id));
end $$;

ALTER FUNCTION public.service_json(s public.services) OWNER TO tistis_owner;

--
-- Name: set_budget(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.set_budget(p_change jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  a ai_tenant_context;
  m ai_usage_months;
  v_used numeric;
begin
  perform make_assistant_row();
  update ai_tenant_context x set
      monthly_budget_usd = case when p_change ? 'monthly_budget_usd' then (p_change ->> 'monthly_budget_usd')::numeric
        else x.monthly_budget_usd end,
      monthly_token_budget = case when p_change ? 'monthly_token_budget' then (p_change ->> 'monthly_token_budget')::bigint
        else x.monthly_token_budget end
    where x.tenant_id = v_tenant
    returning * into a;
  update alerts set resolved_at = app_now() where tenant_id = v_tenant and kind = 'budget' and resolved_at is null;
  select * into m from ai_usage_months x where x.tenant_id = v_tenant and x.month = business_month();
  if m.month is null then
    m.month := business_month();
    m.cost_usd := 0;
    m.total_tokens := 0;
  end if;
  v_used := budget_used(a, m.cost_usd, m.total_tokens);
  if v_used >= 80 then perform tell_budget(a, m, case when v_used >= 100 then 100 else 80 end); end if;
end $$;

ALTER FUNCTION public.set_budget(p_change jsonb) OWNER TO tistis_owner;

--
-- Name: set_consent(uuid, text, text, text, text, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.set_consent(p_lead uuid, p_channel text, p_scope text, p_state text, p_source text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql
    AS $$
  with said as (
    insert into contact_consents as c (tenant_id, lead_id, channel, scope, state, source, said_at)
      -- A clock that is ahead of ours must not outlast what the person says next.
      values (current_tenant(), p_lead, p_channel, p_scope, p_state, p_source, least(coalesce(p_at, app_now()), app_now()))
      on conflict (tenant_id, lead_id, channel, scope) do update set
        state = excluded.state, source = excluded.source, said_at = excluded.said_at
        where excluded.said_at > c.said_at
          or (excluded.said_at = c.said_at and excluded.state = 'stopped' and c.state <> 'stopped')
      returning 1)
  select exists (select 1 from said)
$$;

ALTER FUNCTION public.set_consent(p_lead uuid, p_channel text, p_scope text, p_state text, p_source text, p_at timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: set_lead_score(uuid, uuid, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.set_lead_score(p_lead uuid, p_branch uuid, p_score integer, p_reason text, p_anew boolean) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_lead uuid := living_lead(p_lead);
  v_score int;
  h record;
begin
  select l.score into v_score from leads l where l.tenant_id = v_tenant and l.id = v_lead and l.deleted_at is null
    and (p_branch is null or l.branch_id = p_branch) for update;
  if not found or v_score = p_score then return v_score; end if;
  if not p_anew then
    select x.id, x.new_score, x.reason into h from lead_score_history x
      where x.tenant_id = v_tenant and x.lead_id = v_lead and x.signal_name = 'n8n' order by x.id desc
      limit 1;
    if h.new_score = p_score and h.reason is not distinct from p_reason and not exists (select from conversations c
      join messages m on m.tenant_id = v_tenant and m.conversation_id = c.id and m.id > h.id and m.role = 'user'
      where c.tenant_id = v_tenant and c.lead_id = v_lead) then
      return v_score;
    end if;
  end if;
  return update_lead_score(v_lead, p_score - v_score, 'n8n', 'rule_trigger', p_reason);
end $$;

ALTER FUNCTION public.set_lead_score(p_lead uuid, p_branch uuid, p_score integer, p_reason text, p_anew boolean) OWNER TO tistis_owner;

--
-- Name: set_routine(boolean, boolean, text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.set_routine(p_reminders boolean, p_follow_ups boolean, p_confirmation_text text, p_reminder_text text, p_follow_up_text text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform make_assistant_row();
  update ai_tenant_context x set reminders_enabled = coalesce(p_reminders, x.reminders_enabled),
      follow_ups_enabled = coalesce(p_follow_ups, x.follow_ups_enabled),
      confirmation_text = nullif(coalesce(p_confirmation_text, x.confirmation_text), ''),
      reminder_text = nullif(coalesce(p_reminder_text, x.reminder_text), ''),
      follow_up_text = nullif(coalesce(p_follow_up_text, x.follow_up_text), '')
    where x.tenant_id = current_tenant();
end $$;

ALTER FUNCTION public.set_routine(p_reminders boolean, p_follow_ups boolean, p_confirmation_text text, p_reminder_text text, p_follow_up_text text) OWNER TO tistis_owner;

--
-- Name: set_staff_branches(uuid, uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.set_staff_branches(p_staff uuid, p_branches uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_place int;
begin
  select min(x.n)::int - 1 into v_place from unnest(p_branches) with ordinality x (id, n)
    where not exists (select from branches b where b.tenant_id = v_tenant and b.id = x.id);
  if v_place is not null then return v_place; end if;
  delete from staff_hours h where h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id <> all (p_branches);
  delete from staff_branches w where w.tenant_id = v_tenant and w.staff_id = p_staff;
  insert into staff_branches (tenant_id, staff_id, branch_id, is_primary)
    select v_tenant, p_staff, x.id, min(x.n) = 1 from unnest(p_branches) with ordinality x (id, n) group by x.id;
  return null;
end $$;

ALTER FUNCTION public.set_staff_branches(p_staff uuid, p_branches uuid[]) OWNER TO tistis_owner;

--
-- Name: set_staff_hours(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.set_staff_hours(p_staff uuid, p_branch uuid, p_spans jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
begin
  perform lock_bookings(v_tenant);
  if not sees_staff(p_staff, null) then return 'unknown_staff'; end if;
  if not sees_staff(p_staff, p_branch) then return 'unknown_branch'; end if;
  delete from staff_hours h where h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = p_branch;
  insert into staff_hours (tenant_id, staff_id, branch_id, weekday, opens, closes)
    select v_tenant, p_staff, p_branch, s.weekday, s.opens, s.closes
      from jsonb_to_recordset(p_spans) as s (weekday int, opens time, closes time);
  return 'set';
end $$;

ALTER FUNCTION public.set_staff_hours(p_staff uuid, p_branch uuid, p_spans jsonb) OWNER TO tistis_owner;

--
-- Name: set_staff_services(uuid, uuid[]); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.set_staff_services(p_staff uuid, p_services uuid[]) RETURNS TABLE(outcome text, place integer, left_alone jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_gone uuid[];
begin
  perform lock_bookings(v_tenant);
  if not sees_staff(p_staff, null) then
    outcome := 'unknown_staff';
    return next;
    return;
  end if;
  select min(n)::int - 1 into place from unnest(p_services) with ordinality x (id, n)
    where not exists (select from services s where s.tenant_id = v_tenant and s.id = x.id);
  if place is not null then
    outcome := 'unknown_service';
    return next;
    return;
  end if;
  with gone as (
    delete from staff_services x where x.tenant_id = v_tenant and x.staff_id = p_staff and x.service_id <> all (p_services)
      returning x.service_id)
  select coalesce(array_agg(service_id), '{}') into v_gone from gone;
  insert into staff_services (tenant_id, staff_id, service_id)
    select distinct v_tenant, p_staff, x from unnest(p_services) x on conflict do nothing;
  outcome := 'set';
  select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.name, s.id), '[]') into left_alone
    from services s where s.tenant_id = v_tenant and s.id = any (v_gone) and not exists (
      select from staff_services x where x.tenant_id = v_tenant and x.service_id = s.id);
  return next;
end $$;

ALTER FUNCTION public.set_staff_services(p_staff uuid, p_services uuid[]) OWNER TO tistis_owner;

--
-- Name: settle_event(uuid, text, boolean, integer, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.settle_event(p_id uuid, p_status text, p_attempted boolean, p_http integer, p_error text, p_alert jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update outbound_events e set status = p_status, attempts = e.attempts + p_attempted::int,
      http_status = case when p_attempted then p_http else e.http_status end, error_message = p_error,
      last_attempt_at = case when p_attempted then app_now() else e.last_attempt_at end,
      delivered_at = case when p_status = 'delivered' then app_now() end
    where e.tenant_id = current_tenant() and e.id = p_id and e.status = 'pending';
  if p_status = 'delivered' then
    update alerts a set resolved_at = app_now()
      where a.tenant_id = current_tenant() and a.dedup_key = ':n8n_undelivered' and a.resolved_at is null;
  elsif p_alert is not null then
    perform raise_alert(null, p_alert || '{"kind": "n8n_undelivered", "key": "n8n_undelivered"}');
  end if;
end $$;

ALTER FUNCTION public.settle_event(p_id uuid, p_status text, p_attempted boolean, p_http integer, p_error text, p_alert jsonb) OWNER TO tistis_owner;

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
        array_agg(distinct j.unique_key) filter (where r.outcome in ('retry', 'snooze', 'wait')) as keys, jsonb_agg(r.item) as items
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
    LANGUAGE plpgsql
    AS $$
declare
  v_taken int;
  v_forlorn uuid[];
begin
  with held as materialized (
    select j.id, j.job_type, j.unique_key, j.attempts, j.max_attempts, r.outcome, r.why, r.result,
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
        lane_head = case when e.status = 'pending' then j.lane is null or e.outcome in ('retry', 'wait') else j.lane_head end,
        holds_lane = e.status = 'pending' and e.outcome in ('retry', 'wait'),
        -- Waiting is no failure. The attempt keeps its number, by which a late result is told from the next run's.
        max_attempts = j.max_attempts + case when e.status = 'pending' and e.outcome in ('snooze', 'wait') then 1 else 0 end,
        completed_at = case when e.status <> 'pending' then now() end,
        error_message = case when e.outcome = 'done' then null else e.why end,
        result = case when e.status = 'cancelled' then jsonb_build_object('merged_into', e.heir) else e.result end,
        updated_at = now()
      from ended e where j.tenant_id = p_tenant and j.id = e.id
      returning j.id, j.status = 'dead' and e.outcome = 'retry' and e.job_type = 'ai_response' and e.twin is null as forlorn
  )
  select count(*)::int, array_agg(id) filter (where forlorn) into v_taken, v_forlorn from changed;
  if v_forlorn is not null then
    -- Whoever gives up an answer itself hands it to people before. Here nobody was left to do so.
    insert into jobs (tenant_id, job_type, unique_key, priority, payload, request_id, lane_head)
      select p_tenant, 'hand_over', 'hand_over:' || j.id, 2, j.payload || jsonb_build_object('job_id', j.id), j.request_id,
          true from jobs j where j.tenant_id = p_tenant and j.id = any (v_forlorn)
      on conflict do nothing;
  end if;
  return v_taken;
end $$;

ALTER FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) OWNER TO tistis_owner;

--
-- Name: settle_read_back(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.settle_read_back(p_message uuid, p_found jsonb) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_external_id text;
  m messages;
begin
  perform 1 from conversations c where c.tenant_id = v_tenant and c.id =
    (select x.conversation_id from messages x where x.tenant_id = v_tenant and x.id = p_message) for update;
  select * into m from messages x where x.tenant_id = v_tenant and x.id = p_message for update;
  if m.status is distinct from 'unknown' or m.external_id is not null then return null; end if;
  -- Taken apart first: behind the wall no index is searched for what `->>` makes in the same look.
  select f.id into v_external_id
    from (select f.value ->> 'id' as id, f.ordinality from jsonb_array_elements(p_found) with ordinality f offset 0) f
    left join lateral (select true as taken from messages x where x.tenant_id = v_tenant
      and x.channel_connection_id = m.channel_connection_id and x.external_id = f.id limit 1) x on true
   where x.taken is null
   order by f.ordinality limit 1;
  if v_external_id is null then return null; end if;
  update messages x set external_id = v_external_id where x.tenant_id = v_tenant and x.id = m.id;
  insert into message_status_history (tenant_id, channel_connection_id, message_id, external_id, status, occurred_at)
    select v_tenant, m.channel_connection_id, m.id, v_external_id, 'sent', (f.value ->> 'at')::timestamptz
      from jsonb_array_elements(p_found) f where f.value ->> 'id' = v_external_id limit 1
    on conflict do nothing;
  perform claim_reports(array[m.id]);
  delete from sends_in_doubt d where d.tenant_id = v_tenant and d.message_id = m.id;
  return v_external_id;
end $$;

ALTER FUNCTION public.settle_read_back(p_message uuid, p_found jsonb) OWNER TO tistis_owner;

--
-- Name: shared_webhook_heard(text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.shared_webhook_heard(p_channel text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  update platform_alerts set resolved_at = clock_timestamp()
   where kind = 'signatures_' || p_channel and resolved_at is null
     and last_seen < clock_timestamp() - interval '1 minute'
$$;

ALTER FUNCTION public.shared_webhook_heard(p_channel text) OWNER TO tistis_definer;

--
-- Name: shared_webhook_refused(text, integer); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.shared_webhook_refused(p_channel text, p_count integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  insert into platform_alerts as a (kind, sentence)
    select 'signatures_' || p_channel, signature_sentence(p_channel, p_count)
      where exists (select from pg_roles where rolname = 'tistis_webhook_' || p_channel)
    on conflict (kind) where resolved_at is null do update set last_seen = clock_timestamp(),
      sentence = signature_sentence(p_channel, least(substring(a.sentence from '^\d{1,9}')::int, 999999999 - p_count)
        + p_count)
$$;

ALTER FUNCTION public.shared_webhook_refused(p_channel text, p_count integer) OWNER TO tistis_definer;

--
-- Name: shown_name(text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.shown_name(p_first text, p_last text, p_display text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(nullif(btrim(p_display), ''), concat_ws(' ', p_first, p_last))
$$;

ALTER FUNCTION public.shown_name(p_first text, p_last text, p_display text) OWNER TO tistis_owner;

--
-- Name: signature_sentence(text, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.signature_sentence(p_channel text, p_count integer) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select format('%s posts to /api/webhook/%s were refused by their signature, and no genuine one came after them. If the '
    || 'platform sent them, its app has another secret than the settings of webhook-%s', p_count, p_channel, p_channel)
$$;

ALTER FUNCTION public.signature_sentence(p_channel text, p_count integer) OWNER TO tistis_owner;

--
-- Name: soft_delete_lead(uuid, uuid, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.soft_delete_lead(p_lead_id uuid, p_deleted_by uuid DEFAULT NULL::uuid, p_cancel_reason text DEFAULT NULL::text) RETURNS TABLE(success boolean, appointments_cancelled integer, conversations_closed integer, message text)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  l leads := lock_lead(p_lead_id);
begin
  if l.id is null or l.deleted_at is not null then
    return query select false, 0, 0, case when l.id is null then 'no such lead' else 'deleted already' end;
    return;
  end if;
  update appointments a set status = 'cancelled', cancellation_reason = coalesce(p_cancel_reason, 'lead deleted')
    where a.tenant_id = v_tenant and a.lead_id = l.id and a.status in ('scheduled', 'confirmed')
      and a.scheduled_at > app_now();
  get diagnostics appointments_cancelled = row_count;
  update conversations c set status = 'resolved', resolved_at = app_now(),
      resolution_notes = coalesce(c.resolution_notes, 'lead deleted')
    where c.tenant_id = v_tenant and c.lead_id = l.id and c.status in ('active', 'waiting_response', 'escalated');
  get diagnostics conversations_closed = row_count;
  update leads x set deleted_at = app_now(), deleted_by = p_deleted_by where x.tenant_id = v_tenant and x.id = l.id;
  success := true;
  message := format('deleted; %s appointments cancelled, %s conversations closed', appointments_cancelled,
    conversations_closed);
  return next;
end $$;

ALTER FUNCTION public.soft_delete_lead(p_lead_id uuid, p_deleted_by uuid, p_cancel_reason text) OWNER TO tistis_owner;

--
-- Name: staff_gate(uuid, jsonb, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select case
      when t.status <> 'active' then 'tenant_inactive'
      -- What was said in several parts is not said by halves.
      when exists (select 1 from messages x where x.tenant_id = c.tenant_id and x.conversation_id = c.id and x.id < m.id
        and x.metadata ->> 'group' = m.metadata ->> 'group' and x.status in ('failed', 'withheld')) then 'incomplete'
      when (m.metadata ->> 'not_after')::timestamptz < app_now() then 'too_late'
      when m.metadata ? 'appointment_id' and not appointment_stands((m.metadata ->> 'appointment_id')::uuid,
        (m.metadata ->> 'appointment_at')::timestamptz)
        then 'appointment_over'
      -- Who fell silent has written meanwhile, or people are at it.
      when m.metadata ? 'follow_up' and c.last_question_id > m.id then 'newer_inbound'
      when m.metadata ? 'follow_up' and (not c.ai_handling or c.status = 'escalated') then 'human_took_over'
      -- Who said "baja" while it waited: that opens the window and closes this.
      when m.metadata ->> 'prepared' = 'services_menu' and promotions_stopped(c.lead_id, c.channel) then 'opted_out'
      -- Or has booked, or said stop.
      when m.metadata ? 'follow_up' and follow_up_obstacle(c.lead_id, c.channel) is not null
        then follow_up_obstacle(c.lead_id, c.channel)
      when m.payload ->> 'kind' = 'template' then coalesce(template_gate(c.id, p_policy, m.payload),
        case when cc.status <> 'connected' then 'channel_inactive' end)
      -- What a person types may leave later, where the platform has approved that.
      when not window_is_open(c.channel_connection_id, c.lead_id,
        case when cc.human_agent_enabled and m.role = 'staff' and not m.metadata ? 'automatic'
          then coalesce((p_policy ->> 'human_hours')::int, (p_policy ->> 'window_hours')::int)
          else (p_policy ->> 'window_hours')::int end) then 'window_closed'
      else coalesce(limit_reached(c.channel_connection_id, c.lead_id, p_policy),
        case when cc.status <> 'connected' then 'channel_inactive' end)
    end
    from conversations c
    join tenants t on t.id = c.tenant_id
    join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
    left join messages m on m.tenant_id = c.tenant_id and m.id = p_message
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;

ALTER FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) OWNER TO tistis_owner;

--
-- Name: staff_hours_json(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.staff_hours_json(p_staff uuid, p_branch uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
begin return (
  select coalesce(jsonb_agg(jsonb_build_object('branch_id', b.id, 'branch_name', b.name, 'timezone', b.timezone,
      'hours', h.week) order by b.name, b.id), '[]')
    from staff_branches w join branches b on b.tenant_id = w.tenant_id and b.id = w.branch_id
    cross join lateral (
      select case when count(x.opens) > 0 then jsonb_object_agg(d.name, d.spans) end as week
        from (select n.name, max(h.opens) as opens, coalesce(jsonb_agg(jsonb_build_object('open', to_char(h.opens,
            'HH24:MI'), 'close', to_char(h.closes, 'HH24:MI')) order by h.opens) filter (where h.opens is not null), '[]')
            as spans
          from unnest(array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
            with ordinality n (name, day)
          left join staff_hours h on h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = b.id
            and h.weekday = n.day
          group by n.name) d
        cross join lateral (select d.opens) x) h
   where w.tenant_id = v_tenant and w.staff_id = p_staff and (p_branch is null or w.branch_id = p_branch)
); end $$;

ALTER FUNCTION public.staff_hours_json(p_staff uuid, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: staff_json(public.staff, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.staff_json(s public.staff, p_branch uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return jsonb_build_object('id', s.id, 'first_name', s.first_name, 'last_name', s.last_name,
  'display_name', s.display_name, 'role', s.role, 'role_title', s.role_title, 'specialty', s.specialty,
  'is_active', s.is_active, 'created_at', s.created_at,
  'branches', (select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'name', b.name, 'is_primary', w.is_primary)
      order by w.is_primary desc, b.name, b.id), '[]')
    from staff_branches w join branches b on b.tenant_id = w.tenant_id and b.id = w.branch_id
    where w.tenant_id = s.tenant_id and w.staff_id = s.id and (p_branch is null or w.branch_id = p_branch)),
  'services', (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'name', v.name) order by v.name, v.id), '[]')
    from staff_services x join services v on v.tenant_id = x.tenant_id and v.id = x.service_id
    where x.tenant_id = s.tenant_id and x.staff_id = s.id));
end $$;

ALTER FUNCTION public.staff_json(s public.staff, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: staff_to_take_over(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.staff_to_take_over(p_branch uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select s.id from staff s
    cross join lateral (
      select count(*) as anywhere, count(*) filter (where b.branch_id = p_branch) as here
        from staff_branches b where b.tenant_id = s.tenant_id and b.staff_id = s.id) w
   where s.tenant_id = current_tenant() and s.is_active
   -- Who is of no branch is of all of them.
   order by case when p_branch is null or w.here > 0 then 0 when w.anywhere = 0 then 1 else 2 end,
     case when s.role in ('receptionist', 'assistant', 'staff') then 0 when s.role in ('manager', 'admin') then 1
       when s.role = 'owner' then 2 else 3 end,
     (select count(*) from conversations c where c.tenant_id = s.tenant_id and c.escalated_to_staff_id = s.id
       and c.status = 'escalated'), s.id
   limit 1
); end $$;

ALTER FUNCTION public.staff_to_take_over(p_branch uuid) OWNER TO tistis_owner;

--
-- Name: stale_sentence(integer, double precision); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.stale_sentence(p_count integer, p_stale_seconds double precision) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select format('%s arrived more than %s minutes late, after an outage, and waited in vain for the assistant: read them and '
      'answer by hand (tistis conversations list, tistis conversations send)',
    case p_count when 1 then 'one message' else p_count || ' messages' end, round(p_stale_seconds / 60))
$$;

ALTER FUNCTION public.stale_sentence(p_count integer, p_stale_seconds double precision) OWNER TO tistis_owner;

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
-- Name: stop_channel(uuid, text, text, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.stop_channel(p_connection uuid, p_sentence text, p_code text, p_alert jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update channel_connections cc set
      status = case when cc.status = 'connected' then 'error' else cc.status end,
      -- The first trouble is the one that has to be over.
      stopped_code = coalesce(cc.stopped_code, p_code), stopped_at = coalesce(cc.stopped_at, app_now()),
      error_count = cc.error_count + 1, last_error_at = app_now(),
      last_error_message = p_sentence
    where cc.tenant_id = current_tenant() and cc.id = p_connection;
  if p_alert is not null then perform raise_alert(p_connection, p_alert); end if;
end $$;

ALTER FUNCTION public.stop_channel(p_connection uuid, p_sentence text, p_code text, p_alert jsonb) OWNER TO tistis_owner;

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
  select * into c from conversations where tenant_id = v_tenant and id = p_conversation for update;
  -- Erased while Claude thought about it.
  if c.id is null then return; end if;
  if exists (select 1 from messages m where m.tenant_id = v_tenant and m.processed_by_job_id = p_job
    and m.answers_message_id = p_answers) then
    return query
      select (j.payload ->> 'message_id')::uuid, j.id
        from messages m
        join jobs j on j.tenant_id = v_tenant and j.lane = v_lane and j.status = 'processing' and j.worker_id = p_worker
          and j.attempts = 1 and j.payload ->> 'message_id' = m.id::text
       where m.tenant_id = v_tenant and m.processed_by_job_id = p_job and m.answers_message_id = p_answers
         -- On its way already if `begin_reply`'s answer was lost: `begin_send` knows its attempts apart.
         and m.status in ('pending', 'sending')
       limit 1;
    return;
  end if;
  -- The business's n8n has answered it meanwhile: nobody is answered twice. That people take over now is said all the same.
  if c.status <> 'escalated' and exists (select 1 from messages m where m.tenant_id = v_tenant
    and m.conversation_id = c.id and m.id > p_answers and m.answers_message_id = p_answers and m.metadata ? 'n8n'
    and m.status not in ('withheld', 'failed')) then
    return;
  end if;
  -- The question was changed while Claude thought about it: the job that was asked for then answers it.
  if exists (select 1 from jobs j where j.tenant_id = v_tenant and j.lane = 'answer:' || p_conversation
    and j.status = 'pending' and j.payload ? 'asked_again') then
    return;
  end if;
  -- Of a conversation that people have by now, this is the last word; there is one.
  if c.status = 'escalated' and not c.last_word_owed and coalesce(p_metadata, '{}') ? 'last_word' then return; end if;
  -- Where n8n has handed over meanwhile, an answer thought of before is not it: `last_word:` says it.
  if c.status = 'escalated' and c.last_word_owed
    and (coalesce(p_metadata, '{}') ? 'last_word' or c.escalated_by is distinct from 'n8n') then
    p_metadata := coalesce(p_metadata, '{}') || '{"last_word": true}';
    update conversations x set last_word_owed = false where x.tenant_id = v_tenant and x.id = c.id;
  end if;
  for i in 1 .. cardinality(p_parts) loop
    insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, channel, status,
        answers_message_id, processed_by_job_id, metadata)
      values (v_tenant, c.id, c.channel_connection_id, 'assistant', p_parts[i], c.channel, 'pending', p_answers, p_job,
        coalesce(p_metadata, '{}') || jsonb_build_object('part', i, 'parts', cardinality(p_parts)))
      returning id into v_message;
    message_id := coalesce(message_id, v_message);
    insert into jobs (tenant_id, job_type, lane, lane_head, priority, max_attempts, request_id, payload)
      values (v_tenant, 'send_' || c.channel, v_lane, false, 2, 6, p_request_id,
        jsonb_build_object('conversation_id', c.id, 'message_id', v_message, 'tenant_id', v_tenant,
          'channel', c.channel, 'channel_connection_id', c.channel_connection_id, 'recipient_' ||
          case c.contact_kind when 'phone' then 'phone' when 'tiktok' then 'open_id' when 'whatsapp_user_id' then 'user_id'
          else 'psid' end, c.contact_address));
  end loop;
  if p_metadata ? 'settled' then perform return_to_promised(c.id, p_answers); end if;
  perform elect_lane_heads(v_tenant, array[v_lane]);
  update jobs j set status = 'processing', worker_id = p_worker, attempts = 1, started_at = now(), updated_at = now()
    where j.tenant_id = v_tenant and j.lane = v_lane and j.lane_head and j.status = 'pending' and p_worker is not null
      and j.payload ->> 'message_id' = message_id::text
    returning j.id into send_job_id;
  return next;
end $$;

ALTER FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) OWNER TO tistis_owner;

--
-- Name: strike_sends(uuid, text, double precision, double precision, double precision, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.strike_sends(p_connection uuid, p_contact text, p_seconds double precision, p_growth double precision, p_cap double precision, p_reason text) RETURNS double precision
    LANGUAGE plpgsql
    AS $$
declare
  v_row send_pace := lock_pace(p_connection, p_contact);
  v_now timestamptz := app_clock();
  v_again boolean := coalesce(v_row.blocked_until <= v_now, true);
  v_until timestamptz := v_now + make_interval(secs => case when v_again
    then least(p_seconds * power(p_growth, least(v_row.strikes, 20)), p_cap) else p_seconds end);
begin
  update send_pace s set strikes = s.strikes + v_again::int, blocked_until = greatest(s.blocked_until, v_until),
      reason = p_reason
    where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection and s.contact = p_contact
    returning extract(epoch from s.blocked_until - v_now) into p_seconds;
  return p_seconds;
end $$;

ALTER FUNCTION public.strike_sends(p_connection uuid, p_contact text, p_seconds double precision, p_growth double precision, p_cap double precision, p_reason text) OWNER TO tistis_owner;

--
-- Name: superseded_questions(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.superseded_questions(p_asked jsonb) RETURNS TABLE(job_id uuid, reason text)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid;
begin
  for v_tenant in select distinct (a ->> 'tenant_id')::uuid from jsonb_array_elements(p_asked) a loop
    perform set_config('app.tenant_id', v_tenant::text, true);
    return query
      select g.job_id, g.word from (
        select (a ->> 'job_id')::uuid as job_id, coalesce(
            answer_gate((a ->> 'conversation_id')::uuid, (a ->> 'question_id')::uuid, (a ->> 'job_id')::uuid, a -> 'policy'),
            case when budget_spent() then 'budget_spent' end) as word
          from jsonb_array_elements(p_asked) a where (a ->> 'tenant_id')::uuid = v_tenant) g
       where g.word <> 'channel_inactive';
  end loop;
  perform set_config('app.tenant_id', '', true);
end $$;

ALTER FUNCTION public.superseded_questions(p_asked jsonb) OWNER TO tistis_owner;

--
-- Name: sync_templates(text, jsonb, timestamp with time zone, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.sync_templates(p_business text, p_templates jsonb, p_at timestamp with time zone, p_whole boolean, OUT listed integer, OUT gone integer) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
begin
  -- As `apply_news` does, which writes the same rows.
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|news', 0));
  insert into message_templates as t (tenant_id, business_account_id, name, language, external_id, category, status, reason,
      quality, parameter_format, components, status_at, quality_at, synced_at)
    select distinct on (x.name, x.language) v_tenant, p_business, x.name, x.language, x.external_id, x.category, x.status,
        x.reason, x.quality, x.parameter_format, x.components, p_at, case when x.quality is not null then p_at end, p_at
      from jsonb_to_recordset(p_templates) as x (name text, language text, external_id text, category text, status text,
        reason text, quality text, parameter_format text, components jsonb)
     order by x.name, x.language, x.external_id desc
    on conflict (tenant_id, business_account_id, name, language) do update set
      external_id = coalesce(excluded.external_id, t.external_id),
      category = coalesce(excluded.category, t.category),
      status = case when p_at >= coalesce(t.status_at, '-infinity') then excluded.status else t.status end,
      reason = case when p_at >= coalesce(t.status_at, '-infinity') then excluded.reason else t.reason end,
      status_at = greatest(t.status_at, p_at),
      quality = case when excluded.quality is not null and p_at >= coalesce(t.quality_at, '-infinity')
        then excluded.quality else t.quality end,
      quality_at = greatest(t.quality_at, excluded.quality_at),
      parameter_format = coalesce(excluded.parameter_format, t.parameter_format),
      components = coalesce(excluded.components, t.components),
      synced_at = greatest(t.synced_at, p_at);
  get diagnostics listed = row_count;
  gone := 0;
  if p_whole then
    update message_templates t set status = 'DELETED', status_at = p_at, synced_at = p_at
      where t.tenant_id = v_tenant and t.business_account_id = p_business and coalesce(t.synced_at, '-infinity') < p_at
        and coalesce(t.status_at, t.created_at) < p_at and t.status <> 'DELETED';
    get diagnostics gone = row_count;
  end if;
  -- What was wrong with one that is approved now is over (`Rules/TemplateNews` names the alert).
  update alerts a set resolved_at = app_now()
    from channel_connections cc, message_templates t
    where a.tenant_id = v_tenant and a.resolved_at is null and cc.tenant_id = v_tenant and cc.id = a.channel_connection_id
      and cc.whatsapp_business_account_id = p_business and t.tenant_id = v_tenant and t.business_account_id = p_business
      and t.status = 'APPROVED' and a.kind = concat_ws(' ', 'template', t.name, t.language);
end $$;

ALTER FUNCTION public.sync_templates(p_business text, p_templates jsonb, p_at timestamp with time zone, p_whole boolean, OUT listed integer, OUT gone integer) OWNER TO tistis_owner;

--
-- Name: take_account(uuid, text[]); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.take_account(p_connection uuid, p_token_stops text[]) RETURNS TABLE(verdict text, other_tenant uuid, other_connection uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_lost boolean;
  c channel_connections;
begin
  select * into c from channel_connections x
    where x.tenant_id = v_tenant and x.id = p_connection and x.account_id is not null and x.status <> 'disconnected';
  verdict := case when c.id is null then 'gone' else 'owned' end;
  if c.id is null or c.owned_at is not null then return next; return; end if;
  -- Two that prove it at once come one after the other.
  perform pg_advisory_xact_lock(hashtextextended('account|' || c.channel || '|' || c.account_id, 0));
  select x.tenant_id, x.id,
      x.status = 'error' and x.stopped_code = any (p_token_stops)
      -- What a test found long ago may have mended itself.
      or x.tested_at > app_now() - interval '10 minutes' and exists (
        select from jsonb_array_elements(x.test_result -> 'checks') k
         where (k ->> 'locked_out')::boolean)
        and not exists (select from secret_hints h where h.tenant_id = x.tenant_id and h.channel_connection_id = x.id
          and h.kind = 'access_token' and h.updated_at > x.tested_at)
    into other_tenant, other_connection, v_lost
    from channel_connections x
   where x.channel = c.channel and x.account_id = c.account_id and x.status <> 'disconnected' and x.owned_at is not null
     and x.tenant_id <> v_tenant
     for update of x;
  if other_connection is not null and not coalesce(v_lost, false) then
    verdict := 'held';
    return next;
    return;
  end if;
  if other_connection is not null then
    verdict := 'taken';
    update channel_connections x set owned_at = null where x.tenant_id = other_tenant and x.id = other_connection;
  end if;
  update channel_connections x set owned_at = app_now() where x.tenant_id = v_tenant and x.id = p_connection;
  return next;
end $$;

ALTER FUNCTION public.take_account(p_connection uuid, p_token_stops text[]) OWNER TO tistis_definer;

--
-- Name: take_api_call(uuid, integer, integer, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.take_api_call(p_key uuid, p_per_minute integer, p_per_day integer, p_address text, p_endpoint text) RETURNS TABLE(allowed boolean, "limit" integer, remaining integer, reset bigint, retry_after integer)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_now timestamptz := app_clock();
  v_minute timestamptz := date_trunc('minute', v_now, 'UTC');
  v_day date := (v_now at time zone 'UTC')::date;
  u api_key_usage;
begin
  -- A count that a crash takes back harms nobody; a wait for the disk at each call would.
  perform set_config('synchronous_commit', 'off', true);
  insert into api_key_usage as x (tenant_id, api_key_id, day, requests, minute, minute_requests)
    values (v_tenant, p_key, v_day, 1, v_minute, 1)
    on conflict (tenant_id, api_key_id, day) do update set requests = x.requests + 1,
      minute = v_minute, minute_requests = case when x.minute = v_minute then x.minute_requests + 1 else 1 end
      where x.requests < p_per_day and (x.minute <> v_minute or x.minute_requests < p_per_minute)
    returning x.* into u;
  allowed := found;
  if not allowed then
    select x.* into u from api_key_usage x where x.tenant_id = v_tenant and x.api_key_id = p_key and x.day = v_day;
  else
    update api_keys k set last_used_at = v_now, last_used_ip = nullif(p_address, ''), last_used_endpoint = p_endpoint
      where k.tenant_id = v_tenant and k.id = p_key
        and (k.last_used_at is null or k.last_used_at < v_now - interval '1 minute');
  end if;
  "limit" := p_per_minute;
  remaining := greatest(least(p_per_minute - u.minute_requests, p_per_day - u.requests), 0);
  reset := extract(epoch from case when u.requests >= p_per_day then (v_day + 1)::timestamp at time zone 'UTC'
    else v_minute + interval '1 minute' end);
  retry_after := case when allowed then 0 else greatest(reset - floor(extract(epoch from v_now)), 1) end;
  return next;
end $$;

ALTER FUNCTION public.take_api_call(p_key uuid, p_per_minute integer, p_per_day integer, p_address text, p_endpoint text) OWNER TO tistis_owner;

--
-- Name: take_external_event(jsonb, text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.take_external_event(p_told jsonb, p_asker text, p_branch uuid) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $_$
declare
  v_tenant uuid := require_tenant(current_tenant());
  d jsonb := p_told -> 'data';
  v_named text := coalesce(d ->> 'lead_id', d -> 'lead' ->> 'id');
  v_lead uuid;
  e external_events;
begin
  -- Whoever tells it again under the key that took this one's place is the same.
  if p_asker like 'key:%' then
    with recursive k as (
      select x.id, 1 as n from api_keys x where x.tenant_id = v_tenant and 'key:' || x.id = p_asker
      union all
      select o.id, k.n + 1 from k cross join lateral (select x.id from api_keys x
        where x.tenant_id = v_tenant and x.replaced_by_id = k.id order by x.id limit 1) o where k.n < 1000)
    select 'key:' || k.id into p_asker from k order by k.n desc limit 1;
  end if;
  perform hold_erasures();
  if v_named ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    select l.id into v_lead from leads l where l.tenant_id = v_tenant and l.id = v_named::uuid;
  end if;
  insert into external_events as x (tenant_id, asker, branch_id, event, data, happened_at, event_key, event_id, digest,
      lead_id)
    values (v_tenant, p_asker, p_branch, p_told ->> 'event', d, (p_told ->> 'timestamp')::timestamptz, p_told ->> 'key',
      p_told ->> 'name', p_told ->> 'digest', v_lead)
    on conflict do nothing
    returning x.* into e;
  outcome := 'taken';
  if e.id is null then
    select * into e from external_events x
      where x.tenant_id = v_tenant and x.asker = p_asker and (x.event_key = p_told ->> 'key' or x.event_id = p_told ->> 'name')
      -- The header says which call this is.
      order by x.event_key = p_told ->> 'key' desc nulls last limit 1;
    outcome := case when e.digest = p_told ->> 'digest' then 'again' else 'key_reused' end;
  else
    perform emit_event('external-event', jsonb_build_object('id', e.id, 'event', e.event, 'timestamp',
        coalesce(e.happened_at, e.received_at), 'data', e.data)
        || case when v_lead is null then '{}' else jsonb_build_object('lead_id', v_lead) end, e.id::text);
  end if;
  id := e.id;
  return next;
end $_$;

ALTER FUNCTION public.take_external_event(p_told jsonb, p_asker text, p_branch uuid) OWNER TO tistis_owner;

--
-- Name: take_over_conversation(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.take_over_conversation(p_conversation uuid, p_staff uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
  update conversations c set ai_handling = false, desk_has_it = true, last_human_at = app_now(),
      assigned_staff_id = coalesce(p_staff, c.assigned_staff_id)
    where c.tenant_id = current_tenant() and c.id = p_conversation
      and c.status in ('active', 'waiting_response', 'escalated');
  return found;
end $$;

ALTER FUNCTION public.take_over_conversation(p_conversation uuid, p_staff uuid) OWNER TO tistis_owner;

--
-- Name: take_send_slot(uuid, text, boolean, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.take_send_slot(p_connection uuid, p_contact text, p_initiated boolean, p_pace jsonb, OUT wait_seconds double precision, OUT reason text) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare
  v_number_step interval := make_interval(secs => (p_pace ->> 'number_seconds')::float8);
  v_pair_step interval := make_interval(secs => (p_pace ->> 'pair_seconds')::float8);
  v_pair send_pace := lock_pace(p_connection, p_contact);
  v_number send_pace := lock_pace(p_connection, '');
  v_now timestamptz := app_clock();
begin
  select extract(epoch from w.until - v_now), w.why into wait_seconds, reason
    from (values
      (v_number.blocked_until, coalesce(v_number.reason, 'held')),
      (case when p_initiated then v_number.initiated_blocked_until end, 'paused'),
      (v_pair.blocked_until, coalesce(v_pair.reason, 'held')),
      (v_pair.due_at - v_pair_step * ((p_pace ->> 'pair_burst')::int - 1), 'pair_pace'),
      (v_number.due_at, 'number_pace')) w (until, why)
   where w.until > v_now order by w.until desc limit 1;
  if found then return; end if;
  update send_pace s set due_at = greatest(s.due_at, v_now) + case s.contact when '' then v_number_step else v_pair_step end
    where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection and s.contact in ('', p_contact);
end $$;

ALTER FUNCTION public.take_send_slot(p_connection uuid, p_contact text, p_initiated boolean, p_pace jsonb, OUT wait_seconds double precision, OUT reason text) OWNER TO tistis_owner;

--
-- Name: take_upload_bytes(bigint, bigint); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.take_upload_bytes(p_bytes bigint, p_most bigint) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_now timestamptz := app_clock();
  v_kib int := ceil(p_bytes / 1024.0);
  v_most int := least(p_most / 1024, 2147483647);
begin
  insert into rate_limits as x (tenant_id, identifier, window_start, request_count)
    values (v_tenant, 'api:upload', v_now, v_kib)
    on conflict (tenant_id, identifier) do update set
      window_start = case when x.window_start <= v_now - interval '1 day' then v_now else x.window_start end,
      request_count = case when x.window_start <= v_now - interval '1 day' then v_kib else x.request_count + v_kib end
      where x.window_start <= v_now - interval '1 day' or x.request_count <= v_most - v_kib;
  if found then return null; end if;
  return (select greatest(ceil(extract(epoch from x.window_start + interval '1 day' - v_now))::int, 1)
    from rate_limits x where x.tenant_id = v_tenant and x.identifier = 'api:upload');
end $$;

ALTER FUNCTION public.take_upload_bytes(p_bytes bigint, p_most bigint) OWNER TO tistis_owner;

--
-- Name: take_user_call(uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.take_user_call(p_user uuid, p_per_minute integer) RETURNS TABLE(allowed boolean, "limit" integer, remaining integer, reset bigint, retry_after integer)
    LANGUAGE plpgsql
    AS $$
declare
  v_taken jsonb;
begin
  -- As for keys.
  perform set_config('synchronous_commit', 'off', true);
  v_taken := check_rate_limit('api:user:' || p_user, p_per_minute, 60);
  allowed := (v_taken ->> 'success')::boolean;
  "limit" := p_per_minute;
  remaining := (v_taken ->> 'remaining')::int;
  reset := ceil((v_taken ->> 'reset')::numeric / 1000);
  retry_after := case when allowed then 0 else greatest(reset - floor(extract(epoch from app_clock())), 1) end;
  return next;
end $$;

ALTER FUNCTION public.take_user_call(p_user uuid, p_per_minute integer) OWNER TO tistis_owner;

--
-- Name: taken_times(uuid, integer, timestamp with time zone, timestamp with time zone, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.taken_times(p_resource uuid, p_place integer, p_from timestamp with time zone, p_to timestamp with time zone, p_except uuid DEFAULT NULL::uuid, p_lead uuid DEFAULT NULL::uuid) RETURNS tstzmultirange
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select coalesce(range_agg(tstzrange(o.starts_at, o.ends_at)), '{}') from occupied_times o
   where o.tenant_id = current_tenant() and o.resource_id = p_resource and o.place = p_place
     -- No appointment with its buffers is longer than two days: the index begins there.
     and o.starts_at > p_from - interval '2 days' and o.starts_at < p_to and o.ends_at > p_from
     and (o.expires_at is null or o.expires_at > app_now())
     and (p_except is null or o.appointment_id is distinct from p_except)
     and (p_lead is null or o.lead_id is distinct from p_lead)
); end $$;

ALTER FUNCTION public.taken_times(p_resource uuid, p_place integer, p_from timestamp with time zone, p_to timestamp with time zone, p_except uuid, p_lead uuid) OWNER TO tistis_owner;

--
-- Name: takes_time(public.appointments); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.takes_time(a public.appointments) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select a.status in ('scheduled', 'confirmed', 'in_progress') $$;

ALTER FUNCTION public.takes_time(a public.appointments) OWNER TO tistis_owner;

--
-- Name: ai_usage_months; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.ai_usage_months (
    tenant_id uuid NOT NULL,
    month date NOT NULL,
    calls integer DEFAULT 0 NOT NULL,
    prompt_tokens bigint DEFAULT 0 NOT NULL,
    cache_write_tokens bigint DEFAULT 0 NOT NULL,
    cache_read_tokens bigint DEFAULT 0 NOT NULL,
    completion_tokens bigint DEFAULT 0 NOT NULL,
    total_tokens bigint GENERATED ALWAYS AS ((prompt_tokens + completion_tokens)) STORED NOT NULL,
    cost_usd numeric(24,12) DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.ai_usage_months FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_usage_months OWNER TO tistis_owner;

--
-- Name: tell_budget(public.ai_tenant_context, public.ai_usage_months, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.tell_budget(a public.ai_tenant_context, m public.ai_usage_months, p_percent integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform raise_alert(null, jsonb_build_object('kind', 'budget', 'key', 'budget:' || m.month || ':' || p_percent,
    'severity', case when p_percent >= 100 then 'act' else 'watch' end,
    'sentence', format('%s of the budget for automatic answers in %s: %s%s%s%s',
      case when p_percent >= 100 then 'all' else '80 %' end, to_char(m.month, 'YYYY-MM'),
      case when a.monthly_budget_usd is not null then format('%s of %s USD', round(m.cost_usd, 2), trim_scale(a.monthly_budget_usd)) end,
      case when num_nulls(a.monthly_budget_usd, a.monthly_token_budget) = 0 then ', ' end,
      case when a.monthly_token_budget is not null
        then format('%s of %s tokens', m.total_tokens, a.monthly_token_budget) end,
      case when p_percent >= 100 then '; people answer now, until the month ends or `tistis tenants budget` raises it' end),
    'details', jsonb_build_object('month', m.month, 'percent', p_percent)));
end $$;

ALTER FUNCTION public.tell_budget(a public.ai_tenant_context, m public.ai_usage_months, p_percent integer) OWNER TO tistis_owner;

--
-- Name: tell_of_appointment(text, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.tell_of_appointment(p_event text, p_appointment uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform emit_event(p_event, jsonb_build_object('appointment', d || jsonb_build_object('id', d -> 'appointment_id')))
    from appointment_detail(p_appointment) d;
end $$;

ALTER FUNCTION public.tell_of_appointment(p_event text, p_appointment uuid) OWNER TO tistis_owner;

--
-- Name: tell_sends_in_doubt(double precision); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.tell_sends_in_doubt(p_seconds double precision) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  v_count int := 0;
  d record;
begin
  perform hold_erasures();
  for d in
    with old as (
      delete from sends_in_doubt s
       where s.tenant_id = current_tenant() and s.since < app_now() - make_interval(secs => p_seconds)
      returning s.message_id)
    select m.channel_connection_id as connection, count(*)::int as many, jsonb_agg(m.id) as messages
      from old join messages m on m.tenant_id = current_tenant() and m.id = old.message_id
     where m.status = 'unknown' group by 1
  loop
    insert into alerts as a (tenant_id, channel_connection_id, kind, dedup_key, severity, sentence, details, first_at,
        last_at)
      values (current_tenant(), d.connection, 'sends_unknown', d.connection || ':sends_unknown', 'act',
        doubt_sentence(d.many), jsonb_build_object('messages', d.messages), app_now(), app_now())
      on conflict (tenant_id, dedup_key) where resolved_at is null do update set
        times = a.times + 1, last_at = excluded.last_at,
        sentence = doubt_sentence(d.many + jsonb_array_length(coalesce(a.details -> 'messages', '[]'))),
        details = jsonb_build_object('messages', coalesce(a.details -> 'messages', '[]') || d.messages);
    v_count := v_count + d.many;
  end loop;
  return v_count;
end $$;

ALTER FUNCTION public.tell_sends_in_doubt(p_seconds double precision) OWNER TO tistis_owner;

--
-- Name: tell_staff_untold(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.tell_staff_untold(p_conversation uuid, p_done jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
  v_old jsonb;
  c conversations;
begin
  select * into c from conversations x where x.tenant_id = current_tenant() and x.id = p_conversation for update;
  if c.id is null then return false; end if;
  select a.details into v_old from alerts a where a.tenant_id = c.tenant_id and a.resolved_at is null
    and a.dedup_key = c.channel_connection_id || ':conversation:' || c.id;
  if v_old -> 'untold' @> p_done then return false; end if;
  perform raise_alert(c.channel_connection_id, jsonb_build_object('kind', 'conversation_escalated',
    'key', 'conversation:' || c.id, 'severity', 'act',
    'sentence', 'a customer was not told what the assistant did for them in conversation ' || c.id,
    'details', coalesce(v_old, jsonb_build_object('conversation_id', c.id, 'lead_id', c.lead_id))
      || jsonb_build_object('untold', p_done)));
  return true;
end $$;

ALTER FUNCTION public.tell_staff_untold(p_conversation uuid, p_done jsonb) OWNER TO tistis_owner;

--
-- Name: template_gate(uuid, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
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
      select bool_or(k.state = 'stopped') as stopped,
          max(k.not_before) filter (where k.channel = c.channel) as not_before
        from contact_consents k
       where k.tenant_id = c.tenant_id and k.lead_id = c.lead_id
         -- A platform's switch is about that platform; who says "baja" to the business means the business.
         and (k.channel = c.channel or k.source in ('keyword', 'staff') and not exists (select from contact_consents o
           where o.tenant_id = c.tenant_id and o.lead_id = c.lead_id and o.channel = c.channel and o.scope = k.scope
             and o.state = 'allowed' and o.said_at > k.said_at))
         and (k.scope = 'all' or -- What nobody has named is taken for a promotion.
           lower(coalesce(x.category, p_payload ->> 'category', 'marketing')) = 'marketing')) w
   where c.tenant_id = current_tenant() and c.id = p_conversation
); end $$;

ALTER FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) OWNER TO tistis_owner;

--
-- Name: template_trouble(uuid, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.template_trouble(p_connection uuid, p_payload jsonb, p_usable jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
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

ALTER FUNCTION public.template_trouble(p_connection uuid, p_payload jsonb, p_usable jsonb) OWNER TO tistis_owner;

--
-- Name: tenant_of_slug(text); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.tenant_of_slug(p_slug text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select t.id from tenants t where t.slug = p_slug
$$;

ALTER FUNCTION public.tenant_of_slug(p_slug text) OWNER TO tistis_definer;

--
-- Name: tenant_profile(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.tenant_profile(p_tenant_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
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
); end $$;

ALTER FUNCTION public.tenant_profile(p_tenant_id uuid) OWNER TO tistis_owner;

--
-- Name: tenants_in_doubt(double precision); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.tenants_in_doubt(p_seconds double precision) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select distinct d.tenant_id from sends_in_doubt d where d.since < app_now() - make_interval(secs => p_seconds)
$$;

ALTER FUNCTION public.tenants_in_doubt(p_seconds double precision) OWNER TO tistis_definer;

--
-- Name: text_list(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.text_list(p_list jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when jsonb_typeof(p_list) = 'array' then array(select jsonb_array_elements_text(p_list)) else '{}' end
$$;

ALTER FUNCTION public.text_list(p_list jsonb) OWNER TO tistis_owner;

--
-- Name: time_off_json(public.times_off); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.time_off_json(o public.times_off) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('id', o.id, 'branch_id', o.branch_id, 'staff_id', o.staff_id, 'starts_at', o.starts_at,
    'ends_at', o.ends_at, 'reason', o.reason, 'created_at', o.created_at)
$$;

ALTER FUNCTION public.time_off_json(o public.times_off) OWNER TO tistis_owner;

--
-- Name: token_end(timestamp with time zone, timestamp with time zone, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.token_end(p_expires timestamp with time zone, p_sealed_at timestamp with time zone, p_policy jsonb) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(p_expires, p_sealed_at + make_interval(secs => (p_policy ->> 'life')::float8))
$$;

ALTER FUNCTION public.token_end(p_expires timestamp with time zone, p_sealed_at timestamp with time zone, p_policy jsonb) OWNER TO tistis_owner;

--
-- Name: token_expiry(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.token_expiry(p_hints jsonb) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select (p_hints #>> '{access_token,expires_at}')::timestamptz
$$;

ALTER FUNCTION public.token_expiry(p_hints jsonb) OWNER TO tistis_owner;

--
-- Name: tokens_to_renew(jsonb, integer); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.tokens_to_renew(p_policy jsonb, p_limit integer) RETURNS TABLE(tenant_id uuid, connection_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  select h.tenant_id, h.channel_connection_id
    from secret_hints h
    join channel_connections cc on cc.tenant_id = h.tenant_id and cc.id = h.channel_connection_id
    join tenants t on t.id = h.tenant_id and t.status <> 'cancelled'
   where h.kind = 'access_token' and p_policy ? cc.channel and cc.status in ('connected', 'error')
     and cc.stopped_code is distinct from 'token_expired'
     -- A page's token has no end, and is not renewed in this way.
     and sending_login(cc.channel, cc.login) is distinct from 'page'
     and token_end(h.expires_at, h.updated_at, p_policy -> cc.channel)
       < app_now() + make_interval(secs => (p_policy -> cc.channel ->> 'lead')::float8)
     and not exists (select from jobs j where j.tenant_id = h.tenant_id and j.lane = 'token:' || cc.id
       and j.status in ('pending', 'processing'))
   order by h.expires_at nulls last, h.tenant_id, h.channel_connection_id limit p_limit
$$;

ALTER FUNCTION public.tokens_to_renew(p_policy jsonb, p_limit integer) OWNER TO tistis_definer;

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
-- Name: turn_to_score(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.turn_to_score(p_conversation uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
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

ALTER FUNCTION public.turn_to_score(p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: update_appointment(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.update_appointment(p_appointment uuid, p_branch uuid, p_change jsonb) RETURNS TABLE(outcome text, appointment_id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_status text := p_change ->> 'status';
  v_anew boolean;
  v_moves boolean;
  r record;
  l record;
  f record;
  a appointments;
begin
  select * into r from jsonb_to_record(p_change) as x (scheduled_at timestamptz, branch_id uuid, staff_id uuid,
    service_id uuid,
    duration_minutes int, confirmation_sent boolean, reminder_sent boolean, anytime boolean);
  select * into l from lock_appointment(p_appointment, null, p_branch);
  a := l.a;
  appointment_id := a.id;
  v_anew := (coalesce(r.scheduled_at, a.scheduled_at), coalesce(r.branch_id, a.branch_id))
      is distinct from (a.scheduled_at, a.branch_id)
    or a.status = 'cancelled' and v_status = 'scheduled';
  v_moves := v_anew or (coalesce(r.staff_id, a.staff_id), coalesce(r.service_id, a.service_id),
      coalesce(r.duration_minutes, a.duration_minutes))
    is distinct from (a.staff_id, a.service_id, a.duration_minutes);
  outcome := case
    when l.outcome = 'unknown_appointment' or l.outcome = 'begun' and (v_anew or v_status = 'cancelled') then l.outcome
    -- Who was thought not to come may have come; a cancelled one may be put back.
    when l.outcome = 'frozen' and (v_moves and v_status is distinct from 'scheduled'
      or v_status <> a.status and not (a.status = 'no_show' and v_status = 'completed'
        or a.status = 'cancelled' and v_status = 'scheduled')) then 'frozen' end;
  if outcome is null and v_moves then
    select * into f from find_room(a.lead_id, coalesce(r.branch_id, a.branch_id), coalesce(r.service_id, a.service_id),
      coalesce(r.staff_id, case when coalesce(r.branch_id, a.branch_id) = a.branch_id then a.staff_id end),
      coalesce(r.scheduled_at, a.scheduled_at),
      coalesce(r.duration_minutes, case when r.service_id is null then a.duration_minutes end), a.id, r.anytime);
    outcome := f.outcome;
  end if;
  if outcome is not null then
    return next;
    return;
  end if;
  if v_moves then
    begin
      perform free_hold(a.lead_id);
      -- What it forgets then, `forget_reminders` says.
      update appointments x set scheduled_at = coalesce(r.scheduled_at, a.scheduled_at),
          branch_id = coalesce(r.branch_id, a.branch_id), staff_id = f.staff_id,
          service_id = coalesce(r.service_id, a.service_id), duration_minutes = f.minutes,
          buffer_before_minutes = f.buffer_before, buffer_after_minutes = f.buffer_after,
          status = case when a.status = 'cancelled' then 'scheduled' else a.status end,
          moved_at = case when v_anew then app_now() else a.moved_at end
        where x.tenant_id = v_tenant and x.id = a.id;
    exception when exclusion_violation then
      outcome := 'slot_taken';
      return next;
      return;
    end;
  end if;
  update appointments x set status = coalesce(v_status, x.status),
      confirmation_status = case v_status when 'confirmed' then 'confirmed' else x.confirmation_status end,
      notes = changed(p_change, 'notes', x.notes), internal_notes = changed(p_change, 'internal_notes', x.internal_notes),
      cancellation_reason = changed(p_change, 'cancellation_reason', x.cancellation_reason),
      outcome = changed(p_change, 'outcome', x.outcome),
      confirmation_sent = coalesce(r.confirmation_sent, x.confirmation_sent),
      reminder_24h_sent = coalesce(r.reminder_sent, x.reminder_24h_sent)
    where x.tenant_id = v_tenant and x.id = a.id;
  if v_status = 'completed' and a.status <> 'completed' then perform welcome_customer(a.id); end if;
  if v_moves then perform tell_of_appointment('appointment-scheduled', a.id); end if;
  if v_anew then perform ask_confirmation(a.id); end if;
  if v_status = 'cancelled' and a.status <> 'cancelled' then
    perform tell_of_appointment('appointment-cancelled', a.id);
  end if;
  outcome := 'updated';
  return next;
end $$;

ALTER FUNCTION public.update_appointment(p_appointment uuid, p_branch uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: update_lead(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.update_lead(p_lead_id uuid, p_branch uuid, p_change jsonb) RETURNS TABLE(outcome text, id uuid)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_alias jsonb := contact_alias('phone', p_change ->> 'phone');
  v_known record;
  l leads;
begin
  outcome := missing_of_business(p_change);
  if p_change ->> 'phone' is not null and v_alias is null then outcome := 'phone'; end if;
  if outcome is not null then
    return next;
    return;
  end if;
  if v_alias is not null then
    perform hold_erasures();
    perform lock_contacts(jsonb_build_array(jsonb_build_object('kind', 'message', 'aliases', jsonb_build_array(v_alias))));
    select * into v_known from known_lead('phone', v_alias ->> 'value');
    if v_known.lead_id <> p_lead_id then
      return query select case when v_known.is_deleted then 'deleted' else 'exists' end, v_known.lead_id;
      return;
    end if;
  end if;
  select * into l from leads x where x.tenant_id = v_tenant and x.id = p_lead_id and x.deleted_at is null
    and (p_branch is null or x.branch_id = p_branch) for update;
  if l.id is null then return; end if;
  if v_alias is not null then
    insert into lead_aliases (tenant_id, kind, value, lead_id, address)
      values (v_tenant, 'phone', v_alias ->> 'value', l.id, v_alias ->> 'address') on conflict do nothing;
  end if;
  update leads x set
      phone = case when v_alias is null then x.phone else p_change ->> 'phone' end,
      phone_normalized = case when v_alias is null then x.phone_normalized else '+' || (v_alias ->> 'value') end,
      first_name = changed(p_change, 'first_name', x.first_name), last_name = changed(p_change, 'last_name', x.last_name),
      name = changed(p_change, 'name', x.name),
      full_name = case when p_change ? 'full_name' then p_change ->> 'full_name'
        when p_change ? 'name' then p_change ->> 'name' else x.full_name end,
      email = changed(p_change, 'email', x.email), notes = changed(p_change, 'notes', x.notes),
      status = coalesce(p_change ->> 'status', x.status), source = coalesce(p_change ->> 'source', x.source),
      classification = coalesce(p_change ->> 'classification', x.classification),
      branch_id = changed(p_change, 'branch_id', x.branch_id::text)::uuid,
      assigned_staff_id = changed(p_change, 'assigned_staff_id', x.assigned_staff_id::text)::uuid,
      interested_services = case when p_change ? 'interested_services'
        then text_list(p_change -> 'interested_services') else x.interested_services end,
      tags = case when p_change ? 'tags' then text_list(p_change -> 'tags') else x.tags end,
      custom_fields = coalesce(nullif(p_change -> 'custom_fields', 'null'), x.custom_fields),
      last_contact_at = changed(p_change, 'last_contact_at', x.last_contact_at::text)::timestamptz,
      next_followup_at = changed(p_change, 'next_followup_at', x.next_followup_at::text)::timestamptz
    where x.tenant_id = v_tenant and x.id = l.id;
  return query select 'updated', l.id;
end $$;

ALTER FUNCTION public.update_lead(p_lead_id uuid, p_branch uuid, p_change jsonb) OWNER TO tistis_owner;

--
-- Name: update_lead_score(uuid, integer, character varying, character varying, text, uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.update_lead_score(p_lead_id uuid, p_score_change integer, p_signal_name character varying, p_change_source character varying, p_reason text DEFAULT NULL::text, p_message_id uuid DEFAULT NULL::uuid, p_staff_id uuid DEFAULT NULL::uuid, p_conversation_id uuid DEFAULT NULL::uuid) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.update_lead_score(p_lead_id uuid, p_score_change integer, p_signal_name character varying, p_change_source character varying, p_reason text, p_message_id uuid, p_staff_id uuid, p_conversation_id uuid) OWNER TO tistis_owner;

--
-- Name: update_message_status(uuid, text, text, text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.update_message_status(p_tenant_id uuid, p_whatsapp_message_id text, p_new_status text, p_error_message text DEFAULT NULL::text) RETURNS TABLE(message_id uuid, updated boolean)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(p_tenant_id);
  m messages;
begin
  if p_new_status is null or p_new_status not in ('sent', 'delivered', 'read', 'played', 'failed') then
    raise exception 'p_new_status is "%": no state that a platform reports', p_new_status
      using errcode = 'invalid_parameter_value', hint = 'sent, delivered, read, played or failed';
  end if;
  perform hold_erasures();
  select x.* into m from channel_connections cc
    join messages x on x.tenant_id = v_tenant and x.channel_connection_id = cc.id and x.external_id = p_whatsapp_message_id
   where cc.tenant_id = v_tenant order by x.id limit 1;
  if m.id is not null then
    -- The conversation before the message, as everybody does.
    perform 1 from conversations c where c.tenant_id = v_tenant and c.id = m.conversation_id for update;
    select * into m from messages x where x.tenant_id = v_tenant and x.id = m.id for update;
  end if;
  if m.id is not null then
    perform receive_reports(jsonb_build_array(jsonb_build_object('connection_id', m.channel_connection_id, 'kind', 'status',
      'external_id', p_whatsapp_message_id, 'at', app_now(), 'aliases', '[]'::jsonb,
      'status', jsonb_build_object('state', p_new_status, 'error', p_error_message))));
  end if;
  return query select m.id, m.id is not null
    and m.status <> (select x.status from messages x where x.tenant_id = v_tenant and x.id = m.id);
end $$;

ALTER FUNCTION public.update_message_status(p_tenant_id uuid, p_whatsapp_message_id text, p_new_status text, p_error_message text) OWNER TO tistis_owner;

--
-- Name: usage_json(date, date, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.usage_json(p_from date, p_to date, p_conversation uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_zone text := business_zone();
  v_to date := coalesce(p_to, (app_now() at time zone v_zone)::date);
  v_from date := greatest(coalesce(p_from, date_trunc('month', v_to)::date), v_to - 365);
begin return (
  with calls as materialized (
    select (u.created_at at time zone v_zone)::date as day, u.*
      from ai_usage_logs u
     where u.tenant_id = current_tenant() and u.created_at >= v_from::timestamp at time zone v_zone
       and u.created_at < (v_to + 1)::timestamp at time zone v_zone
       and (p_conversation is null or u.conversation_id = p_conversation)
  ), sums as (
    select c.day, c.ai_model, c.conversation_id, grouping(c.day, c.ai_model, c.conversation_id) as level,
        sum(c.cost_usd) as cost, jsonb_build_object('calls', count(*), 'failed', count(*) filter (where not c.was_successful),
          'prompt_tokens', coalesce(sum(c.prompt_tokens), 0), 'cache_write_tokens', coalesce(sum(c.cache_write_tokens), 0),
          'cache_read_tokens', coalesce(sum(c.cache_read_tokens), 0),
          'completion_tokens', coalesce(sum(c.completion_tokens), 0), 'total_tokens', coalesce(sum(c.total_tokens), 0),
          'cost_usd', trim_scale(coalesce(sum(c.cost_usd), 0))::text) as total
      from calls c group by grouping sets ((), (c.day), (c.ai_model), (c.conversation_id)))
  select jsonb_build_object('from', v_from, 'to', v_to, 'timezone', v_zone,
    'total', (select s.total from sums s where s.level = 7),
    'by_day', (select coalesce(jsonb_agg(s.total || jsonb_build_object('day', s.day) order by s.day), '[]')
      from sums s where s.level = 3),
    'by_model', (select coalesce(jsonb_agg(s.total || jsonb_build_object('model', s.ai_model) order by s.cost desc,
      s.ai_model), '[]') from sums s where s.level = 5),
    'by_conversation', (select coalesce(jsonb_agg(s.total || jsonb_build_object('conversation_id', s.conversation_id)
        order by s.cost desc, s.conversation_id), '[]')
      from (select * from sums x where x.level = 6 order by x.cost desc, x.conversation_id limit 100) s),
    'budget', budget_json())
); end $$;

ALTER FUNCTION public.usage_json(p_from date, p_to date, p_conversation uuid) OWNER TO tistis_owner;

--
-- Name: uuid_floor(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.uuid_floor(p_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select (lpad(to_hex(greatest((extract(epoch from p_at) * 1000)::bigint, 0)), 12, '0') || '70008000000000000000')::uuid
$$;

ALTER FUNCTION public.uuid_floor(p_at timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: uuid_v7_floor(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.uuid_v7_floor(p_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select (lpad(to_hex(greatest(floor(extract(epoch from p_at) * 1000), 0)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

ALTER FUNCTION public.uuid_v7_floor(p_at timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: validate_appointment_booking(uuid, uuid, uuid, timestamp with time zone, integer, uuid, boolean); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.validate_appointment_booking(p_staff_id uuid, p_lead_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer, p_exclude_appointment_id uuid DEFAULT NULL::uuid, p_skip_availability_check boolean DEFAULT false) RETURNS TABLE(is_valid boolean, error_code text, error_message text, details jsonb)
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  f record;
begin
  select * into f from find_room(p_lead_id, p_branch_id, null, p_staff_id, p_scheduled_at, p_duration_minutes,
    p_exclude_appointment_id, p_skip_availability_check);
  is_valid := f.outcome is null;
  error_code := case f.outcome when 'slot_taken' then 'STAFF_CONFLICT' when 'lead_conflict' then 'PATIENT_CONFLICT'
    when 'outside_hours' then 'OUTSIDE_HOURS' else case when f.outcome is not null then 'NOT_BOOKABLE' end end;
  error_message := case f.outcome when 'slot_taken' then 'that time is taken'
    when 'lead_conflict' then 'the person has another appointment then' when 'outside_hours' then 'nobody works then'
    else replace(f.outcome, '_', ' ') end;
  details := case when f.outcome is null then '{}' else jsonb_build_object('outcome', f.outcome) end;
  return next;
end $$;

ALTER FUNCTION public.validate_appointment_booking(p_staff_id uuid, p_lead_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer, p_exclude_appointment_id uuid, p_skip_availability_check boolean) OWNER TO tistis_owner;

--
-- Name: validate_channel_connection_for_job(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.validate_channel_connection_for_job(p_job_id uuid, p_channel_connection_id uuid) RETURNS TABLE(is_valid boolean, connection_status text, error_reason text)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := require_tenant(current_tenant());
begin
  return query
    select r.reason is null, r.status, r.reason
      from (select cc.status, case
            when j.id is null then 'job_not_found'
            when cc.id is null then 'connection_not_found'
            when j.payload ->> 'channel_connection_id' <> cc.id::text then 'connection_of_another_job'
            when t.status <> 'active' then 'tenant_' || t.status
            when cc.status <> 'connected' then 'connection_' || cc.status end as reason
          from tenants t
          left join jobs j on j.tenant_id = t.id and j.id = p_job_id
          left join channel_connections cc on cc.tenant_id = t.id and cc.id = p_channel_connection_id
         where t.id = v_tenant) r;
end $$;

ALTER FUNCTION public.validate_channel_connection_for_job(p_job_id uuid, p_channel_connection_id uuid) OWNER TO tistis_owner;

--
-- Name: want_token_keys(); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.want_token_keys() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  insert into token_key_asks as a (asked_at) values (app_clock())
    on conflict (one) do update set asked_at = excluded.asked_at where a.asked_at < excluded.asked_at - interval '30 seconds';
  if not found then return false; end if;
  insert into jobs (tenant_id, job_type, unique_key, priority, max_attempts)
    select t.id, 'fetch_jwks', 'fetch_jwks', 1, 3 from tenants t where t.status = 'active' order by t.id limit 1
    on conflict do nothing;
  return found;
end $$;

ALTER FUNCTION public.want_token_keys() OWNER TO tistis_definer;

--
-- Name: wants_event(text); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.wants_event(p_event text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return exists (select from n8n_settings s where s.tenant_id = current_tenant() and s.is_enabled
    and (s.events is null or p_event = any (s.events)));
end $$;

ALTER FUNCTION public.wants_event(p_event text) OWNER TO tistis_owner;

--
-- Name: wants_scores(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.wants_scores() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin return not exists (select from ai_tenant_context a where a.tenant_id = current_tenant() and not a.enable_scoring);
end $$;

ALTER FUNCTION public.wants_scores() OWNER TO tistis_owner;

--
-- Name: welcome_customer(uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.welcome_customer(p_appointment uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_tenant uuid := current_tenant();
begin
  update leads l set status = 'converted' from appointments a
    where a.tenant_id = v_tenant and a.id = p_appointment and l.tenant_id = v_tenant and l.id = a.lead_id
      and l.status not in ('converted', 'lost', 'inactive');
  insert into patients (tenant_id, lead_id, branch_id, first_name, last_name, email)
    select v_tenant, l.id, a.branch_id, coalesce(nullif(l.first_name, ''), nullif(l.full_name, ''), l.name, 'Paciente'),
        coalesce(l.last_name, ''), l.email
      from appointments a
      join leads l on l.tenant_id = v_tenant and l.id = a.lead_id
      join tenants t on t.id = v_tenant and t.vertical in ('dental', 'clinic', 'medical')
     where a.tenant_id = v_tenant and a.id = p_appointment
    on conflict do nothing;
  update appointments a set patient_id = p.id from patients p
    where a.tenant_id = v_tenant and a.id = p_appointment and a.patient_id is null and p.tenant_id = v_tenant
      and p.lead_id = a.lead_id;
end $$;

ALTER FUNCTION public.welcome_customer(p_appointment uuid) OWNER TO tistis_owner;

--
-- Name: who_takes(uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.who_takes(p_branch uuid, p_service uuid, p_staff uuid) RETURNS TABLE(staff_id uuid, resource_id uuid, place integer)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
begin
  if p_staff is not null then
    return query select p_staff, p_staff, 0;
  elsif p_service is not null and not exists (select from staff_services x where x.tenant_id = v_tenant
    and x.service_id = p_service)
    or p_service is null and not exists (select from staff_services x
      join staff_branches w on w.tenant_id = x.tenant_id and w.staff_id = x.staff_id
      where x.tenant_id = v_tenant and w.branch_id = p_branch) then
    return query select null::uuid, b.id, n from branches b, generate_series(1, b.places) n
      where b.tenant_id = v_tenant and b.id = p_branch;
  else
    return query select distinct s.id, s.id, 0 from staff_services x
      join staff s on s.tenant_id = x.tenant_id and s.id = x.staff_id and s.is_active
      join staff_branches w on w.tenant_id = s.tenant_id and w.staff_id = s.id and w.branch_id = p_branch
      where x.tenant_id = v_tenant and (p_service is null or x.service_id = p_service);
  end if;
end $$;

ALTER FUNCTION public.who_takes(p_branch uuid, p_service uuid, p_staff uuid) OWNER TO tistis_owner;

--
-- Name: window_is_open(uuid, uuid, integer); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.window_is_open(p_connection uuid, p_lead uuid, p_hours integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return coalesce(window_of(p_connection, p_lead) >= app_now() - make_interval(hours => p_hours), false);
end $$;

ALTER FUNCTION public.window_is_open(p_connection uuid, p_lead uuid, p_hours integer) OWNER TO tistis_owner;

--
-- Name: window_of(uuid, uuid); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.window_of(p_connection uuid, p_lead uuid) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select last_inbound_at from contact_windows
    where tenant_id = current_tenant() and channel_connection_id = p_connection and lead_id = p_lead
); end $$;

ALTER FUNCTION public.window_of(p_connection uuid, p_lead uuid) OWNER TO tistis_owner;

--
-- Name: with_referrals(jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.with_referrals(p_details jsonb, p_new jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  with known as (
    select r, row_number() over (order by r ->> 'at', n) as place, count(*) over () as total
      from jsonb_array_elements(
        case when jsonb_typeof(p_details -> 'referral') = 'object' then jsonb_build_array(p_details -> 'referral')
          else '[]' end
        || case when jsonb_typeof(p_details -> 'referrals') = 'array' then p_details -> 'referrals' else '[]' end
        || p_new) with ordinality as k (r, n))
  select p_details
      || coalesce(jsonb_build_object('referral', (select r from known where place = 1)), '{}')
      || coalesce((select jsonb_build_object('referrals', jsonb_agg(r order by place)) from known
        where place > 1 and place > total - 20 having count(*) > 0), '{}')
    where exists (select 1 from known)
  union all
  select p_details where not exists (select 1 from known)
$$;

ALTER FUNCTION public.with_referrals(p_details jsonb, p_new jsonb) OWNER TO tistis_owner;

--
-- Name: without_erased(jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.without_erased(p_events jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(x.e order by x.n), '[]')
    from jsonb_array_elements(p_events) with ordinality x (e, n)
   where not exists (select from erased_items i where i.tenant_id = current_tenant() and i.mark in (
     erased_mark(x.e ->> 'external_id'), erased_mark(x.e #>> '{status,opaque}'),
     case when x.e ->> 'kind' in ('edit', 'delete', 'reaction') then erased_mark(x.e ->> 'reply_to') end))
$$;

ALTER FUNCTION public.without_erased(p_events jsonb) OWNER TO tistis_owner;

--
-- Name: worker_heartbeat(uuid, text, text, double precision); Type: FUNCTION; Schema: public; Owner: tistis_definer
--

CREATE FUNCTION public.worker_heartbeat(p_worker uuid, p_name text, p_kind text, p_lease_seconds double precision) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  v_new boolean;
begin
  insert into workers as w (id, name, kind) values (p_worker, p_name, p_kind)
    on conflict (id) do update set last_seen = clock_timestamp(), stopped_at = null
    returning w.xmax = 0 into v_new;
  if v_new and (p_kind is null or p_kind = 'drain') then perform cron_runs(); end if;
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
-- Name: working_spans(uuid, uuid, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.working_spans(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) RETURNS tstzrange[]
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_tenant uuid := current_tenant();
  v_zone text;
  v_hours jsonb;
  v_first date;
  v_days int;
  v_open tstzrange[];
begin
  select b.timezone, case when b.operating_hours <> '{}' then b.operating_hours else (
      select x.business_hours from ai_tenant_context x where x.tenant_id = v_tenant) end
    into v_zone, v_hours from branches b where b.tenant_id = v_tenant and b.id = p_branch and b.is_active;
  -- One more before the first: it may end after midnight.
  v_first := (p_from at time zone v_zone)::date - 1;
  v_days := (p_to at time zone v_zone)::date - v_first;
  select array_agg(tstzrange(t.opens, t.closes)) into v_open
    from generate_series(0, v_days) n
    cross join lateral hours_on(v_hours, extract(isodow from v_first + n)::int) h
    cross join lateral (select (v_first + n + h.opens) at time zone v_zone, (v_first + n + h.closes) at time zone v_zone)
      t (opens, closes)
   where t.opens < t.closes;
  if p_staff is null then return v_open; end if;
  if not exists (select from staff s join staff_branches w on w.tenant_id = s.tenant_id and w.staff_id = s.id
    where s.tenant_id = v_tenant and s.id = p_staff and s.is_active and w.branch_id = p_branch) then
    return null;
  end if;
  if exists (select from staff_hours h where h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = p_branch) then
    v_open := (
      select array_agg(o * tstzrange(t.opens, t.closes))
        from generate_series(0, v_days) n
        join staff_hours h on h.tenant_id = v_tenant and h.staff_id = p_staff and h.branch_id = p_branch
          and h.weekday = extract(isodow from v_first + n)::int
        cross join lateral (select (v_first + n + h.opens) at time zone v_zone,
          (v_first + n + h.closes + case when h.closes > h.opens then interval '0' else interval '1 day' end) at time
            zone v_zone) t (opens, closes)
        join unnest(v_open) o on o && tstzrange(t.opens, t.closes)
       where t.opens < t.closes);
  end if;
  return v_open;
end $$;

ALTER FUNCTION public.working_spans(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: working_times(uuid, uuid, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.working_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) RETURNS tstzmultirange
    LANGUAGE plpgsql STABLE
    AS $$
begin return (
  select coalesce(range_agg(s), '{}') from unnest(working_spans(p_branch, p_staff, p_from, p_to)) s
); end $$;

ALTER FUNCTION public.working_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO tistis_owner;

--
-- Name: write_ai_tenant_config(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.write_ai_tenant_config() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'DELETE' then
    delete from ai_tenant_context where tenant_id = old.tenant_id;
    return old;
  end if;
  perform write_through('ai_tenant_context', 'ai_tenant_config',
    case tg_op when 'UPDATE' then jsonb_build_object('tenant_id', old.tenant_id) end,
    case tg_op when 'UPDATE' then ai_context_of_config(to_jsonb(old)) end, ai_context_of_config(to_jsonb(new)));
  return new;
end $$;

ALTER FUNCTION public.write_ai_tenant_config() OWNER TO tistis_owner;

--
-- Name: write_channel_connection(); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.write_channel_connection() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
declare
  v_old jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
  v_new jsonb;
  v_secret text;
begin
  if tg_op = 'DELETE' then
    delete from channel_connections where tenant_id = old.tenant_id and id = old.id;
    return old;
  end if;
  v_new := to_jsonb(new);
  select n.key into v_secret from jsonb_each(v_new) n
   where n.key ~ '(_token|_secret)$' and n.value <> coalesce(v_old -> n.key, 'null') limit 1;
  if v_secret is not null then
    raise exception 'channel_connections_guide.% shows the end of a secret that is sealed: it cannot be written here',
      v_secret using errcode = 'feature_not_supported',
        hint = 'tistis channels resume --tenant SLUG --channel ID --token-file FILE seals a new access token';
  end if;
  perform write_through('channel_connections', 'channel_connections_guide',
    case tg_op when 'UPDATE' then jsonb_build_object('tenant_id', old.tenant_id, 'id', old.id) end, v_old,
    -- Counted by nobody yet in a new row.
    case tg_op when 'UPDATE' then v_new else v_new - array['messages_received', 'messages_sent'] end);
  return new;
end $_$;

ALTER FUNCTION public.write_channel_connection() OWNER TO tistis_owner;

--
-- Name: write_through(regclass, text, jsonb, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: tistis_owner
--

CREATE FUNCTION public.write_through(p_table regclass, p_view text, p_key jsonb, p_old jsonb, p_new jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  v_changed text[];
  v_columns text;
  v_stray text;
begin
  select array_agg(n.key order by n.key), string_agg(quote_ident(n.key), ', ' order by n.key) into v_changed, v_columns
    from jsonb_each(p_new) n
   where case when p_old is null then n.value <> 'null' else n.value is distinct from p_old -> n.key end;
  select c into v_stray from unnest(v_changed) c
   where not exists (select from pg_attribute a where a.attrelid = p_table and a.attname = c and a.attnum > 0
     and not a.attisdropped and a.attgenerated = '')
   limit 1;
  if v_stray is not null then
    raise exception '%.% is computed: it cannot be written', p_view, v_stray using errcode = 'feature_not_supported';
  end if;
  if p_old is null then
    execute format('insert into %s (%s) select %2$s from jsonb_populate_record(null::%1$s, $1)', p_table, v_columns)
      using p_new;
  elsif v_changed is not null then
    execute format('update %s t set (%s) = (select %2$s from jsonb_populate_record(null::%1$s, $1))
      where to_jsonb(t) @> $2 and t.tenant_id = ($2 ->> ''tenant_id'')::uuid', p_table, v_columns) using p_new, p_key;
  end if;
end $_$;

ALTER FUNCTION public.write_through(p_table regclass, p_view text, p_key jsonb, p_old jsonb, p_new jsonb) OWNER TO tistis_owner;

--
-- Name: ai_dead_letter_queue; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.ai_dead_letter_queue (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    conversation_id uuid,
    contact_id uuid,
    original_message text NOT NULL,
    original_payload jsonb,
    error_message text NOT NULL,
    error_code text,
    error_stack text,
    failure_count integer DEFAULT 1 NOT NULL,
    channel text,
    processing_stage text NOT NULL,
    last_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_dead_letter_queue_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'retrying'::text, 'resolved'::text, 'archived'::text])))
);

ALTER TABLE ONLY public.ai_dead_letter_queue FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_dead_letter_queue OWNER TO tistis_owner;

--
-- Name: ai_scoring_rules; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.ai_scoring_rules (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    is_global boolean DEFAULT false NOT NULL,
    signal_name text NOT NULL,
    signal_display_name text NOT NULL,
    points integer NOT NULL,
    detection_type text NOT NULL,
    detection_config jsonb DEFAULT '{}'::jsonb NOT NULL,
    category text NOT NULL,
    evaluation_order integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_scoring_rules_category_check CHECK ((category = ANY (ARRAY['urgency'::text, 'intent'::text, 'engagement'::text, 'demographics'::text, 'negative'::text]))),
    CONSTRAINT ai_scoring_rules_detection_type_check CHECK ((detection_type = ANY (ARRAY['keyword'::text, 'intent'::text, 'behavior'::text, 'attribute'::text, 'engagement'::text]))),
    CONSTRAINT ai_scoring_rules_points_check CHECK (((points >= '-100'::integer) AND (points <= 100)))
);

ALTER TABLE ONLY public.ai_scoring_rules FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_scoring_rules OWNER TO tistis_owner;

--
-- Name: ai_steps; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.ai_steps (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    conversation_id uuid NOT NULL,
    job_id uuid NOT NULL,
    question_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    tool_use_id text,
    input json,
    output json NOT NULL,
    is_error boolean DEFAULT false NOT NULL,
    hands_over boolean DEFAULT false NOT NULL,
    took_ms integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_steps_check CHECK (((kind = 'tool'::text) = ((tool_use_id IS NOT NULL) AND (input IS NOT NULL)))),
    CONSTRAINT ai_steps_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'tool'::text]))),
    CONSTRAINT ai_steps_ordinal_check CHECK (((ordinal >= 1) AND (ordinal <= 1000))),
    CONSTRAINT ai_steps_tool_use_id_check CHECK (((length(tool_use_id) >= 1) AND (length(tool_use_id) <= 200)))
);

ALTER TABLE ONLY public.ai_steps FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ai_steps OWNER TO tistis_owner;

--
-- Name: ai_tenant_config; Type: VIEW; Schema: public; Owner: tistis_owner
--

CREATE VIEW public.ai_tenant_config WITH (security_invoker='true') AS
 SELECT ai_tenant_context.tenant_id,
    ai_tenant_context.ai_enabled,
    ai_tenant_context.model AS ai_model,
    ai_tenant_context.response_style AS ai_personality,
    ai_tenant_context.temperature AS ai_temperature,
    ai_tenant_context.max_tokens,
    ai_tenant_context.system_prompt AS custom_instructions,
    ai_tenant_context.escalation_keywords,
    ai_tenant_context.out_of_hours_enabled,
    ai_tenant_context.out_of_hours_message,
    ai_tenant_context.auto_greeting_enabled,
    ai_tenant_context.auto_greeting_message,
    ai_tenant_context.auto_escalate_after_messages AS max_turns_before_escalation,
    ai_tenant_context.escalate_on_hot_lead,
    ai_tenant_context.supported_languages,
    ai_tenant_context.default_language,
    ai_tenant_context.currency,
    ai_tenant_context.currency_format,
    ai_tenant_context.use_emojis,
    ai_tenant_context.default_first_message_delay,
    ai_tenant_context.default_subsequent_message_delay,
    ai_tenant_context.enable_scoring,
    (ai_tenant_context.business_hours ->> 'start'::text) AS business_hours_start,
    (ai_tenant_context.business_hours ->> 'end'::text) AS business_hours_end,
        CASE jsonb_typeof((ai_tenant_context.business_hours -> 'days'::text))
            WHEN 'array'::text THEN ARRAY( SELECT (d.value)::integer AS d
               FROM jsonb_array_elements_text((ai_tenant_context.business_hours -> 'days'::text)) d(value)
              WHERE (d.value ~ '^[0-9]$'::text))
            ELSE NULL::integer[]
        END AS business_hours_days,
    ai_tenant_context.created_at,
    ai_tenant_context.updated_at
   FROM public.ai_tenant_context;

ALTER TABLE public.ai_tenant_config OWNER TO tistis_owner;

--
-- Name: api_key_audit; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.api_key_audit (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    api_key_id uuid NOT NULL,
    action text NOT NULL,
    by_user uuid,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_key_audit_action_check CHECK ((action = ANY (ARRAY['created'::text, 'changed'::text, 'rotated'::text, 'revoked'::text])))
);

ALTER TABLE ONLY public.api_key_audit FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_key_audit OWNER TO tistis_owner;

--
-- Name: api_key_refusals; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.api_key_refusals (
    tenant_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    day date NOT NULL,
    reason text NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    last_at timestamp with time zone NOT NULL,
    last_ip text,
    last_endpoint text,
    CONSTRAINT api_key_refusals_reason_check CHECK ((reason = ANY (ARRAY['revoked'::text, 'expired'::text, 'address'::text, 'scope'::text, 'rate'::text])))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.api_key_refusals FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_key_refusals OWNER TO tistis_owner;

--
-- Name: api_key_usage; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.api_key_usage (
    tenant_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    day date NOT NULL,
    requests integer DEFAULT 0 NOT NULL,
    minute timestamp with time zone NOT NULL,
    minute_requests integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.api_key_usage FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_key_usage OWNER TO tistis_owner;

--
-- Name: api_requests; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.api_requests (
    tenant_id uuid NOT NULL,
    asker text NOT NULL,
    idempotency_key text NOT NULL,
    digest text NOT NULL,
    answer json,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_requests_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255)))
);

ALTER TABLE ONLY public.api_requests FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_requests OWNER TO tistis_owner;

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
    is_personal_brand boolean DEFAULT false NOT NULL,
    profile_id uuid,
    meta_app_id text,
    login text,
    sending_id text GENERATED ALWAYS AS (
CASE channel
    WHEN 'whatsapp'::text THEN whatsapp_phone_number_id
    WHEN 'instagram'::text THEN
    CASE
        WHEN (login = 'instagram'::text) THEN instagram_account_id
        ELSE COALESCE(instagram_page_id, instagram_account_id)
    END
    WHEN 'facebook'::text THEN facebook_page_id
    WHEN 'tiktok'::text THEN tiktok_open_id
    ELSE NULL::text
END) STORED,
    human_agent_enabled boolean DEFAULT false NOT NULL,
    last_webhook_at timestamp with time zone,
    signature_failures integer DEFAULT 0 NOT NULL,
    last_signature_failure_at timestamp with time zone,
    tested_at timestamp with time zone,
    test_result jsonb,
    owned_at timestamp with time zone DEFAULT now(),
    echo_takes_over boolean DEFAULT true NOT NULL,
    CONSTRAINT channel_connections_account_number_check CHECK ((account_number = ANY (ARRAY[1, 2]))),
    CONSTRAINT channel_connections_ai_personality_override_check CHECK ((ai_personality_override = ANY (ARRAY['professional'::text, 'professional_friendly'::text, 'formal'::text]))),
    CONSTRAINT channel_connections_channel_check CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'instagram'::text, 'facebook'::text, 'tiktok'::text, 'webchat'::text, 'voice'::text]))),
    CONSTRAINT channel_connections_check CHECK (((login IS NULL) OR ((login = ANY (ARRAY['page'::text, 'instagram'::text])) AND (channel = 'instagram'::text)))),
    CONSTRAINT channel_connections_first_message_delay_seconds_check CHECK (((first_message_delay_seconds >= 0) AND (first_message_delay_seconds <= 1800))),
    CONSTRAINT channel_connections_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'configuring'::text, 'connected'::text, 'disconnected'::text, 'error'::text, 'suspended'::text]))),
    CONSTRAINT channel_connections_subsequent_message_delay_seconds_check CHECK (((subsequent_message_delay_seconds >= 0) AND (subsequent_message_delay_seconds <= 300))),
    CONSTRAINT channel_connections_throughput_per_second_check CHECK (((throughput_per_second >= 1) AND (throughput_per_second <= 1000)))
);

ALTER TABLE ONLY public.channel_connections FORCE ROW LEVEL SECURITY;

ALTER TABLE public.channel_connections OWNER TO tistis_owner;

--
-- Name: secret_hints; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.secret_hints (
    tenant_id uuid NOT NULL,
    channel_connection_id uuid NOT NULL,
    kind text NOT NULL,
    hint text,
    expires_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT secret_hints_hint_check CHECK ((length(hint) = 4))
);

ALTER TABLE ONLY public.secret_hints FORCE ROW LEVEL SECURITY;

ALTER TABLE public.secret_hints OWNER TO tistis_owner;

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
    plan_started_at timestamp with time zone,
    plan_expires_at timestamp with time zone,
    logo_url text,
    primary_color text,
    cancelled_at timestamp with time zone,
    data_retention_until timestamp with time zone,
    service_options jsonb DEFAULT '{}'::jsonb NOT NULL,
    client_id uuid,
    CONSTRAINT tenants_plan_check CHECK ((plan = ANY (ARRAY['starter'::text, 'essentials'::text, 'growth'::text, 'scale'::text]))),
    CONSTRAINT tenants_slug_check CHECK (((slug)::text ~ '^[a-z0-9][a-z0-9-]*$'::text)),
    CONSTRAINT tenants_status_check CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text, 'suspended'::text, 'cancelling'::text, 'cancelled'::text]))),
    CONSTRAINT tenants_vertical_check CHECK ((vertical = ANY (ARRAY['dental'::text, 'restaurant'::text, 'clinic'::text, 'pharmacy'::text, 'retail'::text, 'medical'::text, 'gym'::text, 'beauty'::text, 'veterinary'::text, 'services'::text, 'other'::text])))
);

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tenants OWNER TO tistis_owner;

--
-- Name: channel_connections_guide; Type: VIEW; Schema: public; Owner: tistis_owner
--

CREATE VIEW public.channel_connections_guide WITH (security_invoker='true') AS
 SELECT c.tenant_id,
    c.id,
    c.branch_id,
    c.channel,
    c.account_number,
    c.status,
    c.ai_enabled,
    c.connection_name,
    c.account_name,
    c.is_personal_brand,
    c.whatsapp_phone_number_id,
    c.whatsapp_business_account_id,
        CASE c.channel
            WHEN 'whatsapp'::text THEN public.masked_secret(hints.h, 'access_token'::text)
            ELSE NULL::text
        END AS whatsapp_access_token,
        CASE c.channel
            WHEN 'whatsapp'::text THEN public.masked_secret(hints.h, 'verify_token'::text)
            ELSE NULL::text
        END AS whatsapp_verify_token,
        CASE c.channel
            WHEN 'whatsapp'::text THEN hook.path
            ELSE NULL::text
        END AS whatsapp_webhook_url,
        CASE c.channel
            WHEN 'whatsapp'::text THEN public.token_expiry(hints.h)
            ELSE NULL::timestamp with time zone
        END AS whatsapp_token_expires_at,
    c.instagram_page_id,
    c.instagram_account_id,
    c.instagram_username,
        CASE c.channel
            WHEN 'instagram'::text THEN public.masked_secret(hints.h, 'access_token'::text)
            ELSE NULL::text
        END AS instagram_access_token,
        CASE c.channel
            WHEN 'instagram'::text THEN public.masked_secret(hints.h, 'verify_token'::text)
            ELSE NULL::text
        END AS instagram_verify_token,
        CASE c.channel
            WHEN 'instagram'::text THEN public.token_expiry(hints.h)
            ELSE NULL::timestamp with time zone
        END AS instagram_token_expires_at,
    c.facebook_page_id,
    c.facebook_page_name,
        CASE c.channel
            WHEN 'facebook'::text THEN public.masked_secret(hints.h, 'access_token'::text)
            ELSE NULL::text
        END AS facebook_access_token,
        CASE c.channel
            WHEN 'facebook'::text THEN public.masked_secret(hints.h, 'verify_token'::text)
            ELSE NULL::text
        END AS facebook_verify_token,
        CASE c.channel
            WHEN 'facebook'::text THEN public.token_expiry(hints.h)
            ELSE NULL::timestamp with time zone
        END AS facebook_token_expires_at,
    c.tiktok_business_id,
    c.tiktok_client_key,
    public.masked_secret(hints.h, 'client_secret'::text) AS tiktok_client_secret,
        CASE c.channel
            WHEN 'tiktok'::text THEN public.masked_secret(hints.h, 'access_token'::text)
            ELSE NULL::text
        END AS tiktok_access_token,
        CASE c.channel
            WHEN 'tiktok'::text THEN public.masked_secret(hints.h, 'refresh_token'::text)
            ELSE NULL::text
        END AS tiktok_refresh_token,
    c.tiktok_open_id,
        CASE c.channel
            WHEN 'tiktok'::text THEN public.masked_secret(hints.h, 'verify_token'::text)
            ELSE NULL::text
        END AS tiktok_verify_token,
        CASE c.channel
            WHEN 'tiktok'::text THEN public.token_expiry(hints.h)
            ELSE NULL::timestamp with time zone
        END AS tiktok_token_expires_at,
    COALESCE(c.facebook_page_id, c.instagram_page_id) AS meta_page_id,
        CASE
            WHEN (c.channel = ANY (ARRAY['instagram'::text, 'facebook'::text])) THEN public.masked_secret(hints.h, 'access_token'::text)
            ELSE NULL::text
        END AS meta_access_token,
    c.meta_app_id,
    public.masked_secret(hints.h, 'access_token'::text) AS access_token,
    public.masked_secret(hints.h, 'verify_token'::text) AS verify_token,
    COALESCE(public.masked_secret(hints.h, 'app_secret'::text), public.masked_secret(hints.h, 'webhook_secret'::text)) AS webhook_secret,
    c.ai_personality_override,
    c.first_message_delay_seconds,
    c.subsequent_message_delay_seconds,
    c.custom_instructions_override,
    ( SELECT COALESCE(sum(v.turn_count), (0)::bigint) AS "coalesce"
           FROM public.conversations v
          WHERE ((v.tenant_id = c.tenant_id) AND (v.channel_connection_id = c.id))) AS messages_received,
    ( SELECT COALESCE(sum((v.message_count - v.turn_count)), (0)::bigint) AS "coalesce"
           FROM public.conversations v
          WHERE ((v.tenant_id = c.tenant_id) AND (v.channel_connection_id = c.id))) AS messages_sent,
    c.error_count,
    c.last_message_at,
    c.last_error_at,
    c.last_error_message,
    c.connected_at,
    c.disconnected_at,
    c.connection_metadata,
    c.profile_id,
    c.created_at,
    c.updated_at
   FROM ((public.channel_connections c
     CROSS JOIN LATERAL ( SELECT ((('/api/webhook/'::text || c.channel) || '/'::text) || (t.slug)::text) AS path
           FROM public.tenants t
          WHERE (t.id = c.tenant_id)) hook)
     CROSS JOIN LATERAL ( SELECT COALESCE(jsonb_object_agg(s.kind, jsonb_build_object('hint', s.hint, 'expires_at', s.expires_at)), '{}'::jsonb) AS h
           FROM public.secret_hints s
          WHERE ((s.tenant_id = c.tenant_id) AND (s.channel_connection_id = c.id))) hints);

ALTER TABLE public.channel_connections_guide OWNER TO tistis_owner;

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
-- Name: TABLE channel_events; Type: COMMENT; Schema: public; Owner: tistis_owner
--

COMMENT ON TABLE public.channel_events IS 'What arrived and is not a message, raw beside it; pruned after a stated time.';

--
-- Name: channel_rate_limits; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.channel_rate_limits (
    tenant_id uuid NOT NULL,
    channel_connection_id uuid NOT NULL,
    window_start timestamp with time zone NOT NULL,
    message_count integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.channel_rate_limits FORCE ROW LEVEL SECURITY;

ALTER TABLE public.channel_rate_limits OWNER TO tistis_owner;

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
-- Name: conversations_guide; Type: VIEW; Schema: public; Owner: tistis_owner
--

CREATE VIEW public.conversations_guide WITH (security_invoker='true') AS
 SELECT conversations.tenant_id,
    conversations.id,
    conversations.lead_id,
    conversations.branch_id,
    conversations.channel,
    conversations.channel_conversation_id,
    conversations.channel_connection_id,
    conversations.status,
    conversations.ai_handling,
    conversations.current_intent,
    conversations.last_intent_confidence,
    conversations.context,
    conversations.escalated_at,
    conversations.escalated_to_staff_id,
    conversations.escalation_reason,
    conversations.resolved_at,
    conversations.resolution_notes,
    conversations.message_count,
    conversations.turn_count,
    conversations.last_message_at,
    conversations.first_response_time_seconds,
    conversations.assigned_staff_id,
    conversations.satisfaction_score,
    conversations.created_at AS started_at,
    conversations.created_at,
    conversations.updated_at
   FROM public.conversations;

ALTER TABLE public.conversations_guide OWNER TO tistis_owner;

--
-- Name: erased_items; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.erased_items (
    tenant_id uuid NOT NULL,
    mark bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.erased_items FORCE ROW LEVEL SECURITY;

ALTER TABLE public.erased_items OWNER TO tistis_owner;

--
-- Name: erased_stops; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.erased_stops (
    tenant_id uuid NOT NULL,
    mark bytea NOT NULL,
    channel text NOT NULL,
    scope text NOT NULL,
    source text NOT NULL,
    said_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.erased_stops FORCE ROW LEVEL SECURITY;

ALTER TABLE public.erased_stops OWNER TO tistis_owner;

--
-- Name: erasure_keys; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.erasure_keys (
    tenant_id uuid NOT NULL,
    key text NOT NULL
);

ALTER TABLE ONLY public.erasure_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.erasure_keys OWNER TO tistis_owner;

--
-- Name: erasures; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.erasures (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    lead_ids uuid[] NOT NULL,
    erased_by text NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    counts jsonb NOT NULL
);

ALTER TABLE ONLY public.erasures FORCE ROW LEVEL SECURITY;

ALTER TABLE public.erasures OWNER TO tistis_owner;

--
-- Name: external_events; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.external_events (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    asker text NOT NULL,
    branch_id uuid,
    event text NOT NULL,
    data jsonb NOT NULL,
    happened_at timestamp with time zone,
    event_key text,
    digest text NOT NULL,
    lead_id uuid,
    received_at timestamp with time zone DEFAULT public.app_now() NOT NULL,
    event_id text,
    CONSTRAINT external_events_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    CONSTRAINT external_events_event_check CHECK (((length(event) >= 1) AND (length(event) <= 100))),
    CONSTRAINT external_events_event_id_check CHECK (((length(event_id) >= 1) AND (length(event_id) <= 255))),
    CONSTRAINT external_events_event_key_check CHECK (((length(event_key) >= 1) AND (length(event_key) <= 255)))
);

ALTER TABLE ONLY public.external_events FORCE ROW LEVEL SECURITY;

ALTER TABLE public.external_events OWNER TO tistis_owner;

--
-- Name: external_inventory; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.external_inventory (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    integration_id uuid NOT NULL,
    connection_id uuid GENERATED ALWAYS AS (integration_id) STORED,
    external_id text NOT NULL,
    external_source text NOT NULL,
    sku text,
    name text NOT NULL,
    description text,
    category text,
    quantity_on_hand numeric(14,3) DEFAULT 0 NOT NULL,
    quantity numeric(14,3) GENERATED ALWAYS AS (quantity_on_hand) STORED,
    quantity_reserved numeric(14,3) DEFAULT 0 NOT NULL,
    quantity_available numeric(14,3) GENERATED ALWAYS AS ((quantity_on_hand - quantity_reserved)) STORED,
    reorder_point numeric(14,3),
    reorder_quantity numeric(14,3),
    unit_cost numeric(12,4),
    unit_price numeric(12,2),
    price_currency text DEFAULT 'MXN'::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_low_stock boolean GENERATED ALWAYS AS ((quantity_on_hand <= COALESCE(reorder_point, (0)::numeric))) STORED,
    warehouse_name text,
    warehouse_external_id text,
    raw_data jsonb,
    last_synced_at timestamp with time zone,
    sync_hash text,
    external_updated_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.external_inventory FORCE ROW LEVEL SECURITY;

ALTER TABLE public.external_inventory OWNER TO tistis_owner;

--
-- Name: external_products; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.external_products (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    integration_id uuid NOT NULL,
    connection_id uuid GENERATED ALWAYS AS (integration_id) STORED,
    external_id text NOT NULL,
    external_source text NOT NULL,
    linked_service_id uuid,
    name text NOT NULL,
    description text,
    category text,
    subcategory text,
    price numeric(12,2),
    compare_at_price numeric(12,2),
    price_currency text DEFAULT 'MXN'::text NOT NULL,
    is_available boolean DEFAULT true NOT NULL,
    preparation_time_minutes integer,
    calories integer,
    allergens text[],
    image_url text,
    image_urls text[],
    has_variants boolean DEFAULT false NOT NULL,
    variants jsonb,
    modifiers jsonb,
    raw_data jsonb,
    last_synced_at timestamp with time zone,
    sync_hash text,
    external_updated_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.external_products FORCE ROW LEVEL SECURITY;

ALTER TABLE public.external_products OWNER TO tistis_owner;

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
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    subcategory text,
    question_variations text[] DEFAULT '{}'::text[] NOT NULL,
    times_used integer DEFAULT 0 NOT NULL,
    last_used_at timestamp with time zone,
    helpfulness_score numeric(5,2)
);

ALTER TABLE ONLY public.faqs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.faqs OWNER TO tistis_owner;

--
-- Name: follow_ups; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.follow_ups (
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    silent_since timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_at timestamp with time zone,
    ended text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT follow_ups_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT follow_ups_ended_check CHECK ((ended = ANY (ARRAY['cold'::text, 'unsent'::text, 'declined'::text])))
);

ALTER TABLE ONLY public.follow_ups FORCE ROW LEVEL SECURITY;

ALTER TABLE public.follow_ups OWNER TO tistis_owner;

--
-- Name: inbound_secrets; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.inbound_secrets (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid,
    kind text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT inbound_secrets_kind_check CHECK ((kind = ANY (ARRAY['app_secret'::text, 'verify_token'::text, 'client_secret'::text, 'webhook_secret'::text, 'n8n_webhook'::text]))),
    CONSTRAINT inbound_secrets_place CHECK (((channel_connection_id IS NULL) = (kind = 'n8n_webhook'::text)))
);

ALTER TABLE ONLY public.inbound_secrets FORCE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_secrets OWNER TO tistis_owner;

--
-- Name: integration_connections; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.integration_connections (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    branch_id uuid,
    integration_type text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    connection_name text,
    auth_type text,
    sync_enabled boolean DEFAULT false NOT NULL,
    sync_direction text DEFAULT 'inbound'::text NOT NULL,
    sync_frequency_minutes integer DEFAULT 60 NOT NULL,
    last_sync_at timestamp with time zone,
    next_sync_at timestamp with time zone,
    sync_contacts boolean DEFAULT false NOT NULL,
    sync_appointments boolean DEFAULT false NOT NULL,
    sync_products boolean DEFAULT false NOT NULL,
    sync_inventory boolean DEFAULT false NOT NULL,
    sync_orders boolean DEFAULT false NOT NULL,
    field_mapping jsonb DEFAULT '{}'::jsonb NOT NULL,
    external_account_id text,
    external_account_name text,
    external_api_base_url text,
    records_synced_total bigint DEFAULT 0 NOT NULL,
    records_synced_today integer DEFAULT 0 NOT NULL,
    error_count integer DEFAULT 0 NOT NULL,
    consecutive_errors integer DEFAULT 0 NOT NULL,
    last_error_at timestamp with time zone,
    last_error_message text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    connected_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT integration_connections_auth_type_check CHECK ((auth_type = ANY (ARRAY['oauth2'::text, 'api_key'::text, 'basic_auth'::text, 'webhook_secret'::text]))),
    CONSTRAINT integration_connections_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'configuring'::text, 'connected'::text, 'syncing'::text, 'paused'::text, 'error'::text, 'disconnected'::text]))),
    CONSTRAINT integration_connections_sync_direction_check CHECK ((sync_direction = ANY (ARRAY['inbound'::text, 'outbound'::text, 'bidirectional'::text]))),
    CONSTRAINT integration_connections_sync_frequency_minutes_check CHECK ((sync_frequency_minutes >= 5))
);

ALTER TABLE ONLY public.integration_connections FORCE ROW LEVEL SECURITY;

ALTER TABLE public.integration_connections OWNER TO tistis_owner;

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
-- Name: lead_score_history; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.lead_score_history (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    lead_id uuid NOT NULL,
    previous_score integer NOT NULL,
    new_score integer NOT NULL,
    score_change integer NOT NULL,
    previous_classification text,
    new_classification text,
    change_source text NOT NULL,
    signal_name text,
    reason text,
    triggered_by_message_id uuid,
    changed_by_staff_id uuid,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT lead_score_history_change_source_check CHECK ((change_source = ANY (ARRAY['ai_detection'::text, 'manual'::text, 'rule_trigger'::text, 'time_decay'::text, 'conversion'::text])))
);

ALTER TABLE ONLY public.lead_score_history FORCE ROW LEVEL SECURITY;

ALTER TABLE public.lead_score_history OWNER TO tistis_owner;

--
-- Name: patients; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.patients (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    lead_id uuid,
    branch_id uuid,
    preferred_branch_id uuid,
    first_name text NOT NULL,
    last_name text NOT NULL,
    full_name text GENERATED ALWAYS AS (btrim(((first_name || ' '::text) || last_name))) STORED NOT NULL,
    date_of_birth date,
    gender text,
    email text,
    phone text,
    phone_secondary text,
    whatsapp_number text,
    address text,
    city text,
    state text,
    postal_code text,
    government_id text,
    government_id_type text,
    blood_type text,
    allergies text[] DEFAULT '{}'::text[] NOT NULL,
    medical_conditions text[] DEFAULT '{}'::text[] NOT NULL,
    current_medications text[] DEFAULT '{}'::text[] NOT NULL,
    emergency_contact_name text,
    emergency_contact_phone text,
    insurance_provider text,
    insurance_policy_number text,
    insurance_group_number text,
    status text DEFAULT 'active'::text NOT NULL,
    notes text,
    internal_notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT patients_gender_check CHECK ((gender = ANY (ARRAY['male'::text, 'female'::text, 'other'::text, 'prefer_not_say'::text]))),
    CONSTRAINT patients_status_check CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text, 'archived'::text])))
);

ALTER TABLE ONLY public.patients FORCE ROW LEVEL SECURITY;

ALTER TABLE public.patients OWNER TO tistis_owner;

--
-- Name: leads_guide; Type: VIEW; Schema: public; Owner: tistis_owner
--

CREATE VIEW public.leads_guide WITH (security_invoker='true') AS
 SELECT l.tenant_id,
    l.id,
    l.branch_id,
    l.phone,
    l.phone_normalized,
    l.first_name,
    l.last_name,
    l.full_name,
    l.name,
    l.email,
    l.source,
    l.source_details,
    l.utm_source,
    l.utm_medium,
    l.utm_campaign,
    l.status,
    l.classification,
    l.score,
    l.interested_services,
    l.notes,
    l.tags,
    l.assigned_staff_id,
    l.last_contact_at,
    l.next_followup_at,
    l.converted_at,
    l.first_contact_at,
    l.last_interaction_at,
    l.score_updated_at,
    l.scoring_signals,
    l.escalated_to_human,
    l.preferred_branch_id,
    l.preferred_staff_id,
    l.preferred_language,
    l.instagram_username,
    l.profile_image_url,
    l.primary_service_id,
    l.interested_service_id,
    ( SELECT a.value
           FROM public.lead_aliases a
          WHERE ((a.tenant_id = l.tenant_id) AND (a.lead_id = l.id) AND (a.kind = 'instagram'::text))
          ORDER BY a.created_at DESC, a.value
         LIMIT 1) AS instagram_psid,
    ( SELECT a.value
           FROM public.lead_aliases a
          WHERE ((a.tenant_id = l.tenant_id) AND (a.lead_id = l.id) AND (a.kind = 'facebook'::text))
          ORDER BY a.created_at DESC, a.value
         LIMIT 1) AS facebook_psid,
    ( SELECT a.value
           FROM public.lead_aliases a
          WHERE ((a.tenant_id = l.tenant_id) AND (a.lead_id = l.id) AND (a.kind = 'tiktok'::text))
          ORDER BY a.created_at DESC, a.value
         LIMIT 1) AS tiktok_open_id,
    ( SELECT p.id
           FROM public.patients p
          WHERE ((p.tenant_id = l.tenant_id) AND (p.lead_id = l.id))) AS patient_id,
    l.merged_into_id,
    l.deleted_at,
    l.deleted_by,
    l.created_at,
    l.updated_at
   FROM public.leads l;

ALTER TABLE public.leads_guide OWNER TO tistis_owner;

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
    source_url text,
    platform_id text,
    uploaded_at timestamp with time zone,
    branch_id uuid,
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
    synced_at timestamp with time zone,
    CONSTRAINT message_templates_parameter_format_check CHECK ((parameter_format = ANY (ARRAY['positional'::text, 'named'::text])))
);

ALTER TABLE ONLY public.message_templates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_templates OWNER TO tistis_owner;

--
-- Name: messages_guide; Type: VIEW; Schema: public; Owner: tistis_owner
--

CREATE VIEW public.messages_guide WITH (security_invoker='true') AS
 SELECT m.tenant_id,
    m.id,
    m.conversation_id,
    m.role,
    m.sender_type,
    m.sender_id,
    m.content,
    m.content_type,
    m.message_type,
    m.channel,
    m.media_url,
    m.external_id,
    m.external_id AS channel_message_id,
    m.external_id AS whatsapp_message_id,
    m.metadata,
    m.status,
    m.sent_at,
    m.error_message,
    m.external_timestamp,
    m.sent_by_staff_id,
    m.detected_intent,
    m.detected_signals,
    m.processed_by_job_id,
    ((m.role = 'user'::text) AND (EXISTS ( SELECT
           FROM public.messages r
          WHERE ((r.tenant_id = m.tenant_id) AND (r.conversation_id = m.conversation_id) AND (r.id > m.id) AND (r.answers_message_id >= m.id) AND (r.status <> ALL (ARRAY['withheld'::text, 'failed'::text])))))) AS ai_processed,
    m.created_at,
    m.updated_at
   FROM public.messages m;

ALTER TABLE public.messages_guide OWNER TO tistis_owner;

--
-- Name: n8n_settings; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.n8n_settings (
    tenant_id uuid NOT NULL,
    is_enabled boolean DEFAULT true NOT NULL,
    webhook_url text,
    events text[],
    answers_by text DEFAULT 'claude'::text NOT NULL,
    answer_event text DEFAULT 'ai-conversation'::text NOT NULL,
    answer_seconds integer DEFAULT 60 NOT NULL,
    answer_fallback text DEFAULT 'claude'::text NOT NULL,
    plain_callbacks boolean DEFAULT false NOT NULL,
    api_key_hint text,
    signing_hint text,
    webhook_hint text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT n8n_settings_answer_event_check CHECK ((answer_event = ANY (ARRAY['ai-conversation'::text, 'ai-response-needed'::text]))),
    CONSTRAINT n8n_settings_answer_fallback_check CHECK ((answer_fallback = ANY (ARRAY['claude'::text, 'people'::text]))),
    CONSTRAINT n8n_settings_answer_seconds_check CHECK (((answer_seconds >= 5) AND (answer_seconds <= 3600))),
    CONSTRAINT n8n_settings_answers_by_check CHECK ((answers_by = ANY (ARRAY['claude'::text, 'n8n'::text]))),
    CONSTRAINT n8n_settings_webhook_url_check CHECK (((webhook_url ~ '^https?://[^[:space:]/?#@]+([/?][^[:space:]#]*)?$'::text) AND (length(webhook_url) <= 2000)))
);

ALTER TABLE ONLY public.n8n_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.n8n_settings OWNER TO tistis_owner;

--
-- Name: occupied_times; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.occupied_times (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    resource_id uuid NOT NULL,
    place integer NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    appointment_id uuid,
    lead_id uuid,
    expires_at timestamp with time zone,
    CONSTRAINT occupied_times_check CHECK ((ends_at > starts_at)),
    CONSTRAINT occupied_times_check1 CHECK (((num_nonnulls(appointment_id, lead_id) = 1) AND ((lead_id IS NULL) = (expires_at IS NULL))))
);

ALTER TABLE ONLY public.occupied_times FORCE ROW LEVEL SECURITY;

ALTER TABLE public.occupied_times OWNER TO tistis_owner;

--
-- Name: outbound_events; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.outbound_events (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    event text NOT NULL,
    event_key text,
    lead_id uuid,
    data jsonb NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    http_status integer,
    error_message text,
    occurred_at timestamp with time zone DEFAULT public.app_now() NOT NULL,
    last_attempt_at timestamp with time zone,
    delivered_at timestamp with time zone,
    CONSTRAINT outbound_events_event_check CHECK ((event ~ '^[a-z][a-z0-9-]{0,63}$'::text)),
    CONSTRAINT outbound_events_event_key_check CHECK (((length(event_key) >= 1) AND (length(event_key) <= 300))),
    CONSTRAINT outbound_events_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text])))
);

ALTER TABLE ONLY public.outbound_events FORCE ROW LEVEL SECURITY;

ALTER TABLE public.outbound_events OWNER TO tistis_owner;

--
-- Name: outbound_tokens; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.outbound_tokens (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    channel_connection_id uuid,
    kind text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    renewal uuid,
    renewal_until timestamp with time zone,
    CONSTRAINT outbound_tokens_kind_check CHECK ((kind = ANY (ARRAY['access_token'::text, 'refresh_token'::text, 'client_secret'::text, 'n8n_api_key'::text, 'n8n_signing'::text]))),
    CONSTRAINT outbound_tokens_place CHECK (((channel_connection_id IS NULL) = (kind = ANY (ARRAY['n8n_api_key'::text, 'n8n_signing'::text]))))
);

ALTER TABLE ONLY public.outbound_tokens FORCE ROW LEVEL SECURITY;

ALTER TABLE public.outbound_tokens OWNER TO tistis_owner;

--
-- Name: platform_alerts; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.platform_alerts (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    kind text NOT NULL,
    sentence text NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_seen timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    resolved_at timestamp with time zone
);

ALTER TABLE public.platform_alerts OWNER TO tistis_owner;

--
-- Name: rate_limits; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.rate_limits (
    tenant_id uuid NOT NULL,
    identifier text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    request_count integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.rate_limits FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_limits OWNER TO tistis_owner;

--
-- Name: retention_marks; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.retention_marks (
    tenant_id uuid NOT NULL,
    messages uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    reports uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    events uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    checked_at timestamp with time zone
);

ALTER TABLE ONLY public.retention_marks FORCE ROW LEVEL SECURITY;

ALTER TABLE public.retention_marks OWNER TO tistis_owner;

--
-- Name: routines; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.routines (
    name text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    tenants integer NOT NULL
);

ALTER TABLE public.routines OWNER TO tistis_owner;

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
-- Name: sends_in_doubt; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.sends_in_doubt (
    tenant_id uuid NOT NULL,
    message_id uuid NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    looks smallint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.sends_in_doubt FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sends_in_doubt OWNER TO tistis_owner;

--
-- Name: staff_branches; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.staff_branches (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    is_primary boolean DEFAULT false NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.staff_branches FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_branches OWNER TO tistis_owner;

--
-- Name: staff_hours; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.staff_hours (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    weekday integer NOT NULL,
    opens time without time zone NOT NULL,
    closes time without time zone NOT NULL,
    CONSTRAINT staff_hours_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);

ALTER TABLE ONLY public.staff_hours FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_hours OWNER TO tistis_owner;

--
-- Name: staff_services; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.staff_services (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    service_id uuid NOT NULL
);

ALTER TABLE ONLY public.staff_services FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_services OWNER TO tistis_owner;

--
-- Name: token_key_asks; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.token_key_asks (
    one boolean DEFAULT true NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT token_key_asks_one_check CHECK (one)
);

ALTER TABLE public.token_key_asks OWNER TO tistis_owner;

--
-- Name: token_keys; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.token_keys (
    kid text NOT NULL,
    jwk jsonb NOT NULL,
    fetched_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.token_keys OWNER TO tistis_owner;

--
-- Name: uploads; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.uploads (
    tenant_id uuid NOT NULL,
    media_id uuid NOT NULL,
    bytes bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.uploads FORCE ROW LEVEL SECURITY;

ALTER TABLE public.uploads OWNER TO tistis_owner;

--
-- Name: user_roles; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.user_roles (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    staff_id uuid,
    permissions jsonb DEFAULT '{}'::jsonb NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    deactivated_at timestamp with time zone,
    deactivation_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_roles_role_check CHECK ((role = ANY (ARRAY['super_admin'::text, 'admin'::text, 'owner'::text, 'manager'::text, 'dentist'::text, 'specialist'::text, 'receptionist'::text, 'staff'::text, 'assistant'::text])))
);

ALTER TABLE ONLY public.user_roles FORCE ROW LEVEL SECURITY;

ALTER TABLE public.user_roles OWNER TO tistis_owner;

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
    error_stack text,
    resolved_by uuid,
    CONSTRAINT webhook_dead_letters_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'failed'::text, 'dismissed'::text])))
);

ALTER TABLE ONLY public.webhook_dead_letters FORCE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_dead_letters OWNER TO tistis_owner;

--
-- Name: webhook_events; Type: TABLE; Schema: public; Owner: tistis_owner
--

CREATE TABLE public.webhook_events (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    event_id text NOT NULL,
    event_type text NOT NULL,
    status text DEFAULT 'success'::text NOT NULL,
    error_message text,
    processed_at timestamp with time zone DEFAULT now() NOT NULL,
    retry_count integer DEFAULT 0 NOT NULL,
    attempt_count integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.webhook_events FORCE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_events OWNER TO tistis_owner;

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
-- Name: TABLE workers; Type: COMMENT; Schema: public; Owner: tistis_owner
--

COMMENT ON TABLE public.workers IS 'One row a run of jobs; a heartbeat is the lease of all its jobs.';

--
-- Name: ai_custom_instructions ai_custom_instructions_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_custom_instructions
    ADD CONSTRAINT ai_custom_instructions_id_key UNIQUE (id);

--
-- Name: ai_custom_instructions ai_custom_instructions_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_custom_instructions
    ADD CONSTRAINT ai_custom_instructions_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: ai_dead_letter_queue ai_dead_letter_queue_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_dead_letter_queue
    ADD CONSTRAINT ai_dead_letter_queue_id_key UNIQUE (id);

--
-- Name: ai_dead_letter_queue ai_dead_letter_queue_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_dead_letter_queue
    ADD CONSTRAINT ai_dead_letter_queue_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: ai_scoring_rules ai_scoring_rules_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_scoring_rules
    ADD CONSTRAINT ai_scoring_rules_id_key UNIQUE (id);

--
-- Name: ai_scoring_rules ai_scoring_rules_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_scoring_rules
    ADD CONSTRAINT ai_scoring_rules_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: ai_scoring_rules ai_scoring_rules_tenant_id_signal_name_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_scoring_rules
    ADD CONSTRAINT ai_scoring_rules_tenant_id_signal_name_key UNIQUE (tenant_id, signal_name);

--
-- Name: ai_steps ai_steps_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_steps
    ADD CONSTRAINT ai_steps_pkey PRIMARY KEY (tenant_id, id);

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
-- Name: ai_usage_months ai_usage_months_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_usage_months
    ADD CONSTRAINT ai_usage_months_pkey PRIMARY KEY (tenant_id, month);

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
-- Name: api_key_audit api_key_audit_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_audit
    ADD CONSTRAINT api_key_audit_id_key UNIQUE (id);

--
-- Name: api_key_audit api_key_audit_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_audit
    ADD CONSTRAINT api_key_audit_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: api_key_refusals api_key_refusals_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_refusals
    ADD CONSTRAINT api_key_refusals_pkey PRIMARY KEY (tenant_id, api_key_id, day, reason);

--
-- Name: api_key_usage api_key_usage_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_usage
    ADD CONSTRAINT api_key_usage_pkey PRIMARY KEY (tenant_id, api_key_id, day);

--
-- Name: api_keys api_keys_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_id_key UNIQUE (id);

--
-- Name: api_keys api_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: api_requests api_requests_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_requests
    ADD CONSTRAINT api_requests_pkey PRIMARY KEY (tenant_id, asker, idempotency_key);

--
-- Name: appointments appointments_booking_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_booking_key UNIQUE (tenant_id, booking_key);

--
-- Name: appointments appointments_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_id_key UNIQUE (id);

--
-- Name: appointments appointments_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: appointments appointments_staff_once; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_staff_once EXCLUDE USING gist (tenant_id WITH =, staff_id WITH =, tstzrange(scheduled_at, end_time) WITH &&) WHERE (((staff_id IS NOT NULL) AND (status = ANY (ARRAY['scheduled'::text, 'confirmed'::text, 'in_progress'::text]))));

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
-- Name: channel_rate_limits channel_rate_limits_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_rate_limits
    ADD CONSTRAINT channel_rate_limits_pkey PRIMARY KEY (tenant_id, channel_connection_id, window_start);

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
-- Name: erased_items erased_items_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erased_items
    ADD CONSTRAINT erased_items_pkey PRIMARY KEY (tenant_id, mark);

--
-- Name: erased_stops erased_stops_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erased_stops
    ADD CONSTRAINT erased_stops_pkey PRIMARY KEY (tenant_id, mark, channel, scope);

--
-- Name: erasure_keys erasure_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erasure_keys
    ADD CONSTRAINT erasure_keys_pkey PRIMARY KEY (tenant_id);

--
-- Name: erasures erasures_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erasures
    ADD CONSTRAINT erasures_id_key UNIQUE (id);

--
-- Name: erasures erasures_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erasures
    ADD CONSTRAINT erasures_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: external_events external_events_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_events
    ADD CONSTRAINT external_events_id_key UNIQUE (id);

--
-- Name: external_events external_events_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_events
    ADD CONSTRAINT external_events_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: external_inventory external_inventory_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_inventory
    ADD CONSTRAINT external_inventory_id_key UNIQUE (id);

--
-- Name: external_inventory external_inventory_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_inventory
    ADD CONSTRAINT external_inventory_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: external_inventory external_inventory_tenant_id_integration_id_external_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_inventory
    ADD CONSTRAINT external_inventory_tenant_id_integration_id_external_id_key UNIQUE (tenant_id, integration_id, external_id);

--
-- Name: external_products external_products_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_products
    ADD CONSTRAINT external_products_id_key UNIQUE (id);

--
-- Name: external_products external_products_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_products
    ADD CONSTRAINT external_products_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: external_products external_products_tenant_id_integration_id_external_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_products
    ADD CONSTRAINT external_products_tenant_id_integration_id_external_id_key UNIQUE (tenant_id, integration_id, external_id);

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
-- Name: follow_ups follow_ups_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.follow_ups
    ADD CONSTRAINT follow_ups_pkey PRIMARY KEY (tenant_id, lead_id);

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
-- Name: integration_connections integration_connections_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.integration_connections
    ADD CONSTRAINT integration_connections_id_key UNIQUE (id);

--
-- Name: integration_connections integration_connections_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.integration_connections
    ADD CONSTRAINT integration_connections_pkey PRIMARY KEY (tenant_id, id);

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
-- Name: lead_score_history lead_score_history_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_score_history
    ADD CONSTRAINT lead_score_history_id_key UNIQUE (id);

--
-- Name: lead_score_history lead_score_history_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_score_history
    ADD CONSTRAINT lead_score_history_pkey PRIMARY KEY (tenant_id, id);

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
-- Name: n8n_settings n8n_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.n8n_settings
    ADD CONSTRAINT n8n_settings_pkey PRIMARY KEY (tenant_id);

--
-- Name: occupied_times occupied_times_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.occupied_times
    ADD CONSTRAINT occupied_times_id_key UNIQUE (id);

--
-- Name: occupied_times occupied_times_once; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.occupied_times
    ADD CONSTRAINT occupied_times_once EXCLUDE USING gist (tenant_id WITH =, resource_id WITH =, place WITH =, tstzrange(starts_at, ends_at) WITH &&);

--
-- Name: occupied_times occupied_times_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.occupied_times
    ADD CONSTRAINT occupied_times_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: occupied_times occupied_times_tenant_id_appointment_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.occupied_times
    ADD CONSTRAINT occupied_times_tenant_id_appointment_id_key UNIQUE (tenant_id, appointment_id);

--
-- Name: outbound_events outbound_events_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_events
    ADD CONSTRAINT outbound_events_id_key UNIQUE (id);

--
-- Name: outbound_events outbound_events_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_events
    ADD CONSTRAINT outbound_events_pkey PRIMARY KEY (tenant_id, id);

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
-- Name: patients patients_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_id_key UNIQUE (id);

--
-- Name: patients patients_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: platform_alerts platform_alerts_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.platform_alerts
    ADD CONSTRAINT platform_alerts_pkey PRIMARY KEY (id);

--
-- Name: rate_limits rate_limits_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (tenant_id, identifier);

--
-- Name: retention_marks retention_marks_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.retention_marks
    ADD CONSTRAINT retention_marks_pkey PRIMARY KEY (tenant_id);

--
-- Name: routines routines_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.routines
    ADD CONSTRAINT routines_pkey PRIMARY KEY (name);

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
-- Name: secret_hints secret_hints_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.secret_hints
    ADD CONSTRAINT secret_hints_pkey PRIMARY KEY (tenant_id, channel_connection_id, kind);

--
-- Name: send_pace send_pace_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.send_pace
    ADD CONSTRAINT send_pace_pkey PRIMARY KEY (tenant_id, channel_connection_id, contact);

--
-- Name: sends_in_doubt sends_in_doubt_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.sends_in_doubt
    ADD CONSTRAINT sends_in_doubt_pkey PRIMARY KEY (tenant_id, message_id);

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
-- Name: staff_branches staff_branches_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_branches
    ADD CONSTRAINT staff_branches_id_key UNIQUE (id);

--
-- Name: staff_branches staff_branches_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_branches
    ADD CONSTRAINT staff_branches_pkey PRIMARY KEY (tenant_id, staff_id, branch_id);

--
-- Name: staff_hours staff_hours_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_hours
    ADD CONSTRAINT staff_hours_pkey PRIMARY KEY (tenant_id, staff_id, branch_id, weekday, opens);

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
-- Name: staff_services staff_services_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_services
    ADD CONSTRAINT staff_services_pkey PRIMARY KEY (tenant_id, service_id, staff_id);

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
-- Name: times_off times_off_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.times_off
    ADD CONSTRAINT times_off_id_key UNIQUE (id);

--
-- Name: times_off times_off_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.times_off
    ADD CONSTRAINT times_off_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: token_key_asks token_key_asks_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.token_key_asks
    ADD CONSTRAINT token_key_asks_pkey PRIMARY KEY (one);

--
-- Name: token_keys token_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.token_keys
    ADD CONSTRAINT token_keys_pkey PRIMARY KEY (kid);

--
-- Name: uploads uploads_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (tenant_id, media_id);

--
-- Name: user_roles user_roles_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_id_key UNIQUE (id);

--
-- Name: user_roles user_roles_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: user_roles user_roles_tenant_id_user_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_tenant_id_user_id_key UNIQUE (tenant_id, user_id);

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
-- Name: webhook_events webhook_events_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_events
    ADD CONSTRAINT webhook_events_id_key UNIQUE (id);

--
-- Name: webhook_events webhook_events_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_events
    ADD CONSTRAINT webhook_events_pkey PRIMARY KEY (tenant_id, id);

--
-- Name: webhook_events webhook_events_tenant_id_event_id_key; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_events
    ADD CONSTRAINT webhook_events_tenant_id_event_id_key UNIQUE (tenant_id, event_id);

--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

--
-- Name: ai_custom_instructions_first; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX ai_custom_instructions_first ON public.ai_custom_instructions USING btree (tenant_id, priority DESC, id) WHERE is_active;

--
-- Name: ai_dead_letter_queue_pending; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX ai_dead_letter_queue_pending ON public.ai_dead_letter_queue USING btree (tenant_id, created_at) WHERE (status = 'pending'::text);

--
-- Name: ai_steps_of_answer; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX ai_steps_of_answer ON public.ai_steps USING btree (tenant_id, job_id, question_id, ordinal);

--
-- Name: ai_steps_of_conversation; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX ai_steps_of_conversation ON public.ai_steps USING btree (tenant_id, conversation_id, id);

--
-- Name: ai_steps_of_use; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX ai_steps_of_use ON public.ai_steps USING btree (tenant_id, conversation_id, tool_use_id) WHERE (kind = 'tool'::text);

--
-- Name: ai_usage_logs_by_day; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX ai_usage_logs_by_day ON public.ai_usage_logs USING btree (tenant_id, created_at);

--
-- Name: ai_usage_logs_conversation; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX ai_usage_logs_conversation ON public.ai_usage_logs USING btree (tenant_id, conversation_id) WHERE (conversation_id IS NOT NULL);

--
-- Name: alerts_open; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX alerts_open ON public.alerts USING btree (tenant_id, dedup_key) WHERE (resolved_at IS NULL);

--
-- Name: api_key_audit_latest; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX api_key_audit_latest ON public.api_key_audit USING btree (tenant_id, created_at DESC, id DESC);

--
-- Name: api_key_audit_of_key; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX api_key_audit_of_key ON public.api_key_audit USING btree (tenant_id, api_key_id, created_at DESC, id DESC);

--
-- Name: api_keys_hash; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX api_keys_hash ON public.api_keys USING btree (key_hash);

--
-- Name: api_keys_name; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX api_keys_name ON public.api_keys USING btree (tenant_id, name) WHERE (is_active AND (deactivates_at IS NULL));

--
-- Name: api_requests_old; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX api_requests_old ON public.api_requests USING btree (tenant_id, created_at);

--
-- Name: appointments_by_day; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX appointments_by_day ON public.appointments USING btree (tenant_id, scheduled_at);

--
-- Name: appointments_of_conversation; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX appointments_of_conversation ON public.appointments USING btree (tenant_id, conversation_id) WHERE (conversation_id IS NOT NULL);

--
-- Name: appointments_of_lead; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX appointments_of_lead ON public.appointments USING btree (tenant_id, lead_id, scheduled_at) WHERE (lead_id IS NOT NULL);

--
-- Name: channel_connections_account; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX channel_connections_account ON public.channel_connections USING btree (channel, account_id) WHERE ((account_id IS NOT NULL) AND (owned_at IS NOT NULL) AND (status <> 'disconnected'::text));

--
-- Name: channel_connections_account_once; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX channel_connections_account_once ON public.channel_connections USING btree (tenant_id, channel, account_id) WHERE ((account_id IS NOT NULL) AND (status <> 'disconnected'::text));

--
-- Name: channel_connections_business; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX channel_connections_business ON public.channel_connections USING btree (whatsapp_business_account_id) WHERE (whatsapp_business_account_id IS NOT NULL);

--
-- Name: channel_events_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX channel_events_of ON public.channel_events USING btree (tenant_id, lead_id) WHERE (lead_id IS NOT NULL);

--
-- Name: channel_events_target; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX channel_events_target ON public.channel_events USING btree (tenant_id, channel_connection_id, reply_to_external_id) WHERE (kind = ANY (ARRAY['edit'::text, 'delete'::text]));

--
-- Name: contact_windows_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX contact_windows_of ON public.contact_windows USING btree (tenant_id, lead_id);

--
-- Name: conversations_escalated; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX conversations_escalated ON public.conversations USING btree (tenant_id, escalated_to_staff_id) WHERE (status = 'escalated'::text);

--
-- Name: conversations_latest; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX conversations_latest ON public.conversations USING btree (tenant_id, COALESCE(last_message_at, created_at) DESC, id DESC);

--
-- Name: conversations_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX conversations_of ON public.conversations USING btree (tenant_id, lead_id, channel_connection_id);

--
-- Name: conversations_of_lead; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX conversations_of_lead ON public.conversations USING btree (tenant_id, lead_id);

--
-- Name: conversations_open; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX conversations_open ON public.conversations USING btree (tenant_id, lead_id, channel_connection_id) WHERE (status = ANY (ARRAY['active'::text, 'waiting_response'::text, 'escalated'::text]));

--
-- Name: conversations_recent; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX conversations_recent ON public.conversations USING btree (tenant_id, last_message_at DESC);

--
-- Name: external_events_id; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX external_events_id ON public.external_events USING btree (tenant_id, asker, event_id) WHERE (event_id IS NOT NULL);

--
-- Name: external_events_key; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX external_events_key ON public.external_events USING btree (tenant_id, asker, event_key) WHERE (event_key IS NOT NULL);

--
-- Name: external_events_of_lead; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX external_events_of_lead ON public.external_events USING btree (tenant_id, lead_id) WHERE (lead_id IS NOT NULL);

--
-- Name: external_inventory_by_name; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX external_inventory_by_name ON public.external_inventory USING btree (tenant_id, name, id) WHERE is_active;

--
-- Name: external_products_menu; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX external_products_menu ON public.external_products USING btree (tenant_id, category, name, id) WHERE is_available;

--
-- Name: inbound_secrets_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX inbound_secrets_of ON public.inbound_secrets USING btree (tenant_id, channel_connection_id);

--
-- Name: integration_connections_account; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX integration_connections_account ON public.integration_connections USING btree (tenant_id, integration_type, COALESCE(external_account_id, ''::text));

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
-- Name: lead_score_history_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX lead_score_history_of ON public.lead_score_history USING btree (tenant_id, lead_id, id);

--
-- Name: lead_score_history_once; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX lead_score_history_once ON public.lead_score_history USING btree (tenant_id, triggered_by_message_id, signal_name) WHERE ((triggered_by_message_id IS NOT NULL) AND (signal_name IS NOT NULL));

--
-- Name: leads_created; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX leads_created ON public.leads USING btree (tenant_id, created_at DESC, id DESC);

--
-- Name: leads_email; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX leads_email ON public.leads USING btree (tenant_id, email_normalized) WHERE (email_normalized IS NOT NULL);

--
-- Name: leads_phone; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX leads_phone ON public.leads USING btree (tenant_id, phone_normalized) WHERE (phone_normalized IS NOT NULL);

--
-- Name: leads_recent; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX leads_recent ON public.leads USING btree (tenant_id, last_interaction_at DESC);

--
-- Name: media_files_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX media_files_of ON public.media_files USING btree (tenant_id, message_id);

--
-- Name: media_files_unsent; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX media_files_unsent ON public.media_files USING btree (tenant_id, id) WHERE (message_id IS NULL);

--
-- Name: message_reactions_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX message_reactions_of ON public.message_reactions USING btree (tenant_id, lead_id);

--
-- Name: message_status_history_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX message_status_history_of ON public.message_status_history USING btree (tenant_id, message_id) WHERE (message_id IS NOT NULL);

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
-- Name: messages_said; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX messages_said ON public.messages USING btree (tenant_id, conversation_id, id) WHERE (role <> 'user'::text);

--
-- Name: occupied_times_hold; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX occupied_times_hold ON public.occupied_times USING btree (tenant_id, lead_id) WHERE (lead_id IS NOT NULL);

--
-- Name: occupied_times_of; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX occupied_times_of ON public.occupied_times USING btree (tenant_id, resource_id, starts_at);

--
-- Name: outbound_events_dead; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX outbound_events_dead ON public.outbound_events USING btree (tenant_id, id) WHERE (status = 'dead'::text);

--
-- Name: outbound_events_key; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX outbound_events_key ON public.outbound_events USING btree (tenant_id, event, event_key) WHERE (event_key IS NOT NULL);

--
-- Name: outbound_events_of_lead; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX outbound_events_of_lead ON public.outbound_events USING btree (tenant_id, lead_id) WHERE (lead_id IS NOT NULL);

--
-- Name: outbound_tokens_business; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX outbound_tokens_business ON public.outbound_tokens USING btree (tenant_id, kind) WHERE (channel_connection_id IS NULL);

--
-- Name: patients_lead; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX patients_lead ON public.patients USING btree (tenant_id, lead_id) WHERE (lead_id IS NOT NULL);

--
-- Name: patients_phone; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX patients_phone ON public.patients USING btree (tenant_id, phone) WHERE (phone <> ''::text);

--
-- Name: platform_alerts_open; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX platform_alerts_open ON public.platform_alerts USING btree (kind) WHERE (resolved_at IS NULL);

--
-- Name: rate_limits_old; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX rate_limits_old ON public.rate_limits USING btree (tenant_id, window_start);

--
-- Name: times_off_until; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX times_off_until ON public.times_off USING btree (tenant_id, ends_at);

--
-- Name: user_roles_user; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX user_roles_user ON public.user_roles USING btree (user_id);

--
-- Name: webhook_dead_letters_once; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE UNIQUE INDEX webhook_dead_letters_once ON public.webhook_dead_letters USING btree (tenant_id, channel, md5((payload)::text)) WHERE (status = 'pending'::text);

--
-- Name: webhook_dead_letters_pending; Type: INDEX; Schema: public; Owner: tistis_owner
--

CREATE INDEX webhook_dead_letters_pending ON public.webhook_dead_letters USING btree (tenant_id, created_at) WHERE (status = 'pending'::text);

--
-- Name: conversations end_escalation; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER end_escalation BEFORE UPDATE OF status, ai_handling ON public.conversations FOR EACH ROW WHEN ((((old.status <> new.status) AND ((old.status = 'escalated'::text) OR (new.status = 'resolved'::text))) OR (new.ai_handling AND (NOT old.ai_handling)))) EXECUTE FUNCTION public.end_escalation();

--
-- Name: appointments forget_reminders; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER forget_reminders BEFORE UPDATE OF scheduled_at, branch_id, status ON public.appointments FOR EACH ROW EXECUTE FUNCTION public.forget_reminders();

--
-- Name: inbound_secrets forget_secret_hint; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER forget_secret_hint AFTER DELETE ON public.inbound_secrets FOR EACH ROW EXECUTE FUNCTION public.forget_secret_hint();

--
-- Name: outbound_tokens forget_secret_hint; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER forget_secret_hint AFTER DELETE ON public.outbound_tokens FOR EACH ROW EXECUTE FUNCTION public.forget_secret_hint();

--
-- Name: tenants free_accounts; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER free_accounts AFTER UPDATE OF status ON public.tenants FOR EACH ROW WHEN (((new.status = 'cancelled'::text) AND (old.status <> 'cancelled'::text))) EXECUTE FUNCTION public.free_accounts();

--
-- Name: ai_tenant_context hours_changed; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER hours_changed AFTER UPDATE OF business_hours ON public.ai_tenant_context FOR EACH ROW WHEN ((old.business_hours IS DISTINCT FROM new.business_hours)) EXECUTE FUNCTION public.hours_changed();

--
-- Name: branches hours_changed; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER hours_changed AFTER UPDATE OF operating_hours, timezone ON public.branches FOR EACH ROW WHEN (((old.operating_hours IS DISTINCT FROM new.operating_hours) OR (old.timezone IS DISTINCT FROM new.timezone))) EXECUTE FUNCTION public.hours_changed();

--
-- Name: times_off hours_changed; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER hours_changed AFTER DELETE ON public.times_off FOR EACH ROW WHEN ((old.staff_id IS NULL)) EXECUTE FUNCTION public.hours_changed();

--
-- Name: jobs jobs_ready; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER jobs_ready BEFORE UPDATE OF status, lane_head, scheduled_for ON public.jobs FOR EACH ROW WHEN (((old.status <> new.status) OR (old.lane_head <> new.lane_head) OR (old.scheduled_for <> new.scheduled_for))) EXECUTE FUNCTION public.stamp_ready();

--
-- Name: jobs jobs_ready_new; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER jobs_ready_new BEFORE INSERT ON public.jobs FOR EACH ROW EXECUTE FUNCTION public.stamp_ready();

--
-- Name: appointments keep_appointment; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER keep_appointment BEFORE INSERT OR UPDATE ON public.appointments FOR EACH ROW EXECUTE FUNCTION public.keep_appointment();

--
-- Name: leads keep_lead; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER keep_lead BEFORE INSERT OR UPDATE OF score, classification, status, first_name, last_name ON public.leads FOR EACH ROW EXECUTE FUNCTION public.keep_lead();

--
-- Name: channel_connections keep_ownership; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER keep_ownership BEFORE INSERT OR UPDATE ON public.channel_connections FOR EACH ROW EXECUTE FUNCTION public.keep_ownership();

--
-- Name: appointments occupy_time; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER occupy_time AFTER INSERT OR UPDATE OF status, scheduled_at, duration_minutes, staff_id, branch_id, buffer_before_minutes, buffer_after_minutes ON public.appointments FOR EACH ROW EXECUTE FUNCTION public.occupy_time();

--
-- Name: tenants tenants_scoring_rules; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER tenants_scoring_rules AFTER INSERT ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.seed_scoring_rules_of_new();

--
-- Name: ai_custom_instructions touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.ai_custom_instructions FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: ai_dead_letter_queue touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.ai_dead_letter_queue FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: ai_scoring_rules touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.ai_scoring_rules FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: ai_tenant_context touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.ai_tenant_context FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: api_keys touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: appointments touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.appointments FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

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
-- Name: external_inventory touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.external_inventory FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: external_products touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.external_products FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: faqs touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.faqs FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: follow_ups touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.follow_ups FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: integration_connections touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.integration_connections FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

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
-- Name: n8n_settings touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.n8n_settings FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: patients touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.patients FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: secret_hints touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.secret_hints FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: services touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.services FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: staff touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.staff FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: staff_branches touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.staff_branches FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: tenants touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: user_roles touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.user_roles FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: webhook_dead_letters touch_updated_at; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.webhook_dead_letters FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

--
-- Name: ai_tenant_config write_ai_tenant_config; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER write_ai_tenant_config INSTEAD OF INSERT OR DELETE OR UPDATE ON public.ai_tenant_config FOR EACH ROW EXECUTE FUNCTION public.write_ai_tenant_config();

--
-- Name: channel_connections_guide write_channel_connection; Type: TRIGGER; Schema: public; Owner: tistis_owner
--

CREATE TRIGGER write_channel_connection INSTEAD OF INSERT OR DELETE OR UPDATE ON public.channel_connections_guide FOR EACH ROW EXECUTE FUNCTION public.write_channel_connection();

--
-- Name: ai_custom_instructions ai_custom_instructions_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_custom_instructions
    ADD CONSTRAINT ai_custom_instructions_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE CASCADE;

--
-- Name: ai_custom_instructions ai_custom_instructions_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_custom_instructions
    ADD CONSTRAINT ai_custom_instructions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: ai_dead_letter_queue ai_dead_letter_queue_tenant_id_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_dead_letter_queue
    ADD CONSTRAINT ai_dead_letter_queue_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.leads(tenant_id, id) ON DELETE SET NULL (contact_id);

--
-- Name: ai_dead_letter_queue ai_dead_letter_queue_tenant_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_dead_letter_queue
    ADD CONSTRAINT ai_dead_letter_queue_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversations(tenant_id, id) ON DELETE SET NULL (conversation_id);

--
-- Name: ai_dead_letter_queue ai_dead_letter_queue_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_dead_letter_queue
    ADD CONSTRAINT ai_dead_letter_queue_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: ai_scoring_rules ai_scoring_rules_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_scoring_rules
    ADD CONSTRAINT ai_scoring_rules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: ai_steps ai_steps_tenant_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_steps
    ADD CONSTRAINT ai_steps_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversations(tenant_id, id) ON DELETE CASCADE;

--
-- Name: ai_steps ai_steps_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_steps
    ADD CONSTRAINT ai_steps_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

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
-- Name: ai_usage_months ai_usage_months_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.ai_usage_months
    ADD CONSTRAINT ai_usage_months_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

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
-- Name: api_key_audit api_key_audit_tenant_id_api_key_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_audit
    ADD CONSTRAINT api_key_audit_tenant_id_api_key_id_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES public.api_keys(tenant_id, id) ON DELETE CASCADE;

--
-- Name: api_key_audit api_key_audit_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_audit
    ADD CONSTRAINT api_key_audit_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: api_key_refusals api_key_refusals_tenant_id_api_key_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_refusals
    ADD CONSTRAINT api_key_refusals_tenant_id_api_key_id_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES public.api_keys(tenant_id, id) ON DELETE CASCADE;

--
-- Name: api_key_refusals api_key_refusals_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_refusals
    ADD CONSTRAINT api_key_refusals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: api_key_usage api_key_usage_tenant_id_api_key_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_usage
    ADD CONSTRAINT api_key_usage_tenant_id_api_key_id_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES public.api_keys(tenant_id, id) ON DELETE CASCADE;

--
-- Name: api_key_usage api_key_usage_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_key_usage
    ADD CONSTRAINT api_key_usage_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: api_keys api_keys_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE CASCADE;

--
-- Name: api_keys api_keys_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: api_requests api_requests_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.api_requests
    ADD CONSTRAINT api_requests_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: appointments appointments_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id);

--
-- Name: appointments appointments_tenant_id_conversation_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversations(tenant_id, id) ON DELETE SET NULL (conversation_id);

--
-- Name: appointments appointments_tenant_id_created_by_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_created_by_staff_id_fkey FOREIGN KEY (tenant_id, created_by_staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (created_by_staff_id);

--
-- Name: appointments appointments_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: appointments appointments_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE SET NULL (lead_id);

--
-- Name: appointments appointments_tenant_id_patient_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_patient_id_fkey FOREIGN KEY (tenant_id, patient_id) REFERENCES public.patients(tenant_id, id) ON DELETE SET NULL (patient_id);

--
-- Name: appointments appointments_tenant_id_rescheduled_from_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_rescheduled_from_id_fkey FOREIGN KEY (tenant_id, rescheduled_from_id) REFERENCES public.appointments(tenant_id, id) ON DELETE SET NULL (rescheduled_from_id);

--
-- Name: appointments appointments_tenant_id_rescheduled_to_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_rescheduled_to_id_fkey FOREIGN KEY (tenant_id, rescheduled_to_id) REFERENCES public.appointments(tenant_id, id) ON DELETE SET NULL (rescheduled_to_id);

--
-- Name: appointments appointments_tenant_id_service_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.services(tenant_id, id) ON DELETE SET NULL (service_id);

--
-- Name: appointments appointments_tenant_id_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (staff_id);

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
-- Name: channel_rate_limits channel_rate_limits_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_rate_limits
    ADD CONSTRAINT channel_rate_limits_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: channel_rate_limits channel_rate_limits_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.channel_rate_limits
    ADD CONSTRAINT channel_rate_limits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

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
-- Name: conversations conversations_tenant_id_assigned_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_tenant_id_assigned_staff_id_fkey FOREIGN KEY (tenant_id, assigned_staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (assigned_staff_id);

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
-- Name: erased_items erased_items_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erased_items
    ADD CONSTRAINT erased_items_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: erased_stops erased_stops_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erased_stops
    ADD CONSTRAINT erased_stops_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: erasure_keys erasure_keys_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erasure_keys
    ADD CONSTRAINT erasure_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: erasures erasures_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.erasures
    ADD CONSTRAINT erasures_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: external_events external_events_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_events
    ADD CONSTRAINT external_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: external_events external_events_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_events
    ADD CONSTRAINT external_events_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: external_inventory external_inventory_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_inventory
    ADD CONSTRAINT external_inventory_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: external_inventory external_inventory_tenant_id_integration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_inventory
    ADD CONSTRAINT external_inventory_tenant_id_integration_id_fkey FOREIGN KEY (tenant_id, integration_id) REFERENCES public.integration_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: external_products external_products_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_products
    ADD CONSTRAINT external_products_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: external_products external_products_tenant_id_integration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_products
    ADD CONSTRAINT external_products_tenant_id_integration_id_fkey FOREIGN KEY (tenant_id, integration_id) REFERENCES public.integration_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: external_products external_products_tenant_id_linked_service_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.external_products
    ADD CONSTRAINT external_products_tenant_id_linked_service_id_fkey FOREIGN KEY (tenant_id, linked_service_id) REFERENCES public.services(tenant_id, id) ON DELETE SET NULL (linked_service_id);

--
-- Name: faqs faqs_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.faqs
    ADD CONSTRAINT faqs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: follow_ups follow_ups_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: follow_ups follow_ups_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

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
-- Name: integration_connections integration_connections_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.integration_connections
    ADD CONSTRAINT integration_connections_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (branch_id);

--
-- Name: integration_connections integration_connections_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.integration_connections
    ADD CONSTRAINT integration_connections_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

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
-- Name: lead_score_history lead_score_history_tenant_id_changed_by_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_score_history
    ADD CONSTRAINT lead_score_history_tenant_id_changed_by_staff_id_fkey FOREIGN KEY (tenant_id, changed_by_staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (changed_by_staff_id);

--
-- Name: lead_score_history lead_score_history_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_score_history
    ADD CONSTRAINT lead_score_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: lead_score_history lead_score_history_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_score_history
    ADD CONSTRAINT lead_score_history_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: lead_score_history lead_score_history_tenant_id_triggered_by_message_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.lead_score_history
    ADD CONSTRAINT lead_score_history_tenant_id_triggered_by_message_id_fkey FOREIGN KEY (tenant_id, triggered_by_message_id) REFERENCES public.messages(tenant_id, id) ON DELETE SET NULL (triggered_by_message_id);

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
-- Name: leads leads_tenant_id_interested_service_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_interested_service_id_fkey FOREIGN KEY (tenant_id, interested_service_id) REFERENCES public.services(tenant_id, id) ON DELETE SET NULL (interested_service_id);

--
-- Name: leads leads_tenant_id_merged_into_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_merged_into_id_fkey FOREIGN KEY (tenant_id, merged_into_id) REFERENCES public.leads(tenant_id, id) ON DELETE SET NULL (merged_into_id);

--
-- Name: leads leads_tenant_id_preferred_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_preferred_branch_id_fkey FOREIGN KEY (tenant_id, preferred_branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (preferred_branch_id);

--
-- Name: leads leads_tenant_id_preferred_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_preferred_staff_id_fkey FOREIGN KEY (tenant_id, preferred_staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (preferred_staff_id);

--
-- Name: leads leads_tenant_id_primary_service_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_tenant_id_primary_service_id_fkey FOREIGN KEY (tenant_id, primary_service_id) REFERENCES public.services(tenant_id, id) ON DELETE SET NULL (primary_service_id);

--
-- Name: media_files media_files_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (branch_id);

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
-- Name: n8n_settings n8n_settings_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.n8n_settings
    ADD CONSTRAINT n8n_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: occupied_times occupied_times_tenant_id_appointment_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.occupied_times
    ADD CONSTRAINT occupied_times_tenant_id_appointment_id_fkey FOREIGN KEY (tenant_id, appointment_id) REFERENCES public.appointments(tenant_id, id) ON DELETE CASCADE;

--
-- Name: occupied_times occupied_times_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.occupied_times
    ADD CONSTRAINT occupied_times_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: occupied_times occupied_times_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.occupied_times
    ADD CONSTRAINT occupied_times_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

--
-- Name: outbound_events outbound_events_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_events
    ADD CONSTRAINT outbound_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: outbound_events outbound_events_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.outbound_events
    ADD CONSTRAINT outbound_events_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE CASCADE;

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
-- Name: patients patients_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (branch_id);

--
-- Name: patients patients_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: patients patients_tenant_id_lead_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id) ON DELETE SET NULL (lead_id);

--
-- Name: patients patients_tenant_id_preferred_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_tenant_id_preferred_branch_id_fkey FOREIGN KEY (tenant_id, preferred_branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE SET NULL (preferred_branch_id);

--
-- Name: rate_limits rate_limits_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT rate_limits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: retention_marks retention_marks_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.retention_marks
    ADD CONSTRAINT retention_marks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: secret_hints secret_hints_tenant_id_channel_connection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.secret_hints
    ADD CONSTRAINT secret_hints_tenant_id_channel_connection_id_fkey FOREIGN KEY (tenant_id, channel_connection_id) REFERENCES public.channel_connections(tenant_id, id) ON DELETE CASCADE;

--
-- Name: secret_hints secret_hints_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.secret_hints
    ADD CONSTRAINT secret_hints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

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
-- Name: sends_in_doubt sends_in_doubt_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.sends_in_doubt
    ADD CONSTRAINT sends_in_doubt_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: sends_in_doubt sends_in_doubt_tenant_id_message_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.sends_in_doubt
    ADD CONSTRAINT sends_in_doubt_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES public.messages(tenant_id, id) ON DELETE CASCADE;

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
-- Name: staff_hours staff_hours_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_hours
    ADD CONSTRAINT staff_hours_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE CASCADE;

--
-- Name: staff_hours staff_hours_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_hours
    ADD CONSTRAINT staff_hours_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: staff_hours staff_hours_tenant_id_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_hours
    ADD CONSTRAINT staff_hours_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;

--
-- Name: staff_services staff_services_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_services
    ADD CONSTRAINT staff_services_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: staff_services staff_services_tenant_id_service_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_services
    ADD CONSTRAINT staff_services_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.services(tenant_id, id) ON DELETE CASCADE;

--
-- Name: staff_services staff_services_tenant_id_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff_services
    ADD CONSTRAINT staff_services_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;

--
-- Name: staff staff_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: times_off times_off_tenant_id_branch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.times_off
    ADD CONSTRAINT times_off_tenant_id_branch_id_fkey FOREIGN KEY (tenant_id, branch_id) REFERENCES public.branches(tenant_id, id) ON DELETE CASCADE;

--
-- Name: times_off times_off_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.times_off
    ADD CONSTRAINT times_off_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: times_off times_off_tenant_id_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.times_off
    ADD CONSTRAINT times_off_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;

--
-- Name: uploads uploads_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: uploads uploads_tenant_id_media_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_tenant_id_media_id_fkey FOREIGN KEY (tenant_id, media_id) REFERENCES public.media_files(tenant_id, id) ON DELETE CASCADE;

--
-- Name: user_roles user_roles_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: user_roles user_roles_tenant_id_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE SET NULL (staff_id);

--
-- Name: webhook_dead_letters webhook_dead_letters_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_dead_letters
    ADD CONSTRAINT webhook_dead_letters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: webhook_events webhook_events_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: tistis_owner
--

ALTER TABLE ONLY public.webhook_events
    ADD CONSTRAINT webhook_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

--
-- Name: jobs across; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY across ON public.jobs TO tistis_definer USING (true) WITH CHECK (true);

--
-- Name: ai_custom_instructions; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_custom_instructions ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_dead_letter_queue; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_dead_letter_queue ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_scoring_rules; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_scoring_rules ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_steps; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_steps ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_tenant_context; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_tenant_context ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_usage_logs; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_usage_logs ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_usage_months; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.ai_usage_months ENABLE ROW LEVEL SECURITY;

--
-- Name: alerts; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.alerts ENABLE ROW LEVEL SECURITY;

--
-- Name: api_key_audit; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.api_key_audit ENABLE ROW LEVEL SECURITY;

--
-- Name: api_key_refusals; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.api_key_refusals ENABLE ROW LEVEL SECURITY;

--
-- Name: api_key_usage; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.api_key_usage ENABLE ROW LEVEL SECURITY;

--
-- Name: api_keys; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: api_requests; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.api_requests ENABLE ROW LEVEL SECURITY;

--
-- Name: appointments; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.appointments ENABLE ROW LEVEL SECURITY;

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
-- Name: channel_rate_limits; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.channel_rate_limits ENABLE ROW LEVEL SECURITY;

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
-- Name: messages echoes; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY echoes ON public.messages AS RESTRICTIVE FOR DELETE TO tistis_jobs, tistis_jobs_process USING (((role = 'staff'::text) AND (send_attempt IS NULL) AND (external_id IS NOT NULL)));

--
-- Name: erased_items; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.erased_items ENABLE ROW LEVEL SECURITY;

--
-- Name: erased_stops; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.erased_stops ENABLE ROW LEVEL SECURITY;

--
-- Name: erasure_keys; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.erasure_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: erasures; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.erasures ENABLE ROW LEVEL SECURITY;

--
-- Name: external_events; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.external_events ENABLE ROW LEVEL SECURITY;

--
-- Name: external_inventory; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.external_inventory ENABLE ROW LEVEL SECURITY;

--
-- Name: external_products; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.external_products ENABLE ROW LEVEL SECURITY;

--
-- Name: faqs; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.faqs ENABLE ROW LEVEL SECURITY;

--
-- Name: follow_ups; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.follow_ups ENABLE ROW LEVEL SECURITY;

--
-- Name: inbound_secrets; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.inbound_secrets ENABLE ROW LEVEL SECURITY;

--
-- Name: integration_connections; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.integration_connections ENABLE ROW LEVEL SECURITY;

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
-- Name: lead_score_history; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.lead_score_history ENABLE ROW LEVEL SECURITY;

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
-- Name: n8n_settings; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.n8n_settings ENABLE ROW LEVEL SECURITY;

--
-- Name: occupied_times; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.occupied_times ENABLE ROW LEVEL SECURITY;

--
-- Name: outbound_events; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.outbound_events ENABLE ROW LEVEL SECURITY;

--
-- Name: outbound_tokens; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.outbound_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: channel_connections passing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY passing ON public.channel_connections FOR UPDATE TO tistis_definer USING (true) WITH CHECK (true);

--
-- Name: patients; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.patients ENABLE ROW LEVEL SECURITY;

--
-- Name: rate_limits; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.rate_limits ENABLE ROW LEVEL SECURITY;

--
-- Name: retention_marks; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.retention_marks ENABLE ROW LEVEL SECURITY;

--
-- Name: api_keys routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.api_keys FOR SELECT TO tistis_definer USING (true);

--
-- Name: channel_connections routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.channel_connections FOR SELECT TO tistis_definer USING (true);

--
-- Name: conversations routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.conversations FOR SELECT TO tistis_definer USING (true);

--
-- Name: inbound_secrets routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.inbound_secrets FOR SELECT TO tistis_definer USING (true);

--
-- Name: leads routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.leads FOR SELECT TO tistis_definer USING (true);

--
-- Name: n8n_settings routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.n8n_settings FOR SELECT TO tistis_definer USING (true);

--
-- Name: retention_marks routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.retention_marks FOR SELECT TO tistis_definer USING (true);

--
-- Name: secret_hints routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.secret_hints FOR SELECT TO tistis_definer USING (true);

--
-- Name: sends_in_doubt routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.sends_in_doubt FOR SELECT TO tistis_definer USING (true);

--
-- Name: tenants routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.tenants FOR SELECT TO tistis_definer USING (true);

--
-- Name: user_roles routing; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY routing ON public.user_roles FOR SELECT TO tistis_definer USING (true);

--
-- Name: secret_hints; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.secret_hints ENABLE ROW LEVEL SECURITY;

--
-- Name: send_pace; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.send_pace ENABLE ROW LEVEL SECURITY;

--
-- Name: sends_in_doubt; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.sends_in_doubt ENABLE ROW LEVEL SECURITY;

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
-- Name: staff_hours; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.staff_hours ENABLE ROW LEVEL SECURITY;

--
-- Name: staff_services; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.staff_services ENABLE ROW LEVEL SECURITY;

--
-- Name: tenants; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

--
-- Name: times_off; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.times_off ENABLE ROW LEVEL SECURITY;

--
-- Name: media_files unsent; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY unsent ON public.media_files AS RESTRICTIVE FOR DELETE TO tistis_jobs, tistis_jobs_process USING (((message_id IS NULL) AND (external_id ~~ 'upload:%'::text)));

--
-- Name: uploads; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.uploads ENABLE ROW LEVEL SECURITY;

--
-- Name: user_roles; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.user_roles ENABLE ROW LEVEL SECURITY;

--
-- Name: ai_custom_instructions wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_custom_instructions USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: ai_dead_letter_queue wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_dead_letter_queue USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: ai_scoring_rules wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_scoring_rules USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: ai_steps wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_steps USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: ai_tenant_context wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_tenant_context USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: ai_usage_logs wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_usage_logs USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: ai_usage_months wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.ai_usage_months USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: alerts wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.alerts USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: api_key_audit wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.api_key_audit USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: api_key_refusals wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.api_key_refusals USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: api_key_usage wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.api_key_usage USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: api_keys wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.api_keys USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: api_requests wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.api_requests USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: appointments wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.appointments USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

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
-- Name: channel_rate_limits wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.channel_rate_limits USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

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
-- Name: erased_items wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.erased_items USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: erased_stops wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.erased_stops USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: erasure_keys wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.erasure_keys USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: erasures wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.erasures USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: external_events wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.external_events USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: external_inventory wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.external_inventory USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: external_products wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.external_products USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: faqs wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.faqs USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: follow_ups wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.follow_ups USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: inbound_secrets wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.inbound_secrets USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: integration_connections wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.integration_connections USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

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
-- Name: lead_score_history wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.lead_score_history USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

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
-- Name: n8n_settings wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.n8n_settings USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: occupied_times wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.occupied_times USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: outbound_events wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.outbound_events USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: outbound_tokens wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.outbound_tokens USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: patients wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.patients USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: rate_limits wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.rate_limits USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: retention_marks wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.retention_marks USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: secret_hints wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.secret_hints USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: send_pace wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.send_pace USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: sends_in_doubt wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.sends_in_doubt USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

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
-- Name: staff_hours wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.staff_hours USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: staff_services wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.staff_services USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: tenants wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.tenants USING ((id = public.current_tenant())) WITH CHECK ((id = public.current_tenant()));

--
-- Name: times_off wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.times_off USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: uploads wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.uploads USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: user_roles wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.user_roles USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: webhook_dead_letters wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.webhook_dead_letters USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: webhook_events wall; Type: POLICY; Schema: public; Owner: tistis_owner
--

CREATE POLICY wall ON public.webhook_events USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));

--
-- Name: webhook_dead_letters; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.webhook_dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: webhook_events; Type: ROW SECURITY; Schema: public; Owner: tistis_owner
--

ALTER TABLE public.webhook_events ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tistis_webhook_whatsapp;
GRANT USAGE ON SCHEMA public TO tistis_webhook_instagram;
GRANT USAGE ON SCHEMA public TO tistis_webhook_facebook;
GRANT USAGE ON SCHEMA public TO tistis_webhook_tiktok;
GRANT USAGE ON SCHEMA public TO tistis_webhook;
GRANT USAGE ON SCHEMA public TO tistis_api;
GRANT USAGE ON SCHEMA public TO tistis_jobs;
GRANT USAGE ON SCHEMA public TO tistis_jobs_process;
GRANT USAGE ON SCHEMA public TO tistis_health;
GRANT USAGE ON SCHEMA public TO tistis_definer;
GRANT USAGE ON SCHEMA public TO tistis_guide;
GRANT ALL ON SCHEMA public TO tistis_owner;

--
-- Name: FUNCTION accept_answer(p_conversation uuid, p_parts text[], p_question uuid, p_digest text, p_metadata jsonb, p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.accept_answer(p_conversation uuid, p_parts text[], p_question uuid, p_digest text, p_metadata jsonb, p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accept_answer(p_conversation uuid, p_parts text[], p_question uuid, p_digest text, p_metadata jsonb, p_policy jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION add_api_key(p_key jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.add_api_key(p_key jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_api_key(p_key jsonb) TO tistis_functions;

--
-- Name: FUNCTION add_channel(p_values jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.add_channel(p_values jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_channel(p_values jsonb) TO tistis_functions;

--
-- Name: FUNCTION add_instruction(p_wish jsonb, p_most integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.add_instruction(p_wish jsonb, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_instruction(p_wish jsonb, p_most integer) TO tistis_functions;

--
-- Name: FUNCTION add_time_off(p_wish jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.add_time_off(p_wish jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_time_off(p_wish jsonb) TO tistis_functions;

--
-- Name: FUNCTION ai_context_of_config(p_row jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.ai_context_of_config(p_row jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ai_context_of_config(p_row jsonb) TO tistis_functions;

--
-- Name: FUNCTION uuid_v7(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.uuid_v7() FROM PUBLIC;
GRANT ALL ON FUNCTION public.uuid_v7() TO tistis_functions;

--
-- Name: TABLE alerts; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_webhook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO tistis_api;
GRANT SELECT ON TABLE public.alerts TO tistis_guide;

--
-- Name: FUNCTION alert_concerns(a public.alerts, p_branch uuid, p_closes boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.alert_concerns(a public.alerts, p_branch uuid, p_closes boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.alert_concerns(a public.alerts, p_branch uuid, p_closes boolean) TO tistis_functions;

--
-- Name: FUNCTION alert_stale(p_connection uuid, p_count integer, p_stale_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.alert_stale(p_connection uuid, p_count integer, p_stale_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.alert_stale(p_connection uuid, p_count integer, p_stale_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION alert_template(p_connection uuid, p_payload jsonb, p_usable jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.alert_template(p_connection uuid, p_payload jsonb, p_usable jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.alert_template(p_connection uuid, p_payload jsonb, p_usable jsonb) TO tistis_functions;

--
-- Name: FUNCTION alias_list(VARIADIC p_aliases jsonb[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.alias_list(VARIADIC p_aliases jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.alias_list(VARIADIC p_aliases jsonb[]) TO tistis_functions;

--
-- Name: FUNCTION answer_advertisement(p_connection uuid, p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.answer_advertisement(p_connection uuid, p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_advertisement(p_connection uuid, p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION answer_at_opening(p_conversation uuid, p_opens timestamp with time zone, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.answer_at_opening(p_conversation uuid, p_opens timestamp with time zone, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_at_opening(p_conversation uuid, p_opens timestamp with time zone, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION answer_gate(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.answer_gate(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_gate(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION answer_json(p_conversation uuid, p_job uuid, p_question uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.answer_json(p_conversation uuid, p_job uuid, p_question uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_json(p_conversation uuid, p_job uuid, p_question uuid) TO tistis_functions;

--
-- Name: FUNCTION answer_obstacle(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.answer_obstacle(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_obstacle(p_conversation uuid, p_question uuid, p_job uuid, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION answer_steps(p_job uuid, p_question uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.answer_steps(p_job uuid, p_question uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_steps(p_job uuid, p_question uuid) TO tistis_functions;

--
-- Name: FUNCTION answers_reminder(p_conversation uuid, p_question uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.answers_reminder(p_conversation uuid, p_question uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answers_reminder(p_conversation uuid, p_question uuid) TO tistis_functions;

--
-- Name: TABLE api_keys; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.api_keys TO tistis_definer;
GRANT SELECT ON TABLE public.api_keys TO tistis_webhook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.api_keys TO tistis_api;

--
-- Name: COLUMN api_keys.last_used_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_used_at) ON TABLE public.api_keys TO tistis_webhook;

--
-- Name: COLUMN api_keys.last_used_ip; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_used_ip) ON TABLE public.api_keys TO tistis_webhook;

--
-- Name: COLUMN api_keys.last_used_endpoint; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_used_endpoint) ON TABLE public.api_keys TO tistis_webhook;

--
-- Name: FUNCTION api_key_json(k public.api_keys); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.api_key_json(k public.api_keys) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_key_json(k public.api_keys) TO tistis_functions;

--
-- Name: FUNCTION api_key_stats(p_from date, p_to date, p_key uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.api_key_stats(p_from date, p_to date, p_key uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_key_stats(p_from date, p_to date, p_key uuid) TO tistis_functions;

--
-- Name: FUNCTION app_clock(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.app_clock() FROM PUBLIC;
GRANT ALL ON FUNCTION public.app_clock() TO tistis_functions;

--
-- Name: FUNCTION app_now(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.app_now() FROM PUBLIC;
GRANT ALL ON FUNCTION public.app_now() TO tistis_functions;

--
-- Name: FUNCTION apply_changes(p_events jsonb, p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_changes(p_events jsonb, p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_changes(p_events jsonb, p_policy jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION apply_message_reports(p_message_ids uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_message_reports(p_message_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_message_reports(p_message_ids uuid[]) TO tistis_functions;

--
-- Name: FUNCTION apply_news(p_news jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_news(p_news jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_news(p_news jsonb) TO tistis_functions;

--
-- Name: FUNCTION apply_send_effects(p_connection uuid, p_message uuid, p_effects jsonb, p_at timestamp with time zone, p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_send_effects(p_connection uuid, p_message uuid, p_effects jsonb, p_at timestamp with time zone, p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_send_effects(p_connection uuid, p_message uuid, p_effects jsonb, p_at timestamp with time zone, p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION apply_signals(p_lead uuid, p_signals jsonb, p_message uuid, p_source text, p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_signals(p_lead uuid, p_signals jsonb, p_message uuid, p_source text, p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_signals(p_lead uuid, p_signals jsonb, p_message uuid, p_source text, p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION apply_thread_news(p_news jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_thread_news(p_news jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_thread_news(p_news jsonb) TO tistis_functions;

--
-- Name: FUNCTION apply_watermarks(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.apply_watermarks(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_watermarks(p_events jsonb) TO tistis_functions;

--
-- Name: FUNCTION appointment_detail(p_appointment uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.appointment_detail(p_appointment uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.appointment_detail(p_appointment uuid) TO tistis_functions;

--
-- Name: TABLE appointments; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.appointments TO tistis_webhook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.appointments TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.appointments TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.appointments TO tistis_api;
GRANT SELECT ON TABLE public.appointments TO tistis_guide;

--
-- Name: COLUMN appointments.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.appointments TO tistis_webhook_whatsapp;
GRANT SELECT(tenant_id) ON TABLE public.appointments TO tistis_webhook_instagram;
GRANT SELECT(tenant_id) ON TABLE public.appointments TO tistis_webhook_facebook;
GRANT SELECT(tenant_id) ON TABLE public.appointments TO tistis_webhook_tiktok;

--
-- Name: COLUMN appointments.lead_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.appointments TO tistis_webhook_whatsapp;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.appointments TO tistis_webhook_instagram;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.appointments TO tistis_webhook_facebook;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.appointments TO tistis_webhook_tiktok;
GRANT UPDATE(lead_id) ON TABLE public.appointments TO tistis_guide;

--
-- Name: COLUMN appointments.status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(status) ON TABLE public.appointments TO tistis_guide;

--
-- Name: COLUMN appointments.cancellation_reason; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(cancellation_reason) ON TABLE public.appointments TO tistis_guide;

--
-- Name: FUNCTION appointment_in_the_way(a public.appointments); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.appointment_in_the_way(a public.appointments) FROM PUBLIC;
GRANT ALL ON FUNCTION public.appointment_in_the_way(a public.appointments) TO tistis_functions;

--
-- Name: FUNCTION appointment_json(a public.appointments); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.appointment_json(a public.appointments) FROM PUBLIC;
GRANT ALL ON FUNCTION public.appointment_json(a public.appointments) TO tistis_functions;

--
-- Name: FUNCTION appointment_stands(p_appointment uuid, p_at timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.appointment_stands(p_appointment uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.appointment_stands(p_appointment uuid, p_at timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION appointments_ahead(p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.appointments_ahead(p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.appointments_ahead(p_lead uuid) TO tistis_functions;

--
-- Name: TABLE times_off; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.times_off TO tistis_webhook;
GRANT SELECT ON TABLE public.times_off TO tistis_jobs;
GRANT SELECT ON TABLE public.times_off TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE ON TABLE public.times_off TO tistis_api;
GRANT SELECT ON TABLE public.times_off TO tistis_guide;

--
-- Name: FUNCTION appointments_during(o public.times_off, p_branch uuid, p_most integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.appointments_during(o public.times_off, p_branch uuid, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.appointments_during(o public.times_off, p_branch uuid, p_most integer) TO tistis_functions;

--
-- Name: FUNCTION appointments_outside(p_staff uuid, p_branch uuid, p_most integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.appointments_outside(p_staff uuid, p_branch uuid, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.appointments_outside(p_staff uuid, p_branch uuid, p_most integer) TO tistis_functions;

--
-- Name: FUNCTION ask_again(p_messages uuid[], p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.ask_again(p_messages uuid[], p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ask_again(p_messages uuid[], p_policy jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION ask_confirmation(p_appointment uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.ask_confirmation(p_appointment uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ask_confirmation(p_appointment uuid) TO tistis_functions;

--
-- Name: FUNCTION ask_n8n(p_conversation uuid, p_question uuid, p_last integer, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.ask_n8n(p_conversation uuid, p_question uuid, p_last integer, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ask_n8n(p_conversation uuid, p_question uuid, p_last integer, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION ask_names(p_conversations uuid[], p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.ask_names(p_conversations uuid[], p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ask_names(p_conversations uuid[], p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION ask_read_backs(p_first double precision, p_second double precision, p_channels text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.ask_read_backs(p_first double precision, p_second double precision, p_channels text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ask_read_backs(p_first double precision, p_second double precision, p_channels text[]) TO tistis_functions;

--
-- Name: FUNCTION ask_routine(p_routine text, p_slug text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.ask_routine(p_routine text, p_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ask_routine(p_routine text, p_slug text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.ask_routine(p_routine text, p_slug text) TO tistis_owner;

--
-- Name: FUNCTION assistant_config(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.assistant_config() FROM PUBLIC;
GRANT ALL ON FUNCTION public.assistant_config() TO tistis_functions;

--
-- Name: FUNCTION assistant_context(p_tenant uuid, p_connection uuid, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.assistant_context(p_tenant uuid, p_connection uuid, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.assistant_context(p_tenant uuid, p_connection uuid, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION attribute_leads(p_rows jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.attribute_leads(p_rows jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.attribute_leads(p_rows jsonb) TO tistis_functions;

--
-- Name: FUNCTION begin_renewal(p_connection uuid, p_attempt uuid, p_policy jsonb, p_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.begin_renewal(p_connection uuid, p_attempt uuid, p_policy jsonb, p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_renewal(p_connection uuid, p_attempt uuid, p_policy jsonb, p_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION begin_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text, p_usage jsonb, p_attempt uuid, p_policy jsonb, p_turn jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.begin_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text, p_usage jsonb, p_attempt uuid, p_policy jsonb, p_turn jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text, p_usage jsonb, p_attempt uuid, p_policy jsonb, p_turn jsonb) TO tistis_functions;

--
-- Name: FUNCTION begin_send(p_message uuid, p_attempt uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_send(p_message uuid, p_attempt uuid, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION begin_tool_use(p_use jsonb, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.begin_tool_use(p_use jsonb, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_tool_use(p_use jsonb, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION book_appointment(p_request jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.book_appointment(p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.book_appointment(p_request jsonb) TO tistis_functions;

--
-- Name: FUNCTION book_by_n8n(p_request jsonb, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.book_by_n8n(p_request jsonb, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.book_by_n8n(p_request jsonb, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION booking_names(p_service text, p_branch text, p_staff text, p_own_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.booking_names(p_service text, p_branch text, p_staff text, p_own_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.booking_names(p_service text, p_branch text, p_staff text, p_own_branch uuid) TO tistis_functions;

--
-- Name: TABLE branches; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.branches TO tistis_webhook;
GRANT SELECT ON TABLE public.branches TO tistis_jobs;
GRANT SELECT ON TABLE public.branches TO tistis_jobs_process;
GRANT SELECT ON TABLE public.branches TO tistis_api;
GRANT SELECT ON TABLE public.branches TO tistis_guide;

--
-- Name: COLUMN branches.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(tenant_id) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(name),UPDATE(name) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.slug; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(slug) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.address; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(address) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.city; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(city),UPDATE(city) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.phone; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(phone) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.timezone; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(timezone) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.operating_hours; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(operating_hours) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.is_headquarters; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(is_headquarters) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.is_active; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(is_active) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.appointment_duration_default; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(appointment_duration_default) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.advance_booking_days; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(advance_booking_days) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.slot_minutes; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(slot_minutes) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.booking_notice_minutes; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(booking_notice_minutes) ON TABLE public.branches TO tistis_api;

--
-- Name: COLUMN branches.places; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(places) ON TABLE public.branches TO tistis_api;

--
-- Name: FUNCTION branch_json(b public.branches); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.branch_json(b public.branches) FROM PUBLIC;
GRANT ALL ON FUNCTION public.branch_json(b public.branches) TO tistis_functions;

--
-- Name: FUNCTION budget_json(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.budget_json() FROM PUBLIC;
GRANT ALL ON FUNCTION public.budget_json() TO tistis_functions;

--
-- Name: FUNCTION budget_spent(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.budget_spent() FROM PUBLIC;
GRANT ALL ON FUNCTION public.budget_spent() TO tistis_functions;

--
-- Name: TABLE ai_tenant_context; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.ai_tenant_context TO tistis_webhook;
GRANT SELECT ON TABLE public.ai_tenant_context TO tistis_jobs;
GRANT SELECT ON TABLE public.ai_tenant_context TO tistis_jobs_process;
GRANT SELECT ON TABLE public.ai_tenant_context TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.ai_tenant_context TO tistis_guide;

--
-- Name: COLUMN ai_tenant_context.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.ai_tenant_context TO tistis_webhook_whatsapp;
GRANT SELECT(tenant_id) ON TABLE public.ai_tenant_context TO tistis_webhook_instagram;
GRANT SELECT(tenant_id) ON TABLE public.ai_tenant_context TO tistis_webhook_facebook;
GRANT SELECT(tenant_id) ON TABLE public.ai_tenant_context TO tistis_webhook_tiktok;
GRANT INSERT(tenant_id) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.ai_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(ai_enabled) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.model; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(model) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.system_prompt; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(system_prompt) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.temperature; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(temperature) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.max_tokens; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(max_tokens) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.response_style; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(response_style),UPDATE(response_style) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.business_hours; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(business_hours),UPDATE(business_hours) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.escalation_keywords; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(escalation_keywords),UPDATE(escalation_keywords) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.auto_escalate_after_messages; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(auto_escalate_after_messages),UPDATE(auto_escalate_after_messages) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.default_language; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(default_language) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.updated_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(updated_at) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.out_of_hours_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(out_of_hours_enabled) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.out_of_hours_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(out_of_hours_message) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.auto_greeting_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(auto_greeting_enabled) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.auto_greeting_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(auto_greeting_message) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.escalate_on_hot_lead; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(escalate_on_hot_lead) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.supported_languages; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(supported_languages) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.currency; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(currency) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.use_emojis; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(use_emojis) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.default_first_message_delay; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(default_first_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_whatsapp;
GRANT SELECT(default_first_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_instagram;
GRANT SELECT(default_first_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_facebook;
GRANT SELECT(default_first_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_tiktok;
GRANT UPDATE(default_first_message_delay) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.default_subsequent_message_delay; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(default_subsequent_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_whatsapp;
GRANT SELECT(default_subsequent_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_instagram;
GRANT SELECT(default_subsequent_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_facebook;
GRANT SELECT(default_subsequent_message_delay) ON TABLE public.ai_tenant_context TO tistis_webhook_tiktok;
GRANT UPDATE(default_subsequent_message_delay) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.enable_scoring; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(enable_scoring) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.escalation_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(escalation_message) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.min_confidence; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(min_confidence) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.scoring_policy; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(scoring_policy) ON TABLE public.ai_tenant_context TO tistis_webhook_whatsapp;
GRANT SELECT(scoring_policy) ON TABLE public.ai_tenant_context TO tistis_webhook_instagram;
GRANT SELECT(scoring_policy) ON TABLE public.ai_tenant_context TO tistis_webhook_facebook;
GRANT SELECT(scoring_policy) ON TABLE public.ai_tenant_context TO tistis_webhook_tiktok;
GRANT UPDATE(scoring_policy) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.monthly_budget_usd; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(monthly_budget_usd) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.monthly_token_budget; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(monthly_token_budget) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.reminders_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(reminders_enabled) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.follow_ups_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(follow_ups_enabled) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.confirmation_text; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(confirmation_text) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.reminder_text; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(reminder_text) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: COLUMN ai_tenant_context.follow_up_text; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(follow_up_text) ON TABLE public.ai_tenant_context TO tistis_api;

--
-- Name: FUNCTION budget_used(a public.ai_tenant_context, p_cost numeric, p_tokens numeric); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.budget_used(a public.ai_tenant_context, p_cost numeric, p_tokens numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION public.budget_used(a public.ai_tenant_context, p_cost numeric, p_tokens numeric) TO tistis_functions;

--
-- Name: FUNCTION business_month(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.business_month() FROM PUBLIC;
GRANT ALL ON FUNCTION public.business_month() TO tistis_functions;

--
-- Name: FUNCTION business_zone(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.business_zone() FROM PUBLIC;
GRANT ALL ON FUNCTION public.business_zone() TO tistis_functions;

--
-- Name: FUNCTION cache_job_ai_response(p_job_id uuid, p_ai_response text, p_metadata jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.cache_job_ai_response(p_job_id uuid, p_ai_response text, p_metadata jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cache_job_ai_response(p_job_id uuid, p_ai_response text, p_metadata jsonb) TO tistis_functions;

--
-- Name: FUNCTION cancel_appointment(p_request jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.cancel_appointment(p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cancel_appointment(p_request jsonb) TO tistis_functions;

--
-- Name: FUNCTION cancel_job(p_job uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.cancel_job(p_job uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cancel_job(p_job uuid) TO tistis_functions;

--
-- Name: FUNCTION canonical_phone(p_number text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.canonical_phone(p_number text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.canonical_phone(p_number text) TO tistis_functions;

--
-- Name: FUNCTION carry_escalation(p_from uuid, p_to uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.carry_escalation(p_from uuid, p_to uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.carry_escalation(p_from uuid, p_to uuid) TO tistis_functions;

--
-- Name: FUNCTION change_api_key(p_key uuid, p_change jsonb, p_by uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_api_key(p_key uuid, p_change jsonb, p_by uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_api_key(p_key uuid, p_change jsonb, p_by uuid) TO tistis_functions;

--
-- Name: FUNCTION change_assistant_config(p_values jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_assistant_config(p_values jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_assistant_config(p_values jsonb) TO tistis_functions;

--
-- Name: FUNCTION change_branch(p_branch uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_branch(p_branch uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_branch(p_branch uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION change_channel(p_connection uuid, p_values jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_channel(p_connection uuid, p_values jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_channel(p_connection uuid, p_values jsonb) TO tistis_functions;

--
-- Name: FUNCTION change_conversation(p_conversation uuid, p_branch uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_conversation(p_conversation uuid, p_branch uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_conversation(p_conversation uuid, p_branch uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION change_instruction(p_id uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_instruction(p_id uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_instruction(p_id uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION change_member(p_staff uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_member(p_staff uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_member(p_staff uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION change_scoring_rules(p_rules jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_scoring_rules(p_rules jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_scoring_rules(p_rules jsonb) TO tistis_functions;

--
-- Name: FUNCTION change_service(p_service uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.change_service(p_service uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_service(p_service uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION changed(p_change jsonb, p_name text, p_old text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.changed(p_change jsonb, p_name text, p_old text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.changed(p_change jsonb, p_name text, p_old text) TO tistis_functions;

--
-- Name: FUNCTION channel_minute_limit(p_channel text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.channel_minute_limit(p_channel text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.channel_minute_limit(p_channel text) TO tistis_functions;

--
-- Name: FUNCTION check_rate_limit(p_channel_connection_id uuid, p_channel character varying); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.check_rate_limit(p_channel_connection_id uuid, p_channel character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION public.check_rate_limit(p_channel_connection_id uuid, p_channel character varying) TO tistis_functions;

--
-- Name: FUNCTION check_rate_limit(p_identifier text, p_limit integer, p_window_seconds integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.check_rate_limit(p_identifier text, p_limit integer, p_window_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.check_rate_limit(p_identifier text, p_limit integer, p_window_seconds integer) TO tistis_functions;

--
-- Name: FUNCTION check_staff_availability(p_staff_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.check_staff_availability(p_staff_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.check_staff_availability(p_staff_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer) TO tistis_functions;

--
-- Name: TABLE jobs; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO tistis_definer;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_webhook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO tistis_api;
GRANT SELECT,INSERT ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(status) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.priority; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(priority) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.payload; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(payload) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.scheduled_for; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(scheduled_for) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.lane_head; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(lane_head) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.completed_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(completed_at) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.error_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(error_message) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.request_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(request_id) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.updated_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(updated_at) ON TABLE public.jobs TO tistis_guide;

--
-- Name: COLUMN jobs.cached_result; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(cached_result) ON TABLE public.jobs TO tistis_guide;

--
-- Name: FUNCTION claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) TO tistis_jobs;
GRANT ALL ON FUNCTION public.claim_jobs(p_worker uuid, p_limit integer, p_kind text, p_id uuid, p_since timestamp with time zone) TO tistis_jobs_process;

--
-- Name: TABLE job_queue; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.job_queue TO tistis_definer;
GRANT SELECT ON TABLE public.job_queue TO tistis_guide;

--
-- Name: FUNCTION claim_next_job(); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.claim_next_job() FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_next_job() TO tistis_guide;

--
-- Name: FUNCTION claim_reports(p_messages uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.claim_reports(p_messages uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_reports(p_messages uuid[]) TO tistis_functions;

--
-- Name: FUNCTION classification_of(p_score integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.classification_of(p_score integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.classification_of(p_score integer) TO tistis_functions;

--
-- Name: FUNCTION closings_ahead(p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.closings_ahead(p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.closings_ahead(p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION complete_job(p_job_id uuid, p_result jsonb, p_error_message text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.complete_job(p_job_id uuid, p_result jsonb, p_error_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.complete_job(p_job_id uuid, p_result jsonb, p_error_message text) TO tistis_guide;

--
-- Name: FUNCTION concerns_person(p_event jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.concerns_person(p_event jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.concerns_person(p_event jsonb) TO tistis_functions;

--
-- Name: FUNCTION confirm_appointment(p_request jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.confirm_appointment(p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.confirm_appointment(p_request jsonb) TO tistis_functions;

--
-- Name: FUNCTION connect_channel(p_connection uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.connect_channel(p_connection uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.connect_channel(p_connection uuid) TO tistis_functions;

--
-- Name: FUNCTION contact_alias(p_channel text, p_identifier text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.contact_alias(p_channel text, p_identifier text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.contact_alias(p_channel text, p_identifier text) TO tistis_functions;

--
-- Name: FUNCTION contact_mark(p_kind text, p_value text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.contact_mark(p_kind text, p_value text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.contact_mark(p_kind text, p_value text) TO tistis_functions;

--
-- Name: FUNCTION contact_of_lead(p_lead_id uuid, p_channel text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.contact_of_lead(p_lead_id uuid, p_channel text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.contact_of_lead(p_lead_id uuid, p_channel text) TO tistis_functions;

--
-- Name: TABLE conversations; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO tistis_webhook_tiktok;
GRANT SELECT,UPDATE ON TABLE public.conversations TO tistis_webhook;
GRANT SELECT,UPDATE ON TABLE public.conversations TO tistis_jobs;
GRANT SELECT,UPDATE ON TABLE public.conversations TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO tistis_guide;

--
-- Name: COLUMN conversations.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.conversations TO tistis_definer;

--
-- Name: COLUMN conversations.id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(id) ON TABLE public.conversations TO tistis_definer;

--
-- Name: FUNCTION conversation_json(c public.conversations); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.conversation_json(c public.conversations) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversation_json(c public.conversations) TO tistis_functions;

--
-- Name: FUNCTION conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversation_of(p_lead uuid, p_connection uuid, p_contact jsonb) TO tistis_functions;

--
-- Name: FUNCTION conversation_state(p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.conversation_state(p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversation_state(p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION conversation_to_tell(p_lead uuid, p_booked_in uuid, p_ways jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.conversation_to_tell(p_lead uuid, p_booked_in uuid, p_ways jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversation_to_tell(p_lead uuid, p_booked_in uuid, p_ways jsonb) TO tistis_functions;

--
-- Name: TABLE ai_usage_logs; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT ON TABLE public.ai_usage_logs TO tistis_jobs;
GRANT SELECT,INSERT ON TABLE public.ai_usage_logs TO tistis_jobs_process;
GRANT SELECT ON TABLE public.ai_usage_logs TO tistis_api;
GRANT SELECT ON TABLE public.ai_usage_logs TO tistis_guide;

--
-- Name: FUNCTION count_usage(u public.ai_usage_logs); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.count_usage(u public.ai_usage_logs) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_usage(u public.ai_usage_logs) TO tistis_functions;

--
-- Name: FUNCTION create_branch(p_wish jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.create_branch(p_wish jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_branch(p_wish jsonb) TO tistis_functions;

--
-- Name: FUNCTION create_lead(p_lead jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.create_lead(p_lead jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_lead(p_lead jsonb) TO tistis_functions;

--
-- Name: FUNCTION create_member(p_wish jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.create_member(p_wish jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_member(p_wish jsonb) TO tistis_functions;

--
-- Name: FUNCTION create_service(p_wish jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.create_service(p_wish jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_service(p_wish jsonb) TO tistis_functions;

--
-- Name: FUNCTION cron_runs(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.cron_runs() FROM PUBLIC;
GRANT ALL ON FUNCTION public.cron_runs() TO tistis_functions;

--
-- Name: FUNCTION cron_stopped(p_silent_seconds double precision); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.cron_stopped(p_silent_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cron_stopped(p_silent_seconds double precision) TO tistis_health;

--
-- Name: FUNCTION current_tenant(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.current_tenant() FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_tenant() TO tistis_functions;

--
-- Name: FUNCTION decline_follow_up(p_conversation uuid, p_question uuid, p_pressed boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.decline_follow_up(p_conversation uuid, p_question uuid, p_pressed boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.decline_follow_up(p_conversation uuid, p_question uuid, p_pressed boolean) TO tistis_functions;

--
-- Name: FUNCTION deliver_event(p_id uuid, p_event text, p_lead uuid, p_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.deliver_event(p_id uuid, p_event text, p_lead uuid, p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.deliver_event(p_id uuid, p_event text, p_lead uuid, p_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION disconnect_channel(p_connection uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.disconnect_channel(p_connection uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.disconnect_channel(p_connection uuid) TO tistis_functions;

--
-- Name: FUNCTION does_service(p_staff uuid, p_service uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.does_service(p_staff uuid, p_service uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.does_service(p_staff uuid, p_service uuid) TO tistis_functions;

--
-- Name: FUNCTION done_untold(p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.done_untold(p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.done_untold(p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION doubt_sentence(p_count integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.doubt_sentence(p_count integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.doubt_sentence(p_count integer) TO tistis_functions;

--
-- Name: FUNCTION elect_lane_heads(p_tenant uuid, p_lanes text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.elect_lane_heads(p_tenant uuid, p_lanes text[]) TO tistis_functions;

--
-- Name: FUNCTION emit_event(p_event text, p_data jsonb, p_key text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.emit_event(p_event text, p_data jsonb, p_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.emit_event(p_event text, p_data jsonb, p_key text) TO tistis_functions;

--
-- Name: FUNCTION emit_messages(p_messages uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.emit_messages(p_messages uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.emit_messages(p_messages uuid[]) TO tistis_functions;

--
-- Name: FUNCTION end_escalation(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.end_escalation() FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_escalation() TO tistis_functions;

--
-- Name: FUNCTION end_renewal(p_connection uuid, p_attempt uuid, p_tokens jsonb, p_token_stops text[], OUT stored integer, OUT due integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.end_renewal(p_connection uuid, p_attempt uuid, p_tokens jsonb, p_token_stops text[], OUT stored integer, OUT due integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_renewal(p_connection uuid, p_attempt uuid, p_tokens jsonb, p_token_stops text[], OUT stored integer, OUT due integer) TO tistis_functions;

--
-- Name: FUNCTION end_send(p_message uuid, p_attempt uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb, p_effects jsonb, OUT status text, OUT wait_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.end_send(p_message uuid, p_attempt uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb, p_effects jsonb, OUT status text, OUT wait_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_send(p_message uuid, p_attempt uuid, p_state text, p_external_id text, p_error_code text, p_error_message text, p_aliases jsonb, p_effects jsonb, OUT status text, OUT wait_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION end_tool_use(p_call jsonb, p_use jsonb, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.end_tool_use(p_call jsonb, p_use jsonb, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_tool_use(p_call jsonb, p_use jsonb, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION enqueue_dead_letter(p_channel text, p_tenant_slug text, p_payload jsonb, p_error_message text, p_error_stack text, p_headers jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.enqueue_dead_letter(p_channel text, p_tenant_slug text, p_payload jsonb, p_error_message text, p_error_stack text, p_headers jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.enqueue_dead_letter(p_channel text, p_tenant_slug text, p_payload jsonb, p_error_message text, p_error_stack text, p_headers jsonb) TO tistis_functions;

--
-- Name: FUNCTION enqueue_jobs(p_jobs jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.enqueue_jobs(p_jobs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.enqueue_jobs(p_jobs jsonb) TO tistis_functions;

--
-- Name: FUNCTION erase_lead(p_lead uuid, p_by text, p_really boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.erase_lead(p_lead uuid, p_by text, p_really boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_lead(p_lead uuid, p_by text, p_really boolean) TO tistis_functions;

--
-- Name: FUNCTION erased_mark(p_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.erased_mark(p_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erased_mark(p_id text) TO tistis_functions;

--
-- Name: FUNCTION escalate_by_n8n(p_conversation uuid, p_branch uuid, p_reason text, p_staff uuid, p_message uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.escalate_by_n8n(p_conversation uuid, p_branch uuid, p_reason text, p_staff uuid, p_message uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.escalate_by_n8n(p_conversation uuid, p_branch uuid, p_reason text, p_staff uuid, p_message uuid) TO tistis_functions;

--
-- Name: FUNCTION escalate_conversation(p_conversation uuid, p_reason text, p_details jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text, p_details jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.escalate_conversation(p_conversation uuid, p_reason text, p_details jsonb) TO tistis_functions;

--
-- Name: FUNCTION event_lead(p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.event_lead(p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.event_lead(p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION expect_media(p_events jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.expect_media(p_events jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.expect_media(p_events jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION expire(p_answer_seconds double precision, p_limit integer, OUT confirmations integer, OUT requests integer, OUT counters integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.expire(p_answer_seconds double precision, p_limit integer, OUT confirmations integer, OUT requests integer, OUT counters integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.expire(p_answer_seconds double precision, p_limit integer, OUT confirmations integer, OUT requests integer, OUT counters integer) TO tistis_functions;

--
-- Name: FUNCTION external_data_there(p_tenant uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.external_data_there(p_tenant uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.external_data_there(p_tenant uuid) TO tistis_functions;

--
-- Name: FUNCTION find_accounts(p_channel text, p_accounts text[]); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.find_accounts(p_channel text, p_accounts text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_accounts(p_channel text, p_accounts text[]) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.find_accounts(p_channel text, p_accounts text[]) TO tistis_webhook_instagram;
GRANT ALL ON FUNCTION public.find_accounts(p_channel text, p_accounts text[]) TO tistis_webhook_facebook;
GRANT ALL ON FUNCTION public.find_accounts(p_channel text, p_accounts text[]) TO tistis_webhook_tiktok;

--
-- Name: FUNCTION find_api_key(p_hash text, p_address text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.find_api_key(p_hash text, p_address text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_api_key(p_hash text, p_address text) TO tistis_webhook;
GRANT ALL ON FUNCTION public.find_api_key(p_hash text, p_address text) TO tistis_api;

--
-- Name: FUNCTION find_channel(p_channel text, p_slug text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) TO tistis_webhook_instagram;
GRANT ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) TO tistis_webhook_facebook;
GRANT ALL ON FUNCTION public.find_channel(p_channel text, p_slug text) TO tistis_webhook_tiktok;

--
-- Name: FUNCTION find_lead_by_any_identity(p_tenant_id uuid, p_phone_normalized text, p_email text, p_instagram_psid text, p_facebook_psid text, p_tiktok_open_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.find_lead_by_any_identity(p_tenant_id uuid, p_phone_normalized text, p_email text, p_instagram_psid text, p_facebook_psid text, p_tiktok_open_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_lead_by_any_identity(p_tenant_id uuid, p_phone_normalized text, p_email text, p_instagram_psid text, p_facebook_psid text, p_tiktok_open_id text) TO tistis_functions;

--
-- Name: FUNCTION find_matching_lead_for_dedup(p_tenant_id uuid, p_phone text, p_email text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.find_matching_lead_for_dedup(p_tenant_id uuid, p_phone text, p_email text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_matching_lead_for_dedup(p_tenant_id uuid, p_phone text, p_email text) TO tistis_functions;

--
-- Name: FUNCTION find_n8n(p_kind text, p_id uuid); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.find_n8n(p_kind text, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_n8n(p_kind text, p_id uuid) TO tistis_webhook;

--
-- Name: FUNCTION find_or_create_channel_lead(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_profile_image_url text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.find_or_create_channel_lead(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_profile_image_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_or_create_channel_lead(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_profile_image_url text) TO tistis_functions;

--
-- Name: FUNCTION find_or_create_conversation(p_tenant_id uuid, p_branch_id uuid, p_lead_id uuid, p_channel_connection_id uuid, p_channel text, p_ai_enabled boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.find_or_create_conversation(p_tenant_id uuid, p_branch_id uuid, p_lead_id uuid, p_channel_connection_id uuid, p_channel text, p_ai_enabled boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_or_create_conversation(p_tenant_id uuid, p_branch_id uuid, p_lead_id uuid, p_channel_connection_id uuid, p_channel text, p_ai_enabled boolean) TO tistis_functions;

--
-- Name: FUNCTION find_or_create_lead(p_tenant_id uuid, p_branch_id uuid, p_phone_normalized text, p_contact_name text, p_source text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.find_or_create_lead(p_tenant_id uuid, p_branch_id uuid, p_phone_normalized text, p_contact_name text, p_source text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_or_create_lead(p_tenant_id uuid, p_branch_id uuid, p_phone_normalized text, p_contact_name text, p_source text) TO tistis_functions;

--
-- Name: FUNCTION find_or_create_lead_smart(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_email text, p_phone text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.find_or_create_lead_smart(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_email text, p_phone text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_or_create_lead_smart(p_tenant_id uuid, p_branch_id uuid, p_channel text, p_identifier text, p_contact_name text, p_email text, p_phone text) TO tistis_functions;

--
-- Name: FUNCTION find_room(p_lead uuid, p_branch uuid, p_service uuid, p_staff uuid, p_at timestamp with time zone, p_minutes integer, p_except uuid, p_anytime boolean, p_on_grid boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.find_room(p_lead uuid, p_branch uuid, p_service uuid, p_staff uuid, p_at timestamp with time zone, p_minutes integer, p_except uuid, p_anytime boolean, p_on_grid boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_room(p_lead uuid, p_branch uuid, p_service uuid, p_staff uuid, p_at timestamp with time zone, p_minutes integer, p_except uuid, p_anytime boolean, p_on_grid boolean) TO tistis_functions;

--
-- Name: FUNCTION find_user_roles(p_user uuid); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.find_user_roles(p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_user_roles(p_user uuid) TO tistis_api;

--
-- Name: FUNCTION folded_name(p_text text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.folded_name(p_text text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.folded_name(p_text text) TO tistis_functions;

--
-- Name: FUNCTION follow_openings(p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.follow_openings(p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.follow_openings(p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION follow_threads(p_events jsonb, p_new uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.follow_threads(p_events jsonb, p_new uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.follow_threads(p_events jsonb, p_new uuid[]) TO tistis_functions;

--
-- Name: FUNCTION follow_up_obstacle(p_lead uuid, p_channel text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.follow_up_obstacle(p_lead uuid, p_channel text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.follow_up_obstacle(p_lead uuid, p_channel text) TO tistis_functions;

--
-- Name: FUNCTION follow_ups_near(p_rule jsonb, p_lead uuid, p_after uuid, p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.follow_ups_near(p_rule jsonb, p_lead uuid, p_after uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.follow_ups_near(p_rule jsonb, p_lead uuid, p_after uuid, p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION forget_deleted(p_messages uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.forget_deleted(p_messages uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_deleted(p_messages uuid[]) TO tistis_functions;

--
-- Name: FUNCTION forget_escalation(p_tenant uuid, p_lead uuid, p_but uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.forget_escalation(p_tenant uuid, p_lead uuid, p_but uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_escalation(p_tenant uuid, p_lead uuid, p_but uuid) TO tistis_functions;

--
-- Name: FUNCTION forget_reminders(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.forget_reminders() FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_reminders() TO tistis_functions;

--
-- Name: FUNCTION forget_secret_hint(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.forget_secret_hint() FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_secret_hint() TO tistis_functions;

--
-- Name: FUNCTION forget_unsent_files(p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.forget_unsent_files(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_unsent_files(p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION forgive_sends(p_connection uuid, p_contact text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.forgive_sends(p_connection uuid, p_contact text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forgive_sends(p_connection uuid, p_contact text) TO tistis_functions;

--
-- Name: FUNCTION found_rows(p_looks jsonb, p_table text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.found_rows(p_looks jsonb, p_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.found_rows(p_looks jsonb, p_table text) TO tistis_functions;

--
-- Name: FUNCTION free_accounts(); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.free_accounts() FROM PUBLIC;

--
-- Name: FUNCTION free_hold(p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.free_hold(p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.free_hold(p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION free_place(p_tenant uuid, p_branch uuid, p_from timestamp with time zone, p_to timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.free_place(p_tenant uuid, p_branch uuid, p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.free_place(p_tenant uuid, p_branch uuid, p_from timestamp with time zone, p_to timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION free_slots(p_branch uuid, p_service uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.free_slots(p_branch uuid, p_service uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.free_slots(p_branch uuid, p_service uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION free_slug(p_name text, p_taken text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.free_slug(p_name text, p_taken text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.free_slug(p_name text, p_taken text[]) TO tistis_functions;

--
-- Name: FUNCTION get_pending_dead_letters(p_channel text, p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.get_pending_dead_letters(p_channel text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_pending_dead_letters(p_channel text, p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION get_tenant_ai_context(p_tenant_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_tenant_ai_context(p_tenant_id uuid) TO tistis_functions;

--
-- Name: FUNCTION get_tenant_external_data(p_tenant_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.get_tenant_external_data(p_tenant_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_tenant_external_data(p_tenant_id uuid) TO tistis_functions;

--
-- Name: FUNCTION give_up_follow_up(p_lead uuid, p_conversation uuid, p_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.give_up_follow_up(p_lead uuid, p_conversation uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.give_up_follow_up(p_lead uuid, p_conversation uuid, p_reason text) TO tistis_functions;

--
-- Name: FUNCTION hand_back_conversation(p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hand_back_conversation(p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hand_back_conversation(p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION hand_over(p_conversation uuid, p_reason text, p_details jsonb, p_texts jsonb, p_job uuid, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hand_over(p_conversation uuid, p_reason text, p_details jsonb, p_texts jsonb, p_job uuid, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hand_over(p_conversation uuid, p_reason text, p_details jsonb, p_texts jsonb, p_job uuid, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION health_queue(p_limit integer); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.health_queue(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.health_queue(p_limit integer) TO tistis_health;
GRANT ALL ON FUNCTION public.health_queue(p_limit integer) TO tistis_owner;

--
-- Name: FUNCTION health_report(p_silent_seconds double precision); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.health_report(p_silent_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.health_report(p_silent_seconds double precision) TO tistis_health;
GRANT ALL ON FUNCTION public.health_report(p_silent_seconds double precision) TO tistis_owner;

--
-- Name: FUNCTION hold_appointment(p_appointment uuid, p_ways jsonb, p_morning_minute integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hold_appointment(p_appointment uuid, p_ways jsonb, p_morning_minute integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_appointment(p_appointment uuid, p_ways jsonb, p_morning_minute integer) TO tistis_functions;

--
-- Name: FUNCTION hold_closed_talk(p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hold_closed_talk(p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_closed_talk(p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION hold_erasures(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hold_erasures() FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_erasures() TO tistis_functions;

--
-- Name: FUNCTION hold_follow_up(p_rule jsonb, p_lead uuid, p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hold_follow_up(p_rule jsonb, p_lead uuid, p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_follow_up(p_rule jsonb, p_lead uuid, p_conversation uuid) TO tistis_functions;

--
-- Name: TABLE leads; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.leads TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.leads TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.leads TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.leads TO tistis_webhook_tiktok;
GRANT SELECT,UPDATE ON TABLE public.leads TO tistis_webhook;
GRANT SELECT,UPDATE ON TABLE public.leads TO tistis_jobs;
GRANT SELECT,UPDATE ON TABLE public.leads TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.leads TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.leads TO tistis_guide;

--
-- Name: COLUMN leads.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.leads TO tistis_definer;

--
-- Name: COLUMN leads.id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(id) ON TABLE public.leads TO tistis_definer;

--
-- Name: FUNCTION hold_living_lead(p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hold_living_lead(p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_living_lead(p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION hold_sends(p_connection uuid, p_contact text, p_seconds double precision, p_initiated_only boolean, p_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hold_sends(p_connection uuid, p_contact text, p_seconds double precision, p_initiated_only boolean, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_sends(p_connection uuid, p_contact text, p_seconds double precision, p_initiated_only boolean, p_reason text) TO tistis_functions;

--
-- Name: FUNCTION hold_slot(p_request jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hold_slot(p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_slot(p_request jsonb) TO tistis_functions;

--
-- Name: FUNCTION hours_changed(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hours_changed() FROM PUBLIC;
GRANT ALL ON FUNCTION public.hours_changed() TO tistis_functions;

--
-- Name: FUNCTION hours_on(p_hours jsonb, p_weekday integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.hours_on(p_hours jsonb, p_weekday integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hours_on(p_hours jsonb, p_weekday integer) TO tistis_functions;

--
-- Name: FUNCTION increment_conversation_message_count(p_conversation_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.increment_conversation_message_count(p_conversation_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.increment_conversation_message_count(p_conversation_id uuid) TO tistis_functions;

--
-- Name: TABLE ai_custom_instructions; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.ai_custom_instructions TO tistis_jobs;
GRANT SELECT ON TABLE public.ai_custom_instructions TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ai_custom_instructions TO tistis_api;
GRANT SELECT ON TABLE public.ai_custom_instructions TO tistis_guide;

--
-- Name: FUNCTION instruction_json(i public.ai_custom_instructions); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.instruction_json(i public.ai_custom_instructions) FROM PUBLIC;
GRANT ALL ON FUNCTION public.instruction_json(i public.ai_custom_instructions) TO tistis_functions;

--
-- Name: FUNCTION is_own_kind(p_job_type text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.is_own_kind(p_job_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_own_kind(p_job_type text) TO tistis_functions;

--
-- Name: FUNCTION is_told(p_question uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.is_told(p_question uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_told(p_question uuid) TO tistis_functions;

--
-- Name: FUNCTION keep_appointment(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.keep_appointment() FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_appointment() TO tistis_functions;

--
-- Name: FUNCTION keep_lead(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.keep_lead() FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_lead() TO tistis_functions;

--
-- Name: FUNCTION keep_ownership(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.keep_ownership() FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_ownership() TO tistis_functions;

--
-- Name: FUNCTION keep_stops(p_leads uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.keep_stops(p_leads uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_stops(p_leads uuid[]) TO tistis_functions;

--
-- Name: FUNCTION known_lead(p_kind text, p_value text, OUT lead_id uuid, OUT is_deleted boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.known_lead(p_kind text, p_value text, OUT lead_id uuid, OUT is_deleted boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.known_lead(p_kind text, p_value text, OUT lead_id uuid, OUT is_deleted boolean) TO tistis_functions;

--
-- Name: FUNCTION last_day_to_book(p_zone text, p_days integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.last_day_to_book(p_zone text, p_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.last_day_to_book(p_zone text, p_days integer) TO tistis_functions;

--
-- Name: FUNCTION last_migrated_at(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.last_migrated_at() FROM PUBLIC;
GRANT ALL ON FUNCTION public.last_migrated_at() TO tistis_functions;

--
-- Name: FUNCTION last_run_of_jobs(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.last_run_of_jobs() FROM PUBLIC;
GRANT ALL ON FUNCTION public.last_run_of_jobs() TO tistis_functions;

--
-- Name: FUNCTION lately_done(p_conversation uuid, p_job uuid, p_question uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lately_done(p_conversation uuid, p_job uuid, p_question uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lately_done(p_conversation uuid, p_job uuid, p_question uuid) TO tistis_functions;

--
-- Name: FUNCTION lead_json(l public.leads); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lead_json(l public.leads) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lead_json(l public.leads) TO tistis_functions;

--
-- Name: FUNCTION lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lead_of_aliases(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid) TO tistis_functions;

--
-- Name: FUNCTION leads_of_person(p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.leads_of_person(p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.leads_of_person(p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION like_text(p_text text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.like_text(p_text text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.like_text(p_text text) TO tistis_functions;

--
-- Name: FUNCTION limit_reached(p_connection uuid, p_lead uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.limit_reached(p_connection uuid, p_lead uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.limit_reached(p_connection uuid, p_lead uuid, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION list_jobs(p_limit integer, p_kind text, p_id uuid); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) TO tistis_jobs;
GRANT ALL ON FUNCTION public.list_jobs(p_limit integer, p_kind text, p_id uuid) TO tistis_jobs_process;

--
-- Name: FUNCTION list_tenants(); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.list_tenants() FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_tenants() TO tistis_owner;

--
-- Name: FUNCTION living_lead(p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.living_lead(p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.living_lead(p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION local_iso(p_at timestamp with time zone, p_zone text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.local_iso(p_at timestamp with time zone, p_zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.local_iso(p_at timestamp with time zone, p_zone text) TO tistis_functions;

--
-- Name: FUNCTION lock_appointment(p_appointment uuid, p_lead uuid, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_appointment(p_appointment uuid, p_lead uuid, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_appointment(p_appointment uuid, p_lead uuid, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION lock_bookings(p_tenant uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_bookings(p_tenant uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_bookings(p_tenant uuid) TO tistis_functions;

--
-- Name: FUNCTION lock_contacts(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_contacts(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_contacts(p_events jsonb) TO tistis_functions;

--
-- Name: FUNCTION lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) TO tistis_functions;

--
-- Name: FUNCTION lock_lead(p_lead_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_lead(p_lead_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_lead(p_lead_id uuid) TO tistis_functions;

--
-- Name: TABLE send_pace; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.send_pace TO tistis_jobs_process;
GRANT SELECT,UPDATE ON TABLE public.send_pace TO tistis_api;
GRANT SELECT ON TABLE public.send_pace TO tistis_guide;

--
-- Name: FUNCTION lock_pace(p_connection uuid, p_contact text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_pace(p_connection uuid, p_contact text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_pace(p_connection uuid, p_contact text) TO tistis_functions;

--
-- Name: FUNCTION lock_reports(p_reports jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.lock_reports(p_reports jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lock_reports(p_reports jsonb) TO tistis_functions;

--
-- Name: FUNCTION make_assistant_row(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.make_assistant_row() FROM PUBLIC;
GRANT ALL ON FUNCTION public.make_assistant_row() TO tistis_functions;

--
-- Name: FUNCTION mark_takeovers(p_events jsonb, p_keys text[], p_conversations uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.mark_takeovers(p_events jsonb, p_keys text[], p_conversations uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.mark_takeovers(p_events jsonb, p_keys text[], p_conversations uuid[]) TO tistis_functions;

--
-- Name: FUNCTION masked_secret(p_hints jsonb, p_kind text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.masked_secret(p_hints jsonb, p_kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.masked_secret(p_hints jsonb, p_kind text) TO tistis_functions;

--
-- Name: FUNCTION merge_consents(p_survivor uuid, p_merged uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.merge_consents(p_survivor uuid, p_merged uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_consents(p_survivor uuid, p_merged uuid) TO tistis_functions;

--
-- Name: FUNCTION merge_echo(p_message uuid, p_external_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.merge_echo(p_message uuid, p_external_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_echo(p_message uuid, p_external_id text) TO tistis_functions;

--
-- Name: FUNCTION merge_follow_ups(p_survivor uuid, p_merged uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.merge_follow_ups(p_survivor uuid, p_merged uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_follow_ups(p_survivor uuid, p_merged uuid) TO tistis_functions;

--
-- Name: FUNCTION merge_leads(p_survivor uuid, p_merged uuid, p_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_leads(p_survivor uuid, p_merged uuid, p_reason text) TO tistis_functions;

--
-- Name: FUNCTION merge_records(p_survivor uuid, p_merged uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.merge_records(p_survivor uuid, p_merged uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_records(p_survivor uuid, p_merged uuid) TO tistis_functions;

--
-- Name: FUNCTION merge_windows(p_survivor uuid, p_merged uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.merge_windows(p_survivor uuid, p_merged uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.merge_windows(p_survivor uuid, p_merged uuid) TO tistis_functions;

--
-- Name: FUNCTION message_attachments(p_tenant uuid, p_message uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.message_attachments(p_tenant uuid, p_message uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.message_attachments(p_tenant uuid, p_message uuid) TO tistis_functions;

--
-- Name: TABLE messages; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO tistis_webhook_tiktok;
GRANT SELECT,INSERT ON TABLE public.messages TO tistis_webhook;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messages TO tistis_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messages TO tistis_jobs_process;
GRANT SELECT,INSERT ON TABLE public.messages TO tistis_api;
GRANT SELECT,INSERT ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.conversation_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(conversation_id) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.content; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(content) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.external_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(external_id) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.selection; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(selection) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(status) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.error_code; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(error_code) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.error_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(error_message) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.processed_by_job_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(processed_by_job_id) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.sent_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(sent_at) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.delivered_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(delivered_at) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.read_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(read_at) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.metadata; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(metadata) ON TABLE public.messages TO tistis_api;
GRANT UPDATE(metadata) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.raw; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(raw) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.media_url; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(media_url) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.edited_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(edited_at) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.deleted_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(deleted_at) ON TABLE public.messages TO tistis_guide;

--
-- Name: COLUMN messages.billing; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(billing) ON TABLE public.messages TO tistis_guide;

--
-- Name: FUNCTION message_json(m public.messages); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.message_json(m public.messages) FROM PUBLIC;
GRANT ALL ON FUNCTION public.message_json(m public.messages) TO tistis_functions;

--
-- Name: FUNCTION message_of_echo(p_echo jsonb, p_taken uuid[], OUT id uuid, OUT external_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.message_of_echo(p_echo jsonb, p_taken uuid[], OUT id uuid, OUT external_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.message_of_echo(p_echo jsonb, p_taken uuid[], OUT id uuid, OUT external_id text) TO tistis_functions;

--
-- Name: FUNCTION message_status_rank(p_status text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.message_status_rank(p_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.message_status_rank(p_status text) TO tistis_functions;

--
-- Name: FUNCTION minute_of_day(p_at timestamp with time zone, p_timezone text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.minute_of_day(p_at timestamp with time zone, p_timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.minute_of_day(p_at timestamp with time zone, p_timezone text) TO tistis_functions;

--
-- Name: FUNCTION missing_of_business(p_ids jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.missing_of_business(p_ids jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.missing_of_business(p_ids jsonb) TO tistis_functions;

--
-- Name: FUNCTION model_answers(); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.model_answers() FROM PUBLIC;
GRANT ALL ON FUNCTION public.model_answers() TO tistis_jobs;
GRANT ALL ON FUNCTION public.model_answers() TO tistis_jobs_process;

--
-- Name: FUNCTION model_refused(p_why text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.model_refused(p_why text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.model_refused(p_why text) TO tistis_jobs;
GRANT ALL ON FUNCTION public.model_refused(p_why text) TO tistis_jobs_process;

--
-- Name: FUNCTION model_refused_since(); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.model_refused_since() FROM PUBLIC;
GRANT ALL ON FUNCTION public.model_refused_since() TO tistis_health;

--
-- Name: FUNCTION moments_of(p_wall timestamp without time zone, p_zone text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.moments_of(p_wall timestamp without time zone, p_zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.moments_of(p_wall timestamp without time zone, p_zone text) TO tistis_functions;

--
-- Name: FUNCTION morning_before(p_at timestamp with time zone, p_timezone text, p_minute integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.morning_before(p_at timestamp with time zone, p_timezone text, p_minute integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.morning_before(p_at timestamp with time zone, p_timezone text, p_minute integer) TO tistis_functions;

--
-- Name: FUNCTION moved_score(p_score integer, p_points integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.moved_score(p_score integer, p_points integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.moved_score(p_score integer, p_points integer) TO tistis_functions;

--
-- Name: FUNCTION n8n_owes_before(p_conversation uuid, p_question uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.n8n_owes_before(p_conversation uuid, p_question uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.n8n_owes_before(p_conversation uuid, p_question uuid) TO tistis_functions;

--
-- Name: FUNCTION name_contacts(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.name_contacts(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_contacts(p_events jsonb) TO tistis_functions;

--
-- Name: FUNCTION name_messages(p_names jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.name_messages(p_names jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_messages(p_names jsonb) TO tistis_functions;

--
-- Name: FUNCTION name_rank(p_said text, p_name text, p_words text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.name_rank(p_said text, p_name text, p_words text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_rank(p_said text, p_name text, p_words text[]) TO tistis_functions;

--
-- Name: FUNCTION names_pattern(p_leads uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.names_pattern(p_leads uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.names_pattern(p_leads uuid[]) TO tistis_functions;

--
-- Name: TABLE staff; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.staff TO tistis_webhook;
GRANT SELECT ON TABLE public.staff TO tistis_jobs;
GRANT SELECT ON TABLE public.staff TO tistis_jobs_process;
GRANT SELECT ON TABLE public.staff TO tistis_api;
GRANT SELECT ON TABLE public.staff TO tistis_guide;

--
-- Name: COLUMN staff.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(tenant_id) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.first_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(first_name),UPDATE(first_name) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.last_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(last_name),UPDATE(last_name) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.display_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(display_name),UPDATE(display_name) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.email; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(email),UPDATE(email) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.role; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(role),UPDATE(role) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.role_title; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(role_title),UPDATE(role_title) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.specialty; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(specialty),UPDATE(specialty) ON TABLE public.staff TO tistis_api;

--
-- Name: COLUMN staff.is_active; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(is_active) ON TABLE public.staff TO tistis_api;

--
-- Name: FUNCTION namesake(n public.staff, p_but uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.namesake(n public.staff, p_but uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.namesake(n public.staff, p_but uuid) TO tistis_functions;

--
-- Name: FUNCTION newer_news(p_accounts uuid[], p_at timestamp with time zone, p_what text, p_about jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.newer_news(p_accounts uuid[], p_at timestamp with time zone, p_what text, p_about jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.newer_news(p_accounts uuid[], p_at timestamp with time zone, p_what text, p_about jsonb) TO tistis_functions;

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
GRANT ALL ON FUNCTION public.next_message_status(p_current text, p_incoming text) TO tistis_functions;

--
-- Name: FUNCTION normalize_phone_number(phone text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.normalize_phone_number(phone text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.normalize_phone_number(phone text) TO tistis_functions;

--
-- Name: FUNCTION note_consents(p_said jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_consents(p_said jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_consents(p_said jsonb) TO tistis_functions;

--
-- Name: FUNCTION note_follow_up(p_lead uuid, p_message uuid, p_silent_since timestamp with time zone, p_attempts integer, p_until timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_follow_up(p_lead uuid, p_message uuid, p_silent_since timestamp with time zone, p_attempts integer, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_follow_up(p_lead uuid, p_message uuid, p_silent_since timestamp with time zone, p_attempts integer, p_until timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION note_key_refusal(p_key uuid, p_reason text, p_address text, p_endpoint text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_key_refusal(p_key uuid, p_reason text, p_address text, p_endpoint text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_key_refusal(p_key uuid, p_reason text, p_address text, p_endpoint text) TO tistis_functions;

--
-- Name: FUNCTION note_marketing(p_lead uuid, p_connection uuid, p_note jsonb, p_at timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_marketing(p_lead uuid, p_connection uuid, p_note jsonb, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_marketing(p_lead uuid, p_connection uuid, p_note jsonb, p_at timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION note_message(p_conversation uuid, p_branch uuid, p_note jsonb, p_staff uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_message(p_conversation uuid, p_branch uuid, p_note jsonb, p_staff uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_message(p_conversation uuid, p_branch uuid, p_note jsonb, p_staff uuid) TO tistis_functions;

--
-- Name: FUNCTION note_of_key(p_key uuid, p_action text, p_by uuid, p_more jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_of_key(p_key uuid, p_action text, p_by uuid, p_more jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_of_key(p_key uuid, p_action text, p_by uuid, p_more jsonb) TO tistis_functions;

--
-- Name: FUNCTION note_score(l public.leads, p_score integer, p_points integer, p_signal text, p_source text, p_reason text, p_message uuid, p_staff uuid, p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_score(l public.leads, p_score integer, p_points integer, p_signal text, p_source text, p_reason text, p_message uuid, p_staff uuid, p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_score(l public.leads, p_score integer, p_points integer, p_signal text, p_source text, p_reason text, p_message uuid, p_staff uuid, p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION note_signature_failures(p_connections uuid[], p_count integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_signature_failures(p_connections uuid[], p_count integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_signature_failures(p_connections uuid[], p_count integer) TO tistis_functions;

--
-- Name: FUNCTION note_template(p_template jsonb, p_at timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_template(p_template jsonb, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_template(p_template jsonb, p_at timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION note_told(p_appointment uuid, p_message uuid, p_what text, p_until timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_told(p_appointment uuid, p_message uuid, p_what text, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_told(p_appointment uuid, p_message uuid, p_what text, p_until timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION note_webhooks(p_connections uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.note_webhooks(p_connections uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_webhooks(p_connections uuid[]) TO tistis_functions;

--
-- Name: FUNCTION numbered_before(p_conversation uuid, p_question uuid, p_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.numbered_before(p_conversation uuid, p_question uuid, p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.numbered_before(p_conversation uuid, p_question uuid, p_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION occupy_time(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.occupy_time() FROM PUBLIC;
GRANT ALL ON FUNCTION public.occupy_time() TO tistis_functions;

--
-- Name: FUNCTION off_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.off_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.off_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION open_conversation(p_wish jsonb, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.open_conversation(p_wish jsonb, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_conversation(p_wish jsonb, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION open_talk_of(p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.open_talk_of(p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_talk_of(p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION open_windows(p_rows jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.open_windows(p_rows jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_windows(p_rows jsonb) TO tistis_functions;

--
-- Name: FUNCTION opening_spans(p_hours jsonb, p_day date); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.opening_spans(p_hours jsonb, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.opening_spans(p_hours jsonb, p_day date) TO tistis_functions;

--
-- Name: FUNCTION opening_state(p_hours jsonb, p_at timestamp with time zone, p_zone text, p_off tstzmultirange, OUT is_open boolean, OUT next_open timestamp without time zone, OUT open_until timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.opening_state(p_hours jsonb, p_at timestamp with time zone, p_zone text, p_off tstzmultirange, OUT is_open boolean, OUT next_open timestamp without time zone, OUT open_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.opening_state(p_hours jsonb, p_at timestamp with time zone, p_zone text, p_off tstzmultirange, OUT is_open boolean, OUT next_open timestamp without time zone, OUT open_until timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION own_echoes(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.own_echoes(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.own_echoes(p_events jsonb) TO tistis_functions;

--
-- Name: FUNCTION pass_over_answer(p_conversation uuid, p_digest text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.pass_over_answer(p_conversation uuid, p_digest text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.pass_over_answer(p_conversation uuid, p_digest text) TO tistis_functions;

--
-- Name: FUNCTION patch_branch(p_branch uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.patch_branch(p_branch uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_branch(p_branch uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION patch_service(p_service uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.patch_service(p_service uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_service(p_service uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION place_orphans(p_reports jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.place_orphans(p_reports jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.place_orphans(p_reports jsonb) TO tistis_functions;

--
-- Name: FUNCTION press_appointment(p_conversation uuid, p_question uuid, p_appointment uuid, p_seconds double precision, p_confirm boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.press_appointment(p_conversation uuid, p_question uuid, p_appointment uuid, p_seconds double precision, p_confirm boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.press_appointment(p_conversation uuid, p_question uuid, p_appointment uuid, p_seconds double precision, p_confirm boolean) TO tistis_functions;

--
-- Name: FUNCTION promotions_stopped(p_lead uuid, p_channel text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.promotions_stopped(p_lead uuid, p_channel text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.promotions_stopped(p_lead uuid, p_channel text) TO tistis_functions;

--
-- Name: FUNCTION prunable_raw(p_before timestamp with time zone, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.prunable_raw(p_before timestamp with time zone, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prunable_raw(p_before timestamp with time zone, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer) TO tistis_functions;

--
-- Name: FUNCTION prune_events(p_before timestamp with time zone, p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.prune_events(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prune_events(p_before timestamp with time zone, p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION prune_external(p_before uuid, p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.prune_external(p_before uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prune_external(p_before uuid, p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION prune_holds(p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.prune_holds(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prune_holds(p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION prune_jobs(p_older_than interval, p_limit integer); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) TO tistis_jobs;
GRANT ALL ON FUNCTION public.prune_jobs(p_older_than interval, p_limit integer) TO tistis_jobs_process;

--
-- Name: FUNCTION prune_raw(p_before timestamp with time zone, p_limit integer, p_wait boolean, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer, OUT is_more boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.prune_raw(p_before timestamp with time zone, p_limit integer, p_wait boolean, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer, OUT is_more boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prune_raw(p_before timestamp with time zone, p_limit integer, p_wait boolean, OUT messages integer, OUT reports integer, OUT events integer, OUT dead_letters integer, OUT steps integer, OUT is_more boolean) TO tistis_functions;

--
-- Name: FUNCTION put_event(p_event text, p_data jsonb, p_key text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.put_event(p_event text, p_data jsonb, p_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_event(p_event text, p_data jsonb, p_key text) TO tistis_functions;

--
-- Name: FUNCTION put_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_takes_over boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.put_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_takes_over boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_takes_over boolean) TO tistis_functions;

--
-- Name: FUNCTION question_data(c public.conversations, p_question uuid, p_last integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.question_data(c public.conversations, p_question uuid, p_last integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.question_data(c public.conversations, p_question uuid, p_last integer) TO tistis_functions;

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
GRANT ALL ON FUNCTION public.raise_alert(p_connection uuid, p_alert jsonb) TO tistis_functions;

--
-- Name: FUNCTION read_conversation(p_conversation uuid, p_hours jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.read_conversation(p_conversation uuid, p_hours jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_conversation(p_conversation uuid, p_hours jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION receive_events(p_events jsonb, p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_events(p_events jsonb, p_policy jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_events_singly(p_channel text, p_slug text, p_events text[], p_policy jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION receive_history(p_events jsonb, p_keys text[], p_conversations uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_history(p_events jsonb, p_keys text[], p_conversations uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_history(p_events jsonb, p_keys text[], p_conversations uuid[]) TO tistis_functions;

--
-- Name: FUNCTION receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_messages(p_events jsonb, p_keys text[], p_conversations uuid[], p_policy jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_notices(p_events jsonb, p_keys text[], p_leads uuid[]) TO tistis_functions;

--
-- Name: FUNCTION receive_policy(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_policy() FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_policy() TO tistis_functions;

--
-- Name: FUNCTION receive_reports(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.receive_reports(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_reports(p_events jsonb) TO tistis_functions;

--
-- Name: FUNCTION record_call(p_call jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.record_call(p_call jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_call(p_call jsonb) TO tistis_functions;

--
-- Name: FUNCTION record_lead_signals(p_lead uuid, p_conversation uuid, p_message uuid, p_said jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.record_lead_signals(p_lead uuid, p_conversation uuid, p_message uuid, p_said jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_lead_signals(p_lead uuid, p_conversation uuid, p_message uuid, p_said jsonb) TO tistis_functions;

--
-- Name: FUNCTION record_usage(p_usage jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.record_usage(p_usage jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_usage(p_usage jsonb) TO tistis_functions;

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
GRANT ALL ON FUNCTION public.redrive_jobs(p_ids uuid[]) TO tistis_functions;

--
-- Name: FUNCTION refuse_renewal(p_connection uuid, p_attempt uuid, p_token uuid, p_sentence text, p_alert jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.refuse_renewal(p_connection uuid, p_attempt uuid, p_token uuid, p_sentence text, p_alert jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.refuse_renewal(p_connection uuid, p_attempt uuid, p_token uuid, p_sentence text, p_alert jsonb) TO tistis_functions;

--
-- Name: FUNCTION reminders_near(p_hours double precision, p_morning_minute integer, p_after timestamp with time zone, p_after_id uuid, p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.reminders_near(p_hours double precision, p_morning_minute integer, p_after timestamp with time zone, p_after_id uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reminders_near(p_hours double precision, p_morning_minute integer, p_after timestamp with time zone, p_after_id uuid, p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION rename_contact(p_lead uuid, p_connection uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.rename_contact(p_lead uuid, p_connection uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rename_contact(p_lead uuid, p_connection uuid) TO tistis_functions;

--
-- Name: FUNCTION renamed_contact(p_lead uuid, p_connection uuid, p_contact jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.renamed_contact(p_lead uuid, p_connection uuid, p_contact jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.renamed_contact(p_lead uuid, p_connection uuid, p_contact jsonb) TO tistis_functions;

--
-- Name: FUNCTION replay_dead_letter(p_id uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.replay_dead_letter(p_id uuid, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION replay_events(p_id uuid, p_limit integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.replay_events(p_id uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.replay_events(p_id uuid, p_limit integer) TO tistis_functions;

--
-- Name: FUNCTION reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reply_gate(p_conversation uuid, p_answers uuid, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION request_job(p_job jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.request_job(p_job jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.request_job(p_job jsonb) TO tistis_functions;

--
-- Name: FUNCTION require_tenant(p_tenant_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.require_tenant(p_tenant_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.require_tenant(p_tenant_id uuid) TO tistis_functions;

--
-- Name: FUNCTION reschedule_appointment(p_request jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.reschedule_appointment(p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reschedule_appointment(p_request jsonb) TO tistis_functions;

--
-- Name: FUNCTION resolve_alerts(p_connection uuid, p_kinds text[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.resolve_alerts(p_connection uuid, p_kinds text[]) TO tistis_functions;

--
-- Name: FUNCTION resolve_lead(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid, OUT lead_id uuid, OUT lead_name text, OUT is_new boolean, OUT found_by text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.resolve_lead(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid, OUT lead_id uuid, OUT lead_name text, OUT is_new boolean, OUT found_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.resolve_lead(p_aliases jsonb, p_name text, p_source text, p_branch_id uuid, OUT lead_id uuid, OUT lead_name text, OUT is_new boolean, OUT found_by text) TO tistis_functions;

--
-- Name: FUNCTION restore_lead(p_lead_id uuid, p_restored_by uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.restore_lead(p_lead_id uuid, p_restored_by uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.restore_lead(p_lead_id uuid, p_restored_by uuid) TO tistis_functions;

--
-- Name: FUNCTION restore_stops(p_lead uuid, p_aliases jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.restore_stops(p_lead uuid, p_aliases jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.restore_stops(p_lead uuid, p_aliases jsonb) TO tistis_functions;

--
-- Name: FUNCTION resume_channel(p_connection uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.resume_channel(p_connection uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.resume_channel(p_connection uuid) TO tistis_functions;

--
-- Name: FUNCTION retention_due(p_checked_before timestamp with time zone, p_limit integer); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.retention_due(p_checked_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.retention_due(p_checked_before timestamp with time zone, p_limit integer) TO tistis_jobs;
GRANT ALL ON FUNCTION public.retention_due(p_checked_before timestamp with time zone, p_limit integer) TO tistis_jobs_process;
GRANT ALL ON FUNCTION public.retention_due(p_checked_before timestamp with time zone, p_limit integer) TO tistis_owner;

--
-- Name: FUNCTION return_to_promised(p_conversation uuid, p_settled uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.return_to_promised(p_conversation uuid, p_settled uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.return_to_promised(p_conversation uuid, p_settled uuid) TO tistis_functions;

--
-- Name: FUNCTION revive_lead(p_lead_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.revive_lead(p_lead_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revive_lead(p_lead_id uuid) TO tistis_functions;

--
-- Name: FUNCTION revive_parts(p_message uuid, p_job uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.revive_parts(p_message uuid, p_job uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revive_parts(p_message uuid, p_job uuid) TO tistis_functions;

--
-- Name: FUNCTION revoke_api_key(p_key uuid, p_by uuid, p_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.revoke_api_key(p_key uuid, p_by uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_api_key(p_key uuid, p_by uuid, p_reason text) TO tistis_functions;

--
-- Name: FUNCTION rows_of_person(p_leads uuid[], p_names text, p_from uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.rows_of_person(p_leads uuid[], p_names text, p_from uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rows_of_person(p_leads uuid[], p_names text, p_from uuid) TO tistis_functions;

--
-- Name: FUNCTION said_before(p_conversation uuid, p_question uuid, p_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.said_before(p_conversation uuid, p_question uuid, p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.said_before(p_conversation uuid, p_question uuid, p_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION said_hours(p_hours jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.said_hours(p_hours jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.said_hours(p_hours jsonb) TO tistis_functions;

--
-- Name: FUNCTION said_lately(p_connection uuid, p_lead uuid, p_since timestamp with time zone, p_most integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.said_lately(p_connection uuid, p_lead uuid, p_since timestamp with time zone, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.said_lately(p_connection uuid, p_lead uuid, p_since timestamp with time zone, p_most integer) TO tistis_functions;

--
-- Name: FUNCTION said_with_messages(p_events jsonb, p_new uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.said_with_messages(p_events jsonb, p_new uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.said_with_messages(p_events jsonb, p_new uuid[]) TO tistis_functions;

--
-- Name: FUNCTION same_name(p_a text, p_b text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.same_name(p_a text, p_b text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.same_name(p_a text, p_b text) TO tistis_functions;

--
-- Name: FUNCTION same_words(p_one text, p_other text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.same_words(p_one text, p_other text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.same_words(p_one text, p_other text) TO tistis_functions;

--
-- Name: FUNCTION save_incoming_message(p_conversation_id uuid, p_lead_id uuid, p_content text, p_message_type text, p_channel text, p_media_url text, p_whatsapp_message_id text, p_metadata jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.save_incoming_message(p_conversation_id uuid, p_lead_id uuid, p_content text, p_message_type text, p_channel text, p_media_url text, p_whatsapp_message_id text, p_metadata jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.save_incoming_message(p_conversation_id uuid, p_lead_id uuid, p_content text, p_message_type text, p_channel text, p_media_url text, p_whatsapp_message_id text, p_metadata jsonb) TO tistis_functions;

--
-- Name: FUNCTION score_of_class(p_class text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.score_of_class(p_class text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.score_of_class(p_class text) TO tistis_functions;

--
-- Name: FUNCTION score_turn(p_conversation uuid, p_turn jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.score_turn(p_conversation uuid, p_turn jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.score_turn(p_conversation uuid, p_turn jsonb) TO tistis_functions;

--
-- Name: FUNCTION scoring_rules(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.scoring_rules() FROM PUBLIC;
GRANT ALL ON FUNCTION public.scoring_rules() TO tistis_functions;

--
-- Name: FUNCTION seed_scoring_rules(p_tenant uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.seed_scoring_rules(p_tenant uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.seed_scoring_rules(p_tenant uuid) TO tistis_functions;

--
-- Name: FUNCTION seed_scoring_rules_of_new(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.seed_scoring_rules_of_new() FROM PUBLIC;
GRANT ALL ON FUNCTION public.seed_scoring_rules_of_new() TO tistis_functions;

--
-- Name: FUNCTION seen_before(p_messages uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.seen_before(p_messages uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.seen_before(p_messages uuid[]) TO tistis_functions;

--
-- Name: FUNCTION sees_staff(p_staff uuid, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.sees_staff(p_staff uuid, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sees_staff(p_staff uuid, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION send_prepared(p_conversation uuid, p_parts jsonb, p_kind text, p_request_id text, p_numbered jsonb, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.send_prepared(p_conversation uuid, p_parts jsonb, p_kind text, p_request_id text, p_numbered jsonb, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.send_prepared(p_conversation uuid, p_parts jsonb, p_kind text, p_request_id text, p_numbered jsonb, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.send_staff_message(p_conversation uuid, p_parts jsonb, p_staff uuid, p_request_id text, p_automatic boolean, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION sending_login(p_channel text, p_login text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.sending_login(p_channel text, p_login text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sending_login(p_channel text, p_login text) TO tistis_functions;

--
-- Name: TABLE services; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.services TO tistis_webhook;
GRANT SELECT ON TABLE public.services TO tistis_jobs;
GRANT SELECT ON TABLE public.services TO tistis_jobs_process;
GRANT SELECT ON TABLE public.services TO tistis_api;
GRANT SELECT ON TABLE public.services TO tistis_guide;

--
-- Name: COLUMN services.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(tenant_id) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(name),UPDATE(name) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.slug; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(slug) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.description; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(description) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.category; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(category) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.price_min; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(price_min) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.price_max; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(price_max) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.currency; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(currency),UPDATE(currency) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.price_note; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(price_note) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.duration_minutes; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(duration_minutes) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.is_active; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(is_active) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.is_bookable; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(is_bookable) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.buffer_before_minutes; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(buffer_before_minutes) ON TABLE public.services TO tistis_api;

--
-- Name: COLUMN services.buffer_after_minutes; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(buffer_after_minutes) ON TABLE public.services TO tistis_api;

--
-- Name: FUNCTION service_json(s public.services); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.service_json(s public.services) FROM PUBLIC;
GRANT ALL ON FUNCTION public.service_json(s public.services) TO tistis_functions;

--
-- Name: FUNCTION set_budget(p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.set_budget(p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_budget(p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION set_consent(p_lead uuid, p_channel text, p_scope text, p_state text, p_source text, p_at timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.set_consent(p_lead uuid, p_channel text, p_scope text, p_state text, p_source text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_consent(p_lead uuid, p_channel text, p_scope text, p_state text, p_source text, p_at timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION set_lead_score(p_lead uuid, p_branch uuid, p_score integer, p_reason text, p_anew boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.set_lead_score(p_lead uuid, p_branch uuid, p_score integer, p_reason text, p_anew boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_lead_score(p_lead uuid, p_branch uuid, p_score integer, p_reason text, p_anew boolean) TO tistis_functions;

--
-- Name: FUNCTION set_routine(p_reminders boolean, p_follow_ups boolean, p_confirmation_text text, p_reminder_text text, p_follow_up_text text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.set_routine(p_reminders boolean, p_follow_ups boolean, p_confirmation_text text, p_reminder_text text, p_follow_up_text text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_routine(p_reminders boolean, p_follow_ups boolean, p_confirmation_text text, p_reminder_text text, p_follow_up_text text) TO tistis_functions;

--
-- Name: FUNCTION set_staff_branches(p_staff uuid, p_branches uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.set_staff_branches(p_staff uuid, p_branches uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_staff_branches(p_staff uuid, p_branches uuid[]) TO tistis_functions;

--
-- Name: FUNCTION set_staff_hours(p_staff uuid, p_branch uuid, p_spans jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.set_staff_hours(p_staff uuid, p_branch uuid, p_spans jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_staff_hours(p_staff uuid, p_branch uuid, p_spans jsonb) TO tistis_functions;

--
-- Name: FUNCTION set_staff_services(p_staff uuid, p_services uuid[]); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.set_staff_services(p_staff uuid, p_services uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_staff_services(p_staff uuid, p_services uuid[]) TO tistis_functions;

--
-- Name: FUNCTION settle_event(p_id uuid, p_status text, p_attempted boolean, p_http integer, p_error text, p_alert jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.settle_event(p_id uuid, p_status text, p_attempted boolean, p_http integer, p_error text, p_alert jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_event(p_id uuid, p_status text, p_attempted boolean, p_http integer, p_error text, p_alert jsonb) TO tistis_functions;

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
GRANT ALL ON FUNCTION public.settle_jobs_of(p_tenant uuid, p_results jsonb) TO tistis_functions;

--
-- Name: FUNCTION settle_read_back(p_message uuid, p_found jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.settle_read_back(p_message uuid, p_found jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_read_back(p_message uuid, p_found jsonb) TO tistis_functions;

--
-- Name: FUNCTION shared_webhook_heard(p_channel text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.shared_webhook_heard(p_channel text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.shared_webhook_heard(p_channel text) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.shared_webhook_heard(p_channel text) TO tistis_webhook_instagram;
GRANT ALL ON FUNCTION public.shared_webhook_heard(p_channel text) TO tistis_webhook_facebook;
GRANT ALL ON FUNCTION public.shared_webhook_heard(p_channel text) TO tistis_webhook_tiktok;

--
-- Name: FUNCTION shared_webhook_refused(p_channel text, p_count integer); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.shared_webhook_refused(p_channel text, p_count integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.shared_webhook_refused(p_channel text, p_count integer) TO tistis_webhook_whatsapp;
GRANT ALL ON FUNCTION public.shared_webhook_refused(p_channel text, p_count integer) TO tistis_webhook_instagram;
GRANT ALL ON FUNCTION public.shared_webhook_refused(p_channel text, p_count integer) TO tistis_webhook_facebook;
GRANT ALL ON FUNCTION public.shared_webhook_refused(p_channel text, p_count integer) TO tistis_webhook_tiktok;

--
-- Name: FUNCTION shown_name(p_first text, p_last text, p_display text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.shown_name(p_first text, p_last text, p_display text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.shown_name(p_first text, p_last text, p_display text) TO tistis_functions;

--
-- Name: FUNCTION signature_sentence(p_channel text, p_count integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.signature_sentence(p_channel text, p_count integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.signature_sentence(p_channel text, p_count integer) TO tistis_functions;

--
-- Name: FUNCTION soft_delete_lead(p_lead_id uuid, p_deleted_by uuid, p_cancel_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.soft_delete_lead(p_lead_id uuid, p_deleted_by uuid, p_cancel_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.soft_delete_lead(p_lead_id uuid, p_deleted_by uuid, p_cancel_reason text) TO tistis_functions;

--
-- Name: FUNCTION staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.staff_gate(p_conversation uuid, p_policy jsonb, p_message uuid) TO tistis_functions;

--
-- Name: FUNCTION staff_hours_json(p_staff uuid, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.staff_hours_json(p_staff uuid, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.staff_hours_json(p_staff uuid, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION staff_json(s public.staff, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.staff_json(s public.staff, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.staff_json(s public.staff, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION staff_to_take_over(p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.staff_to_take_over(p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.staff_to_take_over(p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION stale_sentence(p_count integer, p_stale_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.stale_sentence(p_count integer, p_stale_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.stale_sentence(p_count integer, p_stale_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION stamp_ready(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.stamp_ready() FROM PUBLIC;
GRANT ALL ON FUNCTION public.stamp_ready() TO tistis_functions;

--
-- Name: FUNCTION stop_channel(p_connection uuid, p_sentence text, p_code text, p_alert jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.stop_channel(p_connection uuid, p_sentence text, p_code text, p_alert jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.stop_channel(p_connection uuid, p_sentence text, p_code text, p_alert jsonb) TO tistis_functions;

--
-- Name: FUNCTION store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.store_reply(p_conversation uuid, p_parts text[], p_answers uuid, p_job uuid, p_worker uuid, p_metadata jsonb, p_request_id text) TO tistis_functions;

--
-- Name: FUNCTION strike_sends(p_connection uuid, p_contact text, p_seconds double precision, p_growth double precision, p_cap double precision, p_reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.strike_sends(p_connection uuid, p_contact text, p_seconds double precision, p_growth double precision, p_cap double precision, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.strike_sends(p_connection uuid, p_contact text, p_seconds double precision, p_growth double precision, p_cap double precision, p_reason text) TO tistis_functions;

--
-- Name: FUNCTION superseded_questions(p_asked jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.superseded_questions(p_asked jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.superseded_questions(p_asked jsonb) TO tistis_functions;

--
-- Name: FUNCTION sync_templates(p_business text, p_templates jsonb, p_at timestamp with time zone, p_whole boolean, OUT listed integer, OUT gone integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.sync_templates(p_business text, p_templates jsonb, p_at timestamp with time zone, p_whole boolean, OUT listed integer, OUT gone integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sync_templates(p_business text, p_templates jsonb, p_at timestamp with time zone, p_whole boolean, OUT listed integer, OUT gone integer) TO tistis_functions;

--
-- Name: FUNCTION take_account(p_connection uuid, p_token_stops text[]); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.take_account(p_connection uuid, p_token_stops text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_account(p_connection uuid, p_token_stops text[]) TO tistis_jobs;
GRANT ALL ON FUNCTION public.take_account(p_connection uuid, p_token_stops text[]) TO tistis_jobs_process;

--
-- Name: FUNCTION take_api_call(p_key uuid, p_per_minute integer, p_per_day integer, p_address text, p_endpoint text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.take_api_call(p_key uuid, p_per_minute integer, p_per_day integer, p_address text, p_endpoint text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_api_call(p_key uuid, p_per_minute integer, p_per_day integer, p_address text, p_endpoint text) TO tistis_functions;

--
-- Name: FUNCTION take_external_event(p_told jsonb, p_asker text, p_branch uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.take_external_event(p_told jsonb, p_asker text, p_branch uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_external_event(p_told jsonb, p_asker text, p_branch uuid) TO tistis_functions;

--
-- Name: FUNCTION take_over_conversation(p_conversation uuid, p_staff uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.take_over_conversation(p_conversation uuid, p_staff uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_over_conversation(p_conversation uuid, p_staff uuid) TO tistis_functions;

--
-- Name: FUNCTION take_send_slot(p_connection uuid, p_contact text, p_initiated boolean, p_pace jsonb, OUT wait_seconds double precision, OUT reason text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.take_send_slot(p_connection uuid, p_contact text, p_initiated boolean, p_pace jsonb, OUT wait_seconds double precision, OUT reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_send_slot(p_connection uuid, p_contact text, p_initiated boolean, p_pace jsonb, OUT wait_seconds double precision, OUT reason text) TO tistis_functions;

--
-- Name: FUNCTION take_upload_bytes(p_bytes bigint, p_most bigint); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.take_upload_bytes(p_bytes bigint, p_most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_upload_bytes(p_bytes bigint, p_most bigint) TO tistis_functions;

--
-- Name: FUNCTION take_user_call(p_user uuid, p_per_minute integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.take_user_call(p_user uuid, p_per_minute integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_user_call(p_user uuid, p_per_minute integer) TO tistis_functions;

--
-- Name: FUNCTION taken_times(p_resource uuid, p_place integer, p_from timestamp with time zone, p_to timestamp with time zone, p_except uuid, p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.taken_times(p_resource uuid, p_place integer, p_from timestamp with time zone, p_to timestamp with time zone, p_except uuid, p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.taken_times(p_resource uuid, p_place integer, p_from timestamp with time zone, p_to timestamp with time zone, p_except uuid, p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION takes_time(a public.appointments); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.takes_time(a public.appointments) FROM PUBLIC;
GRANT ALL ON FUNCTION public.takes_time(a public.appointments) TO tistis_functions;

--
-- Name: TABLE ai_usage_months; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.ai_usage_months TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.ai_usage_months TO tistis_jobs_process;
GRANT SELECT ON TABLE public.ai_usage_months TO tistis_api;
GRANT SELECT ON TABLE public.ai_usage_months TO tistis_guide;

--
-- Name: FUNCTION tell_budget(a public.ai_tenant_context, m public.ai_usage_months, p_percent integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.tell_budget(a public.ai_tenant_context, m public.ai_usage_months, p_percent integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tell_budget(a public.ai_tenant_context, m public.ai_usage_months, p_percent integer) TO tistis_functions;

--
-- Name: FUNCTION tell_of_appointment(p_event text, p_appointment uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.tell_of_appointment(p_event text, p_appointment uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tell_of_appointment(p_event text, p_appointment uuid) TO tistis_functions;

--
-- Name: FUNCTION tell_sends_in_doubt(p_seconds double precision); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.tell_sends_in_doubt(p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tell_sends_in_doubt(p_seconds double precision) TO tistis_functions;

--
-- Name: FUNCTION tell_staff_untold(p_conversation uuid, p_done jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.tell_staff_untold(p_conversation uuid, p_done jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tell_staff_untold(p_conversation uuid, p_done jsonb) TO tistis_functions;

--
-- Name: FUNCTION template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.template_gate(p_conversation uuid, p_policy jsonb, p_payload jsonb) TO tistis_functions;

--
-- Name: FUNCTION template_trouble(p_connection uuid, p_payload jsonb, p_usable jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.template_trouble(p_connection uuid, p_payload jsonb, p_usable jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.template_trouble(p_connection uuid, p_payload jsonb, p_usable jsonb) TO tistis_functions;

--
-- Name: FUNCTION tenant_of_slug(p_slug text); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.tenant_of_slug(p_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tenant_of_slug(p_slug text) TO tistis_owner;

--
-- Name: FUNCTION tenant_profile(p_tenant_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.tenant_profile(p_tenant_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tenant_profile(p_tenant_id uuid) TO tistis_functions;

--
-- Name: FUNCTION tenants_in_doubt(p_seconds double precision); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.tenants_in_doubt(p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tenants_in_doubt(p_seconds double precision) TO tistis_jobs;
GRANT ALL ON FUNCTION public.tenants_in_doubt(p_seconds double precision) TO tistis_jobs_process;

--
-- Name: FUNCTION text_list(p_list jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.text_list(p_list jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.text_list(p_list jsonb) TO tistis_functions;

--
-- Name: FUNCTION time_off_json(o public.times_off); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.time_off_json(o public.times_off) FROM PUBLIC;
GRANT ALL ON FUNCTION public.time_off_json(o public.times_off) TO tistis_functions;

--
-- Name: FUNCTION token_end(p_expires timestamp with time zone, p_sealed_at timestamp with time zone, p_policy jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.token_end(p_expires timestamp with time zone, p_sealed_at timestamp with time zone, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.token_end(p_expires timestamp with time zone, p_sealed_at timestamp with time zone, p_policy jsonb) TO tistis_functions;

--
-- Name: FUNCTION token_expiry(p_hints jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.token_expiry(p_hints jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.token_expiry(p_hints jsonb) TO tistis_functions;

--
-- Name: FUNCTION tokens_to_renew(p_policy jsonb, p_limit integer); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.tokens_to_renew(p_policy jsonb, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tokens_to_renew(p_policy jsonb, p_limit integer) TO tistis_jobs;
GRANT ALL ON FUNCTION public.tokens_to_renew(p_policy jsonb, p_limit integer) TO tistis_jobs_process;

--
-- Name: FUNCTION touch_updated_at(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.touch_updated_at() FROM PUBLIC;
GRANT ALL ON FUNCTION public.touch_updated_at() TO tistis_functions;

--
-- Name: FUNCTION turn_to_score(p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.turn_to_score(p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.turn_to_score(p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION update_appointment(p_appointment uuid, p_branch uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.update_appointment(p_appointment uuid, p_branch uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_appointment(p_appointment uuid, p_branch uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION update_lead(p_lead_id uuid, p_branch uuid, p_change jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.update_lead(p_lead_id uuid, p_branch uuid, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_lead(p_lead_id uuid, p_branch uuid, p_change jsonb) TO tistis_functions;

--
-- Name: FUNCTION update_lead_score(p_lead_id uuid, p_score_change integer, p_signal_name character varying, p_change_source character varying, p_reason text, p_message_id uuid, p_staff_id uuid, p_conversation_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.update_lead_score(p_lead_id uuid, p_score_change integer, p_signal_name character varying, p_change_source character varying, p_reason text, p_message_id uuid, p_staff_id uuid, p_conversation_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_lead_score(p_lead_id uuid, p_score_change integer, p_signal_name character varying, p_change_source character varying, p_reason text, p_message_id uuid, p_staff_id uuid, p_conversation_id uuid) TO tistis_functions;

--
-- Name: FUNCTION update_message_status(p_tenant_id uuid, p_whatsapp_message_id text, p_new_status text, p_error_message text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.update_message_status(p_tenant_id uuid, p_whatsapp_message_id text, p_new_status text, p_error_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_message_status(p_tenant_id uuid, p_whatsapp_message_id text, p_new_status text, p_error_message text) TO tistis_functions;

--
-- Name: FUNCTION usage_json(p_from date, p_to date, p_conversation uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.usage_json(p_from date, p_to date, p_conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.usage_json(p_from date, p_to date, p_conversation uuid) TO tistis_functions;

--
-- Name: FUNCTION uuid_floor(p_at timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.uuid_floor(p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.uuid_floor(p_at timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION uuid_v7_floor(p_at timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.uuid_v7_floor(p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.uuid_v7_floor(p_at timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION validate_appointment_booking(p_staff_id uuid, p_lead_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer, p_exclude_appointment_id uuid, p_skip_availability_check boolean); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.validate_appointment_booking(p_staff_id uuid, p_lead_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer, p_exclude_appointment_id uuid, p_skip_availability_check boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_appointment_booking(p_staff_id uuid, p_lead_id uuid, p_branch_id uuid, p_scheduled_at timestamp with time zone, p_duration_minutes integer, p_exclude_appointment_id uuid, p_skip_availability_check boolean) TO tistis_functions;

--
-- Name: FUNCTION validate_channel_connection_for_job(p_job_id uuid, p_channel_connection_id uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.validate_channel_connection_for_job(p_job_id uuid, p_channel_connection_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_channel_connection_for_job(p_job_id uuid, p_channel_connection_id uuid) TO tistis_functions;

--
-- Name: FUNCTION want_token_keys(); Type: ACL; Schema: public; Owner: tistis_definer
--

REVOKE ALL ON FUNCTION public.want_token_keys() FROM PUBLIC;
GRANT ALL ON FUNCTION public.want_token_keys() TO tistis_api;

--
-- Name: FUNCTION wants_event(p_event text); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.wants_event(p_event text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.wants_event(p_event text) TO tistis_functions;

--
-- Name: FUNCTION wants_scores(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.wants_scores() FROM PUBLIC;
GRANT ALL ON FUNCTION public.wants_scores() TO tistis_functions;

--
-- Name: FUNCTION welcome_customer(p_appointment uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.welcome_customer(p_appointment uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.welcome_customer(p_appointment uuid) TO tistis_functions;

--
-- Name: FUNCTION who_takes(p_branch uuid, p_service uuid, p_staff uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.who_takes(p_branch uuid, p_service uuid, p_staff uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.who_takes(p_branch uuid, p_service uuid, p_staff uuid) TO tistis_functions;

--
-- Name: FUNCTION window_is_open(p_connection uuid, p_lead uuid, p_hours integer); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.window_is_open(p_connection uuid, p_lead uuid, p_hours integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.window_is_open(p_connection uuid, p_lead uuid, p_hours integer) TO tistis_functions;

--
-- Name: FUNCTION window_of(p_connection uuid, p_lead uuid); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.window_of(p_connection uuid, p_lead uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.window_of(p_connection uuid, p_lead uuid) TO tistis_functions;

--
-- Name: FUNCTION with_referrals(p_details jsonb, p_new jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.with_referrals(p_details jsonb, p_new jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.with_referrals(p_details jsonb, p_new jsonb) TO tistis_functions;

--
-- Name: FUNCTION without_erased(p_events jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.without_erased(p_events jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.without_erased(p_events jsonb) TO tistis_functions;

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
-- Name: FUNCTION working_spans(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.working_spans(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.working_spans(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION working_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.working_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.working_times(p_branch uuid, p_staff uuid, p_from timestamp with time zone, p_to timestamp with time zone) TO tistis_functions;

--
-- Name: FUNCTION write_ai_tenant_config(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.write_ai_tenant_config() FROM PUBLIC;
GRANT ALL ON FUNCTION public.write_ai_tenant_config() TO tistis_functions;

--
-- Name: FUNCTION write_channel_connection(); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.write_channel_connection() FROM PUBLIC;
GRANT ALL ON FUNCTION public.write_channel_connection() TO tistis_functions;

--
-- Name: FUNCTION write_through(p_table regclass, p_view text, p_key jsonb, p_old jsonb, p_new jsonb); Type: ACL; Schema: public; Owner: tistis_owner
--

REVOKE ALL ON FUNCTION public.write_through(p_table regclass, p_view text, p_key jsonb, p_old jsonb, p_new jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.write_through(p_table regclass, p_view text, p_key jsonb, p_old jsonb, p_new jsonb) TO tistis_functions;

--
-- Name: TABLE ai_dead_letter_queue; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.ai_dead_letter_queue TO tistis_guide;

--
-- Name: TABLE ai_scoring_rules; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.ai_scoring_rules TO tistis_jobs;
GRANT SELECT ON TABLE public.ai_scoring_rules TO tistis_jobs_process;
GRANT SELECT ON TABLE public.ai_scoring_rules TO tistis_api;
GRANT SELECT ON TABLE public.ai_scoring_rules TO tistis_guide;

--
-- Name: COLUMN ai_scoring_rules.signal_display_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(signal_display_name) ON TABLE public.ai_scoring_rules TO tistis_api;

--
-- Name: COLUMN ai_scoring_rules.points; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(points) ON TABLE public.ai_scoring_rules TO tistis_api;

--
-- Name: COLUMN ai_scoring_rules.detection_config; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(detection_config) ON TABLE public.ai_scoring_rules TO tistis_api;

--
-- Name: COLUMN ai_scoring_rules.is_active; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(is_active) ON TABLE public.ai_scoring_rules TO tistis_api;

--
-- Name: COLUMN ai_scoring_rules.updated_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(updated_at) ON TABLE public.ai_scoring_rules TO tistis_api;

--
-- Name: TABLE ai_steps; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE public.ai_steps TO tistis_jobs;
GRANT SELECT,INSERT,DELETE ON TABLE public.ai_steps TO tistis_jobs_process;
GRANT SELECT ON TABLE public.ai_steps TO tistis_api;
GRANT SELECT ON TABLE public.ai_steps TO tistis_guide;

--
-- Name: TABLE ai_tenant_config; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.ai_tenant_config TO tistis_guide;

--
-- Name: TABLE api_key_audit; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT ON TABLE public.api_key_audit TO tistis_api;

--
-- Name: TABLE api_key_refusals; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.api_key_refusals TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.api_key_refusals TO tistis_webhook;
GRANT SELECT,DELETE ON TABLE public.api_key_refusals TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.api_key_refusals TO tistis_jobs_process;

--
-- Name: TABLE api_key_usage; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.api_key_usage TO tistis_webhook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.api_key_usage TO tistis_api;

--
-- Name: TABLE api_requests; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_requests TO tistis_webhook;
GRANT SELECT,DELETE ON TABLE public.api_requests TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.api_requests TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_requests TO tistis_api;

--
-- Name: TABLE channel_connections; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.channel_connections TO tistis_definer;
GRANT SELECT ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT SELECT ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT SELECT ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.channel_connections TO tistis_webhook;
GRANT SELECT ON TABLE public.channel_connections TO tistis_jobs;
GRANT SELECT ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT SELECT,INSERT ON TABLE public.channel_connections TO tistis_api;
GRANT SELECT ON TABLE public.channel_connections TO tistis_guide;

--
-- Name: COLUMN channel_connections.status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(status) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.ai_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(ai_enabled) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.connection_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(connection_name) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.account_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(account_name) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.whatsapp_phone_number_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(whatsapp_phone_number_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.whatsapp_business_account_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(whatsapp_business_account_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.instagram_account_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(instagram_account_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.instagram_page_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(instagram_page_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.instagram_username; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(instagram_username) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.facebook_page_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(facebook_page_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.facebook_page_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(facebook_page_name) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.tiktok_business_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(tiktok_business_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.tiktok_client_key; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(tiktok_client_key) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.tiktok_open_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(tiktok_open_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.first_message_delay_seconds; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(first_message_delay_seconds) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.subsequent_message_delay_seconds; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(subsequent_message_delay_seconds) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.ai_personality_override; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(ai_personality_override) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.custom_instructions_override; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(custom_instructions_override) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.error_count; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(error_count) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.last_message_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_message_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(last_message_at) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(last_message_at) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(last_message_at) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(last_message_at) ON TABLE public.channel_connections TO tistis_guide;

--
-- Name: COLUMN channel_connections.last_error_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(last_error_at) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.last_error_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(last_error_message) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.connected_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(connected_at) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.disconnected_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(disconnected_at) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.updated_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(updated_at) ON TABLE public.channel_connections TO tistis_guide;

--
-- Name: COLUMN channel_connections.quality; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(quality) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(quality) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(quality) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(quality) ON TABLE public.channel_connections TO tistis_webhook_tiktok;

--
-- Name: COLUMN channel_connections.messaging_limit; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(messaging_limit) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(messaging_limit) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(messaging_limit) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(messaging_limit) ON TABLE public.channel_connections TO tistis_webhook_tiktok;

--
-- Name: COLUMN channel_connections.stopped_code; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(stopped_code) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.stopped_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_webhook_tiktok;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(stopped_at) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.is_personal_brand; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(is_personal_brand) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.meta_app_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(meta_app_id) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.login; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(login) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.human_agent_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(human_agent_enabled) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.last_webhook_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_webhook_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(last_webhook_at) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(last_webhook_at) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(last_webhook_at) ON TABLE public.channel_connections TO tistis_webhook_tiktok;

--
-- Name: COLUMN channel_connections.signature_failures; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(signature_failures) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(signature_failures) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(signature_failures) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(signature_failures) ON TABLE public.channel_connections TO tistis_webhook_tiktok;

--
-- Name: COLUMN channel_connections.last_signature_failure_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_signature_failure_at) ON TABLE public.channel_connections TO tistis_webhook_whatsapp;
GRANT UPDATE(last_signature_failure_at) ON TABLE public.channel_connections TO tistis_webhook_instagram;
GRANT UPDATE(last_signature_failure_at) ON TABLE public.channel_connections TO tistis_webhook_facebook;
GRANT UPDATE(last_signature_failure_at) ON TABLE public.channel_connections TO tistis_webhook_tiktok;

--
-- Name: COLUMN channel_connections.tested_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(tested_at) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(tested_at) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(tested_at) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.test_result; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(test_result) ON TABLE public.channel_connections TO tistis_jobs;
GRANT UPDATE(test_result) ON TABLE public.channel_connections TO tistis_jobs_process;
GRANT UPDATE(test_result) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: COLUMN channel_connections.owned_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(owned_at) ON TABLE public.channel_connections TO tistis_definer;

--
-- Name: COLUMN channel_connections.echo_takes_over; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(echo_takes_over) ON TABLE public.channel_connections TO tistis_api;

--
-- Name: TABLE secret_hints; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.secret_hints TO tistis_definer;
GRANT SELECT ON TABLE public.secret_hints TO tistis_jobs;
GRANT SELECT ON TABLE public.secret_hints TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secret_hints TO tistis_api;
GRANT SELECT ON TABLE public.secret_hints TO tistis_guide;

--
-- Name: COLUMN secret_hints.hint; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(hint) ON TABLE public.secret_hints TO tistis_jobs;
GRANT UPDATE(hint) ON TABLE public.secret_hints TO tistis_jobs_process;

--
-- Name: COLUMN secret_hints.expires_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(expires_at) ON TABLE public.secret_hints TO tistis_jobs;
GRANT UPDATE(expires_at) ON TABLE public.secret_hints TO tistis_jobs_process;

--
-- Name: COLUMN secret_hints.updated_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(updated_at) ON TABLE public.secret_hints TO tistis_jobs;
GRANT UPDATE(updated_at) ON TABLE public.secret_hints TO tistis_jobs_process;

--
-- Name: TABLE tenants; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.tenants TO tistis_definer;
GRANT SELECT ON TABLE public.tenants TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.tenants TO tistis_webhook_instagram;
GRANT SELECT ON TABLE public.tenants TO tistis_webhook_facebook;
GRANT SELECT ON TABLE public.tenants TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.tenants TO tistis_webhook;
GRANT SELECT ON TABLE public.tenants TO tistis_jobs;
GRANT SELECT ON TABLE public.tenants TO tistis_jobs_process;
GRANT SELECT ON TABLE public.tenants TO tistis_api;
GRANT SELECT ON TABLE public.tenants TO tistis_guide;

--
-- Name: TABLE channel_connections_guide; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.channel_connections_guide TO tistis_guide;

--
-- Name: TABLE channel_events; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.channel_events TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.channel_events TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.channel_events TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.channel_events TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.channel_events TO tistis_jobs;
GRANT SELECT ON TABLE public.channel_events TO tistis_jobs_process;
GRANT SELECT ON TABLE public.channel_events TO tistis_api;
GRANT SELECT ON TABLE public.channel_events TO tistis_guide;

--
-- Name: COLUMN channel_events.lead_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(lead_id) ON TABLE public.channel_events TO tistis_guide;

--
-- Name: COLUMN channel_events.content; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(content) ON TABLE public.channel_events TO tistis_guide;

--
-- Name: COLUMN channel_events.details; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(details) ON TABLE public.channel_events TO tistis_guide;

--
-- Name: COLUMN channel_events.raw; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(raw) ON TABLE public.channel_events TO tistis_jobs;
GRANT UPDATE(raw) ON TABLE public.channel_events TO tistis_jobs_process;
GRANT UPDATE(raw) ON TABLE public.channel_events TO tistis_guide;

--
-- Name: TABLE channel_rate_limits; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.channel_rate_limits TO tistis_guide;

--
-- Name: TABLE contact_consents; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.contact_consents TO tistis_webhook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_consents TO tistis_guide;

--
-- Name: TABLE contact_windows; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.contact_windows TO tistis_webhook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_jobs_process;
GRANT SELECT ON TABLE public.contact_windows TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_windows TO tistis_guide;

--
-- Name: TABLE conversations_guide; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.conversations_guide TO tistis_guide;

--
-- Name: TABLE erased_items; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.erased_items TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.erased_items TO tistis_webhook_instagram;
GRANT SELECT ON TABLE public.erased_items TO tistis_webhook_facebook;
GRANT SELECT ON TABLE public.erased_items TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.erased_items TO tistis_guide;
GRANT SELECT,DELETE ON TABLE public.erased_items TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.erased_items TO tistis_jobs_process;
GRANT SELECT ON TABLE public.erased_items TO tistis_api;

--
-- Name: TABLE erased_stops; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.erased_stops TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.erased_stops TO tistis_webhook_instagram;
GRANT SELECT ON TABLE public.erased_stops TO tistis_webhook_facebook;
GRANT SELECT ON TABLE public.erased_stops TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.erased_stops TO tistis_guide;
GRANT SELECT ON TABLE public.erased_stops TO tistis_api;

--
-- Name: TABLE erasure_keys; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.erasure_keys TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.erasure_keys TO tistis_webhook_instagram;
GRANT SELECT ON TABLE public.erasure_keys TO tistis_webhook_facebook;
GRANT SELECT ON TABLE public.erasure_keys TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.erasure_keys TO tistis_guide;
GRANT SELECT ON TABLE public.erasure_keys TO tistis_api;

--
-- Name: TABLE external_events; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT ON TABLE public.external_events TO tistis_api;
GRANT SELECT,DELETE ON TABLE public.external_events TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.external_events TO tistis_jobs_process;

--
-- Name: TABLE external_inventory; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.external_inventory TO tistis_jobs;
GRANT SELECT ON TABLE public.external_inventory TO tistis_jobs_process;
GRANT SELECT ON TABLE public.external_inventory TO tistis_api;
GRANT SELECT ON TABLE public.external_inventory TO tistis_guide;

--
-- Name: TABLE external_products; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.external_products TO tistis_jobs;
GRANT SELECT ON TABLE public.external_products TO tistis_jobs_process;
GRANT SELECT ON TABLE public.external_products TO tistis_api;
GRANT SELECT ON TABLE public.external_products TO tistis_guide;

--
-- Name: TABLE faqs; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.faqs TO tistis_jobs;
GRANT SELECT ON TABLE public.faqs TO tistis_jobs_process;
GRANT SELECT ON TABLE public.faqs TO tistis_api;
GRANT SELECT ON TABLE public.faqs TO tistis_guide;

--
-- Name: TABLE follow_ups; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT,UPDATE ON TABLE public.follow_ups TO tistis_webhook_whatsapp;
GRANT INSERT,UPDATE ON TABLE public.follow_ups TO tistis_webhook_instagram;
GRANT INSERT,UPDATE ON TABLE public.follow_ups TO tistis_webhook_facebook;
GRANT INSERT,UPDATE ON TABLE public.follow_ups TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,UPDATE ON TABLE public.follow_ups TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.follow_ups TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.follow_ups TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.follow_ups TO tistis_guide;

--
-- Name: COLUMN follow_ups.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.follow_ups TO tistis_webhook_whatsapp;
GRANT SELECT(tenant_id) ON TABLE public.follow_ups TO tistis_webhook_instagram;
GRANT SELECT(tenant_id) ON TABLE public.follow_ups TO tistis_webhook_facebook;
GRANT SELECT(tenant_id) ON TABLE public.follow_ups TO tistis_webhook_tiktok;

--
-- Name: COLUMN follow_ups.lead_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(lead_id) ON TABLE public.follow_ups TO tistis_webhook_whatsapp;
GRANT SELECT(lead_id) ON TABLE public.follow_ups TO tistis_webhook_instagram;
GRANT SELECT(lead_id) ON TABLE public.follow_ups TO tistis_webhook_facebook;
GRANT SELECT(lead_id) ON TABLE public.follow_ups TO tistis_webhook_tiktok;

--
-- Name: COLUMN follow_ups.silent_since; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(silent_since) ON TABLE public.follow_ups TO tistis_webhook_whatsapp;
GRANT SELECT(silent_since) ON TABLE public.follow_ups TO tistis_webhook_instagram;
GRANT SELECT(silent_since) ON TABLE public.follow_ups TO tistis_webhook_facebook;
GRANT SELECT(silent_since) ON TABLE public.follow_ups TO tistis_webhook_tiktok;

--
-- Name: COLUMN follow_ups.attempts; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(attempts) ON TABLE public.follow_ups TO tistis_webhook_whatsapp;
GRANT SELECT(attempts) ON TABLE public.follow_ups TO tistis_webhook_instagram;
GRANT SELECT(attempts) ON TABLE public.follow_ups TO tistis_webhook_facebook;
GRANT SELECT(attempts) ON TABLE public.follow_ups TO tistis_webhook_tiktok;

--
-- Name: COLUMN follow_ups.last_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(last_at) ON TABLE public.follow_ups TO tistis_webhook_whatsapp;
GRANT SELECT(last_at) ON TABLE public.follow_ups TO tistis_webhook_instagram;
GRANT SELECT(last_at) ON TABLE public.follow_ups TO tistis_webhook_facebook;
GRANT SELECT(last_at) ON TABLE public.follow_ups TO tistis_webhook_tiktok;

--
-- Name: COLUMN follow_ups.ended; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(ended) ON TABLE public.follow_ups TO tistis_webhook_whatsapp;
GRANT SELECT(ended) ON TABLE public.follow_ups TO tistis_webhook_instagram;
GRANT SELECT(ended) ON TABLE public.follow_ups TO tistis_webhook_facebook;
GRANT SELECT(ended) ON TABLE public.follow_ups TO tistis_webhook_tiktok;

--
-- Name: TABLE inbound_secrets; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.inbound_secrets TO tistis_definer;
GRANT INSERT,DELETE ON TABLE public.inbound_secrets TO tistis_api;

--
-- Name: COLUMN inbound_secrets.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.inbound_secrets TO tistis_api;

--
-- Name: COLUMN inbound_secrets.id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(id) ON TABLE public.inbound_secrets TO tistis_api;

--
-- Name: COLUMN inbound_secrets.channel_connection_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(channel_connection_id) ON TABLE public.inbound_secrets TO tistis_api;

--
-- Name: COLUMN inbound_secrets.kind; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(kind) ON TABLE public.inbound_secrets TO tistis_api;

--
-- Name: TABLE integration_connections; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.integration_connections TO tistis_jobs;
GRANT SELECT ON TABLE public.integration_connections TO tistis_jobs_process;
GRANT SELECT ON TABLE public.integration_connections TO tistis_api;
GRANT SELECT ON TABLE public.integration_connections TO tistis_guide;

--
-- Name: TABLE lead_aliases; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_aliases TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_aliases TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_aliases TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_aliases TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.lead_aliases TO tistis_webhook;
GRANT SELECT,INSERT ON TABLE public.lead_aliases TO tistis_jobs;
GRANT SELECT,INSERT ON TABLE public.lead_aliases TO tistis_jobs_process;
GRANT SELECT,INSERT ON TABLE public.lead_aliases TO tistis_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_aliases TO tistis_guide;

--
-- Name: TABLE lead_merges; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT ON TABLE public.lead_merges TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT ON TABLE public.lead_merges TO tistis_webhook_instagram;
GRANT SELECT,INSERT ON TABLE public.lead_merges TO tistis_webhook_facebook;
GRANT SELECT,INSERT ON TABLE public.lead_merges TO tistis_webhook_tiktok;
GRANT SELECT,INSERT ON TABLE public.lead_merges TO tistis_guide;

--
-- Name: TABLE lead_score_history; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT ON TABLE public.lead_score_history TO tistis_webhook;
GRANT INSERT ON TABLE public.lead_score_history TO tistis_webhook_whatsapp;
GRANT INSERT ON TABLE public.lead_score_history TO tistis_webhook_instagram;
GRANT INSERT ON TABLE public.lead_score_history TO tistis_webhook_facebook;
GRANT INSERT ON TABLE public.lead_score_history TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_score_history TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_score_history TO tistis_jobs_process;
GRANT SELECT,INSERT ON TABLE public.lead_score_history TO tistis_api;
GRANT SELECT,INSERT ON TABLE public.lead_score_history TO tistis_guide;

--
-- Name: COLUMN lead_score_history.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.lead_score_history TO tistis_webhook_whatsapp;
GRANT SELECT(tenant_id) ON TABLE public.lead_score_history TO tistis_webhook_instagram;
GRANT SELECT(tenant_id) ON TABLE public.lead_score_history TO tistis_webhook_facebook;
GRANT SELECT(tenant_id) ON TABLE public.lead_score_history TO tistis_webhook_tiktok;

--
-- Name: COLUMN lead_score_history.id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(id) ON TABLE public.lead_score_history TO tistis_webhook_whatsapp;
GRANT SELECT(id) ON TABLE public.lead_score_history TO tistis_webhook_instagram;
GRANT SELECT(id) ON TABLE public.lead_score_history TO tistis_webhook_facebook;
GRANT SELECT(id) ON TABLE public.lead_score_history TO tistis_webhook_tiktok;

--
-- Name: COLUMN lead_score_history.lead_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.lead_score_history TO tistis_webhook_whatsapp;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.lead_score_history TO tistis_webhook_instagram;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.lead_score_history TO tistis_webhook_facebook;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.lead_score_history TO tistis_webhook_tiktok;
GRANT UPDATE(lead_id) ON TABLE public.lead_score_history TO tistis_guide;

--
-- Name: COLUMN lead_score_history.signal_name; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(signal_name) ON TABLE public.lead_score_history TO tistis_webhook_whatsapp;
GRANT SELECT(signal_name) ON TABLE public.lead_score_history TO tistis_webhook_instagram;
GRANT SELECT(signal_name) ON TABLE public.lead_score_history TO tistis_webhook_facebook;
GRANT SELECT(signal_name) ON TABLE public.lead_score_history TO tistis_webhook_tiktok;

--
-- Name: COLUMN lead_score_history.triggered_by_message_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(triggered_by_message_id) ON TABLE public.lead_score_history TO tistis_webhook_whatsapp;
GRANT SELECT(triggered_by_message_id) ON TABLE public.lead_score_history TO tistis_webhook_instagram;
GRANT SELECT(triggered_by_message_id) ON TABLE public.lead_score_history TO tistis_webhook_facebook;
GRANT SELECT(triggered_by_message_id) ON TABLE public.lead_score_history TO tistis_webhook_tiktok;

--
-- Name: TABLE patients; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.patients TO tistis_webhook;
GRANT SELECT ON TABLE public.patients TO tistis_jobs;
GRANT SELECT ON TABLE public.patients TO tistis_jobs_process;
GRANT SELECT,INSERT ON TABLE public.patients TO tistis_api;
GRANT SELECT ON TABLE public.patients TO tistis_guide;

--
-- Name: COLUMN patients.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.patients TO tistis_webhook_whatsapp;
GRANT SELECT(tenant_id) ON TABLE public.patients TO tistis_webhook_instagram;
GRANT SELECT(tenant_id) ON TABLE public.patients TO tistis_webhook_facebook;
GRANT SELECT(tenant_id) ON TABLE public.patients TO tistis_webhook_tiktok;

--
-- Name: COLUMN patients.lead_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.patients TO tistis_webhook_whatsapp;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.patients TO tistis_webhook_instagram;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.patients TO tistis_webhook_facebook;
GRANT SELECT(lead_id),UPDATE(lead_id) ON TABLE public.patients TO tistis_webhook_tiktok;
GRANT UPDATE(lead_id) ON TABLE public.patients TO tistis_guide;

--
-- Name: TABLE leads_guide; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.leads_guide TO tistis_guide;

--
-- Name: TABLE media_files; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.media_files TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.media_files TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.media_files TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.media_files TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.media_files TO tistis_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.media_files TO tistis_jobs_process;
GRANT SELECT ON TABLE public.media_files TO tistis_api;
GRANT SELECT ON TABLE public.media_files TO tistis_guide;

--
-- Name: COLUMN media_files.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(tenant_id) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(id) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.channel_connection_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(channel_connection_id) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.message_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(message_id) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.external_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(external_id) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.kind; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(kind) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.mime_type; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(mime_type) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.sha256; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(sha256) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.size; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(size) ON TABLE public.media_files TO tistis_api;

--
-- Name: COLUMN media_files.filename; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(filename) ON TABLE public.media_files TO tistis_api;
GRANT UPDATE(filename) ON TABLE public.media_files TO tistis_guide;

--
-- Name: COLUMN media_files.status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(status) ON TABLE public.media_files TO tistis_guide;

--
-- Name: COLUMN media_files.error_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(error_message) ON TABLE public.media_files TO tistis_guide;

--
-- Name: COLUMN media_files.source_url; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(source_url) ON TABLE public.media_files TO tistis_guide;

--
-- Name: COLUMN media_files.branch_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(branch_id) ON TABLE public.media_files TO tistis_api;

--
-- Name: TABLE message_reactions; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_reactions TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_reactions TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_reactions TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_reactions TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.message_reactions TO tistis_jobs;
GRANT SELECT ON TABLE public.message_reactions TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_reactions TO tistis_guide;

--
-- Name: TABLE message_status_history; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_status_history TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_status_history TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_status_history TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_status_history TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_status_history TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_status_history TO tistis_jobs_process;
GRANT SELECT,INSERT ON TABLE public.message_status_history TO tistis_guide;

--
-- Name: TABLE message_templates; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_webhook_whatsapp;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_webhook_instagram;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_webhook_facebook;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_webhook_tiktok;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.message_templates TO tistis_jobs_process;
GRANT SELECT ON TABLE public.message_templates TO tistis_api;
GRANT SELECT ON TABLE public.message_templates TO tistis_guide;

--
-- Name: TABLE messages_guide; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.messages_guide TO tistis_guide;

--
-- Name: TABLE n8n_settings; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.n8n_settings TO tistis_jobs;
GRANT SELECT ON TABLE public.n8n_settings TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.n8n_settings TO tistis_api;
GRANT SELECT ON TABLE public.n8n_settings TO tistis_guide;

--
-- Name: COLUMN n8n_settings.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_definer;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_webhook_whatsapp;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_webhook_instagram;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_webhook_facebook;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_webhook_tiktok;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_webhook;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_api;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_jobs;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_jobs_process;
GRANT SELECT(tenant_id) ON TABLE public.n8n_settings TO tistis_guide;

--
-- Name: COLUMN n8n_settings.is_enabled; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_definer;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_webhook_whatsapp;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_webhook_instagram;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_webhook_facebook;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_webhook_tiktok;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_webhook;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_api;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_jobs;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_jobs_process;
GRANT SELECT(is_enabled) ON TABLE public.n8n_settings TO tistis_guide;

--
-- Name: COLUMN n8n_settings.webhook_url; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(webhook_url) ON TABLE public.n8n_settings TO tistis_definer;

--
-- Name: COLUMN n8n_settings.events; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_webhook_whatsapp;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_webhook_instagram;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_webhook_facebook;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_webhook_tiktok;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_webhook;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_api;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_jobs;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_jobs_process;
GRANT SELECT(events) ON TABLE public.n8n_settings TO tistis_guide;

--
-- Name: COLUMN n8n_settings.answers_by; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(answers_by) ON TABLE public.n8n_settings TO tistis_webhook;

--
-- Name: COLUMN n8n_settings.answer_event; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(answer_event) ON TABLE public.n8n_settings TO tistis_webhook;

--
-- Name: COLUMN n8n_settings.answer_seconds; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(answer_seconds) ON TABLE public.n8n_settings TO tistis_webhook;

--
-- Name: COLUMN n8n_settings.plain_callbacks; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(plain_callbacks) ON TABLE public.n8n_settings TO tistis_definer;

--
-- Name: TABLE occupied_times; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE public.occupied_times TO tistis_webhook;
GRANT SELECT,INSERT,DELETE ON TABLE public.occupied_times TO tistis_jobs;
GRANT SELECT,INSERT,DELETE ON TABLE public.occupied_times TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE ON TABLE public.occupied_times TO tistis_api;
GRANT SELECT,INSERT,DELETE ON TABLE public.occupied_times TO tistis_guide;

--
-- Name: TABLE outbound_events; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,DELETE ON TABLE public.outbound_events TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT SELECT ON TABLE public.outbound_events TO tistis_api;
GRANT SELECT ON TABLE public.outbound_events TO tistis_guide;

--
-- Name: COLUMN outbound_events.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_webhook_whatsapp;
GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_webhook_instagram;
GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_webhook_facebook;
GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_webhook_tiktok;
GRANT SELECT(tenant_id),INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_webhook;
GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_api;
GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_jobs;
GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT INSERT(tenant_id) ON TABLE public.outbound_events TO tistis_guide;

--
-- Name: COLUMN outbound_events.id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_webhook_whatsapp;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_webhook_instagram;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_webhook_facebook;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_webhook_tiktok;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_webhook;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_api;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_jobs;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT INSERT(id) ON TABLE public.outbound_events TO tistis_guide;

--
-- Name: COLUMN outbound_events.event; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_webhook_whatsapp;
GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_webhook_instagram;
GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_webhook_facebook;
GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_webhook_tiktok;
GRANT SELECT(event),INSERT(event) ON TABLE public.outbound_events TO tistis_webhook;
GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_api;
GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_jobs;
GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT INSERT(event) ON TABLE public.outbound_events TO tistis_guide;

--
-- Name: COLUMN outbound_events.event_key; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_webhook_whatsapp;
GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_webhook_instagram;
GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_webhook_facebook;
GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_webhook_tiktok;
GRANT SELECT(event_key),INSERT(event_key) ON TABLE public.outbound_events TO tistis_webhook;
GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_api;
GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_jobs;
GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT INSERT(event_key) ON TABLE public.outbound_events TO tistis_guide;

--
-- Name: COLUMN outbound_events.lead_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_webhook_whatsapp;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_webhook_instagram;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_webhook_facebook;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_webhook_tiktok;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_webhook;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_api;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_jobs;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT INSERT(lead_id) ON TABLE public.outbound_events TO tistis_guide;

--
-- Name: COLUMN outbound_events.data; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_webhook_whatsapp;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_webhook_instagram;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_webhook_facebook;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_webhook_tiktok;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_webhook;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_api;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_jobs;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT INSERT(data) ON TABLE public.outbound_events TO tistis_guide;

--
-- Name: COLUMN outbound_events.status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(status) ON TABLE public.outbound_events TO tistis_webhook;
GRANT UPDATE(status) ON TABLE public.outbound_events TO tistis_jobs;
GRANT UPDATE(status) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT UPDATE(status) ON TABLE public.outbound_events TO tistis_api;

--
-- Name: COLUMN outbound_events.attempts; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(attempts) ON TABLE public.outbound_events TO tistis_jobs;
GRANT UPDATE(attempts) ON TABLE public.outbound_events TO tistis_jobs_process;

--
-- Name: COLUMN outbound_events.http_status; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(http_status) ON TABLE public.outbound_events TO tistis_jobs;
GRANT UPDATE(http_status) ON TABLE public.outbound_events TO tistis_jobs_process;

--
-- Name: COLUMN outbound_events.error_message; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(error_message) ON TABLE public.outbound_events TO tistis_jobs;
GRANT UPDATE(error_message) ON TABLE public.outbound_events TO tistis_jobs_process;
GRANT UPDATE(error_message) ON TABLE public.outbound_events TO tistis_api;

--
-- Name: COLUMN outbound_events.occurred_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(occurred_at) ON TABLE public.outbound_events TO tistis_webhook;

--
-- Name: COLUMN outbound_events.last_attempt_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(last_attempt_at) ON TABLE public.outbound_events TO tistis_jobs;
GRANT UPDATE(last_attempt_at) ON TABLE public.outbound_events TO tistis_jobs_process;

--
-- Name: COLUMN outbound_events.delivered_at; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(delivered_at) ON TABLE public.outbound_events TO tistis_jobs;
GRANT UPDATE(delivered_at) ON TABLE public.outbound_events TO tistis_jobs_process;

--
-- Name: TABLE outbound_tokens; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.outbound_tokens TO tistis_jobs;
GRANT SELECT ON TABLE public.outbound_tokens TO tistis_jobs_process;
GRANT INSERT,DELETE ON TABLE public.outbound_tokens TO tistis_api;

--
-- Name: COLUMN outbound_tokens.tenant_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(tenant_id) ON TABLE public.outbound_tokens TO tistis_api;

--
-- Name: COLUMN outbound_tokens.id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(id) ON TABLE public.outbound_tokens TO tistis_jobs;
GRANT UPDATE(id) ON TABLE public.outbound_tokens TO tistis_jobs_process;
GRANT SELECT(id) ON TABLE public.outbound_tokens TO tistis_api;

--
-- Name: COLUMN outbound_tokens.channel_connection_id; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(channel_connection_id) ON TABLE public.outbound_tokens TO tistis_api;

--
-- Name: COLUMN outbound_tokens.kind; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT(kind) ON TABLE public.outbound_tokens TO tistis_api;

--
-- Name: COLUMN outbound_tokens.sealed; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(sealed) ON TABLE public.outbound_tokens TO tistis_jobs;
GRANT UPDATE(sealed) ON TABLE public.outbound_tokens TO tistis_jobs_process;

--
-- Name: COLUMN outbound_tokens.renewal; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(renewal) ON TABLE public.outbound_tokens TO tistis_jobs;
GRANT UPDATE(renewal) ON TABLE public.outbound_tokens TO tistis_jobs_process;

--
-- Name: COLUMN outbound_tokens.renewal_until; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(renewal_until) ON TABLE public.outbound_tokens TO tistis_jobs;
GRANT UPDATE(renewal_until) ON TABLE public.outbound_tokens TO tistis_jobs_process;

--
-- Name: TABLE platform_alerts; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.platform_alerts TO tistis_definer;

--
-- Name: TABLE rate_limits; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,DELETE ON TABLE public.rate_limits TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.rate_limits TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_limits TO tistis_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_limits TO tistis_guide;

--
-- Name: TABLE retention_marks; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.retention_marks TO tistis_definer;
GRANT SELECT,INSERT,UPDATE ON TABLE public.retention_marks TO tistis_jobs;
GRANT SELECT,INSERT,UPDATE ON TABLE public.retention_marks TO tistis_jobs_process;

--
-- Name: TABLE routines; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.routines TO tistis_definer;

--
-- Name: TABLE schema_migrations; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.schema_migrations TO tistis_definer;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_webhook_whatsapp;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_webhook_instagram;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_webhook_facebook;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_webhook_tiktok;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_webhook;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_api;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_jobs;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_jobs_process;
GRANT SELECT ON TABLE public.schema_migrations TO tistis_health;

--
-- Name: TABLE sends_in_doubt; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.sends_in_doubt TO tistis_definer;
GRANT SELECT,INSERT,DELETE ON TABLE public.sends_in_doubt TO tistis_jobs;
GRANT SELECT,INSERT,DELETE ON TABLE public.sends_in_doubt TO tistis_jobs_process;

--
-- Name: COLUMN sends_in_doubt.looks; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT UPDATE(looks) ON TABLE public.sends_in_doubt TO tistis_jobs;
GRANT UPDATE(looks) ON TABLE public.sends_in_doubt TO tistis_jobs_process;

--
-- Name: TABLE staff_branches; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.staff_branches TO tistis_webhook;
GRANT SELECT ON TABLE public.staff_branches TO tistis_jobs;
GRANT SELECT ON TABLE public.staff_branches TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE ON TABLE public.staff_branches TO tistis_api;
GRANT SELECT ON TABLE public.staff_branches TO tistis_guide;

--
-- Name: TABLE staff_hours; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.staff_hours TO tistis_webhook;
GRANT SELECT ON TABLE public.staff_hours TO tistis_jobs;
GRANT SELECT ON TABLE public.staff_hours TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE ON TABLE public.staff_hours TO tistis_api;
GRANT SELECT ON TABLE public.staff_hours TO tistis_guide;

--
-- Name: TABLE staff_services; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.staff_services TO tistis_webhook;
GRANT SELECT ON TABLE public.staff_services TO tistis_jobs;
GRANT SELECT ON TABLE public.staff_services TO tistis_jobs_process;
GRANT SELECT,INSERT,DELETE ON TABLE public.staff_services TO tistis_api;
GRANT SELECT ON TABLE public.staff_services TO tistis_guide;

--
-- Name: TABLE token_key_asks; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.token_key_asks TO tistis_definer;

--
-- Name: TABLE token_keys; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.token_keys TO tistis_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.token_keys TO tistis_jobs_process;
GRANT SELECT ON TABLE public.token_keys TO tistis_api;

--
-- Name: TABLE uploads; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT ON TABLE public.uploads TO tistis_api;
GRANT SELECT,DELETE ON TABLE public.uploads TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.uploads TO tistis_jobs_process;

--
-- Name: TABLE user_roles; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT ON TABLE public.user_roles TO tistis_definer;
GRANT SELECT ON TABLE public.user_roles TO tistis_guide;

--
-- Name: TABLE webhook_dead_letters; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT INSERT ON TABLE public.webhook_dead_letters TO tistis_webhook_whatsapp;
GRANT INSERT ON TABLE public.webhook_dead_letters TO tistis_webhook_instagram;
GRANT INSERT ON TABLE public.webhook_dead_letters TO tistis_webhook_facebook;
GRANT INSERT ON TABLE public.webhook_dead_letters TO tistis_webhook_tiktok;
GRANT SELECT,DELETE ON TABLE public.webhook_dead_letters TO tistis_jobs;
GRANT SELECT,DELETE ON TABLE public.webhook_dead_letters TO tistis_jobs_process;
GRANT SELECT,INSERT,UPDATE ON TABLE public.webhook_dead_letters TO tistis_guide;

--
-- Name: TABLE webhook_events; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.webhook_events TO tistis_guide;

--
-- Name: TABLE workers; Type: ACL; Schema: public; Owner: tistis_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workers TO tistis_definer;

--
-- PostgreSQL database dump complete
--

