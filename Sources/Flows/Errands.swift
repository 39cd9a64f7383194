import Core
import FoundationEssentials
import Store

#if canImport(Glibc)
  import Glibc
#endif

/// Something that only `jobs` can do, since only it speaks to the outside, and that somebody waits for.
public struct Errand: Sendable {
  let job: JSON

  /// Looks whether an account works. Two at once are one.
  public static func testChannel(_ connection: UUID, subscribe: Bool, requestID: String?) -> Errand {
    Errand(
      "test_channel", key: "test:\(connection.text):\(subscribe)", requestID,
      ["channel_connection_id": .string(connection.text), "subscribe": .bool(subscribe)])
  }

  /// Asks for the templates of the account's business; with `create` makes those of ours that it lacks.
  public static func syncTemplates(_ connection: UUID, create: Bool, requestID: String?) -> Errand {
    Errand(
      "sync_templates", key: "templates:\(connection.text):\(create)", requestID,
      ["channel_connection_id": .string(connection.text), "create": .bool(create)])
  }

  private init(_ kind: String, key: String, _ requestID: String?, _ payload: JSON) {
    job = .object([
      "job_type": .string(kind), "unique_key": .string(key), "priority": 2, "max_attempts": 3, "payload": payload,
      "request_id": requestID.map { .string($0) },
    ])
  }
}

extension Connection {
  /// Puts an errand into the queue in a tenant's name and calls a worker; its job's id.
  public func send(_ errand: Errand, tenant: UUID) throws(StoreError) -> UUID? {
    let id = try self.tenant(tenant).requestJob(job: JSONText(errand.job)) ?? nil
    wakeWorkers()
    return id
  }

  /// The job as it is when it has ended, or after so many seconds; nil: there is no such job.
  /// - Parameter waiting: called now and then with its state.
  public func wait(
    for job: UUID, tenant: UUID, seconds: Double, waiting: (FindJobRow) -> Void = { _ in }
  ) throws(StoreError) -> FindJobRow? {
    try self.tenant(tenant).wait(for: job, seconds: seconds, from: 0.02, waiting: waiting)
  }

  /// As `wait`; but only one of a business waits at all, and only one in the whole installation longer than `short`, so
  /// that neither slow platforms nor one business hold up every process that answers requests. Whoever may is told by
  /// locks of its transaction: they free themselves however that ends, behind a pooler as well.
  public func waitInTurn(
    for job: UUID, tenant: UUID, short: Double, long: Double
  ) throws(StoreError) -> FindJobRow? {
    try transaction(tenant: tenant) { (scope) throws(StoreError) in
      guard try scope.takeWait() else { return try scope.findJob(id: job) }
      let found = try scope.wait(for: job, seconds: min(short, long), from: 0.02)
      guard long > short, let found, !found.hasEnded, try scope.takeLongWait() else { return found }
      return try scope.wait(for: job, seconds: long - short)
    }
  }
}

extension FindJobRow {
  var hasEnded: Bool { ["completed", "failed", "cancelled", "dead"].contains(status) }
}

extension Scope {
  /// - Parameter pause: seconds between the first two looks; later ones are further apart, up to half a second.
  fileprivate func wait(
    for job: UUID, seconds: Double, from pause: Double = 0.1, waiting: (FindJobRow) -> Void = { _ in }
  ) throws(StoreError) -> FindJobRow? {
    let end = Instant.now + seconds
    var pause = pause
    while true {
      guard let found = try findJob(id: job) else { return nil }
      if found.hasEnded || Instant.now + pause > end { return found }
      waiting(found)
      usleep(useconds_t(pause * 1_000_000))
      pause = min(pause * 1.5, 0.5)
    }
  }
}
