-- What monitors, `health` and `tistis doctor` ask. Nothing here counts a large table: each look-up ends at a limit.

-- Runs of `jobs` that take whatever is due, cron's and the HTTP twin's; one for a kind or a single job proves nothing.
create or replace function last_run_of_jobs() returns timestamptz
language sql stable as $$
  select max(last_seen) from workers where kind is null or kind = 'drain'
$$;

-- Whether the database can be worked with, and since when nobody has worked on the queue. `silent_since` is the last
-- heartbeat or, where there never was one, the last migration; null: somebody lives.
create or replace function health_report(p_silent_seconds float8)
returns table (schema_version int, read_only boolean, last_run_at timestamptz, silent_since timestamptz, workers int,
  alert_open boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
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

-- When the last release came: what has never been done since then need not be late.
create or replace function last_migrated_at() returns timestamptz
language plpgsql stable as $$
begin return (select max(m.applied_at) from schema_migrations m); end $$;

-- The queue from outside: the age of the oldest job that may be claimed, in seconds, and how many are due and dead, up to
-- a limit.
create or replace function health_queue(p_limit int)
returns table (oldest_due_seconds float8, due int, dead int)
language sql stable security definer set search_path = public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
  select coalesce(extract(epoch from app_now() - min(d.ready_at)), 0)::float8, count(*)::int,
    (select count(*)::int from (select from jobs b where b.status = 'dead' limit p_limit) b)
  from (select j.ready_at from jobs j where j.ready_at > '-infinity' and j.ready_at <= app_now()
        order by j.ready_at limit p_limit) d
$$;

-- Says that cron has stopped, if it has: once, however many ask. True for the one who said it first.
create or replace function cron_stopped(p_silent_seconds float8) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
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

-- Closes what a run of `jobs` proves to be over.
create or replace function cron_runs() returns void
language sql as $$
  update platform_alerts set resolved_at = clock_timestamp() where kind = 'cron_stopped' and resolved_at is null
$$;

-- Anthropic takes none of our calls: the installation's key is no good, or its account has no credit. Said once, until it
-- takes one again. True for the one who said it first.
create or replace function model_refused(p_why text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
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

-- It has taken one. Within the transaction that keeps what the call cost.
create or replace function model_answers() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update platform_alerts set resolved_at = clock_timestamp() where kind = 'model_refused' and resolved_at is null;
end $$;

-- Since when it takes none; null: it does, as far as we know.
create or replace function model_refused_since() returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select a.since from platform_alerts a where a.kind = 'model_refused' and a.resolved_at is null
$$;

create or replace function signature_sentence(p_channel text, p_count int) returns text
language sql immutable as $$
  select format('%s posts to /api/webhook/%s were refused by their signature, and no genuine one came after them. If the '
    || 'platform sent them, its app has another secret than the settings of webhook-%s', p_count, p_channel, p_channel)
$$;

-- So many posts to the webhook that all tenants share were signed with none of the platform's secrets: one open alert a
-- platform, whose sentence begins with their number. A platform is what has a webhook's role.
create or replace function shared_webhook_refused(p_channel text, p_count int) returns void
language sql security definer set search_path = public, pg_temp as $$
  insert into platform_alerts as a (kind, sentence)
    select 'signatures_' || p_channel, signature_sentence(p_channel, p_count)
      where exists (select from pg_roles where rolname = 'tistis_webhook_' || p_channel)
    on conflict (kind) where resolved_at is null do update set last_seen = clock_timestamp(),
      sentence = signature_sentence(p_channel, least(substring(a.sentence from '^\d{1,9}')::int, 999999999 - p_count)
        + p_count)
$$;

-- A genuine post came to it: what was refused more than a minute ago was somebody else's.
create or replace function shared_webhook_heard(p_channel text) returns void
language sql security definer set search_path = public, pg_temp as $$
  update platform_alerts set resolved_at = clock_timestamp()
   where kind = 'signatures_' || p_channel and resolved_at is null
     and last_seen < clock_timestamp() - interval '1 minute'
$$;

-- All businesses, for `tistis doctor`, which then looks at each in its own name.
create or replace function list_tenants() returns table (id uuid, slug text)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.id, t.slug from tenants t order by t.slug
$$;

-- Whose messages have been in doubt for so long that somebody should be told.
create or replace function tenants_in_doubt(p_seconds float8) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct d.tenant_id from sends_in_doubt d where d.since < app_now() - make_interval(secs => p_seconds)
$$;

create or replace function doubt_sentence(p_count int) returns text
language sql immutable as $$
  select format('the platform never said whether it took %s of our messages. They are not sent again by themselves: look '
    || 'into the conversation, and write once more if it matters', p_count)
$$;

-- Tells the tenant's people of them, each once; what the platform has reported on meanwhile is in doubt no more. One open
-- alert an account, which gathers them. Returns how many still were.
create or replace function tell_sends_in_doubt(p_seconds float8) returns int
language plpgsql as $$
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
