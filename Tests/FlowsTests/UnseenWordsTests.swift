import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// "Sí" is an answer to what the person had seen when they wrote it; and it counts while people have the conversation, too.
@Suite struct UnseenWordsTests {
  private func reminded(_ platform: Platform, _ body: (Clinic, String, UUID) async throws -> Void) async throws {
    try await Database.cloned { database in
      let clinic = try Clinic(try Shop(on: platform, database))
      let person = uniqueDigits("521")
      try clinic.shop.post(platform.text("hola", from: person, to: clinic.shop.tenant.account))
      try await answer(clinic)
      let id = try clinic.appointment(of: platform == .tiktok ? "c.\(person)==" : person, inHours: 3.5)
      try await clinic.run(.reminders)
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
      try await body(clinic, person, id)
    }
  }

  private func says(_ clinic: Clinic, _ platform: Platform, _ text: String, _ person: String) throws {
    try clinic.shop.post(platform.text(text, from: person, to: clinic.shop.tenant.account))
  }

  /// Does what is due, until all has left: the platform's pace lets the second message wait.
  private func answer(_ clinic: Clinic) async throws {
    for _ in 0..<6 {
      try clinic.shop.run("update send_pace set due_at = '-infinity'")
      try clinic.shop.hurry()
      try await clinic.shop.work()
      if try clinic.shop.count("messages", "status = 'pending'") == 0 { return }
    }
  }

  private func status(_ clinic: Clinic, _ id: UUID) throws -> String? {
    try clinic.appointment("status || ' ' || confirmation_status", id)
  }

  /// The reminder left while "sí" was on its way to us: a while after it was stored, or right then.
  @Test(arguments: [3.0, 0.5]) func writtenBeforeItLeft(_ seconds: Double) async throws {
    try await reminded(.whatsapp) { clinic, person, id in
      let before = try clinic.shop.count("ai_usage_logs")
      try says(clinic, .whatsapp, "sí", person)
      try clinic.shop.run(
        """
        update messages set attempted_at = (select external_timestamp + interval '1 second' * \(seconds) from messages
            where content = 'sí') where metadata ->> 'prepared' = 'reminder'
        """)
      try await answer(clinic)
      // A platform's whole second may be nearly over.
      #expect(try status(clinic, id) == (seconds > 1 ? "scheduled pending" : "confirmed confirmed"))
      #expect(try clinic.shop.count("ai_usage_logs") == before + (seconds > 1 ? 1 : 0))
    }
  }

  /// It had waited for the platform's pace, and "1" was an answer to Claude's list.
  @Test func aNumberWrittenBeforeTheLinesLeft() async throws {
    try await reminded(.tiktok) { clinic, person, id in
      try says(clinic, .tiktok, "1", person)
      try clinic.shop.run(
        """
        update messages set attempted_at = (select external_timestamp + interval '5 seconds' from messages
            where content = '1') where metadata ->> 'prepared' = 'reminder'
        """)
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
    }
  }

  private static let people = [
    "ai_handling = false, last_human_at = now()", "status = 'escalated', ai_handling = false",
  ]

  @Test(arguments: [
    (Platform.whatsapp, "sí", people[0]), (.whatsapp, "👍", people[1]), (.tiktok, "1", people[0]),
    (.tiktok, "La 1", people[1]),
  ])
  func whilePeopleHaveTheConversation(_ platform: Platform, _ text: String, _ state: String) async throws {
    try await reminded(platform) { clinic, person, id in
      let (said, asked) = (try clinic.shop.count("messages", "role <> 'user'"), try clinic.shop.count("ai_usage_logs"))
      try clinic.shop.run("update conversations set \(state)")
      try says(clinic, platform, text, person)
      try await answer(clinic)
      #expect(try status(clinic, id) == "confirmed confirmed")
      #expect(try clinic.shop.count("messages", "role <> 'user'") == said)
      #expect(try clinic.shop.count("ai_usage_logs") == asked)
    }
  }

  /// What is for the people who have it asks for nothing: a text, a word to a colleague, other words of ours.
  @Test(arguments: ["text", "colleague", "settled"]) func whatIsForPeople(_ what: String) async throws {
    try await reminded(.whatsapp) { clinic, person, id in
      let shop = clinic.shop
      if what == "settled" {
        try says(clinic, .whatsapp, "sí", person)
        try await answer(clinic)
      }
      let before = try shop.count("jobs", "job_type = 'ai_response'")
      try shop.run("update conversations set status = 'escalated', ai_handling = false")
      if what == "colleague" {
        try shop.post(Platform.whatsapp.echo("¿Viene alguien con usted?", to: person, of: shop.tenant.account))
      }
      let text =
        what == "text"
        ? "Fíjese que quería preguntarle si puedo llevar a mi hijo también, porque no tengo con quién" : "sí"
      try says(clinic, .whatsapp, text, person)
      #expect(try shop.count("jobs", "job_type = 'ai_response'") == before)
      #expect(try status(clinic, id) == (what == "settled" ? "confirmed confirmed" : "scheduled pending"))
    }
  }

  /// A colleague wrote in the platform's own app, the person answered that, and both reached us minutes later.
  @Test func anAnswerToWhatAColleagueSaid() async throws {
    try await reminded(.whatsapp) { clinic, person, id in
      let (account, now) = (clinic.shop.tenant.account, Instant.now)
      try clinic.shop.run(
        """
        update messages set attempted_at = now() - interval '1 day', created_at = now() - interval '1 day'
          where metadata ->> 'prepared' = 'reminder'
        """)
      try clinic.shop.post(
        Platform.whatsapp.echo("¿Puede traer sus estudios?", to: person, of: account, at: now + -300))
      try clinic.shop.post(Platform.whatsapp.text("sí", from: person, to: account, at: now + -280))
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
    }
  }

  /// What is pressed after an outage comes too late to be answered, and is kept all the same.
  @Test func aPressThatComesHoursLate() async throws {
    try await reminded(.whatsapp) { clinic, person, id in
      let shop = clinic.shop
      let reply: JSON = [
        "from": .string(person), "id": .string("wamid." + uniqueDigits("9")),
        "timestamp": .string(String((Instant.now + -7200).seconds)), "type": "interactive",
        "interactive": [
          "type": "button_reply",
          "button_reply": ["id": .string("confirmar_cita:" + id.text), "title": "Confirmar"],
        ],
      ]
      try shop.post(reply)
      #expect(try shop.count("messages", "stale and selection like 'confirmar_cita%'") == 1)
      #expect(try shop.count("webhook_dead_letters") == 0)
    }
  }
}
