import Core
import FoundationEssentials
import TestSupport
import Testing

/// `/api/conversations/{id}/send/…` on each platform: in the first form that it has while the person's window is open,
/// and afterwards as the template that WhatsApp alone has.
@Suite struct PreparedChannelTests {
  enum Wish: String, CaseIterable, Sendable {
    case confirmation = "appointment-confirmation"
    case reminder
    case menu = "services-menu"

    var body: JSON {
      self == .menu
        ? [:] : ["service": "limpieza", "date": "martes 3 de febrero", "time": "10:00", "name": "Ana"]
    }

    var template: String? {
      switch self {
      case .confirmation: "cita_confirmada"
      case .reminder: "recordatorio_cita"
      case .menu: nil
      }
    }
  }

  private static let scopes = ["conversations:read", "conversations:write"]

  /// A business to which somebody wrote so many hours ago, with ours of the templates; its conversation.
  private func heard(on platform: Platform, hours: Int = 0) async throws -> (Tenant, conversation: String) {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    try await Sandbox.register(tenant)
    try tenant.templates()
    try await Sandbox.write("hola", from: uniqueDigits("521"), to: tenant)
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    try tenant.database.run(
      """
      update contact_windows set last_inbound_at = now() - interval '\(hours) hours' where tenant_id = '\(tenant.id.text)';
      -- What a person may say for seven days is nobody's who prepares it.
      update channel_connections set human_agent_enabled = true where tenant_id = '\(tenant.id.text)'
      """)
    return (tenant, conversation)
  }

  private func ask(_ wish: Wish, _ tenant: Tenant, _ conversation: String) async throws -> APIClient.Answer {
    try await APIClient(tenant, scopes: Self.scopes).ask(
      "POST", "/api/conversations/\(conversation)/send/\(wish.rawValue)", wish.body)
  }

  /// The bodies of the messages that the platform took.
  private func taken(_ tenant: Tenant) async throws -> [Field] {
    try await Sandbox.requests(tenant.platform.rawValue, match: tenant.page ?? tenant.account)
      .filter { $0["accepted"].bool == true }.map { $0["body"] }
      .filter {
        tenant.platform == .tiktok
          ? $0["text"].exists || $0["template"].exists : $0["message"].exists || $0["type"].exists
      }
  }

  /// The form that leaves first, as the answer says it, and what can be pressed.
  private static func expected(_ wish: Wish, on platform: Platform) -> (form: String, seen: String, pressed: [String]) {
    let answers = ["Confirmar", "Reagendar"]
    switch (wish, platform) {
    // Its cards have a title of 40 characters, and one message is all there is.
    case (_, .tiktok): return ("text", "text", [])
    case (.menu, .whatsapp): return ("list", "list", ["Limpieza dental"])
    case (.menu, _): return ("quick_replies", "quick", ["Limpieza dental"])
    case (_, _): return ("buttons", "button", answers)
    }
  }

  @Test(arguments: Platform.allCases, Wish.allCases)
  func whileTheWindowIsOpen(_ platform: Platform, _ wish: Wish) async throws {
    let (tenant, conversation) = try await heard(on: platform)
    let expected = Self.expected(wish, on: platform)
    let sent = try await ask(wish, tenant, conversation)
    #expect(sent.status == 202 && sent.body["form"].text == expected.form, "\(sent.body)")
    #expect(try await eventually { try tenant.count("messages", where: "role = 'staff' and status = 'read'") == 1 })
    let bodies = try await taken(tenant)
    let seen = bodies.map { APISendChannelsTests.seen($0, on: platform).map { $0 ?? "-" } }
    #expect(seen.count == 1 && seen.first?.first == expected.seen, "\(seen)")
    #expect(Array(seen.first?.dropFirst(2) ?? []) == expected.pressed, "\(seen)")
    let words = seen.first?.dropFirst().first ?? ""
    for word in wish == .menu ? [tenant.slug] : ["martes 3 de febrero", "10:00"] {
      #expect(words.contains(word), "\(words)")
    }
    // Where nothing can be pressed it stands there to be named; a quick reply is its title alone.
    if expected.form == "text" {
      for line in wish == .menu ? ["1. Limpieza dental"] : ["1. Confirmar", "2. Reagendar"] {
        #expect(words.contains("\n\(line)"), "\(words)")
      }
    }
    if wish == .menu, platform != .whatsapp { #expect(words.contains("$800 MXN"), "\(words)") }
    // Nobody typed it, and the assistant goes on.
    #expect(bodies.allSatisfy { !$0["tag"].exists })
    #expect(try tenant.count("conversations", where: "ai_handling") == 1)
    let menu = try tenant.value("metadata ->> 'prepared'", of: "messages", where: "role = 'staff'")
    #expect(menu == wish.rawValue.replacing("-", with: "_"))
  }

  /// After 30 hours TikTok's window is still open, and after 50 nobody's.
  @Test(arguments: Platform.allCases, [30, 50])
  func whenTheyFellSilent(_ platform: Platform, _ hours: Int) async throws {
    let (tenant, conversation) = try await heard(on: platform, hours: hours)
    var leaves = 0
    for wish in Wish.allCases {
      let sent = try await ask(wish, tenant, conversation)
      if platform == .whatsapp, let template = wish.template {
        #expect(sent.status == 202 && sent.body["form"].text == "template", "\(sent.body)")
        leaves += 1
        #expect(
          try await eventually { try await taken(tenant).contains { $0["template"]["name"].text == template } },
          "\(wish)")
      } else if platform == .tiktok, hours < 48 {
        #expect(sent.status == 202 && sent.body["form"].text == "text", "\(sent.body)")
        leaves += 1
      } else {
        #expect(sent.status == 409 && sent.code == "WINDOW_CLOSED", "\(platform) \(wish): \(sent.body)")
      }
    }
    #expect(try await eventually { try await taken(tenant).count == leaves })
    #expect(try tenant.count("messages", where: "role = 'staff'") == leaves)
    #expect(try tenant.count("messages", where: "role = 'staff' and status in ('withheld', 'failed', 'unknown')") == 0)
  }
}
