/// Indexes that do not begin with the tenant, because who asks does not know it yet. `unique (id)` is let pass
/// everywhere: ids travel.
private let tenantlessIndexes = [
  // Routing: which tenant is meant?
  "tenants_slug_key", "channel_connections_account", "channel_connections_business",
  // Whose key, which user?
  "api_keys_hash", "user_roles_user",
  // The queue, whose workers serve all tenants.
  "jobs_ready", "jobs_held", "jobs_finished",
]

/// Columns of a type whose operators are not leakproof: under row-level security no index of theirs is used.
private let unfilteredColumns: [String] = []

extension CatalogueCheck {
  static let keys = [
    CatalogueCheck(
      name: "every table has a primary key",
      faults: tenantTables + """
        select name || ' has no primary key' from t
         where not exists (select from pg_index x where x.indrelid = t.oid and x.indisprimary)
        """,
      cure: "say: primary key (tenant_id, id)",
      hole: "create table hole (tenant_id uuid not null)", found: ["hole"]),
    CatalogueCheck(
      name: "keys and indexes begin with the tenant",
      faults: tenantTables + """
        , begins as (
          select t.name, i.relname::text as index, coalesce(a.attname, 'an expression') as column, x.indisprimary,
              a.attname is not distinct from t.whose as right,
              x.indisunique and not x.indisprimary and x.indnkeyatts = 1 and a.attname is not distinct from 'id'
                as travels
            from t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
            left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0])
        select format('%s: %s begins with %s', name, index, "column") from begins
         where not "right" and not travels and index <> all (\(array(tenantlessIndexes)))
        union all
        select n || ' is named as an exception and is none' from unnest(\(array(tenantlessIndexes))) n
         where n not in (select index from begins where not "right" and not travels)
        """,
      cure: "begin it with tenant_id; one that has to find the tenant belongs in tenantlessIndexes, with its reason",
      hole: """
        create index hole_column on leads (email); create unique index hole_expression on leads (lower(email));
        drop index jobs_held; create table hole (id uuid primary key, tenant_id uuid not null)
        """, found: ["hole_column", "hole_expression", "jobs_held", "hole_pkey"]),
    CatalogueCheck(
      name: "foreign keys carry the tenant",
      faults: tenantTables + """
        select format('%s: %s does not compare tenants', t.name, c.conname)
          from pg_constraint c join t on t.oid = c.conrelid join t r on r.oid = c.confrelid
         where c.contype = 'f' and not exists (
           select from unnest(c.conkey, c.confkey) k (here, there)
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.here and a.attname = t.whose
             join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.there and b.attname = r.whose)
        """,
      cure: "say: foreign key (tenant_id, x_id) references x (tenant_id, id); else one tenant's row can name another's",
      hole: "alter table leads add column hole uuid constraint hole_fk references branches (id)", found: ["hole_fk"]),
    CatalogueCheck(
      name: "on delete set null names its column",
      faults: tenantTables + """
        select format('%s: %s would null tenant_id', t.name, c.conname)
          from pg_constraint c join t on t.oid = c.conrelid
          join pg_attribute a on a.attrelid = t.oid and a.attname = t.whose
         where c.contype = 'f' and a.attnum = any (c.conkey) and (c.confupdtype in ('n', 'd')
           or c.confdeltype in ('n', 'd') and (c.confdelsetcols is null or a.attnum = any (c.confdelsetcols)))
        """,
      cure: "say: on delete set null (x_id)",
      hole: """
        alter table leads add constraint hole_fk foreign key (tenant_id, branch_id) references branches (tenant_id, id)
          on delete set null
        """, found: ["hole_fk"]),
    CatalogueCheck(
      name: "filter columns have leakproof operators",
      faults: tenantTables + """
        select 'there is an enum: ' || oid::regtype from pg_type
         where typtype = 'e' and typnamespace = 'public'::regnamespace
        union all
        select format('%s.%s is a %s', t.name, a.attname, a.atttypid::regtype)
          from t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          join pg_type y on y.oid = a.atttypid
         where y.typtype in ('r', 'm') and t.name || '.' || a.attname <> all (\(array(unfilteredColumns)))
        """,
      cure: """
        text with a CHECK instead of an enum; a range is searched by a definer function with an explicit tenant, and \
        is then named among unfilteredColumns
        """,
      hole: "create type hole as enum ('a'); alter table leads add column hole_range tstzrange",
      found: ["enum: hole", "leads.hole_range"]),
  ]
}
