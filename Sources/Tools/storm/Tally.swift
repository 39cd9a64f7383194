import Synchronization

/// What was done and what happened, counted by name. A group is a heading of the table at the end.
final class Tally: Sendable {
  enum Group: String, CaseIterable {
    case customers = "what the platforms delivered"
    case answers = "how it was answered"
    case humans = "what people of the businesses did"
    case programs = "programs and database broken"
    case peers = "peers broken"
    case found = "what is in the database now"
  }

  private let counts = Mutex<[Group: [String: Int]]>([:])

  func add(_ group: Group, _ name: String, _ n: Int = 1) {
    counts.withLock { $0[group, default: [:]][name, default: 0] += n }
  }

  subscript(group: Group, name: String) -> Int { counts.withLock { $0[group]?[name] ?? 0 } }

  func sum(_ group: Group) -> Int { counts.withLock { ($0[group] ?? [:]).values.reduce(0, +) } }

  /// The table, a line each; within a group by name.
  var lines: [String] {
    let all = counts.withLock { $0 }
    return Group.allCases.flatMap { group -> [String] in
      guard let entries = all[group], !entries.isEmpty else { return [] }
      return [group.rawValue] + entries.sorted { $0.key < $1.key }.map { row($0.key, $0.value) }
    }
  }
}

/// `  name ........ 1,234`
func row(_ name: String, _ n: Int) -> String {
  let figure = grouped(n)
  let dots = max(2, 74 - name.count - figure.count)
  return "  \(name) " + String(repeating: ".", count: dots) + " \(figure)"
}

/// A number with commas between its thousands.
func grouped(_ n: Int) -> String {
  var out = ""
  for (i, digit) in String(n).reversed().enumerated() {
    if i > 0, i % 3 == 0, digit != "-" { out.append(",") }
    out.append(digit)
  }
  return String(out.reversed())
}
