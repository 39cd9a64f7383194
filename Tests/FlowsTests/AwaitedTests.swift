import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// Requests that wait for `jobs`: one in the whole installation waits long, so that there is always somebody who serves.
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

  @Test func oneWaitsLong() async throws {
    try await Shop.test { shop in
      let key = APIKey.make(test: true)
      let wish = NewAPIKey(name: unique("key "), scopes: ["channels:write"])
      #expect(try wish.add(key, to: shop.database.connection().tenant(shop.tenant.id)) != nil)
      // Nobody works here: both wait in vain until somebody says that it is done.
      async let first = onThread { try ask(shop, key) }
      let waits =
        "select count(*) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())"
      #expect(try await eventually { try shop.database.count(waits) == 1 })
      let second = try await onThread { try ask(shop, key) }
      #expect(second == 202)
      // It came back while the first is still waiting, and was not waiting itself.
      #expect(try shop.database.count(waits) == 1)
      try shop.database.run(
        """
        update jobs set status = 'completed', completed_at = now(), result = '{"ok": true, "checks": []}'
          where job_type = 'test_channel'
        """)
      #expect(try await first == 200)
      // The turn is free again.
      #expect(try shop.database.count(waits) == 0)
    }
  }
}
