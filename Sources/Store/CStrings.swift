/// C strings that live as long as the call: one buffer and the pointers into it.
func withCStrings<Result>(
  _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) + 1 })
  let starts = texts.map { text -> Int? in
    guard let text else { return nil }
    defer {
      bytes += text.utf8
      bytes.append(0)
    }
    return bytes.count
  }
  return bytes.withUnsafeBytes { buffer in
    let first = buffer.assumingMemoryBound(to: CChar.self).baseAddress
    let pointers = starts.map { start in start.flatMap { offset in first.map { $0 + offset } } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
