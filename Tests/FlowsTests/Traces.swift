import Core
import FoundationEssentials
import Store
import TestSupport

@testable import Flows

extension Shop {
  /// Every table of the database, so that a new one is looked at by itself.
  private func tables(withTenant: Bool) throws -> [String] {
    try database.column(
      """
      select c.relname from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and \(withTenant ? "" : "not ") exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
       order by 1
      """
    ).compactMap { $0 }
  }

  /// Where this business's data, or what is nobody's, still mentions a word: `table: row`.
  func traces(of word: String) throws -> [String] {
    let like = "q::text ilike '%\(word)%'"
    return try tables(withTenant: true).flatMap { table in
      try database.column(
        "select '\(table): ' || q::text from \(table) q where q.tenant_id = '\(tenant.id.text)' and \(like)")
    }.compactMap { $0 }
      + tables(withTenant: false).flatMap { table in
        try database.column("select '\(table): ' || q::text from \(table) q where \(like)")
      }.compactMap { $0 }
  }

  /// All of this business's rows, as text: those that mention one of the words, if any are given.
  func rows(mentioning words: [String] = []) throws -> [String] {
    let condition = words.isEmpty ? "true" : words.map { "q::text like '%\($0)%'" }.joined(separator: " or ")
    return try tables(withTenant: true).flatMap { table in
      try database.column(
        "select '\(table): ' || q::text from \(table) q where q.tenant_id = '\(tenant.id.text)' and (\(condition)) order by 1"
      )
    }.compactMap { $0 }
  }

  /// The lead of a name.
  func lead(_ alias: String) throws -> UUID? {
    try value("lead_id", of: "lead_aliases", "value = '\(alias)'").flatMap { UUID(uuidString: $0) }
  }

  /// As `tistis erase lead` does it.
  @discardableResult
  func erase(_ lead: UUID?, reallyDo: Bool = true) throws -> Field? {
    let counts = try database.connection(user: "tistis_owner").erase(
      lead ?? UUID(), by: "test", of: tenant.id, reallyDo: reallyDo)
    return try counts.map { Field(try $0.parse()) }
  }
}
