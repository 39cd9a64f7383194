import Core
import FoundationEssentials
import Store
import Synchronization
import TestSupport
import Testing

@Suite struct QueueStormTests {
  /// What all connections know together.
  private final class Shared: Sendable {
    struct State {
      /// Who runs which lane, by what the claims returned.
      var running: [String: UUID] = [:]
      var violations: [String] = []
      /// Names of the jobs without a key that were put in.
      var enqueued: Set<String> = []
      var order: [String: [Int]] = [:]
    }
    let state = Mutex(State())

    func started(_ job: ClaimJobsRow) {
      guard let lane = job.lane else { return }
      state.withLock { state in
        if let other = state.running[lane] { state.violations.append("\(lane): \(job.id) beside \(other)") }
        state.running[lane] = job.id
      }
    }

    /// Before it is told to the database: from then on another may start.
    func ending(_ jobs: [ClaimJobsRow]) {
      state.withLock { state in for job in jobs { if let lane = job.lane { state.running[lane] = nil } } }
    }
  }

  /// Several connections put in, take and settle at random for two seconds.
  @Test(arguments: [UInt64(7), 20_261_122]) func anythingAtOnce(_ seed: UInt64) async throws {
    try await Database.cloned { database in
      let shared = Shared()
      let end = Instant.now + 2
      _ = try await onThreads(4) { i in
        try Self.play(Dice(seed &+ UInt64(i) &* 1_000_003), i, try Queue(database), shared, until: end)
      }
      #expect(shared.state.withLock(\.violations).isEmpty)
      try Self.finish(database, shared)
    }
  }

  private static func play(_ dice: Dice, _ player: Int, _ queue: Queue, _ shared: Shared, until end: Instant) throws {
    var dice = dice
    var held = [ClaimJobsRow]()
    var n = 0
    while true {
      // Enough to say something, however slow the machine is.
      let now = Instant.now
      let over = now >= end && shared.state.withLock { $0.enqueued.count > 60 } || now >= end + 60
      if over, held.isEmpty { break }
      switch over ? 9 : dice.roll(10) {
      case 0..<3:
        let batch = (0..<(1 + dice.roll(3))).map { _ -> (String, Bool, JSON) in
          n += 1
          let keyed = dice.roll(3) == 0
          let name = "\(player)-\(n)"
          let lane = dice.roll(7)
          return (
            name, keyed,
            job(
              lane < 5 ? "\(name)@L\(lane)" : name, lane: lane < 5 ? "L\(lane)" : nil,
              key: keyed ? "K\(lane)" : nil, delay: Double(dice.roll(40)) / 1000, cap: 0.1,
              priority: 1 + dice.roll(9), most: 1 + dice.roll(3))
          )
        }
        let tenant = dice.roll(4) == 0 ? Queue.fonda : Queue.esva
        try queue.session.tenant(tenant).enqueue(batch.map(\.2))
        shared.state.withLock { state in for b in batch where !b.1 { state.enqueued.insert(b.0) } }
      case 3..<6:
        let got = try queue.claim(Int32(1 + dice.roll(4)))
        for job in got { shared.started(job) }
        held += got
      default:
        let some = held.filter { _ in over || dice.roll(2) == 0 }
        if some.isEmpty { continue }
        held.removeAll { h in some.contains { $0.id == h.id } }
        shared.ending(some)
        let outcomes = ["done", "done", "done", "done", "retry", "retry", "snooze", "wait", "bury"]
        let results = some.map {
          $0.ended(outcomes[dice.roll(outcomes.count)], by: queue.worker, after: Double(dice.roll(20)) / 1000)
        }
        let taken = try queue.session.everyone.settleJobs(results: JSONText(JSON.array(results)))
        if taken != Int32(some.count) {
          shared.state.withLock { $0.violations.append("\(some.count) settled, \(taken) taken") }
        }
      }
    }
  }

  /// Every lane still moves, and nothing was lost.
  private static func finish(_ database: Database, _ shared: Shared) throws {
    let queue = try Queue(database)
    try queue.clock(3600)
    while case let rest = try queue.claim(100), !rest.isEmpty { try queue.settle(rest, "done") }
    #expect(try queue.count("status in ('pending', 'processing')") == 0)
    #expect(try queue.count("status = 'cancelled' and not coalesce(result ? 'merged_into', false)") == 0)
    let ended = try database.column(
      """
      select split_part(payload ->> 'name', '@', 1) from jobs
       where unique_key is null and status in ('completed', 'dead')
      """
    ).compactMap { $0 }
    let enqueued = shared.state.withLock(\.enqueued)
    #expect(enqueued.count > 50, "\(enqueued.count)")
    #expect(ended.count == enqueued.count)
    #expect(Set(ended) == enqueued)
  }

  /// Of one priority, and always done: each lane runs in the order in which it was filled.
  @Test func lanesKeepTheirOrder() async throws {
    try await Database.cloned { database in
      let (shared, lanes, each) = (Shared(), 4, 60)
      _ = try await onThreads(4) { i in
        let queue = try Queue(database)
        if i == 0 {
          for n in 0..<each {
            for lane in 0..<lanes { try queue.enqueue(job("\(n)@L\(lane)", lane: "L\(lane)")) }
          }
        }
        let end = Instant.now + 120
        while Instant.now < end {
          let got = try queue.claim(3)
          for job in got {
            shared.started(job)
            let n = Int(job.name.split(separator: "@")[0]) ?? -1
            shared.state.withLock { $0.order[job.lane ?? "", default: []].append(n) }
          }
          shared.ending(got)
          try queue.settle(got, "done")
          if shared.state.withLock({ $0.order.values.reduce(0) { $0 + $1.count } }) == lanes * each { return }
        }
      }
      let state = shared.state.withLock { $0 }
      #expect(state.violations.isEmpty)
      #expect(state.order.count == lanes)
      for (lane, order) in state.order { #expect(order == Array(0..<each), "\(lane)") }
    }
  }
}

extension ClaimJobsRow {
  /// What stands behind the @ of its name, with the tenant that it is a lane of.
  fileprivate var lane: String? {
    let parts = name.split(separator: "@")
    return parts.count == 2 ? "\(tenantId.text) \(parts[1])" : nil
  }
}

/// Numbers that are the same in every run (xorshift64*).
struct Dice {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed == 0 ? 1 : seed }

  /// 0 up to `sides`, without it.
  mutating func roll(_ sides: Int) -> Int {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return Int((state &* 2_685_821_657_736_338_717) >> 33) % sides
  }
}
