private let webhooks =
  "tistis_webhook_facebook, tistis_webhook_instagram, tistis_webhook_tiktok, tistis_webhook_whatsapp"

/// Every function that runs with other rights than its caller's, and who may call it.
private let definerFunctions = [
  "find_channel(text,text): " + webhooks, "tenant_of_slug(text): tistis_owner",
  "take_account(uuid,text[]): tistis_jobs, tistis_jobs_process", "free_accounts(): ",
  "find_accounts(text,text[]): " + webhooks, "shared_webhook_refused(text,integer): " + webhooks,
  "shared_webhook_heard(text): " + webhooks,
  "worker_heartbeat(uuid,text,text,double precision): tistis_jobs, tistis_jobs_process",
  "worker_stopped(uuid): tistis_jobs, tistis_jobs_process",
  "recover_jobs(double precision): tistis_jobs, tistis_jobs_process",
  "claim_jobs(uuid,integer,text,uuid,timestamp with time zone): tistis_jobs, tistis_jobs_process",
  "next_job_due(timestamp with time zone): tistis_jobs, tistis_jobs_process",
  "settle_jobs(jsonb): tistis_jobs, tistis_jobs_process",
  "prune_jobs(interval,integer): tistis_jobs, tistis_jobs_process",
  "list_jobs(integer,text,uuid): tistis_jobs, tistis_jobs_process",
  "queue_stats(): tistis_jobs, tistis_jobs_process",
  "health_report(double precision): tistis_health, tistis_owner",
  "health_queue(integer): tistis_health, tistis_owner", "cron_stopped(double precision): tistis_health",
  "model_refused(text): tistis_jobs, tistis_jobs_process", "model_answers(): tistis_jobs, tistis_jobs_process",
  "model_refused_since(): tistis_health",
  "list_tenants(): tistis_owner", "tenants_in_doubt(double precision): tistis_jobs, tistis_jobs_process",
  "tokens_to_renew(jsonb,integer): tistis_jobs, tistis_jobs_process",
  "find_api_key(text,text): tistis_api, tistis_webhook", "find_n8n(text,uuid): tistis_webhook",
  "find_user_roles(uuid): tistis_api", "want_token_keys(): tistis_api",
  "ask_routine(text,text): tistis_jobs, tistis_owner",
  "claim_next_job(): tistis_guide",
  "complete_job(uuid,jsonb,text): tistis_guide",
  "retention_due(timestamp with time zone,integer): tistis_jobs, tistis_jobs_process, tistis_owner",
]

/// What is an extension's own is not ours to judge.
private let ours = "not exists (select from pg_depend d where d.objid = o.oid and d.deptype = 'e')"

private let definers = "from pg_proc o where o.pronamespace = 'public'::regnamespace and o.prosecdef and \(ours)"

extension CatalogueCheck {
  static let holes = [
    CatalogueCheck(
      name: "a view sees what its reader may see",
      faults: """
        select o.relname || case o.relkind when 'm' then ' is a materialized view' else ' is no security_invoker' end
          from pg_class o where o.relnamespace = 'public'::regnamespace and \(ours) and (o.relkind = 'm'
            or o.relkind = 'v' and not exists (select from pg_options_to_table(o.reloptions)
              where option_name = 'security_invoker' and option_value::bool))
        """,
      cure: """
        create view … with (security_invoker = true), or it shows every tenant's rows; a materialized view has no wall \
        at all: make it a table with tenant_id
        """,
      hole: """
        create view hole_view as select * from leads; create materialized view hole_kept as select * from leads;
        create view fine with (security_invoker = on) as select * from leads
        """, found: ["hole_view", "hole_kept"]),
    CatalogueCheck(
      name: "definer functions are the definer's",
      faults: "select format('%s is owned by %s', o.oid::regprocedure, o.proowner::regrole) \(definers)"
        + " and o.proowner::regrole::text <> 'tistis_definer'",
      cure: "alter function … owner to tistis_definer in sql/policies.sql: under FORCE the tables' owner sees nothing",
      hole: "create function hole() returns int language sql security definer as 'select 1'", found: ["hole()"]),
    CatalogueCheck(
      name: "definer functions look nowhere else",
      faults: """
        select o.oid::regprocedure || ' has ' || coalesce((
            select c from unnest(o.proconfig) c where c like 'search_path=%'), 'no search_path')
          \(definers) and not coalesce(o.proconfig, '{}') @> array['search_path=public, pg_temp']
        """,
      cure: """
        set search_path = public, pg_temp: unless pg_temp is named last it is searched first, and a temporary table of \
        the caller's stands in for ours
        """,
      hole: """
        create function hole() returns int language sql security definer as 'select 1';
        create function hole(int) returns int language sql security definer set search_path = public as 'select 1'
        """, found: ["hole() has no search_path", "hole(integer) has search_path=public"]),
    CatalogueCheck(
      name: "definer functions are few and known",
      faults: difference(
        """
        select format('%s: %s', o.oid::regprocedure, (
            select string_agg(case a.grantee when 0 then 'public' else a.grantee::regrole::text end, ', '
                order by a.grantee::regrole::text)
              from aclexplode(coalesce(o.proacl, acldefault('f', o.proowner))) a where a.grantee <> o.proowner))
          \(definers)
        """, definerFunctions),
      cure: "each crosses the wall: keep it narrow, and write it with its callers into definerFunctions",
      hole: """
        create function hole() returns int language sql security definer as 'select 1';
        grant execute on function find_channel(text, text) to tistis_jobs; drop function next_job_due(timestamp with time zone)
        """,
      found: [
        "list of this test: hole(): public",
        "find_channel(text,text): tistis_jobs, " + webhooks,
        "only: next_job_due(timestamp with time zone)",
      ]),
    CatalogueCheck(
      name: "nothing is everybody's",
      faults: """
        select format('%s on %s is granted to PUBLIC', a.privilege_type, o.oid::regclass)
          from pg_class o, aclexplode(coalesce(o.relacl,
            acldefault(case o.relkind when 'S' then 's' else 'r' end::"char", o.relowner))) a
         where o.relnamespace = 'public'::regnamespace and o.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and a.grantee = 0
           and \(ours)
        union all
        select format('%s on %s.%s is granted to PUBLIC', a.privilege_type, o.oid::regclass, c.attname)
          from pg_class o join pg_attribute c on c.attrelid = o.oid, aclexplode(c.attacl) a
         where o.relnamespace = 'public'::regnamespace and a.grantee = 0
        union all
        select format('%s on %s is granted to PUBLIC', a.privilege_type, o.oid::regprocedure)
          from pg_proc o, aclexplode(coalesce(o.proacl, acldefault('f', o.proowner))) a
         where o.pronamespace = 'public'::regnamespace and a.grantee = 0 and \(ours)
        union all
        select format('%s on schema public is granted to PUBLIC', a.privilege_type)
          from pg_namespace o, aclexplode(coalesce(o.nspacl, acldefault('n', o.nspowner))) a
         where o.nspname = 'public' and a.grantee = 0
        """,
      cure: "sql/policies.sql revokes it after every migration: run bin/migrate, and grant to roles by name",
      hole: """
        grant select on leads to public; grant update (email) on staff to public;
        create function hole() returns int language sql as 'select 1'; grant create on schema public to public
        """,
      found: ["SELECT on leads", "UPDATE on staff.email", "EXECUTE on hole()", "CREATE on schema public"]),
  ]
}
