import Core
import Peers
import TestSupport
import Testing

@testable import Flows

/// The integration guide's curl examples carry no signature and lack ids, stamps and metadata. They work where people
/// develop, and nowhere else.
@Suite struct UnsignedTests {
  static let guide = Array(
    #"""
    {"object": "whatsapp_business_account",
     "entry": [{"changes": [{"value": {"messages": [{"from": "5216641234567", "type": "text", "text": {"body": "Hola"}}]}}]}]}
    """#.utf8)

  private func post(_ shop: Shop, _ changes: [String: String], headers: [String: String] = [:]) throws -> Int {
    let app = try shop.app(changes)
    do throws(Refusal) {
      return try app.receive(.whatsapp, Request("POST", shop.tenant.path, headers: headers, body: Self.guide)).status
    } catch {
      return error.status
    }
  }

  private func expect(_ status: Int, _ found: Int) throws { #expect(found == status) }

  @Test func inDevelopmentWithTheSwitch() async throws {
    try await Shop.test { shop in
      let open = ["TISTIS_ENV": "development", "ALLOW_UNSIGNED_WEBHOOKS": "1"]
      try expect(200, post(shop, open))
      // It has no id: a second post is recognised all the same.
      try expect(200, post(shop, open))
      let messages = try shop.tenant.count("messages")
      #expect(messages == 1)
      let content = try shop.tenant.value("content", of: "messages")
      #expect(content == "Hola")
      let jobs = try shop.tenant.count("jobs", where: "job_type = 'ai_response'")
      #expect(jobs == 1)
      // A signature that is there has to be right even so.
      try expect(403, post(shop, open, headers: ["x-hub-signature-256": "sha256=00"]))
    }
  }

  @Test(arguments: [
    ["TISTIS_ENV": "production", "ALLOW_UNSIGNED_WEBHOOKS": "1"],
    ["TISTIS_ENV": "development", "ALLOW_UNSIGNED_WEBHOOKS": "0"], ["TISTIS_ENV": "production"],
  ])
  func nowhereElse(_ changes: [String: String]) async throws {
    try await Shop.test { shop in
      try expect(403, post(shop, changes))
      let messages = try shop.tenant.count("messages")
      #expect(messages == 0)
    }
  }
}
