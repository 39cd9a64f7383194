import ArgumentParser
import Core
import FoundationEssentials
import Store

struct Alerts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a person has to know or do.", subcommands: [List.self, Resolve.self])

  struct Unknown: Error, CustomStringConvertible { let description = "the tenant has no such open alert" }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List open alerts, the latest first: a tenant's, or without --tenant the installation's own.",
      discussion: "`act` waits for a person, `watch` only wants to be known. The same cause is one alert and counts.")
    @Option(help: "The tenant's slug.") var tenant: String?
    @Flag(help: "Also those that are resolved.") var all = false
    @Flag(help: "As a JSON array.") var json = false
    @Option(help: "How many at most.") var limit = 100

    func run() throws {
      administer([.databaseURL]) { settings in
        guard let tenant else { return try listPlatform(settings) }
        let rows = try Selected(tenant, settings).scope.listAlerts(all: all, onlyBranch: nil, limit: Int64(limit))
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          let state = row.resolvedAt == nil ? row.severity : "resolved"
          say("\(row.id.text)  \(row.lastAt)  \(state)  \(row.kind)  times \(row.times)  \(row.sentence)")
        }
        say("\(rows.count) \(all ? "in all" : "open")")
      }
    }

    private func listPlatform(_ settings: Settings) throws {
      let database = Connection(settings.text(.databaseURL))
      let rows = try database.everyone.listPlatformAlerts(all: all, limit: Int64(limit))
      if json { return say(JSON.array(rows.map(\.json)).text) }
      for row in rows {
        say("\(row.id.text)  \(row.since)  \(row.resolvedAt == nil ? "act" : "resolved")  \(row.kind)  \(row.sentence)")
      }
      say("\(rows.count) \(all ? "in all" : "open"), of the installation itself")
    }
  }

  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Close an alert.",
      discussion: "It changes nothing else: a stopped channel goes on with `tistis channels resume`.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The alert's id.", transform: uuid) var id: UUID
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        guard try Selected(tenant, settings).scope.resolveAlert(id: id, onlyBranch: nil) else { throw Unknown() }
        tell("resolved", json ? ["id": .string(id.text), "status": "resolved"] : nil)
      }
    }
  }
}

extension ListPlatformAlertsRow {
  fileprivate var json: JSON {
    .object([
      "id": .string(id.text), "kind": .string(kind), "severity": "act", "sentence": .string(sentence),
      "first_at": .string(since.description), "last_at": .string(lastSeen.description),
      "resolved_at": resolvedAt.map { .string($0.description) },
    ])
  }
}
