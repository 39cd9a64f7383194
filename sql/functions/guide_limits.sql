-- Counting, for SQL clients of the guide. What is refused is not counted: asking too often makes nobody wait longer.

-- Messages of an account a minute (`Rules/ChannelLimits`; a test compares); null: nobody knows a limit.
create or replace function channel_minute_limit(p_channel text) returns int
language sql immutable parallel safe as $$
  select case p_channel when 'whatsapp' then 4800 when 'instagram' then 30 when 'facebook' then 50 when 'tiktok' then 10 end
$$;

-- Takes one of an account's messages of this minute. Our own sends keep their pace elsewhere (`send_pace`); a rest that a
-- platform asked for holds here, too. An account that is not this tenant's is allowed nothing.
create or replace function check_rate_limit(p_channel_connection_id uuid, p_channel varchar)
returns table (allowed boolean, current_count int, limit_count int, retry_after_seconds int)
language plpgsql as $$
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

-- Takes one of so many in a window that begins with the first: {"success", "limit", "remaining", "reset" (ms since 1970),
-- "count"}.
create or replace function check_rate_limit(p_identifier text, p_limit int default 100, p_window_seconds int default 60)
returns jsonb language plpgsql as $$
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
