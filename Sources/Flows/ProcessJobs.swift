import Core
import Dispatch
import Store
import Synchronization

/// The queue's door for schedulers that can only make an HTTP request: works on what is due and says what came of it.
public struct JobsDoor {
  private let app: App
  private let office: Office

  init(_ app: App) throws(Keyring.Fault) {
    self.app = app
    office = try Office(app.name, settings: app.settings)
  }

  /// `POST` or `GET`, `Authorization: Bearer CRON_SECRET`, body `{"max_jobs"?: 1…50 (10), "job_type"?: text}`. Answers
  /// `{success, status, processed, succeeded, failed, errors, duration_ms, queue_stats, timestamp}`.
  public func process(_ request: Request) throws(Refusal) -> Response {
    let started = Instant.now
    guard ["GET", "POST"].contains(request.method) else { throw .wrongMethod(allowed: ["POST", "GET"]) }
    try authenticate(request)
    let (most, kind) = try wishes(request)
    let worker = Worker(office, WorkerOptions(seconds: 8, most: most, kind: kind, drainOnly: true))
    let report = waiting { await worker.run() }
    // The work may have taken longer than a request usually may; the caller waits for it.
    app.database.deadline = nil
    let stats: QueueStatsRow
    do throws(StoreError) { stats = try app.database.everyone.queueStats() } catch { throw error.refusal }
    let failed = report.outcomes["bury", default: 0] + report.outcomes["retry", default: 0]
    return .json([
      "success": true, "status": "healthy", "timestamp": .string(Instant.now.description),
      "processed": .number(report.taken), "succeeded": .number(report.outcomes["done", default: 0]),
      "failed": .number(failed), "errors": .array(report.faults.map { .string($0) }),
      "duration_ms": .number(milliseconds(since: started)),
      "queue_stats": [
        "pending": .number(stats.pending), "processing": .number(stats.processing),
        "completed_today": .number(stats.completedToday), "failed_today": .number(stats.failedToday),
      ],
    ])
  }

  private func authenticate(_ request: Request) throws(Refusal) {
    let secret = app.settings.secret(.cronSecret)
    guard !secret.isEmpty else { throw .unconfigured("CRON_SECRET is not set: this door is closed") }
    let given = request.headers["authorization"] ?? ""
    guard given.lowercased().hasPrefix("bearer "), Secret(String(given.dropFirst(7))) == secret else {
      throw .unauthenticated("expected Authorization: Bearer with the cron secret")
    }
  }

  private func wishes(_ request: Request) throws(Refusal) -> (most: Int, kind: String?) {
    guard !request.body.isEmpty else { return (10, nil) }
    let body = Field(try JSON.parse(request.body))
    _ = try body.object()
    var most: Int64 = 10
    if body["max_jobs"].exists {
      most = try body["max_jobs"].int()
      guard (1...50).contains(most) else { throw body["max_jobs"].expected("1 to 50") }
    }
    return (Int(most), body["job_type"].exists ? try body["job_type"].string() : nil)
  }
}

extension App {
  /// The door with this program's settings; leaves with 78 if its keys cannot be read.
  public func jobsDoor() -> JobsDoor {
    do throws(Keyring.Fault) { return try JobsDoor(self) } catch {
      log.error("configuration", ["problem": "OUTBOUND_KEYS cannot be read: \(error)"])
      leaveMisconfigured()
    }
  }
}

/// Waits on this thread for something asynchronous: a program of this kind has one thread and one request.
private func waiting<T: Sendable>(_ body: @escaping @Sendable () async -> T) -> T {
  let done = DispatchSemaphore(value: 0)
  let result = ResultBox<T>()
  Task {
    let value = await body()
    result.value.withLock { $0 = value }
    done.signal()
  }
  done.wait()
  guard let value = result.value.withLock({ $0 }) else { preconditionFailure("signalled without a result") }
  return value
}

private final class ResultBox<T: Sendable>: Sendable {
  let value = Mutex<T?>(nil)
}
