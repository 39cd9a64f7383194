#if canImport(Glibc)
  import Glibc
#endif

/// One event, one logfmt line on stderr with a journald priority prefix:
/// `<6>svc=webhook-whatsapp req=5f2c tenant=esva-dental event=received messages=1 ms=4`.
/// Message bodies and secrets are never passed here; systemd adds time, unit and process id.
public struct Log: Sendable {
  public enum Priority: Int, Sendable {
    /// A person must act.
    case error = 3
    /// We coped.
    case warning = 4
    /// It happened.
    case info = 6
    case debug = 7
  }

  private let prefix: String

  public init(service: String) { prefix = "svc=" + Self.value(service) }
  private init(prefix: String) { self.prefix = prefix }

  /// The same log with more context on every line.
  public func with(_ fields: KeyValuePairs<String, String?>) -> Log { Log(prefix: prefix + Self.format(fields)) }

  public func error(_ event: String, _ fields: KeyValuePairs<String, String?> = [:]) { line(.error, event, fields) }
  public func warning(_ event: String, _ fields: KeyValuePairs<String, String?> = [:]) { line(.warning, event, fields) }
  public func info(_ event: String, _ fields: KeyValuePairs<String, String?> = [:]) { line(.info, event, fields) }

  public func line(_ priority: Priority, _ event: String, _ fields: KeyValuePairs<String, String?> = [:]) {
    // One write, so that lines of several processes do not mix.
    let text = "<\(priority.rawValue)>\(prefix) event=\(Self.value(event))\(Self.format(fields))\n"
    var bytes = Array(text.utf8)
    if bytes.count > 4096 { bytes = Array(bytes.prefix(4092)) + Array("…\n".utf8) }
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }

  private static func format(_ fields: KeyValuePairs<String, String?>) -> String {
    fields.reduce(into: "") { out, pair in if let v = pair.value { out += " \(pair.key)=\(value(v))" } }
  }

  /// Quotes what is not a plain word; escapes what cannot be printed.
  static func value(_ s: String) -> String {
    let plain =
      !s.isEmpty
      && s.utf8.allSatisfy {
        $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\\")
      }
    if plain { return s }
    var out = "\""
    for c in s.unicodeScalars {
      switch c {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if c.properties.generalCategory == .control || c.properties.generalCategory == .format {
          out += "\\u{" + String(c.value, radix: 16) + "}"
        } else {
          out.unicodeScalars.append(c)
        }
      }
    }
    return out + "\""
  }
}
