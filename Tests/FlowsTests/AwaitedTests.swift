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

  private let waits =
    "select count(*) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())"

  @Test func oneWaitsLong() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      let (mine, others) = (try key(shop), try key(other))
      // Nobody works here: all wait in vain until somebody says that it is done.
      async let first = onThread { try ask(shop, mine) }
      // Its business's turn, and the long one.
      #expect(try await eventually { try shop.database.count(waits) == 2 })
      let refused = [try await onThread { try ask(shop, mine) }, try await onThread { try ask(other, others) }]
      #expect(refused == [202, 202])
      // They came back while the first is still waiting, and were not waiting themselves.
      #expect(try shop.database.count(waits) == 2)
      try shop.database.run(
        """
        update jobs set status = 'completed', completed_at = now(), result = '{"ok": true, "checks": []}'
          where job_type = 'test_channel'
        """)
      #expect(try await first == 200)
      // The turns are free again.
      #expect(try shop.database.count(waits) == 0)
    }
  }
}
