import Core
import FoundationEssentials
import TestSupport
import Testing

/// `POST /api/messages/send` on each platform: what can be chosen from arrives in the first form that it has.
@Suite struct APISendChannelsTests {
  enum Form: String, CaseIterable, Sendable { case text, buttons, list }

  private static let scopes = ["conversations:read", "conversations:write"]
  private static let question = "¿Qué le interesa?"

  private static func wish(_ form: Form) -> JSON {
    let options: JSON = [["id": "l", "title": "Limpieza"], ["id": "b", "title": "Blanqueamiento"]]
    switch form {
    case .text: return .string(question)
    case .buttons: return ["kind": "buttons", "body": .string(question), "options": options]
    case .list:
      return ["kind": "list", "body": .string(question), "label": "Ver", "sections": [["options": options]]]
    }
  }

  /// What the platform took, as its form, its words and what can be pressed.
  static func seen(_ body: Field, on platform: Platform) -> [String?] {
    switch platform {
    case .whatsapp:
      let shown = body["interactive"]
      guard shown.exists else { return ["text", body["text"]["body"].text] }
      let pressed =
        shown["action"]["buttons"].items.map(\.["reply"]["title"].text)
        + shown["action"]["sections"][0]["rows"].items.map(\.["title"].text)
      return [shown["type"].text, shown["body"]["text"].text] + pressed
    case .instagram, .facebook:
      let message = body["message"]
      let card = message["attachment"]["payload"]
      if card.exists { return ["button", card["text"].text] + card["buttons"].items.map(\.["title"].text) }
      let replies = message["quick_replies"].items.map(\.["title"].text)
      return [replies.isEmpty ? "text" : "quick", message["text"].text] + replies
    case .tiktok:
      let card = body["template"]
      guard card.exists else { return ["text", body["text"]["body"].text] }
      return ["button", card["title"].text] + card["buttons"].items.map(\.["title"].text)
    }
  }

  private static func expected(_ form: Form, on platform: Platform) -> [String?] {
    let titles: [String?] = ["Limpieza", "Blanqueamiento"]
    switch (form, platform) {
    case (.text, _): return ["text", question]
    case (.buttons, _): return ["button", question] + titles
    case (.list, .whatsapp): return ["list", question] + titles
    case (.list, .instagram), (.list, .facebook): return ["quick", question] + titles
    case (.list, .tiktok): return ["text", question + "\n\n1. Limpieza\n2. Blanqueamiento"]
    }
  }

  /// A business each: an account's messages wait for one another.
  @Test(arguments: Platform.allCases, Form.allCases)
  func arrives(_ platform: Platform, _ form: Form) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    try await Sandbox.register(tenant)
    try await Sandbox.write("hola", from: uniqueDigits("521"), to: tenant)
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    let client = try APIClient(tenant, scopes: Self.scopes)
    let sent = try await client.ask(
      "POST", "/api/messages/send", ["conversation_id": .string(conversation), "content": Self.wish(form)])
    #expect(sent.status == 200, "\(sent.body)")
    #expect(try await eventually { try tenant.count("messages", where: "role = 'staff' and status = 'read'") == 1 })
    let requests = try await Sandbox.requests(platform.rawValue, match: tenant.page ?? tenant.account)
    let bodies = requests.filter { $0["accepted"].bool == true }.map { $0["body"] }
    let messages = bodies.filter {
      platform == .tiktok
        ? $0["text"].exists || $0["template"].exists : $0["message"].exists || $0["type"].exists
    }
    #expect(messages.map { Self.seen($0, on: platform) } == [Self.expected(form, on: platform)])
  }

  /// A template is a form of its own: nothing stands in for it, and nothing is stored.
  @Test(arguments: Platform.echoing) func aTemplateIsRefused(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    try await Sandbox.register(tenant)
    try await Sandbox.write("hola", from: uniqueDigits("61"), to: tenant)
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    let answer = try await APIClient(tenant, scopes: Self.scopes).ask(
      "POST", "/api/messages/send",
      [
        "conversation_id": .string(conversation),
        "content": ["kind": "template", "name": "recordatorio", "language": "es_MX"],
      ])
    #expect(answer.status == 400 && answer.code == "malformed", "\(answer.body)")
    #expect(answer.body["path"].text == "$.content.kind", "\(answer.body)")
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
  }
}
