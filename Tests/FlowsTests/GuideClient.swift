import Core
import FoundationEssentials
import Store
import TestSupport

/// Somebody else's SQL client of one tenant: a dashboard, n8n.
final class GuideClient {
  let id: String
  /// Whom it says it works for; nil: it forgot to say.
  var tenant: UUID?
  private let session: Connection

  init(_ shop: Shop) throws {
    id = shop.tenant.id.text
    tenant = shop.tenant.id
    session = shop.database.connection()
    try session.script("set role tistis_guide")
  }

  /// The first column of every row, as text; 'null' for null.
  func ask(_ sql: String, _ values: [String?] = []) throws -> [String] {
    let found: [String?] = try (tenant.map { session.tenant($0) } ?? session.everyone).many(
      "ask", "select q.c::text from (\(sql)) q (c)", values
    ) {
      row throws(StoreError) in try row.get(0)
    }
    return found.map { $0 ?? "null" }
  }

  /// Runs a statement that returns nothing.
  func write(_ sql: String) throws {
    try (tenant.map { session.tenant($0) } ?? session.everyone).exec("write", sql, [])
  }

  /// The only row's, of columns joined by '|'.
  func row(_ columns: String, _ function: String, _ values: String?...) throws -> String {
    try ask("select concat_ws('|', \(columns)) from \(function)", values).joined(separator: " and ")
  }

  func lead(_ phone: String) throws -> String {
    try row("lead_id", "find_or_create_lead($1::uuid, null, $2)", id, phone)
  }

  /// The conversation of a lead at the shop's account.
  func conversation(_ lead: String, _ shop: Shop) throws -> String {
    try row(
      "conversation_id", "find_or_create_conversation($1::uuid, null, $2::uuid, $3::uuid)", id, lead,
      shop.tenant.connection.text)
  }

  /// Saves a text: `is_duplicate|conversation_reopened`.
  func save(_ text: String, _ conversation: String, _ lead: String, id: String?) throws -> String {
    try row(
      "is_duplicate, conversation_reopened",
      "save_incoming_message($1::uuid, $2::uuid, $3, p_whatsapp_message_id => $4)", conversation, lead, text, id)
  }

  /// The SQLSTATE with which it is refused; nil if it is not.
  func refused(_ sql: String, _ values: [String?] = []) throws -> String? {
    try refused { _ = try ask(sql, values) }
  }

  func refusedWrite(_ sql: String) throws -> String? { try refused { try write(sql) } }

  private func refused(_ work: () throws -> Void) throws -> String? {
    do {
      try work()
      return nil
    } catch {
      switch error as? StoreError {
      case .data(let sqlstate, _), .rejected(let sqlstate, _): return sqlstate
      case .conflict: return "23505"
      default: throw error
      }
    }
  }
}
