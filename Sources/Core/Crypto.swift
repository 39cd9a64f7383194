import Crypto
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// HMAC-SHA256 of `message` under `key`.
public func hmacSHA256(_ message: [UInt8], key: Secret) -> [UInt8] {
  Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key.revealBytes())))
}

public func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

/// SHA-256 of an open file, from its beginning; nil if it cannot be read.
public func sha256(file: Int32) -> [UInt8]? {
  var hash = SHA256()
  var offset = 0
  var bytes = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let n = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, offset) }
    if n < 0 { return nil }
    if n == 0 { return Array(hash.finalize()) }
    hash.update(data: bytes[..<n])
    offset += n
  }
}

/// A SHA-256 as platforms write it: 64 hex digits, or base64 of either alphabet; nil if it is neither.
public func sha256(written text: String) -> [UInt8]? {
  let found =
    bytes(hex: text)
    ?? Data(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/")).map { Array($0) }
  return found?.count == 32 ? found : nil
}

/// Compares without telling by its duration where the first difference is. Lengths are not secret.
public func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  var difference: UInt8 = 0
  for i in a.indices { difference |= a[i] ^ b[i] }
  return difference == 0
}

/// Bytes from the system's generator.
public func randomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// Keys that seal credentials at rest: AES-256-GCM, the key's id in the blob, so that keys can be rotated online.
///
/// A blob is `1 ‖ length of id ‖ id ‖ nonce (12) ‖ cipher text ‖ tag (16)`, or what a `Seal` made. Its additional data is where it belongs
/// (`table‖tenant‖row‖column`), so that a blob copied to another row or tenant does not open.
public struct Keyring: Sendable {
  public struct Key: Sendable {
    let id: String
    let key: SymmetricKey
  }
  let keys: [Key]

  public enum Fault: Error, Sendable, Equatable {
    case unreadableKeys(String)
    case unknownKey(String)
    case notOpened
  }

  /// `id:hex` pairs, the first of which seals: `2026a:<64 hex digits>,2025a:<64 hex digits>`.
  public init(_ text: Secret) throws(Fault) {
    var keys = [Key]()
    for part in text.reveal().split(separator: ",") {
      let pair = part.split(separator: ":", maxSplits: 1)
      guard pair.count == 2, (1...64).contains(pair[0].utf8.count), let raw = bytes(hex: pair[1]), raw.count == 32
      else {
        throw .unreadableKeys("expected id:64-hex-digits[,id:64-hex-digits…]")
      }
      keys.append(Key(id: String(pair[0]), key: SymmetricKey(data: raw)))
    }
    guard !keys.isEmpty else { throw .unreadableKeys("no key given") }
    self.keys = keys
  }

  public func seal(_ secret: Secret, for place: SealedPlace) -> [UInt8] {
    let key = keys[0]
    // AES.GCM.seal fails only for a nonce of a wrong size; this one is made by the library.
    guard let box = try? AES.GCM.seal(secret.revealBytes(), using: key.key, authenticating: place.bytes),
      let combined = box.combined
    else { preconditionFailure("AES-GCM refused its own nonce") }
    return [1, UInt8(key.id.utf8.count)] + Array(key.id.utf8) + Array(combined)
  }

  /// The id of the key that sealed it; nil if it is no blob of ours.
  public static func keyID(of blob: [UInt8]) -> String? {
    guard blob.count > 2, blob[0] == 1 || blob[0] == 2, blob.count > 2 + Int(blob[1]) else { return nil }
    return String(decoding: blob[2..<(2 + Int(blob[1]))], as: UTF8.self)
  }

  public func open(_ blob: [UInt8], for place: SealedPlace) throws(Fault) -> Secret {
    guard let id = Self.keyID(of: blob) else { throw .notOpened }
    guard let key = keys.first(where: { $0.id == id }) else { throw .unknownKey(id) }
    if blob[0] == 2 { return try key.open(sealed: blob[(2 + Int(blob[1]))...], for: place) }
    do {
      let box = try AES.GCM.SealedBox(combined: blob[(2 + Int(blob[1]))...])
      return Secret(bytes: Array(try AES.GCM.open(box, using: key.key, authenticating: place.bytes)))
    } catch { throw .notOpened }
  }
}

/// Where a sealed value lives.
public struct SealedPlace: Sendable {
  let bytes: [UInt8]
  public init(table: String, tenant: UUID, row: UUID, column: String) {
    bytes = Array("\(table)\u{1f}\(tenant.text)\u{1f}\(row.text)\u{1f}\(column)".utf8)
  }
}

extension UUID {
  /// Lower case, as Postgres writes it.
  public var text: String { uuidString.lowercased() }
}
