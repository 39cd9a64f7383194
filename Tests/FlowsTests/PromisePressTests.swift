import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What is pressed while a question waits for the opening neither answers it nor takes its promise back.
@Suite struct PromisePressTests {
  private func said(_ shop: Shop, _ tag: String) async throws -> [String] {
    try await Sandbox.requests("anthropic", match: tag).compactMap { $0["body"].value?.text }
  }

  /// More than a minute after the question, so that it was not said in one go.
  private func later(_ shop: Shop) throws {
    try shop.run(
      "update jobs set created_at = created_at + interval '2 minutes' where status = 'pending' and unique_key like 'answer:%'"
    )
  }

  @Test(arguments: [false, true]) func aPressAtNightTakesNothingBack(_ twice: Bool) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let tag = unique("p")
      let phone = try shop.says("[[echo:cuesta 800]] \(tag)")
      let id = try clinic.appointment(of: phone, inHours: 40)
      try await shop.work()
      for _ in 1...(twice ? 2 : 1) {
        try clinic.presses("confirmar_cita:\(id.text)", from: phone)
        try later(shop)
        try await shop.work()
      }
      #expect(try await shop.texts(phone).last?.contains("quedó confirmada") == true)
      #expect(try await shop.asked(tag) == 0)
      let heard = try await shop.texts(phone).count
      #expect(heard == (twice ? 3 : 2))
      // Pressed once more as it opens: the job that was promised takes that too.
      try Night.clock(shop, 20.1)
      try await shop.work()
      #expect(try await shop.texts(phone).dropFirst(heard) == ["cuesta 800"])
      let asked = try await said(shop, tag)
      #expect(asked.count == 1 && asked.first?.contains("confirm_appointment") == false, "\(asked)")
      try Night.again(shop)
      try await shop.work()
      #expect(try await shop.texts(phone).count == heard + 1)
    }
  }

  @Test(arguments: [false, true]) func aPressAtTheOpeningTakesNothingBack(_ before: Bool) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let tag = unique("p")
      let phone = try shop.says("[[echo:cuesta 800]] \(tag)")
      let id = try clinic.appointment(of: phone, inHours: 40)
      try await shop.work()
      // It was promised long after it came, say.
      try shop.run("update jobs set created_at = created_at + interval '2 minutes' where unique_key like 'opening:%'")
      if before {
        try clinic.presses("confirmar_cita:\(id.text)", from: phone)
        try later(shop)
        try await shop.work()
      }
      try Night.clock(shop, 20.1)
      try shop.post([
        "from": .string(phone), "id": .string(unique("wamid.")),
        "timestamp": .string(String(Night.onTheWall(20.1).seconds)), "type": "interactive",
        "interactive": [
          "type": "button_reply", "button_reply": ["id": .string("confirmar_cita:\(id.text)"), "title": "Confirmar"],
        ],
      ])
      try await shop.work()
      #expect(try await shop.asked(tag) == 1)
      #expect(try clinic.appointment("confirmation_status", id) == "confirmed")
      #expect(try await shop.texts(phone).count == (before ? 3 : 2))
    }
  }

  /// Pressed while Claude thinks about the question of the night: the press asks for another answer, and that is to both.
  @Test func aPressWhileTheOpeningsAnswerIsMade() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let tag = unique("p")
      let phone = try shop.says("[[echo:cuesta 800]] \(tag)")
      let id = try clinic.appointment(of: phone, inHours: 40)
      try await shop.work()
      try Night.clock(shop, 20.1)
      try await Sandbox.hold("anthropic", match: tag)
      async let worked = shop.work()
      #expect(try await eventually { try await shop.asked(tag) == 1 })
      try shop.post([
        "from": .string(phone), "id": .string(unique("wamid.")),
        "timestamp": .string(String(Night.onTheWall(20.1).seconds)), "type": "interactive",
        "interactive": [
          "type": "button_reply", "button_reply": ["id": .string("confirmar_cita:\(id.text)"), "title": "Confirmar"],
        ],
      ])
      // The question came a night before the press, not a moment.
      try shop.run(
        "update jobs set created_at = created_at + interval '2 minutes' where unique_key like 'answer:%' and status = 'pending'"
      )
      try await Sandbox.letGo(tag)
      _ = try await worked
      try await shop.work()
      #expect(try clinic.appointment("confirmation_status", id) == "confirmed")
      // Claude is asked about both; the press alone settles nothing.
      #expect(try await shop.asked(tag) == 2)
      #expect(try shop.count("messages", "role = 'assistant' and metadata ? 'settled'") == 0)
      #expect(try await shop.texts(phone).count == 2)
      #expect(try shop.count("alerts") == 0)
    }
  }

  /// The first promise of a night is made by a job that already holds a question and, minutes later, a press.
  @Test func whatCameBeforeThePressIsPromisedToo() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let tag = unique("p")
      let phone = try shop.says("[[echo:cuesta 800]] \(tag)")
      let id = try clinic.appointment(of: phone, inHours: 40)
      try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      try await shop.work()
      #expect(try await shop.asked(tag) == 0)
      #expect(try await shop.texts(phone) == [Night.closed])
      // It was made long after the question came, say.
      try shop.run("update jobs set created_at = created_at + interval '2 minutes' where unique_key like 'opening:%'")
      try Night.clock(shop, 20.1)
      try await shop.work()
      #expect(try await shop.asked(tag) == 1)
      #expect(try await shop.texts(phone) == [Night.closed, "cuesta 800"])
      #expect(try clinic.appointment("confirmation_status", id) == "confirmed")
    }
  }
}
