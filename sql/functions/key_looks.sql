-- How integrators' keys are used, and how calls with them are refused.

-- Counts a call with a known key that was refused: revoked, expired, address, scope, rate.
create or replace function note_key_refusal(p_key uuid, p_reason text, p_address text, p_endpoint text) returns void
language plpgsql as $$
begin
  -- As in `take_api_call`.
  perform set_config('synchronous_commit', 'off', true);
  insert into api_key_refusals as r (tenant_id, api_key_id, day, reason, last_at, last_ip, last_endpoint)
    values (current_tenant(), p_key, (app_clock() at time zone 'UTC')::date, p_reason, app_clock(), nullif(p_address, ''),
      p_endpoint)
    on conflict (tenant_id, api_key_id, day, reason) do update set times = r.times + 1, last_at = excluded.last_at,
      last_ip = excluded.last_ip, last_endpoint = excluded.last_endpoint;
end $$;

-- What was done to the keys, or to one, and with them, from one day (UTC) to another; without them the last 30 days. Counts
-- are {"calls" (taken), "actions": {<action>: n}, "refusals": {<reason>: n}}:
-- {"from", "to", "total": counts, "days": [{"day"} + counts], "keys": [{"api_key_id", "name", "last_used_at"} + counts]}.
-- Null: more than 366 days, or none.
create or replace function api_key_stats(p_from date, p_to date, p_key uuid) returns jsonb
language plpgsql stable as $$
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
