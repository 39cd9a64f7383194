import Core
import FoundationEssentials

/// Standard Webhooks 1.0 (standardwebhooks.com): `webhook-id`, `webhook-timestamp` and `webhook-signature`, an HMAC-SHA256
/// of `id.timestamp.body` over the exact bytes. The id is the same in every attempt, the time each attempt's own.
public enum StandardWebhook {
  /// Seconds that a signature may be away from our clock.
  public static let tolerance = 300.0
  private static let prefix = "whsec_"

  /// A new secret: `whsec_` and the base64 of 32 bytes.
  public static func makeSecret() -> Secret { Secret(prefix + Data(randomBytes(32)).base64EncodedString()) }

  /// What signs: the bytes whose base64 stands behind `whsec_`, else the text as it is.
  static func key(_ secret: Secret) -> Secret {
    let text = secret.reveal()
    guard text.hasPrefix(prefix), let raw = Data(base64Encoded: String(text.dropFirst(prefix.count))), !raw.isEmpty
    else { return secret }
    return Secret(bytes: Array(raw))
  }

  static func signature(id: String, time: String, body: [UInt8], secret: Secret) -> [UInt8] {
    hmacSHA256(Array("\(id).\(time).".utf8) + body, key: key(secret))
  }

  /// The three headers of one attempt.
  public static func headers(id: String, body: [UInt8], secret: Secret, now: Instant) -> [HTTPRequest.Header] {
    let time = String(now.seconds)
    let signed = Data(signature(id: id, time: time, body: body, secret: secret)).base64EncodedString()
    return [
      .init("webhook-id", id), .init("webhook-timestamp", time), .init("webhook-signature", "v1," + signed),
    ]
  }

  /// Throws unless one of the signatures is one of the secrets', and of now.
  static func verify(_ request: Request, _ secrets: [Secret], now: Instant) throws(Refusal) {
    guard let id = request.headers["webhook-id"], !id.isEmpty, id.utf8.count <= 255,
      let time = request.headers["webhook-timestamp"], let signed = Int64(time), time.utf8.count <= 12,
      let header = request.headers["webhook-signature"]
    else {
      throw .unsigned("the signature is malformed: webhook-id, webhook-timestamp and webhook-signature belong together")
    }
    let given = header.split(separator: " ").prefix(8).compactMap { part -> [UInt8]? in
      part.hasPrefix("v1,") ? Data(base64Encoded: String(part.dropFirst(3))).map { Array($0) } : nil
    }
    guard !given.isEmpty else { throw .unsigned("the signature is malformed: expected v1,<base64>") }
    var genuine = false
    for secret in secrets {
      let ours = signature(id: id, time: time, body: request.body, secret: secret)
      for one in given where equalInConstantTime(ours, one) { genuine = true }
    }
    guard genuine else { throw .unsigned("the signature is wrong") }
    // Only now, so that what is said of an old one is said of a genuine one.
    let age = Double(now.seconds - signed)
    guard abs(age) <= tolerance else {
      throw .unsigned("the signature is genuine but \(Int64(age)) s old: is a clock wrong?")
    }
  }
}
