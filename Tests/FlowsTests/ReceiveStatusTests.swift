import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

@Suite struct ReceiveStatusTests {
  /// current, incoming, the state after it (`-`: unchanged), for every pair.
  private static func table() throws -> [[String]] {
    let text = try #require(readFile(World.root + "/Tests/FlowsTests/Fixtures/send-states.tsv"))
    return text.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
  }

  @Test func theTableOfStates() async throws {
    try await Database.cloned { database in
      let rows = try Self.table()
      #expect(rows.count == 100)
      for row in rows {
        let next = try database.scalar("select coalesce(next_message_status($1, $2), '-')", [row[0], row[1]])
        #expect(next == row[2], "\(row[0]) then \(row[1])")
      }
      // What came from a person has no such states, and words of the platform that we do not know change nothing.
      #expect(try database.scalar("select next_message_status('received', 'read')") == nil)
      #expect(try database.scalar("select next_message_status('accepted', 'deleted')") == nil)
    }
  }

  /// In whichever order sent, delivered, read and failed arrive, some of them or all.
  @Test func everyOrderOfReports() async throws {
    try await Shop.test { shop in
      let next = try Self.table().reduce(into: [String: String]()) { $0[$1[0] + " " + $1[1]] = $1[2] }
      try shop.post(message("hola", from: newPhone()))
      let orders = Self.arrangements(["sent", "delivered", "read", "failed"])
      #expect(orders.count == 64)
      try shop.run(
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status, external_id)
          select m.tenant_id, m.conversation_id, m.channel_connection_id, 'assistant', 'x', 'accepted',
              'wamid.out.' || i || '.'
            from messages m, generate_series(0, 63) i
        """)
      let app = try shop.app()
      for step in 0..<4 {
        let reports = orders.enumerated().compactMap { i, order in
          step < order.count ? status(order[step], of: "wamid.out.\(i).") : nil
        }
        try shop.post(statuses: reports, app: app)
        try shop.post(statuses: reports, app: app)
      }
      var failed = 0
      for (i, order) in orders.enumerated() {
        var expected = "accepted"
        for report in order {
          if let after = next[expected + " " + report], after != "-" { expected = after }
        }
        let state = try shop.value("status", of: "messages", "external_id = 'wamid.out.\(i).'")
        #expect(state == expected, "\(order)")
        if expected == "failed" { failed += 1 }
      }
      #expect(try shop.count("message_status_history", "message_id is not null") == orders.reduce(0) { $0 + $1.count })
      #expect(try shop.count("messages", "status = 'failed' and error_code = '131026'") == failed)
      #expect(try shop.count("messages", "status in ('delivered', 'read') and error_code is not null") == 0)
    }
  }

  /// The platform may be quicker than the answer to our own request: known by its id, and by ours.
  @Test(arguments: [false, true]) func aReportBeforeTheAnswer(_ opaque: Bool) async throws {
    try await Shop.test { shop in
      let id = try outbound(shop, "sending")
      try shop.post(statuses: [
        status("sent", of: "wamid.fast", opaque: opaque ? id : nil),
        status("delivered", of: "wamid.fast", opaque: opaque ? id : nil),
      ])
      #expect(try shop.reply("status") == (opaque ? "delivered" : "sending"))
      #expect(try end(shop, id, "accepted", "wamid.fast") == "delivered")
      #expect(try shop.reply("external_id") == "wamid.fast")
      #expect(
        try shop.count("messages", "role = 'assistant' and sent_at is not null and delivered_at is not null") == 1)
      try shop.post(statuses: [status("read", of: "wamid.fast")])
      #expect(try shop.reply("status") == "read")
    }
  }

  @Test func ourIdSettlesWhatIsUnknown() async throws {
    try await Shop.test { shop in
      let id = try outbound(shop, "unknown")
      try shop.post(statuses: [status("delivered", of: "wamid.late", opaque: id)])
      #expect(try shop.reply("status || ' ' || external_id") == "delivered wamid.late")
      // An answer that comes after all changes nothing any more.
      #expect(try end(shop, id, "unknown", nil) == "delivered")
      #expect(try end(shop, id, "pending", nil) == "delivered")
    }
  }

  /// Words that are ours are no reports: `pending` would send the message again.
  @Test func thePlatformCannotSpeakOurWords() async throws {
    try await Shop.test { shop in
      let id = try outbound(shop, "sending")
      for word in ["pending", "withheld", "unknown", "accepted", "sending"] {
        try shop.post(statuses: [status(word, of: "wamid.odd", opaque: id)])
        #expect(try shop.reply("status") == "sending", "\(word)")
      }
      #expect(try shop.count("message_status_history") == 5)
    }
  }

  /// A worker that was thought dead says that its request was refused: somebody else has called it unknown meanwhile.
  @Test func whatIsUnknownNeverWaitsAgain() async throws {
    try await Shop.test { shop in
      let id = try outbound(shop, "unknown")
      #expect(try end(shop, id, "pending", nil) == "unknown")
      #expect(try end(shop, id, "accepted", "wamid.after") == "accepted")
    }
  }

  /// What an attempt says a second time, since the answer was lost, comes while the next one is sending: it changes nothing.
  @Test func onlyTheAttemptThatSendsIsListenedTo() async throws {
    try await Shop.test { shop in
      let id = try outbound(shop, "sending")
      let session = shop.database.connection(user: "tistis_jobs")
      for state in ["pending", "failed", "unknown", "accepted"] {
        #expect(try Self.end(session, shop, id, state, nil, attempt: UUID()) == "sending", "\(state)")
      }
      #expect(try end(shop, id, "accepted", "wamid.mine") == "accepted")
      #expect(try Self.end(session, shop, id, "failed", nil, attempt: UUID()) == "accepted")
    }
  }

  /// Reports and messages of a conversation in one POST, while its sends are being written down.
  @Test func reportsAndAnswersCross() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.post(message("hola", from: phone))
      try shop.run(
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status,
            send_attempt)
          select tenant_id, conversation_id, channel_connection_id, 'assistant', 'x', 'sending',
              '\(Self.attempt.text)'
            from messages, generate_series(1, 40)
        """)
      let ids = try shop.database.column("select id from messages where role = 'assistant'").compactMap { $0 }
      let began = Instant.now
      _ = try await onThreads(2) { i in
        if i == 0 {
          let app = try shop.app()
          for id in ids {
            try shop.post(
              message("más", from: phone), statuses: [status("read", of: "wamid.\(id)", opaque: id)], app: app)
          }
        } else {
          let session = shop.database.connection(user: "tistis_jobs")
          for id in ids { _ = try Self.end(session, shop, id, "accepted", "wamid.\(id)") }
        }
      }
      #expect(try shop.count("messages", "role = 'assistant' and status = 'read'") == 40)
      // A deadlock is found after a second, and would be visible here.
      let deadlocks = try shop.database.count(
        "select deadlocks from pg_stat_database where datname = current_database()")
      #expect(deadlocks == 0, "\(Instant.now - began) s")
    }
  }

  // MARK: Parts

  /// A message of the assistant in a conversation, in that state; its id.
  private func outbound(_ shop: Shop, _ state: String) throws -> String {
    try shop.post(message("hola", from: newPhone()))
    try shop.run(
      """
      insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status,
          send_attempt)
        select tenant_id, conversation_id, channel_connection_id, 'assistant', 'x', '\(state)',
            '\(Self.attempt.text)'
          from messages
      """)
    return try #require(try shop.reply("id"))
  }

  private func end(_ shop: Shop, _ id: String, _ state: String, _ external: String?) throws -> String? {
    try Self.end(shop.database.connection(user: "tistis_jobs"), shop, id, state, external)
  }

  /// Whose messages are being sent here.
  private static let attempt = UUID()

  private static func end(
    _ session: Connection, _ shop: Shop, _ id: String, _ state: String, _ external: String?,
    attempt: UUID = Self.attempt
  ) throws -> String? {
    for _ in 0..<5 {
      do throws(StoreError) {
        return try session.tenant(shop.tenant.id).endSend(
          messageId: UUID(uuidString: id) ?? UUID(), attempt: attempt, state: state, externalId: external,
          errorCode: nil, errorMessage: nil, aliases: "[]", effects: "{}"
        ).status
      } catch {
        guard case .serialization = error else { throw error }
      }
    }
    return nil
  }

  /// All orders of all non-empty selections.
  private static func arrangements(_ items: [String]) -> [[String]] {
    items.flatMap { first in
      [[first]] + arrangements(items.filter { $0 != first }).map { [first] + $0 }
    }
  }
}
