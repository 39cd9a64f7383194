import Core
import Crypto
import CryptoExtras
import FoundationEssentials
import Testing

@testable import Flows

/// JSON Web Tokens, believed or not.
@Suite struct UserTokenTests {
  static let project = "https://project.example"
  static let secret = Secret("a secret of the project")
  static let now = Instant(seconds: 1_800_000_000)
  static let user = UUID()
  static let elliptic = P256.Signing.PrivateKey()

  private static func claims(_ change: [String: JSON] = [:]) -> JSON {
    var claims: JSON.Members = .init([
      .init("sub", .string(user.text)), .init("aud", "authenticated"), .init("exp", .number(now.seconds + 60)),
      .init("iss", .string(project + "/auth/v1")),
    ])
    for (name, value) in change { claims[name] = value == .null ? nil : value }
    return .object(claims)
  }

  private static func token(_ head: JSON, _ claims: JSON, _ sign: ([UInt8]) throws -> [UInt8]) rethrows -> String {
    let signed = base64URL(head.bytes) + "." + base64URL(claims.bytes)
    return signed + "." + base64URL(try sign(Array(signed.utf8)))
  }

  private static func hmac(_ message: [UInt8]) -> [UInt8] { hmacSHA256(message, key: secret) }
  private static let hs: JSON = ["alg": "HS256"]

  private func verdict(
    _ token: String, secret: Secret = secret, project: String = project, _ keys: [String: JSON] = [:]
  ) -> String {
    do throws(TokenFault) {
      let found = try TokenKeys(secret: secret, project: project).user(of: token, now: Self.now) { keys[$0] }
      return found == Self.user ? "good" : "somebody else"
    } catch { return error.code }
  }

  @Test func claimsAreChecked() {
    let seconds = Self.now.seconds
    let cases: [([String: JSON], String)] = [
      ([:], "good"), (["exp": .number(seconds - 29)], "good"), (["exp": .number(seconds - 31)], "TOKEN_EXPIRED"),
      (["exp": .null], "INVALID_TOKEN"), (["exp": "soon"], "INVALID_TOKEN"),
      (["exp": .number("1e400")], "INVALID_TOKEN"),
      (["nbf": .number(seconds + 29)], "good"), (["nbf": .number(seconds + 31)], "INVALID_TOKEN"),
      (["aud": ["x", "authenticated"]], "good"), (["aud": "anon"], "INVALID_TOKEN"), (["aud": .null], "INVALID_TOKEN"),
      (["iss": "https://else.example/auth/v1"], "INVALID_TOKEN"), (["iss": .null], "INVALID_TOKEN"),
      (["sub": "1"], "INVALID_TOKEN"), (["sub": .null], "INVALID_TOKEN"),
    ]
    for (change, expected) in cases {
      #expect(verdict(Self.token(Self.hs, Self.claims(change), Self.hmac)) == expected, "\(change)")
    }
    let bare = Self.token(Self.hs, Self.claims(["iss": .null]), Self.hmac)
    #expect(verdict(bare, project: "") == "good", "who issued it matters where that is known")
    #expect(verdict(bare, secret: Secret(""), project: "") == "INVALID_TOKEN")
  }

  @Test func publicKeysVerifyWhatTheySigned() throws {
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let parts = try rsa.publicKey.getKeyPrimitives()
    let x963 = Array(Self.elliptic.publicKey.rawRepresentation)
    let keys: [String: JSON] = [
      "ec": [
        "kty": "EC", "crv": "P-256", "kid": "ec", "x": .string(base64URL(Array(x963[..<32]))),
        "y": .string(base64URL(Array(x963[32...]))),
      ],
      "rsa": [
        "kty": "RSA", "kid": "rsa", "alg": "RS256", "use": "sig", "n": .string(base64URL(Array(parts.modulus))),
        "e": .string(base64URL(Array(parts.publicExponent))),
      ],
      "odd": ["kty": "oct", "k": "AAAA"],
    ]
    func es(_ message: [UInt8]) throws -> [UInt8] {
      Array(try Self.elliptic.signature(for: message).rawRepresentation)
    }
    func rs(_ message: [UInt8]) throws -> [UInt8] {
      Array(try rsa.signature(for: message, padding: .insecurePKCS1v1_5).rawRepresentation)
    }
    // The public key as the secret of an HMAC: what some libraries fell for.
    func confused(_ message: [UInt8]) -> [UInt8] { hmacSHA256(message, key: Secret(rsa.publicKey.pemRepresentation)) }
    let cases: [(JSON, ([UInt8]) throws -> [UInt8], String)] = [
      (["alg": "ES256", "kid": "ec"], es, "good"), (["alg": "RS256", "kid": "rsa"], rs, "good"),
      (["alg": "ES256", "kid": "rsa"], es, "INVALID_TOKEN"), (["alg": "RS256", "kid": "ec"], rs, "INVALID_TOKEN"),
      (["alg": "RS256", "kid": "ec"], es, "INVALID_TOKEN"), (["alg": "ES256", "kid": "ec"], rs, "INVALID_TOKEN"),
      (["alg": "ES256"], es, "INVALID_TOKEN"), (["alg": "ES256", "kid": "new"], es, "UNKNOWN_TOKEN_KEY"),
      (["alg": "ES256", "kid": "odd"], es, "INVALID_TOKEN"), (["alg": "none"], { _ in [] }, "INVALID_TOKEN"),
      (["alg": "None", "kid": "ec"], { _ in [] }, "INVALID_TOKEN"),
      (["alg": "HS256", "kid": "rsa"], confused, "INVALID_TOKEN"),
      (["alg": "PS256", "kid": "rsa"], rs, "INVALID_TOKEN"),
      (["alg": "ES256", "kid": "ec", "crit": ["exp"]], es, "INVALID_TOKEN"), ([:], es, "INVALID_TOKEN"),
    ]
    for (head, sign, expected) in cases {
      #expect(verdict(try Self.token(head, Self.claims(), sign), keys) == expected, "\(head)")
    }
    let good = try Self.token(["alg": "ES256", "kid": "ec"], Self.claims(), es)
    #expect(verdict(good, project: "", keys) == "INVALID_TOKEN", "without a project there are no public keys")
    let parts3 = good.split(separator: ".")
    let forged = base64URL(Self.claims(["sub": .string(UUID().text)]).bytes)
    #expect(verdict("\(parts3[0]).\(forged).\(parts3[2])", keys) == "INVALID_TOKEN")
  }

  @Test func whatIsNoToken() {
    let good = Self.token(Self.hs, Self.claims(), Self.hmac)
    for text in [
      "", "..", "a.b.c", good + ".", good + "=", "é.é.é", String(good.dropLast()),
      good.replacing(".", with: "..", maxReplacements: 1), String(repeating: "A", count: 9000) + ".A.A",
    ] { #expect(verdict(text) != "good", "\(text.prefix(40))") }
  }
}
