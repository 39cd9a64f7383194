import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct AnswerStormTests {
  /// People write in bursts, several in one POST, while their answers are thought of and sent. When all is quiet, each
  /// has one answer to the last thing they said, and nothing hangs.
  @Test func everybodyIsAnsweredInTheEnd() async throws {
    try await Shop.test { shop in
      let (tag, people) = (unique("s"), (0..<8).map { _ in newPhone() })
      let office = try (0..<2).map { _ in try shop.office() }
      async let thinking = Worker(office[0], WorkerOptions(seconds: 4, kind: "ai_response")).run()
      async let sending = Worker(office[1], WorkerOptions(seconds: 4, kind: "send_whatsapp")).run()
      _ = try await onThreads(3) { i in
        var dice = Dice(UInt64(11 + i))
        let app = try shop.app()
        for n in 0..<15 {
          let items = (0...dice.roll(4)).map { k in
            message("[[echo:respuesta \(i)-\(n)-\(k) \(tag)]]", from: people[dice.roll(people.count)])
          }
          try shop.post(shop.tenant.payload(items), app)
          usleep(UInt32(20_000 + dice.roll(120_000)))
        }
      }
      _ = await (thinking, sending)
      for each in office { await each.close() }
      try await shop.work()

      #expect(try shop.count("conversations") == people.count)
      let answered = """
        (select count(*) from messages m where m.tenant_id = c.tenant_id and m.conversation_id = c.id
          and m.role = 'assistant' and m.answers_message_id = c.last_question_id and m.status = 'accepted')
        """
      let answers = try shop.database.column("select \(answered) from conversations c").compactMap { $0 }
      #expect(answers == people.map { _ in "1" })
      #expect(try shop.count("messages", "role = 'assistant' and status not in ('accepted', 'withheld')") == 0)
      #expect(try shop.count("jobs", "status <> 'completed'") == 0)
      let texts = try await Sandbox.requests("whatsapp", match: tag, kind: "text").count
      #expect(try shop.count("messages", "role = 'assistant' and status = 'accepted'") == texts)
      for person in people {
        // In the order in which the talk is told. Of two posts at once the one that came first may be stored last: the
        // answer counts for that one, and Claude is asked with both.
        let last = try shop.database.scalar(
          """
          select m.content from messages m join conversations c on c.id = m.conversation_id
           where c.contact_address = '\(person)' and m.role = 'user' order by m.created_at desc, m.id desc limit 1
          """)
        let said = try await shop.texts(person).last ?? "nothing"
        #expect(last?.contains("[[echo:\(said)]]") == true)
      }
      let deadlocks = try shop.database.count(
        "select deadlocks from pg_stat_database where datname = current_database()")
      #expect(deadlocks == 0)
    }
  }

  /// A message that comes after its job was taken and before the job looked is answered by it, and asks for another: that
  /// one finds it answered.
  @Test func aMessageBetweenClaimAndLookIsAnsweredOnce() async throws {
    try await Shop.test { shop in
      let (tag, office) = (unique("s"), try shop.office())
      let phone = try shop.says("[[echo:la primera]] \(tag)")
      let queue = try Queue(shop.database)
      _ = try queue.session.everyone.workerHeartbeat(workerId: office.worker, name: "test", kind: nil, leaseSeconds: 20)
      let row = try #require(
        try queue.session.everyone.claimJobs(workerId: office.worker, limit: 1, kind: nil, id: nil, since: nil).first)
      try shop.post(message("[[echo:la segunda]]", from: phone))
      #expect(try shop.count("jobs", "status = 'pending'") == 1)
      let results = await office.perform(HeldJob(row))
      _ = try queue.session.everyone.settleJobs(
        results: JSONText(JSON.array(results.map { $0.row(worker: office.worker) })))
      await office.close()
      try await shop.work()
      #expect(try await shop.texts(phone) == ["la segunda"])
      #expect(try await shop.asked(tag) == 1)
      #expect(try shop.count("jobs", "status = 'completed' and result ->> 'skipped' = 'answered before'") == 1)
      // What comes later is answered again.
      try shop.post(message("[[echo:la tercera]]", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone) == ["la segunda", "la tercera"])
    }
  }

  /// Two names turn out to be one person while the answer to one of them is being thought of.
  @Test func aMergeWhileClaudeThinks() async throws {
    try await Shop.test { shop in
      let (tag, phone, user) = (unique("s"), newPhone(), "MX." + uniqueDigits("9"))
      try shop.post(message("hola", from: phone))
      try await shop.work()
      try await Sandbox.hold("anthropic", match: tag)
      try shop.post(message("[[echo:aquí está \(tag)]]", user: user))
      async let work = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.post([
        "from": .string(phone), "from_user_id": .string(user), "id": "wamid.thumb", "type": "reaction",
        "reaction": ["message_id": "wamid.x", "emoji": "👍"],
      ])
      try await Sandbox.letGo(tag)
      _ = try await work
      try await shop.work()
      let sent = try await Sandbox.requests("whatsapp", match: tag, kind: "text")
      #expect(sent.count == 1)
      #expect(sent.first?["accepted"].bool == true)
      #expect(try shop.count("messages", "role = 'assistant' and status = 'accepted'") == 2)
      #expect(try shop.count("jobs", "status in ('pending', 'processing', 'dead')") == 0)
    }
  }

  /// Every session of the run is cut while the platform takes its time: what it said is written down all the same.
  @Test(arguments: Platform.allCases) func theDatabaseGoesAwayWhileSending(_ platform: Platform) async throws {
    try await Database.cloned { database in
      let shop = Shop(try Tenant.make(on: platform, in: database), database)
      let account = shop.tenant.page ?? shop.tenant.account
      func texts() async throws -> Int {
        try await Sandbox.requests(platform.rawValue, match: account, kind: "text").count
      }
      try await Sandbox.register(shop.tenant, statuses: [])
      try await Sandbox.hold(platform.rawValue, match: account, kind: "text")
      try shop.post(platform.text("¿Cuánto cuesta la limpieza?", from: newPhone(), to: shop.tenant.account))
      async let work = shop.work()
      #expect(try await eventually { try await texts() == 1 })
      // Who asks for the person's name beside it has ended: what is cut there is tried again in five seconds.
      let names = "job_type = 'fetch_profile' and status <> 'completed'"
      #expect(try await eventually { try shop.count("jobs", names) == 0 })
      try shop.run(
        """
        select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where usename = 'tistis_jobs' and datname = current_database()
        """)
      try await Sandbox.letGo(account)
      _ = try await work
      #expect(try shop.reply("status") == "accepted")
      try await shop.work()
      #expect(try shop.count("jobs", "status <> 'completed'") == 0)
      #expect(try await texts() == 1)
    }
  }
}
