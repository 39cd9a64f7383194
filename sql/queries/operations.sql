-- name: healthReport :one
-- Whether the database can be worked with, and since when nobody has worked on the queue (null: somebody lives).
select schema_version as "schema_version!", read_only as "read_only!", last_run_at, silent_since,
    workers as "workers!", alert_open as "alert_open!"
  from health_report(:silent_seconds);

-- name: healthQueue :one
-- The age of the oldest job that may be claimed, and how many are due and dead, up to a limit.
select oldest_due_seconds as "oldest_due_seconds!", due as "due!", dead as "dead!" from health_queue(:limit);

-- name: cronStopped :one
-- Says that cron has stopped, if it has; true for the one who said it first.
select cron_stopped(:silent_seconds) as "first!";

-- name: modelRefused :one
-- Anthropic takes none of our calls; true for who says so first.
select model_refused(:why) as "first!";

-- name: modelRefusedSince :one
select model_refused_since();

-- name: listPlatformAlerts :many
-- What is wrong with the installation, the latest first; of what is resolved only if asked.
select id, kind, sentence, since, last_seen, resolved_at from platform_alerts
 where :all or resolved_at is null order by since desc, id desc limit :limit;

-- name: roleGround :one
-- Who this session is, and what a program's role must not be.
select current_user::text as "name!", r.rolsuper as "superuser!", r.rolbypassrls as "bypasses!",
    r.rolcreaterole as "creates_roles!",
    -- Tables of ours: an extension's are not meant.
    exists (select from pg_class c where c.relnamespace = to_regnamespace('public') and c.relname = 'schema_migrations'
      and pg_has_role(r.oid, c.relowner, 'usage')) as "owns!",
    exists (select from pg_database d where d.datname = current_database() and pg_has_role(r.oid, d.datdba, 'usage')) as "owns_database!",
    current_database()::text as "database!", current_setting('transaction_read_only')::boolean as "read_only!"
  from pg_roles r where r.rolname = current_user;

-- name: missingFunctions :many
-- Those of the functions that a role cannot call, because they are not there or not granted.
select f as "function!" from unnest(:functions::text[]) f
 where to_regprocedure(f) is null or not has_function_privilege(:role, to_regprocedure(f), 'execute');

-- name: programRoles :many
-- The programs' roles as they should be there, and what is wrong with each.
select n as "name!", r.oid is not null as "present!", coalesce(r.rolcanlogin, false) as "login!",
    concat_ws(', ', case when r.rolsuper then 'superuser' end, case when r.rolbypassrls then 'BYPASSRLS' end,
      case when r.rolcreaterole then 'CREATEROLE' end, case when r.rolcreatedb then 'CREATEDB' end,
      (select 'member of ' || string_agg(m.roleid::regrole::text, ' and ') from pg_auth_members m where m.member = r.oid
        and m.roleid::regrole::text <> 'tistis_functions'),
      (select 'owner of ' || c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relowner = r.oid limit 1)) as "excess!"
  from unnest(:names::text[]) n left join pg_roles r on r.rolname = n order by 1;

-- name: brokenWalls :many
-- Tables with a tenant whose wall is not in force.
select c.relname::text as "table!",
    case when not c.relrowsecurity then 'is not enabled' when not c.relforcerowsecurity then 'is not forced'
      else 'has no policy' end as "fault!"
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
   and (c.relname = 'tenants' or exists (
     select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
   and not (c.relrowsecurity and c.relforcerowsecurity and exists (
     select from pg_policy p where p.polrelid = c.oid and p.polname = 'wall'))
 order by 1;

-- name: serverGround :one
-- The server itself. The clock is read when the statement runs.
select current_setting('server_version') as "version!", current_setting('transaction_read_only')::boolean as "read_only!",
    current_setting('fsync')::boolean as "fsync!", current_setting('full_page_writes')::boolean as "full_page_writes!",
    current_setting('synchronous_commit') as "synchronous_commit!", clock_timestamp() as "clock!",
    (select coalesce(sum(d.numbackends), 0)::int from pg_stat_database d) as "sessions!",
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "sessions_at_most!";

-- name: tenantOfSlug :one
-- Which business this is; null: none.
select tenant_of_slug(:slug);

-- name: listTenants :many
-- All businesses, by slug.
select id as "id!", slug as "slug!" from list_tenants();

-- name: sealedValues :many
-- What is sealed in the tenant's name, and where it belongs.
select 'inbound_secrets' as "table!", s.id as "id!", s.kind as "kind!", s.sealed as "sealed!",
    coalesce(c.channel, 'n8n') as "channel!"
  from inbound_secrets s
  left join channel_connections c on c.tenant_id = s.tenant_id and c.id = s.channel_connection_id
 where s.tenant_id = current_tenant()
union all
select 'outbound_tokens', k.id, k.kind, k.sealed, coalesce(c.channel, 'n8n')
  from outbound_tokens k
  left join channel_connections c on c.tenant_id = k.tenant_id and c.id = k.channel_connection_id
 where k.tenant_id = current_tenant();

-- name: tenantTroubles :one
-- What waits for a person in the tenant's name, each up to a limit.
select (select count(*)::int from (select from webhook_dead_letters d
      where d.tenant_id = current_tenant() and d.status in ('pending', 'failed') limit :limit) x) as "dead_letters!",
    (select count(*)::int from (select from jobs j
      where j.tenant_id = current_tenant() and j.status = 'dead' limit :limit) x) as "dead_jobs!",
    (select count(*)::int from (select from alerts a
      where a.tenant_id = current_tenant() and a.resolved_at is null and a.severity = 'act' limit :limit) x) as "alerts!";

-- name: channelTroubles :many
-- The tenant's accounts: what stopped each, what it lacks, when its token ends, and since when somebody signs with another
-- secret (null: a genuine request came after it).
select c.channel as "channel!", c.account_number as "account_number!", c.status as "status!", c.stopped_code,
    coalesce((select string_agg(n.kind, ', ' order by n.kind) from (values ('app_secret'), ('verify_token'), ('access_token')) n (kind)
      where (c.channel = 'whatsapp' or c.channel not in ('webchat', 'voice') and n.kind = 'access_token')
        and not exists (
          select from inbound_secrets s where s.tenant_id = c.tenant_id and s.channel_connection_id = c.id and s.kind = n.kind)
        and not exists (
          select from outbound_tokens k where k.tenant_id = c.tenant_id and k.channel_connection_id = c.id and k.kind = n.kind)),
      '') as "missing!",
    (select h.expires_at from secret_hints h where h.tenant_id = c.tenant_id and h.channel_connection_id = c.id
      and h.kind = 'access_token') as token_ends_at,
    case when c.last_signature_failure_at > coalesce(c.last_webhook_at, '-infinity') + interval '1 minute'
      then c.last_signature_failure_at end as refused_at, c.signature_failures as "signature_failures!"
  from channel_connections c
 where c.tenant_id = current_tenant() and c.status not in ('disconnected') order by c.channel, c.account_number, c.id;

-- name: tenantsInDoubt :many
-- Whose messages have been in doubt for so many seconds that somebody should be told.
select t as "tenant!" from tenants_in_doubt(:seconds) t;

-- name: tellSendsInDoubt :one
-- Tells the tenant's people of them, once; how many there were.
select tell_sends_in_doubt(:seconds) as "told!";
