import Store
import TestSupport

extension Database {
  /// The first column of every row.
  func sentences(_ sql: String) throws -> [String] { try column(sql).compactMap { $0 } }
}

extension Connection {
  /// The same on a session that may be in the middle of a transaction.
  func sentences(_ sql: String) throws -> [String] {
    try everyone.many("sentences", "select q.c::text from (\(sql)) q (c)", []) { row throws(StoreError) in
      try row.get(0)
    }
  }
}

/// Something that holds for the database as it is, asked of its own catalogue.
struct CatalogueCheck: Sendable, CustomStringConvertible {
  let name: String
  /// A query for sentences, one for each fault.
  let faults: String
  /// What to do about a fault.
  let cure: String
  /// Statements that break it, and a word of each sentence they must cause: a check that cannot fail is none.
  let hole: String
  let found: [String]

  var description: String { name }

  /// All of them: walls, then keys, then what goes around walls, then who may do what.
  static let all = walls + keys + holes + roles
}

/// A list of names as SQL.
func array(_ names: [String]) -> String { "array[" + names.map { "'\($0)'" }.joined(separator: ", ") + "]::text[]" }

/// The lines that a query gives and a list does not, and the reverse.
func difference(_ actual: String, _ expected: [String]) -> String {
  """
  with actual (line) as (\(actual)), expected (line) as (select unnest(\(array(expected))))
  select 'not in the list of this test: ' || line from actual where line not in (select line from expected)
  union all
  select 'in the list of this test only: ' || line from expected where line not in (select line from actual)
  """
}

/// Begins a query: `t` is every table with a tenant's rows; `whose` is the column that says whose.
let tenantTables = """
  with t as (
    select c.oid, c.relname::text as name, c.relrowsecurity, c.relforcerowsecurity,
        case c.relname when 'tenants' then 'id' else 'tenant_id' end as whose
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and (c.relname = 'tenants' or exists (
         select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)))

  """
