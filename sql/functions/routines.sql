-- What is done by the clock: cron asks, a job for each business does it.

-- Puts a routine into the queue of every business that it concerns; of p_slug's only, if that is given. One that still
-- waits there is not asked for twice, so that cron may ask as often as it likes. Returns whose it was put there for.
create or replace function ask_routine(p_routine text, p_slug text)
returns table (tenant_id uuid, slug text)
language plpgsql security definer set search_path = public, pg_temp as $$
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

-- What is over: appointments whose person was asked whether they come and did not say so until p_answer_seconds before, and
-- what asks by API were answered under their keys. At most p_limit of each; again while something is left.
create or replace function expire(p_answer_seconds float8, p_limit int, out confirmations int, out requests int,
  out counters int)
language plpgsql as $$
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

-- Changes what a business wants done by the clock, and in which words; null: as it was, an empty text: ours.
create or replace function set_routine(p_reminders boolean, p_follow_ups boolean, p_confirmation_text text,
  p_reminder_text text, p_follow_up_text text) returns void
language plpgsql as $$
begin
  perform make_assistant_row();
  update ai_tenant_context x set reminders_enabled = coalesce(p_reminders, x.reminders_enabled),
      follow_ups_enabled = coalesce(p_follow_ups, x.follow_ups_enabled),
      confirmation_text = nullif(coalesce(p_confirmation_text, x.confirmation_text), ''),
      reminder_text = nullif(coalesce(p_reminder_text, x.reminder_text), ''),
      follow_up_text = nullif(coalesce(p_follow_up_text, x.follow_up_text), '')
    where x.tenant_id = current_tenant();
end $$;
