import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// What each payload of `Tests/PeersTests/Fixtures/whatsapp` leaves in the database, compared with `<case>.stored` as text.
/// `UPDATE=1` rewrites the files: `git diff` is the review.
@Suite struct WhatsAppEffectTests {
  static let folder = World.root + "/Tests/PeersTests/Fixtures/whatsapp"

  /// Half a minute after the stamp that most of them carry.
  static let now = "2025-11-22T11:00:30Z"

  @Test func everyPayloadTwice() async throws {
    try await Database.cloned { database in
      try database.run("alter database \(database.name) set app.now = '\(Self.now)'")
      let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        .filter { $0.hasSuffix(".json") && !$0.hasPrefix("refused_") }.sorted()
      #expect(names.count > 100)
      // One session each to write and to look with: a hundred times both costs more than all the rest.
      let look = database.connection()
      var app: App?
      for name in names {
        let path = Self.folder + "/" + name.dropLast(5)
        let body = Array((readFile(path + ".json") ?? "").utf8)
        let shop = try Shop(database, delay: 60)
        // The sample's number is nobody's.
        if name != "dashboard_test.json" { try shop.own(Self.number(body)) }
        app = try app ?? shop.app()
        try shop.post(body, app)
        let once = try shop.everything(look)
        try shop.post(body, app)
        #expect(try shop.everything(look) == once, "\(name): a second post changed something")
        try expect(try shop.stored(look), path + ".stored")
        // The next one's tenant has the same number.
        try database.run("update channel_connections set status = 'disconnected'")
      }
    }
  }

  private func expect(_ text: String, _ path: String) throws {
    if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
      try Data((text + "\n").utf8).write(to: URL(filePath: path))
    }
    #expect(readFile(path) == text + "\n", "\(path)")
  }

  /// The first `phone_number_id` that a payload names.
  private static func number(_ body: [UInt8]) -> String? {
    guard let json = try? JSON.parse(body) else { return nil }
    return Field(json)["entry"].items.lazy.flatMap { $0["changes"].items }
      .compactMap { $0["value"]["metadata"]["phone_number_id"].loose }.first
  }
}

extension Shop {
  /// Takes over an account's number.
  func own(_ number: String?) throws {
    guard let number else { return }
    try run(
      "update channel_connections set whatsapp_phone_number_id = '\(number)' where id = '\(tenant.connection.text)'")
  }

  /// A hash of every row of this tenant.
  func everything(_ look: Connection? = nil) throws -> [String?] {
    try everyRow(of: tenant.id, look ?? database.connection())
  }

  /// What people and programs will see, a line a thing, without ids and times of ours.
  func stored(_ look: Connection? = nil) throws -> String {
    let mine = "tenant_id = '\(tenant.id.text)'"
    let lines = [
      """
      select concat_ws(' ', 'person', quote_nullable(name), phone_normalized,
          case when merged_into_id is not null then 'merged' end,
          (select string_agg(kind || '=' || value || '<' || address || '>', ' ' order by kind, value)
            from lead_aliases a where a.\(mine) and a.lead_id = l.id))
        from leads l where \(mine) order by id
      """,
      """
      select concat_ws(' ', 'conversation', contact_kind || '=' || contact_address, status,
          case when not ai_handling then 'SILENT' end, 'messages=' || message_count, 'turns=' || turn_count,
          'inbound=' || coalesce((last_inbound_at at time zone 'utc')::text, '-'), 'question=' || (select m.external_id
            from messages m where m.\(mine) and m.id = c.last_question_id))
        from conversations c where \(mine) order by id
      """,
      """
      select concat_ws(' ', role, content_type || '=' || quote_literal(content), external_id, status,
          'selection=' || selection, 'to=' || reply_to_external_id, 'error=' || error_code,
          'at=' || (external_timestamp at time zone 'utc')::text, case when metadata ? 'wants_answer' then 'ANSWER' end,
          case when historical then 'HISTORICAL' end, 'edited=' || (edited_at at time zone 'utc')::text,
          'original=' || (metadata ->> 'original_content'), 'deleted=' || (deleted_at at time zone 'utc')::text)
        from messages where \(mine) order by id
      """,
      """
      select concat_ws(' ', 'event', kind, quote_literal(content), left(external_id, 20), 'to=' || reply_to_external_id,
          'at=' || (occurred_at at time zone 'utc')::text, case when lead_id is null then 'nobody' end)
        from channel_events where \(mine) order by kind, occurred_at, external_id
      """,
      """
      select concat_ws(' ', 'reaction', quote_literal(emoji), 'to=' || target_external_id,
          (reacted_at at time zone 'utc')::text)
        from message_reactions where \(mine) order by target_external_id
      """,
      """
      select concat_ws(' ', 'report', status, external_id, participant, error_code)
        from message_status_history where \(mine) order by external_id, status, participant
      """,
      """
      select concat_ws(' ', 'window', opened_by, (last_inbound_at at time zone 'utc')::text,
          'ad=' || (ad_clicked_at at time zone 'utc')::text, referral ->> 'source_id')
        from contact_windows where \(mine) order by lead_id
      """,
      """
      select concat_ws(' ', 'consent', scope, state, source, (said_at at time zone 'utc')::text)
        from contact_consents where \(mine) order by lead_id, scope
      """,
      """
      select concat_ws(' ', 'template', name, language, status, category, quality, quote_literal(reason))
        from message_templates where \(mine) order by name, language
      """,
      """
      select concat_ws(' ', 'media', kind, external_id, mime_type, left(sha256, 12), status,
          'until=' || (expires_at at time zone 'utc')::text)
        from media_files where \(mine) order by external_id
      """,
      """
      select concat_ws(' ', 'channel', status, 'stopped=' || stopped_code, quality, messaging_limit)
        from channel_connections where \(mine) and coalesce(stopped_code, quality, messaging_limit) is not null
      """,
      """
      select concat_ws(' ', 'alert', severity, kind, 'times=' || times, case when resolved_at is not null then 'resolved' end,
          quote_literal(sentence)) from alerts where \(mine) order by kind, sentence
      """,
      """
      select concat_ws(' ', 'job', j.job_type, j.status, case when j.payload ->> 'is_first_message' = 'true' then 'first' end,
          (select m.external_id from messages m where m.\(mine) and m.id::text = j.payload ->> 'message_id'))
        from jobs j where \(mine) order by id
      """,
    ]
    let parts = lines.enumerated().map { "select \($0) as part, row_number() over () as line, c from (\($1)) q (c)" }
    let found = try (look ?? database.connection()).column(
      "select c from (\(parts.joined(separator: " union all "))) x order by part, line"
    ).compactMap { $0 }
    return found.isEmpty ? "nothing" : found.joined(separator: "\n")
  }
}

extension Connection {
  /// The first column of a query's rows, as text.
  fileprivate func column(_ sql: String) throws(StoreError) -> [String?] {
    try everyone.many("column", "select q.c::text from (\(sql)) q (c)", []) { row throws(StoreError) in try row.get(0) }
  }
}

/// A hash of all that a tenant has, a line a table.
func everyRow(of tenant: UUID, _ look: Connection) throws -> [String?] {
  let tables = try look.column(
    """
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1
    """)
  let hashes = tables.compactMap { $0 }.map {
    "select '\($0) ' || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from \($0) t where tenant_id = '\(tenant.text)'"
  }
  return try look.column(hashes.joined(separator: " union all "))
}
