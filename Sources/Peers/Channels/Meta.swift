import Core
import Rules

/// What the channels of Meta have in common. Source: Graph API webhooks documentation, November 2026.
enum Meta {
  static let signatureHeader = "x-hub-signature-256"
  private static let signaturePrefix = "sha256="
  /// The challenge is a number of ten digits; we reflect nothing longer than this.
  private static let longestChallenge = 512

  /// `X-Hub-Signature-256: sha256=<64 hex digits>`, HMAC-SHA256 of the raw bytes under the app's secret. Every candidate
  /// is tried, so that the duration does not tell which one fits.
  static func verify(_ request: Request, _ secrets: [Secret]) throws(Refusal) {
    let secrets = secrets.filter { !$0.isEmpty }
    guard !secrets.isEmpty else { throw .unconfigured("no app secret is configured for this channel") }
    guard let header = request.headers[signatureHeader], !header.isEmpty else {
      throw .unsigned("the signature is missing: no X-Hub-Signature-256")
    }
    guard header.hasPrefix(signaturePrefix) else {
      throw .unsigned("the signature is malformed: expected sha256=")
    }
    let digits = header.dropFirst(signaturePrefix.count)
    guard let given = bytes(hex: digits), digits.utf8.count <= 64 else {
      throw .unsigned("the signature is malformed: expected 64 hex digits")
    }
    guard given.count == 32 else {
      throw .unsigned("the signature is truncated: \(digits.utf8.count) of 64 hex digits")
    }
    var genuine = false
    for secret in secrets where equalInConstantTime(hmacSHA256(request.body, key: secret), given) { genuine = true }
    guard genuine else {
      throw .unsigned("the signature is wrong: of none of the \(secrets.count) secrets configured")
    }
  }

  /// `GET ?hub.mode=subscribe&hub.challenge=…&hub.verify_token=…`: the challenge, and nothing else, is the body.
  static func handshake(_ request: Request, _ tokens: [Secret]) throws(Refusal) -> Response {
    let tokens = tokens.filter { !$0.isEmpty }
    func parameter(_ name: String) throws(Refusal) -> String {
      guard let value = request.parameter(name), !value.isEmpty else {
        throw .malformed(path: name, fault: "expected a query parameter, found nothing")
      }
      return value
    }
    let mode = try parameter("hub.mode")
    let token = try parameter("hub.verify_token")
    let challenge = try parameter("hub.challenge")
    guard !tokens.isEmpty else { throw .unconfigured("no verify token is configured for this channel") }
    guard mode == "subscribe" else { throw .forbidden("hub.mode is not subscribe") }
    guard challenge.utf8.count <= longestChallenge else {
      throw .malformed(path: "hub.challenge", fault: "longer than \(longestChallenge) bytes")
    }
    var known = false
    for candidate in tokens where candidate == Secret(token) { known = true }
    guard known else { throw .forbidden("hub.verify_token is not ours") }
    return .text(challenge)
  }

  /// Unix seconds, as a number or as text; above 10^11 they are milliseconds. nil if unreadable: then the time of receipt
  /// counts.
  static func instant(_ field: Field) -> Instant? {
    guard let number = field.integer else { return field.text.flatMap { Instant($0) } }
    switch number {
    case 1..<100_000_000_000: return Instant(seconds: number)
    case 100_000_000_000..<100_000_000_000_000: return Instant(microseconds: number * 1000)
    default: return nil
    }
  }

  /// The id of an item that has none: the same bytes delivered again give the same id.
  static func hashed(_ item: JSON) -> String { "sha256:" + hex(sha256(item.bytes)) }

  /// An id from outside as it is; what is missing or too long to be kept is replaced by a hash.
  static func externalID(_ field: Field, of item: JSON) -> String {
    guard let id = field.loose, !id.isEmpty else { return hashed(item) }
    return id.unicodeScalars.count <= Limits.externalID ? id : hashed(.string(id))
  }
}

/// What somebody wrote on one line, of at most 300 characters; nil if there is nothing to read in it.
func oneLine(_ text: String) -> String? {
  let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  return line.isEmpty ? nil : clipped(line, 300)
}

/// A name that a person gave a file: the last part of a path, without characters that steer terminals, shells or
/// directories; nil if nothing is left.
func harmless(filename: String) -> String? {
  guard let given = filename.split(whereSeparator: { "/\\".contains($0) }).last else { return nil }
  let plain = given.unicodeScalars.filter {
    $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
  }
  let name = String(String.UnicodeScalarView(plain))
  return name.isEmpty || name.allSatisfy({ $0 == "." || $0 == " " }) ? nil : clipped(name, 200)
}
