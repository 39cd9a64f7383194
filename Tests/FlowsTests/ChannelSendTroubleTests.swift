import Core
import FoundationEssentials
import Peers
import Store
import TestSupport
import Testing

@testable import Flows

/// As `SendTroubleTests` of WhatsApp: Messenger, Instagram and TikTok answer with an error, or not at all, over HTTP.
@Suite struct ChannelSendTroubleTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let platform: Platform
    let fault: String
    /// What the message is after the first attempt, and after all of them.
    let first: String
    let last: String
    var testDescription: String { "\(platform) \(fault)" }
  }

  /// fault, after the first attempt, in the end
  private static let faults = [
    ("429", "pending", "accepted"), ("500", "pending", "accepted"), ("reset", "unknown", "unknown"),
    ("malformed", "unknown", "unknown"), ("timeout", "unknown", "unknown"), ("closed_window", "failed", "failed"),
  ]
  private static let cases = Platform.echoing.flatMap { platform in
    faults.map { Case(platform: platform, fault: $0.0, first: $0.1, last: $0.2) }
  }

  /// Somebody asks; their answer is due.
  private func question(_ shop: Shop, _ text: String = "¿Cuánto cuesta la limpieza?") throws {
    let platform = shop.tenant.platform
    let body = platform.text(text, from: uniqueDigits("61"), to: shop.tenant.account)
    let channel = try #require(Channel.named(platform.rawValue))
    let events = try channel.read(Field(try JSON.parse(body)))
    let session = shop.database.connection(user: "tistis_webhook_" + platform.rawValue)
    _ = try session.tenant(shop.tenant.id).receiveEvents(
      events: JSONText(.array(events.map { $0.row(connection: shop.tenant.connection) })),
      policy: JSONText(receivePolicy(delaySeconds: 0)), requestId: "r")
  }

  private func test(_ platform: Platform, _ body: (Shop) async throws -> Void) async throws {
    try await Database.cloned { database in
      let shop = Shop(try Tenant.make(on: platform, in: database), database)
      // Nobody is told of it: the webhook of this world knows no such business.
      try await Sandbox.register(shop.tenant, statuses: [])
      try await body(shop)
    }
  }

  /// Lets it be thought of and tried once; beside it somebody may ask for the person's name.
  private func answer(_ shop: Shop) async throws {
    for _ in 0..<3 where try await texts(shop) == 0 { try await shop.work(most: 1) }
  }

  private func texts(_ shop: Shop, accepted: Bool = false) async throws -> Int {
    try await Sandbox.requests(
      shop.tenant.platform.rawValue, match: shop.tenant.page ?? shop.tenant.account, kind: "text"
    ).count { !accepted || $0["accepted"].bool == true }
  }

  private func fail(_ shop: Shop, _ fault: String, times: Int = 1) async throws {
    // A silence of its own length would outlast our patience: it ends with the connection instead.
    let extra: [(String, JSON)] =
      fault == "timeout" ? [("kind", "text"), ("delay_ms", 300)] : [("kind", "text")]
    try await Sandbox.fail(
      shop.tenant.platform.rawValue, fault, match: shop.tenant.page ?? shop.tenant.account, times: times,
      extra: extra)
  }

  @Test(arguments: cases) private func aFault(_ example: Case) async throws {
    try await test(example.platform) { shop in
      try await fail(shop, example.fault)
      try question(shop)
      try await answer(shop)
      #expect(try shop.reply("status") == example.first)
      #expect(try await texts(shop) == 1)
      #expect(try await texts(shop, accepted: true) == 0)
      for _ in 0..<3 {
        try shop.hurry()
        // Nor do the seconds count that messages keep from each other here.
        try shop.run("update send_pace set due_at = '-infinity'")
        try await shop.work()
      }
      #expect(try shop.reply("status") == example.last)
      #expect(try shop.count("jobs", "job_type like 'send\\_%' and status = 'pending'") == 0, "nothing waits")
      // What was refused for now is sent again; what was refused for good and what may have arrived never.
      #expect(try await texts(shop) == (example.first == "pending" ? 2 : 1))
      #expect(try await texts(shop, accepted: true) == (example.first == "pending" ? 1 : 0))
      #expect(try shop.value("status", of: "channel_connections") == "connected")
      #expect(try await shop.asked(shop.tenant.slug) == 1, "the answer is thought of once")
    }
  }

  /// The token was revoked while others wait: nobody asks the platform again, and no attempt is burnt.
  @Test(arguments: [(Platform.instagram, "190"), (.facebook, "190"), (.tiktok, "40105")])
  func aRevokedToken(_ platform: Platform, _ code: String) async throws {
    try await test(platform) { shop in
      try await fail(shop, "revoked_token", times: 0)
      try question(shop)
      try await answer(shop)
      #expect(try shop.value("status || ' ' || stopped_code", of: "channel_connections") == "error \(code)")
      #expect(try shop.reply("status || ' ' || error_code") == "pending \(code)")
      try question(shop, "¿Y los sábados?")
      for _ in 0..<3 {
        try shop.hurry()
        // Nor do the seconds count that messages keep from each other here.
        try shop.run("update send_pace set due_at = '-infinity'")
        try await shop.work()
      }
      #expect(try await texts(shop) == 1, "nothing asks the platform again")
      #expect(try shop.count("jobs", "job_type like 'send\\_%' and status = 'pending'") == 1)
      #expect(try shop.count("jobs", "job_type like 'send\\_%' and max_attempts - attempts <> 6") == 0)
      let alert = try shop.value("kind || ' ' || severity || ' ' || times", of: "alerts", "resolved_at is null")
      #expect(alert == "channel_stopped act 1")
    }
  }
}
