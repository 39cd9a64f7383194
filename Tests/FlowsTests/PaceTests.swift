import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

#if canImport(Glibc)
  import Glibc
#endif

/// How fast messages leave, kept by Postgres for all processes together.
@Suite struct PaceTests {
  /// One process's session.
  private struct Sender {
    let session: Connection
    let shop: Shop

    init(_ shop: Shop) {
      self.shop = shop
      session = shop.database.connection(user: "tistis_jobs")
    }

    /// Lets this session's clock stand.
    func clock(_ at: Instant) throws { try session.script("set app.now = '\(at.description)'") }

    /// Asks for a slot: how long to wait, and when the account's slot is, if it is ours.
    func take(
      _ contact: String, initiated: Bool = false, on channel: ChannelName = .whatsapp
    ) throws -> (wait: Double?, why: String?, slot: Double) {
      let connection = shop.tenant.connection.text
      return try session.transaction(tenant: shop.tenant.id) { (scope) throws(StoreError) in
        let answer = try scope.one(
          "take", "select wait_seconds, reason from take_send_slot($1, $2, $3::boolean, $4)",
          [connection, contact, initiated ? "true" : "false", gatePolicy(channel).text]
        ) { (row) throws(StoreError) -> (Double?, String?) in (try row.get(0), try row.get(1)) }
        let next: Double = try scope.one(
          "due",
          "select extract(epoch from due_at)::float8 from send_pace where channel_connection_id = $1 and contact = ''",
          [connection]
        ) { (row) throws(StoreError) -> Double in try row.get(0) }
        return (answer.0, answer.1, next - SendPace.of(channel).numberSeconds)
      }
    }

    func ask(_ sql: String, _ values: [String?]) throws -> Double? {
      try session.tenant(shop.tenant.id).one("ask", sql, [shop.tenant.connection.text] + values) {
        (row) throws(StoreError) -> Double? in try row.get(0)
      }
    }

    func strike(_ contact: String, _ seconds: Double, growth: Double, cap: Double) throws -> Double? {
      try ask(
        "select strike_sends($1, $2, $3::float8, $4::float8, $5::float8, 'x')",
        [contact, String(seconds), String(growth), String(cap)])
    }

    func hold(_ contact: String, _ seconds: Double, initiatedOnly: Bool = false) throws {
      _ = try ask(
        "select 0::float8 from hold_sends($1, $2, $3::float8, $4::boolean, 'x')",
        [contact, String(seconds), initiatedOnly ? "true" : "false"])
    }
  }

  private let start = Instant(seconds: 1_795_000_000)

  @Test func noSecondHasMoreThanEighty() async throws {
    try await Shop.test { shop in
      let stamps = try await onThreads(3) { _ in
        let sender = Sender(shop)
        var slots = [Double]()
        while slots.count < 70 {
          let answer = try sender.take(UUID().text)
          guard let wait = answer.wait else {
            slots.append(answer.slot)
            continue
          }
          #expect(answer.why == "number_pace")
          usleep(UInt32(wait * 1_000_000))
        }
        return slots
      }.flatMap { $0 }.sorted()
      #expect(stamps.count == 210)
      for i in 0..<(stamps.count - 80) { #expect(stamps[i + 80] - stamps[i] > 0.99999, "\(i)") }
    }
  }

  @Test func aPersonGetsABurstAndThenOneInSixSeconds() async throws {
    try await Shop.test { shop in
      let sender = Sender(shop)
      let person = UUID().text
      var now = start
      var sent = [Double]()
      while sent.count < 60 {
        try sender.clock(now)
        let answer = try sender.take(person)
        guard let wait = answer.wait else {
          sent.append(now - start)
          // The account's own pace is not what is looked at here.
          if sent.count < 45 { now = now + 0.0125 }
          continue
        }
        #expect(answer.why == "pair_pace")
        now = now + wait
      }
      #expect(sent[44] < 0.6, "45 at once")
      for i in 45..<60 { #expect(abs(sent[i] - Double(i - 44) * 6) < 0.01, "\(i): \(sent[i])") }
      // Who was left alone for long enough may have as many again.
      try sender.clock(start + 400)
      #expect(try sender.take(person).wait == nil)
    }
  }

  /// What is said at once leaves together, on every platform, and nobody waits for the others.
  @Test(arguments: ChannelName.allCases) func manyPeopleAtOnce(_ channel: ChannelName) async throws {
    try await Shop.test { shop in
      let sender = Sender(shop)
      var now = start
      for i in 0..<20 {
        let person = UUID().text
        for _ in 0..<4 {
          try sender.clock(now)
          var answer = try sender.take(person, on: channel)
          if let wait = answer.wait {
            #expect(answer.why == "number_pace", "\(i)")
            now = now + wait
            try sender.clock(now)
            answer = try sender.take(person, on: channel)
          }
          #expect(answer.wait == nil)
        }
      }
      #expect(now - start < 8.1, "80 messages of one account: \(now - start) s")
    }
  }

  @Test func whatIsRefusedTakesNothing() async throws {
    try await Shop.test { shop in
      let sender = Sender(shop)
      try sender.clock(start)
      let (a, b) = (UUID().text, UUID().text)
      try sender.hold(a, 10)
      for _ in 0..<3 {
        let answer = try sender.take(a)
        #expect(answer.wait == 10)
        #expect(answer.why == "x")
      }
      #expect(try sender.take(b).wait == nil, "the number's slot was not used up")
      let second = try sender.take(b)
      #expect(abs((second.wait ?? 0) - 0.0125) < 0.0001)
      try sender.clock(start + 10)
      #expect(try sender.take(a).wait == nil)
    }
  }

  @Test func aRestOfAllAndARestOfWhatTheBusinessBegins() async throws {
    try await Shop.test { shop in
      let sender = Sender(shop)
      try sender.clock(start)
      let person = UUID().text
      try sender.hold("", 100, initiatedOnly: true)
      try sender.hold("", 20, initiatedOnly: true)
      #expect(try sender.take(person, initiated: true).wait == 100, "a shorter rest does not end a longer one")
      #expect(try sender.take(person).wait == nil)
      try sender.hold("", 50)
      #expect(try sender.take(person).wait == 50)
      try sender.clock(start + 51)
      #expect(try sender.take(person).wait == nil)
      #expect(try sender.take(person, initiated: true).wait == 49)
    }
  }

  /// 1, 4, 16 … seconds, for this person only; what was under way together counts once; success begins anew.
  @Test func strikesGrow() async throws {
    try await Shop.test { shop in
      let sender = Sender(shop)
      let (person, other) = (UUID().text, UUID().text)
      var now = start
      for seconds in [1, 4, 16, 64, 256, 256] as [Double] {
        try sender.clock(now)
        #expect(try sender.strike(person, 1, growth: 4, cap: 256) == seconds)
        #expect(try sender.strike(person, 1, growth: 4, cap: 256) == seconds)
        #expect(try sender.take(person).wait == seconds)
        #expect(try sender.take(other).wait == nil)
        now = now + seconds
      }
      try sender.clock(now + -1)
      let forgive = "select 0::float8 from forgive_sends($1, $2)"
      _ = try sender.ask(forgive, [person])
      #expect(try shop.value("strikes", of: "send_pace", "contact = '\(person)'") == "6", "it came from before")
      try sender.clock(now)
      _ = try sender.ask(forgive, [person])
      #expect(try sender.strike(person, 1, growth: 4, cap: 256) == 1)
    }
  }

  /// Through the gate: a number with a lower throughput, and a message whose turn has not come stays as it was.
  @Test func whatHasToWaitStaysPending() async throws {
    try await Shop.test(delay: 60) { shop in
      for _ in 0..<2 { _ = try shop.says("hola") }
      try shop.run(
        """
        insert into messages (tenant_id, conversation_id, channel_connection_id, role, content, status)
          select tenant_id, conversation_id, channel_connection_id, 'staff', 'x', 'pending' from messages
        """)
      let ids = try shop.database.column("select id from messages where role = 'staff' order by id").compactMap {
        UUID(uuidString: $0 ?? "")
      }
      let scope = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      // So long that no machine is too slow to see it wait.
      var numbers = try Field(try gatePolicy(.whatsapp).parse()).object()
      numbers["number_seconds"] = 600
      let policy = JSONText(.object(numbers))
      #expect(try scope.beginSend(messageId: ids[0], attempt: UUID(), policy: policy).verdict == "go")
      let second = try scope.beginSend(messageId: ids[1], attempt: UUID(), policy: policy)
      #expect(second.verdict == "wait")
      #expect(second.reason == "number_pace")
      let wait = try #require(second.waitSeconds)
      #expect(wait > 0 && wait <= 600)
      #expect(try shop.value("status", of: "messages", "id = '\(ids[1].text)'") == "pending")
      try shop.run("update send_pace set due_at = now()")
      #expect(try scope.beginSend(messageId: ids[1], attempt: UUID(), policy: policy).verdict == "go")
    }
  }
}
