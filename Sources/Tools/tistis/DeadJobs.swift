import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "A tenant's jobs, and those that were given up.",
    subcommands: [List.self, Show.self, Dead.self, Retry.self, Cancel.self])

  struct Dead: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a tenant's dead jobs with what buried them.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "How many at most.") var limit = 100
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.listDeadJobs(limit: Int64(limit))
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          say(
            "\(row.id.text)  \(row.completedAt?.description ?? "-")  \(row.jobType)  attempts \(row.attempts)  \(row.errorMessage ?? "")"
          )
        }
        say("\(rows.count) dead")
      }
    }
  }

  struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Drive dead jobs again, with all their attempts.",
      discussion: """
        Who was told that people take over is not answered by the assistant after all: what they write next is, once \
        the conversation is handed back. A message that may have been sent is never sent again; one that failed takes \
        its later parts along. A hundred at a time; how far it is goes to standard error.
        """)

    /// So many in one statement: its locks are soon free again, and a person who waits sees that it goes on.
    private static let batch = 100

    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "Only this one (default: all of them).", transform: uuid) var id: UUID?
    @Option(help: "How many at most.") var limit = 1000
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        let found = try id.map { [$0] } ?? selected.scope.listDeadJobs(limit: Int64(limit)).map(\.id)
        // In the order in which they were put there, which one statement keeps by itself, but not several.
        let ids = found.sorted { $0.text < $1.text }
        var driven = [UUID]()
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
          let end = min(start + Self.batch, ids.count)
          let pending = try selected.scope.redriveJobs(ids: Array(ids[start..<end]))
          selected.database.wakeWorkers()
          if !json { for id in pending { say(id.text) } }
          complain("\(end)/\(ids.count)")
          driven += pending
        }
        tell(
          "\(driven.count) of \(ids.count) pending again",
          json ? ["pending": .array(driven.map { .string($0.text) }), "tried": .number(ids.count)] : nil)
        if driven.count < ids.count { leave(69) }
      }
    }
  }
}

extension ListDeadJobsRow {
  fileprivate var json: JSON {
    [
      "id": .string(id.text), "job_type": .string(jobType), "attempts": .number(attempts),
      "completed_at": completedAt.map { .string($0.description) } ?? .null,
      "error_message": errorMessage.map { .string($0) } ?? .null,
    ]
  }
}
