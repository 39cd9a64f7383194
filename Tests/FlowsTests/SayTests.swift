import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What a person of the business can send besides text.
@Suite struct SayTests {
  private func scope(_ shop: Shop) -> Scope { shop.database.connection().tenant(shop.tenant.id) }

  /// Says something to somebody who has just written; returns their number.
  private func say(_ contents: [OutboundContent], replyTo: String? = nil, in shop: Shop) throws -> String {
    let phone = newPhone()
    try shop.post(message("hola", from: phone))
    let found = try shop.value("id", of: "conversations", "contact_address = '\(phone)'")
    let conversation = try #require(UUID(uuidString: found ?? ""))
    let first = try scope(shop).sendStaffMessage(
      conversationId: conversation, contents: contents, replyTo: replyTo, staffId: nil, requestId: nil)
    #expect(first != nil)
    return phone
  }

  /// The fixtures of what WhatsApp takes, through the database to a peer that checks each of them.
  @Test func everyKindIsTaken() async throws {
    try await Shop.test(delay: 60) { shop in
      let wishes = try Self.fixtures()
      #expect(Set(wishes.map(\.kind)) == ChannelLimits.of(.whatsapp).content?.kinds)
      var phones = [String]()
      for wish in wishes {
        if case .template(let use) = wish { try shop.tenant.templates(use.name, language: use.language) }
        phones.append(try say([wish], in: shop))
      }
      try await shop.work()
      for (wish, phone) in zip(wishes, phones) {
        let sent = try await Sandbox.requests("whatsapp", match: phone).filter { $0["accepted"].bool == true }
        #expect(sent.count == 1, "\(wish.summary)")
        let row =
          "role = 'staff' and conversation_id = (select id from conversations where contact_address = '\(phone)')"
        let state = try shop.value(
          "status || ' ' || content_type || ' ' || coalesce(payload ->> 'kind', 'text')", of: "messages", row)
        #expect(state == "accepted \(wish.contentType) \(wish.kind.rawValue)")
        let content = try shop.value("content", of: "messages", row)
        #expect(content == wish.summary)
      }
    }
  }

  @Test func aLongWishLeavesInParts() async throws {
    try await Shop.test(delay: 60) { shop in
      let text = String(repeating: "Una frase de la explicación.\n\n", count: 200)
      let wish = OutboundContent.buttons(
        .init(body: text), [.init(id: "si", title: "Sí"), .init(id: "no", title: "No")])
      let parts = ladder(wish, .of(.whatsapp))
      #expect(parts.map(\.kind) == [.text, .text, .buttons])
      let phone = try say(parts, replyTo: "wamid.pregunta", in: shop)
      try await shop.work()
      let sent = try await Sandbox.requests("whatsapp", match: phone).filter { $0["accepted"].bool == true }
      #expect(sent.map { $0["body"]["type"].text } == ["text", "text", "interactive"])
      #expect(sent.map { $0["body"]["context"]["message_id"].text } == ["wamid.pregunta", nil, nil])
    }
  }

  /// A picture that the platform refuses: what was to be said below it is not said alone.
  @Test func whatFailsTakesTheRestWithIt() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try say([.media(.init(.audio, .id("990005"))), .text("Escuche esto"), .text("y esto")], in: shop)
      _ = try say([.text("otra persona")], in: shop)
      try await Sandbox.fail("whatsapp", "code:131009", match: phone)
      try await shop.work()
      let states = try shop.value(
        "string_agg(status || coalesce(' ' || error_code, ''), ',' order by id)", of: "messages", "role = 'staff'")
      #expect(states == "failed 131009,withheld incomplete,withheld incomplete,accepted")
    }
  }

  /// Several people of the business at once: what each said in parts is sent in one piece.
  @Test func partsStayTogether() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try say([.text("uno")], in: shop)
      let conversation = try #require(UUID(uuidString: try shop.value("id", of: "conversations") ?? ""))
      _ = try await onThreads(4) { thread in
        for i in 0..<5 {
          let parts = (0..<3).map { OutboundContent.text("\(thread) \(i) \($0)") }
          _ = try scope(shop).sendStaffMessage(
            conversationId: conversation, contents: parts, staffId: nil, requestId: nil)
        }
      }
      let sent = try shop.database.column(
        """
        select m.content from jobs j join messages m on m.id::text = j.payload ->> 'message_id'
          where m.metadata ? 'group' order by j.id
        """
      ).compactMap(\.self)
      #expect(sent.count == 60)
      for first in stride(from: 0, to: sent.count, by: 3) {
        let said = sent[first].dropLast()
        #expect(sent[first..<first + 3].elementsEqual((0..<3).map { said + "\($0)" }), "\(sent[first..<first + 3])")
      }
    }
  }

  /// What nobody can read any more is refused, not sent as something else, and not left in doubt.
  @Test(arguments: ["{\"kind\": \"pigeon\"}", "[]", "7", "{\"kind\": \"buttons\", \"body\": \"x\", \"options\": []}"])
  func junkIsNotSent(_ payload: String) async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try say([.text("Hola")], in: shop)
      try shop.run("update messages set payload = '\(payload)' where role = 'staff'")
      try await shop.work()
      let state = try shop.value("status", of: "messages", "role = 'staff'")
      #expect(state == "failed")
      let requests = try await Sandbox.requests("whatsapp", match: phone)
      #expect(requests.isEmpty)
    }
  }

  /// The window is closed: only a template leaves, unless something speaks against it.
  @Test(arguments: templateCases)
  func templates(_ test: TemplateCase) async throws {
    try await Shop.test(delay: 60) { shop in
      try shop.run("update channel_connections set whatsapp_business_account_id = '200000000000009'")
      _ = try say([.template(.init(name: "recordatorio", language: "es_MX", body: [.init(.text("Ana"))]))], in: shop)
      try shop.run(
        """
        update conversations set last_inbound_at = now() - interval '25 hours';
        update contact_windows set last_inbound_at = now() - interval '25 hours';
        """)
      for fact in test.facts { try shop.run(fact) }
      try await shop.work()
      let state = try shop.value("status || coalesce(' ' || error_code, '')", of: "messages", "role = 'staff'")
      #expect(state == test.expected)
    }
  }

  /// What another business's templates and customers are does not matter.
  @Test func templatesOfOthers() async throws {
    try await Shop.test(delay: 60) { shop in
      let other = try Tenant.make(in: shop.database)
      _ = try say([.template(.init(name: "recordatorio", language: "es_MX"))], in: shop)
      try shop.tenant.templates("recordatorio")
      try shop.run(
        """
        insert into message_templates (tenant_id, business_account_id, name, language, status)
          values ('\(other.id.text)', '200000000000009', 'recordatorio', 'es_MX', 'PAUSED')
        """)
      try await shop.work()
      let state = try shop.value("status", of: "messages", "role = 'staff'")
      #expect(state == "accepted")
      let foreign = try shop.value("conversation_id", of: "messages", "role = 'staff'")
      let none = try shop.database.connection().tenant(other.id).sendStaffMessage(
        conversationId: try #require(UUID(uuidString: foreign ?? "")), contents: [.text("x")], staffId: nil,
        requestId: nil)
      #expect(none == nil)
    }
  }

  /// The contents of Peers' fixtures that go to a number.
  private static func fixtures() throws -> [OutboundContent] {
    let folder =
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
      + "/PeersTests/Fixtures/whatsapp-send/"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try names.filter { $0.hasSuffix(".json") && !$0.hasPrefix("refused_") }.sorted().compactMap { name in
      let message = Field(try JSON.parse(Array((readFile(folder + name) ?? "").utf8)))["message"]
      if message["to"]["kind"].text != "phone" { return nil }
      if message["content"].exists { return try OutboundContent(message["content"]) }
      return message["text"].text.map { .text($0) }
    }
  }
}

// MARK: Facts that a template meets

private func template(
  _ status: String, _ category: String?, language: String = "es_MX", business: String = "200000000000009"
) -> String {
  """
  insert into message_templates (tenant_id, business_account_id, name, language, status, category)
    select id, '\(business)', 'recordatorio', '\(language)', '\(status)', \(category.map { "'\($0)'" } ?? "null")
      from tenants where slug like 't-%';
  """
}

private func consent(
  _ scope: String, _ state: String, _ rest: String? = nil, channel: String = "whatsapp", source: String = "staff"
) -> String {
  """
  insert into contact_consents (tenant_id, lead_id, channel, scope, state, source, said_at, not_before)
    select tenant_id, lead_id, '\(channel)', '\(scope)', '\(state)', '\(source)', now(),
        \(rest.map { "now() + interval '\($0)'" } ?? "null") from conversations;
  """
}

private func category(_ word: String) -> String {
  """
  update messages set payload = payload || '{"category": "\(word)"}' where role = 'staff';
  """
}

/// What a template meets on its way, and what becomes of it.
struct TemplateCase: Sendable, CustomTestStringConvertible {
  let facts: [String]
  let expected: String

  init(_ facts: [String], _ expected: String) {
    self.facts = facts
    self.expected = expected
  }

  var testDescription: String { facts.joined(separator: " ") + " → " + expected }
}

private let templateCases: [TemplateCase] = [
  // Nothing was ever heard of it.
  TemplateCase([], "withheld template_blocked"),
  TemplateCase([template("APPROVED", "UTILITY")], "accepted"),
  TemplateCase([template("approved", "MARKETING")], "accepted"),
  TemplateCase([template("REINSTATED", "UTILITY")], "accepted"),
  TemplateCase([template("FLAGGED", "UTILITY")], "accepted"),
  TemplateCase([template("UNKNOWN", "UTILITY")], "withheld template_blocked"),
  TemplateCase([template("PENDING", "UTILITY")], "withheld template_blocked"),
  TemplateCase([template("IN_APPEAL", "UTILITY")], "withheld template_blocked"),
  TemplateCase([template("DISABLED", "UTILITY")], "withheld template_blocked"),
  TemplateCase([template("DELETED", "UTILITY")], "withheld template_blocked"),
  TemplateCase([template("PAUSED", "UTILITY")], "withheld template_blocked"),
  TemplateCase([template("REJECTED", nil)], "withheld template_blocked"),
  TemplateCase([template("SOMETHING_NEW", nil)], "withheld template_blocked"),
  // Of the same name, but not this one.
  TemplateCase([template("APPROVED", nil), template("PAUSED", "UTILITY", language: "es")], "accepted"),
  TemplateCase([template("APPROVED", nil, language: "es")], "withheld template_blocked"),
  TemplateCase([template("APPROVED", nil), template("PAUSED", "UTILITY", business: "another")], "accepted"),
  TemplateCase([template("APPROVED", nil, business: "another")], "withheld template_blocked"),
  TemplateCase([template("APPROVED", "MARKETING"), consent("marketing", "stopped")], "withheld opted_out"),
  TemplateCase([template("APPROVED", "UTILITY"), consent("marketing", "stopped")], "accepted"),
  TemplateCase([template("APPROVED", "UTILITY"), consent("all", "stopped")], "withheld opted_out"),
  TemplateCase([template("APPROVED", "MARKETING"), consent("marketing", "allowed")], "accepted"),
  TemplateCase([template("APPROVED", "MARKETING"), consent("marketing", "allowed", "1 hour")], "withheld too_soon"),
  TemplateCase([template("APPROVED", "MARKETING"), consent("marketing", "allowed", "-1 hour")], "accepted"),
  TemplateCase([template("APPROVED", "UTILITY"), consent("marketing", "allowed", "1 hour")], "accepted"),
  // Nobody has told what it is for: it may be a promotion.
  TemplateCase([template("APPROVED", nil), consent("marketing", "stopped")], "withheld opted_out"),
  // Whoever sends it says what it is.
  TemplateCase(
    [template("APPROVED", nil), consent("marketing", "stopped"), category("marketing")], "withheld opted_out"),
  TemplateCase([template("APPROVED", nil), consent("marketing", "stopped"), category("utility")], "accepted"),
  TemplateCase([template("APPROVED", "UTILITY"), consent("marketing", "stopped"), category("marketing")], "accepted"),
  TemplateCase(
    [
      template("APPROVED", nil), consent("marketing", "stopped", channel: "instagram", source: "platform"),
      category("marketing"),
    ], "accepted"),
  TemplateCase(["update messages set payload = null where role = 'staff';"], "withheld window_closed"),
  TemplateCase(
    ["update messages set payload = '{\"kind\": \"location\"}' where role = 'staff';"], "withheld window_closed"),
  TemplateCase(["update tenants set status = 'suspended';"], "withheld tenant_inactive"),
]
