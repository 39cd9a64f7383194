import Core
import FoundationEssentials
import Peers
import TestSupport
import Testing

@testable import Flows

@Suite struct ReceiveTests {
  @Test func aStrangersMessageIsStoredWithEverythingItNeeds() async throws {
    try await Shop.test(delay: 2) { shop in
      let phone = newPhone()
      try shop.post(message("¿Cuánto cuesta?", from: phone, id: "wamid.one"))
      #expect(try shop.value("content", of: "messages") == "¿Cuánto cuesta?")
      #expect(
        try shop.value("role || ' ' || status || ' ' || external_id", of: "messages") == "user received wamid.one")
      #expect(try shop.value("phone || ' ' || phone_normalized", of: "leads") == "\(phone) +\(phone)")
      #expect(try shop.value("kind || ' ' || value || ' ' || address", of: "lead_aliases") == "phone \(phone) \(phone)")
      #expect(
        try shop.value(
          "concat_ws(' ', contact_kind, contact_address, message_count, turn_count, status)", of: "conversations")
          == "phone \(phone) 1 1 active")
      #expect(
        try shop.value("last_question_id", of: "conversations") == shop.value("id", of: "messages"))
      #expect(try shop.job("lane = 'answer:' || (payload ->> 'conversation_id')") == "true")
      #expect(try shop.job("payload ->> 'is_first_message'") == "true")
      #expect(try shop.job("extract(epoch from scheduled_for - created_at) between 0 and 2") == "true")
      #expect(try shop.job("request_id like 'req-%'") == "true")
      #expect(try shop.count("channel_connections", "last_message_at is not null") == 1)
    }
  }

  @Test func deliveredTwiceIsStoredOnce() async throws {
    try await Shop.test { shop in
      let body = shop.tenant.payload([message("uno", from: newPhone()), message("dos", from: newPhone())])
      let app = try shop.app()
      for _ in 0..<3 { try shop.post(body, app) }
      try shop.post(body)
      for (table, n) in [("messages", 2), ("leads", 2), ("conversations", 2), ("jobs", 2)] {
        #expect(try shop.count(table) == n, "\(table)")
      }
      #expect(try shop.count("conversations", "message_count = 1") == 2)
    }
  }

  @Test func aBatchOf200MessagesOf50People() async throws {
    try await Shop.test { shop in
      let people = (0..<50).map { _ in newPhone() }
      let messages = (0..<200).map { i in message("mensaje \(i)", from: people[i % 50]) }
      try shop.post(shop.tenant.payload(messages))
      #expect(try shop.count("messages") == 200)
      #expect(try shop.count("leads") == 50)
      #expect(try shop.count("conversations", "message_count = 4 and turn_count = 4") == 50)
      #expect(try shop.count("jobs") == 50)
      // Within a conversation in the order in which they came.
      let order = try shop.database.column(
        "select string_agg(content, ',' order by id) from messages group by conversation_id order by min(id::text)")
      #expect(order == (0..<50).map { p in (0..<4).map { "mensaje \(p + 50 * $0)" }.joined(separator: ",") })
      #expect(
        try shop.count(
          "conversations c",
          "last_question_id::text = (select max(m.id::text) from messages m where m.conversation_id = c.id)") == 50)
    }
  }

  @Test func anEchoIsStaffsAndSilencesTheBot() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      try shop.post(message("hola", from: phone))
      try shop.post(shop.tenant.echo("yo le atiendo", to: phone))
      #expect(try shop.value("content", of: "messages", "role = 'staff' and status = 'sent'") == "yo le atiendo")
      #expect(try shop.value("ai_handling::text || (last_human_at is not null)", of: "conversations") == "falsetrue")
      #expect(try shop.value("contact_address", of: "conversations") == phone)
      // What the person says next asks for nobody's answer but theirs.
      try shop.post(message("gracias", from: phone))
      #expect(try shop.count("jobs", "job_type <> 'score_lead'") == 1)
      #expect(try shop.count("messages") == 3)
    }
  }

  @Test func whatIsNoMessageIsAnEventAndTheUnknownAPlaceholder() async throws {
    try await Shop.test { shop in
      let phone = newPhone()
      func item(_ type: String, _ content: JSON, _ id: String) -> JSON {
        .object([
          "from": .string(phone), "id": .string(id), "timestamp": .string(String(Instant.now.seconds)),
          "type": .string(type), type: content,
        ])
      }
      let items = [
        item("reaction", ["message_id": "wamid.x", "emoji": "👍"], "wamid.r"),
        item("system", ["body": "cambió de número", "type": "user_changed_number"], "wamid.s"),
        item("unsupported", [:], "wamid.u"),
        item("hologram", ["size": 3], "wamid.h"),
        item("image", ["id": "9", "mime_type": "image/jpeg"], "wamid.i"),
        ["id": "wamid.nobody", "type": "text", "text": ["body": "¿quién?"]],
        "no item at all",
      ]
      let body = shop.tenant.payload(items)
      try shop.post(body)
      try shop.post(body)
      try shop.post(shop.tenant.change("account_update", ["event": "VERIFIED_ACCOUNT"]))
      #expect(
        try shop.database.column("select kind from channel_events order by kind")
          == ["account", "reaction", "system", "unsupported", "unsupported"])
      #expect(try shop.count("channel_events", "raw is not null") == 5)
      let stored = try shop.database.column("select external_id from messages where content <> '' order by 1")
      #expect(stored == ["wamid.h", "wamid.i", "wamid.u"])
      #expect(try shop.count("leads") == 1)
    }
  }

  @Test func anOldMessageIsStoredAndNotAnswered() async throws {
    try await Shop.test { shop in
      let old = Tenant.text("ayer", from: newPhone(), at: .now + -7200)
      try shop.post(old)
      #expect(try shop.count("messages") == 1)
      #expect(try shop.count("jobs") == 0)
      #expect(try shop.count("conversations", "last_inbound_at < now() - interval '1 hour'") == 1)
    }
  }

  @Test func aClockAheadOfOursHoldsNoWindowOpen() async throws {
    try await Shop.test { shop in
      try shop.post(Tenant.text("desde mañana", from: newPhone(), at: .now + 86_400 * 30))
      #expect(try shop.count("conversations", "last_inbound_at <= now()") == 1)
      #expect(try shop.count("messages", "external_timestamp > now()") == 1)
      #expect(try shop.count("jobs") == 1)
    }
  }

  @Test func nothingCrossesToAnotherTenant() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      let mine = shop.tenant.payload([message("hola", from: newPhone())])
      let theirs = shop.tenant.payload([message("hola", from: newPhone())], phoneNumberID: other.tenant.phoneNumberID)
      // Signed by us, but naming their number: 200 and nothing stored.
      #expect(try shop.app().receive(.whatsapp, shop.request(theirs)).status == 200)
      // Signed by them, at our address, or the reverse.
      let wrong = other.tenant.signature(mine)
      #expect(try shop.refusal(shop.request(mine, signature: wrong))?.status == 403)
      #expect(try shop.refusal(shop.request(mine, path: other.tenant.path))?.status == 403)
      #expect(try shop.database.count("select count(*) from messages") == 0)
      #expect(try shop.database.count("select count(*) from leads") == 0)
      // In one POST ours is stored and theirs dropped.
      let both = JSON.object([
        "object": "whatsapp_business_account",
        "entry": .array(try [mine, theirs].map { Field(try JSON.parse($0))["entry"][0].value ?? .null }),
      ])
      try shop.post(both.bytes)
      #expect(try shop.count("messages") == 1)
      #expect(try other.count("messages") == 0)
    }
  }

  @Test func withoutASecret503AndAChangedOneIsTakenAtOnce() async throws {
    try await Shop.test(secrets: false) { shop in
      let app = try shop.app()
      let body = shop.tenant.payload([message("hola", from: newPhone())])
      guard case .unconfigured? = try shop.refusal(app, shop.request(body)) else {
        Issue.record("without a secret nothing can be genuine")
        return
      }
      let environment = World.current.environment(of: "tistis")
      let settings = try Settings([.inboundKeys, .outboundKeys], from: environment)
      let store = SecretStore(
        shop.database.connection(), inbound: try Keyring(settings.secret(.inboundKeys)),
        outbound: try Keyring(settings.secret(.outboundKeys)))
      func set(_ secret: String) throws {
        try store.setInbound(
          Secret(secret), kind: "app_secret", connection: shop.tenant.connection, tenant: shop.tenant.id)
      }
      func signed(_ secret: String) -> Request {
        shop.request(body, signature: "sha256=" + hex(hmacSHA256(body, key: Secret(secret))))
      }
      // A refused signature may look again once a second, not more often.
      try set("first")
      try await Task.sleep(for: .milliseconds(1050))
      #expect(try shop.refusal(app, signed("first")) == nil)
      try set("second")
      try await Task.sleep(for: .milliseconds(1050))
      #expect(try shop.refusal(app, signed("second")) == nil)
      #expect(try shop.refusal(app, signed("first"))?.status == 403)
      #expect(try shop.count("messages") == 1)
    }
  }

  @Test func unknownSlugsMethodsAndBodies() async throws {
    try await Shop.test { shop in
      let app = try shop.app()
      func refused(_ body: String) throws -> Int? {
        try shop.refusal(app, shop.request(Array(body.utf8)))?.status
      }
      #expect(try shop.refusal(app, shop.request([], path: "/api/webhook/whatsapp/nobody"))?.status == 404)
      #expect(try shop.refusal(app, Request("PUT", shop.tenant.path))?.status == 405)
      #expect(try refused("no JSON") == 400)
      #expect(try refused("[]") == 400)
      #expect(try refused(#"{"object": "instagram", "entry": []}"#) == 400)
      #expect(try refused(#"{"object": "whatsapp_business_account", "entry": []}"#) == nil)
      let hello = Request(
        "GET", shop.tenant.path,
        query: "hub.mode=subscribe&hub.challenge=42&hub.verify_token=\(shop.tenant.verifyToken)")
      #expect(try app.receive(.whatsapp, hello).body == Array("42".utf8))
      #expect(try shop.database.count("select count(*) from messages") == 0)
    }
  }
}

extension Shop {
  func refusal(_ request: Request) throws -> Refusal? { try refusal(nil, request) }
}
