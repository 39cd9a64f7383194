import Testing

@testable import Rules

@Suite struct BurstAnswerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// `=confirmar_cita:A` is pressed, `#confirmar_cita:A` a number that stands for that, `[audio]` is one, all else is
    /// written.
    let said: [String]
    /// Which of them are acted upon.
    let parts: [Int]
    let isAll: Bool
    var testDescription: String { said.joined(separator: " | ") }
  }

  static let cases = [
    Case(said: ["Sí"], parts: [0], isAll: true), Case(said: ["sí", "gracias"], parts: [0], isAll: true),
    Case(said: ["Hola", "sí, confirmo", "🙏", "Thanks!"], parts: [1], isAll: true),
    Case(said: ["sí", "ok", "confirmo"], parts: [0, 1, 2], isAll: true),
    Case(said: ["=confirmar_cita:A", "gracias"], parts: [0], isAll: true),
    Case(said: ["=confirmar_cita:A", "sí"], parts: [0], isAll: true),
    Case(said: ["=confirmar_cita:A", "=confirmar_cita:B"], parts: [0, 1], isAll: true),
    Case(said: ["=confirmar_cita:A", "=reagendar_cita:A"], parts: [1], isAll: true),
    Case(said: ["=reagendar_cita:A", "=confirmar_cita:A", "=reagendar_cita:B"], parts: [1, 2], isAll: true),
    Case(said: ["=seguimiento_no", "=confirmar_cita:A", "gracias"], parts: [0, 1], isAll: true),
    Case(said: ["=reagendar_cita:A", "otro día"], parts: [0], isAll: true),
    // Somebody has to read the rest; what was pressed holds.
    Case(said: ["=confirmar_cita:A", "¿Dónde están?"], parts: [0], isAll: false),
    Case(said: ["=confirmar_cita:A", "no puedo"], parts: [0], isAll: false),
    Case(said: ["=confirmar_cita:A", "?"], parts: [0], isAll: false),
    Case(said: ["=confirmar_cita:A", "=servicio:limpieza"], parts: [0], isAll: false),
    Case(said: ["[audio]", "=confirmar_cita:A"], parts: [1], isAll: false),
    // Words may mean what was said beside them.
    Case(said: ["sí", "¿a las 5?"], parts: [], isAll: false), Case(said: ["sí", "no puedo"], parts: [], isAll: false),
    Case(said: ["[audio]", "sí"], parts: [], isAll: false), Case(said: ["gracias"], parts: [], isAll: true),
    Case(said: [], parts: [], isAll: true),
    Case(said: ["#confirmar_cita:A"], parts: [0], isAll: true),
    Case(said: ["hola", "#seguimiento_no", "gracias"], parts: [1], isAll: true),
    Case(said: ["#confirmar_cita:A", "sí"], parts: [0, 1], isAll: true),
    Case(said: ["#confirmar_cita:A", "=confirmar_cita:B"], parts: [1], isAll: true),
    Case(said: ["#confirmar_cita:A", "#reagendar_cita:A"], parts: [], isAll: false),
    Case(said: ["#reagendar_cita:A", "amigos"], parts: [], isAll: false),
    Case(said: ["#seguimiento_si"], parts: [], isAll: false), Case(said: ["1"], parts: [], isAll: false),
    Case(said: [String(repeating: "gracias ", count: 20), "sí"], parts: [], isAll: false),
  ]

  @Test(arguments: cases) func isRead(_ c: Case) {
    let burst = BurstAnswer(
      c.said.enumerated().map { i, text in
        if text.hasPrefix("=") { return BurstMessage(id: "\(i)", content: "x", selection: String(text.dropFirst())) }
        if text.hasPrefix("#") {
          var message = BurstMessage(id: "\(i)", content: "1")
          message.numbered = String(text.dropFirst())
          return message
        }
        return BurstMessage(id: "\(i)", content: text, contentType: text == "[audio]" ? "audio" : "text")
      })
    #expect(burst.parts.map(\.id) == c.parts.map { "\($0)" })
    #expect(burst.isAll == c.isAll)
  }

  @Test func stickersAndEmoji() {
    #expect(BurstMessage(id: "", content: "[sticker]", contentType: "sticker").isCourtesy)
    #expect(BurstMessage(id: "", content: "🙂").isCourtesy && !BurstMessage(id: "", content: "¿?").isCourtesy)
    #expect(!BurstMessage(id: "", content: "gracias", selection: "x").isCourtesy)
    #expect(BurstMessage(id: "", content: "😍", contentType: "story_reply").isCourtesy)
    #expect(!BurstMessage(id: "", content: "¿Cuánto?", contentType: "story_reply").isCourtesy)
  }
}
