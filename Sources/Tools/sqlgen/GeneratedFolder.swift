import FoundationEssentials

/// The generated files as they are and as they should be.
struct GeneratedFolder {
  let path: String
  /// Text by file name.
  let wanted: [String: String]

  /// One sentence a file that is not right.
  func differences() throws -> [String] {
    let present = try files()
    let missing = wanted.keys.sorted().compactMap { name in
      present[name] == nil
        ? "\(path)/\(name) is missing" : present[name] != wanted[name] ? "\(path)/\(name) differs" : nil
    }
    return missing + stale(present).map { "\(path)/\($0) comes from no query file" }
  }

  /// Writes what differs and removes what is stale; says what it did.
  func write() throws -> [String] {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let present = try files()
    var done: [String] = []
    // A file that is right is left alone, so that nothing is built again.
    for (name, text) in wanted.sorted(by: { $0.key < $1.key }) where present[name] != text {
      try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
      done.append("wrote \(path)/\(name)")
    }
    for name in stale(present) {
      guard present[name]?.hasPrefix(Emitter.header) == true else {
        done.append("\(path)/\(name) was not generated and is left alone: it does not belong here")
        continue
      }
      try FileManager.default.removeItem(atPath: "\(path)/\(name)")
      done.append("removed \(path)/\(name)")
    }
    return done
  }

  private func stale(_ present: [String: String]) -> [String] { present.keys.filter { wanted[$0] == nil }.sorted() }

  private func files() throws -> [String: String] {
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    var found: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasSuffix(".swift") {
      found[name] = String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
    }
    return found
  }
}
