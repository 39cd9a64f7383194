import Core
import FoundationEssentials

/// Why a dashboard's token is not believed.
struct TokenFault: Error, Equatable {
  let code: String
  let sentence: String
  static func invalid(_ sentence: String) -> TokenFault { TokenFault(code: "INVALID_TOKEN", sentence: sentence) }
  static let expired = TokenFault(code: "TOKEN_EXPIRED", sentence: "the token has expired")
}

/// JSON Web Tokens as Supabase issues them: HS256 with the project's secret, RS256 and ES256 with the project's public
/// keys. Which of them is decided by what we hold, never by the token alone: a public key verifies no HMAC.
struct TokenKeys {
  /// Seconds that two clocks may differ.
  static let leeway = 30.0
  static let longest = 8192

  let secret: Secret
  /// `https://….supabase.co`; empty: only the secret counts.
  let project: String

  init(_ settings: Settings) { self.init(secret: settings.secret(.jwtSecret), project: settings.url(.supabaseURL)) }
  init(secret: Secret, project: String) {
    self.secret = secret
    self.project = project
  }

  /// The user that a token is about.
  /// - Parameter key: a public key of the project's by its id, as a JWK; nil if none is known.
  func user(of token: String, now: Instant, key: (String) -> JSON?) throws(TokenFault) -> UUID {
    guard !secret.isEmpty || !project.isEmpty else { throw .invalid("no tokens are accepted here: use an API key") }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard token.utf8.count <= Self.longest, parts.count == 3, let head = Self.json(parts[0]),
      let claims = Self.json(parts[1]), let signature = bytes(base64URL: parts[2])
    else { throw .invalid("the token cannot be read") }
    let signed = Array((parts[0] + "." + parts[1]).utf8)
    guard !head["crit"].exists else { throw .invalid("the token asks for extensions") }
    guard try verify(signed, signature, head, key) else { throw .invalid("the signature is not ours") }
    return try user(claims, now)
  }

  private func verify(
    _ signed: [UInt8], _ signature: [UInt8], _ head: Field, _ key: (String) -> JSON?
  ) throws(TokenFault) -> Bool {
    switch head["alg"].text {
    case "HS256":
      guard !secret.isEmpty else { throw .invalid("HS256 is not accepted here") }
      return equalInConstantTime(hmacSHA256(signed, key: secret), signature)
    case "ES256", "RS256":
      guard !project.isEmpty, let kid = head["kid"].text, !kid.isEmpty, kid.utf8.count <= 200, !kid.utf8.contains(0)
      else { throw .invalid("the token names no key of ours") }
      guard let jwk = key(kid) else {
        throw TokenFault(code: "UNKNOWN_TOKEN_KEY", sentence: "the token's key is not known yet; try again in a moment")
      }
      let key = PublicKey(Field(jwk))
      guard let key, key.algorithm == head["alg"].text else { throw .invalid("the token's key is of another kind") }
      return key.verifies(signature, of: signed)
    default: throw .invalid("only HS256, RS256 and ES256 are accepted")
    }
  }

  private func user(_ claims: Field, _ now: Instant) throws(TokenFault) -> UUID {
    func moment(_ name: String) throws(TokenFault) -> Double? {
      guard claims[name].exists else { return nil }
      guard case .number(let text)? = claims[name].value, let seconds = Double(text), seconds.isFinite else {
        throw .invalid("\(name) is no time")
      }
      return seconds
    }
    let time = Double(now.microseconds) / 1_000_000
    guard let end = try moment("exp") else { throw .invalid("the token has no end") }
    guard time < end + Self.leeway else { throw .expired }
    if let begin = try moment("nbf"), time + Self.leeway < begin { throw .invalid("the token is not valid yet") }
    let audience = claims["aud"].text.map { [$0] } ?? claims["aud"].texts
    guard audience.contains("authenticated") else { throw .invalid("the token is for somebody else") }
    if !project.isEmpty, claims["iss"].text != project + "/auth/v1" { throw .invalid("somebody else issued the token") }
    guard let user = claims["sub"].uuid else { throw .invalid("the token is about nobody") }
    return user
  }

  private static func json(_ part: Substring) -> Field? {
    guard let raw = bytes(base64URL: part), let json = try? JSON.parse(raw, depth: 16, nodes: 2000),
      case .object = json
    else { return nil }
    return Field(json)
  }
}

/// Base64 in the alphabet of URLs, without padding; nil if it is none.
func bytes(base64URL text: some StringProtocol) -> [UInt8]? {
  guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") }),
    text.utf8.count % 4 != 1
  else { return nil }
  let plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
  return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)).map { Array($0) }
}

func base64URL(_ bytes: [UInt8]) -> String {
  Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").filter { $0 != "=" }
}
