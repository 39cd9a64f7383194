import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// Who is let in, by a key.
@Suite struct APIAccessTests {
  @Test func withoutCredentials() async throws {
    let hex = String(repeating: "a", count: 48)
    let cases: [(String?, String)] = [
      (nil, "MISSING_AUTH_HEADER"), ("Basic abc", "INVALID_AUTH_FORMAT"), ("Bearer", "INVALID_AUTH_FORMAT"),
      ("Bearer a b", "INVALID_AUTH_FORMAT"), ("Bearer tis_live_x", "INVALID_KEY_FORMAT"),
      ("Bearer tis_prod_a_" + hex, "INVALID_KEY_FORMAT"), ("Bearer TIS_LIVE_a_" + hex, "INVALID_KEY_FORMAT"),
      ("Bearer tis_live_a_" + hex, "KEY_NOT_FOUND"), ("bearer tis_test_abc9_" + hex, "KEY_NOT_FOUND"),
      ("Bearer a.b.c", "INVALID_TOKEN"), ("Bearer é.ñ.", "INVALID_TOKEN"),
    ]
    for (header, code) in cases {
      let answer = try await APIClient.ask("GET", "/api/leads", headers: header.map { [("Authorization", $0)] } ?? [])
      #expect(answer.status == 401 && answer.code == code, "\(header ?? "none"): \(answer.body)")
      #expect(answer.headers["www-authenticate"] == "Bearer realm=\"TIS TIS API\"")
    }
  }

  @Test func aKeyThatIsNoLongerOrNotForThis() async throws {
    let tenant = try Tenant.make()
    let other = try Tenant.make()
    let scopes = ["leads:read"]
    let expired = try APIClient(tenant, scopes: scopes) { $0.expires = .now + -1 }
    #expect(try await expired.ask("GET", "/api/leads").code == "KEY_EXPIRED")
    let elsewhere = try APIClient(tenant, scopes: scopes) { $0.addresses = ["203.0.113.0/24"] }
    #expect(try await elsewhere.ask("GET", "/api/leads").code == "IP_NOT_ALLOWED")
    let here = try APIClient(tenant, scopes: scopes) { $0.addresses = ["127.0.0.0/8"] }
    #expect(try await here.ask("GET", "/api/leads").status == 200)
    // What somebody writes into a header is no address.
    #expect(
      try await elsewhere.ask("GET", "/api/leads", headers: [("X-Forwarded-For", "203.0.113.5")]).status == 403)
    let scoped = try await here.ask("POST", "/api/leads", ["phone": "6311234567"])
    #expect(scoped.status == 403 && scoped.code == "SCOPE_REQUIRED")
    // No key makes keys.
    #expect(try await here.ask("GET", "/api/settings/api-keys").status == 403)
    let owner = try APIUser(tenant)
    #expect(try await owner.ask("DELETE", "/api/settings/api-keys/\(here.id.text)?reason=perdida").status == 200)
    #expect(try await here.ask("GET", "/api/leads").code == "KEY_REVOKED")
    let stranger = try APIUser(other)
    #expect(try await stranger.ask("GET", "/api/settings/api-keys/\(expired.id.text)").status == 404)
    #expect(try await stranger.ask("DELETE", "/api/settings/api-keys/\(expired.id.text)").status == 404)
    try tenant.database.run("update tenants set status = 'suspended' where id = '\(tenant.id.text)'")
    let asleep = try APIClient(tenant, scopes: scopes)
    #expect(try await asleep.ask("GET", "/api/leads").code == "TENANT_INACTIVE")
  }

  /// What is another tenant's is not there: neither to be read nor to be named.
  @Test func anothersThingsAreUnknown() async throws {
    let (one, two) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let conversation = try await one.hears()
    let lead = try one.value("lead_id", of: "conversations") ?? ""
    let message = try one.value("id", of: "messages") ?? ""
    let branch = try one.branch()
    let foreign = try APIClient(
      two, scopes: ["leads:read", "leads:write", "conversations:read", "conversations:write"])
    let asked: [(String, String, JSON?)] = [
      ("GET", "/api/leads/\(lead)", nil), ("PATCH", "/api/leads/\(lead)", ["notes": "mine"]),
      ("DELETE", "/api/leads/\(lead)", nil), ("POST", "/api/leads/\(lead)/restore", nil),
      ("GET", "/api/conversations/\(conversation)", nil),
      ("PATCH", "/api/conversations/\(conversation)", ["status": "resolved"]),
      ("GET", "/api/conversations/\(conversation)/messages", nil),
      ("POST", "/api/conversations/\(conversation)/messages", ["content": "mine"]),
      ("POST", "/api/conversations/\(conversation)/take-over", nil),
      ("POST", "/api/conversations/\(conversation)/hand-back", nil),
      ("POST", "/api/conversations/\(conversation)/resolve", [:]),
      ("POST", "/api/conversations/\(conversation)/escalate", [:]),
      ("POST", "/api/conversations/\(conversation)/read", nil), ("GET", "/api/messages/\(message)", nil),
      ("POST", "/api/messages/send", ["conversation_id": .string(conversation), "content": "mine"]),
      ("POST", "/api/conversations", ["lead_id": .string(lead)]),
    ]
    for (method, path, body) in asked {
      let answer = try await foreign.ask(method, path, body)
      #expect(answer.status == 404, "\(method) \(path): \(answer.status) \(answer.body)")
    }
    let named = try await foreign.ask("POST", "/api/leads", ["phone": "6311234567", "branch_id": .string(branch.text)])
    #expect(named.status == 400 && named.body["path"].text == "$.branch_id")
    #expect(try await foreign.ask("GET", "/api/leads?branch_id=\(branch.text)").data.items.isEmpty)
    #expect(try one.count("messages") == 1)
    #expect(try one.value("status", of: "conversations") == "active")
  }

  @Test func aBranchsKeySeesItsBranch() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let (here, there) = (try tenant.branch(), try tenant.branch())
    let scopes = ["leads:read", "leads:write", "conversations:read", "conversations:write"]
    let key = try APIClient(tenant, scopes: scopes, branch: here)
    let whole = try APIClient(tenant, scopes: scopes)
    func enter(_ branch: UUID?) -> JSON {
      .object(["phone": .string(uniqueDigits("6")), "branch_id": branch.map { .string($0.text) }])
    }
    let mine = try await key.ask("POST", "/api/leads", enter(nil))
    #expect(mine.status == 201 && mine.data["branch_id"].text == here.text)
    let theirs = try await whole.ask("POST", "/api/leads", enter(there))
    #expect(try await key.ask("POST", "/api/leads", enter(there)).status == 400)
    #expect(try await key.ask("GET", "/api/leads/\(theirs.data["id"].text ?? "")").status == 404)
    #expect(try await key.ask("GET", "/api/leads?branch_id=\(there.text)").data.items.count == 1)
    #expect(try await whole.ask("GET", "/api/leads").data.items.count == 2)
    let moved = try await key.ask(
      "PATCH", "/api/leads/\(mine.data["id"].text ?? "")", ["branch_id": .string(there.text)])
    #expect(moved.status == 400)
    let conversation = try await tenant.hears()
    #expect(try await key.ask("GET", "/api/conversations/\(conversation)").status == 404)
    #expect(try await key.ask("GET", "/api/conversations").data.items.isEmpty)
    try tenant.database.run("update conversations set branch_id = '\(here.text)' where id = '\(conversation)'")
    #expect(try await key.ask("GET", "/api/conversations/\(conversation)").status == 200)
  }

  @Test func whoRotatesHasTimeToChange() async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let old = try APIClient(tenant, scopes: ["leads:read"], branch: try tenant.branch())
    let path = "/api/settings/api-keys/\(old.id.text)"
    let rotated = try await owner.ask("POST", path + "/rotate", ["grace_period_hours": 1])
    #expect(rotated.status == 201, "\(rotated.body)")
    let secret = rotated.body["new_key"]["api_key_secret"].text ?? ""
    func ask(_ key: String) async throws -> APIClient.Answer {
      try await APIClient.ask("GET", "/api/leads", headers: [("Authorization", "Bearer " + key)])
    }
    let overlapping = [try await ask(secret).status, try await ask(old.key.reveal()).status]
    #expect(overlapping == [200, 200])
    #expect(try await owner.ask("POST", path + "/rotate", [:]).status == 409, "it has been replaced already")
    let new = try await owner.ask("GET", "/api/settings/api-keys/\(rotated.body["new_key"]["id"].text ?? "")")
    #expect(new.body["key"]["scope_type"].text == "branch", "the new key keeps the branch")
    try tenant.database.run("update api_keys set deactivates_at = now() where id = '\(old.id.text)'")
    #expect(try await ask(old.key.reveal()).code == "KEY_REVOKED")
    #expect(try await ask(secret).status == 200)
  }

  /// A key that takes another's place copies it, or has what is named and else what a new key gets; the branch stays.
  @Test func whoRotatesMayBeginAnew() async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let branch = try tenant.branch()
    let cases: [(body: JSON, scopes: [String], limits: [Int64?], addresses: [String])] = [
      ([:], ["leads:read"], [7, 70], ["127.0.0.0/8"]),
      (["copy_settings": true], ["leads:read"], [7, 70], ["127.0.0.0/8"]),
      (["copy_settings": false], [], [30, 1000], []),
      (
        ["copy_settings": false, "scopes": ["leads:write"], "rate_limit_rpm": 9, "ip_whitelist": ["10.0.0.0/8"]],
        ["leads:write"], [9, 1000], ["10.0.0.0/8"]
      ),
    ]
    let refused: [(body: JSON, path: String)] = [
      (["scopes": ["leads:write"]], "$.scopes"), (["copy_settings": false, "rate_limit_rpm": 61], "$.rate_limit_rpm"),
      (["copy_settings": false, "ip_whitelist": ["localhost"]], "$.ip_whitelist"),
    ]
    for wanted in cases {
      let old = try APIClient(tenant, scopes: ["leads:read"], branch: branch) {
        $0.addresses = ["127.0.0.0/8"]
        $0.perMinute = 7
        $0.perDay = 70
      }
      let path = "/api/settings/api-keys/\(old.id.text)/rotate"
      for wrong in refused {
        let answer = try await owner.ask("POST", path, wrong.body)
        #expect(answer.status == 400 && answer.body["path"].text == wrong.path, "\(answer.body)")
      }
      let rotated = try await owner.ask("POST", path, wanted.body)
      #expect(rotated.status == 201, "\(rotated.body)")
      let id = rotated.body["new_key"]["id"].text ?? ""
      let new = try await owner.ask("GET", "/api/settings/api-keys/\(id)").body["key"]
      #expect(new["scopes"].texts == wanted.scopes, "\(wanted.body)")
      #expect([new["rate_limit_rpm"].integer, new["rate_limit_daily"].integer] == wanted.limits, "\(wanted.body)")
      #expect(new["ip_whitelist"].texts == wanted.addresses, "\(wanted.body)")
      #expect(new["branch_id"].uuid == branch)
    }
  }

  /// Twelve calls by two processes at once: as many pass as the minute allows, whoever serves them.
  @Test func theLimitHoldsForAllProcesses() async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: ["leads:read"]) { $0.perMinute = 5 }
    let programs = [try Program("api"), try Program("api")]
    // Not across the edge of a minute.
    let second = Instant.now.seconds % 60
    if second > 30 { try await Task.sleep(for: .seconds(61 - second)) }
    let said = try await withThrowingTaskGroup(of: String.self) { group in
      for i in 0..<12 {
        let socket = programs[i % 2].socket
        group.addTask {
          try await onThread {
            let call = try FastCGIClient(socket: socket)
            call.begin(
              "GET", "/api/leads", length: 0,
              headers: [("HTTP_AUTHORIZATION", "Bearer " + client.key.reveal()), ("REMOTE_ADDR", "127.0.0.1")])
            call.body([])
            return call.answer()
          }
        }
      }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    let passed = said.filter { $0.hasPrefix("Status: 200") }
    let refused = said.filter { $0.hasPrefix("Status: 429") }
    #expect(passed.count == 5 && refused.count == 7)
    #expect(refused.allSatisfy { $0.contains("Retry-After: ") && $0.contains("X-RateLimit-Limit: 5") })
    #expect(refused.allSatisfy { $0.contains("RATE_LIMIT_EXCEEDED") && $0.contains("\"retry_after\":") })
    #expect(passed.allSatisfy { $0.contains("X-RateLimit-Remaining: ") })
    let uses = try tenant.value("requests", of: "api_key_usage")
    #expect(uses == "5", "what is refused is not counted")
  }

  @Test func whatIsAskedOfAKeyIsKept() async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let wish: JSON = [
      "name": "Zapier", "scope_type": "tenant", "scopes": ["leads:read"], "ip_whitelist": ["127.0.0.1", "10.0.0.0/8"],
      "rate_limit_rpm": 7, "environment": "test",
    ]
    let made = try await owner.ask("POST", "/api/settings/api-keys", wish)
    #expect(made.status == 201, "\(made.body)")
    let (secret, id) = (made.body["api_key_secret"].text ?? "", made.body["key"]["id"].text ?? "")
    #expect(secret.hasPrefix("tis_test_") && APIKey.isOne(secret))
    let answer = try await APIClient.ask("GET", "/api/leads", headers: [("Authorization", "Bearer " + secret)])
    #expect(answer.status == 200 && answer.headers["x-ratelimit-limit"] == "7")
    let list = try await owner.ask("GET", "/api/settings/api-keys")
    #expect(list.data.items.count == 1 && list.data[0]["usage_count_today"].integer == 1)
    let text = list.body.value?.text ?? ""
    #expect(!text.contains(secret) && !text.contains(APIKey.hash(secret)), "the secret is shown once")
    let taken = try await owner.ask("POST", "/api/settings/api-keys", wish)
    #expect(taken.status == 409 && taken.code == "NAME_TAKEN")
    for (change, path): (JSON, String) in [
      (["ip_whitelist": ["localhost"]], "$.ip_whitelist"), (["rate_limit_rpm": 61], "$.rate_limit_rpm"),
      (["scopes": ["everything"]], "$.scopes[0]"), (["expires_at": "2020-01-01T00:00:00Z"], "$.expires_at"),
    ] {
      let answer = try await owner.ask("PATCH", "/api/settings/api-keys/\(id)", change)
      #expect(answer.status == 400 && answer.body["path"].text == path, "\(answer.body)")
    }
    let changed = try await owner.ask("PATCH", "/api/settings/api-keys/\(id)", ["scopes": [], "description": "x"])
    #expect(changed.status == 200 && changed.body["key"]["scopes"].items.isEmpty)
    #expect(try await owner.ask("GET", "/api/settings/api-keys/\(id)/usage").data[0]["requests"].integer == 1)
    #expect(
      try await owner.ask("POST", "/api/settings/api-keys", ["name": "b", "scope_type": "tenant"]).status == 201)
    let third = try await owner.ask("POST", "/api/settings/api-keys", ["name": "c", "scope_type": "tenant"])
    #expect(third.status == 403 && third.code == "KEY_LIMIT_REACHED")
  }
}
