-- Access tokens that end: renewed before they do, by one at a time.

-- When an account's access token ends; null: never, or nobody knows. p_policy: {"<channel>": {"lead": seconds before its
-- end at which a token is renewed, "life"?: seconds that one is taken to live whose end the platform did not say}}
-- (`Rules/TokenLife`).
create or replace function token_end(p_expires timestamptz, p_sealed_at timestamptz, p_policy jsonb) returns timestamptz
language sql immutable as $$
  select coalesce(p_expires, p_sealed_at + make_interval(secs => (p_policy ->> 'life')::float8))
$$;

-- Accounts whose token is to be renewed now and for which no job is on its way. Those that stand still because a renewal
-- was refused wait for a person.
create or replace function tokens_to_renew(p_policy jsonb, p_limit int) returns table (tenant_id uuid, connection_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
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

-- Takes an account's tokens for one renewal, named p_attempt, and holds them for p_seconds: TikTok may make a refresh token
-- useless by using it.
--   verdict 'go'     it is ours to renew now; what the request needs
--   verdict 'held'   somebody else is at it
--   verdict 'fresh'  it was renewed meanwhile
--   verdict 'gone'   there is no such token, or no account to renew it for
create or replace function begin_renewal(p_connection uuid, p_attempt uuid, p_policy jsonb, p_seconds float8)
returns table (verdict text, channel text, app_key text, ends_at timestamptz, token_id uuid, token bytea, refresh_id uuid,
  refresh bytea, secret_id uuid, secret bytea)
language plpgsql as $$
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

-- Stores what a renewal brought: each of the two tokens in place of the one that was used for it, unless somebody has
-- given another meanwhile. p_tokens: [{"kind", "used" (id), "id", "sealed" (hex), "hint", "expires_at"}]. An account that
-- stood still for its token (one of the codes p_token_stops, `Rules/TokenLife`) goes on with the new one. `stored`: how many
-- tokens; `due`: how many sends are due now, null if the account goes on as before.
drop function if exists end_renewal(uuid, uuid, jsonb);
create or replace function end_renewal(p_connection uuid, p_attempt uuid, p_tokens jsonb, p_token_stops text[],
  out stored int, out due int)
language plpgsql as $$
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

-- The platform refuses to renew p_token: nothing leaves until a person has connected the account again. False: somebody
-- has given another token meanwhile.
create or replace function refuse_renewal(p_connection uuid, p_attempt uuid, p_token uuid, p_sentence text, p_alert jsonb)
returns boolean
language plpgsql as $$
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
