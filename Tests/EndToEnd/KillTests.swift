import Core
import Flows
import FoundationEssentials
import Peers
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// `kill -9` in the middle of everything: what was acknowledged is there, and nothing is sent twice.
@Suite struct KillTests {
  /// 500 deliveries to three programs, one of which is always being killed. A platform delivers again what was not
  /// acknowledged.
  @Test func webhookPrograms() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database, delay: 120)
      let variables = ["DATABASE_URL": database.dsn(user: "tistis_webhook_whatsapp")]
      let programs = try (0..<3).map { _ in Keeper(try Program("webhook-whatsapp", environment: variables)) }
      let served = Counter()
      async let killed = onThread { try kill(programs, served, every: 20, until: 480) }
      let (acknowledged, repeated) = try await deliver(500, tenant, programs, served)
      #expect(try await killed > 20)
      let stored = Set(try database.column("select external_id from messages").compactMap { $0 })
      #expect(Set(acknowledged).subtracting(stored).isEmpty, "acknowledged and lost")
      #expect(stored.count == 500)
      #expect(try database.count("select count(*) from messages") == 500)
      #expect(try database.count("select count(*) from leads") == 50)
      #expect(try database.count("select count(*) from conversations") == 50)
      #expect(try database.count("select count(*) from jobs") == 50)
      #expect(repeated > 0, "nothing was hit: this proves nothing")
    }
  }

  /// Kills one after the other, each time so many requests have been acknowledged; on a busy machine a program takes
  /// long to start, and one that is killed by the clock would never serve.
  private func kill(_ programs: [Keeper], _ served: Counter, every: Int, until last: Int) throws -> Int {
    var kills = 0
    while served.value < last {
      if served.value >= kills * every {
        try programs[kills % programs.count].killAndStart()
        kills += 1
      }
      usleep(useconds_t.random(in: 500...5000))
    }
    return kills
  }

  private func deliver(
    _ count: Int, _ tenant: Tenant, _ programs: [Keeper], _ served: Counter
  ) async throws -> (acknowledged: [String], repeated: Int) {
    let results = try await onThreads(6) { thread -> ([String], Int) in
      var acknowledged = [String]()
      var repeated = 0
      for i in stride(from: thread, to: count, by: 6) {
        let id = "wamid.kill.\(i)"
        let body = tenant.payload([Tenant.text("hola \(i)", from: "52163113" + String(10000 + i % 50), id: id)])
        for attempt in 0..<200 {
          if let client = try? FastCGIClient(socket: programs[(i + attempt) % 3].socket) {
            client.begin(
              "POST", tenant.path, length: body.count, headers: [("HTTP_X_HUB_SIGNATURE_256", tenant.signature(body))])
            client.body(body)
            client.body([])
            if client.answer().hasPrefix("Status: 200") {
              acknowledged.append(id)
              served.add()
              break
            }
          }
          repeated += 1
          usleep(2000)
        }
      }
      return (acknowledged, repeated)
    }
    return (results.flatMap(\.0), results.map(\.1).reduce(0, +))
  }

  /// A worker that is killed again and again: each question is answered once, or its message says that nobody can know,
  /// until the platform's report tells.
  @Test func workers() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      try await Sandbox.fail("whatsapp", "slow", match: tenant.phoneNumberID, times: 500, extra: [("delay_ms", 150)])
      try ask(60, tenant)
      let jobs = try Program("jobs", environment: ["DATABASE_URL": database.dsn(user: "tistis_jobs")])
      for _ in 0..<12 {
        try await Task.sleep(for: .milliseconds(Int.random(in: 150...700)))
        jobs.stop(SIGKILL)
        try jobs.start()
      }
      let killed = Instant.now
      // The last of the dead workers' jobs run again within 30 s.
      let drained = try await eventually(within: 60) {
        try database.count("select count(*) from jobs where status in ('pending', 'processing')") == 0
      }
      #expect(drained)
      #expect(Instant.now - killed < 45)
      jobs.stop()
      #expect(try database.count("select count(*) from messages where status = 'sending'") == 0)
      try await eachWasSentOnce(tenant, 60)
    }
  }

  /// A worker that is killed after each tool's effect, while Claude goes on: the next goes on from the stored steps.
  @Test func workersBetweenTools() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      let uses = [
        Claude.Use("record_lead_signals", ["signals": ["urgent"]]),
        Claude.Use("escalate_to_human", ["reason": "quiere hablar con alguien"]),
      ]
      let claude = Claude { asked in
        let done = (asked["messages"].items.count - 1) / 2
        return .late(0.5, done < uses.count ? .tools([uses[done]]) : .text("Le atiende una persona."))
      }
      defer { claude.stop() }
      let phone = uniqueDigits("1")
      try post(tenant.payload([Tenant.text("me duele una muela y no sé qué hacer", from: phone)]), tenant)
      var environment = claude.environment
      environment["DATABASE_URL"] = database.dsn(user: "tistis_jobs")
      let jobs = try Program("jobs", environment: environment)
      for done in 1...uses.count {
        let reached = await eventually { claude.asked.contains { $0["messages"].items.count == 1 + 2 * done } }
        #expect(reached, "\(done) tools")
        jobs.stop(SIGKILL)
        // As if the half minute were over after which its jobs run again.
        try database.run("update workers set last_seen = last_seen - interval '1 minute'")
        try jobs.start()
      }
      let said = try await eventually {
        try tenant.count("messages", where: "role = 'assistant' and status = 'accepted'") == 1
      }
      #expect(said, "\(jobs.said)")
      jobs.stop()
      let texts = try await Sandbox.requests("whatsapp", match: phone, kind: "text").filter {
        $0["accepted"].bool == true
      }
      #expect(texts.map { $0["body"]["text"]["body"].text } == ["Le atiende una persona."])
      #expect(try database.column("select name from ai_steps where kind = 'tool' order by ordinal") == uses.map(\.name))
      #expect(try tenant.count("lead_score_history", where: "signal_name = 'urgent'") == 1)
      #expect(try tenant.value("status", of: "conversations") == "escalated")
      #expect(try tenant.count("alerts", where: "kind = 'conversation_escalated'") == 1)
      // Once more for each worker that died, and no more.
      #expect(claude.asked.count == 2 * uses.count + 1)
    }
  }

  private func eachWasSentOnce(_ tenant: Tenant, _ people: Int) async throws {
    let texts = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID, kind: "text")
      .filter { $0["accepted"].bool == true || $0["status"].integer == 200 }
    let sent = texts.compactMap { $0["body"]["biz_opaque_callback_data"].text }
    #expect(Set(sent).count == sent.count, "a message was sent twice")
    #expect(Set(texts.compactMap { $0["body"]["to"].text }).count == texts.count, "somebody was answered twice")
    let unknown = try tenant.database.column("select id from messages where status = 'unknown'").compactMap { $0 }
    let known = try tenant.count("messages", where: "role = 'assistant' and status = 'accepted'")
    #expect(known + unknown.count == people, "\(known) accepted, \(unknown.count) unknown of \(people)")
    // The platform reports on those that arrived, by our own id: that settles them.
    let arrived = unknown.filter { sent.contains($0) }
    let reports = arrived.map { id -> JSON in
      [
        "id": .string("wamid.settled." + id), "status": "delivered", "timestamp": "1769091010",
        "recipient_id": "5216311300000", "biz_opaque_callback_data": .string(id),
      ]
    }
    if !reports.isEmpty { try post(tenant.payload([], statuses: reports), tenant) }
    #expect(try tenant.count("messages", where: "status = 'delivered'") == arrived.count)
  }

  private func ask(_ people: Int, _ tenant: Tenant) throws {
    try post(
      tenant.payload((0..<people).map { Tenant.text("¿limpieza?", from: "52163114" + String(10000 + $0)) }), tenant)
  }

  private func post(_ body: [UInt8], _ tenant: Tenant) throws {
    var environment = World.current.environment(of: "webhook-whatsapp")
    environment["DATABASE_URL"] = tenant.database.dsn(user: "tistis_webhook_whatsapp")
    let needs: [Setting] = [.inboundKeys, .metaAppSecret, .verifyToken, .allowUnsigned, .answerDelayMilliseconds]
    let app = App("webhook-whatsapp", settings: try Settings(App.common + needs, from: environment))
    let request = Request("POST", tenant.path, headers: ["x-hub-signature-256": tenant.signature(body)], body: body)
    #expect(try app.receive(.whatsapp, request).status == 200)
  }
}

private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add() { count.add(1, ordering: .relaxed) }
}

/// A program that one task kills while others use its socket.
private final class Keeper: @unchecked Sendable {
  let socket: String
  private let program: Program

  init(_ program: Program) {
    self.program = program
    socket = program.socket
  }

  func killAndStart() throws {
    program.stop(SIGKILL)
    try program.start()
  }
}
