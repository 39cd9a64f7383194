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
    let end = Instant.now + seconds
    var pause = 0.02
    while true {
      guard let found = try self.tenant(tenant).findJob(id: job) else { return nil }
      if ["completed", "failed", "cancelled", "dead"].contains(found.status) || Instant.now + pause > end {
        return found
      }
      waiting(found)
      usleep(useconds_t(pause * 1_000_000))
      pause = min(pause * 1.5, 0.5)
    }
  }
}
