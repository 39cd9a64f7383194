#if canImport(Glibc)
  import Glibc
#endif

/// What a command said, its complaints included, and how it ended.
public struct Said: Sendable {
  public var status: Int32
  public var output: String
  public var lines: [String] { output.split(separator: "\n").map { String($0) } }
}

/// Runs a line of sh in the checkout's root.
public func shell(_ command: String) -> Said {
  guard let pipe = popen("cd '\(World.root)' && { \(command); } </dev/null 2>&1", "r") else {
    return Said(status: -1, output: "")
  }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&chunk, 1, chunk.count, pipe)
    guard count > 0 else { break }
    bytes += chunk[..<count]
  }
  let status = pclose(pipe)
  return Said(status: status >> 8 & 0xff, output: String(decoding: bytes, as: UTF8.self))
}
