import Core
import FoundationEssentials
import TestSupport
import Testing

/// Everybody at once: a stranger's burst, strangers under two names, programs that end in the middle.
@Suite struct ParallelTests {
  /// Posts bodies side by side until each is acknowledged, as a platform would; returns how often one had to be repeated.
  @discardableResult
  private func deliver(_ bodies: [[UInt8]], to tenant: Tenant, atOnce: Int = 50) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      var waiting = bodies[...]
      var repeated = 0
      func next() {
        guard let body = waiting.popFirst() else { return }
        group.addTask {
          for attempt in 0..<40 {
            if let answer = try? await Web.deliver(body, to: tenant), answer.status == 200 { return attempt }
            try await Task.sleep(for: .milliseconds(100))
          }
          throw Complaint("never acknowledged")
        }
      }
      for _ in 0..<atOnce { next() }
      while let attempts = try await group.next() {
        repeated += attempts
        next()
      }
      return repeated
    }
  }

  /// Each of them twice, as platforms deliver while they wait for an answer.
  @Test(arguments: [(Platform.whatsapp, 50), (.instagram, 15), (.facebook, 15), (.tiktok, 15)])
  func manyMessagesOfOneStranger(_ platform: Platform, _ count: Int) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    try await Sandbox.register(tenant)
    let person = uniqueDigits("521")
    let bodies = (0..<count).map { platform.text("limpieza \($0)", from: person, to: tenant.account) }
    try await deliver(bodies + bodies, to: tenant)
    #expect(try tenant.count("leads") == 1)
    #expect(try tenant.count("conversations") == 1)
    #expect(try tenant.count("messages", where: "role = 'user'") == count)
    try tenant.answersNow()
    #expect(
      try await eventually {
        try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1
      })
    #expect(try await eventually { try tenant.count("jobs", where: "status in ('pending', 'processing')") == 0 })
    let texts = try await Sandbox.requests(platform.rawValue, match: tenant.page ?? tenant.account, kind: "text")
    #expect(texts.count == 1)
    #expect(try tenant.value("message_count", of: "conversations") == String(count + 1))
  }

  @Test func fourHundredPeopleUnderTwoNamesAtOnce() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let bodies = (0..<400).flatMap { i -> [[UInt8]] in
      let (phone, user) = ("52155" + String(10_000_000 + i), "MX." + String(7_000_000_000 + i))
      func message(_ text: String, _ members: [(String, String)]) -> [UInt8] {
        guard case .object(var body) = Tenant.text(text) else { return [] }
        body["from"] = nil
        for (name, value) in members { body[name] = .string(value) }
        return tenant.payload([.object(body)])
      }
      return [
        message("con número", [("from", phone), ("from_user_id", user)]),
        message("sin número", [("from_user_id", user)]),
      ]
    }
    try await deliver(bodies, to: tenant)
    #expect(try tenant.count("messages") == 800)
    #expect(try tenant.count("leads") == 400)
    #expect(try tenant.count("lead_aliases") == 800)
    #expect(try tenant.count("conversations") == 400)
    #expect(try tenant.count("jobs") == 400)
  }

  /// Known under two names apart, until one message carries both: the older survives.
  @Test func twoLeadsThatWereOnePerson() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let people = 20
    func bodies(_ text: String, _ phone: Bool, _ user: Bool) -> [[UInt8]] {
      (0..<people).map { i in
        guard case .object(var body) = Tenant.text("\(text) \(i)") else { return [] }
        body["from"] = phone ? .string("52166" + String(10_000_000 + i)) : nil
        body["from_user_id"] = user ? .string("MX." + String(8_000_000_000 + i)) : nil
        return tenant.payload([.object(body)])
      }
    }
    try await deliver(bodies("a", true, false) + bodies("b", false, true), to: tenant)
    #expect(try tenant.count("leads") == 2 * people)
    try await deliver(bodies("c", true, true) + bodies("d", true, false) + bodies("e", false, true), to: tenant)
    #expect(try tenant.count("leads", where: "merged_into_id is null") == people)
    #expect(try tenant.count("lead_merges") == people)
    #expect(try tenant.count("messages") == 5 * people)
    #expect(try tenant.count("conversations", where: "status <> 'archived'") == people)
    #expect(
      try tenant.count("messages", where: "conversation_id in (select id from conversations where status = 'archived')")
        == 0)
  }
}
