import Core
import Crypto
import CryptoExtras
import FoundationEssentials

/// Somebody's public key, as JSON Web Keys write it (RFC 7517): P-256, or RSA of 2048 bits at least.
struct PublicKey {
  private enum Kind {
    case es256(P256.Signing.PublicKey)
    case rs256(_RSA.Signing.PublicKey)
  }
  private let kind: Kind

  /// nil for keys of other kinds, for other uses, and for what is no key.
  init?(_ jwk: Field) {
    func number(_ name: String) -> [UInt8]? {
      jwk[name].text.flatMap { bytes(base64URL: $0) }
    }
    if let use = jwk["use"].text, use != "sig" { return nil }
    switch jwk["kty"].text {
    case "EC" where jwk["crv"].text == "P-256" && ["ES256", nil].contains(jwk["alg"].text):
      guard let x = number("x"), let y = number("y"), x.count == 32, y.count == 32,
        let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
      else { return nil }
      kind = .es256(key)
    case "RSA" where ["RS256", nil].contains(jwk["alg"].text):
      guard let n = number("n"), let e = number("e"), (256...1024).contains(n.count), (1...8).contains(e.count),
        let key = try? _RSA.Signing.PublicKey(n: n, e: e)
      else { return nil }
      kind = .rs256(key)
    default: return nil
    }
  }

  /// ES256 or RS256.
  var algorithm: String {
    switch kind {
    case .es256: "ES256"
    case .rs256: "RS256"
    }
  }

  /// Whether the signature, as JWS writes it, is this key's.
  func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    switch kind {
    case .es256(let key):
      guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: message)
    case .rs256(let key):
      return key.isValidSignature(
        _RSA.Signing.RSASignature(rawRepresentation: signature), for: message, padding: .insecurePKCS1v1_5)
    }
  }
}
