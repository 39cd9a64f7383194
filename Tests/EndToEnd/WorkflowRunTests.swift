import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// The workflows that people import, played node by node (`Fixtures/workflow.js`) against the running world: their own code
/// and expressions, the events as we tell them, the interface as it answers.
@Suite struct WorkflowRunTests {
  private struct Call {
    let node: String
    let status: Int
    let answer: Field
  }

  /// Plays a workflow with a key of the scopes that its note names.
  /// - Parameter fails: n8n's execution does.
  private func play(
    _ name: String, _ tenant: Tenant, _ trigger: JSON = [:], fails: Bool = false
  ) async throws -> [Call] {
    let file = World.root + "/bin/etc/n8n/\(name).json"
    let flow = Field(try JSON.parse(Array((readFile(file) ?? "").utf8)))
    let note = flow["nodes"][0]["parameters"]["content"].text ?? ""
    let scopes = note.split(separator: "`").map(String.init).filter { $0.wholeMatch(of: /[a-z]+:(read|write)/) != nil }
    let key = try APIClient(tenant, scopes: scopes).key.reveal()
    let place = World.root + "/Tests/EndToEnd/Fixtures/workflow.js"
    let words = trigger.text.replacing("'", with: "'\\''")
    let (url, sandbox) = (World.current.url, World.current.sandbox)
    let said = try await onThread {
      shell(
        "TISTIS_URL=\(url) ANTHROPIC_URL=\(sandbox)/anthropic TISTIS_KEY=\(key) node '\(place)' '\(file)' '\(words)'")
    }
    #expect((said.status != 0) == fails, "\(said.output)")
    return try said.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
      let call = Field(try JSON.parse(Array(line.utf8)))
      judge(call)
      return Call(
        node: call["node"].text ?? "", status: Int(call["status"].integer ?? 0), answer: call["answer"])
    }
  }

  /// What is sent is what the document has: the route, its parameters and members, nothing else.
  private func judge(_ call: Field) {
    let path = call["path"].text ?? ""
    if path == "/api/webhook" || path.hasPrefix("/anthropic/") { return }
    let route = Route.all.first { $0.method == call["method"].text && $0.ids(in: path.split(separator: "/")) != nil }
    guard let route else {
      Issue.record("\(path) is in no document")
      return
    }
    let asked = (call["query"].text ?? "").split(separator: "&").map { $0.drop { $0 == "?" }.prefix { $0 != "=" } }
    #expect(asked.allSatisfy { name in route.query.contains { $0.name == name } }, "\(asked)")
    guard call["sent"].exists, let sent = call["sent"].value else { return }
    var faults: [ShapeFault] = []
    // As strictly as an answer: nothing that the document does not name.
    route.body?.check(sent, .answer, &faults)
    #expect(route.body != nil && faults.isEmpty, "\(path): \(faults)")
  }

  private func event(_ tenant: Tenant, _ name: String) async throws -> JSON {
    func told() async throws -> Field? {
      try await Sandbox.requests("n8n", match: tenant.id.text, kind: name).first { $0["accepted"].bool == true }
    }
    #expect(try await eventually { try await told() != nil })
    let body = try await told()?["body"].value ?? .null
    return ["headers": ["webhook-id": .string(unique("event-"))], "body": body]
  }

  private func useN8N(_ tenant: Tenant, _ more: [String: JSON] = [:]) async throws {
    var wish = JSON.Members([.init("webhook_url", .string(World.current.sandbox + "/n8n/webhook"))])
    for (name, value) in more { wish[name] = value }
    #expect(try await APIUser(tenant).ask("PUT", "/api/settings/n8n", .object(wish)).status == 200)
  }

  /// A branch that never closes and where it is noon of the day that it is in UTC, by which the workflow asks.
  private func branch(_ tenant: Tenant) throws -> String {
    let week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
      .map { "\"\($0)\": [{\"open\": \"00:00\", \"close\": \"24:00\"}]" }.joined(separator: ", ")
    let id = UUID().text
    try tenant.database.run(
      """
      insert into branches (tenant_id, id, name, slug, city, timezone, operating_hours, places)
        select '\(tenant.id.text)', '\(id)', 'Centro', 'centro', 'Nogales', name, '{\(week)}', 1000
          from pg_timezone_names
         where name like 'Etc/GMT%' and extract(hour from now() at time zone name) = 12
           and (now() at time zone name)::date = (now() at time zone 'UTC')::date order by name limit 1
      """)
    return id
  }

  @Test func aiConversationAnswers() async throws {
    let tenant = try Tenant.make()
    try await Sandbox.register(tenant)
    try await useN8N(tenant, ["answers_by": "n8n", "answer_seconds": 600])
    let phone = uniqueDigits("521")
    _ = try await tenant.hears("¿Cuánto cuesta la limpieza?", from: phone)
    let event = try await event(tenant, "ai-conversation")
    let calls = try await play("ai-conversation", tenant, event)
    #expect(calls.map(\.node) == ["Claude", "Answer"] && calls.map(\.status) == [200, 200])
    #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1 })
    // n8n was told the event twice.
    _ = try await play("ai-conversation", tenant, event)
    #expect(try tenant.count("messages", where: "role = 'assistant'") == 1)
  }

  @Test func scoreLeadScoresOnce() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await useN8N(tenant)
    _ = try await tenant.hears("Quiero ortodoncia")
    try tenant.database.run(
      "update leads set interested_services = '{ortodoncia}' where tenant_id = '\(tenant.id.text)'")
    let event = try await event(tenant, "message-received")
    for _ in 0..<2 {
      let calls = try await play("score-lead", tenant, event)
      #expect(calls.map(\.node) == ["Talk", "Appointments", "Tell"] && calls.allSatisfy { $0.status == 200 })
    }
    // 50 and 2 for the one message; the service was wished after the event was made.
    #expect(try tenant.value("score", of: "leads", where: "true") == "52")
    #expect(try tenant.count("lead_score_history", where: "signal_name = 'n8n'") == 1)
  }

  @Test func scheduleAppointmentBooksTheNearestOnce() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    _ = try await tenant.hears("hola")
    let branch = try branch(tenant)
    let at = Instant(microseconds: (Instant.now + 2 * 86_400).seconds / 3600 * 3_600_000_000)
    let lead = try tenant.value("id", of: "leads", where: "true") ?? ""
    let wish: JSON = [
      "headers": [:],
      "body": [
        "lead_id": .string(lead), "branch_id": .string(branch),
        "preferred_dates": [.string((at + 86_400).description), .string(at.description)],
      ],
    ]
    let calls = try await play("schedule-appointment", tenant, wish)
    #expect(calls.map(\.node) == ["Free times", "Book"] && calls.last?.status == 200, "\(calls)")
    let booked = "scheduled_at in ('\(at)', '\(at + 86_400)')"
    #expect(try tenant.count("appointments", where: booked) == 1)
    // The form posts it again, also when that time is no longer free and another would be chosen.
    let same = try await play("schedule-appointment", tenant, wish)
    #expect(same.last?.status == 200)
    try tenant.database.run("update branches set places = 1 where id = '\(branch)'")
    let again = try await play("schedule-appointment", tenant, wish, fails: true)
    #expect(again.last?.status == 409 && again.last?.answer["code"].text == "IDEMPOTENCY_KEY_REUSED")
    #expect(try tenant.count("appointments", where: "true") == 1)
  }

  /// More than a page of appointments, of which one is due.
  @Test func sendRemindersAsksForEachOnAllPages() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let phone = uniqueDigits("521")
    _ = try await tenant.hears(from: phone)
    let branch = try branch(tenant)
    // Booked first, so that it is on the last page; the business does without our own reminders.
    try tenant.database.run(
      """
      insert into ai_tenant_context (tenant_id, reminders_enabled) values ('\(tenant.id.text)', false);
      insert into appointments (tenant_id, branch_id, lead_id, scheduled_at, created_at)
        select tenant_id, '\(branch)', id, now() + interval '210 minutes', now() - interval '2 days' from leads
         where tenant_id = '\(tenant.id.text)';
      insert into appointments (tenant_id, branch_id, scheduled_at, status)
        select '\(tenant.id.text)', '\(branch)', now() + interval '1 day' + interval '1 minute' * n, 'cancelled'
          from generate_series(1, 205) n;
      """)
    for expected in [202, 409] {
      let calls = try await play("send-reminders", tenant)
      #expect(calls.map(\.node) == ["Appointments", "Appointments", "Appointments", "Remind"])
      #expect(calls.last?.status == expected, "\(calls.last?.answer.value?.text ?? "")")
    }
    #expect(try tenant.count("messages", where: "metadata ->> 'appointment_id' is not null") == 1)
    #expect(try tenant.count("appointments", where: "reminder_4h_sent") == 1)
  }

  /// Whose turn it is stands on the second page, behind a hundred that talk; who has an appointment is left alone.
  @Test func followUpAsksWhoseTurnItIs() async throws {
    let tenant = try Tenant.make()
    try tenant.templates()
    try await Sandbox.register(tenant)
    let (silent, booked) = (uniqueDigits("521"), uniqueDigits("521"))
    for phone in [silent, booked] { _ = try await tenant.hears("¿Cuánto cuesta?", from: phone) }
    #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 2 })
    // Reports may be faster than what writes the send down, which also says when was spoken last.
    #expect(try await eventually { try tenant.count("jobs", where: "status <> 'completed'") == 0 })
    let branch = try branch(tenant)
    let mine = "tenant_id = '\(tenant.id.text)'"
    try tenant.database.run(
      """
      insert into ai_tenant_context (tenant_id, follow_ups_enabled) values ('\(tenant.id.text)', false)
        on conflict (tenant_id) do update set follow_ups_enabled = false;
      update conversations set last_message_at = last_message_at - interval '50 hours',
        last_inbound_at = last_inbound_at - interval '50 hours' where \(mine);
      update contact_windows set last_inbound_at = last_inbound_at - interval '50 hours' where \(mine);
      insert into appointments (tenant_id, branch_id, lead_id, scheduled_at)
        select tenant_id, '\(branch)', lead_id, now() + interval '5 days' from conversations
         where contact_address = '\(booked)' and \(mine);
      """)
    for _ in 1...100 { _ = try await tenant.hears("hola") }
    for expected in [[202, 409], [409]] {
      let calls = try await play("follow-up", tenant)
      #expect(calls.filter { $0.node == "Talks" }.count == 2)
      let asked = calls.filter { $0.node == "Ask again" }
      #expect(asked.map(\.status).sorted() == expected, "\(asked.map { $0.answer.value?.text ?? "" })")
    }
    let said = "metadata ->> 'follow_up' = '1'"
    #expect(try tenant.count("messages", where: said) == 1)
    #expect(
      try tenant.count(
        "messages",
        where: said + " and conversation_id = (select id from conversations where contact_address = '\(silent)')")
        == 1)
  }
}
