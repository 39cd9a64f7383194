import Core
import FoundationEssentials
import Store

/// An integrator's key: `tis_live_` or `tis_test_`, its birth in base 36, `_`, 48 hex digits. Only its SHA-256 is kept.
public enum APIKey {
  public static func make(test: Bool, now: Instant = .now) -> Secret {
    let born = String(now.microseconds / 1000, radix: 36)
    return Secret("tis_\(test ? "test" : "live")_\(born)_\(hex(randomBytes(24)))")
  }

  /// Whether a text has the form of one.
  static func isOne(_ text: String) -> Bool {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    func all(_ part: Substring, _ letters: ClosedRange<UInt8>) -> Bool {
      !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) || letters.contains($0) }
    }
    return parts.count == 4 && parts[0] == "tis" && ["live", "test"].contains(parts[1]) && parts[2].utf8.count <= 16
      && all(parts[2], UInt8(ascii: "a")...UInt8(ascii: "z")) && parts[3].utf8.count == 48
      && all(parts[3], UInt8(ascii: "a")...UInt8(ascii: "f"))
  }

  public static func hash(_ key: String) -> String { hex(sha256(Array(key.utf8))) }

  /// What stays readable of it: its beginning without the secret part, and its end.
  public static func shown(_ key: Secret) -> (prefix: String, hint: String) {
    let text = key.reveal()
    return (String(text.prefix(text.utf8.count - 48)), "..." + text.suffix(4))
  }

  /// What is kept of a key.
  public static func kept(_ key: Secret) -> JSONText {
    let shown = shown(key)
    return JSONText([
      "key_hash": .string(hash(key.reveal())), "key_prefix": .string(shown.prefix), "key_hint": .string(shown.hint),
    ])
  }
}
