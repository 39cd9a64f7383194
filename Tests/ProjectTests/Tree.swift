import Core
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The checkout as text. Paths are relative to its root.
enum Tree {
  /// Every file that belongs to the project, committed or about to be.
  static let files: [String] = {
    let listed = shell("git -c core.quotePath=false ls-files --cached --others --exclude-standard")
    let names = listed.status == 0 ? listed.lines : walk("")
    return Set(names).filter { FileManager.default.fileExists(atPath: path($0)) }.sorted()
  }()

  static func files(_ folder: String, _ ending: String = "") -> [String] {
    files.filter { $0.hasPrefix(folder) && $0.hasSuffix(ending) }
  }

  /// The Swift that people wrote.
  static let sources = files("Sources/", ".swift").filter { !$0.contains("/Generated/") }

  /// The names of a folder's folders.
  static func folders(_ folder: String) -> [String] {
    Set(files(folder).compactMap { $0.dropFirst(folder.count).split(separator: "/").dropLast().first }).map {
      String($0)
    }
    .sorted()
  }

  static func path(_ file: String) -> String { World.root + "/" + file }

  static func read(_ file: String) -> String { readFile(path(file)) ?? "" }

  /// Lines as `wc -l` counts them.
  static func lineCount(_ file: String) -> Int { read(file).utf8.count { $0 == UInt8(ascii: "\n") } }

  /// Swift without its comments. A `//` behind a colon is a URL's.
  static func code(_ file: String) -> String {
    if let known = codes.withLock({ $0[file] }) { return known }
    let code = uncommented(read(file))
    codes.withLock { $0[file] = code }
    return code
  }

  private static let codes = Mutex<[String: String]>([:])

  /// By bytes: a regular expression for each line kept all other tests waiting.
  static func uncommented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
      let bytes = line.utf8
      var (i, last) = (bytes.startIndex, UInt8(0))
      while i < bytes.endIndex {
        let next = bytes.index(after: i)
        if bytes[i] == UInt8(ascii: "/"), last != UInt8(ascii: ":"), next < bytes.endIndex, bytes[next] == bytes[i] {
          return line[..<i]
        }
        (last, i) = (bytes[i], next)
      }
      return line
    }.joined(separator: "\n")
  }

  /// `file:line: text` of every line of code that matches.
  static func hits<T>(_ pattern: Regex<T>, in files: [String], of text: (String) -> String = code) -> [String] {
    files.flatMap { file in
      text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .filter { $1.firstMatch(of: pattern) != nil }
        .map { "\(file):\($0 + 1): \($1.trimmingPrefix(while: \.isWhitespace))" }
    }
  }

  /// What git would list, where there is no git or no repository.
  private static func walk(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
    return names.flatMap { name -> [String] in
      if name == ".git" || name.hasPrefix(".build") || name.hasPrefix(".dev") || name == "Package.resolved" {
        return []
      }
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path(folder + name), isDirectory: &isFolder) else { return [] }
      return isFolder ? walk(folder + name + "/") : [folder + name]
    }
  }
}

/// Fails once for each fault, and says what to do about it.
func expectNone(_ faults: [String], cure: String, sourceLocation: SourceLocation = #_sourceLocation) {
  for fault in faults { Issue.record("\(fault)\n  → \(cure)", sourceLocation: sourceLocation) }
}
