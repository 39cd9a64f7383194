import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct Webhooks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What platforms delivered and could not be stored.", subcommands: [Dead.self, Show.self, Replay.self])

  struct Dead: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a tenant's parked events, oldest first.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "How many at most.") var limit = 100
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.listDeadLetters(limit: Int64(limit))
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          say("\(row.id.text)  \(row.createdAt)  \(row.channel)  tries \(row.retryCount)  \(row.errorMessage)")
        }
        say("\(rows.count) parked")
      }
    }
  }

  struct Unknown: Error, CustomStringConvertible { let description = "the tenant has no such parked event" }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a parked event whole, as JSON: what was delivered and why it could not be stored.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "Its id.", transform: uuid) var id: UUID
    @OptionGroup var form: AnywayJSON

    func run() throws {
      administer([.databaseURL]) { settings in
        guard let row = try Selected(tenant, settings).scope.findDeadLetter(id: id) else { throw Unknown() }
        say(row.json.text)
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
    @Flag(help: "As one JSON object, at the end; how far it is goes to standard error.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        let ids = try id.map { [$0] } ?? selected.scope.listDeadLetters(limit: Int64(limit)).map(\.id)
        var (stored, results) = (0, [JSON]())
        for (i, id) in ids.enumerated() {
          let result = try selected.scope.replay(deadLetter: id)
          if result == "completed" { stored += 1 }
          results.append(["id": .string(id.text), "status": .string(result ?? "not open")])
          let line = "\(i + 1)/\(ids.count)  \(id.text)  \(result ?? "not open")"
          if json { complain(line) } else { say(line) }
        }
        let whole: JSON = ["stored": .number(stored), "tried": .number(ids.count), "results": .array(results)]
        say(json ? whole.text : "\(stored) of \(ids.count) stored")
        if stored < ids.count { leave(69) }
      }
    }
  }
}

extension ListDeadLettersRow {
  fileprivate var json: JSON {
    [
      "id": .string(id.text), "channel": .string(channel), "created_at": .string(createdAt.description),
      "retry_count": .number(retryCount), "error_message": .string(errorMessage),
    ]
  }
}

extension FindDeadLetterRow {
  fileprivate var json: JSON {
    func time(_ value: Instant?) -> JSON { value.map { .string($0.description) } ?? .null }
    return [
      "id": .string(id.text), "channel": .string(channel), "status": .string(status),
      "error_message": .string(errorMessage), "retry_count": .number(retryCount), "last_retry_at": time(lastRetryAt),
      "created_at": time(createdAt), "resolved_at": time(resolvedAt), "payload": (try? payload.parse()) ?? .null,
    ]
  }
}
