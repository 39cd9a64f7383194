import Core
import FoundationEssentials
import Rules
import Store

/// What is done by the clock. Cron asks (`tistis routines run`), which puts a job into the queue of each business that it
/// concerns; `jobs` does it. Each may be asked for twice, late, or not for days: what it finds decides, not when it runs.
public enum Routine: String, Sendable, CaseIterable {
  case reminders, followups, templates, expiries, prune

  /// When cron asks for it (`bin/etc/crontab`; a test compares).
  public var schedule: String {
    switch self {
    case .reminders: "*/10 * * * *"
    case .followups: "5 */4 * * *"
    case .templates: "20 3 * * *"
    case .expiries: "*/15 * * * *"
    case .prune: "40 3 * * *"
    }
  }

  /// Seconds between two of its times.
  public var period: Double {
    switch self {
    case .reminders: 600
    case .followups: 4 * 3600
    case .templates, .prune: 86_400
    case .expiries: 900
    }
  }

  public var sentence: String {
    switch self {
    case .reminders:
      "remind people of their appointments: at 9:00 the day before by the branch's clock, and 4 hours before"
    case .followups:
      "ask those who fell silent for 48 hours, three times, while the business is open; then they are cold"
    case .templates: "ask WhatsApp for the state of the message templates"
    case .expiries: "end holds, questions whether somebody comes that got no answer, keys of repeated requests"
    case .prune: "forget what platforms sent, as it came, once it is old"
    }
  }
}

extension Office {
  /// Where a person can be told something that they did not ask for: by a template at any time, else while they may be
  /// written to freely.
  static let waysToTell: JSON.Members = {
    let templates = ChannelName.allCases.filter { ChannelLimits.of($0).hasTemplates }
    return JSON.Members([
      .init("templates", .array(templates.map { .string($0.rawValue) })), .init("windows", windowHours),
    ])
  }()

  /// `{"<channel>": hours}`: how long a person may be written to freely.
  static let windowHours: JSON = {
    let windows = ChannelName.allCases.map { JSON.Members.Pair($0.rawValue, .number(ChannelLimits.of($0).windowHours)) }
    return .object(JSON.Members(windows))
  }()

  /// Does a routine for one business. What fails is tried again; what is done stays done.
  func perform(_ routine: Routine, _ job: HeldJob) async -> Outcome {
    do throws(StoreError) {
      let done: JSON
      switch routine {
      case .reminders: done = try await remind(job)
      case .followups: done = try await followUp(job)
      case .templates: done = try await askForTemplates(job)
      case .expiries: done = try await expire(job)
      case .prune: done = try await pruneOld(job)
      }
      log.info("routine", ["routine": routine.rawValue, "tenant": job.tenant.text, "done": done.text])
      return .done(done)
    } catch {
      log.warning("routine_failed", ["routine": routine.rawValue, "tenant": job.tenant.text, "why": error.sentence])
      return job.isLastAttempt ? .bury(why: error.sentence) : .retry(after: pause(nil, job), why: error.sentence)
    }
  }

  /// One of many: its own fault must not keep the others waiting, the database's does.
  func each<T: Sendable>(
    _ job: HeldJob, or other: T, _ body: @Sendable (Scope) throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    do throws(StoreError) {
      return try await database.transaction(job.tenant, body)
    } catch {
      guard !error.retryable else { throw error }
      log.error("routine_left_one_out", ["job": job.id.text, "tenant": job.tenant.text, "why": error.sentence])
      return other
    }
  }

  /// What the account's platform has of templates, by the job that people ask for too.
  private func askForTemplates(_ job: HeldJob) async throws(StoreError) -> JSON {
    let asked = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
      let accounts = try scope.accountsToSync()
      for account in accounts {
        let errand = Errand.syncTemplates(account, create: false, requestID: job.requestID)
        _ = try scope.requestJob(job: JSONText(errand.job))
      }
      return accounts.count
    }
    return ["accounts": .number(asked)]
  }

  private static let atOnce: Int32 = 500

  private func expire(_ job: HeldJob) async throws(StoreError) -> JSON {
    var sum = (holds: 0, confirmations: 0, requests: 0)
    while true {
      let row = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.expire(limit: Self.atOnce, answerSeconds: Reminder.answerSeconds)
      }
      sum.holds += Int(row.holds)
      sum.confirmations += Int(row.confirmations)
      sum.requests += Int(row.requests)
      guard max(row.holds, row.confirmations, row.requests, row.counters) == Self.atOnce else { break }
    }
    return [
      "holds": .number(sum.holds), "confirmations": .number(sum.confirmations), "requests": .number(sum.requests),
    ]
  }

  /// What the housekeeping between jobs has not come to.
  private func pruneOld(_ job: HeldJob) async throws(StoreError) -> JSON {
    let days = settings.int(.rawRetentionDays)
    guard days > 0 else { return ["raw": 0] }
    let before = Instant.now + -Double(days) * 86_400
    let sum = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
      try scope.forget(before: before, batches: 500)
    }
    return ["raw": .number(sum.total), "more": .bool(sum.isMore)]
  }
}
