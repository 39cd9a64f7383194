-- How fast messages leave, kept for all processes together. The numbers are `Rules/SendPace.swift`'s.
--
-- A row of `send_pace` is an account (contact '') or a person that it writes to (contact: the lead's id). Whoever needs
-- both locks the person's row first. `due_at` is the theoretical time of the next send: each one moves it on by a step,
-- and a send may come before it by as many steps as the burst allows (the generic cell rate algorithm).

-- The row, locked; made if there is none.
create or replace function lock_pace(p_connection uuid, p_contact text) returns send_pace
language plpgsql as $$
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

-- Takes the next slot of an account and a person: null seconds, and it is ours; or how long to wait and why, and nothing
-- is taken of either.
--   p_initiated  the business begins of itself (a template): rests that spare answers hold it too
--   p_pace       {"number_seconds", "pair_seconds", "pair_burst"}
create or replace function take_send_slot(p_connection uuid, p_contact text, p_initiated boolean, p_pace jsonb,
  out wait_seconds float8, out reason text) language plpgsql as $$
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

-- Nothing leaves for so many seconds: of an account (contact '') or to a person; or only what the business begins.
create or replace function hold_sends(p_connection uuid, p_contact text, p_seconds float8, p_initiated_only boolean,
  p_reason text) returns void
language plpgsql as $$
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

-- The platform said that we were too fast: the first time a rest of p_seconds, each time in a row p_growth times the
-- last, never more than p_cap. Those that were under way at the same time count as one. Returns the seconds to wait.
create or replace function strike_sends(p_connection uuid, p_contact text, p_seconds float8, p_growth float8, p_cap float8,
  p_reason text) returns float8
language plpgsql as $$
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

-- One was taken: the next refusal is the first again. What left before the refusal and came back after it proves nothing.
create or replace function forgive_sends(p_connection uuid, p_contact text) returns void
language plpgsql as $$
begin
  update send_pace s set strikes = 0
    where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection and s.contact = p_contact
      and s.strikes > 0 and s.blocked_until <= app_clock();
  update send_pace s set strikes = 0
    where s.tenant_id = current_tenant() and s.channel_connection_id = p_connection and s.contact = ''
      and s.strikes > 0 and s.blocked_until <= app_clock();
end $$;
