import Core
import FoundationEssentials
import Peers
import TestSupport
import Testing

@testable import Flows

/// People who go on under another number or user id, and what others say of the past.
@Suite struct IdentityTests {
  @Test func theAnswerGoesToTheNewNumber() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      let (old, new) = (newPhone(), newPhone())
      try shop.post(message("[[echo:hola]]", from: old))
      try other.post(message("hola", from: old))
      let body = shop.tenant.payload([numberChange(old, to: new)])
      try shop.post(body)
      try shop.post(body)
      try await shop.work(most: 1)
      #expect(try await shop.texts(new) == ["hola"])
      #expect(try shop.value("phone || ' ' || phone_normalized", of: "leads") == "\(new) +\(new)")
      #expect(try shop.count("lead_aliases") == 2)
      #expect(try other.value("contact_address", of: "conversations") == old)
      #expect(try other.count("lead_aliases") == 1)
    }
  }

  /// Whatever comes first, the person is answered at the last number.
  @Test func inAnyOrder() async throws {
    try await Database.cloned { database in
      let now = Instant.now.seconds
      for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (shop, a, b, c) = (try Shop(database), newPhone(), newPhone(), newPhone())
        let items = [
          Tenant.text("hola", from: a, at: Instant(seconds: now - 30)), numberChange(a, to: b, at: now - 20),
          numberChange(b, to: c, at: now - 10),
        ]
        for i in order + order { try shop.post(items[i]) }
        #expect(try shop.count("leads", "merged_into_id is null") == 1, "\(order)")
        #expect(try shop.value("contact_address", of: "conversations") == c, "\(order)")
        #expect(try shop.count("messages") == 1)
        // Who writes again is answered where they write.
        try shop.post(message("aquí sigo", from: a))
        #expect(try shop.value("contact_address", of: "conversations") == a, "\(order)")
      }
    }
  }

  @Test func theNewNumbersPersonWasKnownAlready() async throws {
    try await Shop.test { shop in
      let (old, new) = (newPhone(), newPhone())
      try shop.post(message("desde el viejo", from: old))
      try shop.post(message("desde el nuevo", from: new))
      try shop.post(numberChange(old, to: new))
      #expect(try shop.count("leads", "merged_into_id is null") == 1)
      #expect(try shop.count("conversations", "status = 'active'") == 1)
      #expect(try shop.value("contact_address", of: "conversations", "status = 'active'") == new)
      #expect(
        try shop.count(
          "messages m",
          "conversation_id = (select id from conversations c where status = 'active' and c.tenant_id = m.tenant_id)")
          == 2)
    }
  }

  /// Who waits for people goes on waiting where the two conversations become one: the alert, what is owed, the lead's mark.
  @Test(arguments: [true, false]) func whoWaitsForPeopleGoesOnWaiting(_ first: Bool) async throws {
    try await Shop.test { shop in
      let (old, new) = (newPhone(), newPhone())
      try shop.post(message("desde el viejo", from: old))
      try shop.post(message("desde el nuevo", from: new))
      let conversation = try #require(
        try shop.value("id", of: "conversations", "contact_address = '\(first ? old : new)'").flatMap {
          UUID(uuidString: $0)
        })
      let people = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      let escalated = try people.escalateWith(
        conversationId: conversation, reason: "queja", details: #"{"by": "n8n", "urgency": 4, "tell": true}"#)
      #expect(escalated)
      try shop.post(numberChange(old, to: new))
      let open = "status = 'escalated'"
      #expect(try shop.count("leads", "merged_into_id is null and escalated_to_human") == 1)
      #expect(try shop.count("conversations", "status <> 'archived'") == 1)
      #expect(
        try shop.count("conversations", "\(open) and last_word_owed and escalated_by = 'n8n' and not ai_handling") == 1)
      #expect(try shop.count("alerts", "resolved_at is null") == 1)
      #expect(
        try shop.value("details ->> 'conversation_id'", of: "alerts", "resolved_at is null")
          == shop.value("id", of: "conversations", open))
      // Given back, nobody waits any more.
      try shop.run("update conversations set status = 'active', ai_handling = true where \(open)")
      #expect(try shop.count("alerts", "resolved_at is null") == 0)
      #expect(try shop.count("leads", "escalated_to_human") == 0)
    }
  }

  @Test func aUserIDGoesOnAsAnother() async throws {
    try await Shop.test { shop in
      let (old, new) = ("MX." + uniqueDigits("1"), "MX." + uniqueDigits("2"))
      try shop.post(message("hola", user: old))
      let update: JSON = ["user_id_update": [["user_id": ["previous": .string(old), "current": .string(new)]]]]
      try shop.post(shop.tenant.change("user_id_update", update))
      #expect(try shop.value("contact_kind || contact_address", of: "conversations") == "whatsapp_user_id" + new)
      #expect(try shop.count("leads") == 1)
      try shop.post(message("otra vez", user: new))
      #expect(try shop.count("leads") == 1)
      #expect(try shop.value("message_count", of: "conversations") == "2")
    }
  }

  /// The past is read, in its own order, and neither answered nor anybody's take-over.
  @Test func historyIsContextAndNoQuestion() async throws {
    try await Shop.test { shop in
      let (phone, tag, now) = (newPhone(), unique("h"), Instant.now.seconds)
      try shop.post(message("[[echo:listo]] \(tag)", from: phone))
      func past(_ text: String, _ age: Int64, ours: Bool = false) -> JSON {
        [
          "from": .string(ours ? "526311234567" : phone), "id": .string(unique("wamid.")),
          "timestamp": .string(String(now - age)), "type": "text", "text": ["body": .string("\(text) \(tag)")],
        ]
      }
      let messages: JSON = [
        past("hace mucho", 86_400 * 90), past("ayer pregunté", 86_400), past("ayer contestamos", 86_300, ours: true),
      ]
      let body = shop.tenant.change(
        "history", ["history": [["threads": [["id": .string(phone), "messages": messages]]]]])
      try shop.post(body)
      try shop.post(body)
      #expect(try shop.count("jobs") == 1)
      #expect(try shop.value("ai_handling::text || (last_human_at is null)", of: "conversations") == "truetrue")
      #expect(try shop.value("message_count", of: "conversations") == "4")
      #expect(
        try shop.count(
          "conversations c",
          "last_question_id = (select id from messages m where not historical and m.tenant_id = c.tenant_id)") == 1)
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
      let asked = try await Sandbox.requests("anthropic", match: tag)
      let said = asked.first?["body"]["messages"].value?.text ?? ""
      #expect(!said.contains("hace mucho"))
      let (question, answer) = (said.firstRange(of: "ayer pregunté"), said.firstRange(of: "ayer contestamos"))
      let live = said.firstRange(of: "listo")
      #expect(try #require(question).lowerBound < #require(answer).lowerBound)
      #expect(try #require(answer).lowerBound < #require(live).lowerBound)
    }
  }

  /// A file and its announcement in either order, and at two businesses: one message each, with the file.
  @Test func aFileBehindItsPlaceholder() async throws {
    try await Database.cloned { database in
      let phone = newPhone()
      let common: [(String, JSON)] = [
        ("from", .string(phone)), ("id", "wamid.foto"), ("timestamp", .string(String(Instant.now.seconds - 86_400))),
      ]
      func item(_ more: [(String, JSON)]) -> JSON {
        .object(JSON.Members((common + more).map { JSON.Members.Pair($0.0, $0.1) }))
      }
      let announced = item([("type", "media_placeholder")])
      let file = item([("type", "image"), ("image", ["id": "9", "caption": "Mi muela"])])
      for order in [[0, 1], [1, 0]] {
        let shop = try Shop(database)
        let bodies = [
          shop.tenant.change("history", ["history": [["threads": [["id": .string(phone), "messages": [announced]]]]]]),
          shop.tenant.change("history", ["messages": [file]]),
        ]
        for i in order + order { try shop.post(bodies[i]) }
        #expect(try shop.value("content_type || ' ' || content", of: "messages") == "image Mi muela", "\(order)")
        #expect(try shop.value("message_count", of: "conversations") == "1")
        #expect(try shop.count("jobs") == 0)
      }
    }
  }

  /// Of the address book only who is known and has no name.
  @Test func anAddressBookMakesNobody() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      func sync(_ number: String, _ name: String) -> [UInt8] {
        shop.tenant.change(
          "smb_app_state_sync",
          [
            "state_sync": [
              [
                "type": "contact", "action": "add",
                "contact": ["full_name": .string(name), "phone_number": .string(number)],
              ]
            ]
          ])
      }
      try shop.post(sync(phone, "Antes de escribir"))
      #expect(try shop.count("leads") + shop.count("channel_events") == 0)
      try shop.post(message("hola", from: phone))
      try shop.post(sync(phone, "Anita"))
      try shop.post(sync(phone, "Otra"))
      #expect(try shop.value("name", of: "leads") == "Anita")
      #expect(try shop.count("leads") == 1)
    }
  }

  /// The dashboard's button: taken, said, not stored.
  @Test func theTestButton() async throws {
    try await Shop.test { shop in
      let payload = readFile(WhatsAppEffectTests.folder + "/dashboard_test.json") ?? ""
      let template: JSON = [
        "object": "whatsapp_business_account",
        "entry": [
          [
            "id": "0",
            "changes": [["field": "message_template_status_update", "value": ["event": "APPROVED"]]],
          ]
        ],
      ]
      let before = try shop.everything()
      try shop.post(Array(payload.utf8))
      try shop.post(template.bytes)
      #expect(try shop.everything() == before)
    }
  }

  /// The same of each of Meta's dashboards, at a business's own address and at the one that all share.
  @Test(arguments: Platform.metas) func theTestButtons(_ platform: Platform) async throws {
    try await Database.cloned { database in
      let shop = try Shop(on: platform, database)
      let body = Array(
        (readFile("\(World.root)/Tests/PeersTests/Fixtures/\(platform.rawValue)/dashboard_test.json") ?? "").utf8)
      let before = try shop.everything()
      let shared = shop.request(
        body, signature: platform.signature(body, platform.sharedSecret), path: platform.sharedPath)
      for request in [shop.request(body), shared] { #expect(try shop.tenant.answer(request).status == 200) }
      #expect(try shop.everything() == before)
      // What it is like to be somebody's is seen on this.
      try shop.post(platform.text("hola", from: uniqueDigits("521"), to: shop.tenant.account))
      #expect(try shop.everything() != before)
    }
  }
}

private func numberChange(_ old: String, to new: String, at: Int64 = Instant.now.seconds) -> JSON {
  [
    "from": .string(old), "id": .string(unique("wamid.")), "timestamp": .string(String(at)), "type": "system",
    "system": ["type": "user_changed_number", "body": "changed", "wa_id": .string(new)],
  ]
}
