import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// A wish of n8n's that can be told again: the only place of a branch, in two days.
struct Wish {
  let shop: Shop
  let body: JSON.Members
  let at: Instant

  init(_ shop: Shop) throws {
    self.shop = shop
    let branch = UUID()
    try shop.run(
      """
      insert into branches (tenant_id, id, name, slug, city, operating_hours) values ('\(shop.tenant.id.text)',
        '\(branch.text)', 'B', 'b', 'x', '{"start": "00:00", "end": "24:00", "days": [1, 2, 3, 4, 5, 6, 7]}')
      """)
    _ = try shop.says("hola")
    at = Instant(microseconds: (Instant.now + 2 * 86_400).seconds / 3600 * 3_600_000_000)
    body = JSON.Members([
      .init("action", "schedule_appointment"), .init("lead_id", .string(try shop.lead())),
      .init("branch_id", .string(branch.text)), .init("scheduled_at", .string(at.description)),
    ])
  }

  func book(_ extra: [String: JSON] = [:]) throws -> Shop.Told {
    var members = body
    for (name, value) in extra { members[name] = value }
    return try shop.tell(.object(members))
  }
}

/// What n8n tells twice, late, or differently under one name. Without a key the same call is a repetition until the person
/// has written again; with one it is that call and no other.
@Suite struct RepeatedCallTests {
  // MARK: Appointments

  /// The person cancelled, or moved it: whoever repeats the booking late does not bring it back.
  @Test(arguments: ["cancelled", "rescheduled"]) func whatStandsNoMoreIsNotBookedAgain(_ status: String) async throws {
    try await Shop.test(delay: 60) { shop in
      let wish = try Wish(shop)
      for extra in [[:], ["idempotency_key": "k1"]] as [[String: JSON]] {
        let first = try wish.book(extra)
        #expect(first.status == 200, "\(first.body)")
        try shop.run("update appointments set status = '\(status)'; delete from api_requests")
        try shop.post(message("mejor no", from: shop.value("contact_address", of: "conversations") ?? ""))
        for _ in 0..<2 {
          let late = try wish.book(extra)
          #expect(late.status == 409 && late.code == status, "\(late.body)")
        }
        #expect(try shop.count("appointments", "status not in ('cancelled', 'rescheduled')") == 0)
      }
      // A wish of its own is another, by its key or by the message that it is about.
      let anew = try wish.book(["idempotency_key": "k2"])
      #expect(anew.status == 200, "\(anew.body)")
      try shop.run("update appointments set status = '\(status)'")
      let message = JSON.string(try shop.value("last_question_id", of: "conversations") ?? "")
      #expect(try wish.book(["message_id": message]).status == 200)
      #expect(try shop.count("appointments", "status = 'scheduled'") == 1)
    }
  }

  /// However long ago it was used.
  @Test func aKeyIsOfOneBookingForEver() async throws {
    try await Shop.test(delay: 60) { shop in
      let wish = try Wish(shop)
      let first = try wish.book(["idempotency_key": "k"])
      #expect(first.status == 200)
      // A day later.
      try shop.run("delete from api_requests")
      let same = try wish.book(["idempotency_key": "k"])
      #expect(same.status == 200 && same.body["appointment_id"].text == first.body["appointment_id"].text)
      let at = try #require(Field(wish.body["scheduled_at"] ?? .null).instant)
      try shop.run("delete from api_requests")
      let moved = try wish.book(["idempotency_key": "k", "scheduled_at": .string((at + 3600).description)])
      #expect(moved.status == 409 && moved.code == "IDEMPOTENCY_KEY_REUSED", "\(moved.body)")
      let phone = try shop.says("yo también")
      let other = JSON.string(try shop.value("lead_id", of: "conversations", "contact_address = '\(phone)'") ?? "")
      let theirs = try wish.book(["idempotency_key": "k", "lead_id": other])
      #expect(theirs.status == 409 && theirs.code == "IDEMPOTENCY_KEY_REUSED")
      // Booked by an older release, which kept no digest: whose it is is compared.
      try shop.run("update appointments set booking_digest = null")
      #expect(try wish.book(["idempotency_key": "k", "lead_id": other]).code == "IDEMPOTENCY_KEY_REUSED")
      #expect(try wish.book(["idempotency_key": "k"]).status == 200)
      #expect(try shop.count("appointments", "true") == 1)
    }
  }

  @Test func manyAtOnceBookOne() async throws {
    try await Shop.test(delay: 60) { shop in
      let wish = try Wish(shop)
      let states = try await onThreads(8) { i in try wish.book(i < 4 ? [:] : ["idempotency_key": "k"]) }
      let booked = states.filter { $0.status == 200 }
      // Without the key and with it are two wishes; the person is at one place at a time.
      #expect(booked.count == 4 && Set(booked.compactMap { $0.body["appointment_id"].text }).count == 1)
      #expect(states.filter { $0.status == 409 }.allSatisfy { $0.code == "lead_conflict" })
    }
  }

  @Test func aMergedPersonsWishIsTheOtherOnes() async throws {
    try await Shop.test(delay: 60) { shop in
      let wish = try Wish(shop)
      let (old, other) = (try shop.lead(), try shop.says("soy yo"))
      let new = try shop.value("lead_id", of: "conversations", "contact_address = '\(other)'") ?? ""
      try shop.run("update leads set merged_into_id = '\(new)', deleted_at = now() where id = '\(old)'")
      let booked = try wish.book()
      #expect(booked.status == 200, "\(booked.body)")
      #expect(try shop.value("lead_id", of: "appointments") == new)
      let score: JSON = ["action": "update_lead_score", "lead_id": .string(old), "score": 77]
      #expect(try shop.tell(score).status == 200)
      #expect(try shop.value("score", of: "leads", "id = '\(new)'") == "77")
    }
  }

  // MARK: Hand-overs

  @Test func aHandOverIsNotRepeatedAfterTheHandBack() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let first = try shop.value("last_question_id", of: "conversations") ?? ""
      let conversation = try shop.conversation()
      func hand(_ extra: [String: JSON] = [:]) throws -> Shop.Told {
        var members = JSON.Members([
          .init("action", "escalate_conversation"), .init("conversation_id", .string(conversation)),
          .init("reason", "quiere hablar con alguien"),
        ])
        for (name, value) in extra { members[name] = value }
        return try shop.tell(.object(members))
      }
      func handBack() throws {
        let session = shop.database.connection()
        let id = try #require(UUID(uuidString: conversation))
        #expect(try session.tenant(shop.tenant.id).handBackConversation(conversationId: id))
      }
      #expect(try hand().status == 200)
      // People talk with them, and they answer, before it is given back.
      try shop.post(message("gracias", from: phone))
      try handBack()
      for _ in 0..<2 {
        let late = try hand()
        #expect(late.status == 409 && late.code == "handed_back", "\(late.body)")
      }
      #expect(try shop.value("status || ai_handling", of: "conversations") == "activetrue")
      // Another reason is another wish; then the first one is late again.
      #expect(try hand(["reason": "se queja"]).status == 200)
      try handBack()
      #expect(try hand(["reason": "se queja"]).code == "handed_back")
      // They have written since, and n8n says it of that; of what they said before it is late, whatever its reason.
      try shop.post(message("quiero hablar con alguien", from: phone))
      #expect(try hand(["message_id": .string(first), "reason": "otra cosa"]).code == "handed_back")
      #expect(try hand(["message_id": .string(UUID().text)]).status == 404)
      let last = try shop.value("last_question_id", of: "conversations") ?? ""
      #expect(try hand(["message_id": .string(last)]).status == 200)
      try handBack()
      try shop.post(message("¿hola?", from: phone))
      #expect(try hand().status == 200)
    }
  }

  // MARK: Scores

  @Test func aScoreToldLateUndoesNothing() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      func score(_ points: Int, _ extra: [String: JSON] = [:]) throws -> Int64? {
        var members = JSON.Members([
          .init("action", "update_lead_score"), .init("lead_id", .string(try shop.lead())),
          .init("score", .number(points)), .init("reason", "n8n"),
        ])
        for (name, value) in extra { members[name] = value }
        let told = try shop.tell(.object(members))
        #expect(told.status == 200)
        return told.body["score"].integer
      }
      #expect(try score(80) == 80)
      // Somebody at the desk knows better.
      try shop.run("update leads set score = 30")
      #expect(try score(80) == 30)
      #expect(try score(60) == 60)
      // A key of its own makes it another.
      try shop.run("update leads set score = 30")
      #expect(try score(60, ["idempotency_key": "k"]) == 60)
      try shop.run("update leads set score = 30")
      try shop.post(message("me interesa", from: phone))
      #expect(try score(60) == 60)
    }
  }

  // MARK: Answers

  /// The same words to another question are another answer.
  @Test func theSameWordsAnswerEachQuestion() async throws {
    try await Shop.test { shop in
      try shop.useN8N(["answers_by": "n8n", "events": []])
      let phone = try shop.says("¿abren hoy?")
      func answer() throws -> Shop.Told {
        let question = try shop.value("last_question_id", of: "conversations") ?? ""
        return try shop.tell(shop.answers("Sí", extra: ["question_id": .string(question)]))
      }
      let first = try answer()
      #expect(first.status == 200)
      try await shop.work()
      try shop.post(message("¿y mañana?", from: phone))
      let second = try answer()
      #expect(second.status == 200 && second.body["message_id"].text != first.body["message_id"].text)
      #expect(try answer().body["message_id"].text == second.body["message_id"].text)
      try await shop.work()
      #expect(try await shop.texts(phone) == ["Sí", "Sí"])
    }
  }

  /// It is told as a model's own answer is: in four messages at most, which end with a sentence.
  @Test func tooMuchIsCutAsClaudesIs() async throws {
    try await Shop.test { shop in
      try shop.useN8N(["answers_by": "n8n", "events": []])
      let phone = try shop.says("cuéntame todo")
      let long = String(repeating: "**Una frase** más. ", count: 1050)
      let told = try shop.tell(shop.answers(long))
      #expect(told.status == 200, "\(told.body)")
      try await shop.work()
      let texts = try await shop.texts(phone)
      #expect(texts.count == 4 && texts.allSatisfy { $0.hasPrefix("*Una frase*") && $0.hasSuffix("más.") })
      for nothing in ["***", "# \n\n---", "\u{200b}"] {
        let empty = try shop.tell(shop.answers(nothing))
        #expect(empty.status == 400, "\(nothing): \(empty.body)")
      }
    }
  }
}
