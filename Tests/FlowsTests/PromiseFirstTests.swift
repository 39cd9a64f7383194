import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// The first question that waits for the opening is known to whoever answers then (`conversations.promised_first`), and the
/// promise is of the hours as they are.
@Suite struct PromiseFirstTests {
  private func writes(_ shop: Shop, _ text: String, _ phone: String, at hour: Double) throws {
    try shop.post([
      "from": .string(phone), "id": .string(unique("wamid.")), "type": "text", "text": ["body": .string(text)],
      "timestamp": .string(String(Night.onTheWall(hour).seconds)),
    ])
  }

  /// What the pending job that was asked for last would answer, and how many rows of the queue it looks at.
  private func burst(_ shop: Shop) throws -> (said: [String], touched: Int) {
    let job = try #require(
      UUID(uuidString: shop.value("id", of: "jobs", "status = 'pending' and unique_key like 'answer:%'") ?? ""))
    let conversation = try #require(UUID(uuidString: shop.conversation()))
    return try shop.database.connection(user: "tistis_jobs").transaction(tenant: shop.tenant.id) {
      (scope) throws(StoreError) in
      let row = try scope.conversationToAnswer(
        jobId: job, policy: gatePolicy(.whatsapp), lastMessages: 20, conversationId: conversation)
      let touched: [Int64] = try scope.many(
        "touched",
        """
        select pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
            + (select sum(pg_stat_get_xact_tuples_returned(i.indexrelid)) from pg_index i where i.indrelid = c.oid)::bigint
          from pg_class c where c.oid = 'public.jobs'::regclass
        """, []
      ) { row throws(StoreError) in try row.get(0) }
      return (row?.saidInOneGo.map(\.content) ?? [], Int(touched.first ?? -1))
    }
  }

  /// As if what asks now had come long after what was asked at night, not in one go with it.
  private func apart(_ shop: Shop) throws {
    try shop.run("update jobs set created_at = created_at + interval '2 minutes' where unique_key like 'answer:%'")
  }

  /// It has opened, and the job that was promised is due a second later: who is faster answers both.
  @Test func whoIsFasterThanThePromisedJob() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      #expect(try shop.value("promised_first is not null", of: "conversations") == "true")
      try Night.clock(shop, 20.0001)
      try writes(shop, "[[echo:dos]]", phone, at: 20)
      try apart(shop)
      #expect(try burst(shop).said == ["[[echo:uno]]", "[[echo:dos]]"])
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed, "dos"])
      // Kept: nothing waits any more.
      #expect(try shop.value("promised_first is null", of: "conversations") == "true")
      try Night.clock(shop, 20.2)
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed, "dos"])
      #expect(try shop.count("jobs", "result ->> 'skipped' = 'answered before'") == 1)
      try writes(shop, "[[echo:tres]]", phone, at: 20.2)
      #expect(try burst(shop).said == ["[[echo:tres]]"])
    }
  }

  /// While it is closed, a promise is no part of what is said now; and what people answered waits no more.
  @Test(arguments: [false, true]) func whatDoesNotWait(_ people: Bool) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      if people {
        try Night.clock(shop, 15)
        try shop.run("update conversations set last_human_at = app_now()")
        try Night.clock(shop, 20.1)
      }
      try writes(shop, "[[echo:dos]]", phone, at: people ? 20.1 : 12)
      try apart(shop)
      #expect(try burst(shop).said == ["[[echo:dos]]"])
    }
  }

  /// However many answers the queue remembers.
  @Test func itIsNotSearchedFor() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      try Night.clock(shop, 20.0001)
      try shop.run(
        """
        insert into jobs (tenant_id, job_type, status, unique_key, completed_at)
          select '\(shop.tenant.id.text)', 'ai_response', 'completed', 'answer:' || i, app_now() from generate_series(1, 3000) i;
        analyze jobs
        """)
      try writes(shop, "[[echo:dos]]", phone, at: 20)
      let (said, touched) = try burst(shop)
      #expect(said.count == 2)
      #expect((0..<100).contains(touched), "\(touched)")
    }
  }

  /// What was promised before there was the column, in a job's payload, is kept all the same.
  @Test func aDatabaseThatIsUpgradedAtNight() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      try shop.run(
        """
        update jobs set payload = payload || jsonb_build_object('first_id', (select last_question_id from conversations))
          where \(Night.waits);
        update conversations set promised_first = null
        """)
      let migration = try String(contentsOfFile: World.root + "/sql/migrations/0031_waiting.sql", encoding: .utf8)
      let begin = try #require(migration.ranges(of: "alter table conversations no force").first)
      let end = try #require(migration.ranges(of: "create unique index").first)
      // As whoever owns the tables, who stands behind the wall; not as a superuser, whom none stops.
      try shop.database.connection(user: "tistis_owner").script(String(migration[begin.lowerBound..<end.lowerBound]))
      try Night.clock(shop, 20.0001)
      try writes(shop, "[[echo:dos]]", phone, at: 20)
      try apart(shop)
      #expect(try burst(shop).said == ["[[echo:uno]]", "[[echo:dos]]"])
    }
  }

  // MARK: The hours as they are

  private func closes(_ clinic: Clinic) throws {
    try clinic.shop.run(
      """
      insert into times_off (tenant_id, starts_at, ends_at)
        values ('\(clinic.shop.tenant.id.text)', now() - interval '1 hour', now() + interval '3 days')
      """)
  }

  private static let state =
    "round(extract(epoch from j.scheduled_for - c.promised_for)) || ' ' || (j.scheduled_for < now() + interval '12 hours')"

  private func promised(_ shop: Shop) throws -> String? {
    try shop.value("(select \(Self.state) from jobs j where \(Night.waits))", of: "conversations c")
  }

  private let promise =
    "select answer_at_opening(id, now() + interval '3 days 8 hours', null) from conversations"
  private let reopens = "select set_config('app.tenant_id', 'TENANT', true); delete from times_off"

  /// The closing was read, and is taken back before the promise is written: before, or at the same time.
  @Test(arguments: ["before", "meanwhile", "first"]) func aClosingIsTakenBack(_ when: String) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      _ = try shop.says("[[echo:uno]]")
      try shop.run("delete from jobs")
      try closes(clinic)
      let reopens = "begin; " + reopens.replacing("TENANT", with: shop.tenant.id.text) + "; commit"
      switch when {
      case "before":
        try shop.database.connection().script(reopens)
        try Holder(shop, promise).script("commit")
      case "meanwhile":
        let promising = try Holder(shop, promise)
        async let reopened: [Void] = onThreads(1) { _ in try shop.database.connection().script(reopens) }
        #expect(try await promising.isWaitedFor())
        try promising.script("commit")
        _ = try await reopened
      default:
        let reopening = try Holder(shop, "delete from times_off")
        let promise = promise
        async let promised: [Void] = onThreads(1) { _ in try Holder(shop, promise).script("commit") }
        #expect(try await reopening.isWaitedFor())
        try reopening.script("commit")
        _ = try await promised
      }
      #expect(try promised(shop) == "1 true")
    }
  }

  /// Lets `follow_openings` of this database wait so long that no machine is too slow to see it wait.
  private func patient(_ shop: Shop) throws {
    let function = try #require(try shop.database.scalar("select pg_get_functiondef('follow_openings'::regproc)"))
    try #require(function.contains("'300ms'"))
    try shop.run(function.replacing("'300ms'", with: "'60s'"))
  }

  /// Somebody has the job's row for a moment; or for longer, and nobody waits for that.
  @Test(arguments: [false, true]) func whoIsHeldIsWaitedForAMoment(_ longer: Bool) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      _ = try shop.says("[[echo:uno]]")
      try shop.run("delete from jobs")
      try closes(clinic)
      try Holder(shop, promise).script("commit")
      #expect(try promised(shop) == "1 false")
      let reopens = "begin; " + reopens.replacing("TENANT", with: shop.tenant.id.text) + "; commit"
      if !longer { try patient(shop) }
      let holder = try Holder(shop, "select 1 from jobs where \(Night.waits) for update")
      if longer {
        let began = ContinuousClock.now
        try shop.database.connection().script(reopens)
        #expect(ContinuousClock.now - began > .milliseconds(250), "nobody waited at all")
        try holder.script("commit")
        #expect(try promised(shop) == "1 false")
        return
      }
      async let reopened: [Void] = onThreads(1) { _ in try shop.database.connection().script(reopens) }
      #expect(try await holder.isWaitedFor())
      try holder.script("commit")
      _ = try await reopened
      #expect(try promised(shop) == "1 true")
    }
  }
}
