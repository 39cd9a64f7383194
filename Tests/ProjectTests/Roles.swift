/// Who may touch the two tables of secrets at all: webhooks hold no token, senders no proof of who speaks.
private let secretReaders = [
  "outbound_tokens": ["tistis_jobs", "tistis_jobs_process", "tistis_integrations"],
  "inbound_secrets": ["tistis_definer"],
]

private let programs =
  "r.rolname like 'tistis\\_%' and r.rolname not in ('tistis_owner', 'tistis_definer', 'tistis_functions')"

extension CatalogueCheck {
  static let roles = [
    CatalogueCheck(
      name: "no role of ours stands above the wall",
      faults: """
        select r.rolname || ' is ' || x.what from pg_roles r, lateral (values
            (r.rolsuper, 'superuser'), (r.rolbypassrls, 'BYPASSRLS'), (r.rolreplication, 'REPLICATION'),
            (r.rolcreatedb, 'CREATEDB'), (r.rolcreaterole and r.rolname <> 'tistis_owner', 'CREATEROLE'),
            (r.rolcanlogin and r.rolname = 'tistis_definer', 'LOGIN')) x (yes, what)
         where r.rolname like 'tistis\\_%' and x.yes
        """,
      cure: "alter role … no<that>: no program needs it",
      hole: """
        create role tistis_hole_a superuser; create role tistis_hole_b bypassrls; create role tistis_hole_c createrole;
        alter role tistis_definer login
        """,
      found: [
        "tistis_hole_a is superuser", "tistis_hole_b is BYPASSRLS", "tistis_hole_c is CREATEROLE",
        "tistis_definer is LOGIN",
      ]),
    CatalogueCheck(
      name: "no program borrows another role's rights",
      faults: """
        select format('%s is a member of %s', r.rolname, g.rolname)
          from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles g on g.oid = m.roleid
         where (r.rolname like 'tistis\\_%' or g.rolname like 'tistis\\_%') 
           and r.rolname not in ('tistis_owner', 'postgres')
           -- It may call functions that lend no rights, and nothing else (GrantTests lists that).
           and g.rolname <> 'tistis_functions'
        """,
      cure: "revoke it: a program's rights are its own grants in sql/policies.sql",
      hole: "grant tistis_definer to tistis_jobs; grant pg_read_all_data to tistis_webhook_whatsapp",
      found: ["tistis_jobs is a member of tistis_definer", "tistis_webhook_whatsapp is a member of pg_read_all_data"]),
    CatalogueCheck(
      name: "no program owns anything",
      faults: """
        select format('%s owns %s', r.rolname, case when s.dbid in (0, (
            select oid from pg_database where datname = current_database()))
            then pg_describe_object(s.classid, s.objid, 0) else 'something in another database' end)
          from pg_shdepend s join pg_roles r on r.oid = s.refobjid
         where s.refclassid = 'pg_authid'::regclass and s.deptype = 'o' and (\(programs)
           or r.rolname = 'tistis_definer' and s.classid <> 'pg_proc'::regclass)
           -- What another test breaks in a copy of its own is not this database's.
           and not exists (select from pg_database d where d.oid = s.dbid and d.datname like 'test\\_%'
             and d.datname <> current_database())
        """,
      cure: "alter … owner to tistis_owner: who owns a table may change its wall",
      hole: "alter table faqs owner to tistis_jobs; alter table staff owner to tistis_definer",
      found: ["tistis_jobs owns table faqs", "tistis_definer owns table staff"]),
    CatalogueCheck(
      name: "secrets are for those who need them",
      faults: secretReaders.sorted { $0.key < $1.key }.map { table, readers in
        """
        select r.rolname || ' can touch \(table)' from pg_roles r
         where r.rolname like 'tistis\\_%' and r.rolname <> 'tistis_owner' and r.rolname <> all (\(array(readers)))
           and case r.rolname when 'tistis_api' then -- It puts them there, and sees no one.
             has_table_privilege(r.oid, '\(table)', 'truncate, trigger')
             or has_column_privilege(r.oid, '\(table)', 'sealed', 'select')
             or has_any_column_privilege(r.oid, '\(table)', 'update, references')
           else has_table_privilege(r.oid, '\(table)', 'delete, truncate, trigger')
             or has_any_column_privilege(r.oid, '\(table)', 'select, insert, update, references') end
        """
      }.joined(separator: " union all "),
      cure: """
        outbound tokens are read by jobs, jobs-process and integrations only, inbound secrets by find_channel only: \
        take the grant out of sql/policies.sql
        """,
      hole: """
        grant select (sealed) on outbound_tokens to tistis_webhook_whatsapp, tistis_api;
        grant select on inbound_secrets to tistis_jobs
        """,
      found: [
        "tistis_webhook_whatsapp can touch outbound_tokens", "tistis_api can touch outbound_tokens",
        "tistis_jobs can touch inbound_secrets",
      ]),
  ]
}
