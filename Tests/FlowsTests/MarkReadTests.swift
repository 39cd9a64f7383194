import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// The job that shows a person at the platform what somebody of the business has read.
@Suite struct MarkReadTests {
  private func test(_ channel: ChannelName, _ body: (Account, Alias) async throws -> Void) async throws {
    try await Database.cloned { database in
      let account = try Account(channel, database, token: true)
      try await body(account, account.stranger)
    }
  }

  private func says(_ account: Account, _ person: Alias) throws {
    try account.receive(account.message("hola", from: person, id: unique("wamid.")))
  }

  /// As `api` does; whether the platform is to be told.
  private func read(_ account: Account) throws -> Bool {
    let id = try #require(UUID(uuidString: try account.value("id", of: "conversations") ?? ""))
    return try account.database.connection(user: "tistis_api").tenant(account.tenant).readConversation(
      id: id, hours: Office.markHours, requestId: "req-read")
  }

  /// Does the job once, if it is due, against a platform that answers this.
  @discardableResult
  private func work(
    _ account: Account, _ status: String = "200 OK", _ body: String = #"{"success": true}"#
  ) async throws -> Int {
    let server = LoopbackServer { _ in .send(ok(body, status: status)) }
    defer { server.stop() }
    var environment = World.current.environment(of: "jobs")
    environment["DATABASE_URL"] = account.database.dsn(user: "tistis_jobs")
    environment["JOBS_CONNECTIONS"] = "2"
    environment["DATABASE_STATEMENT_SECONDS"] = "20"
    for name in ["META_GRAPH_URL", "INSTAGRAM_GRAPH_URL", "TIKTOK_URL"] { environment[name] = server.url("/v1") }
    let office = try Office("jobs", settings: try Settings(Office.needs, from: environment))
    await Worker(office, WorkerOptions(most: 1, kind: "mark_read", drainOnly: true)).run()
    await office.close()
    return server.received.count
  }

  private func job(_ account: Account) throws -> String? {
    try account.value("concat_ws(' ', status, attempts, result ->> 'marked')", of: "jobs", "job_type = 'mark_read'")
  }

  /// Nobody is told, nothing stands still, and nothing is left for people to look at.
  private func expectNoHarm(_ account: Account) throws {
    #expect(try account.count("alerts") == 0)
    #expect(try account.count("jobs", "status = 'dead'") == 0)
    #expect(try account.value("status", of: "channel_connections") == "connected")
  }

  /// What each platform says when it does not want to; TikTok does so with 200.
  static let refusals: [(ChannelName, String, String)] = [
    (.whatsapp, "400 Bad Request", #"{"error": {"code": 131009, "message": "no"}}"#),
    (.whatsapp, "401 Unauthorized", #"{"error": {"code": 190, "message": "no"}}"#),
    (.whatsapp, "400 Bad Request", #"{"error": {"code": 131031, "message": "locked"}}"#),
    (.instagram, "403 Forbidden", #"{"error": {"code": 10, "error_subcode": 2534022, "message": "window"}}"#),
    (.facebook, "403 Forbidden", #"{"error": {"code": 10, "error_subcode": 2018278, "message": "window"}}"#),
    (.facebook, "401 Unauthorized", #"{"error": {"code": 190, "message": "no"}}"#),
    (.tiktok, "200 OK", #"{"code": 40002, "message": "no such conversation", "data": {}}"#),
    (.tiktok, "200 OK", #"{"code": 40105, "message": "token", "data": {}}"#),
  ]

  @Test(arguments: refusals) func aRefusalIsAnAnswer(_ refusal: (ChannelName, String, String)) async throws {
    try await test(refusal.0) { account, person in
      try says(account, person)
      #expect(try read(account))
      #expect(try await work(account, refusal.1, refusal.2) == 1)
      #expect(try job(account) == "completed 1")
      try expectNoHarm(account)
    }
  }

  @Test(arguments: ChannelName.allCases) func aPlatformInTroubleIsAskedThrice(_ channel: ChannelName) async throws {
    try await test(channel) { account, person in
      try says(account, person)
      #expect(try read(account))
      for attempt in 1...3 {
        #expect(try await work(account, "500 Internal Server Error", "{}") == 1)
        #expect(try job(account) == (attempt < 3 ? "pending \(attempt)" : "completed 3"))
        try account.run("update jobs set scheduled_for = now() where job_type = 'mark_read' and status = 'pending'")
      }
      try expectNoHarm(account)
    }
  }

  /// The channel was stopped, or the message taken back, between the reading and the job: no call at all.
  @Test(arguments: [
    "update channel_connections set status = 'error', stopped_code = '190'",
    "update messages set deleted_at = now()",
    "delete from outbound_tokens",
  ])
  func whatWasUndoneMeanwhile(_ sql: String) async throws {
    try await test(.facebook) { account, person in
      try says(account, person)
      #expect(try read(account))
      try account.run(sql)
      #expect(try await work(account) == 0)
      #expect(try job(account)?.hasPrefix("completed 1") == true)
    }
  }

  /// Many clicks are one job, which is about what was there at the last of them.
  @Test func manyReadingsAreOne() async throws {
    try await test(.whatsapp) { account, person in
      for _ in 0..<3 {
        try says(account, person)
        #expect(try read(account))
        #expect(try !read(account))
      }
      #expect(try account.count("jobs", "job_type = 'mark_read'") == 1)
      let last = try account.value("max(id::text)", of: "messages")
      #expect(try account.value("payload ->> 'message_id'", of: "jobs", "job_type = 'mark_read'") == last)
      #expect(try await work(account) == 1)
      #expect(try job(account) == "completed 1 true")
    }
  }

  /// What the assistant answered was marked when it began; what came after its answer was not.
  @Test func whatWasAnsweredIsMarkedAlready() async throws {
    try await test(.whatsapp) { account, person in
      try says(account, person)
      _ = try account.pending()
      #expect(try !read(account))
      try says(account, person)
      #expect(try read(account))
      // That people take over is said without a look at the question.
      try account.run("delete from jobs; update conversations set staff_read_at = null")
      _ = try account.pending("le atiende una persona", metadata: #"{"last_word": true}"#)
      #expect(try read(account))
    }
  }

  /// As long as the platform takes it: WhatsApp thirty days, the others while we may write.
  @Test(arguments: [(ChannelName.whatsapp, 720), (.instagram, 24), (.facebook, 24), (.tiktok, 48)])
  func whatIsTooOldIsNotMarked(_ channel: ChannelName, _ hours: Int) async throws {
    try await test(channel) { account, person in
      try says(account, person)
      func age(_ hours: Int) throws {
        try account.run(
          "update messages set created_at = now() - interval '\(hours) hours'; update conversations set staff_read_at = null"
        )
      }
      try age(hours + 1)
      #expect(try !read(account))
      #expect(try account.count("conversations", "staff_read_at is not null") == 1)
      try age(hours - 1)
      #expect(try read(account))
    }
  }
}
