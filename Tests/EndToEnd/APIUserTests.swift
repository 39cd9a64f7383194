import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// Who is let in, by the dashboard's token.
@Suite struct APIUserTests {
  @Test func theRoleDecidesTheTenantAndTheRights() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let conversation = try await tenant.hears()
    for (role, deletes, keys) in [
      ("owner", true, true), ("super_admin", true, true), ("admin", true, true), ("manager", true, false),
      ("dentist", false, false), ("assistant", false, false),
    ] {
      let user = try APIUser(tenant, role: role)
      #expect(try await user.ask("GET", "/api/conversations/\(conversation)").status == 200)
      let lead = try await user.ask("POST", "/api/leads", ["phone": .string(uniqueDigits("6"))])
      let gone = try await user.ask("DELETE", "/api/leads/\(lead.data["id"].text ?? "")")
      #expect(gone.status == (deletes ? 200 : 403), "\(role): \(gone.body)")
      #expect(try await user.ask("GET", "/api/settings/api-keys").status == (keys ? 200 : 403), "\(role)")
    }
    let staff = try APIUser(tenant, role: "staff")
    let path = "/api/conversations/\(conversation)"
    #expect(try await staff.ask("PATCH", path, ["ai_handling": false]).code == "ROLE_REQUIRED")
    #expect(try await staff.ask("PATCH", path, ["status": "escalated"]).status == 200)
  }

  @Test func whoHasSeveralNamesOne() async throws {
    let (one, two, foreign) = (try Tenant.make(), try Tenant.make(), try Tenant.make())
    let user = try APIUser(one, two)
    let unnamed = try await user.ask("GET", "/api/leads")
    #expect(unnamed.status == 400 && unnamed.code == "TENANT_REQUIRED")
    #expect(Set(unnamed.body["tenants"].items.compactMap { $0["slug"].text }) == [one.slug, two.slug])
    _ = try await user.ask(
      "POST", "/api/leads", ["phone": .string(uniqueDigits("6"))], headers: [("X-Tenant-ID", one.slug)])
    let named = [
      try await user.ask("GET", "/api/leads", headers: [("X-Tenant-ID", one.id.text)]).data.items.count,
      try await user.ask("GET", "/api/leads?tenant_id=\(two.id.text)").data.items.count,
    ]
    #expect(named == [1, 0])
    #expect(try await user.ask("GET", "/api/leads?tenant_id=\(foreign.id.text)").status == 404)
  }

  @Test func whoIsNobodyHere() async throws {
    let tenant = try Tenant.make()
    // What a user may write about itself names no tenant.
    let nobody = try await APIClient.ask(
      "GET", "/api/leads",
      headers: [
        (
          "Authorization",
          "Bearer " + APIClient.token(UUID(), ["user_metadata": ["tenant_id": .string(tenant.id.text)]])
        )
      ])
    #expect(nobody.status == 403 && nobody.code == "NO_ROLE")
    let gone = try await APIUser(tenant, active: false).ask("GET", "/api/leads")
    #expect(gone.status == 403 && gone.code == "ROLE_INACTIVE")
  }

  @Test func aTokenThatIsNotGood() async throws {
    let user = try APIUser(try Tenant.make())
    let past = JSON.number(Instant.now.seconds - 60)
    let cases: [(String, String)] = [
      (APIClient.token(user.id, ["exp": past]), "TOKEN_EXPIRED"),
      (APIClient.token(user.id, ["exp": nil]), "INVALID_TOKEN"),
      (APIClient.token(user.id, ["aud": "anon"]), "INVALID_TOKEN"),
      (APIClient.token(user.id, head: ["alg": "none"]), "INVALID_TOKEN"),
      (APIClient.token(user.id, head: ["alg": "HS512"]), "INVALID_TOKEN"),
      (APIClient.token(user.id, head: ["alg": "RS256", "kid": "x"]), "INVALID_TOKEN"),
      (user.token + "x", "INVALID_TOKEN"), (String(user.token.dropLast(43)), "INVALID_TOKEN"),
    ]
    #expect(try await user.ask("GET", "/api/leads").status == 200)
    for (token, code) in cases {
      let answer = try await APIClient.ask("GET", "/api/leads", headers: [("Authorization", "Bearer " + token)])
      #expect(answer.status == 401 && answer.code == code, "\(token): \(answer.body)")
    }
  }
}
