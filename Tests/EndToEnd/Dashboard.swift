import Core
import FoundationEssentials
import TestSupport

/// Somebody at a business's dashboard, with a token as Supabase issues it.
struct DashboardUser {
  let token: String

  init(_ tenant: Tenant, role: String) throws {
    let user = UUID()
    try tenant.database.run(
      "insert into user_roles (tenant_id, user_id, role) values ('\(tenant.id.text)', '\(user.text)', '\(role)')")
    func part(_ json: JSON) -> String {
      Data(json.bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
        "=", with: "")
    }
    let head = part(["alg": "HS256", "typ": "JWT"])
    let claims = part([
      "sub": .string(user.text), "aud": "authenticated", "role": "authenticated",
      "iat": .number(Instant.now.seconds), "exp": .number(Instant.now.seconds + 3600),
    ])
    let secret = World.current.environment(of: "api")["SUPABASE_JWT_SECRET"] ?? ""
    let signature = Data(hmacSHA256(Array("\(head).\(claims)".utf8), key: Secret(secret))).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    token = "\(head).\(claims).\(signature)"
  }

  func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> APIClient.Answer {
    try await APIClient.ask(method, path, body?.bytes, headers: [("Authorization", "Bearer " + token)])
  }
}
