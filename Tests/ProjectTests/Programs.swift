import TestSupport

/// What the project says it consists of, in each of the places that have to agree.
enum Programs {
  /// The list `endpoints` of Package.swift.
  static let declared = list("endpoints")

  /// The list `tools` of Package.swift.
  static let tools = list("tools")

  /// The folders of Sources/Endpoints.
  static let written = Tree.folders("Sources/Endpoints/")

  /// The locations of nginx/endpoints.conf.
  static let mounted = Mount.all(in: Tree.read("nginx/endpoints.conf"))

  /// The rule that gives a program its role.
  static func role(_ program: String) -> String { "tistis_" + program.map { $0 == "-" ? "_" : $0 } }

  private static func list(_ name: String) -> [String] {
    guard let list = try? Regex("let \(name) = \\[([^\\]]*)\\]"),
      let match = Tree.read("Package.swift").firstMatch(of: list),
      let words = match.output[1].substring
    else { return [] }
    return words.matches(of: /"([^"]+)"/).map { String($0.output.1) }
  }
}

/// A `location` that hands requests to a program.
struct Mount {
  var path: String
  var program: String
  var body: String

  /// Programs whose several paths have no beginning in common.
  static let named = ["api"]

  static func all(in conf: String) -> [Mount] {
    let text = conf.split(separator: "\n").filter { !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("#") }
      .joined(separator: "\n")
    return text.matches(of: /location\s+(?:[=~^*]+\s+)?("[^"]*"|\S+)\s*\{([^}]*)\}/).compactMap { match in
      guard let socket = match.output.2.firstMatch(of: /fastcgi_pass\s+unix:\/run\/tistis\/([^;]*)\.sock;/) else {
        return nil
      }
      return Mount(path: String(match.output.1), program: String(socket.output.1), body: String(match.output.2))
    }
  }

  /// The names that the path allows: its words below /api, as far as they are words, with `/` written `-`.
  var names: [String] {
    let plain = path.filter { !"\"^$".contains($0) }
    guard plain.hasPrefix("/api/") else { return [] }
    let words = plain.dropFirst(5).prefix { $0.isLowercase || $0.isNumber || "-/".contains($0) }.split(separator: "/")
    return words.indices.map { words[...$0].joined(separator: "-") }
  }
}
