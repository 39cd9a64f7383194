import Core
import Flows
import FoundationEssentials
import Store
import TestSupport

/// An integrator with a key of a tenant's, through nginx.
struct APIClient {
  let tenant: Tenant
  let key: Secret
  let id: UUID

  init(
    _ tenant: Tenant, scopes: [String], branch: UUID? = nil, _ change: (inout NewAPIKey) -> Void = { _ in }
  ) throws {
    self.tenant = tenant
    key = APIKey.make(test: true)
    var wish = NewAPIKey(name: unique("key "), scopes: scopes, branch: branch)
    change(&wish)
    guard let id = try wish.add(key, to: tenant.database.connection().tenant(tenant.id)) else {
      throw Complaint("the key is there already")
    }
    self.id = id
  }

  struct Answer {
    let status: Int
    let body: Field
    let headers: [String: String]
    var data: Field { body["data"] }
    var code: String? { body["code"].text }
  }

  func ask(
    _ method: String, _ path: String, _ body: JSON? = nil, headers: [(String, String)] = []
  ) async throws -> Answer {
    try await Self.ask(
      method, path, body?.bytes, headers: [("Authorization", "Bearer " + key.reveal())] + headers)
  }

  static func ask(
    _ method: String, _ path: String, _ body: [UInt8]? = nil, headers: [(String, String)] = []
  ) async throws -> Answer {
    let type = headers.contains { $0.0.lowercased() == "content-type" } ? [] : [("Content-Type", "application/json")]
    let answer = try await Web.send(
      method, World.current.url + path, headers: headers + (body == nil ? [] : type), body: body ?? [])
    return Answer(
      status: answer.status, body: Field((try? JSON.parse(answer.body)) ?? .null), headers: answer.headers)
  }
}
