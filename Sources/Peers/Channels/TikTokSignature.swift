import Core

/// How TikTok proves that it speaks. Source: Business Messaging webhooks (November 2026); the older form is that of the
/// integration guide (hex SHA-256 of secret, time and body one after the other), which is no HMAC and taken for its sake.
extension TikTok {
  static let signatureHeader = "tiktok-signature"
  static let guideSignatureHeader = "x-tiktok-signature"
  private static let guideTimeHeader = "x-tiktok-timestamp"
  /// We reflect nothing longer than this.
  private static let longestChallenge = 512

  /// What a request says of itself.
  private struct Claim {
    /// As it was signed: unix seconds.
    var time: String
    var digits: String
    var isGuides: Bool
  }

  /// `TikTok-Signature: t=<unix seconds>,s=<64 hex digits>`, HMAC-SHA256 of `<t>.<raw body>` under the app's secret. Every
  /// candidate is tried. Only then the time is looked at, so that what is said of an old one is said of a genuine one: our
  /// clock is wrong, or somebody posts a second time what they once overheard.
  ///
  /// - Parameter seconds: how far its time may be from ours.
  static func verify(
    _ request: Request, _ secrets: [Secret], within seconds: Double, now: Instant
  ) throws(Refusal) {
    let secrets = secrets.filter { !$0.isEmpty }
    guard !secrets.isEmpty else { throw .unconfigured("no client secret is configured for this channel") }
    let claim = try claim(request)
    guard let time = Meta.instant(Field(.string(claim.time))) else {
      throw .unsigned("the signature is malformed: its time is no unix time")
    }
    guard let given = bytes(hex: claim.digits), claim.digits.utf8.count <= 64 else {
      throw .unsigned("the signature is malformed: expected 64 hex digits")
    }
    guard given.count == 32 else {
      throw .unsigned("the signature is truncated: \(claim.digits.utf8.count) of 64 hex digits")
    }
    var genuine = false
    for secret in secrets where equalInConstantTime(signature(claim, request.body, secret), given) { genuine = true }
    guard genuine else {
      throw .unsigned("the signature is wrong: of none of the \(secrets.count) secrets configured")
    }
    let age = now - time
    guard abs(age) <= seconds else {
      let side = age > 0 ? "\(whole(age)) s old" : "\(whole(-age)) s ahead of our clock"
      throw .unsigned(
        "the signature is genuine but \(side); TIKTOK_SIGNATURE_SECONDS allows \(whole(seconds)): is our clock right?")
    }
  }

  private static func claim(_ request: Request) throws(Refusal) -> Claim {
    if let header = request.headers[signatureHeader], !header.isEmpty {
      let parts = header.split(separator: ",").map { part in
        part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
      }
      return Claim(time: try value("t", parts), digits: try value("s", parts), isGuides: false)
    }
    guard let digits = request.headers[guideSignatureHeader], !digits.isEmpty else {
      throw .unsigned("the signature is missing: neither TikTok-Signature nor x-tiktok-signature")
    }
    guard let time = request.headers[guideTimeHeader], !time.isEmpty else {
      throw .unsigned("the signature is malformed: x-tiktok-signature without x-tiktok-timestamp")
    }
    // Ten digits and nothing else, so that no part of the body can pass for a part of the time.
    guard time.utf8.count == 10, time.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw .unsigned("the signature is malformed: its time is no unix time")
    }
    return Claim(time: time, digits: trimmed(digits[...]), isGuides: true)
  }

  /// The one part of that name. Parts that we do not know are left alone.
  private static func value(_ name: String, _ parts: [[String]]) throws(Refusal) -> String {
    let found = parts.filter { $0.first == name }
    guard let part = found.first else {
      throw .unsigned("the signature is malformed: TikTok-Signature without \(name)=")
    }
    guard found.count == 1 else { throw .unsigned("the signature is malformed: TikTok-Signature with two \(name)=") }
    guard part.count == 2, !part[1].isEmpty else {
      throw .unsigned("the signature is malformed: TikTok-Signature with an empty \(name)=")
    }
    return part[1]
  }

  private static func signature(_ claim: Claim, _ body: [UInt8], _ secret: Secret) -> [UInt8] {
    claim.isGuides
      ? sha256(secret.revealBytes() + Array(claim.time.utf8) + body)
      : hmacSHA256(Array("\(claim.time).".utf8) + body, key: secret)
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func whole(_ seconds: Double) -> String { String(Int64(min(seconds, 1e15))) }

  /// `GET ?challenge=…[&verify_token=…]`: the challenge, and nothing else, is the body. The product asks no such question
  /// by itself; who registers an address by hand may, and a token is compared only if one was sent.
  static func handshake(_ request: Request, _ tokens: [Secret]) throws(Refusal) -> Response {
    guard let challenge = request.parameter("challenge"), !challenge.isEmpty else {
      throw .malformed(path: "challenge", fault: "expected a query parameter, found nothing")
    }
    guard challenge.utf8.count <= longestChallenge else {
      throw .malformed(path: "challenge", fault: "longer than \(longestChallenge) bytes")
    }
    if let token = request.parameter("verify_token") {
      var known = false
      for candidate in tokens where !candidate.isEmpty && candidate == Secret(token) { known = true }
      guard known else { throw .forbidden("verify_token is not ours") }
    }
    return .text(challenge)
  }
}
