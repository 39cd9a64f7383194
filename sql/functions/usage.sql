-- What the models' calls took and cost, and what they may.

-- The business's time zone: its months and days begin by it.
create or replace function business_zone() returns text
language plpgsql stable as $$
begin return (
  select coalesce(t.settings ->> 'timezone', (select b.timezone from branches b
      where b.tenant_id = t.id and b.is_active order by b.is_headquarters desc, b.id limit 1), 'America/Mexico_City')
    from tenants t where t.id = current_tenant()
); end $$;

create or replace function business_month() returns date
language plpgsql stable as $$
begin return date_trunc('month', app_now() at time zone business_zone())::date; end $$;

-- What one call of a model took and cost: {"id", "conversation_id", "job_id", "ai_model", the counts, "cost_usd",
-- "response_time_ms", "stop_reason", "was_successful", "metadata"?} as the columns of `ai_usage_logs`. The same id twice is
-- one row, and counts once. Last in its transaction, where that can be: the month's row is everybody's.
create or replace function record_usage(p_usage jsonb) returns void
language plpgsql as $$
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

-- Adds a call to its month, and says so when that uses up 80 % or all of what the month may cost or take.
create or replace function count_usage(u ai_usage_logs) returns void
language plpgsql as $$
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

-- Percent of the business's budget that this is, the tighter of the two; null: it has none.
create or replace function budget_used(a ai_tenant_context, p_cost numeric, p_tokens numeric) returns numeric
language plpgsql immutable as $$
begin
  -- Of nothing, everything is used.
  return greatest(
    case when a.monthly_budget_usd = 0 then 100 else 100 * p_cost / a.monthly_budget_usd end,
    case when a.monthly_token_budget = 0 then 100 else 100 * p_tokens / a.monthly_token_budget end);
end $$;

create or replace function tell_budget(a ai_tenant_context, m ai_usage_months, p_percent int) returns void
language plpgsql as $$
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

-- Whether this month has cost or taken what it may. Asked before a model is; what has been paid for may still be said.
create or replace function budget_spent() returns boolean
language plpgsql stable as $$
declare
  a ai_tenant_context;
begin
  select * into a from ai_tenant_context x where x.tenant_id = current_tenant();
  if num_nulls(a.monthly_budget_usd, a.monthly_token_budget) = 2 then return false; end if;
  return (select budget_used(a, coalesce(sum(m.cost_usd), 0), coalesce(sum(m.total_tokens), 0)) >= 100
    from ai_usage_months m where m.tenant_id = current_tenant() and m.month = business_month());
end $$;

-- Changes what is named in {"monthly_budget_usd"?, "monthly_token_budget"?}; null takes it away. What was told of the old
-- budget is taken back, and told anew if it is so.
create or replace function set_budget(p_change jsonb) returns void
language plpgsql as $$
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

-- The month's budget and what is left of it: {"month", "timezone", "monthly_budget_usd", "monthly_token_budget",
-- "cost_usd", "total_tokens", "percent": null without a budget, "spent"}. Money is decimal text.
create or replace function budget_json() returns jsonb
language plpgsql stable as $$
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

-- What the calls of some days took and cost, in all and by day, model and conversation (the dearest 100). Null: this month
-- until today. At most the last 366 of the days.
create or replace function usage_json(p_from date, p_to date, p_conversation uuid) returns jsonb
language plpgsql stable as $$
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

-- Of the questions that models think about just now, those whose answers could not leave any more, and why: the gate's
-- word, or that the month's budget is spent. A stopped channel is waited for.
-- p_asked: [{"tenant_id", "job_id", "conversation_id", "question_id", "policy": as `answer_gate` takes it}], of all tenants:
-- each is looked at in its own name, behind the wall as ever.
create or replace function superseded_questions(p_asked jsonb) returns table (job_id uuid, reason text)
language plpgsql as $$
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
