import Core
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// `kill -9` in the middle of everything: what was acknowledged is there, and nothing is sent twice.
@Suite struct KillTests {
  /// Hundreds of deliveries to three programs, one of which is always being killed. A platform delivers again what was
  /// not acknowledged.
  @Test(arguments: [(Platform.whatsapp, 500), (.instagram, 125), (.facebook, 125), (.tiktok, 125)])
  func webhookPrograms(_ platform: Platform, _ count: Int) async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(on: platform, in: database, delay: Tenant.never)
      let name = "webhook-" + platform.rawValue
      let variables = ["DATABASE_URL": database.dsn(user: "tistis_webhook_" + platform.rawValue)]
      let programs = try (0..<3).map { _ in Keeper(try Program(name, environment: variables)) }
      let (served, kills, every, last) = (Counter(), Counter(), count / 25, count * 24 / 25)
      async let killed: Void = onThread { try kill(programs, served, kills, every: every, until: last) }
      let (acknowledged, repeated) = try await deliver(count, tenant, programs, served) {
        // Nobody gets so far ahead of who kills that nothing is left to kill.
        for _ in 0..<30_000 where served.value < last && served.value > (kills.value + 1) * every { usleep(1000) }
      }
      try await killed
      #expect(kills.value > 20)
      let stored = Set(try database.column("select external_id from messages").compactMap { $0 })
      #expect(Set(acknowledged).subtracting(stored).isEmpty, "acknowledged and lost")
      #expect(stored.count == count)
      #expect(try database.count("select count(*) from messages") == count)
      #expect(try database.count("select count(*) from leads") == count / 10)
      #expect(try database.count("select count(*) from conversations") == count / 10)
      #expect(try database.count("select count(*) from jobs where job_type = 'ai_response'") == count / 10)
      #expect(repeated > 0, "nothing was hit: this proves nothing")
    }
  }

  /// Kills one after the other, each time so many requests have been acknowledged; on a busy machine a program takes
  /// long to start, and one that is killed by the clock would never serve.
  private func kill(
    _ programs: [Keeper], _ served: Counter, _ kills: Counter, every: Int, until last: Int
  ) throws {
    while served.value < last {
      if served.value >= kills.value * every {
        try programs[kills.value % programs.count].killAndStart()
        kills.add()
      }
      usleep(useconds_t.random(in: 500...5000))
    }
  }

  private func deliver(
    _ count: Int, _ tenant: Tenant, _ programs: [Keeper], _ served: Counter, _ wait: @escaping @Sendable () -> Void
  ) async throws -> (acknowledged: [String], repeated: Int) {
    let header = "HTTP_" + tenant.platform.signatureHeader.uppercased().replacing("-", with: "_")
    let results = try await onThreads(6) { thread -> ([String], Int) in
      var acknowledged = [String]()
      var repeated = 0
      for i in stride(from: thread, to: count, by: 6) {
        wait()
        let id = "kill.\(i)"
        let body = tenant.platform.text(
          "hola \(i)", from: "52163113" + String(10000 + i % (count / 10)), to: tenant.account, id: id)
        for attempt in 0..<200 {
          if let client = try? FastCGIClient(socket: programs[(i + attempt) % 3].socket) {
            client.begin(
              "POST", tenant.path, length: body.count, headers: [(header, tenant.signature(body))])
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
  /// until the platform's report or echo tells.
  @Test(arguments: [(Platform.whatsapp, 60, 12), (.instagram, 15, 4), (.facebook, 15, 4), (.tiktok, 15, 4)])
  func workers(_ platform: Platform, _ people: Int, _ kills: Int) async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(on: platform, in: database)
      try await Sandbox.register(tenant, statuses: [])
      try await Sandbox.fail(
        platform.rawValue, "slow", match: tenant.page ?? tenant.account, times: 500,
        extra: [("delay_ms", 150), ("kind", "text")])
      try ask(people, tenant)
      let jobs = try Program("jobs", environment: ["DATABASE_URL": database.dsn(user: "tistis_jobs")])
      for _ in 0..<kills {
        try await Task.sleep(for: .milliseconds(Int.random(in: 150...700)))
        jobs.stop(SIGKILL)
        try hurry(tenant)
        try jobs.start()
      }
      let killed = Instant.now
      // The last of the dead workers' jobs run again within 30 s; one platform's clock is proof enough.
      if platform != .whatsapp { try database.run("update workers set last_seen = last_seen - interval '1 minute'") }
      let drained = try await eventually(within: 150) {
        try hurry(tenant)
        return try database.count("select count(*) from jobs where status in ('pending', 'processing')") == 0
      }
      #expect(drained, "\(jobs.said.suffix(2000))")
      #expect(Instant.now - killed < 120)
      jobs.stop()
      #expect(try database.count("select count(*) from messages where status = 'sending'") == 0)
      try await eachWasSentOnce(tenant, people)
    }
  }

  /// Nobody waits for the seconds that messages keep from each other where a platform allows few a minute.
  private func hurry(_ tenant: Tenant) throws {
    guard tenant.platform != .whatsapp else { return }
    try tenant.database.run("update send_pace set due_at = '-infinity' where contact = ''")
    // Whoever is held by a worker is left alone, so that nobody waits in a ring.
    try tenant.database.run(
      """
      update jobs set scheduled_for = now() where id in (select id from jobs
        where status = 'pending' and scheduled_for > now() for update skip locked)
      """)
  }

  /// A worker that is killed after each tool's effect, while Claude goes on: the next goes on from the stored steps.
  @Test func workersBetweenTools() async throws {
    try await Database.cloned { database in
      let tenant = try Tenant.make(in: database)
      let uses = [
        Claude.Use("record_lead_signals", ["signals": ["urgent"]]),
        Claude.Use("escalate_to_human", ["reason": "quiere hablar con alguien"]),
      ]
      let heard = Mutex<Set<Int>>([])
      let claude = Claude { asked in
        let done = (asked["messages"].items.count - 1) / 2
        let says: Claude.Says = done < uses.count ? .tools([uses[done]]) : .text("Le atiende una persona.")
        // Who asks first after a tool is killed before it hears anything, however long that takes.
        return done > 0 && heard.withLock { $0.insert(done).inserted } ? .late(60, says) : says
      }
      defer { claude.stop() }
      let phone = uniqueDigits("1")
      try tenant.post(tenant.payload([Tenant.text("me duele una muela y no sé qué hacer", from: phone)]))
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
    let platform = tenant.platform
    let taken = try await Sandbox.requests(platform.rawValue, match: tenant.page ?? tenant.account, kind: "text")
      .filter { $0["accepted"].bool == true || $0["status"].integer == 200 }.compactMap { Sent($0) }
    let ids = taken.compactMap(\.opaque)
    #expect(Set(ids).count == ids.count, "a message was sent twice")
    #expect(Set(taken.map(\.to)).count == taken.count, "somebody was answered twice")
    // By our id, or where the platform brings none back by the person.
    let unknown = try tenant.database.column(
      """
      select \(platform == .tiktok ? "a.value" : "m.id::text") from messages m join conversations c on c.id = m.conversation_id
        join lead_aliases a on a.lead_id = c.lead_id where m.status = 'unknown'
      """
    ).compactMap { $0 }
    let known = try tenant.count("messages", where: "role = 'assistant' and status = 'accepted'")
    #expect(known + unknown.count == people, "\(known) accepted, \(unknown.count) unknown of \(people)")
    // The platform tells of those that arrived, by its reports or echoes: that settles them.
    let arrived = taken.filter { unknown.contains($0.opaque ?? $0.person) }
    for sent in arrived { try tenant.post(told(sent, tenant)) }
    #expect(try tenant.count("messages", where: "status = 'unknown'") == unknown.count - arrived.count)
    #expect(try tenant.count("messages", where: "role = 'assistant'") == people)
    #expect(try tenant.count("messages", where: "role = 'staff'") == 0, "our own words are nobody else's")
    #expect(try tenant.count("conversations", where: "ai_handling") == people)
  }

  /// What the platform posts of something that it took.
  private func told(_ sent: Sent, _ tenant: Tenant) -> [UInt8] {
    guard tenant.platform == .whatsapp else {
      return tenant.platform.echo(
        sent.text, to: sent.person, of: tenant.account, id: sent.wamid, ours: sent.opaque, program: true)
    }
    let id = sent.opaque ?? ""
    return tenant.payload(
      [],
      statuses: [
        [
          "id": .string("wamid.settled." + id), "status": "delivered", "timestamp": "1769091010",
          "recipient_id": "5216311300000", "biz_opaque_callback_data": .string(id),
        ]
      ])
  }

  private func ask(_ people: Int, _ tenant: Tenant) throws {
    let app = try tenant.webhook()
    for i in 0..<people {
      let person = "52163114" + String(10000 + i)
      try tenant.post(tenant.platform.text("¿limpieza?", from: person, to: tenant.account), app)
    }
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
