import Core

@_cdecl("LLVMFuzzerTestOneInput")
public func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  _ = try? JSON.parse(bytes)
  return 0
}
