import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite struct QueueSettleTests {
  @Test func deadAfterTheLastAttempt() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L", most: 3), job("b", lane: "L"))
      for attempt in 1...3 {
        let a = try queue.claim().first
        #expect(a?.name == "a")
        #expect(a?.attempts == Int32(attempt))
        try queue.settle(a, "retry")
      }
      #expect(try queue.value("status", of: "a") == "dead")
      #expect(try queue.value("error_message", of: "a") == "because")
      #expect(try queue.names() == ["b"])
    }
  }

  @Test func aSnoozeCostsNoAttempt() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", most: 2))
      for _ in 0..<5 {
        let a = try #require(try queue.claim().first)
        #expect(a.maxAttempts - a.attempts == 1)
        try queue.settle(a, "snooze")
      }
      try queue.settle(try queue.claim().first, "retry")
      let last = try #require(try queue.claim().first)
      #expect(last.attempts == last.maxAttempts)
      try queue.settle(last, "retry")
      #expect(try queue.value("status", of: "a") == "dead")
    }
  }

  /// Nor does a wait, and nothing of its lane passes it.
  @Test func aWaitCostsNoAttemptAndKeepsItsPlace() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L", most: 2), job("b", lane: "L"), job("c"))
      for _ in 0..<3 {
        let held = try queue.claim()
        #expect(held.map(\.name).sorted() == ["a", "c"])
        #expect(held.first { $0.name == "a" }.map { $0.maxAttempts - $0.attempts } == 1)
        try queue.settle(held, "wait")
      }
      try queue.settle(try queue.claim(), "wait", after: 60)
      #expect(try queue.names() == [])
      let wait = Double(try queue.value("extract(epoch from scheduled_for - updated_at)", of: "a") ?? "") ?? .nan
      #expect(abs(wait - 60) < 0.01)
      try queue.clock(61)
      #expect(try queue.names() == ["a", "c"])
    }
  }

  @Test func onlyTheHolderAtThisAttemptIsListenedTo() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"))
      let first = try #require(try queue.claim().first)
      let stranger = JSON.array([first.ended("done", by: UUID())])
      #expect(try queue.session.everyone.settleJobs(results: JSONText(stranger)) == 0)
      #expect(try queue.value("status", of: "a") == "processing")
      try queue.settle(first, "retry")
      #expect(try queue.settle(first, "done") == 0)
      let second = try #require(try queue.claim().first)
      #expect(try queue.settle(first, "bury") == 0)
      #expect(try queue.value("status", of: "a") == "processing")
      #expect(try queue.settle(second, "done") == 1)
      #expect(try queue.settle(second, "retry") == 0)
      #expect(try queue.value("status", of: "a") == "completed")
    }
  }

  /// A settle whose answer was lost is said again; meanwhile the job may run once more under the same worker.
  @Test func aRepeatedSnoozeDoesNotTouchTheNextRun() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L"))
      let first = try #require(try queue.claim().first)
      try queue.settle(first, "snooze")
      let second = try #require(try queue.claim().first)
      #expect(try queue.settle(first, "snooze") == 0)
      #expect(try queue.value("status", of: "a") == "processing")
      #expect(try queue.settle(second, "done") == 1)
    }
  }

  @Test func unknownJobsAndNobodysAreIgnored() async throws {
    try await Queue.test { (queue) throws in
      #expect(try queue.session.everyone.settleJobs(results: "[]") == 0)
      let nobody: JSON = [
        [
          "tenant_id": .string(UUID().text), "id": .string(UUID().text), "attempt": 1,
          "worker": .string(queue.worker.text), "outcome": "done",
        ]
      ]
      #expect(try queue.session.everyone.settleJobs(results: JSONText(nobody)) == 0)
    }
  }

  @Test func aSilentWorkersJobsRunAgain() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L"), job("b", lane: "L"), job("last", most: 1))
      let lost = try queue.claim()
      #expect(lost.map(\.name).sorted() == ["a", "last"])
      #expect(try queue.session.everyone.recoverJobs(leaseSeconds: 20) == 0)
      try queue.database.run("update workers set last_seen = now() - interval '21 seconds'")
      let other = try Queue(queue.database)
      #expect(try other.session.everyone.recoverJobs(leaseSeconds: 20) == 2)
      let again = try other.claim()
      #expect(again.map(\.name) == ["a"])
      #expect(again.first?.attempts == 2)
      #expect(try queue.value("status", of: "last") == "dead")
      // It was only slow: what it has to say comes too late.
      #expect(try queue.settle(lost, "done") == 0)
      #expect(try other.settle(again, "done") == 1)
      #expect(try other.names() == ["b"])
    }
  }

  @Test func whoSaysGoodbyeGivesItsJobsBackAtOnce() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a"))
      _ = try queue.claim()
      try queue.session.everyone.workerStopped(workerId: queue.worker)
      let other = try Queue(queue.database)
      #expect(try other.session.everyone.recoverJobs(leaseSeconds: 20) == 1)
      #expect(try other.names() == ["a"])
    }
  }

  @Test func theOlderOfTwoIsSuperseded() async throws {
    try await Queue.test { older in
      #expect(try older.heartbeat() == false)
      let kind = Connection(older.database.dsn(user: "tistis_jobs"))
      func beat(_ id: UUID) throws -> Bool {
        try kind.everyone.workerHeartbeat(workerId: id, name: "kind", kind: "x", leaseSeconds: 20)
      }
      let special = UUID()
      #expect(try beat(special) == false)
      #expect(try older.heartbeat() == false, "one restricted to a kind supersedes nobody")
      let newer = try Queue(older.database)
      #expect(try older.heartbeat() == true)
      #expect(try newer.heartbeat() == false)
      #expect(try beat(special) == false, "nor is it superseded")
      // A successor that fell silent is none.
      try older.database.run(
        "update workers set last_seen = now() - interval '1 minute' where id = '\(newer.worker.text)'")
      #expect(try older.heartbeat() == false)
      #expect(try newer.heartbeat() == false)
      #expect(try older.heartbeat() == true)
      try newer.session.everyone.workerStopped(workerId: newer.worker)
      #expect(try older.heartbeat() == false)
    }
  }

  @Test func finishedOnesArePrunedInBatchesAndDeadOnesStay() async throws {
    try await Queue.test { queue in
      try queue.database.run(
        """
        insert into jobs (tenant_id, job_type, status, completed_at)
          select '\(Queue.esva.text)'::uuid, 'test', s, now() - interval '3 days'
            from unnest(array['completed', 'completed', 'cancelled', 'dead']) s
          union all select '\(Queue.fonda.text)', 'test', 'completed', now() - interval '1 hour';
        """)
      try queue.enqueue(job("pending"))
      func prune() throws -> Int32 { try queue.session.everyone.pruneJobs(hours: 48, limit: 2) }
      #expect(try [prune(), prune(), prune()] == [2, 1, 0])
      #expect(try queue.count("status = 'dead'") == 1)
      #expect(try queue.count("true") == 3)
    }
  }

  /// Runs that were killed say no goodbye; their rows must not pile up.
  @Test func rowsOfOldRunsGo() async throws {
    try await Queue.test { queue in
      try queue.database.run(
        """
        insert into workers (name, started_at, last_seen, stopped_at) values
          ('killed', now() - interval '3 days', now() - interval '3 days', null),
          ('left', now() - interval '3 days', now() - interval '3 days', now() - interval '3 days'),
          ('today', now() - interval '1 hour', now() - interval '1 hour', null)
        """)
      try queue.session.everyone.workerStopped(workerId: queue.worker)
      #expect(try queue.database.column("select name from workers order by name") == ["test", "today"])
    }
  }
}
