import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// “Confirmar” and “Reagendar” act on the appointment that is meant, of the person who presses, and ask no model.
@Suite struct PressedTests {
  private func reminded(_ clinic: Clinic) async throws -> (phone: String, appointment: UUID) {
    let phone = try clinic.shop.says("hola")
    let id = try clinic.appointment(of: phone, inHours: 3.5)
    // Whoever asked "hola" is answered first.
    try clinic.shop.hurry()
    try await clinic.shop.work()
    try await clinic.run(.reminders)
    return (phone, id)
  }

  private func answer(_ clinic: Clinic) async throws {
    try clinic.shop.hurry()
    try await clinic.shop.work()
  }

  private func status(_ clinic: Clinic, _ id: UUID) throws -> String? {
    try clinic.appointment("status || ' ' || confirmation_status", id)
  }

  @Test(arguments: ["button", "template", "words", "thumb"]) func confirmed(_ how: String) async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
      let before = try clinic.shop.count("ai_usage_logs")
      switch how {
      case "button": try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      case "template":
        try clinic.shop.post([
          "from": .string(phone), "id": .string(unique("wamid.")), "timestamp": .string(String(Instant.now.seconds)),
          "type": "button", "button": ["payload": .string("confirmar_cita:\(id.text)"), "text": "Confirmar"],
        ])
      case "thumb": try clinic.shop.post(message("👍", from: phone))
      default: try clinic.shop.post(message("Sí, confirmo", from: phone))
      }
      try await answer(clinic)
      #expect(try status(clinic, id) == "confirmed confirmed")
      #expect(try clinic.said(phone)?.contains("Limpieza dental quedó confirmada para el") == true)
      #expect(try clinic.shop.count("ai_usage_logs") == before)
      // Pressed again, the same is said again, and nothing else changes.
      try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      try await answer(clinic)
      #expect(try status(clinic, id) == "confirmed confirmed")
      #expect(try clinic.shop.count("ai_usage_logs") == before)
    }
  }

  @Test func onlyTheirOwn() async throws {
    try await Clinic.test { clinic in
      let (_, id) = try await reminded(clinic)
      let stranger = try clinic.shop.says("hola")
      let before = try clinic.shop.count("ai_usage_logs")
      try clinic.presses("confirmar_cita:\(id.text)", from: stranger)
      try clinic.presses("reagendar_cita:\(UUID().text)", from: stranger)
      try clinic.presses("confirmar_cita:1", from: stranger)
      try clinic.presses("confirmar_cita:", from: stranger)
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
      // They are answered as always.
      #expect(try clinic.shop.count("ai_usage_logs") == before + 1)
    }
  }

  @Test func yesToSomethingElse() async throws {
    try await Clinic.test { clinic in
      let phone = try clinic.shop.says("hola")
      let id = try clinic.appointment(of: phone, inHours: 40)
      try clinic.shop.post(message("sí", from: phone))
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled not_required")
      #expect(try clinic.shop.count("ai_usage_logs") == 1)
    }
  }

  /// It holds, and nothing is said: people talk to them.
  @Test(arguments: ["ai_handling = false, last_human_at = now()", "status = 'escalated', ai_handling = false"])
  func whilePeopleHaveTheConversation(_ state: String) async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      let (said, asked) = (try clinic.said(phone), try clinic.shop.count("ai_usage_logs"))
      try clinic.shop.run("update conversations set \(state)")
      try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      try await answer(clinic)
      #expect(try status(clinic, id) == "confirmed confirmed")
      #expect(try clinic.said(phone) == said)
      #expect(try clinic.shop.count("ai_usage_logs") == asked)
    }
  }

  /// What is written in the same breath loses nothing.
  @Test(arguments: ["button", "words", "thanks first"]) func withThanks(_ how: String) async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      let before = try clinic.shop.count("ai_usage_logs")
      if how == "thanks first" { try clinic.shop.post(message("Muchas gracias", from: phone)) }
      if how == "words" {
        try clinic.shop.post(message("Sí", from: phone))
      } else {
        try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      }
      if how != "thanks first" { try clinic.shop.post(message("gracias", from: phone)) }
      try await answer(clinic)
      #expect(try status(clinic, id) == "confirmed confirmed")
      #expect(try clinic.said(phone)?.contains("quedó confirmada para el") == true)
      #expect(try clinic.shop.count("ai_usage_logs") == before)
    }
  }

  @Test func twoAppointmentsInOneGo() async throws {
    try await Clinic.test { clinic in
      let (phone, first) = try await reminded(clinic)
      let second = try clinic.appointment(of: phone, inHours: 3.8)
      try await clinic.run(.reminders)
      let before = try clinic.shop.count("ai_usage_logs")
      try clinic.presses("confirmar_cita:\(first.text)", from: phone)
      try clinic.presses("confirmar_cita:\(second.text)", from: phone)
      try await answer(clinic)
      #expect(try status(clinic, first) == "confirmed confirmed")
      #expect(try status(clinic, second) == "confirmed confirmed")
      #expect(try clinic.shop.count("ai_usage_logs") == before)
      let said = try await clinic.shop.texts(phone).joined(separator: "\n")
      #expect(said.ranges(of: "quedó confirmada").count == 2, "\(said)")
    }
  }

  /// Claude reads the rest, and is told what was done. A reminder is no word of a person's of the team.
  @Test func withAQuestion() async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      let tag = unique("q")
      try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      try clinic.shop.post(message("¿Dónde están? \(tag)", from: phone))
      try await answer(clinic)
      #expect(try status(clinic, id) == "confirmed confirmed")
      let asked = try await Sandbox.requests("anthropic", match: tag).first?["body"].value?.text ?? ""
      #expect(asked.contains("confirm_appointment") && asked.contains("aún no lo sabe"), "\(asked)")
      #expect(asked.contains("Limpieza dental") && !asked.contains("[Escribió una persona"))
    }
  }

  /// "Sí" beside a wish may mean the wish.
  @Test func wordsWithAQuestion() async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      let before = try clinic.shop.count("ai_usage_logs")
      try clinic.shop.post(message("sí", from: phone))
      try clinic.shop.post(message("¿puede ser a las 5?", from: phone))
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
      #expect(try clinic.shop.count("ai_usage_logs") == before + 1)
    }
  }

  /// With people, too; and what was settled then is not said to whatever they write later.
  @Test func inOneGoWhilePeopleHaveTheConversation() async throws {
    try await Clinic.test { clinic in
      let (phone, first) = try await reminded(clinic)
      let second = try clinic.appointment(of: phone, inHours: 3.8)
      let (said, asked) = (try clinic.said(phone), try clinic.shop.count("ai_usage_logs"))
      try clinic.shop.run("update conversations set status = 'escalated', ai_handling = false")
      try clinic.presses("confirmar_cita:\(first.text)", from: phone)
      try clinic.presses("confirmar_cita:\(second.text)", from: phone)
      try clinic.shop.post(message("gracias", from: phone))
      try await answer(clinic)
      #expect(try status(clinic, first) == "confirmed confirmed")
      #expect(try status(clinic, second) == "confirmed confirmed")
      #expect(try clinic.said(phone) == said)
      #expect(try clinic.shop.count("ai_usage_logs") == asked)
      let tag = unique("q")
      try clinic.shop.run("update conversations set status = 'active', ai_handling = true")
      try clinic.shop.post(message("[[echo:a su orden]] \(tag)", from: phone))
      try clinic.shop.run("update jobs set created_at = created_at + interval '2 minutes' where status = 'pending'")
      try await answer(clinic)
      #expect(try clinic.said(phone) == "a su orden")
      let told = try await Sandbox.requests("anthropic", match: tag).first?["body"].value?.text ?? ""
      #expect(!told.contains("confirm_appointment"))
    }
  }

  /// The database could not be asked: what is pressed is tried again.
  @Test func tryAgainWhilePeopleHaveTheConversation() async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      try clinic.shop.run("update conversations set status = 'escalated', ai_handling = false")
      try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      let name = "alter function press_appointment(uuid, uuid, uuid, float8, boolean) rename to"
      try clinic.shop.run("\(name) pressed_away")
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
      #expect(try clinic.shop.count("jobs", "job_type = 'ai_response' and status = 'pending'") == 1)
      let back = "alter function pressed_away(uuid, uuid, uuid, float8, boolean) rename to press_appointment"
      try clinic.shop.run(back)
      try await answer(clinic)
      #expect(try status(clinic, id) == "confirmed confirmed")
    }
  }

  @Test func overByThen() async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      try clinic.shop.run("update appointments set status = 'cancelled' where id = '\(id.text)'")
      try clinic.presses("confirmar_cita:\(id.text)", from: phone)
      try await answer(clinic)
      #expect(try status(clinic, id) == "cancelled pending")
      #expect(try clinic.said(phone)?.contains("ya no está vigente") == true)
      // A plain "yes" to that is for somebody who reads, not the same words again.
      let before = try clinic.shop.count("ai_usage_logs")
      try clinic.shop.post(message("sí, por favor", from: phone))
      try await answer(clinic)
      #expect(try clinic.shop.count("ai_usage_logs") == before + 1)
    }
  }

  @Test func anotherTimeIsOffered() async throws {
    try await Clinic.test { clinic in
      let (phone, id) = try await reminded(clinic)
      let before = try clinic.shop.count("ai_usage_logs")
      try clinic.presses("reagendar_cita:\(id.text)", "Reagendar", from: phone)
      try await answer(clinic)
      let said = try clinic.said(phone) ?? ""
      #expect(said.contains("Con gusto cambiamos su cita de Limpieza dental"), "\(said)")
      #expect(said.split(separator: "\n").filter { $0.hasPrefix("- ") }.count == 6)
      #expect(try clinic.shop.count("ai_usage_logs") == before)
      // Until they choose, it stands.
      #expect(try status(clinic, id) == "scheduled pending")
      try clinic.shop.post(message("perfecto", from: phone))
      try await answer(clinic)
      #expect(try status(clinic, id) == "scheduled pending")
      #expect(try clinic.shop.count("ai_usage_logs") == before + 1)
      // Where nothing is free, somebody has to think about it.
      try clinic.shop.run("update branches set is_active = false where id = '\(clinic.branch.text)'")
      try clinic.presses("reagendar_cita:\(id.text)", "Reagendar", from: phone)
      try await answer(clinic)
      #expect(try clinic.shop.count("ai_usage_logs") == before + 2)
    }
  }
}
