import Core
import FoundationEssentials
import TestSupport
import Testing

/// Who has a conversation, and what a key was used for last.
@Suite struct APIUpkeepTests {
  @Test func aConversationGoesToOnesOwnOnly() async throws {
    let (tenant, other) = (try Tenant.make(delay: Tenant.never), try Tenant.make())
    let client = try APIClient(tenant, scopes: ["conversations:read", "conversations:write"])
    let path = "/api/conversations/\(try await tenant.hears())"
    let branch = try tenant.branch()
    let staff = try tenant.member(at: [branch])
    let taken = try await client.ask(
      "PATCH", path, ["assigned_staff_id": .string(staff.text), "branch_id": .string(branch.text)])
    #expect(taken.status == 200, "\(taken.body)")
    let foreign = [
      ("assigned_staff_id", try other.member(at: []).text), ("branch_id", try other.branch().text),
    ]
    for (name, id) in foreign {
      let refused = try await client.ask("PATCH", path, .object(JSON.Members([.init(name, .string(id))])))
      #expect(refused.status == 400 && refused.body["path"].text == "$." + name, "\(refused.body)")
    }
    let now = try await client.ask("GET", path).data
    #expect(now["assigned_staff"]["id"].text == staff.text && now["branch"]["id"].text == branch.text)
  }

  @Test func whatAKeyWasUsedForLast() async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let client = try APIClient(tenant, scopes: ["leads:read"])
    let path = "/api/settings/api-keys/\(client.id.text)"
    let fresh = try await owner.ask("GET", path).body["key"]
    #expect(!fresh["last_used_at"].exists && !fresh["last_used_ip"].exists && !fresh["last_used_endpoint"].exists)
    #expect(try await client.ask("GET", "/api/leads").status == 200)
    let used = try await owner.ask("GET", path).body["key"]
    #expect(used["last_used_at"].exists && used["last_used_ip"].text == "127.0.0.1")
    #expect(used["last_used_endpoint"].text?.contains("/api/leads") == true, "\(used)")
  }
}
