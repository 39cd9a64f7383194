import Core
import FoundationEssentials
import Testing

private let here = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures/"

/// Files beside the tests, read from the source tree.
enum Fixtures {
  static func text(_ path: String) -> String {
    (try? Data(contentsOf: URL(filePath: here + path))).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// The rows of a table with a head, split at tabs.
  static func rows(_ path: String) -> [[String]] {
    text(path).split(separator: "\n").dropFirst().map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  static func names(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: here + folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map { String($0.dropLast(5)) }
  }

  /// Compares with a file; `UPDATE=1` in the environment rewrites it instead.
  static func expect(_ text: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
      try Data((text + "\n").utf8).write(to: URL(filePath: here + path))
    }
    #expect(Self.text(path) == text + "\n", sourceLocation: sourceLocation)
  }
}
