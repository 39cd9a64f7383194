-- What became of our messages. Kept under the platform's id even when no message has it yet: the report may be faster
-- than the answer to our own send.
create or replace function receive_reports(p_events jsonb) returns int
language plpgsql as $$
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
end $$;

-- Gives messages of ours the platform's ids: {"<message>": "<id>"}. A message that is touched twice in a transaction has its
-- conversation locked by its foreign key: so that one comes first, as everybody else does it.
create or replace function name_messages(p_names jsonb) returns void
language plpgsql as $$
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
