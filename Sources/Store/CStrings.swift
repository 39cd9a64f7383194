/// C strings that live as long as the call: one buffer and the pointers into it.
func withCStrings<Result>(
  _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  var bytes: [CChar] = []
  var starts: [Int?] = []
  starts.reserveCapacity(texts.count)
  for text in texts {
    guard let text else {
      starts.append(nil)
      continue
    }
    starts.append(bytes.count)
    bytes.append(contentsOf: text.utf8.lazy.map { CChar(bitPattern: $0) })
    bytes.append(0)
  }
  return bytes.withUnsafeBufferPointer { buffer in
    let pointers = starts.map { start in start.flatMap { offset in buffer.baseAddress.map { $0 + offset } } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
