import Core
import FoundationEssentials
import Rules
import TestSupport
import Testing

@testable import Flows

/// `/api/settings/api-keys/audit/stats` and `…/alerts`, of what was really done.
@Suite struct KeyLooksTests {
  private static let path = "/api/settings/api-keys"

  /// Each way of being refused, twice at once.
  @Test func whatWasRefusedIsCounted() async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let slow = try APIClient(tenant, scopes: ["leads:read"]) { $0.perDay = 2 }
    let elsewhere = try APIClient(tenant, scopes: ["leads:read"]) { $0.addresses = ["203.0.113.7"] }
    let expired = try APIClient(tenant, scopes: ["leads:read"]) { $0.expires = .now + 0.001 }
    let revoked = try APIClient(tenant, scopes: ["leads:read"])
    let narrow = try APIClient(tenant, scopes: ["leads:write"])
    for _ in 0..<2 { #expect(try await slow.ask("GET", "/api/leads").status == 200) }
    #expect(try await owner.ask("DELETE", "\(Self.path)/\(revoked.id.text)").status == 200)
    let cases = [
      (slow, 429, "rate"), (elsewhere, 403, "address"), (expired, 401, "expired"), (revoked, 401, "revoked"),
      (narrow, 403, "scope"),
    ]
    for (client, status, _) in cases {
      async let one = client.ask("GET", "/api/leads")
      async let two = client.ask("GET", "/api/leads")
      #expect(try await [one, two].map(\.status) == [status, status])
    }
    let stats = try await owner.ask("GET", Self.path + "/audit/stats")
    #expect(stats.status == 200, "\(stats.body)")
    for (client, _, reason) in cases {
      let key = try #require(stats.data["keys"].items.first { $0["api_key_id"].uuid == client.id })
      #expect(key["refusals"][reason].integer == 2, "\(reason): \(key)")
    }
    let total = stats.data["total"]
    // Who was refused for a scope has used a call up.
    #expect(total["calls"].integer == 4 && total["actions"]["created"].integer == 5, "\(total)")
    #expect(total["actions"]["revoked"].integer == 1 && total["refusals"]["rate"].integer == 2)
    // One day, or the two of a midnight.
    #expect((1...2).contains(stats.data["days"].items.count))
    let ofOne = try await owner.ask("GET", Self.path + "/audit/stats?api_key_id=\(slow.id.text)")
    #expect(ofOne.data["keys"].items.count == 1 && ofOne.data["total"]["calls"].integer == 2)
    #expect(ofOne.data["keys"][0]["last_used_at"].text != nil)
    let earlier = try await owner.ask("GET", Self.path + "/audit/stats?from=2025-01-01&to=2025-12-31")
    #expect(earlier.data["days"].items.isEmpty && earlier.data["total"]["calls"].integer == 0)
    #expect(earlier.data["from"].text == "2025-01-01" && earlier.data["keys"].items.count == 5)
    let alerts = try await owner.ask("GET", Self.path + "/alerts")
    let kinds = alerts.data.items.compactMap { alert in
      (alert["severity"].text ?? "") + " " + (alert["kind"].text ?? "") + " \(alert["times"].integer ?? 0)"
    }
    #expect(
      kinds.sorted() == [
        "act address_refused 2", "act expired_key_tried 2", "act revoked_key_tried 2", "watch rate_limited 2",
        "watch scope_refused 2",
      ], "\(alerts.body)")
    #expect(alerts.data[0]["severity"].text == "act", "what is to be done comes first")
    #expect(alerts.data[0]["last_endpoint"].text == "GET /api/leads" && alerts.data[0]["last_ip"].text == "127.0.0.1")
    // Not after its time.
    try tenant.database.run(
      "update api_key_refusals set day = day - 8, last_at = last_at - interval '8 days' where tenant_id = '\(tenant.id.text)'"
    )
    #expect(try await owner.ask("GET", Self.path + "/alerts").data.items.isEmpty)
    _ = try tenant.database.connection().tenant(tenant.id).pruneRaw(before: .now, limit: 100, wait: true)
    #expect(try tenant.count("api_key_refusals") == 0)
  }

  @Test func whatEndsAndWhatNobodyUses() async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let ending = try APIClient(tenant, scopes: []) { $0.expires = .now + 3 * 86_400 }
    let quiet = try APIClient(tenant, scopes: [])
    try tenant.database.run(
      "update api_keys set created_at = now() - interval '91 days' where id = '\(quiet.id.text)'")
    let alerts = try await owner.ask("GET", Self.path + "/alerts").data.items
    #expect(alerts.map(\.["kind"].text) == ["expiring", "unused"])
    #expect(alerts.map(\.["api_key_id"].uuid) == [ending.id, quiet.id])
    #expect(!alerts[0]["times"].exists)
  }

  @Test func othersDoNot() async throws {
    let tenant = try Tenant.make()
    let (owner, stranger) = (try APIUser(tenant), try APIUser(try Tenant.make()))
    let key = try APIClient(tenant, scopes: APIScope.all)
    for path in [Self.path + "/audit/stats", Self.path + "/alerts"] {
      #expect(try await key.ask("GET", path).code == "SCOPE_REQUIRED")
      #expect(try await APIUser(tenant, role: "manager").ask("GET", path).code == "ROLE_REQUIRED")
    }
    #expect(try await stranger.ask("GET", Self.path + "/audit/stats").data["keys"].items.isEmpty)
    #expect(try await stranger.ask("GET", Self.path + "/alerts").data.items.isEmpty)
    #expect(try await stranger.ask("GET", Self.path + "/audit/stats?api_key_id=\(key.id.text)").status == 404)
    for query in [
      "from=yesterday", "from=2026-02-30", "from=2026-02-03T00:00:00Z", "from=2026-02-03&to=2026-02-02",
      "from=2024-01-01&to=2026-01-01", "from=2020-01-01", "api_key_id=1",
    ] {
      #expect(try await owner.ask("GET", Self.path + "/audit/stats?" + query).status == 400, "\(query)")
    }
  }
}
