import Core
import FoundationEssentials

/// Something that happened, as n8n is told of it. Source: the integration guide (envelope, X-N8N-API-KEY); the path is the
/// event's name below the address of its Webhook nodes.
public struct N8NEvent: Sendable {
  public let id: UUID
  /// `lead-created`, `ai-conversation` …
  public let name: String
  public let occurredAt: Instant
  public let tenant: UUID
  public let data: JSON

  /// n8n answers a Webhook node at once; one that is set to answer at its end has this long, in seconds.
  static let timeout = 15.0

  public init(id: UUID, name: String, occurredAt: Instant, tenant: UUID, data: JSON) {
    self.id = id
    self.name = name
    self.occurredAt = occurredAt
    self.tenant = tenant
    self.data = data
  }

  /// The same bytes in every attempt.
  var body: [UInt8] {
    let envelope: JSON = [
      "event": .string(name), "timestamp": .string(occurredAt.description), "tenant_id": .string(tenant.text),
      "data": data,
    ]
    return envelope.bytes
  }

  /// - Parameters:
  ///   - base: `https://n8n.example.com/webhook`; what stands behind a question mark stays behind it.
  ///   - signing: signs by Standard Webhooks.
  public func request(to base: String, apiKey: Secret?, signing: Secret?, now: Instant) -> HTTPRequest {
    let body = body
    var headers: [HTTPRequest.Header] = [
      .init("Content-Type", "application/json"), .init("Accept", "application/json"),
    ]
    if let apiKey, !apiKey.isEmpty { headers.append(.init("X-N8N-API-KEY", apiKey.reveal())) }
    if let signing {
      headers += StandardWebhook.headers(id: id.text, body: body, secret: signing, now: now)
    } else {
      headers.append(.init("webhook-id", id.text))
    }
    return HTTPRequest("POST", Self.address(base, name), headers: headers, body: body, timeout: Self.timeout)
  }

  static func address(_ base: String, _ name: String) -> String {
    let parts = base.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].hasSuffix("/") ? parts[0].dropLast() : parts[0]
    return "\(path)/\(name)" + (parts.count == 2 ? "?" + parts[1] : "")
  }

  /// Throws unless n8n has taken it. Redirects are not followed: they lead where nobody has checked.
  public static func check(_ response: HTTPResponse) throws(PeerError) {
    let code = "http_\(response.status)"
    switch response.status {
    case 200..<300: return
    case 429, 503:
      throw .throttled(after: retryAfter(response.headers), code: code, sentence: "n8n is busy (\(response.status))")
    case 401, 403: throw .unauthorised(code: code, sentence: "n8n refuses our key (\(response.status))")
    // Seen since n8n 1.0: a workflow that is not active, or listens to another path.
    case 404: throw .refused(code: code, sentence: "n8n knows no such webhook: is the workflow active? (404)")
    case 500...: throw .unreachable("n8n answered \(response.status)", left: true)
    default: throw .refused(code: code, sentence: "n8n answered \(response.status)")
    }
  }
}
