import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Where a reminder has no room for buttons its answers stand in numbered lines, and a number is as good as a button: right
/// after these lines, and there only.
@Suite struct NumberedAnswerTests {
  /// Somebody who wrote and was answered, with an appointment soon of which they were reminded.
  private struct Reminded {
    let clinic: Clinic
    let platform: Platform
    let person = uniqueDigits("521")
    var appointment = UUID()

    var shop: Shop { clinic.shop }
    var address: String { platform == .tiktok ? "c.\(person)==" : person }

    func says(_ texts: String..., by other: String? = nil) throws {
      for text in texts { try shop.post(platform.text(text, from: other ?? person, to: shop.tenant.account)) }
    }

    /// Does what is due, until all has left: the platform's pace lets the second message wait.
    func answer() async throws {
      for _ in 0..<6 {
        try shop.run("update send_pace set due_at = '-infinity'")
        try shop.hurry()
        try await shop.work()
        if try shop.count("messages", "status = 'pending'") == 0 { return }
      }
    }

    func status(_ id: UUID? = nil) throws -> String? {
      try clinic.appointment("status || ' ' || confirmation_status", id ?? appointment)
    }

    func said() throws -> String { try clinic.said(address) ?? "" }
    func asked() throws -> Int { try shop.count("ai_usage_logs") }
  }

  private func test(
    on platform: Platform = .tiktok, reminds: Bool = true, _ body: (Reminded) async throws -> Void
  ) async throws {
    try await Database.cloned { database in
      var reminded = Reminded(clinic: try Clinic(try Shop(on: platform, database)), platform: platform)
      try reminded.says("hola")
      try await reminded.answer()
      reminded.appointment = try reminded.clinic.appointment(of: reminded.address, inHours: 3.5)
      if reminds {
        try await reminded.clinic.run(.reminders)
        try await reminded.answer()
        let lines = try reminded.said().contains("\n1. Confirmar\n2. Reagendar")
        #expect(lines == (platform == .tiktok))
        #expect(try reminded.status() == "scheduled pending")
      }
      try await body(reminded)
    }
  }

  @Test(arguments: [["1"], ["La 1, por favor"], ["Opción 1", "gracias"], ["hola", "uno"]])
  func confirms(_ texts: [String]) async throws {
    try await test { person in
      let before = try person.asked()
      for text in texts { try person.says(text) }
      try await person.answer()
      #expect(try person.status() == "confirmed confirmed")
      #expect(try person.said().contains("Limpieza dental quedó confirmada para el"))
      #expect(try person.asked() == before)
      // Now these are our last words: what is said once more is for somebody who reads.
      try person.says("2")
      try await person.answer()
      #expect(try person.status() == "confirmed confirmed")
      #expect(try person.asked() == before + 1)
    }
  }

  /// What Claude is asked afterwards is about the times that we offered, not about the two lines.
  @Test func reschedules() async throws {
    try await test { person in
      let before = try person.asked()
      try person.says("2")
      try await person.answer()
      #expect(try person.said().contains("Con gusto cambiamos su cita de Limpieza dental"))
      #expect(try person.asked() == before)
      try person.says("1")
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }

  /// The lines that were read last are meant.
  @Test func theRightOneOfTwo() async throws {
    try await test { person in
      let second = try person.clinic.appointment(of: person.address, inHours: 3.8)
      try await person.clinic.run(.reminders)
      try await person.answer()
      try person.says("1")
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.status(second) == "confirmed confirmed")
    }
  }

  /// Somebody at the desk had it sent: the line itself names the appointment.
  @Test func sentByHand() async throws {
    try await test(reminds: false) { person in
      let conversation = try #require(UUID(uuidString: try person.shop.conversation()))
      let scope = person.shop.database.connection().tenant(person.shop.tenant.id)
      _ = try scope.sendPrepared(
        .reminder(.ours(person.appointment)), conversation: conversation, onlyBranch: nil, requestId: nil)
      try await person.answer()
      try person.says("#1")
      try await person.answer()
      #expect(try person.status() == "confirmed confirmed")
    }
  }

  @Test(arguments: ["3", "¿1?", "el 2", "1 o 2", "a la 1"]) func noNumberOfThese(_ text: String) async throws {
    try await test { person in
      let before = try person.asked()
      try person.says(text)
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }

  /// It may count something that was said beside it.
  @Test func besideSomethingElse() async throws {
    try await test { person in
      let before = try person.asked()
      try person.says("¿puedo llevar niños?", "1")
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }

  @Test func afterOtherTalk() async throws {
    try await test { person in
      try person.says("¿Tienen estacionamiento?")
      try await person.answer()
      let before = try person.asked()
      try person.says("1")
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }

  /// Their number is an answer to the colleague.
  @Test func afterSomebodyOfTheTeamWrote() async throws {
    try await test { person in
      try person.shop.post(
        person.platform.echo("¿Cuántas personas vienen?", to: person.person, of: person.shop.tenant.account))
      try person.says("1")
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
    }
  }

  @Test func daysLater() async throws {
    try await test { person in
      try person.shop.run("update messages set created_at = created_at - interval '49 hours'")
      let before = try person.asked()
      try person.says("1")
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }

  @Test func somebodyElsesNumber() async throws {
    try await test { person in
      let before = try person.asked()
      try person.says("1", by: uniqueDigits("521"))
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }

  @Test func beforeTheLines() async throws {
    try await test(reminds: false) { person in
      let before = try person.asked()
      try person.says("1")
      try await person.clinic.run(.reminders)
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }

  /// There were buttons, and no numbers.
  @Test(arguments: Platform.metas) func whereThereAreButtons(_ platform: Platform) async throws {
    try await test(on: platform) { person in
      let before = try person.asked()
      try person.says("1")
      try await person.answer()
      #expect(try person.status() == "scheduled pending")
      #expect(try person.asked() == before + 1)
    }
  }
}
