import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite struct QueueOrderTests {
  @Test func bestPriorityThenOldestAndNothingEarly() async throws {
    try await Queue.test { queue in
      try queue.clock(-60)
      try queue.enqueue(job("old 5"))
      try queue.clock(-50)
      try queue.enqueue(job("new 5"), job("3", priority: 3), job("9", priority: 9))
      try queue.clock(nil)
      try queue.enqueue(job("later 1", delay: 600, priority: 1))
      var order = [String]()
      while let next = try queue.claim(1).first { order.append(next.name) }
      #expect(order == ["3", "old 5", "new 5", "9"])
      let due = try #require(try queue.session.everyone.nextJobDue(since: nil).due)
      #expect(abs(due - (Instant.now + 600)) < 60)
      try queue.clock(601)
      #expect(try queue.names() == ["later 1"])
      #expect(try queue.session.everyone.nextJobDue(since: nil).due == nil)
    }
  }

  @Test func onlyOneOfALaneAndTheOldestDueFirst() async throws {
    try await Queue.test { queue in
      let start = Instant.now
      try queue.clock(at: start)
      try queue.enqueue(job("b", lane: "L", delay: 2), job("a", lane: "L", delay: 1), job("c", lane: "L", delay: 3))
      try queue.enqueue(job("free", delay: 1))
      try queue.enqueue(job("other", lane: "L", delay: 1), tenant: Queue.fonda)
      try queue.clock(at: start + 10)
      let first = try queue.claim()
      #expect(first.map(\.name).sorted() == ["a", "free", "other"])
      #expect(try queue.claim().isEmpty)
      // Neither a newcomer nor one that is due earlier passes the running one.
      try queue.clock(at: start)
      try queue.enqueue(job("newcomer", lane: "L"))
      try queue.clock(at: start + 10)
      #expect(try queue.claim().isEmpty)
      var order = [String]()
      var running = first.first { $0.name == "a" }
      while let job = running {
        order.append(job.name)
        try queue.settle(job, "done")
        running = try queue.claim(1).first
      }
      #expect(order == ["a", "newcomer", "b", "c"])
    }
  }

  /// Whatever ends the head, the next one gets its place.
  @Test(arguments: ["done", "bury"]) func headIsHandedOn(_ outcome: String) async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L"), job("b", lane: "L"))
      let a = try #require(try queue.claim().first)
      #expect(a.name == "a")
      try queue.settle(a, outcome)
      #expect(try queue.names() == ["b"])
    }
  }

  @Test func headIsHandedOnWhenItsTwinTakesOver() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L", key: "K"))
      let a = try #require(try queue.claim().first)
      try queue.enqueue(job("twin", lane: "L", key: "K"))
      try queue.settle(a, "retry", after: 0)
      #expect(try queue.value("status", of: "a") == "cancelled")
      #expect(try queue.names() == ["twin"])
    }
  }

  @Test func anEarlierNewcomerTakesTheHeadFromOneThatWaits() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("later", lane: "L", delay: 600))
      try queue.enqueue(job("now", lane: "L"))
      #expect(try queue.names() == ["now"])
      #expect(try queue.value("lane_head", of: "later") == "false")
    }
  }

  @Test func aRetryHoldsItsLane() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L"), job("b", lane: "L"))
      try queue.settle(try queue.claim().first, "retry", after: 60)
      try queue.enqueue(job("c", lane: "L"))
      #expect(try queue.claim().isEmpty)
      try queue.clock(61)
      #expect(try queue.names() == ["a"])
    }
  }

  @Test func aSnoozeHoldsNoLane() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L"), job("b", lane: "L"))
      try queue.settle(try queue.claim().first, "snooze", after: 60)
      let b = try queue.claim().first
      #expect(b?.name == "b")
      try queue.settle(b, "done")
      #expect(try queue.claim().isEmpty)
      try queue.clock(61)
      #expect(try queue.names() == ["a"])
    }
  }

  /// A lane whose only job snoozes, and one whose head is pushed back by its debounce behind another.
  @Test func aPushedBackHeadLetsTheOthersPass() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", lane: "L", key: "A", delay: 1), job("b", lane: "L", delay: 2))
      try queue.enqueue(job("a2", lane: "L", key: "A", delay: 5))
      try queue.clock(3)
      #expect(try queue.names() == ["b"])
    }
  }

  @Test func aBacklogKeepsNobodyElseWaiting() async throws {
    try await Queue.test { queue in
      try queue.database.run(
        """
        insert into jobs (tenant_id, job_type, priority, scheduled_for, payload)
          select '\(Queue.esva.text)', 'test', 1, now() - interval '1 hour', '{"name": "bulk"}'
            from generate_series(1, 5000);
        """)
      try queue.enqueue(job("single"), tenant: Queue.fonda)
      let first = try queue.claim(20)
      #expect(first.count == 20)
      #expect(first.contains { $0.name == "single" })
      #expect(try queue.claim(20).count == 20)
    }
  }

  @Test func restrictedToAKindOrToOneJob() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", kind: "x"), job("b", kind: "y"), job("later", kind: "x", delay: 600))
      #expect(try queue.session.everyone.listJobs(limit: 10, kind: "y", id: nil).count == 1)
      #expect(try queue.claim(20, kind: "y").map(\.name) == ["b"])
      let id = try #require(UUID(uuidString: try queue.value("id", of: "later") ?? ""))
      #expect(try queue.claim(20, id: id).map(\.name) == ["later"])
      #expect(try queue.names() == ["a"])
    }
  }
}
