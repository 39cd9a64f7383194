import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// What Meta's `messaging_policy_enforcement` says of a page or an Instagram account, in the database.
@Suite struct PolicyNewsTests {
  enum Word: Int, Sendable { case block, warning, unblock }

  /// A POST with these items of the fixture, as if about this account.
  private func body(_ words: [Word], _ shop: Shop) throws -> [UInt8] {
    let file = World.root + "/Tests/PeersTests/Fixtures/facebook/policy_enforcement.json"
    let text = try #require(readFile(file)).replacing("715500000000201", with: shop.tenant.account)
    let items = Field(try JSON.parse(Array(text.utf8)))["entry"][0]["messaging"].items
    #expect(items.map { $0["policy-enforcement"]["action"].text } == ["block", "warning", "unblock"])
    return shop.tenant.platform.messaging(shop.tenant.account, words.compactMap { items[$0.rawValue].value })
  }

  private func test(_ platform: Platform, _ body: (Shop) throws -> Void) async throws {
    try await Database.cloned { database in
      try body(Shop(try Tenant.make(on: platform, in: database, delay: 60), database))
    }
  }

  private func alerts(_ shop: Shop) throws -> [String?] {
    try shop.database.column(
      "select kind || ' ' || severity || ' ' || times from alerts where tenant_id = '\(shop.tenant.id.text)' "
        + "and resolved_at is null order by 1")
  }

  private func channel(_ shop: Shop) throws -> String? {
    try shop.value("concat_ws(' ', status, stopped_code)", of: "channel_connections")
  }

  /// what came, POST after POST; the channel afterwards; open alerts
  static let courses: [([[Word]], String, [String])] = [
    ([[.warning]], "connected", ["policy_warning act 1"]),
    ([[.block]], "error account_blocked", ["account_blocked act 1"]),
    ([[.block], [.warning]], "error account_blocked", ["account_blocked act 1", "policy_warning act 1"]),
    ([[.block], [.unblock]], "connected", []),
    ([[.block], [.warning], [.unblock]], "connected", []),
    ([[.block, .warning, .unblock]], "connected", []),
    // Whichever way round they come: the fixture's times count.
    ([[.unblock], [.warning], [.block]], "connected", []),
  ]

  @Test(arguments: [Platform.facebook, .instagram], courses)
  func whatFollows(_ platform: Platform, _ course: ([[Word]], String, [String])) async throws {
    try await test(platform) { shop in
      // A second time it changes nothing, not even a count.
      for _ in 0..<2 {
        for words in course.0 { try shop.post(try body(words, shop)) }
        #expect(try channel(shop) == course.1)
        #expect(try alerts(shop) == course.2)
      }
      #expect(try shop.count("channel_events", "kind = 'account'") == course.0.joined().count)
      #expect(try shop.count("alerts", "sentence not like '%Meta%'") == 0)
    }
  }

  /// Nothing leaves, what people write is kept, and it goes on when Meta says so.
  @Test(arguments: [Platform.facebook, .instagram]) func aBlockedAccount(_ platform: Platform) async throws {
    try await test(platform) { shop in
      let person = uniqueDigits("61")
      func says(_ text: String) throws { try shop.post(platform.text(text, from: person, to: shop.tenant.account)) }
      try says("hola")
      let conversation = try #require(try shop.value("id", of: "conversations"))
      func gate() throws -> String? {
        try shop.ask("staff_gate('\(conversation)', '{\"window_hours\": 24, \"stale_seconds\": 3600}', null)")
      }
      #expect(try gate() == nil)
      try shop.post(try body([.block], shop))
      #expect(try gate() == "channel_inactive")
      try says("¿siguen ahí?")
      #expect(try shop.count("messages") == 2)
      #expect(
        try shop.count(
          "channel_connections", "stopped_at is not null and last_error_message like '%Correo no deseado%'") == 1)
      try shop.post(try body([.unblock], shop))
      #expect(try gate() == nil)
      #expect(try shop.count("channel_connections", "status = 'connected' and stopped_at is null") == 1)
    }
  }
}
