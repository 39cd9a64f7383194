import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What a tool did is told, by whomever, though Claude never came to say so.
@Suite struct UntoldTests {
  static let tools = ["book_appointment", "reschedule_appointment", "cancel_appointment"]
  enum End: CaseIterable { case budget, failure }

  private let lastWord = LastWord.text(AssistantSettings(Field([:])))

  /// Somebody who writes, with an appointment where the tool needs one, and what Claude does for them.
  private func scene(_ clinic: Clinic, _ tool: String) throws -> (phone: String, use: Claude.Use) {
    let phone = try clinic.shop.says("Por favor")
    if tool != "book_appointment" { _ = try clinic.appointment(of: phone, inHours: 48) }
    let day = Instant.now + 4 * 86_400
    let input: JSON =
      tool == "cancel_appointment"
      ? [:] : ["starts_at": .string(day.description.prefix(10) + "T10:00"), "service": "limpieza"]
    guard tool == "reschedule_appointment", case .object(let all) = input else {
      return (phone, Claude.Use(tool, input))
    }
    return (phone, Claude.Use(tool, .object(JSON.Members(all.pairs.filter { $0.key != "service" }))))
  }

  private func sentence(_ shop: Shop) throws -> String {
    let output = try #require(try shop.value("output::text", of: "ai_steps", "kind = 'tool' and not is_error"))
    let name = try #require(try shop.value("name", of: "ai_steps", "kind = 'tool' and not is_error"))
    return try #require(
      DoneWords.sentence(tool: name, output: Field(try JSON.parse(Array(output.utf8))), in: .spanish))
  }

  private func runAgain(_ shop: Shop, _ claude: Claude) async throws {
    try shop.run(
      """
      update jobs set status = 'pending', lane_head = true, completed_at = null, worker_id = null, attempts = 0
       where job_type = 'ai_response'
      """)
    try await shop.work(claude, AssistantTool.all)
  }

  @Test(arguments: tools, End.allCases) func theLastWordTellsIt(_ tool: String, _ end: End) async throws {
    try await Clinic.test(delay: 0) { clinic in
      let shop = clinic.shop
      let (phone, use) = try scene(clinic, tool)
      let claude = Claude(.tools([use]), .fault(400))
      defer { claude.stop() }
      if end == .budget {
        try shop.run(
          "insert into ai_tenant_context (tenant_id, monthly_token_budget) values ('\(shop.tenant.id.text)', 1)")
      }
      try await shop.work(claude, AssistantTool.all)
      let done = try sentence(shop)
      #expect(done.contains("10:00") || tool == "cancel_appointment")
      #expect(try await shop.texts(phone) == [done + " " + lastWord])
      try await runAgain(shop, claude)
      #expect(try await shop.texts(phone).count == 1)
      #expect(try shop.value("details ? 'untold'", of: "alerts", "kind = 'conversation_escalated'") == "false")
    }
  }

  /// Claude is too busy until nobody asks any more.
  @Test func afterTheLastAttempt() async throws {
    try await Clinic.test(delay: 0) { clinic in
      let shop = clinic.shop
      let (phone, use) = try scene(clinic, "cancel_appointment")
      let claude = Claude(.tools([use]), .fault(529))
      defer { claude.stop() }
      for _ in 1...5 {
        try await shop.work(claude, AssistantTool.all)
        try shop.hurry()
      }
      #expect(try await shop.texts(phone) == [try sentence(shop) + " " + lastWord])
      #expect(try shop.value("status", of: "appointments") == "cancelled")
    }
  }

  /// The tool that hands over has its own words, which are said where Claude cannot say them.
  @Test func beforeTheWordsOfTheToolThatHandsOver() async throws {
    try await Clinic.test(delay: 0) { clinic in
      let shop = clinic.shop
      let (phone, use) = try scene(clinic, "book_appointment")
      let claude = Claude(.tools([use, Claude.Use("escalate_to_human", ["reason": "pide una persona"])]), .fault(400))
      defer { claude.stop() }
      try await shop.work(claude, AssistantTool.all)
      let output = try #require(
        try shop.value("output::text", of: "ai_steps", "kind = 'tool' and name = 'book_appointment'"))
      let done = DoneWords.sentence(
        tool: "book_appointment", output: Field(try JSON.parse(Array(output.utf8))), in: .spanish)
      #expect(try await shop.texts(phone) == [(done ?? "?") + " " + lastWord])
    }
  }

  /// After a person the assistant is silent: staff see what was done, in the alert, until they give it back.
  @Test(arguments: tools, [false, true]) func whoTakesOverSeesIt(_ tool: String, _ whileClaudeThinks: Bool) async throws
  {
    try await Clinic.test(delay: 0) { clinic in
      let shop = clinic.shop
      let (phone, use) = try scene(clinic, tool)
      @Sendable func takesOver() { try? shop.post(shop.tenant.echo("yo me encargo", to: phone)) }
      let claude =
        whileClaudeThinks
        ? Claude(.tools([use]), .after({ takesOver() }, .text("Listo")))
        : Claude(.tools([use, Claude.Use("mark", ["word": "a"])]), .text("Listo"))
      defer { claude.stop() }
      let tools = AssistantTool.all + [.marker(first: { (_) throws(StoreError) in takesOver() })]
      try await shop.work(claude, tools)
      let done = try #require(
        try shop.value("output ->> 'words'", of: "ai_steps", "kind = 'tool' and name = '\(tool)'"))
      #expect(try await shop.texts(phone).isEmpty)
      let alert = "kind = 'conversation_escalated' and resolved_at is null"
      #expect(try shop.value("details ->> 'untold'", of: "alerts", alert)?.contains(done) == true)
      try shop.run(
        "update jobs set status = 'pending', lane_head = true, completed_at = null where job_type = 'ai_response'")
      try await shop.work(claude, tools)
      #expect(try shop.value("times", of: "alerts", alert) == "1")
      let id = try #require(try shop.value("id", of: "conversations").flatMap { UUID(uuidString: $0) })
      let back = try shop.database.connection(user: "tistis_api").tenant(shop.tenant.id).handBackConversation(
        conversationId: id)
      #expect(back)
      #expect(try shop.count("alerts", alert) == 0)
    }
  }

  /// Claude tells it with the next answer: then there is nothing to add when people take over later.
  @Test func whatWasToldIsNotToldAgain() async throws {
    try await Clinic.test(delay: 0) { clinic in
      let shop = clinic.shop
      let (phone, use) = try scene(clinic, "cancel_appointment")
      let claude = Claude(.tools([use]), .text("Cancelada"), .fault(400))
      defer { claude.stop() }
      try await shop.work(claude, AssistantTool.all)
      try shop.post(message("¿y ahora?", from: phone))
      try await shop.work(claude, AssistantTool.all)
      #expect(try await shop.texts(phone) == ["Cancelada", lastWord])
    }
  }

  @Test func inTheLanguageOfTheBusiness() {
    let output = Field(["words": "lunes 2 de marzo, 10:00", "service": "Limpieza", "branch_name": .null])
    func said(_ tool: String, _ language: String) -> String? {
      DoneWords.sentence(tool: tool, output: output, in: .of(language))
    }
    #expect(said("book_appointment", "es") == "Su cita quedó agendada: Limpieza, lunes 2 de marzo, 10:00.")
    #expect(said("cancel_appointment", "en") == "Your appointment was cancelled: Limpieza, lunes 2 de marzo, 10:00.")
    #expect(said("reschedule_appointment", "fr")?.hasPrefix("Su cita quedó cambiada: ") == true)
    #expect(said("find_slots", "es") == nil)
  }
}
