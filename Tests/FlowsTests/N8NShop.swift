import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A business with an n8n of its own, which the sandbox plays.
extension Shop {
  static let signing = "whsec_" + "dGlzdGlzIHRlc3Qgc2lnbmluZyBzZWNyZXQgMzIgYiE="
  static let callbacks = "callback_secret_of_this_test"

  /// - Parameter change: of `n8n_settings`, as REST has it.
  func useN8N(_ change: [String: JSON] = [:], secrets: Bool = true) throws {
    var members = JSON.Members([.init("webhook_url", .string(World.current.sandbox + "/n8n/webhook"))])
    for (name, value) in change { members[name] = value }
    let session = database.connection()
    try session.tenant(tenant.id).putN8NSettings(change: JSONText(.object(members)))
    guard secrets else { return }
    let settings = try Settings([.inboundKeys, .outboundKeys], from: World.current.environment(of: "tistis"))
    let store = SecretStore(
      session, inbound: try Keyring(settings.secret(.inboundKeys)),
      outbound: try Keyring(settings.secret(.outboundKeys)))
    try store.set(Secret("test_n8n_key_of_tenant"), .apiKey, tenant: tenant.id)
    try store.set(Secret(Self.signing), .signing, tenant: tenant.id)
    try store.set(Secret(Self.callbacks), .webhook, tenant: tenant.id)
  }

  /// What n8n received of this business.
  func told(_ event: String? = nil) async throws -> [Field] {
    try await Sandbox.requests("n8n", match: tenant.id.text, kind: event)
  }

  func n8nApp(_ changes: [String: String] = [:]) throws -> App {
    var environment = World.current.environment(of: "webhook")
    environment["DATABASE_URL"] = database.dsn(user: "tistis_webhook")
    environment["DATABASE_STATEMENT_SECONDS"] = "20"
    environment.merge(changes) { $1 }
    return App("webhook", settings: try Settings(App.common + N8NDoor.needs, from: environment))
  }

  /// A key of this business that n8n may show.
  func n8nKey(_ scopes: [String] = ["webhook:write"], branch: UUID? = nil) throws -> Secret {
    let key = APIKey.make(test: true)
    let wish = NewAPIKey(name: unique("key "), scopes: scopes, branch: branch)
    guard try wish.add(key, to: database.connection().tenant(tenant.id)) != nil else { throw Complaint("no key") }
    return key
  }

  struct Told {
    let status: Int
    let body: Field
    var code: String? { body["code"].text }
  }

  /// n8n tells us something, with a key of the business unless other headers are given.
  func tell(_ body: JSON, headers: [String: String]? = nil, app: App? = nil) throws -> Told {
    let headers = try headers ?? ["x-api-key": n8nKey().reveal()]
    let response = N8NDoor(try app ?? n8nApp()).answer(
      Request("POST", "/api/webhook", headers: headers, body: body.bytes, id: unique("req-")))
    return Told(status: response.status, body: Field(try JSON.parse(response.body)))
  }

  func conversation() throws -> String { try value("id", of: "conversations") ?? "" }
  func lead() throws -> String { try value("id", of: "leads", "merged_into_id is null") ?? "" }

  /// An answer to what was asked last.
  func answers(_ text: String, extra: [String: JSON] = [:]) throws -> JSON {
    var members = JSON.Members([
      .init("action", "ai_response"), .init("conversation_id", .string(try conversation())),
      .init("content", .string(text)), .init("model", "claude-3-opus"), .init("tokens", 150),
    ])
    for (name, value) in extra { members[name] = value }
    return .object(members)
  }
}
