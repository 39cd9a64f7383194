import Core
import Flows
import FoundationEssentials
import TestSupport
import Testing

/// `tistis conversations send` as a person types it.
@Suite struct SayTests {
  private func send(_ tenant: Tenant, _ conversation: String, _ words: [String]) async throws -> (Int32?, String) {
    let program = try Program(
      "tistis",
      arguments: ["conversations", "send", "--tenant", tenant.slug, "--conversation", conversation] + words)
    #expect(await eventually { !program.isRunning })
    return (program.exitCode, program.said)
  }

  @Test func choicesTemplatesAndFilesArrive() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    #expect(
      try await Web.deliver(tenant.payload([Tenant.text("hola", from: "5216311230001")]), to: tenant).status == 200)
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    let (blocked, why) = try await send(tenant, conversation, ["--template", "recordatorio", "--param", "Ana"])
    #expect(blocked == 69 && why.contains("tistis templates sync"), "\(why)")
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0)
    try tenant.templates("recordatorio")
    let words = [
      ["¿Confirma su **cita**?", "--button", "si=Sí", "--button", "no=No = nunca"],
      ["Menú", "--link", "https://example.com/menu"],
      ["--template", "recordatorio", "--named", "--param", "nombre=Ana", "--marketing"],
      ["--media-link", "https://example.com/sala.jpg", "--caption", "La sala"],
    ]
    for said in words {
      let (code, text) = try await send(tenant, conversation, said)
      #expect(code == 0, "\(text)")
    }
    #expect(try await eventually { try tenant.count("messages", where: "status = 'read'") == words.count })
    let sent = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID).map { $0["body"] }
    let bodies = sent.filter { $0["type"].exists }
    #expect(bodies.map { $0["type"].text } == ["interactive", "interactive", "template", "image"])
    #expect(bodies.first?["interactive"]["body"]["text"].text == "¿Confirma su *cita*?")
    #expect(bodies.first?["interactive"]["action"]["buttons"][1]["reply"]["title"].text == "No = nunca")
    #expect(bodies.last?["image"]["caption"].text == "La sala")
  }

  /// Refused before anything is stored.
  @Test(arguments: [
    (["   "], "nothing to say"), ([], "nothing to say"),
    (["x", "--button", "a"], "name=text"),
    (["x", "--template", "y"], "does not go with that"),
    (["--template", "Recordatorio"], "small letters"),
    (["--template", "a", "--media-link", "https://example.com/a.jpg"], "Only one of"),
    (["--media-link", "http://example.com/a.jpg"], "https address"),
    (["--media-link", "https://example.com/a.webm", "--kind", "audio"], "audio/webm"),
    (["--media-id", "7"], "needs --kind"),
    (["x", "--reply-to", "sha256:00"], "no id of the platform's"),
    (["--from-json", "/nowhere/at/all.json"], "cannot be read"),
  ])
  func refused(_ words: [String], _ why: String) async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let (code, text) = try await send(tenant, try await tenant.hears(), words)
    #expect(code == 64)
    #expect(text.contains(why), "\(text)")
  }

  @Test func whatWouldBeSentIsShown() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let buttons = (1...4).flatMap { ["--button", "o\($0)=Opción \($0)"] }
    let conversation = try await tenant.hears()
    let (code, text) = try await send(tenant, conversation, ["¿Cuál?", "--dry-run"] + buttons)
    #expect(code == 0 && text.contains(#"{"kind":"list","body":"¿Cuál?","label":"Ver opciones""#), "\(text)")
    try tenant.database.run(
      "insert into ai_tenant_context (tenant_id, default_language) values ('\(tenant.id.text)', 'en')")
    let (_, english) = try await send(tenant, conversation, ["¿Cuál?", "--dry-run"] + buttons)
    #expect(english.contains(#""label":"See options""#), "\(english)")
    let (unknown, why) = try await send(tenant, UUID().text, ["hola"])
    #expect(unknown == 69 && why.contains("no such conversation"))
  }

  /// Each platform has its own next form down, and its own refusals.
  @Test(arguments: [(Platform.facebook, #""kind":"quick_replies""#), (.tiktok, "1. Opción 1")])
  func byTheConversationsPlatform(_ platform: Platform, _ form: String) async throws {
    let tenant = try Tenant.make(on: platform)
    try tenant.database.run(
      """
      with l as (insert into leads (tenant_id) values ('\(tenant.id.text)') returning tenant_id, id)
      insert into conversations (tenant_id, lead_id, channel, channel_connection_id, contact_kind, contact_address)
        select tenant_id, id, '\(platform.rawValue)', '\(tenant.connection.text)', '\(platform.rawValue)', '1' from l
      """)
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    let buttons = (1...4).flatMap { ["--button", "o\($0)=Opción \($0)"] }
    let (code, text) = try await send(tenant, conversation, ["¿Cuál?", "--dry-run"] + buttons)
    #expect(code == 0 && text.contains(form), "\(text)")
    let (refused, why) = try await send(tenant, conversation, ["--template", "recordatorio"])
    #expect(refused == 64 && why.contains("sent"), "\(why)")
  }
}
