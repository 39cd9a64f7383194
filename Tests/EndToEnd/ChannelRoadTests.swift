import Core
import FoundationEssentials
import TestSupport
import Testing

/// Instagram, Messenger and TikTok, as WhatsApp in `RoadTests`: a person writes, Claude answers, and what the platform then
/// tells of the answer (an echo, delivered, read) changes nothing but its state.
@Suite struct ChannelRoadTests {
  private func assistant(_ tenant: Tenant, _ status: String = "read") throws -> Int {
    try tenant.count("messages", where: "role = 'assistant' and status = '\(status)'")
  }

  /// What the sandbox took as texts of this tenant's.
  private func taken(_ tenant: Tenant) async throws -> [Field] {
    let texts = try await Sandbox.requests(
      tenant.platform.rawValue, match: tenant.page ?? tenant.account, kind: "text")
    return texts.filter { $0["accepted"].bool == true }
  }

  @Test(arguments: Platform.echoing) func aQuestionIsAnsweredAndReadOnce(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    try await Sandbox.register(tenant, strict: true)
    let person = uniqueDigits("61")
    let id = try await Sandbox.write("¿Cuánto cuesta la limpieza?", from: person, to: tenant)
    #expect(try tenant.value("external_id", of: "messages", where: "role = 'user'") == id)
    #expect(try await eventually { try assistant(tenant) == 1 })
    let reply = try tenant.value("content", of: "messages", where: "role = 'assistant'") ?? ""
    #expect(reply.contains("800"), "the answer should tell the price: \(reply)")
    let texts = try await taken(tenant)
    #expect(texts.count == 1)
    let body = texts.first?["body"]
    #expect((platform == .tiktok ? body?["text"]["body"] : body?["message"]["text"])?.text == reply)
    #expect(try tenant.value("value", of: "lead_aliases") == person)
    // The echo of our own was not taken for a person's: the next question is answered too.
    #expect(try tenant.count("conversations", where: "ai_handling and status <> 'escalated'") == 1)
    try await Sandbox.write("¿Y dónde están?", from: person, to: tenant)
    #expect(try await eventually { try assistant(tenant) == 2 })
    #expect(try tenant.count("messages") == 4)
    #expect(try tenant.count("webhook_dead_letters") == 0)
    #expect(try tenant.count("conversations") == 1)
    #expect(try await taken(tenant).count == 2)
  }

  /// A button that was pressed is a question; the same press delivered again is not another.
  @Test func aPostbackIsAnswered() async throws {
    let tenant = try Tenant.make(on: .facebook)
    try await Sandbox.register(tenant)
    let item = Platform.facebook.item(
      from: uniqueDigits("61"), to: tenant.account, .now, "postback",
      ["mid": .string(unique("m_")), "title": "¿Cuánto cuesta la limpieza?", "payload": "PRECIO_LIMPIEZA"])
    for _ in 0..<2 {
      let said = try await Web.deliver(Platform.facebook.messaging(tenant.account, [item]), to: tenant)
      #expect(said.status == 200)
    }
    #expect(
      try tenant.value("content || ' ' || selection", of: "messages", where: "role = 'user'")
        == "¿Cuánto cuesta la limpieza? PRECIO_LIMPIEZA")
    #expect(try await eventually { try assistant(tenant) == 1 })
    let reply = try tenant.value("content", of: "messages", where: "role = 'assistant'") ?? ""
    #expect(reply.contains("800"), "the answer should tell the price: \(reply)")
    let sent = try await taken(tenant)
    #expect(sent.count == 1 && sent[0]["body"]["message"]["text"].text == reply)
  }

  /// "Typing…" before the answer, where the platform knows such a thing.
  @Test(arguments: [(Platform.instagram, "typing_on"), (.facebook, "typing_on")])
  func typingIsShown(_ platform: Platform, _ action: String) async throws {
    let tenant = try Tenant.make(on: platform)
    try await Sandbox.register(tenant, strict: true)
    try await Sandbox.write("¿Cuánto cuesta la limpieza?", from: uniqueDigits("61"), to: tenant)
    #expect(try await eventually { try assistant(tenant) == 1 })
    func shown() async throws -> Int {
      try await Sandbox.requests(platform.rawValue, match: tenant.page ?? tenant.account, kind: action).count
    }
    #expect(try await eventually { try await shown() >= 1 })
    #expect(try await shown() == 1)
  }

  /// The platform is slow to answer us and quick to echo: what it echoes is the message that we are just sending.
  @Test(arguments: Platform.echoing) func anEchoBeforeItsAnswer(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    try await Sandbox.register(tenant, strict: true)
    try await Sandbox.fail(
      platform.rawValue, "slow", match: tenant.page ?? tenant.account,
      extra: [("kind", "text"), ("delay_ms", 1500), ("after_accept", true)])
    try await Sandbox.write("¿Cuánto cuesta la limpieza?", from: uniqueDigits("61"), to: tenant)
    #expect(try await eventually { try assistant(tenant) == 1 })
    #expect(try tenant.count("messages") == 2)
    #expect(try tenant.count("conversations", where: "ai_handling") == 1)
    // It has our answer all the same, a second and a half later.
    #expect(try await eventually { try await taken(tenant).count == 1 })
    #expect(try tenant.count("messages") == 2)
  }

  /// We never learn that it was taken; the echo says so, and it is not sent again.
  @Test(arguments: Platform.echoing) func anEchoSettlesWhatIsInDoubt(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    try await Sandbox.register(tenant, strict: true)
    try await Sandbox.fail(
      platform.rawValue, "malformed", match: tenant.page ?? tenant.account,
      extra: [("kind", "text"), ("after_accept", true)])
    try await Sandbox.write("¿Cuánto cuesta la limpieza?", from: uniqueDigits("61"), to: tenant)
    #expect(try await eventually { try assistant(tenant) == 1 })
    #expect(try tenant.count("messages") == 2)
    #expect(try await taken(tenant).count == 1)
  }

  /// Somebody answers in the platform's own app: the assistant is silent from then on.
  @Test(arguments: Platform.allCases) func aPersonAnswersInTheApp(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    let person = uniqueDigits("5216")
    for _ in 0..<2 {
      let echo = platform.echo("Le atiende Ana", to: person, of: tenant.account, id: tenant.slug)
      #expect(try await Web.deliver(echo, to: tenant).status == 200)
    }
    #expect(try tenant.count("messages", where: "role = 'staff' and content = 'Le atiende Ana'") == 1)
    #expect(try tenant.count("conversations", where: "not ai_handling") == 1)
    let question = platform.text("¿Cuánto cuesta la limpieza?", from: person, to: tenant.account)
    #expect(try await Web.deliver(question, to: tenant).status == 200)
    #expect(try tenant.count("messages", where: "role = 'user'") == 1)
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 0)
  }

  /// By the tenant's own address and by the one that all share, twice each: stored once.
  @Test(arguments: Platform.allCases) func bothAddresses(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let stranger = uniqueDigits("99")
    for (name, account) in [("uno", tenant.account), ("dos", tenant.account), ("ajeno", stranger)] {
      let body = platform.text(name, from: uniqueDigits("5216"), to: account)
      for _ in 0..<2 {
        let answer =
          name == "uno"
          ? try await Web.deliver(body, to: tenant)
          : try await Web.send(
            "POST", World.current.url + platform.sharedPath,
            headers: [(platform.signatureHeader, platform.signature(body, platform.sharedSecret))], body: body)
        #expect(answer.status == 200)
      }
    }
    #expect(
      try tenant.database.column("select content from messages where tenant_id = '\(tenant.id.text)' order by id")
        == ["uno", "dos"])
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 2)
  }
}
