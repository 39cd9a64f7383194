import Core
import FoundationEssentials
import Store
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// How a run of `jobs` is restricted.
public struct WorkerOptions: Sendable {
  /// Seconds to stay awake; nil: until a successor has registered.
  public var seconds: Double?
  /// Jobs to take at most.
  public var most: Int?
  public var kind: String?
  public var id: UUID?
  /// Leave when nothing is due instead of waiting for more.
  public var drainOnly: Bool
  /// Longest sleep, in seconds, while nothing is due and nobody calls.
  public var poll = 0.25
  /// Whether calls of a model that nobody waits for any more are ended.
  public var givesUp = true

  /// What it is restricted to; nil: it does everything until a successor comes, and supersedes those before it.
  var part: String? { kind ?? (id != nil ? "one" : drainOnly ? "drain" : nil) }

  public init(seconds: Double? = nil, most: Int? = nil, kind: String? = nil, id: UUID? = nil, drainOnly: Bool = false) {
    self.seconds = seconds
    self.most = most
    self.kind = kind
    self.id = id
    self.drainOnly = drainOnly
  }
}

/// How a run went.
public struct WorkerReport: Sendable {
  /// Jobs taken from the queue.
  public var taken = 0
  /// How many ended in which way: done, retry, snooze, wait, bury.
  public var outcomes: [String: Int] = [:]
  /// What went wrong, the first of them.
  public var faults: [String] = []
  static let mostFaults = 50

  mutating func add(_ result: JobResult) {
    outcomes[result.outcome.word, default: 0] += 1
    switch result.outcome {
    case .retry(_, let why), .bury(let why):
      if faults.count < Self.mostFaults { faults.append("\(result.job.work.name): \(why)") }
    case .done, .snooze, .wait: break
    }
  }
}

/// Set by SIGTERM and SIGINT: finish what is held, claim nothing more.
private let told = Atomic<Bool>(false)

/// One run of the job processor. Cron starts one every half minute; each stays awake until the next has registered, then
/// finishes what it holds. Waiting on hundreds of peers costs sockets, not threads: each job is a task.
public actor Worker {
  /// A worker that says nothing for so long has lost its jobs; a killed one's run again within half a minute.
  static let leaseSeconds = 20.0
  /// Often enough that many are missed before the lease ends, and that a predecessor soon learns of its successor.
  static let beatSeconds = 1.0
  /// Beats between two looks for what the dead held: no more than a lease's quarter is lost beyond the lease.
  static let recoverEvery = 5
  /// Beats between two rounds of housekeeping: cron's half minute, so that each run does one at its beginning.
  static let tidyEvery = 30
  static let claimAtOnce = 200
  /// Hours that finished jobs are kept.
  static let keepHours: Int32 = 24
  /// Large: each batch looks for its beginning among all that was removed before it.
  static let pruneAtOnce: Int32 = 10_000
  /// After this a job that does not end is left to the lease.
  static let drainSeconds = 120.0

  private let office: Office
  private let options: WorkerOptions
  private let log: Log
  private var held = 0
  private var taken = 0
  private var results: [JobResult] = []
  private var settling = false
  private var superseded = false
  private var horizon = Horizon()
  private var call = Call.none
  private var sleep: Task<Void, Never>?
  private var report = WorkerReport()
  /// Whether the last claim was heard, and how often in a row one that is to leave could not ask.
  private var hasAsked = false
  private var tries = 0
  private static let mostTries = 5

  public init(_ office: Office, _ options: WorkerOptions) {
    self.office = office
    self.options = options
    log = office.log
  }

  /// SIGTERM and SIGINT drain every worker of this process.
  public static func drainOnSignals() {
    onSignal(SIGTERM) { _ in told.store(true, ordering: .relaxed) }
    onSignal(SIGINT) { _ in told.store(true, ordering: .relaxed) }
  }

  /// Works until its time is over.
  @discardableResult
  public func run() async -> WorkerReport {
    let started = Instant.now
    await beat()
    let heart = Task { await heartbeat() }
    let passing = options.drainOnly || options.id != nil
    let ear = passing || !office.settings.flag(.jobsListen) ? nil : Task { await office.listen { await wake(.claim) } }
    while !over(since: started) {
      call = .none
      let room = room
      // Before the claim: what ends while it looks lets others of its lane be due, which it has not seen.
      let nothingElse = held == 0 && results.isEmpty && !settling
      let claimed = room > 0 ? await claim(room) : []
      for job in claimed { start(job) }
      if claimed.isEmpty, passing, nothingElse {
        guard await looksAgain() else { break }
        // At once: a rest would move the horizon before everything has been looked at.
        continue
      }
      if claimed.isEmpty || claimed.count < room {
        // What is due and was not to be had is somebody else's or has to wait: it does not hurry.
        var least = claimed.isEmpty ? 0.005 : 0
        while !over(since: started), await !rest(least), !passing { least = 0 }
      } else if horizon.isOld() {
        await look()
      }
    }
    ear?.cancel()
    let draining = Instant.now
    while held > 0 || settling || !results.isEmpty, Instant.now - draining < Self.drainSeconds {
      try? await Task.sleep(for: .milliseconds(20))
      await settle()
    }
    heart.cancel()
    _ = await heart.value
    await tidying?.value
    try? await office.database.everyone { [worker = office.worker] (scope) throws(StoreError) in
      try scope.workerStopped(workerId: worker)
    }
    log.info("left", ["jobs": String(taken), "held": held > 0 ? String(held) : nil])
    report.taken = taken
    return report
  }

  private func over(since started: Instant) -> Bool {
    if told.load(ordering: .relaxed) || superseded { return true }
    if let most = options.most, taken >= most { return true }
    if let seconds = options.seconds, Instant.now - started >= seconds { return true }
    return false
  }

  /// Whether one that leaves when nothing is due has to look once more before it believes that: it was not known, or could
  /// not ask; or it has looked behind the horizon only, and what took long to commit stands before it.
  private func looksAgain() async -> Bool {
    if !isKnown || !hasAsked {
      tries += 1
      guard tries < Self.mostTries else { return false }
      // As long as who has just failed to connect is refused another try.
      try? await Task.sleep(for: .seconds(1))
      await beat()
      return true
    }
    guard horizon.since != nil else { return false }
    horizon = Horizon()
    return true
  }

  // MARK: Taking

  private var room: Int {
    min(office.settings.int(.jobsConcurrency) - held, Self.claimAtOnce, (options.most ?? .max) - taken)
  }

  private func claim(_ room: Int) async -> [HeldJob] {
    let (kind, id, me, since) = (options.kind, options.id, office.worker, horizon.since)
    do throws(StoreError) {
      let jobs = try await office.database.everyone { (scope) throws(StoreError) in
        try scope.claimJobs(workerId: me, limit: Int32(room), kind: kind, id: id, since: since).map(HeldJob.init)
      }
      (hasAsked, tries) = (true, jobs.isEmpty ? tries : 0)
      return jobs
    } catch {
      hasAsked = false
      log.warning("not_claimed", ["why": error.sentence])
      try? await Task.sleep(for: .seconds(1))
      return []
    }
  }

  private func start(_ job: HeldJob) {
    held += 1
    taken += 1
    Task {
      let results = await office.perform(job)
      await finished(results)
    }
  }

  private func finished(_ done: [JobResult]) async {
    held -= 1
    results += done
    for result in done { report.add(result) }
    await settle()
  }

  /// Somebody calls: look when the next job is due, or claim at once.
  private enum Call: Int { case none, look, claim }

  private func wake(_ call: Call) {
    if call.rawValue > self.call.rawValue { self.call = call }
    sleep?.cancel()
  }

  /// Sleeps until the next job is due, for `least` seconds at least and a poll's at most; true if there may be one to
  /// claim. Somebody who calls ends it.
  private func rest(_ least: Double) async -> Bool {
    if call == .claim { return true }
    call = .none
    // What is due may be nothing for us, because our hands are full or because we are restricted: then it does not hurry.
    let full = room <= 0
    let blind = full || options.kind != nil || options.id != nil
    var pause = full ? 0.02 : options.poll
    if !full || horizon.isOld() {
      let due = await look()
      if !blind, let due { pause = min(max(due - .now, least), pause) }
    }
    if call == .none, pause > 0 {
      let sleep = Task { [pause] in _ = try? await Task.sleep(for: .seconds(pause)) }
      self.sleep = sleep
      await sleep.value
      self.sleep = nil
    }
    return call == .claim || blind || (call == .none && pause < options.poll)
  }

  /// When the next job may be claimed; moves the horizon there.
  @discardableResult
  private func look() async -> Instant? {
    let now = Instant.now
    let since = horizon.next(now)
    guard
      let found = try? await office.database.everyone({ (scope) throws(StoreError) in
        try scope.nextJobDue(since: since)
      })
    else { return nil }
    horizon.found(since: found.since, lookedAt: now)
    return found.due
  }

  // MARK: Writing down

  /// Writes down all that has ended since the last time, in one call: what ends meanwhile goes with the next.
  private func settle() async {
    guard !settling, !results.isEmpty else { return }
    settling = true
    defer { settling = false }
    while !results.isEmpty {
      let batch = results
      let me = office.worker
      do throws(StoreError) {
        _ = try await office.database.everyone { (scope) throws(StoreError) in
          try scope.settleJobs(results: JSONText(JSON.array(batch.map { $0.row(worker: me) }).text))
        }
        results.removeFirst(batch.count)
        // The next of their lanes may go.
        wake(.look)
      } catch {
        log.error("not_settled", ["jobs": String(batch.count), "why": error.sentence])
        guard error.retryable else {
          // The leases end and the jobs run again; each of their effects is guarded by itself.
          results.removeFirst(batch.count)
          continue
        }
        try? await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  // MARK: Living

  private func heartbeat() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(Self.beatSeconds))
      guard !Task.isCancelled else { return }
      await beat()
    }
  }

  private var beats = 0
  /// Whether the database knows this worker: it gives jobs to none that it does not.
  private var isKnown = false

  /// Says that we live and learns whether somebody came after us; now and then gives back what the dead held.
  private func beat() async {
    let (me, kind) = (office.worker, options.part)
    let name = "\(Self.host):\(getpid())"
    let recovers = beats % Self.recoverEvery == 0
    beats += 1
    do throws(StoreError) {
      let (newer, recovered) = try await office.database.everyone { (scope) throws(StoreError) in
        let newer = try scope.workerHeartbeat(
          workerId: me, name: name, kind: kind, leaseSeconds: Self.leaseSeconds)
        return (newer, recovers ? try scope.recoverJobs(leaseSeconds: Self.leaseSeconds) : 0)
      }
      isKnown = true
      if newer, !superseded { log.info("superseded") }
      superseded = superseded || newer
      if superseded { wake(.claim) }
      if recovered > 0 { log.warning("recovered", ["jobs": String(recovered)]) }
      if options.givesUp { await office.giveUpSuperseded() }
      if beats % Self.tidyEvery == 1 {
        await prune()
        await office.tellDoubts()
        await office.renewTokens()
        tidy()
      }
    } catch {
      log.warning("no_heartbeat", ["why": error.sentence])
    }
  }

  /// Finished jobs are kept for a day, for people who look; then they go, a batch at a time.
  private func prune() async {
    for _ in 0..<5 {
      let gone = try? await office.database.everyone { (scope) throws(StoreError) in
        try scope.pruneJobs(hours: Self.keepHours, limit: Self.pruneAtOnce)
      }
      guard gone == Self.pruneAtOnce else { return }
    }
  }

  private var tidying: Task<Void, Never>?

  /// Beside the heartbeat, which must not wait for it; the next time if the last is still at it.
  private func tidy() {
    guard options.kind == nil, options.id == nil, tidying == nil else { return }
    tidying = Task {
      await office.forget()
      tidying = nil
    }
  }

  private static let host: String = ProcessInfo.processInfo.hostName
}
