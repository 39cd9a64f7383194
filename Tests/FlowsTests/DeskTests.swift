import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// People of the business at work, on every platform.
@Suite struct DeskTests {
  private func conversation(_ account: Account) throws -> UUID {
    try #require(UUID(uuidString: try account.value("id", of: "conversations") ?? ""))
  }

  /// Several at once, in parts: all of it is stored and leaves, one after the other, no part between another's.
  @Test(arguments: ChannelName.allCases) func twoSendAtOnce(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      try account.receive(account.message("hola", from: account.stranger))
      let id = try conversation(account)
      _ = try await onThreads(4) { i in
        let session = account.database.connection()
        _ = try session.tenant(account.tenant).sendStaffMessage(
          conversationId: id, contents: [.text("\(i) uno"), .text("\(i) dos")], staffId: nil, requestId: nil)
      }
      let sends = "job_type = 'send_\(channel.rawValue)'"
      #expect(try account.count("jobs", sends) == 8)
      #expect(try account.count("jobs", sends + " and lane_head") == 1)
      var order = [String]()
      for _ in 0..<8 {
        let message = try #require(
          UUID(uuidString: try account.value("payload ->> 'message_id'", of: "jobs", sends + " and lane_head") ?? ""))
        let attempt = UUID()
        let ready = try account.begin(message, attempt)
        #expect(ready.verdict == "go")
        order.append(ready.content ?? "")
        try account.end(message, attempt, id: unique("m."))
        try account.run(
          """
          select set_config('app.tenant_id', '\(account.tenant.text)', false);
          update jobs set status = 'completed', completed_at = now(), lane_head = false where \(sends) and lane_head;
          select elect_lane_heads('\(account.tenant.text)', array['send:\(id.text)'])
          """)
      }
      #expect(order.count == 8)
      for i in stride(from: 0, to: 8, by: 2) {
        #expect(order[i].hasSuffix("uno") && order[i + 1] == order[i].prefix(2) + "dos", "\(order)")
      }
      #expect(try account.value("ai_handling", of: "conversations") == "false")
    }
  }

  /// Whoever writes into a talk that is over opens it again, or goes on in the one that the person began since: the
  /// assistant does not answer behind their back.
  @Test(arguments: ChannelName.allCases, [false, true])
  func whatIsResolvedIsOpenAgain(_ channel: ChannelName, _ personWasFirst: Bool) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let id = try conversation(account)
      try account.run("update conversations set status = 'resolved', resolved_at = now()")
      if personWasFirst { #expect(try account.receive(account.message("otra cosa", from: person)).answers == 1) }
      let open = try #require(
        try account.value("id", of: "conversations", personWasFirst ? "status = 'active'" : "true"))
      let api = account.database.connection(user: "tistis_api").tenant(account.tenant)
      let said = try #require(
        try api.sendStaffMessage(
          conversationId: id, contents: [.text("¿Le quedó alguna duda?")], staffId: nil, requestId: nil))
      #expect(try account.value("conversation_id", of: "messages", "id = '\(said.text)'") == open)
      let state = try account.value("status || ' ' || ai_handling", of: "conversations", "id = '\(open)'")
      #expect(state == "active false")
      #expect(try account.receive(account.message("sí, una", from: person)).answers == 0)
      #expect(try account.count("conversations") == (personWasFirst ? 2 : 1))
    }
  }

  /// Somebody opens it again while the person begins a new one: one of them is open, and both words are in it.
  @Test(arguments: 0..<8) func bothAtOnce(_ round: Int) async throws {
    try await Account.test(.whatsapp) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      let id = try conversation(account)
      try account.run("update conversations set status = 'resolved', resolved_at = now()")
      _ = try await onThreads(2) { i in
        let session = account.database.connection()
        if i == 0 {
          _ = try session.tenant(account.tenant).sendStaffMessage(
            conversationId: id, content: "¿Alguna duda?", staffId: nil, requestId: nil)
        } else {
          _ = try account.receive(account.message("otra cosa", from: person), session: session)
        }
      }
      #expect(try account.count("conversations", "status = 'active' and not ai_handling") == 1)
      #expect(try account.count("conversations", "status = 'active'") == 1)
      #expect(try account.count("messages", "role = 'staff'") == 1)
    }
  }

  /// The platform refuses our token while some wait: the first says so, the others stay where they are and spend no try.
  @Test(arguments: ChannelName.allCases) func aTokenIsRevoked(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      try account.receive(account.message("hola", from: account.stranger))
      let id = try conversation(account)
      let session = account.database.connection()
      for text in ["uno", "dos", "tres"] {
        _ = try session.tenant(account.tenant).sendStaffMessage(
          conversationId: id, content: text, staffId: nil, requestId: nil)
      }
      let messages = try account.database.column("select id from messages where role = 'staff' order by id").map {
        try #require(UUID(uuidString: $0 ?? ""))
      }
      let attempt = UUID()
      try account.begin(messages[0], attempt)
      let effects: JSONText = #"""
        {"stop": {"code": "190", "sentence": "the token was revoked"},
         "alert": {"kind": "190", "key": "190", "severity": "act", "sentence": "enter a new token"}}
        """#
      #expect(try account.end(messages[0], attempt, "pending", effects: effects) == "pending")
      for message in messages {
        let ready = try account.begin(message)
        #expect(ready.verdict == "wait" && ready.reason == "channel_inactive")
      }
      #expect(try account.value("status || ' ' || stopped_code", of: "channel_connections") == "error 190")
      #expect(try account.count("alerts", "resolved_at is null and severity = 'act'") == 1)
      #expect(try account.count("messages", "role = 'staff' and status = 'pending'") == 3)
      #expect(try account.count("jobs", "attempts = 0 and status = 'pending' and job_type like 'send%'") == 3)
      #expect(try session.tenant(account.tenant).resumeChannel(connectionId: account.connection) != nil)
      for message in messages { #expect(try account.begin(message).verdict == "go") }
    }
  }

  /// The statements of a webhook, a gate and an answer look at a few rows of it, not at all.
  @Test(arguments: ChannelName.allCases) func tenThousandMessages(_ channel: ChannelName) async throws {
    try await Account.test(channel) { account in
      let person = account.stranger
      try account.receive(account.message("hola", from: person))
      try account.run(
        """
        insert into messages (tenant_id, id, conversation_id, channel_connection_id, role, content, channel, status,
            external_id, external_timestamp, attempted_at)
          select c.tenant_id, uuid_v7_floor(at), c.id, c.channel_connection_id, case i % 2 when 0 then 'user' else 'assistant' end,
              'x ' || i, c.channel, case i % 2 when 0 then 'received' else 'read' end, 'old.' || i, at, at
            from conversations c, generate_series(1, 10000) i, lateral (select now() - i * interval '20 minutes' as at) t;
        analyze messages
        """)
      let (message, attempt) = (try account.pending(), UUID())
      func rows(_ user: String, _ body: (Scope) throws(StoreError) -> Void) throws -> Int {
        let session = account.database.connection(user: user)
        return try session.transaction(tenant: account.tenant) { (scope) throws(StoreError) in
          try body(scope)
          return try scope.one(
            "rows",
            """
            select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables
             where relname = 'messages'
            """, []
          ) { (row) throws(StoreError) -> Int64 in try row.get(0) }
        }.clamped
      }
      let webhook = "tistis_webhook_" + channel.rawValue
      func stored(_ events: InboundEvent...) throws -> Int {
        let batch = JSONText(.array(events.map { $0.row(connection: account.connection) }))
        return try rows(webhook) { (scope) throws(StoreError) in
          _ = try scope.receiveEvents(events: batch, policy: JSONText(receivePolicy(delaySeconds: 0)), requestId: "r")
        }
      }
      let most = 1000
      let inbound = try stored(account.message("otra", from: person))
      #expect(inbound < most)
      var picture = account.message("una foto", from: person)
      picture.details = ["media": ["id": "media.1", "kind": "image"]]
      #expect(try stored(picture) < most)
      #expect(try account.count("media_files") == 1)
      let watermark = try stored(account.watermark("read", .now, to: person))
      #expect(watermark < most)
      let policy = account.policy
      #expect(
        try rows("tistis_jobs") { (scope) throws(StoreError) in
          _ = try scope.beginSend(messageId: message, attempt: attempt, policy: policy)
        } < most)
      #expect(
        try rows("tistis_jobs") { (scope) throws(StoreError) in
          _ = try scope.endSend(
            messageId: message, attempt: attempt, state: "accepted", externalId: "m.new", errorCode: nil,
            errorMessage: nil, aliases: "[]", effects: "{}")
        } < most)
      #expect(try stored(account.echo("yo le atiendo", to: person)) < most)
    }
  }
}

extension Int64 {
  fileprivate var clamped: Int { Int(clamping: self) }
}
