import Core
import FoundationEssentials
import Peers
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// The name of somebody whose messages do not bring it, asked for once.
@Suite struct ProfileTests {
  private static let channels = [ChannelName.instagram, .facebook]

  private func receive(_ account: Account, _ events: InboundEvent...) throws {
    let policy = receivePolicy(delaySeconds: 60, asksNames: Channel.named(account.channel.rawValue)?.profile != nil)
    _ = try account.database.connection(user: "tistis_webhook_" + account.channel.rawValue).tenant(account.tenant)
      .receiveEvents(
        events: JSONText(.array(events.map { $0.row(connection: account.connection) })), policy: JSONText(policy),
        requestId: "req-name")
  }

  /// Does the job once, if it is due, against a platform that answers this.
  private func work(_ account: Account, _ status: String, _ body: String) async throws -> [LoopbackServer.Received] {
    let server = LoopbackServer { _ in .send(ok(body, status: status)) }
    defer { server.stop() }
    var environment = World.current.environment(of: "jobs")
    environment["DATABASE_URL"] = account.database.dsn(user: "tistis_jobs")
    environment["JOBS_CONNECTIONS"] = "2"
    for name in ["META_GRAPH_URL", "INSTAGRAM_GRAPH_URL", "TIKTOK_URL"] { environment[name] = server.url("/v1") }
    let office = try Office("jobs", settings: try Settings(Office.needs, from: environment))
    await Worker(office, WorkerOptions(most: 1, kind: "fetch_profile", drainOnly: true)).run()
    await office.close()
    return server.received
  }

  private func test(_ channel: ChannelName, _ body: (Account, Alias) async throws -> Void) async throws {
    try await Database.cloned { database in
      let account = try Account(channel, database, token: true)
      try await body(account, account.stranger)
    }
  }

  @Test(arguments: channels) func oncePerConversation(_ channel: ChannelName) async throws {
    try await test(channel) { account, person in
      try receive(account, account.message("hola", from: person), account.message("¿hay alguien?", from: person))
      try receive(account, account.message("¿mañana?", from: person))
      #expect(try account.count("jobs", "job_type = 'fetch_profile'") == 1)
      let asked = try await work(
        account, "200 OK", #"{"name": "Ana Robles", "id": "1", "profile_pic": "https://x.example/a.jpg"}"#)
      #expect(asked.count == 1 && asked.first?.method == "GET")
      #expect(asked.first?.target.contains(person.value) == true)
      #expect(try account.value("name || '/' || full_name", of: "leads") == "Ana Robles/Ana Robles")
      #expect(try account.value("profile_image_url", of: "leads") == "https://x.example/a.jpg")
      try receive(account, account.message("gracias", from: person))
      try account.run("update conversations set status = 'resolved'")
      try receive(account, account.message("otra cosa", from: person))
      #expect(try account.count("jobs", "job_type = 'fetch_profile'") == 1, "the name is known")
    }
  }

  /// They have not agreed, they are gone, our token is no longer good: nothing stands still, and nobody is told.
  @Test(arguments: channels, [(403, 230, nil), (400, 100, 33), (401, 190, nil)] as [(Int, Int, Int?)])
  func aRefusalEndsIt(_ channel: ChannelName, _ refusal: (Int, Int, Int?)) async throws {
    try await test(channel) { account, person in
      try receive(account, account.message("hola", from: person))
      let subcode = refusal.2.map { ", \"error_subcode\": \($0)" } ?? ""
      _ = try await work(
        account, "\(refusal.0) No", "{\"error\": {\"code\": \(refusal.1)\(subcode), \"message\": \"no\"}}")
      #expect(try account.value("status || ' ' || attempts", of: "jobs", "job_type = 'fetch_profile'") == "completed 1")
      #expect(try account.count("leads", "name is null") == 1)
      #expect(try account.count("alerts") == 0)
      #expect(try account.value("status", of: "channel_connections") == "connected")
    }
  }

  /// A platform in trouble is asked again, a few times; then it stays without a name.
  @Test func trouble() async throws {
    try await test(.facebook) { account, person in
      try receive(account, account.message("hola", from: person))
      for attempt in 1...3 {
        _ = try await work(account, "500 Internal Server Error", "{}")
        let state = try account.value("status || ' ' || attempts", of: "jobs", "job_type = 'fetch_profile'")
        #expect(state == (attempt < 3 ? "pending \(attempt)" : "completed 3"))
        try account.run("update jobs set scheduled_for = now() where job_type = 'fetch_profile' and status = 'pending'")
      }
    }
  }

  /// Who has a name already, or where the messages bring it, is not asked about.
  @Test func whoHasAName() async throws {
    try await test(.facebook) { account, person in
      try receive(account, account.message("hola", from: person))
      try account.run("update leads set name = 'Doña Ana'")
      #expect(try await work(account, "200 OK", #"{"name": "Ana Robles"}"#).isEmpty)
      #expect(try account.value("name", of: "leads") == "Doña Ana")
    }
    for channel in [ChannelName.whatsapp, .tiktok] {
      try await test(channel) { account, person in
        try receive(account, account.message("hola", from: person))
        #expect(try account.count("jobs", "job_type = 'fetch_profile'") == 0)
      }
    }
  }
}
