import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct Prune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forget what platforms sent, as it came, and the assistant's steps, once they are old.",
    discussion: """
      `jobs` does this by itself, a little at a time; this does all of it now. What was said stays, and a second \
      delivery of what was forgotten is still recognised. It may be stopped at any moment, and run twice at once.
      """)
  @Option(help: "Only this tenant's, by its slug (default: everybody's).") var tenant: String?
  @Option(help: "Older than this, as 2026-10-01 or 2026-10-01T12:00:00Z (default: RAW_RETENTION_DAYS ago).")
  var before: String?
  @Flag(help: "Say how much it would be and change nothing.") var dryRun = false
  @Flag(help: "As a JSON array.") var json = false

  struct Unclear: Error, CustomStringConvertible { let description: String }

  func run() throws {
    administer([.databaseURL, .rawRetentionDays]) { settings in
      let moment = try moment(settings.int(.rawRetentionDays))
      let database = Connection(settings.text(.databaseURL))
      let tenants: [(UUID, String)]
      if let tenant {
        tenants = [(try Selected(tenant, settings).tenant, tenant)]
      } else {
        tenants = try database.everyone.retentionDue(checkedBefore: .now, limit: .max).map { ($0.tenantId, $0.slug) }
      }
      var rows: [JSON] = []
      for (id, slug) in tenants {
        let scope = database.tenant(id)
        let sum =
          try dryRun
          ? scope.forgettable(before: moment)
          : scope.forget(before: moment, waiting: true) { sum in
            if !json, sum.isMore { say("\(slug)  \(sum.total) so far") }
          }
        rows.append(sum.json(slug))
        if !json { say("\(slug)  \(sum.line)\(dryRun ? "  (not changed)" : "")") }
      }
      if json { say(JSON.array(rows).text) }
    }
  }

  private func moment(_ days: Int) throws -> Instant {
    guard let before else {
      guard days > 0 else { throw Unclear(description: "RAW_RETENTION_DAYS is 0: say --before") }
      return .now + -Double(days) * 86_400
    }
    guard let moment = Instant(before.contains("T") ? before : before + "T00:00:00Z"), moment < .now else {
      throw Unclear(description: "--before \(before) is no past moment, such as 2026-10-01 or 2026-10-01T12:00:00Z")
    }
    return moment
  }
}

extension Forgotten {
  fileprivate var line: String {
    "messages \(messages)  reports \(reports)  events \(events)  dead letters \(deadLetters)  steps \(steps)"
  }

  fileprivate func json(_ slug: String) -> JSON {
    [
      "tenant": .string(slug), "messages": .number(messages), "reports": .number(reports), "events": .number(events),
      "dead_letters": .number(deadLetters), "steps": .number(steps),
    ]
  }
}
