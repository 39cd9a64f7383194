import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A search for jobs begins where the last one ended: nothing that may be claimed may become ready before that.
@Suite struct QueueHorizonTests {
  @Test func aSearchPassesWhatWasReadyBeforeItsHorizon() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"))
      try queue.database.run("update jobs set ready_at = now() - interval '1 hour'")
      #expect(try queue.claim(since: .now + -60).isEmpty)
      #expect(try queue.session.everyone.nextJobDue(since: .now + -60).due == nil)
      #expect(try queue.claim().map(\.name) == ["a"])
    }
  }

  @Test func itNeverPassesAJobThatWaits() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"), job("later", delay: 600))
      let found = try queue.session.everyone.nextJobDue(since: nil)
      let due = try #require(found.due)
      #expect(found.since < due)
      #expect(try queue.claim(since: found.since).map(\.name) == ["a"])
      let next = try queue.session.everyone.nextJobDue(since: found.since)
      #expect(abs(try #require(next.due) - (Instant.now + 600)) < 60)
      #expect(next.since < .now)
    }
  }

  /// Due for an hour, but its turn only now.
  @Test func theNextOfALaneIsReadyWhenItsTurnComes() async throws {
    try await Queue.test { queue in
      try queue.clock(-3600)
      try queue.enqueue(job("a", lane: "L"), job("b", lane: "L"))
      try queue.clock(nil)
      let a = try #require(try queue.claim().first)
      let since = Instant.now
      try queue.settle(a, "done")
      #expect(try queue.claim(since: since).map(\.name) == ["b"])
    }
  }

  @Test(arguments: ["retry", "snooze", "wait"]) func whatComesBackIsReadyAnew(_ outcome: String) async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"), job("b", lane: "L"))
      let held = try queue.claim()
      let since = Instant.now
      try queue.settle(held, outcome)
      #expect(try queue.claim(since: since).map(\.name).sorted() == ["a", "b"])
    }
  }

  @Test func aDeadJobDrivenAgainIsReadyAnew() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"))
      let a = try #require(try queue.claim().first)
      try queue.settle(a, "bury")
      let since = Instant.now
      #expect(try queue.session.tenant(Queue.esva).redriveJobs(ids: [a.id]) == [a.id])
      #expect(try queue.claim(since: since).map(\.name) == ["a"])
    }
  }

  /// A worker that was only asleep may claim after its jobs were given back, and then die.
  @Test func whoWokeUpAndDiedIsRecoveredOnceMore() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"))
      _ = try queue.claim()
      try queue.database.run("update workers set last_seen = now() - interval '30 seconds'")
      #expect(try queue.session.everyone.recoverJobs(leaseSeconds: 20) == 1)
      _ = try queue.claim()
      #expect(try queue.session.everyone.recoverJobs(leaseSeconds: 20) == 0)
      // Gone twice as long as when it was last looked at.
      try queue.database.run(
        "update workers set last_seen = now() - interval '70 seconds', recovered_at = now() - interval '40 seconds'")
      #expect(try queue.session.everyone.recoverJobs(leaseSeconds: 20) == 1)
    }
  }

  /// Its first heartbeat met a database that was down.
  @Test func whoHasNotSaidThatItLivesGetsNothing() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"))
      try queue.database.run("delete from workers")
      #expect(try queue.claim().isEmpty)
      _ = try queue.heartbeat()
      #expect(try queue.names() == ["a"])
    }
  }

  @Test func theHorizonMovesAndWidens() {
    let start = Instant.now
    let since = start + -1
    var horizon = Horizon()
    #expect(horizon.since == nil && horizon.isOld(start))
    #expect(horizon.next(start) == nil)
    horizon.found(since: since, lookedAt: start)
    #expect(!horizon.isOld(start + 0.5) && horizon.isOld(start + 1))
    #expect(horizon.next(start + 1) == since)
    // A look that failed is made again.
    for _ in 0..<2 { #expect(horizon.next(start + 10) == since + -Horizon.wide.back) }
    horizon.found(since: since, lookedAt: start + 10)
    #expect(horizon.next(start + 11) == since)
    #expect(horizon.next(start + 301) == nil)
    horizon.found(since: since, lookedAt: start + 301)
    #expect(horizon.next(start + 302) == since)
  }
}
