import CYAJL

#if canImport(Glibc)
  import Glibc
#endif

extension JSON {
  /// Reads one JSON text (RFC 8259, UTF-8).
  ///
  /// Numbers keep their text, pairs of repeated keys are kept as they came. What Postgres cannot store in jsonb,
  /// `\u0000` and halves of surrogate pairs, becomes U+FFFD. The time is linear in the number of bytes.
  ///
  /// Why yajl: the whole tree of a 499-byte WhatsApp body takes 4.2 µs, of a 961-byte one 6.5 µs, an object of 100,000
  /// keys 22 ms (release, 2 cores, 2026-11-22).
  ///
  /// - Parameters:
  ///   - depth: how many arrays and objects may be open at once.
  ///   - nodes: how many values (scalars, arrays, objects) there may be in all.
  /// - Throws: `.malformed` at `$`: `not JSON at byte 17: …`, `empty body`, or the limit that was exceeded. What the
  ///   text says never gets into the sentence.
  public static func parse(
    _ bytes: [UInt8], depth: Int = Limits.jsonDepth, nodes: Int = Limits.jsonNodes
  ) throws(Refusal) -> JSON {
    guard bytes.contains(where: { !isSpace($0) }) else { throw .malformed(path: "$", fault: "empty body") }
    var builder = JSONBuilder(depth: depth, nodes: nodes)
    let text = replacingUnstorableEscapes(bytes) ?? bytes
    if let fault = text.withUnsafeBufferPointer({ run($0, into: &builder) }) {
      throw .malformed(path: "$", fault: fault)
    }
    guard let value = builder.result else { throw .malformed(path: "$", fault: "empty body") }
    return value
  }

  /// yajl's own check of strings is left off: it lets overlong forms and surrogates pass, which `String(validating:)`
  /// does not.
  private static func run(_ text: UnsafeBufferPointer<UInt8>, into builder: inout JSONBuilder) -> String? {
    withUnsafePointer(to: JSONBuilder.callbacks) { callbacks in
      withUnsafeMutablePointer(to: &builder) { context in
        guard let handle = yajl_alloc(callbacks, nil, context) else { return "no memory to read it" }
        defer { yajl_free(handle) }
        _ = tis_yajl_config(handle, yajl_dont_validate_strings, 1)

        var at = text.count
        var status = yajl_parse(handle, text.baseAddress, text.count)
        if status == yajl_status_ok {
          status = yajl_complete_parse(handle)
        } else {
          at = yajl_get_bytes_consumed(handle)
        }
        if status == yajl_status_ok { return nil }
        switch context.pointee.stopped {
        case .limit(let sentence)?: return sentence
        case .invalidUTF8?: return "not JSON at byte \(at): a string is not valid UTF-8"
        case nil: return "not JSON at byte \(at): " + complaint(of: handle)
        }
      }
    }
  }

  /// yajl's words without its prefix: one of some twenty fixed sentences.
  private static func complaint(of handle: yajl_handle) -> String {
    guard let words = yajl_get_error(handle, 0, nil, 0) else { return "unreadable" }
    defer { yajl_free_error(handle, words) }
    let line = String(cString: words).prefix { $0 != "\n" }
    let sentence = line.firstIndex(of: ":").map { line[line.index($0, offsetBy: 1)...] } ?? line
    return String(sentence.drop { $0 == " " }.prefix { $0 != "." })
  }
}

private func isSpace(_ c: UInt8) -> Bool { c == 0x20 || c == 0x0A || c == 0x0D || c == 0x09 }

/// The text with `\u0000` and unpaired `\ud800`…`\udfff` rewritten as `\ufffd`; nil if there are none, as a rule.
/// yajl would hand over a NUL, a question mark and three bytes that are no UTF-8. An escape keeps its length, so that
/// the offsets in faults stay true. A backslash outside of a string is refused by the parser afterwards.
func replacingUnstorableEscapes(_ bytes: [UInt8]) -> [UInt8]? {
  var out: [UInt8]?
  bytes.withUnsafeBufferPointer { text in
    guard let start = text.baseAddress else { return }
    var i = 0
    while i < text.count, let found = memchr(start + i, Int32(UInt8(ascii: "\\")), text.count - i) {
      i = UnsafeRawPointer(found) - UnsafeRawPointer(start)
      guard let unit = escapedUnit(text, i) else {
        i += 2
        continue
      }
      if unit & 0xFC00 == 0xD800, let next = escapedUnit(text, i + 6), next & 0xFC00 == 0xDC00 {
        i += 12
        continue
      }
      if unit == 0 || unit & 0xF800 == 0xD800 {
        if out == nil { out = bytes }
        for (k, c) in "fffd".utf8.enumerated() { out?[i + 2 + k] = c }
      }
      i += 6
    }
  }
  return out
}

/// The UTF-16 unit that is written as `\uXXXX` at `i`; nil if there is something else.
private func escapedUnit(_ text: UnsafeBufferPointer<UInt8>, _ i: Int) -> UInt16? {
  guard i + 6 <= text.count, text[i] == UInt8(ascii: "\\"), text[i + 1] == UInt8(ascii: "u") else { return nil }
  var unit: UInt16 = 0
  for c in text[(i + 2)..<(i + 6)] {
    guard let digit = hexDigit(c) else { return nil }
    unit = unit << 4 | UInt16(digit)
  }
  return unit
}
