import Core
import TestSupport
import Testing

/// A business that has set nothing has what it reads; whatever it sets first changes that and nothing else.
@Suite struct AssistantFirstWriteTests {
  struct Write: Sendable, CustomTestStringConvertible {
    let method: String
    let path: String
    let body: JSON
    /// What differs then in `/api/ai-config`.
    var changed: Set<String> = []
    var testDescription: String { path }
  }

  static let writes = [
    Write(method: "PUT", path: "/api/ai-config", body: ["use_emojis": true], changed: ["use_emojis"]),
    Write(method: "PUT", path: "/api/usage/budget", body: ["monthly_budget_usd": 20]),
    Write(method: "PATCH", path: "/api/settings/routines", body: ["follow_ups": false]),
  ]

  @Test(arguments: writes) func nothingElseChanges(_ write: Write) async throws {
    let tenant = try Tenant.make()
    let owner = try APIUser(tenant)
    let before = try await config(owner)
    #expect(try tenant.count("ai_tenant_context") == 0)
    let written = try await owner.ask(write.method, write.path, write.body)
    #expect(written.status == 200, "\(String(describing: written.body.value))")
    #expect(try tenant.count("ai_tenant_context") == 1)
    let after = try await config(owner)
    #expect(Set(after.pairs.map(\.key).filter { after[$0] != before[$0] }) == write.changed)
    #expect(after.pairs.count == before.pairs.count)
  }

  private func config(_ owner: APIUser) async throws -> JSON.Members {
    let answer = try await owner.ask("GET", "/api/ai-config")
    guard case .object(let members)? = answer.data.value else { throw NoConfig() }
    return members
  }

  private struct NoConfig: Error {}
}
