import Core
import FoundationEssentials
import Peers
import TestSupport
import Testing

@testable import Flows

@Suite struct ReceivePeopleTests {
  @Test func twentyDeliveriesAtOnce() async throws {
    try await Shop.test { shop in
      let body = shop.tenant.payload([message("hola", from: newPhone())])
      _ = try await onThreads(20) { _ in try shop.post(body) }
      for table in ["messages", "leads", "lead_aliases", "conversations", "jobs"] {
        #expect(try shop.count(table) == 1, "\(table)")
      }
      #expect(try shop.value("message_count", of: "conversations") == "1")
    }
  }

  @Test func thirtyMessagesOfAStrangerAtOnce() async throws {
    try await Shop.test(delay: 2) { shop in
      let phone = newPhone()
      _ = try await onThreads(30) { i in try shop.post(message("parte \(i)", from: phone)) }
      for (table, n) in [("messages", 30), ("leads", 1), ("lead_aliases", 1), ("conversations", 1), ("jobs", 1)] {
        #expect(try shop.count(table) == n, "\(table)")
      }
      #expect(try shop.value("message_count", of: "conversations") == "30")
      #expect(
        try shop.count(
          "conversations",
          "last_question_id::text = (select max(id::text) from messages where tenant_id = conversations.tenant_id)")
          == 1)
    }
  }

  /// One person under a number, under a user id, and under both: whatever comes first.
  @Test func numberAndUserIDInAnyOrder() async throws {
    try await Database.cloned { database in
      for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (shop, items) = (try Shop(database), person())
        for i in order { try shop.post(items[i]) }
        try expectOnePerson(shop, messages: 3, "\(order)")
      }
    }
  }

  @Test func numberAndUserIDInOnePost() async throws {
    try await Database.cloned { database in
      // The ids decide in which order a batch is gone through.
      for ids in [["1", "2", "3"], ["2", "1", "3"], ["1", "3", "2"], ["3", "2", "1"]] {
        let (shop, items) = (try Shop(database), person(ids.map { "wamid.\($0)" }))
        try shop.post(shop.tenant.payload(items))
        try expectOnePerson(shop, messages: 3, "\(ids)")
      }
    }
  }

  @Test func numberAndUserIDAtOnce() async throws {
    try await Shop.test { shop in
      let (phone, user) = (newPhone(), "MX." + uniqueDigits("9"))
      _ = try await onThreads(12) { i in
        try shop.post(
          message("n \(i)", from: i % 3 == 1 ? nil : phone, user: i % 3 == 0 ? nil : user))
      }
      try expectOnePerson(shop, messages: 12)
    }
  }

  /// A reaction that tells both names merges, too; the question that waited must not be forgotten.
  @Test func aReactionMergesAndTheQuestionIsStillAnswered() async throws {
    try await Shop.test { shop in
      let items = person()
      let (phone, user) = (Field(items[0])["from"].text ?? "", Field(items[1])["from_user_id"].text ?? "")
      try shop.post(items[0])
      try await shop.work()
      try shop.post(items[1])
      try shop.post([
        "from": .string(phone), "from_user_id": .string(user), "id": "wamid.thumb", "type": "reaction",
        "reaction": ["message_id": "wamid.x", "emoji": "👍"],
      ])
      try expectOnePerson(shop, messages: 3)
      try await shop.work()
      #expect(try shop.count("messages", "role = 'assistant' and status = 'accepted'") == 2)
      let recipients = try await Sandbox.requests("whatsapp", match: shop.tenant.phoneNumberID, kind: "text")
      #expect(recipients.count == 2)
    }
  }

  /// A human who has taken over one of the two has taken over the person.
  @Test func aMergeKeepsTheHuman() async throws {
    try await Shop.test { shop in
      let items = person()
      let phone = Field(items[0])["from"].text ?? ""
      try shop.post(items[1])
      try shop.post(shop.tenant.echo("yo le atiendo", to: phone))
      try shop.post(items[2])
      #expect(try shop.count("conversations", "status = 'active'") == 1)
      #expect(
        try shop.count("conversations", "status = 'active' and not ai_handling and last_human_at is not null") == 1)
      try await shop.work()
      #expect(try shop.count("messages", "role = 'assistant'") == 0)
    }
  }

  private func person(_ ids: [String] = (0..<3).map { _ in unique("wamid.") }) -> [JSON] {
    let (phone, user) = (newPhone(), "MX." + uniqueDigits("9"))
    return [
      message("por número", from: phone, id: ids[0]), message("por nombre", user: user, id: ids[1]),
      message("con ambos", from: phone, user: user, id: ids[2]),
    ]
  }

  private func expectOnePerson(_ shop: Shop, messages: Int, _ which: String = "") throws {
    let which = Comment(rawValue: which)
    #expect(try shop.count("leads", "merged_into_id is null") == 1, which)
    #expect(try shop.count("lead_merges") == shop.count("leads", "merged_into_id is not null"))
    #expect(try shop.count("leads", "(merged_into_id is null) = (deleted_at is null)") == shop.count("leads"))
    #expect(
      try shop.count(
        "lead_aliases a",
        "lead_id = (select id from leads l where merged_into_id is null and l.tenant_id = a.tenant_id)")
        == 2)
    let open = "status = 'active'"
    #expect(try shop.count("conversations", open) == 1, which)
    let id = try shop.value("id", of: "conversations", open) ?? ""
    #expect(try shop.count("messages", "conversation_id = '\(id)'") == messages, which)
    #expect(try shop.count("messages") == messages, which)
    #expect(try shop.value("message_count", of: "conversations", open) == String(messages), which)
    let questions = try shop.count("messages", "role = 'user'")
    #expect(try shop.value("turn_count", of: "conversations", open) == String(questions), which)
    #expect(
      try shop.value("last_question_id", of: "conversations", open)
        == shop.database.scalar(
          "select max(id::text) from messages where role = 'user' and tenant_id = '\(shop.tenant.id.text)'"))
    #expect(try shop.count("jobs", "status = 'pending' and lane = 'answer:\(id)'") == 1, which)
  }
}
