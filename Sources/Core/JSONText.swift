extension JSON {
  /// The value as compact JSON text. What Postgres and our peers cannot take (`\u0000`) was replaced when it was read.
  public var text: String {
    var out = [UInt8]()
    write(to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The same as UTF-8 bytes.
  public var bytes: [UInt8] {
    var out = [UInt8]()
    write(to: &out)
    return out
  }

  private func write(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let b): out += (b ? "true" : "false").utf8
    case .number(let n): out += n.utf8
    case .string(let s): Self.quote(s, to: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (i, item) in items.enumerated() {
        if i > 0 { out.append(UInt8(ascii: ",")) }
        item.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (i, pair) in members.pairs.enumerated() {
        if i > 0 { out.append(UInt8(ascii: ",")) }
        Self.quote(pair.key, to: &out)
        out.append(UInt8(ascii: ":"))
        pair.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  static func quote(_ s: String, to out: inout [UInt8]) {
    let hex = Array("0123456789abcdef".utf8)
    out.append(UInt8(ascii: "\""))
    for c in s.utf8 {
      switch c {
      case UInt8(ascii: "\""): out += "\\\"".utf8
      case UInt8(ascii: "\\"): out += "\\\\".utf8
      case 0x0A: out += "\\n".utf8
      case 0x0D: out += "\\r".utf8
      case 0x09: out += "\\t".utf8
      case 0..<0x20:
        out += "\\u00".utf8
        out.append(hex[Int(c >> 4)])
        out.append(hex[Int(c & 15)])
      default: out.append(c)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
