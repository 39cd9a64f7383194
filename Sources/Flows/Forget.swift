import Core
import Store

extension Office {
  /// Forgets what platforms sent once it is older than it is kept raw: a few tenants at a time, in small transactions, so
  /// that nobody waits for it. What is left over is for the next time.
  func forget() async {
    let days = settings.int(.rawRetentionDays)
    guard days > 0 else { return }
    let before = Instant.now + -Double(days) * 86_400
    do throws(StoreError) {
      let due = try await database.everyone { (scope) throws(StoreError) in
        try scope.retentionDue(checkedBefore: .now + -3600, limit: 10)
      }
      for tenant in due {
        let done = try await database.tenant(tenant.tenantId) { (scope) throws(StoreError) in
          try scope.forget(before: before, batches: 4)
        }
        if done.total > 0 { log.info("forgot", ["tenant": tenant.slug, "raw": String(done.total)]) }
      }
    } catch {
      log.warning("not_forgotten", ["why": error.sentence])
    }
  }
}

/// How many raw things were forgotten, by kind.
public struct Forgotten: Sendable, Equatable {
  public var messages = 0
  public var reports = 0
  public var events = 0
  public var deadLetters = 0
  /// Of the assistant.
  public var steps = 0
  public var isMore = false

  public var total: Int { messages + reports + events + deadLetters + steps }

  public init() {}

  public static func += (sum: inout Forgotten, more: Forgotten) {
    sum.messages += more.messages
    sum.reports += more.reports
    sum.events += more.events
    sum.deadLetters += more.deadLetters
    sum.steps += more.steps
    sum.isMore = more.isMore
  }
}

extension Scope {
  /// Forgets the tenant's raw things from before then, each batch a transaction of its own. Killed between two of them it
  /// goes on there the next time. Where somebody else is at it, `waiting` goes on after them; otherwise it leaves it to them.
  public func forget(
    before: Instant, batches: Int = .max, waiting: Bool = false, _ progress: (Forgotten) -> Void = { _ in }
  ) throws(StoreError) -> Forgotten {
    var sum = Forgotten()
    for _ in 0..<batches {
      let row = try self.pruneRaw(before: before, limit: 1000, wait: waiting)
      var batch = Forgotten()
      batch.messages = Int(row.messages)
      batch.reports = Int(row.reports)
      batch.events = Int(row.events)
      batch.deadLetters = Int(row.deadLetters)
      batch.steps = Int(row.steps)
      batch.isMore = row.isMore
      sum += batch
      progress(sum)
      if !row.isMore { break }
    }
    return sum
  }

  /// What `forget` would forget; changes nothing.
  public func forgettable(before: Instant) throws(StoreError) -> Forgotten {
    let row = try self.prunableRaw(before: before)
    var sum = Forgotten()
    sum.messages = Int(row.messages)
    sum.reports = Int(row.reports)
    sum.events = Int(row.events)
    sum.deadLetters = Int(row.deadLetters)
    sum.steps = Int(row.steps)
    return sum
  }
}
