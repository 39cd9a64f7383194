import Core
import Testing

@testable import Rules

@Suite struct AppointmentAnswerTests {
  private static let id = "0190a000-0000-7000-8000-00000000000a"

  struct Case: Sendable, CustomTestStringConvertible {
    let content: String
    var selection: String?
    let wish: AppointmentAnswer.Wish?
    var names = false
    var testDescription: String { selection ?? content }
  }

  static let cases = [
    Case(content: "Confirmar", selection: "confirmar_cita:\(id)", wish: .confirm, names: true),
    Case(content: "Reagendar", selection: "reagendar_cita:\(id)", wish: .reschedule, names: true),
    Case(content: "Confirmar", selection: "confirmar_cita", wish: .confirm),
    Case(content: "Ya no, gracias", selection: "seguimiento_no", wish: .declineFollowUp),
    Case(content: "Sí, por favor", selection: "seguimiento_si", wish: nil),
    Case(content: "Confirmar", selection: "confirmar_citas:\(id)", wish: nil),
    Case(content: "Limpieza", selection: "servicio:limpieza", wish: nil),
    Case(content: "Sí", wish: .confirm), Case(content: " si, CONFIRMO! ", wish: .confirm),
    Case(content: "Ahí estaré.", wish: .confirm), Case(content: "👍🏽", wish: .confirm),
    Case(content: "No puedo ir", wish: .reschedule), Case(content: "¿Puedo reagendar?", wish: .reschedule),
    Case(content: "Otro día", wish: .reschedule), Case(content: "ya no, gracias", wish: .declineFollowUp),
    Case(content: "Yes, I confirm", wish: .confirm), Case(content: "I'll be there!", wish: .confirm),
    Case(content: "Can we reschedule?", wish: .reschedule), Case(content: "I can’t make it", wish: .reschedule),
    Case(content: "Confirm", wish: .confirm), Case(content: "yes", wish: .confirm),
    Case(content: "YES!", wish: .confirm),
    Case(content: "Reschedule", wish: .reschedule), Case(content: "I'd like to reschedule", wish: .reschedule),
    Case(content: "Confirm", selection: "confirmar_cita:\(id)", wish: .confirm, names: true),
    Case(content: "No, thank you", selection: "seguimiento_no", wish: .declineFollowUp),
    Case(content: "No, thanks", wish: .declineFollowUp), Case(content: "yes, but at five", wish: nil),
    // What has to be read by somebody.
    Case(content: "no", wish: nil), Case(content: "Cancelar", wish: nil), Case(content: "Cancel", wish: nil),
    Case(content: "Stop", wish: nil), Case(content: "", wish: nil),
    Case(content: "sí, pero ¿puede ser a las 5?", wish: nil), Case(content: "🙂", wish: nil),
    Case(content: "confirmo que no voy", wish: nil),
    Case(content: String(repeating: "si ", count: 100_000), wish: nil),
  ]

  @Test(arguments: cases) func isRead(_ c: Case) {
    let answer = AppointmentAnswer(content: c.content, selection: c.selection)
    #expect(answer?.wish == c.wish)
    #expect(answer?.appointment == (c.names ? Self.id : nil))
    if let answer { #expect(answer.isPressed == (c.selection != nil)) }
  }

  /// The business's own words take the place of ours while the window is open, and only there.
  @Test func ownWords() {
    let words = AppointmentWords(
      name: "Ana", service: "limpieza", business: "ESVA", date: "martes 2 de febrero", time: "10:00", id: "1")
    let ours = PreparedMessage.reminder(words, in: .spanish)
    let theirs = ours.saying("{{ nombre }}: {{fecha}}, {{hora}} ({{servicio}}, {{negocio}}) {{otro}}")
    guard case .buttons(let frame, let options) = theirs.open else {
      Issue.record("\(theirs.open)")
      return
    }
    #expect(frame.body == "Ana: martes 2 de febrero, 10:00 (limpieza, ESVA) {{otro}}")
    #expect(options.map(\.id) == ["confirmar_cita:1", "reagendar_cita:1"])
    #expect(theirs.closed == ours.closed)
    #expect(ours.saying(nil) == ours && ours.saying(" \n") == ours)
    let follow = PreparedMessage.followUp(name: "Ana", business: "ESVA", service: "", in: .spanish)
    #expect(follow.closed?.body.contains { $0.value == .text("nuestros servicios") } == true)
    #expect(follow.closed?.name == "seguimiento")
  }
}
