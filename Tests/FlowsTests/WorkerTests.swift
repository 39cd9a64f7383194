import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct WorkerTests {
  @Test func twoAtOnceDoEverythingOnce() async throws {
    try await Shop.test { shop in
      let tag = unique("w")
      let phones = (0..<50).map { _ in newPhone() }
      try shop.post(shop.tenant.payload(phones.map { message("[[echo:respuesta \(tag)]]", from: $0) }))
      async let one = shop.work()
      async let other = shop.work()
      let taken = try await one + other
      // What a send job of the first drops when it leaves is left to nobody.
      try await shop.work()
      #expect(taken >= 50)
      try await expectAnsweredOnce(shop, phones, tag)
    }
  }

  /// A run stays awake until the next has registered, then finishes what it holds; nothing is done twice or left.
  @Test func aSuccessorTakesOver() async throws {
    try await Shop.test { shop in
      let tag = unique("w")
      let phones = (0..<40).map { _ in newPhone() }
      let offices = try [shop.office(), shop.office()]
      async let first = Worker(offices[0], WorkerOptions()).run().taken
      try await write(shop, phones[..<15], tag)
      // It has something in hand before it hears of the other.
      #expect(try await eventually { try shop.count("jobs", "job_type = 'ai_response' and attempts > 0") > 0 })
      async let second = Worker(offices[1], WorkerOptions()).run().taken
      #expect(try await eventually { try shop.database.count("select count(*) from workers") == 2 })
      // These are for both, the last for the second alone.
      try await write(shop, phones[15..<30], tag)
      let a = await first
      try await write(shop, phones[30...], tag)
      #expect(try await eventually { try shop.count("jobs", "status in ('pending', 'processing')") == 0 })
      // It ends when somebody comes after it.
      _ = try Queue(shop.database)
      let b = await second
      for office in offices { await office.close() }
      #expect(a > 0 && b >= 10, "\(a) and \(b)")
      #expect(try shop.database.count("select count(*) from workers where stopped_at is null and name <> 'test'") == 0)
      try await expectAnsweredOnce(shop, phones, tag)
    }
  }

  private func write(_ shop: Shop, _ phones: ArraySlice<String>, _ tag: String) async throws {
    try await onThread {
      let app = try shop.app()
      for phone in phones {
        try shop.post(message("[[echo:respuesta \(tag)]]", from: phone), app: app)
        usleep(20_000)
      }
    }
  }

  private func expectAnsweredOnce(_ shop: Shop, _ phones: [String], _ tag: String) async throws {
    #expect(try shop.count("jobs", "status <> 'completed'") == 0)
    #expect(try shop.count("messages", "role = 'assistant' and status = 'accepted'") == phones.count)
    let sent = try await Sandbox.requests("whatsapp", match: tag, kind: "text").compactMap { $0["body"]["to"].text }
    #expect(sent.sorted() == phones.sorted())
    #expect(try await shop.asked(tag) == phones.count)
  }

  /// What took long from its stamp to its commit stands behind the horizon by then: whoever leaves when nothing is due has
  /// looked there, too.
  @Test func whatWasLateToCommitIsDoneBeforeADrainLeaves() async throws {
    try await Shop.test { shop in
      let tag = unique("w")
      _ = try shop.says("hola \(tag)")
      try await Sandbox.hold("anthropic", match: tag)
      async let work = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try await onThread {
        try shop.database.connection().transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
          try scope.enqueue([job("late", most: 1)])
          // The worker has looked several times by then, and its horizon lags a second.
          usleep(3_000_000)
        }
      }
      try await Sandbox.letGo(tag)
      _ = try await work
      #expect(try shop.count("jobs", "status in ('pending', 'processing')") == 0)
    }
  }

  @Test func aKilledRunsJobsAreDoneByTheNext() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("¿Cuánto cuesta la limpieza?")
      let dead = try Queue(shop.database)
      #expect(try dead.claim().count == 1)
      try shop.run("update workers set last_seen = now() - interval '1 minute'")
      try await shop.work()
      #expect(try await shop.texts(phone).count == 1)
      #expect(try shop.job("attempts") == "2")
    }
  }

  /// What is due but not for it must not make a run ask the database without a pause.
  @Test func aRunOfAnotherKindWaitsQuietly() async throws {
    try await Shop.test { shop in
      _ = try shop.says("hola")
      func commits() throws -> Int {
        try shop.database.count("select xact_commit from pg_stat_database where datname = current_database()")
      }
      let office = try shop.office()
      // What other sessions have done is counted when they have ended.
      let others =
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
      #expect(try await eventually { try shop.database.count(others) == 0 })
      let before = try commits()
      await Worker(office, WorkerOptions(seconds: 1.5, kind: "nothing")).run()
      await office.close()
      #expect(try shop.job("status") == "pending")
      // Statistics are written when a session ends or a second has passed.
      let after = try commits()
      #expect(after - before < 100, "\(after - before) transactions in 1.5 s")
    }
  }

  @Test func restrictedToOneJobAndToANumber() async throws {
    try await Shop.test(delay: 200) { shop in
      for _ in 0..<3 { _ = try shop.says("[[echo:hola]]") }
      let id = try #require(try shop.database.scalar("select min(id::text) from jobs").flatMap { UUID(uuidString: $0) })
      let office = try shop.office()
      await Worker(office, WorkerOptions(id: id)).run()
      #expect(try shop.count("jobs", "job_type = 'ai_response' and status = 'completed'") == 1)
      try shop.hurry()
      await Worker(office, WorkerOptions(most: 1)).run()
      #expect(try shop.count("jobs", "job_type = 'ai_response' and status = 'completed'") == 2)
      await office.close()
    }
  }
}
