import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

@Suite struct WindowTests {
  private func seconds(_ shop: Shop) throws -> Int {
    Int(try shop.value("round(extract(epoch from now() - last_inbound_at))", of: "contact_windows") ?? "") ?? -1
  }

  private func gate(_ shop: Shop, _ conversation: String) throws -> String? {
    try shop.ask("staff_gate('\(conversation)', '{\"window_hours\": 24, \"stale_seconds\": 3600}', null)")
  }

  /// By the message's own time, forwards only, never ahead of our clock; twice is once.
  @Test func theNewestMessageCounts() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      let app = try shop.app()
      for age in [600, 1200, 300, 300, 9000] {
        try shop.post(Tenant.text("hola", from: phone, id: "wamid.\(age)", at: .now + -Double(age)), app: app)
      }
      #expect((300...330).contains(try seconds(shop)))
      try shop.post(Tenant.text("mañana", from: phone, at: .now + 86_400), app: app)
      #expect((0...30).contains(try seconds(shop)))
      #expect(try shop.count("contact_windows", "opened_by = 'message' and last_inbound_at <= now()") == 1)
    }
  }

  @Test(arguments: [
    "reaction", "revoke", "edit", "system_number_changed", "status_delivered_and_read", "echo", "preference_stop",
  ])
  func whatOpensNone(_ name: String) async throws {
    try await Shop.test { shop in
      try shop.post(fixtures: [name])
      #expect(try shop.count("contact_windows") == 0)
    }
  }

  /// The person wrote an hour ago; that the conversation was closed since, and another begun, changes nothing.
  @Test func itOutlivesItsConversation() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.post(Tenant.text("hola", from: phone, at: .now + -3000))
      try shop.run("update conversations set status = 'resolved'")
      try shop.post(shop.tenant.echo("¿algo más?", to: phone))
      let conversation = try #require(try shop.value("id", of: "conversations", "status = 'active'"))
      #expect(try shop.count("conversations") == 2)
      #expect(try gate(shop, conversation) == nil)
      try shop.run("update contact_windows set last_inbound_at = now() - interval '25 hours'")
      #expect(try gate(shop, conversation) == "window_closed")
    }
  }

  /// A call counts as a message does. p_events of a batch, since a call is no conversation.
  @Test func aCallOpensIt() async throws {
    try await Shop.test { shop in
      func call(_ id: String, _ age: Int) throws {
        let event: JSON = [
          "connection_id": .string(shop.tenant.connection.text), "kind": "call", "external_id": .string(id),
          "aliases": [["kind": "phone", "value": .string(Shop.ana), "address": .string(Shop.ana)]],
          "at": .string((Instant.now + -Double(age)).description), "content": "[llamada]", "details": [:], "raw": [:],
        ]
        _ = try shop.database.connection(user: "tistis_webhook_whatsapp").tenant(shop.tenant.id).receiveEvents(
          events: JSONText(JSON.array([event]).text), policy: JSONText(receivePolicy(delaySeconds: 0).text),
          requestId: "r")
      }
      try call("one", 600)
      try call("one", 600)
      #expect((600...630).contains(try seconds(shop)))
      #expect(try shop.count("contact_windows", "opened_by = 'call'") == 1)
      #expect(try shop.count("messages") + shop.count("conversations") + shop.count("jobs") == 0)
      try shop.post(fromAna: Tenant.text("hola", from: Shop.ana, at: .now + -900))
      #expect(try shop.count("contact_windows", "opened_by = 'call'") == 1)
      let conversation = try #require(try shop.value("id", of: "conversations"))
      try shop.run("update contact_windows set last_inbound_at = now() - interval '25 hours'")
      #expect(try gate(shop, conversation) == "window_closed")
      try call("two", 60)
      #expect(try gate(shop, conversation) == nil)
      #expect(try shop.count("channel_events", "kind = 'call'") == 2)
    }
  }

  @Test func twoLeadsThatWereOnePerson() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.post(Tenant.text("hola", from: phone, at: .now + -7000))
      try shop.post(Tenant.text("hola", from: "MX.8", at: .now + -500))
      #expect(try shop.count("contact_windows") == 2)
      try shop.post(message("soy yo", from: phone, user: "MX.8"))
      let survivor = try shop.value("id", of: "leads", "merged_into_id is null")
      #expect(
        try shop.count("contact_windows", "lead_id = '\(survivor ?? "")' and last_inbound_at > now() - interval '60 s'")
          == 1)
    }
  }

  @Test func everybodyAtOnceAndNobodyElse() async throws {
    try await Database.cloned { database in
      let shop = try Shop(database)
      let other = try Shop(database)
      let phone = newPhone()
      try other.post(Tenant.text("hola", from: phone, at: .now + -50_000))
      _ = try await onThreads(6) { thread in
        let app = try shop.app()
        for i in 0..<10 {
          try shop.post(
            Tenant.text("hola", from: phone, at: .now + -Double(100 + (thread * 7 + i * 13) % 60 * 60)), app: app)
        }
      }
      #expect((100...160).contains(try seconds(shop)))
      #expect(try seconds(other) >= 50_000)
    }
  }

  // MARK: Advertisements

  @Test func whereAPersonCameFrom() async throws {
    try await Shop.test { shop in
      // The later one first, and both twice.
      try shop.post(fixtures: ["text_from_post", "text_from_ad", "text_from_ad", "text_from_post", "text"])
      #expect(
        try shop.value("source_details #>> '{referral,source_id}'", of: "leads") == "120226305854819999")
      #expect(try shop.value("source_details #>> '{referral,ctwa_clid}'", of: "leads") == "Aff-ejemplo")
      #expect(try shop.value("source_details #>> '{referral,at}'", of: "leads") == "2025-11-22T11:00:00Z")
      #expect(
        try shop.value("jsonb_path_query_array(source_details, '$.referrals[*].source_id')", of: "leads")
          == #"["120226305854820001"]"#)
      #expect(try shop.value("source", of: "leads") == "whatsapp")
      // The window knows the last one that was clicked.
      #expect(try shop.value("referral ->> 'source_id'", of: "contact_windows") == "120226305854820001")
      #expect(
        try shop.count("contact_windows", "ad_clicked_at = '2025-11-22T11:01:00Z' and last_inbound_at >= ad_clicked_at")
          == 1)
    }
  }

  /// A row does not grow with every click.
  @Test func manyAdvertisements() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      let long = String(repeating: "á", count: 5000)
      let clicks = (0..<30).map { i -> JSON in
        guard case .object(var members) = Tenant.text("hola \(i)", from: phone, at: .now + Double(i - 60)) else {
          return .null
        }
        members["referral"] = ["source_id": .number(i), "body": .string(long), "nested": ["x": 1]]
        return .object(members)
      }
      try shop.post(shop.tenant.payload(clicks))
      #expect(try shop.value("source_details #>> '{referral,source_id}'", of: "leads") == "0")
      #expect(
        try shop.value(
          "jsonb_array_length(source_details -> 'referrals') || ' ' || (source_details #>> '{referrals,0,source_id}') "
            + "|| ' ' || (source_details #>> '{referrals,19,source_id}')", of: "leads") == "20 10 29")
      #expect(try shop.count("leads", "length(source_details::text) < 14000 and source_details::text !~ 'nested'") == 1)
    }
  }

  /// seconds from the click to our first accepted message, hours until which writing is free (0: not at all)
  @Test(arguments: [(60, 72), (86_300, 72), (86_500, 0)])
  func freeOfCharge(_ delay: Int, _ hours: Int) async throws {
    try await Shop.test { shop in
      try shop.post(fixtures: ["text_from_ad"])
      try shop.run(
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status)
          select tenant_id, conversation_id, channel_connection_id, 'staff', 'x', 'sending'
            from messages, generate_series(1, 2)
        """)
      let ids = try shop.database.column("select id from messages where role = 'staff' order by id").compactMap { $0 }
      let first = Shop.then + Double(delay)
      try shop.run(at: first, "select end_send('\(ids[0])', null, 'accepted', 'wamid.1', null, null, '[]', '{}')")
      try shop.run(at: first + 10, "select end_send('\(ids[1])', null, 'accepted', 'wamid.2', null, null, '[]', '{}')")
      let until = try shop.value("free_entry_until = '\(first + Double(hours * 3600))'", of: "contact_windows")
      #expect(until == (hours == 0 ? nil : "true"))
    }
  }

  // MARK: Late

  /// After an outage: kept, marked, not answered, and somebody is told once how many.
  @Test func whatCameTooLate() async throws {
    try await Shop.test { shop in
      let people = (0..<4).map { _ in newPhone() }
      let late = people.map { Tenant.text("¿abren hoy?", from: $0, id: "wamid.\($0)", at: .now + -7200) }
      try shop.post(late[0], late[1], message("hola", from: newPhone()))
      try shop.post(late[0], late[1])
      #expect(try shop.count("messages", "stale") == 2)
      #expect(try shop.count("messages", "not stale") == 1)
      #expect(try shop.count("jobs") == 1)
      func alert(_ column: String) throws -> String? { try shop.value(column, of: "alerts", "resolved_at is null") }
      #expect(try alert("concat_ws(' ', kind, severity, times, details ->> 'messages')") == "stale_messages act 1 2")
      try shop.post(late[2])
      #expect(try alert("concat_ws(' ', kind, severity, times, details ->> 'messages')") == "stale_messages act 2 3")
      #expect(try alert("sentence")?.hasPrefix("3 messages arrived more than 60 minutes late") == true)
      // Where people answer anyway, nobody waited for the assistant.
      try shop.run("update conversations set ai_handling = false")
      try shop.post(Tenant.text("¿nadie?", from: people[2], at: .now + -7000))
      #expect(try shop.count("messages", "stale") == 4)
      #expect(try alert("times") == "2")
      // Read and closed by somebody: the next outage is another alert.
      try shop.run(at: .now, "select resolve_alerts('\(shop.tenant.connection.text)', '{stale_messages}')")
      try shop.post(late[3])
      #expect(try alert("sentence")?.hasPrefix("one message arrived") == true)
      #expect(try shop.count("alerts") == 2)
    }
  }

  @Test func lateForSeveralAtOnce() async throws {
    try await Shop.test { shop in
      _ = try await onThreads(6) { _ in
        let app = try shop.app()
        for _ in 0..<5 { try shop.post(Tenant.text("¿abren?", from: newPhone(), at: .now + -7200), app: app) }
      }
      #expect(try shop.value("details ->> 'messages'", of: "alerts") == "30")
    }
  }
}
