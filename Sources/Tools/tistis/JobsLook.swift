import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

extension JobsCommand {
  struct Unknown: Error, CustomStringConvertible { let description: String }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List a tenant's jobs, the latest first.", discussion: "Finished ones are kept for a day.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "pending, processing, completed, failed, cancelled or dead.") var status: String?
    @Option(help: "Only of this kind, such as ai_response or send_whatsapp.") var kind: String?
    @Option(help: "How many at most.") var limit = 50
    @Flag(help: "As a JSON array.") var json = false

    func validate() throws {
      let known = ["pending", "processing", "completed", "failed", "cancelled", "dead"]
      guard status.map(known.contains) ?? true else {
        throw ValidationError("--status is one of \(known.joined(separator: ", ")).")
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.tenantJobs(status: status, kind: kind, limit: Int64(limit))
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          let tries = "attempts \(row.attempts)/\(row.maxAttempts)"
          say(
            "\(row.id.text)  \(row.completedAt ?? row.scheduledFor)  \(row.status)  \(row.jobType)  \(tries)  \(row.errorMessage ?? "")"
          )
        }
        say("\(rows.count) listed")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a job whole, as JSON.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The job's id.", transform: uuid) var id: UUID
    @OptionGroup var form: AnywayJSON

    func run() throws {
      administer([.databaseURL]) { settings in
        guard let job = try Selected(tenant, settings).scope.findJob(id: id) else {
          throw Unknown(description: "the tenant has no such job; finished ones are kept for a day")
        }
        say(job.json.text)
      }
    }
  }

  struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give up a job that waits.",
      discussion: """
        Not one that sends a message, which stays in its conversation, nor one that is worked on. A cancelled answer leaves \
        its question to people.
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The job's id.", transform: uuid) var id: UUID
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let scope = try Selected(tenant, settings).scope
        if try scope.cancelJob(id: id) {
          return tell("cancelled", json ? ["id": .string(id.text), "status": "cancelled"] : nil)
        }
        guard let job = try scope.findJob(id: id) else { throw Unknown(description: "the tenant has no such job") }
        throw Unknown(
          description: job.status == "pending" ? "it sends a message: that stays" : "it is \(job.status), not pending")
      }
    }
  }
}

extension TenantJobsRow {
  fileprivate var json: JSON {
    [
      "id": .string(id.text), "job_type": .string(jobType), "status": .string(status), "attempts": .number(attempts),
      "max_attempts": .number(maxAttempts), "scheduled_for": .string(scheduledFor.description),
      "completed_at": completedAt.map { .string($0.description) } ?? .null,
      "error_message": errorMessage.map { .string($0) } ?? .null,
    ]
  }
}

extension FindJobRow {
  fileprivate var json: JSON {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    func time(_ value: Instant?) -> JSON { value.map { .string($0.description) } ?? .null }
    func inner(_ value: JSONText?) -> JSON { value.flatMap { try? $0.parse() } ?? .null }
    return [
      "id": .string(id.text), "job_type": .string(jobType), "status": .string(status), "priority": .number(priority),
      "attempts": .number(attempts), "max_attempts": .number(maxAttempts), "scheduled_for": time(scheduledFor),
      "created_at": time(createdAt), "started_at": time(startedAt), "completed_at": time(completedAt),
      "lane": text(lane),
      "unique_key": text(uniqueKey), "request_id": text(requestId), "payload": inner(payload), "result": inner(result),
      "error_message": text(errorMessage),
    ]
  }
}
