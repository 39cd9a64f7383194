import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite struct QueueKeyTests {
  @Test func aDebouncePushesBackButNeverBeyondItsCap() async throws {
    try await Queue.test { queue in
      let start = Instant.now
      try queue.clock(at: start)
      try queue.enqueue(job("1", key: "K", delay: 2, cap: 5))
      try queue.clock(at: start + 1)
      try queue.enqueue(job("2", key: "K", delay: 2, cap: 5, priority: 3))
      #expect(try queue.count("true") == 1)
      #expect(abs(try queue.due("2", since: start) - 3) < 0.01)
      #expect(try queue.value("priority", of: "2") == "3")
      try queue.clock(at: start + 4.5)
      try queue.enqueue(job("3", key: "K", delay: 2, cap: 5))
      #expect(abs(try queue.due("3", since: start) - 5) < 0.01)
      try queue.clock(at: start + 4.6)
      try queue.enqueue(job("4", key: "K", delay: 2, cap: 5))
      #expect(abs(try queue.due("4", since: start) - 5) < 0.01)
      #expect(try queue.value("priority", of: "4") == "3")
    }
  }

  /// A delay that is longer than the cap was asked for by a person.
  @Test func aLongDelayOutlastsTheCap() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("1", key: "K", delay: 60, cap: 20))
      #expect(try queue.due("1") > 25)
    }
  }

  @Test func aDebounceNeverShortensARetryAfter() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("1", lane: "L", key: "K", delay: 0, cap: 20))
      try queue.settle(try queue.claim().first, "retry", after: 300)
      try queue.enqueue(job("2", lane: "L", key: "K", delay: 2, cap: 20))
      #expect(try queue.count("true") == 1)
      #expect(try queue.due("2") > 200)
      // Nor does the newcomer that arrived while the first ran: it takes the waiting over.
      try queue.clock(301)
      let job2 = try queue.claim().first
      try queue.clock(nil)
      try queue.enqueue(job("3", lane: "L", key: "K", delay: 2, cap: 20))
      try queue.settle(job2, "retry", after: 400)
      #expect(try queue.value("status", of: "2") == "cancelled")
      #expect(try queue.due("3") > 200)
      #expect(try queue.value("result ->> 'merged_into'", of: "2") == queue.value("id", of: "3"))
    }
  }

  @Test func aRequeuedJobMergesAndItsBatchIsSettled() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", key: "K"), job("b"), job("c"))
      let held = try queue.claim()
      #expect(held.count == 3)
      try queue.enqueue(job("twin", key: "K", delay: 5))
      try queue.clock(0)
      let results = held.map { $0.ended($0.name == "a" ? "snooze" : "done", by: queue.worker, after: 60) }
      #expect(try queue.session.everyone.settleJobs(results: JSONText(JSON.array(results))) == 3)
      #expect(try queue.value("status", of: "a") == "cancelled")
      #expect(try queue.due("twin") > 20)
      #expect(try queue.count("status = 'completed'") == 2)
    }
  }

  /// Without a lane two of one key can run at once; when both are to run again, one does.
  @Test(arguments: ["retry", "snooze", "wait"]) func twinsThatEndTogetherMerge(_ outcome: String) async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", key: "K"))
      let a = try queue.claim()
      try queue.enqueue(job("b", key: "K"))
      let b = try queue.claim()
      try queue.enqueue(job("other"))
      let all = try a + b + queue.claim()
      #expect(all.count == 3)
      #expect(try queue.settle(all, outcome, after: 30) == 3)
      #expect(try queue.count("unique_key = 'K' and status = 'pending'") == 1)
      #expect(try queue.count("unique_key = 'K' and status = 'cancelled' and result ? 'merged_into'") == 1)
      #expect(try queue.count("unique_key is null and status = 'pending'") == 1)
    }
  }

  /// The same when their worker dies: else nobody's jobs would be recovered.
  @Test func twinsOfADeadWorkerMerge() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("a", key: "K"))
      _ = try queue.claim()
      try queue.enqueue(job("b", key: "K"))
      _ = try queue.claim()
      try queue.database.run("update workers set last_seen = now() - interval '1 hour'")
      #expect(try queue.session.everyone.recoverJobs(leaseSeconds: 20) == 2)
      #expect(try queue.count("status = 'pending'") == 1)
    }
  }

  @Test func oneBatchMayNameAKeyTwice() async throws {
    try await Queue.test { (queue) throws in
      let start = Instant.now
      try queue.clock(at: start)
      #expect(try queue.enqueue(job("1", key: "K", delay: 1), job("2", key: "K", delay: 2), job("3")) == 3)
      #expect(try queue.count("unique_key = 'K'") == 1)
      #expect(abs(try queue.due("2", since: start) - 2) < 0.01)
    }
  }

  @Test func aKeyBelongsToATenantAndToPendingOnes() async throws {
    try await Queue.test { queue in
      try queue.enqueue(job("1", key: "K"))
      try queue.enqueue(job("2", key: "K"), tenant: Queue.fonda)
      #expect(try queue.count("true") == 2)
      try queue.settle(try queue.claim(), "done")
      try queue.enqueue(job("3", key: "K"))
      #expect(try queue.count("unique_key = 'K'") == 3)
    }
  }

  /// Two sessions that debounce the same conversation at once make one job.
  @Test func parallelDebounces() async throws {
    try await Queue.test { queue in
      let database = queue.database
      _ = try await onThreads(8) { i in
        let session = database.connection(user: "tistis_webhook_whatsapp")
        for n in 0..<20 {
          try session.tenant(Queue.esva).enqueue(
            [job("\(i)-\(n)", lane: "L\(n % 3)", key: "K\(n % 3)", delay: 1, cap: 20)])
        }
      }
      #expect(try queue.count("true") == 3)
      #expect(try queue.count("lane_head") == 3)
    }
  }
}
