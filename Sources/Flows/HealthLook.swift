import Core
import Rules
import Store

/// What one look at the database told, and how it is said.
struct HealthLook {
  struct Found {
    /// Seconds until it answered; nil: it did not.
    var latency: Double?
    var report: HealthReportRow?
    var schema: Int32?
    var queue: HealthQueueRow?
    /// Since when Anthropic takes none of our calls.
    var modelRefused: Instant?
    /// What went wrong first.
    var why: String?
  }

  let at: Instant
  let status: HealthStatus
  let reasons: [String]
  let why: String?
  private let found: Found

  init(_ at: Instant, _ found: Found) {
    self.at = at
    self.found = found
    var facts = HealthStatus.Facts()
    facts.latency = found.latency
    facts.readOnly = found.report?.readOnly ?? false
    facts.schema = found.schema ?? 0
    facts.neededSchema = App.schema
    facts.silent = found.report?.silentSince != nil
    facts.modelRefused = found.modelRefused != nil
    facts.oldestDue = found.queue?.oldestDueSeconds
    (status, reasons) = HealthStatus.of(facts)
    why = found.why
  }

  /// What everybody is told.
  var summary: JSON.Members {
    JSON.Members([
      .init("status", .string(status.rawValue)), .init("timestamp", .string(at.description)),
      .init("version", .string(version)),
    ])
  }

  /// The rest. Postgres' own words may name hosts and roles: only `whole` has them.
  func details(whole: Bool) -> [JSON.Members.Pair] {
    let running = found.report.map { $0.silentSince == nil } ?? false
    let checks: JSON = [
      // Or this program would not have started.
      "env_vars": true, "database_writable": .bool(found.report.map { !$0.readOnly } ?? false),
      "schema_current": .bool((found.schema ?? 0) >= App.schema), "jobs_running": .bool(running),
    ]
    return [
      .init("reasons", .array(reasons.map { .string($0) })),
      .init(
        "services",
        .object(["database": databaseService(whole), "jobs": jobsService(running), "model": modelService])),
      .init("checks", checks), .init("schema_version", found.schema.map { .number($0) } ?? .null),
      .init("queue", queue), .init("jobs", jobs),
    ]
  }

  private func databaseService(_ whole: Bool) -> JSON {
    let state: HealthStatus = status == .unhealthy ? .unhealthy : (found.latency ?? 0) > 1 ? .degraded : .healthy
    let fault = (whole ? why : nil) ?? reasons.first ?? "answers"
    return .object([
      "status": .string(state.rawValue), "latency_ms": found.latency.map { .number(Int($0 * 1000)) } ?? .null,
      "message": .string(state == .healthy ? "answers" : fault), "last_check": .string(at.description),
    ])
  }

  private func jobsService(_ running: Bool) -> JSON {
    let state = found.report == nil ? "unknown" : running ? "healthy" : "degraded"
    return .object(["status": .string(state), "last_check": .string(at.description)])
  }

  private var modelService: JSON {
    .object([
      "status": found.report == nil ? "unknown" : found.modelRefused == nil ? "healthy" : "degraded",
      "refused_since": found.modelRefused.map { .string($0.description) }, "last_check": .string(at.description),
    ])
  }

  private var queue: JSON {
    guard let queue = found.queue else { return .null }
    return [
      "oldest_due_age_seconds": .number(Int(queue.oldestDueSeconds)), "due": .number(queue.due),
      "dead": .number(queue.dead),
    ]
  }

  private var jobs: JSON {
    guard let report = found.report else { return .null }
    return [
      "last_run_at": report.lastRunAt.map { .string($0.description) } ?? .null,
      "age_seconds": report.lastRunAt.map { .number(Int(max(0, at - $0))) } ?? .null,
      "workers": .number(report.workers), "alert_open": .bool(report.alertOpen),
    ]
  }
}
