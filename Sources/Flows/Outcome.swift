import Core
import FoundationEssentials
import Store

/// How a job ended.
public enum Outcome: Sendable, Equatable {
  /// Finished; what it came to is kept.
  case done(JSON)
  /// Did not work; try again after so many seconds, or bury it after the last attempt. Holds its lane.
  case retry(after: Double, why: String)
  /// Not now; try again after so many seconds. Costs no attempt and holds no lane.
  case snooze(after: Double, why: String)
  /// Not now, through no fault of its own; try again after so many seconds. Costs no attempt, but holds its lane: what
  /// comes after it must not overtake it.
  case wait(after: Double, why: String)
  /// Will not work until a person acts; listed, and can be driven again.
  case bury(why: String)

  /// It is over: done, or given up for good.
  var isFinal: Bool {
    switch self {
    case .done, .bury: true
    case .retry, .snooze, .wait: false
    }
  }

  /// The word of `Withheld` for which nothing was said; nil: something was, or nothing was to be.
  var withheld: String? {
    if case .done(let result) = self { Field(result)["withheld"].text } else { nil }
  }

  var word: String {
    switch self {
    case .done: "done"
    case .retry: "retry"
    case .snooze: "snooze"
    case .wait: "wait"
    case .bury: "bury"
    }
  }
}

/// A job that this worker holds.
public struct HeldJob: Sendable {
  public let tenant: UUID
  public let id: UUID
  public let work: Work
  public let attempt: Int
  public let maxAttempts: Int
  public let requestID: String?

  public var isLastAttempt: Bool { attempt >= maxAttempts }

  /// How often it has been tried, this time included, where `most` are allowed: each wait adds to both counts.
  func tries(of most: Int) -> Int { max(1, most - (maxAttempts - attempt)) }

  public init(tenant: UUID, id: UUID, work: Work, attempt: Int, maxAttempts: Int, requestID: String?) {
    self.tenant = tenant
    self.id = id
    self.work = work
    self.attempt = attempt
    self.maxAttempts = maxAttempts
    self.requestID = requestID
  }

  init(_ row: ClaimJobsRow) {
    self.init(
      tenant: row.tenantId, id: row.id, work: Work(row.jobType, payload: row.payload), attempt: Int(row.attempts),
      maxAttempts: Int(row.maxAttempts), requestID: row.requestId)
  }
}

/// A job and how it ended, as `settle_jobs` reads it.
public struct JobResult: Sendable {
  let job: HeldJob
  public let outcome: Outcome

  public init(_ job: HeldJob, _ outcome: Outcome) {
    self.job = job
    self.outcome = outcome
  }

  func row(worker: UUID) -> JSON {
    var members = JSON.Members([
      .init("tenant_id", .string(job.tenant.text)), .init("id", .string(job.id.text)),
      .init("attempt", .number(job.attempt)), .init("worker", .string(worker.text)),
      .init("outcome", .string(outcome.word)),
    ])
    switch outcome {
    case .done(let result): members["result"] = result
    case .retry(let after, let why), .snooze(let after, let why), .wait(let after, let why):
      members["seconds"] = .number(decimal(after))
      members["why"] = .string(why)
    case .bury(let why): members["why"] = .string(why)
    }
    return .object(members)
  }
}
