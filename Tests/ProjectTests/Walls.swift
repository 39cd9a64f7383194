/// Tables that are the platform's own and have no tenant.
private let platformTables = [
  "schema_migrations", "schema_state", "workers", "platform_alerts", "token_keys", "token_key_asks", "routines",
]

/// The policies besides `wall`: what the functions that cross tenants see.
private let crossingPolicies = [
  "channel_connections: routing for r to tistis_definer",
  // Of all columns only `owned_at` is granted.
  "channel_connections: passing for w to tistis_definer", "inbound_secrets: routing for r to tistis_definer",
  // When a tenant's raw things were looked at last.
  "retention_marks: routing for r to tistis_definer",
  // When whose token ends: no secret.
  "secret_hints: routing for r to tistis_definer",
  "jobs: across for * to tistis_definer", "tenants: routing for r to tistis_definer",
  "sends_in_doubt: routing for r to tistis_definer",
  // Restrictive: of all files it lets those go that no message took.
  "media_files: unsent for d to tistis_jobs, tistis_jobs_process",
  // Restrictive: of all messages it lets those go that were stored as an echo and turned out to be ours.
  "messages: echoes for d to tistis_jobs, tistis_jobs_process",
  // Who asks does not say for which business.
  "api_keys: routing for r to tistis_definer", "user_roles: routing for r to tistis_definer",
  // Whose is what n8n names? Of people and talks only the columns tenant_id and id are granted.
  "conversations: routing for r to tistis_definer", "leads: routing for r to tistis_definer",
  "n8n_settings: routing for r to tistis_definer",
]

extension CatalogueCheck {
  static let walls = [
    CatalogueCheck(
      name: "every table has a tenant",
      faults: """
        select c.relname || ' has no tenant_id' from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f')
           and c.relname <> 'tenants' and c.relname <> all (\(array(platformTables))) and not exists (
             select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
        """,
      cure: "give it tenant_id, or name it among platformTables if no row of it is anybody's",
      hole: "create table hole (id uuid primary key)", found: ["hole"]),
    CatalogueCheck(
      name: "tenant_id is always there",
      faults: tenantTables + """
        select t.name || '.tenant_id may be null' from t
          join pg_attribute a on a.attrelid = t.oid and a.attname = t.whose where not a.attnotnull
        """,
      cure: "say: tenant_id uuid not null references tenants on delete cascade",
      hole: "create table hole (tenant_id uuid, note text)", found: ["hole"]),
    CatalogueCheck(
      name: "row-level security is on, for the owner too",
      faults: tenantTables + """
        select name || ': ' || case when relrowsecurity then 'not forced' else 'not enabled' end from t
         where not relrowsecurity or not relforcerowsecurity
        """,
      cure: "sql/policies.sql does it for every table with tenant_id: run bin/migrate",
      hole: "alter table leads disable row level security; alter table faqs no force row level security",
      found: ["leads: not enabled", "faqs: not forced"]),
    CatalogueCheck(
      name: "the wall stands and is built on current_tenant()",
      faults: tenantTables + """
        select t.name || ' has no policy wall for everybody on ' || t.whose || ' = current_tenant()' from t
         where not exists (
           select from pg_policy p where p.polrelid = t.oid and p.polname = 'wall' and p.polcmd = '*'
             and p.polroles = '{0}' and pg_get_expr(p.polqual, p.polrelid) = '(' || t.whose || ' = current_tenant())'
             and pg_get_expr(p.polwithcheck, p.polrelid) = '(' || t.whose || ' = current_tenant())')
        """,
      cure: "sql/policies.sql builds it for every table with tenant_id: run bin/migrate",
      hole: "drop policy wall on leads; alter policy wall on faqs using (true)", found: ["leads", "faqs"]),
    CatalogueCheck(
      name: "nothing else goes through the wall",
      faults: difference(
        """
        select format('%s: %s for %s to %s', p.polrelid::regclass, p.polname, p.polcmd, (
            select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ') from unnest(p.polroles) r))
          from pg_policy p where p.polname <> 'wall'
        """, crossingPolicies),
      cure: "one policy more is one way more around the wall: take it away, or argue for it in crossingPolicies",
      hole: "create policy hole on leads for select to tistis_jobs using (true); drop policy across on jobs",
      found: ["leads: hole for r to tistis_jobs", "jobs: across"]),
    CatalogueCheck(
      name: "current_tenant() takes an empty setting for none",
      faults: """
        select 'current_tenant() is: ' || prosrc from pg_proc where oid = 'current_tenant()'::regprocedure
           and prosrc not like '%nullif(current_setting(''app.tenant_id'', true), '''')::uuid%'
        """,
      cure: "after a transaction-local setting ends its value is '', so it needs nullif(current_setting(…, true), '')",
      hole: """
        create or replace function current_tenant() returns uuid language sql stable as
        $$ select current_setting('app.tenant_id', true)::uuid $$
        """, found: ["current_tenant()"]),
  ]
}
