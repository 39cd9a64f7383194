-- Limits of so many messages to a person.

-- How many messages were said to a person at an account since then, by whomever of the business, at most p_most.
create or replace function said_lately(p_connection uuid, p_lead uuid, p_since timestamptz, p_most int) returns int
language plpgsql stable as $$
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

-- Why nothing more may be said to a person now; null: it may, or there is no such limit here.
-- p_policy: {"per_window"?, "per_user_per_day"?}. The stricter of the two decides.
create or replace function limit_reached(p_connection uuid, p_lead uuid, p_policy jsonb) returns text
language plpgsql stable as $$
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
