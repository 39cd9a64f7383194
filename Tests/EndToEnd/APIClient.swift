import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

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
    let json = (try? JSON.parse(answer.body)) ?? .null
    judge(method, path, answer.status, json)
    return Answer(status: answer.status, body: Field(json), headers: answer.headers)
  }

  /// Whatever is answered is as the document says.
  private static func judge(_ method: String, _ path: String, _ status: Int, _ body: JSON) {
    let words = path.prefix { $0 != "?" }.split(separator: "/")
    let route = Route.all.first { $0.method == method && $0.ids(in: words) != nil }
    var faults: [ShapeFault] = []
    switch route?.answers.first(where: { $0.status == status })?.1 {
    case .json(let shape): shape.check(body, .answer, &faults)
    case .file: break
    case nil:
      if status < 300 || route?.refusals.contains(status) == false {
        Issue.record("\(method) \(path): \(status) is in no document")
      }
      // nginx's own pages apart.
      if route != nil { APIProblem.shape.check(body, .answer, &faults) }
    }
    if !faults.isEmpty { Issue.record("\(method) \(path) \(status): \(faults.prefix(5))") }
    if status >= 500 { Issue.record("\(method) \(path): \(status)") }
  }

  /// A token of the development world's project for a user.
  static func token(_ user: UUID, _ change: [String: JSON] = [:], head: JSON = ["alg": "HS256", "typ": "JWT"]) -> String
  {
    var claims: JSON.Members = .init([
      .init("sub", .string(user.text)), .init("aud", "authenticated"), .init("role", "authenticated"),
      .init("exp", .number(Instant.now.seconds + 600)), .init("user_metadata", ["tenant_id": .string(UUID().text)]),
    ])
    for (name, value) in change { claims[name] = value }
    let signed = base64URL(head.bytes) + "." + base64URL(JSON.object(claims).bytes)
    return signed + "." + base64URL(hmacSHA256(Array(signed.utf8), key: Secret("dev_supabase_jwt_secret")))
  }
}

/// Somebody at the dashboard, through nginx.
struct APIUser {
  let id = UUID()
  let token: String

  init(_ tenants: Tenant..., role: String = "owner", active: Bool = true) throws {
    token = APIClient.token(id)
    for tenant in tenants {
      try tenant.database.run(
        """
        insert into user_roles (tenant_id, user_id, role, is_active)
          values ('\(tenant.id.text)', '\(id.text)', '\(role)', \(active))
        """)
    }
  }

  func ask(
    _ method: String, _ path: String, _ body: JSON? = nil, headers: [(String, String)] = []
  ) async throws -> APIClient.Answer {
    try await APIClient.ask(method, path, body?.bytes, headers: [("Authorization", "Bearer " + token)] + headers)
  }
}

extension Tenant {
  /// A branch of it, as its id.
  func branch() throws -> UUID {
    let id = UUID()
    try database.run(
      """
      insert into branches (tenant_id, id, name, slug, city)
        values ('\(self.id.text)', '\(id.text)', 'Centro', '\(unique("b-"))', 'Nogales')
      """)
    return id
  }

  /// Somebody writes; the conversation's id.
  func hears(_ text: String = "hola", from: String = uniqueDigits("521")) async throws -> String {
    let answer = try await Web.deliver(payload([Tenant.text(text, from: from)]), to: self)
    let id = try value("id", of: "conversations", where: "contact_address = '\(from)'")
    guard answer.status == 200, let id else { throw Complaint("not stored: \(answer.status)") }
    return id
  }
}
