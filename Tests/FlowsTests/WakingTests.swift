import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// What is due at once is taken up at once. The workers here look by themselves once in ten minutes only.
@Suite struct WakingTests {
  private static let listening = "application_name = 'jobs-listen' and state = 'idle'"

  /// A worker that sleeps for ten minutes unless it is called, while `body` goes on. A newer one ends it.
  private func worker(_ shop: Shop, _ changes: [String: String] = [:], _ body: () async throws -> Void) async throws {
    let office = try shop.office(changes)
    var options = WorkerOptions()
    options.poll = 600
    let running = Task { [options] in await Worker(office, options).run() }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    _ = try Queue(shop.database)
    _ = await running.value
    await office.close()
    try result.get()
  }

  private func listens(_ shop: Shop, since pid: String? = nil) async throws -> String? {
    var found: String?
    _ = try await eventually {
      found = try shop.database.scalar(
        "select min(pid) from pg_stat_activity where \(Self.listening) and datname = current_database()")
      return found != nil && found != pid
    }
    return found
  }

  private func ask(_ shop: Shop, _ app: App) throws -> String {
    let phone = newPhone()
    try shop.post(message("[[echo:hola]]", from: phone), app: app)
    app.wakeWorkers()
    return phone
  }

  /// Whether who asks is answered. An endpoint gives its notification a second: one that the machine took longer for is
  /// made by the next.
  private func wakes(_ shop: Shop, _ app: App) async throws -> Bool {
    for _ in 0..<3 {
      app.database.deadline = nil
      let phone = try ask(shop, app)
      if try await eventually(within: 30, { try await shop.texts(phone) == ["hola"] }) { return true }
    }
    return false
  }

  @Test func aQuestionWakesTheWorker() async throws {
    try await Shop.test { shop in
      let app = try shop.app()
      try await worker(shop) {
        let pid = try await listens(shop)
        #expect(pid != nil)
        #expect(try await wakes(shop, app))
      }
    }
  }

  @Test func aLostSessionListensAgain() async throws {
    try await Shop.test { shop in
      let app = try shop.app()
      try await worker(shop) {
        let pid = try #require(try await listens(shop))
        try shop.run("select pg_terminate_backend(\(pid))")
        let next = try await listens(shop, since: pid)
        #expect(next != nil && next != pid)
        #expect(try await wakes(shop, app))
      }
    }
  }

  /// Parts of an answer, and whatever else follows in a lane, do not wait for a poll either.
  @Test func theNextOfALaneFollowsAtOnce() async throws {
    try await Shop.test { shop in
      try shop.run("insert into ai_tenant_context (tenant_id, max_tokens) values ('\(shop.tenant.id.text)', 8000)")
      let app = try shop.app()
      let words = (1...1200).map { "palabra\($0)" }.joined(separator: " ")
      let phone = newPhone()
      try await worker(shop, ["JOBS_LISTEN": "1"]) {
        _ = try await listens(shop)
        try shop.post(message("[[echo:\(words)]]", from: phone), app: app)
        var whole = false
        for _ in 0..<3 where !whole {
          app.database.deadline = nil
          app.wakeWorkers()
          whole = try await eventually(within: 30) { try await shop.texts(phone).joined(separator: " ") == words }
        }
        #expect(whole)
      }
    }
  }

  /// A notification costs a webhook a round trip, so only what does not wait for the usual quiet time sends one.
  @Test func onlyWhatIsUrgentNotifies() async throws {
    try await Shop.test(delay: 2) { shop in
      let app = try shop.app()
      let listener = Listener(shop.database.dsn(user: "tistis_jobs"), channel: Waking.channel)
      #expect(try await listener.heard(within: 0))
      _ = try ask(shop, app)
      let later = try await listener.heard(within: 0.5)
      #expect(!later)
      try shop.run("update channel_connections set first_message_delay_seconds = 0")
      var soon = false
      for _ in 0..<3 where !soon {
        app.database.deadline = nil
        _ = try ask(shop, app)
        soon = try await listener.heard(within: 10)
      }
      #expect(soon)
      // What tools call with.
      shop.database.connection(user: "tistis_owner").wakeWorkers()
      let called = try await listener.heard(within: 10)
      #expect(called)
      await listener.close()
    }
  }

  /// The webhook's answer has left by then, and a worker finds the job by its poll.
  @Test func whatCannotBeNotifiedIsStoredAllTheSame() async throws {
    try await Shop.test { shop in
      try shop.run("revoke execute on function pg_notify(text, text) from public")
      let program = try Program(
        "webhook-whatsapp", environment: ["DATABASE_URL": shop.database.dsn(user: "tistis_webhook_whatsapp")])
      for i in 1...2 {
        let body = shop.tenant.payload([message("[[echo:hola]]", from: newPhone())])
        let client = try FastCGIClient(socket: program.socket)
        client.begin(
          "POST", shop.tenant.path, length: body.count,
          headers: [("HTTP_X_HUB_SIGNATURE_256", shop.tenant.signature(body)), ("CONTENT_TYPE", "application/json")])
        client.body(body)
        client.body([])
        let answer = client.answer()
        #expect(answer.contains("Status: 200"), "\(answer)")
        #expect(try shop.count("jobs") == i)
      }
      let said = await eventually { (readFile(program.log) ?? "").contains("not_woken") }
      #expect(said)
      #expect(try await shop.work() == 2)
    }
  }
}
