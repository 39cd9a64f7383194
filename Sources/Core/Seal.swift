import Crypto
import FoundationEssentials

/// Who can seal, whether or not they can open.
public protocol Sealing: Sendable {
  func seal(_ secret: Secret, for place: SealedPlace) -> [UInt8]
}

extension Keyring: Sealing {}

/// Seals without being able to open: the public half of a `Keyring`'s first key, for a program that is given secrets and
/// must not be able to read any.
///
/// A blob is `2 ‖ length of id ‖ id ‖ public key of the moment (32) ‖ nonce (12) ‖ cipher text ‖ tag (16)`: AES-256-GCM
/// under HKDF-SHA256 of an X25519 agreement, with the place as additional data as in `Keyring`.
public struct Seal: Sealing, Equatable {
  let id: String
  let publicKey: [UInt8]

  /// `id:64-hex-digits` as `Keyring.seal` gives it; nil if it is none.
  public init?(_ text: String) {
    let pair = text.split(separator: ":", maxSplits: 1)
    guard pair.count == 2, (1...64).contains(pair[0].utf8.count), let raw = bytes(hex: pair[1]), raw.count == 32,
      (try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: raw)) != nil
    else { return nil }
    id = String(pair[0])
    publicKey = raw
  }

  init(id: String, publicKey: [UInt8]) {
    self.id = id
    self.publicKey = publicKey
  }

  public var text: String { "\(id):\(hex(publicKey))" }

  public func seal(_ secret: Secret, for place: SealedPlace) -> [UInt8] {
    let moment = Curve25519.KeyAgreement.PrivateKey()
    let own = Array(moment.publicKey.rawRepresentation)
    guard let theirs = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey),
      let key = Self.key(moment, theirs, own),
      let combined = try? AES.GCM.seal(secret.revealBytes(), using: key, authenticating: place.bytes).combined
    else { preconditionFailure("X25519 refused a key that was checked") }
    return [2, UInt8(id.utf8.count)] + Array(id.utf8) + own + Array(combined)
  }

  /// The agreed key; nil for a public key of small order, with which nothing is secret.
  static func key(
    _ mine: Curve25519.KeyAgreement.PrivateKey, _ theirs: Curve25519.KeyAgreement.PublicKey, _ moment: [UInt8]
  ) -> SymmetricKey? {
    try? mine.sharedSecretFromKeyAgreement(with: theirs).hkdfDerivedSymmetricKey(
      using: SHA256.self, salt: moment, sharedInfo: Array("tistis seal".utf8), outputByteCount: 32)
  }
}

extension Keyring.Key {
  /// The private half of this key's seal: derived, so that there is nothing more to keep.
  var agreement: Curve25519.KeyAgreement.PrivateKey? {
    let raw = HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array("tistis seal key".utf8), outputByteCount: 32)
    return raw.withUnsafeBytes { try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: Array($0)) }
  }

  /// What a `Seal` sealed, after its id.
  func open(sealed rest: ArraySlice<UInt8>, for place: SealedPlace) throws(Keyring.Fault) -> Secret {
    let moment = Array(rest.prefix(32))
    guard let agreement, let theirs = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: moment),
      let shared = Seal.key(agreement, theirs, moment), let box = try? AES.GCM.SealedBox(combined: rest.dropFirst(32)),
      let opened = try? AES.GCM.open(box, using: shared, authenticating: place.bytes)
    else { throw .notOpened }
    return Secret(bytes: Array(opened))
  }
}

extension Keyring {
  /// Whether what this seals opens with the ring's first key, with a later one, or (nil) with none.
  public func opens(_ seal: Seal) -> (isFirst: Bool, id: String)? {
    let index = keys.firstIndex { key in
      key.id == seal.id && key.agreement.map { Array($0.publicKey.rawRepresentation) } == seal.publicKey
    }
    return index.map { ($0 == 0, keys[$0].id) }
  }

  /// What a program is given that may seal and not open (`INBOUND_SEAL`, `OUTBOUND_SEAL`).
  public var seal: Seal? {
    keys.first.flatMap { first in
      first.agreement.map { Seal(id: first.id, publicKey: Array($0.publicKey.rawRepresentation)) }
    }
  }
}
