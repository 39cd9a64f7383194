import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct Webhooks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What platforms delivered and could not be stored.", subcommands: [Dead.self, Replay.self])

  struct Dead: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a tenant's parked events, oldest first.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "How many at most.") var limit = 100

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.listDeadLetters(limit: Int64(limit))
        for row in rows {
          say("\(row.id.text)  \(row.createdAt)  \(row.channel)  tries \(row.retryCount)  \(row.errorMessage)")
        }
        say("\(rows.count) parked")
      }
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Store parked events as if they came now.",
      discussion:
        "What is stored already stays as it is; what still cannot be stored stays parked, with the new reason.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "Only this one.", transform: uuid) var id: UUID?
    @Option(help: "How many at most.") var limit = 1000

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        let ids = try id.map { [$0] } ?? selected.scope.listDeadLetters(limit: Int64(limit)).map(\.id)
        var stored = 0
        for (i, id) in ids.enumerated() {
          let result = try selected.scope.replay(deadLetter: id)
          if result == "completed" { stored += 1 }
          say("\(i + 1)/\(ids.count)  \(id.text)  \(result ?? "not open")")
        }
        say("\(stored) of \(ids.count) stored")
        if stored < ids.count { leave(69) }
      }
    }
  }
}
