import Core
import FoundationEssentials
import Peers
import TestSupport
import Testing

@testable import Flows

/// Messages that people edit, delete and react to after they have sent them.
@Suite struct ChangeTests {
  @Test func anEditedQuestionIsAnsweredAsItIsNow() async throws {
    try await Shop.test { shop in
      let (old, new) = (unique("o"), unique("n"))
      let phone = newPhone()
      try shop.post(message(old, from: phone, id: "wamid.q"))
      try shop.post(edit("wamid.q", "[[echo:\(new)]]", from: phone))
      #expect(try shop.count("jobs", "status = 'pending'") == 1)
      try await shop.work()
      #expect(try await shop.texts(phone) == [new])
      #expect(try await shop.asked(old) == 0)
      #expect(try shop.value("metadata ->> 'original_content'", of: "messages", "role = 'user'") == old)
    }
  }

  @Test func anEditWhileClaudeThinksIsAskedAgain() async throws {
    try await Shop.test { shop in
      let (old, new) = (unique("o"), unique("n"))
      let phone = newPhone()
      try shop.post(message(old, from: phone, id: "wamid.q"))
      try await Sandbox.hold("anthropic", match: old)
      async let work = shop.work()
      #expect(try await eventually { try await shop.asked(old) == 1 })
      let body = shop.tenant.payload([edit("wamid.q", "[[echo:\(new)]]", from: phone)])
      try shop.post(body)
      try shop.post(body)
      try await Sandbox.letGo(old)
      _ = try await work
      #expect(try await shop.texts(phone) == [new])
      #expect(try shop.count("messages", "role = 'assistant'") == 1)
      #expect(try shop.count("jobs", "status <> 'completed'") == 0)
    }
  }

  /// The reply is stored and waits to leave.
  @Test func anEditBeforeTheReplyLeavesTakesItsPlace() async throws {
    try await Shop.test { shop in
      let new = unique("n")
      let phone = newPhone()
      try shop.post(message("[[echo:lo viejo]]", from: phone, id: "wamid.q"))
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"], most: 1)
      #expect(try shop.reply("status") == "pending")
      try shop.post(edit("wamid.q", "[[echo:\(new)]]", from: phone))
      try shop.hurry()
      try await shop.work()
      #expect(try await shop.texts(phone) == [new])
      #expect(
        try shop.database.column("select status from messages where role = 'assistant' order by id")
          == ["withheld", "accepted"])
    }
  }

  /// Whoever of them is first, there is one message, as edited, and one job for it.
  @Test func messageAndEditAtOnce() async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = newPhone()
      let bodies = [message("vieja", from: phone, id: "wamid.q"), edit("wamid.q", "nueva", from: phone)]
        .map { shop.tenant.payload([$0]) }
      _ = try await onThreads(12) { i in try shop.post(bodies[i % 2]) }
      #expect(try shop.value("content || ' ' || (metadata ->> 'original_content')", of: "messages") == "nueva vieja")
      #expect(try shop.count("jobs", "status = 'pending'") == 1)
      #expect(try shop.count("channel_events") == 1)
    }
  }

  @Test func afterTheAnswerAnEditAsksNothing() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("[[echo:respuesta]]")
      try await shop.work()
      let id = try shop.value("external_id", of: "messages", "role = 'user'") ?? ""
      try shop.post(edit(id, "otra cosa", from: phone))
      #expect(try shop.value("content", of: "messages", "role = 'user'") == "otra cosa")
      #expect(try await shop.work() == 0)
      #expect(try await shop.texts(phone) == ["respuesta"])
    }
  }

  @Test func nobodyChangesWhatAnotherWrote() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      let (ana, luis) = (newPhone(), newPhone())
      for each in [shop, other] {
        try each.post(message("de Ana", from: ana, id: "wamid.a"))
        try each.post(message("de Luis", from: luis, id: "wamid.l"))
      }
      try shop.post(edit("wamid.a", "de nadie", from: luis))
      try shop.post(revoke("wamid.a", from: luis))
      try shop.post(revoke("wamid.l", from: luis))
      #expect(try contents(shop) == ["[mensaje eliminado]", "de Ana"])
      #expect(try contents(other) == ["de Ana", "de Luis"])
    }
  }

  @Test func aDeletedQuestionIsNotAnswered() async throws {
    try await Shop.test { shop in
      let tag = unique("g")
      let phone = try shop.says(tag)
      try shop.post(revoke(try shop.value("external_id", of: "messages") ?? "", from: phone))
      try await shop.work()
      #expect(try await shop.asked(tag) == 0)
      #expect(try shop.job("result ->> 'withheld'") == "question_deleted")
      // What comes next is answered without it.
      try shop.post(message("[[echo:con gusto]]", from: phone))
      try await shop.work()
      #expect(try await shop.texts(phone) == ["con gusto"])
      #expect(try await shop.asked(tag) == 0)
    }
  }

  @Test func deletedWhileClaudeThinksTheQuestionBeforeItIsAnswered() async throws {
    try await Shop.test { shop in
      let tag = unique("g")
      let phone = newPhone()
      try shop.post(message("[[echo:primera \(tag)]]", from: phone, id: "wamid.1"))
      try shop.post(message("[[echo:segunda \(tag)]]", from: phone, id: "wamid.2"))
      try await Sandbox.hold("anthropic", match: tag)
      async let work = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.post(revoke("wamid.2", from: phone))
      try await Sandbox.letGo(tag)
      _ = try await work
      // The worker may have found nothing due just before the other question's job was.
      try await shop.work()
      let (sent, stored) = (try await shop.texts(phone), try shop.stored())
      #expect(sent == ["primera \(tag)"], "\(sent) \(stored)")
    }
  }

  @Test func deletedWhileItsOnlyReplyWaits() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("[[echo:tarde]]")
      try await shop.work(["META_GRAPH_URL": "http://127.0.0.1:1/v25.0"], most: 1)
      try shop.post(revoke(try shop.value("external_id", of: "messages", "role = 'user'") ?? "", from: phone))
      try shop.hurry()
      try await shop.work()
      #expect(try shop.reply("status || ' ' || error_code") == "withheld question_deleted")
      #expect(try await shop.texts(phone).isEmpty)
    }
  }

  /// In every order of arrival the newest counts, for each tenant by itself.
  @Test func theNewestReactionCounts() async throws {
    try await Database.cloned { database in
      let other = try Shop(database)
      let at = Instant.now.seconds
      for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (shop, phone) = (try Shop(database), newPhone())
        let items = ["👍", "", "❤️"].enumerated().map { i, emoji in
          reaction("wamid.nuestra", emoji, from: phone, at: at + Int64(i))
        }
        for i in order + order { try shop.post(items[i]) }
        #expect(try shop.value("emoji", of: "message_reactions") == "❤️", "\(order)")
        #expect(try shop.count("conversations") + shop.count("jobs") + shop.count("messages") == 0)
      }
      #expect(try other.count("message_reactions") == 0)
    }
  }

  @Test func aMergedPersonKeepsTheirReactions() async throws {
    try await Shop.test { shop in
      let (phone, user, at) = (newPhone(), "MX." + uniqueDigits("9"), Instant.now.seconds)
      try shop.post(reaction("wamid.a", "👍", from: phone, at: at))
      try shop.post(reaction("wamid.a", "❤️", user: user, at: at + 1))
      try shop.post(reaction("wamid.b", "😂", user: user, at: at + 1))
      try shop.post(message("soy uno", from: phone, user: user))
      let found = try shop.database.column(
        """
        select target_external_id || emoji from message_reactions r join leads l on l.id = r.lead_id
         where l.merged_into_id is null order by 1
        """)
      #expect(found == ["wamid.a❤️", "wamid.b😂"])
      #expect(try shop.count("message_reactions", "emoji <> ''") == 2)
    }
  }

  private func contents(_ shop: Shop) throws -> [String?] {
    try shop.database.column("select content from messages where tenant_id = '\(shop.tenant.id.text)' order by content")
  }
}

/// Something that a person does to a message.
private func item(_ type: String, _ body: JSON, from phone: String?, user: String? = nil, at: Int64? = nil) -> JSON {
  .object([
    "from": phone.map { .string($0) }, "from_user_id": user.map { .string($0) }, "id": .string(unique("wamid.")),
    "timestamp": .string(String(at ?? Instant.now.seconds)), "type": .string(type), type: body,
  ])
}

func edit(_ id: String, _ text: String, from phone: String) -> JSON {
  item(
    "edit",
    ["original_message_id": .string(id), "message": ["type": "text", "text": ["body": .string(text)]]], from: phone)
}

func revoke(_ id: String, from phone: String) -> JSON {
  item("revoke", ["original_message_id": .string(id)], from: phone)
}

func reaction(_ id: String, _ emoji: String, from phone: String? = nil, user: String? = nil, at: Int64) -> JSON {
  item("reaction", ["message_id": .string(id), "emoji": .string(emoji)], from: phone, user: user, at: at)
}
