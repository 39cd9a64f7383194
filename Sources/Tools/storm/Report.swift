import Core

/// What was done, what was broken, and what came of it.
enum Report {
  private static let most = 20

  /// Prints it all; returns how many violations there are.
  static func printed(_ scene: Scene, _ found: [(name: String, violations: [String])]) -> Int {
    let messages = scene.ledger.read { $0.acknowledged.keys.count { $0.isMessage && $0.kind != .echo } }
    scene.tally.add(.customers, "messages acknowledged", messages)
    scene.tally.add(.customers, "people who wrote", scene.crowd.count)
    say("")
    for line in scene.tally.lines { say(line) }
    say("violations")
    for entry in found {
      say(row(entry.name, entry.violations.count))
      for violation in entry.violations.prefix(most) { say("      \(violation)") }
      if entry.violations.count > most { say("      … and \(entry.violations.count - most) more") }
    }
    let total = found.reduce(0) { $0 + $1.violations.count }
    let blows = scene.tally.sum(.programs)
    let faults = scene.tally.sum(.peers)
    say(
      "\n\(grouped(messages)) messages acknowledged, \(grouped(blows)) blows to programs and database, "
        + "\(grouped(faults)) faults of peers: "
        + (total == 0 ? "nothing lost, nothing twice, nothing across." : "\(grouped(total)) VIOLATIONS."))
    return total
  }
}
