import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// `POST /api/webhook`: who is believed, and what the four actions do.
@Suite struct CallBackTests {
  private func escalation(_ shop: Shop, _ extra: [String: JSON] = [:]) throws -> JSON {
    var members = JSON.Members([
      .init("action", "escalate_conversation"), .init("conversation_id", .string(try shop.conversation())),
      .init("reason", "quiere hablar con alguien"),
    ])
    for (name, value) in extra { members[name] = value }
    return .object(members)
  }

  // MARK: Who is believed

  @Test func keysAreBelievedInEveryHeader() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      let (body, key) = (try escalation(shop), try shop.n8nKey().reveal())
      for headers in [["x-api-key": key], ["x-n8n-api-key": key], ["authorization": "Bearer " + key]] {
        #expect(try shop.tell(body, headers: headers).status == 200)
      }
      #expect(try shop.tell(body, headers: [:]).status == 401)
      #expect(try shop.tell(body, headers: ["x-api-key": APIKey.make(test: true).reveal()]).code == "KEY_NOT_FOUND")
      #expect(try shop.tell(body, headers: ["authorization": "Basic eDp5"]).status == 401)
      #expect(
        try shop.tell(body, headers: ["x-api-key": shop.n8nKey(["leads:write"]).reveal()]).code == "SCOPE_REQUIRED")
      // Another business's key opens nothing here, and what is named in the body cannot change whose it is.
      let stranger = try Shop(shop.database)
      let theirs = try stranger.n8nKey().reveal()
      #expect(try shop.tell(body, headers: ["x-api-key": theirs]).status == 404)
      let named = try escalation(shop, ["tenant_id": .string(shop.tenant.id.text)])
      #expect(try shop.tell(named, headers: ["x-api-key": theirs]).status == 400)
      #expect(try shop.tell(named, headers: ["x-api-key": key]).status == 200)
    }
  }

  /// What is named in the body changes nothing of whose it is: a `tenant_id` that contradicts the proof, or that is nobody's,
  /// is a mistake in the body, said alike of both, and nothing is done.
  @Test(arguments: ["key", "signature", "plain", "platform"]) func anotherTenantID(_ proof: String) async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      let stranger = try Shop(shop.database)
      _ = try stranger.says("hola")
      try shop.useN8N(proof == "platform" ? ["webhook_url": nil] : ["plain_callbacks": .bool(proof == "plain")])
      let key = try shop.n8nKey().reveal()
      func tell(_ body: JSON) throws -> Shop.Told {
        let headers =
          switch proof {
          case "key": ["x-api-key": key]
          case "signature": ["x-n8n-signature": Core.hex(hmacSHA256(body.bytes, key: Secret(Shop.callbacks)))]
          case "platform": ["x-n8n-api-key": "dev_n8n_key"]
          default: [String: String]()
          }
        return try shop.tell(body, headers: headers)
      }
      var refusals = [String?]()
      for other in [stranger.tenant.id, UUID()] {
        let named: [String: JSON] = ["tenant_id": .string(other.text)]
        let score: JSON = .object([
          "action": "update_lead_score", "lead_id": .string(try shop.lead()), "score": 75,
          "tenant_id": named["tenant_id"],
        ])
        for body in [try escalation(shop, named), try shop.answers("hola", extra: named), score] {
          let told = try tell(body)
          #expect(told.status == 400 && told.code == "malformed", "\(told.body)")
          refusals.append(told.body["error"].text)
        }
      }
      #expect(Set(refusals).count == 1 && refusals.first??.contains("tenant_id") == true, "\(refusals)")
      #expect(try shop.value("status || ' ' || ai_handling", of: "conversations") == "active true")
      #expect(try shop.count("messages", "role = 'assistant'") == 0)
      #expect(try shop.count("lead_score_history", "signal_name = 'n8n'") == 0)
      #expect(try stranger.value("status || ' ' || ai_handling", of: "conversations") == "active true")
      // One's own is no contradiction.
      #expect(try tell(escalation(shop, ["tenant_id": .string(shop.tenant.id.text)])).status == 200)
    }
  }

  @Test func signaturesAreBelieved() async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.useN8N()
      _ = try shop.says("hola")
      let body = try escalation(shop)
      func hex(_ secret: String) -> [String: String] {
        ["x-n8n-signature": "sha256=" + Core.hex(hmacSHA256(body.bytes, key: Secret(secret)))]
      }
      func standard(_ secret: String, at: Instant = .now) -> [String: String] {
        StandardWebhook.headers(id: "msg_1", body: body.bytes, secret: Secret(secret), now: at)
          .reduce(into: [:]) { $0[$1.name] = $1.value }
      }
      #expect(try shop.tell(body, headers: hex(Shop.callbacks)).status == 200)
      #expect(try shop.tell(body, headers: standard(Shop.callbacks)).status == 200)
      let refused = [
        hex("another secret of somebody's"), ["x-n8n-signature": "sha256=00"], ["x-n8n-signature": ""],
        standard("another secret of somebody's"), standard(Shop.callbacks, at: .now + -400),
        standard(Shop.callbacks, at: .now + 400), ["webhook-signature": "v1,AAAA"],
      ]
      for headers in refused { #expect(try shop.tell(body, headers: headers).status == 403, "\(headers)") }
      // Of a business without a secret, and of nobody's conversation, the same is said.
      let stranger = try Shop(shop.database)
      _ = try stranger.says("hola")
      let theirs = try escalation(shop, ["conversation_id": .string(stranger.conversation())])
      let nobodys = try escalation(shop, ["conversation_id": .string(UUID().text)])
      for other in [theirs, nobodys] {
        let signed = ["x-n8n-signature": Core.hex(hmacSHA256(other.bytes, key: Secret(Shop.callbacks)))]
        #expect(try shop.tell(other, headers: signed).status == 403)
      }
      #expect(try stranger.value("status", of: "conversations") == "active")
    }
  }

  @Test func theGuidesPlainFormWhereTheBusinessAllowsIt() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      let body = try escalation(shop)
      #expect(try shop.tell(body, headers: [:]).status == 401)
      try shop.useN8N()
      #expect(try shop.tell(body, headers: [:]).status == 401)
      try shop.useN8N(["plain_callbacks": true], secrets: false)
      #expect(try shop.tell(body, headers: [:]).status == 200)
      #expect(try shop.tell(["action": "hello"], headers: [:]).status == 401)
      try shop.useN8N(["is_enabled": false], secrets: false)
      #expect(try shop.tell(body, headers: [:]).status == 401)
    }
  }

  /// The platform's own n8n shows one key for all; it counts for who uses that n8n.
  @Test func thePlatformsKeyIsForWhoUsesThePlatformsN8N() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      let (body, key) = (try escalation(shop), ["x-n8n-api-key": "dev_n8n_key"])
      #expect(try shop.tell(body, headers: key).status == 404)
      try shop.useN8N(secrets: false)
      #expect(try shop.tell(body, headers: key).status == 404)
      try shop.useN8N(["webhook_url": nil], secrets: false)
      #expect(try shop.tell(body, headers: key).status == 200)
      #expect(try shop.tell(body, headers: key, app: shop.n8nApp(["N8N_API_KEY": ""])).code == "INVALID_KEY_FORMAT")
      #expect(try shop.tell(["action": "hello"], headers: key).body["action"].text == "logged")
    }
  }

  @Test func aBranchsKeySeesItsBranch() async throws {
    try await Shop.test(delay: 60) { shop in
      let branch = UUID()
      try shop.run(
        "insert into branches (tenant_id, id, name, slug, city) values ('\(shop.tenant.id.text)', '\(branch.text)', 'B', 'b', 'x')"
      )
      _ = try shop.says("hola")
      let headers = ["x-api-key": try shop.n8nKey(branch: branch).reveal()]
      let score: JSON = ["action": "update_lead_score", "lead_id": .string(try shop.lead()), "score": 75]
      let bodies = [try escalation(shop), score, try shop.answers("hola")]
      for body in bodies { #expect(try shop.tell(body, headers: headers).status == 404) }
      try shop.run(
        "update conversations set branch_id = '\(branch.text)'; update leads set branch_id = '\(branch.text)'")
      for body in bodies.reversed() { #expect(try shop.tell(body, headers: headers).status == 200) }
    }
  }

  // MARK: What is refused

  @Test(arguments: [
    ("{}", 400, "malformed"), ("[]", 400, "malformed"), ("nonsense", 400, "malformed"), ("", 400, "malformed"),
    (#"{"object":"whatsapp_business_account","entry":[]}"#, 400, "malformed"),
    (#"{"action":7}"#, 400, "malformed"), (#"{"action":"ai_response","content":"x"}"#, 400, "malformed"),
    (#"{"action":"ai_response","conversation_id":"7","content":"x"}"#, 400, "malformed"),
    (
      #"{"action":"ai_response","conversation_id":"00000000-0000-4000-8000-000000000000","content":"  "}"#, 400,
      "malformed"
    ),
    (
      #"{"action":"ai_response","conversation_id":"00000000-0000-4000-8000-000000000000","content":"x"}"#, 404,
      "unknown"
    ),
    (#"{"action":"update_lead_score","lead_id":"00000000-0000-4000-8000-000000000000","score":101}"#, 400, "malformed"),
    (#"{"action":"update_lead_score","lead_id":"00000000-0000-4000-8000-000000000000","score":"75"}"#, 404, "unknown"),
    (
      #"{"action":"schedule_appointment","lead_id":"00000000-0000-4000-8000-000000000000","branch_id":"00000000-0000-4000-8000-000000000000","scheduled_at":"mañana"}"#,
      400, "malformed"
    ),
    (
      #"{"action":"schedule_appointment","lead_id":"00000000-0000-4000-8000-000000000000","branch_id":"00000000-0000-4000-8000-000000000000","scheduled_at":"2025-01-15T16:00:00Z"}"#,
      404, "unknown"
    ),
    (
      #"{"action":"escalate_conversation","conversation_id":"00000000-0000-4000-8000-000000000000","reason":"x"}"#, 404,
      "unknown"
    ),
    (#"{"action":"send_quote","lead_id":5}"#, 200, nil),
  ])
  func junk(_ body: String, _ status: Int, _ code: String?) async throws {
    try await Shop.test(delay: 60) { shop in
      let response = N8NDoor(try shop.n8nApp()).answer(
        Request("POST", "/api/webhook", headers: ["x-api-key": try shop.n8nKey().reveal()], body: Array(body.utf8)))
      let answer = Field(try JSON.parse(response.body))
      #expect(response.status == status && answer["code"].text == code, "\(answer)")
      #expect(N8NDoor(try shop.n8nApp()).answer(Request("GET", "/api/webhook")).status == 405)
    }
  }

  @Test func allThatIsMissingIsNamed() async throws {
    try await Shop.test(delay: 60) { shop in
      let told = try shop.tell(["action": "schedule_appointment"])
      #expect(told.status == 400)
      #expect(told.body["error"].text?.contains("lead_id, branch_id, scheduled_at") == true)
    }
  }

  // MARK: What they do

  @Test func aScoreIsSetWithItsReason() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      try shop.run("update leads set notes = 'de antes'")
      let body: JSON = [
        "action": "update_lead_score", "lead_id": .string(try shop.lead()), "score": 85, "reason": "urgente",
      ]
      for _ in 0..<3 {
        let told = try shop.tell(body)
        #expect(told.status == 200 && told.body["action"].text == "score_updated", "\(told.body)")
      }
      #expect(try shop.value("score || classification || notes", of: "leads") == "85hotde antes")
      #expect(try shop.count("lead_score_history", "signal_name = 'n8n'") == 1)
      #expect(try shop.count("lead_score_history", "reason = 'urgente' and new_score = 85") == 1)
    }
  }

  @Test func anEscalationIsAHandOverAndTwiceIsTheSame() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      let unknown = try shop.tell(escalation(shop, ["staff_id": .string(UUID().text)]))
      #expect(unknown.status == 404)
      for _ in 0..<2 {
        let told = try shop.tell(escalation(shop))
        #expect(told.status == 200 && told.body["action"].text == "escalated")
      }
      #expect(try shop.value("status || ai_handling", of: "conversations") == "escalatedfalse")
      #expect(try shop.value("escalation_reason", of: "conversations") == "quiere hablar con alguien")
      try shop.run("update conversations set status = 'resolved'")
      #expect(try shop.tell(escalation(shop)).code == "conversation_closed")
    }
  }

  @Test func anAppointmentIsBookedOnce() async throws {
    try await Shop.test(delay: 60) { shop in
      let wish = try Wish(shop)
      let lead = try shop.lead()
      let (first, again) = (try wish.book(), try wish.book())
      #expect(first.status == 200 && first.body["action"].text == "appointment_scheduled", "\(first.body)")
      #expect(first.body["appointment_id"].text == again.body["appointment_id"].text)
      #expect(try shop.count("appointments", "booking_source = 'ai_chat' and lead_id = '\(lead)'") == 1)
      // Nobody has told the person: we do, once.
      try await shop.work()
      #expect(try shop.count("messages", "metadata ->> 'prepared' = 'appointment_confirmation'") == 1)
      let phone = try shop.says("yo también")
      let other = JSON.string(try shop.value("lead_id", of: "conversations", "contact_address = '\(phone)'") ?? "")
      let taken = try wish.book(["lead_id": other])
      #expect(taken.status == 409 && taken.code == "slot_taken", "\(taken.body)")
      #expect(try wish.book(["lead_id": other, "scheduled_at": "2025-01-15T16:00:00Z"]).code == "in_past")
      #expect(
        try wish.book(["lead_id": other, "scheduled_at": .string((wish.at + 7620).description)]).code == "off_grid")
      #expect(try wish.book(["lead_id": other, "branch_id": .string(UUID().text)]).status == 404)
      #expect(try wish.book(["lead_id": other, "service_id": .string(UUID().text)]).status == 404)
    }
  }

  @Test func underAKeyItIsDoneOnce() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      func score(_ points: Int) throws -> Shop.Told {
        try shop.tell([
          "action": "update_lead_score", "lead_id": .string(shop.lead()), "score": .number(points),
          "idempotency_key": "k1",
        ])
      }
      #expect(try score(90).status == 200)
      try shop.run("update leads set score = 10")
      #expect(try score(90).body["score"].integer == 90)
      #expect(try shop.value("score", of: "leads") == "10")
      #expect(try score(20).code == "IDEMPOTENCY_KEY_REUSED")
    }
  }
}
