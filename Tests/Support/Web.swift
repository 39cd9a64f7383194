import Core
import FoundationEssentials

/// Requests to the world, through nginx or to the sandbox.
public enum Web {
  private static let http = HTTPMulti()

  public static func send(
    _ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8] = [], timeout: Double = 60
  ) async throws -> HTTPResponse {
    try await http.send(
      HTTPRequest(
        method, url, headers: headers.map { HTTPRequest.Header($0.0, $0.1) }, body: body, timeout: timeout))
  }

  /// Posts a body to a tenant's webhook as its platform would; `signature` nil leaves the header out.
  public static func deliver(_ body: [UInt8], to tenant: Tenant, signature: String?) async throws -> HTTPResponse {
    var headers = [("Content-Type", "application/json")]
    if let signature { headers.append((tenant.platform.signatureHeader, signature)) }
    return try await send("POST", World.current.url + tenant.path, headers: headers, body: body)
  }

  public static func deliver(_ body: [UInt8], to tenant: Tenant) async throws -> HTTPResponse {
    try await deliver(body, to: tenant, signature: tenant.signature(body))
  }
}

/// The stand-in for the outside world.
public enum Sandbox {
  /// Lets it report on a tenant's messages by that tenant's webhook, as the platform does. `strict`: it refuses what only
  /// the platform can know to be wrong.
  public static func register(_ tenant: Tenant, statuses: [String]? = nil, strict: Bool = false) async throws {
    let isNumber = tenant.platform == .whatsapp
    let body: JSON = .object([
      "callback": .string(World.current.url + tenant.path), "app_secret": .string(tenant.appSecret),
      "channel": isNumber ? nil : .string(tenant.platform.rawValue), "page": tenant.page.map { .string($0) },
      "statuses": statuses.map { .array($0.map { .string($0) }) }, "strict": .bool(strict),
    ])
    try await tell("PUT", (isNumber ? "numbers/" : "accounts/") + tenant.account, body)
  }

  /// A person writes to a tenant, by its platform's webhook. Returns the message's id.
  @discardableResult
  public static func write(_ text: String, from person: String, to tenant: Tenant) async throws -> String {
    let heard = try await tell("POST", "inbound/" + tenant.account, ["from": .string(person), "text": .string(text)])
    let id = heard["id"].text ?? ""
    // A first attempt that was refused is repeated by itself.
    if heard["delivered"].bool == false {
      _ = try await eventually { try tenant.count("messages", where: "external_id = '\(id)'") > 0 }
    }
    return id
  }

  /// Tells it what the world around a number is like: `PUT windows/…`, `POST inbound/…` and so on (`sandbox --help`).
  @discardableResult
  public static func tell(_ method: String, _ path: String, _ body: JSON) async throws -> Field {
    let answer = try await Web.send(method, World.current.sandbox + "/sandbox/" + path, body: body.bytes)
    guard answer.status < 300 else {
      throw Complaint("the sandbox refused \(path): \(String(decoding: answer.body, as: UTF8.self))")
    }
    return Field(try JSON.parse(answer.body))
  }

  /// The beginning of a GIF, which is letters alone: a picture for whoever looks at bytes, a text for a test.
  public static let picture = "GIF89a"

  /// Breaks the next requests that contain `match`.
  public static func fail(
    _ peer: String, _ fault: String, match: String, times: Int = 1, extra: [(String, JSON)] = []
  ) async throws {
    let members = [
      ("peer", JSON.string(peer)), ("fault", .string(fault)), ("match", .string(match)), ("times", .number(times)),
    ]
    let body = JSON.object(JSON.Members((members + extra).map { JSON.Members.Pair($0.0, $0.1) }))
    let answer = try await Web.send("POST", World.current.sandbox + "/sandbox/faults", body: body.bytes)
    guard answer.status < 300 else {
      throw Complaint("the sandbox refused a fault: \(String(decoding: answer.body, as: UTF8.self))")
    }
  }

  /// Lets the next request that contains `match` wait for its answer until `letGo`. `kind` as in `requests`.
  public static func hold(
    _ peer: String, match: String, kind: String? = nil, times: Int = 1, extra: [(String, JSON)] = []
  ) async throws {
    let only: [(String, JSON)] = kind.map { [("kind", .string($0))] } ?? []
    try await fail(peer, "slow", match: match, times: times, extra: [("delay_ms", 50_000)] + only + extra)
  }

  /// What was held is answered now.
  public static func letGo(_ match: String) async throws {
    _ = try await Web.send("DELETE", World.current.sandbox + "/sandbox/faults?match=\(match)")
  }

  /// What a peer received that contains `match`; `kind` is text, read, messages …
  public static func requests(_ peer: String, match: String, kind: String? = nil) async throws -> [Field] {
    let query = "?peer=\(peer)&match=\(match)" + (kind.map { "&kind=\($0)" } ?? "")
    let answer = try await Web.send("GET", World.current.sandbox + "/sandbox/requests" + query)
    return Field(try JSON.parse(answer.body))["requests"].items
  }
}

public struct Complaint: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
