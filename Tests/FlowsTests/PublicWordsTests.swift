import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// The public interface has its own words for a database in trouble, away or not; the statuses are everybody's.
@Suite struct PublicWordsTests {
  private func ask(_ path: String, _ key: Secret, _ dsn: String) throws -> (status: Int, code: String?, waits: Bool) {
    var environment = World.current.environment(of: "api")
    environment["DATABASE_URL"] = dsn
    let door = APIDoor(App("api", settings: try Settings(App.common + APIDoor.needs, from: environment)))
    let answer = door.answer(Request("GET", path, headers: ["authorization": "Bearer " + key.reveal()]))
    let body = Field(try JSON.parse(answer.body))
    return (answer.status, body["code"].text, answer.headers.contains { $0.0 == "Retry-After" })
  }

  @Test func aDatabaseInTrouble() async throws {
    try await Shop.test { shop in
      let key = APIKey.make(test: true)
      let wish = NewAPIKey(name: unique("key "), scopes: ["leads:read", "webhook:read"])
      #expect(try wish.add(key, to: shop.database.connection().tenant(shop.tenant.id)) != nil)
      let (dsn, away) = (shop.database.dsn(user: "tistis_api"), "host=/nonexistent dbname=tistis user=x")
      #expect(try ask("/api/v1/leads", key, dsn).status == 200)
      for (path, code) in [
        ("/api/v1/leads", "DATABASE_ERROR"), ("/api/v1/webhook/\(shop.tenant.id.text)", "STORAGE_ERROR"),
        ("/api/leads", "busy"),
      ] {
        let answer = try ask(path, key, away)
        #expect(answer.status == 503 && answer.code == code && answer.waits, "\(path): \(answer)")
      }
      try shop.run("revoke select on leads from tistis_api")
      #expect(try ask("/api/v1/leads", key, dsn) == (500, "DATABASE_ERROR", false))
      #expect(try ask("/api/leads", key, dsn) == (500, "INTERNAL_ERROR", false))
    }
  }
}
