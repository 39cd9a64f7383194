import Core
import FoundationEssentials
import Store
import Synchronization
import TestSupport
import Testing

/// The queue of a database of its own, seen by one worker.
final class Queue {
  static let esva = UUID(uuidString: "A0000000-0000-0000-0000-000000000001") ?? UUID()
  static let fonda = UUID(uuidString: "A0000000-0000-0000-0000-000000000002") ?? UUID()

  let database: Database
  let session: Connection
  let worker = UUID()

  init(_ database: Database) throws {
    self.database = database
    session = database.connection(user: "tistis_jobs")
    _ = try heartbeat()
  }

  /// A test with a queue of its own.
  static func test(_ body: (Queue) async throws -> Void) async throws {
    try await Database.cloned { database in try await body(try Queue(database)) }
  }

  func heartbeat(kind: String? = nil, lease: Double = 20) throws -> Bool {
    try session.everyone.workerHeartbeat(workerId: worker, name: "test", kind: kind, leaseSeconds: lease)
  }

  /// Lets this session's clock stand so many seconds from now.
  func clock(_ seconds: Double?) throws {
    try session.script("set app.now = '\(seconds.map { (Instant.now + $0).description } ?? "")'")
  }

  /// Lets it stand there.
  func clock(at instant: Instant) throws { try session.script("set app.now = '\(instant.description)'") }

  @discardableResult
  func enqueue(_ jobs: JSON..., tenant: UUID = esva) throws -> Int32 {
    try session.tenant(tenant).enqueue(jobs)
  }

  func claim(_ limit: Int32 = 20, kind: String? = nil, id: UUID? = nil, since: Instant? = nil) throws -> [ClaimJobsRow]
  {
    try session.everyone.claimJobs(workerId: worker, limit: limit, kind: kind, id: id, since: since)
  }

  /// The names of the jobs that a claim takes, by name.
  func names(_ limit: Int32 = 20) throws -> [String] { try claim(limit).map(\.name).sorted() }

  @discardableResult
  func settle(_ jobs: [ClaimJobsRow], _ outcome: String, after seconds: Double = 0, why: String = "because") throws
    -> Int32
  {
    try session.everyone.settleJobs(
      results: JSONText(JSON.array(jobs.map { $0.ended(outcome, by: worker, after: seconds, why: why) })))
  }

  @discardableResult
  func settle(_ job: ClaimJobsRow?, _ outcome: String, after seconds: Double = 0) throws -> Int32 {
    try settle([try #require(job)], outcome, after: seconds)
  }

  /// A column of the job of this name.
  func value(_ column: String, of name: String) throws -> String? {
    try database.scalar("select \(column) from jobs where payload ->> 'name' = '\(name)'")
  }

  /// Seconds from now until a job of this name is due.
  func due(_ name: String) throws -> Double { try due(name, "clock_timestamp()") }

  /// The same from then on.
  func due(_ name: String, since instant: Instant) throws -> Double {
    try due(name, "timestamptz '\(instant.description)'")
  }

  private func due(_ name: String, _ start: String) throws -> Double {
    let seconds = try value("extract(epoch from scheduled_for - \(start))", of: name)
    return Double(seconds ?? "") ?? .nan
  }

  func count(_ condition: String) throws -> Int { try database.count("select count(*) from jobs where \(condition)") }
}

extension Scope {
  /// The programs enqueue inside other functions only.
  @discardableResult
  func enqueue(_ jobs: [JSON]) throws(StoreError) -> Int32 {
    try one("enqueue", "select enqueue_jobs($1::jsonb)", [JSONText(JSON.array(jobs)).sql]) { row throws(StoreError) in
      try row.get(0)
    }
  }
}

extension ClaimJobsRow {
  /// What `job` called it.
  var name: String { (try? payload.parse()["name"]).flatMap { Field($0).text } ?? "?" }

  func ended(_ outcome: String, by worker: UUID, after seconds: Double = 0, why: String = "because") -> JSON {
    [
      "tenant_id": .string(tenantId.text), "id": .string(id.text), "attempt": .number(attempts),
      "worker": .string(worker.text), "outcome": .string(outcome), "seconds": .number(String(seconds)),
      "why": .string(why),
    ]
  }
}

/// A job as `enqueue_jobs` reads it.
func job(
  _ name: String, kind: String = "test", lane: String? = nil, key: String? = nil, delay: Double? = nil,
  cap: Double? = nil, priority: Int? = nil, most: Int? = nil
) -> JSON {
  .object([
    "job_type": .string(kind), "payload": ["name": .string(name)], "lane": lane.map { .string($0) },
    "unique_key": key.map { .string($0) }, "delay_seconds": delay.map { .number(String($0)) },
    "cap_seconds": cap.map { .number(String($0)) }, "priority": priority.map { .number($0) },
    "max_attempts": most.map { .number($0) },
  ])
}
