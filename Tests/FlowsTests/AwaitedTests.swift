import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Requests that wait for `jobs`: one of a business waits, and one in the whole installation
/// long, so that there is always somebody who serves.
@Suite struct AwaitedTests {
  /// An `api` that asks for a test of the business's account; the status that it answers with.
  private func ask(_ shop: Shop, _ key: Secret) throws -> Int {
    var environment = World.current.environment(of: "api")
    environment["DATABASE_URL"] = shop.database.dsn(user: "tistis_api")
    let door = APIDoor(App("api", settings: try Settings(App.common + APIDoor.needs, from: environment)))
    return door.answer(
      Request(
        "POST", "/api/channels/\(shop.tenant.connection.text)/test",
        headers: ["authorization": "Bearer " + key.reveal(), "content-type": "application/json"], body: Array("{}".utf8)
      )
    ).status
  }

  private func key(_ shop: Shop) throws -> Secret {
    let key = APIKey.make(test: true)
    let wish = NewAPIKey(name: unique("key "), scopes: ["channels:write"])
    #expect(try wish.add(key, to: shop.database.connection().tenant(shop.tenant.id)) != nil)
    return key
  }

  /// Who waits just now, and who waits long.
  private func waiting(_ shop: Shop) throws -> Int {
    let mine = "hashtextextended('tistis|wait|' || '\(shop.tenant.id.text)'::uuid, 0)"
    return try shop.database.count(
      """
      select count(*) from pg_locks where locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database())
        and classid::bigint << 32 | objid::bigint in (\(mine), hashtextextended('tistis|long wait', 0))
      """)
  }

  /// What the others are told while the first waits, and then the first; nil: this machine was so slow that the first's ten
  /// seconds were over before the others had been told, which shows nothing.
  private func round(
    _ shop: Shop, _ other: Shop, _ mine: Secret, _ others: Secret
  ) async throws -> (others: [Int], first: Int)? {
    // Nobody works here: all wait in vain until somebody says that it is done.
    async let first = onThread { try ask(shop, mine) }
    // Its business's turn, and the long one.
    guard try await eventually(within: 15, { try waiting(shop) == 2 }) else {
      _ = try await first
      return nil
    }
    let refused = [try await onThread { try ask(shop, mine) }, try await onThread { try ask(other, others) }]
    // They came back while the first is still waiting, and were not waiting themselves.
    let stillWaits = try waiting(shop) == 2
    try shop.database.run(
      """
      update jobs set status = 'completed', completed_at = now(), result = '{"ok": true, "checks": []}'
        where job_type = 'test_channel' and status = 'pending'
      """)
    let status = try await first
    return stillWaits ? (refused, status) : nil
  }

  @Test func oneWaitsLong() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      let (mine, others) = (try key(shop), try key(other))
      var said: (others: [Int], first: Int)?
      // Were the others waiting as long as the first, it would be nil every time.
      for _ in 0..<5 where said?.first != 200 { said = try await round(shop, other, mine, others) ?? said }
      #expect(said?.others == [202, 202])
      #expect(said?.first == 200)
      // The turns are free again.
      #expect(try waiting(shop) == 0)
    }
  }
}
