import Core
import Testing

@testable import Rules

@Suite struct ChosenNumberTests {
  @Test(
    arguments: [
      ("1", 1), (" 2. ", 2), ("1)", 1), ("(2)", 2), ("#1", 1), ("1️⃣", 1), ("*1*", 1), ("la 1", 1), ("La 2.", 2),
      ("Opción 1", 1), ("opcion 2", 2), ("OPCIÓN UNO", 1), ("la opción 2", 2), ("número 1", 1), ("el número dos", 2),
      ("uno", 1), ("Dos!", 2), ("tres", 3), ("one", 1), ("Two.", 2), ("option 1", 1), ("Option 2, please", 2),
      ("number one", 1), ("1 por favor", 1), ("La 2, gracias", 2),
      // A day, an hour, a number of people, a question.
      ("el 2", nil), ("a la 1", nil), ("1:00", nil), ("1.5", nil), ("1 pm", nil), ("2 personas", nil), ("1?", nil),
      ("¿la 1?", nil), ("1 o 2", nil), ("12", nil), ("0", nil), ("4", nil), ("01", nil), ("½", nil), ("", nil),
      ("la", nil), ("opción", nil), ("sí", nil), ("uno más", nil), ("22", nil),
      (String(repeating: "1 ", count: 100_000), nil),
    ] as [(String, Int?)])
  func isRead(_ content: String, _ number: Int?) { #expect(ChosenNumber(content)?.number == number) }

  @Test func standsForALine() throws {
    let two = try #require(ChosenNumber("2"))
    #expect(two.of(["a", "b"]) == "b" && two.of(["a"]) == nil && two.of([String]()) == nil)
    #expect(BurstMessage(id: "", content: "2").chosen == two)
    #expect(BurstMessage(id: "", content: "2", selection: "x").chosen == nil)
    #expect(BurstMessage(id: "", content: "2", contentType: "image").chosen == nil)
  }

  /// Where there is room for buttons there are no numbers.
  @Test func whatIsNumbered() {
    let words = AppointmentWords(
      name: "Ana", service: "limpieza", business: "ESVA", date: "martes 2 de febrero", time: "10:00", id: "1")
    for prepared in [PreparedMessage.reminder(words, in: .spanish), .appointmentConfirmation(words, in: .english)] {
      for channel in ChannelName.allCases {
        let contents = ladder(prepared.open, .of(channel))
        let numbered = channel == .tiktok ? ["confirmar_cita:1", "reagendar_cita:1"] : []
        #expect(prepared.numbered(in: contents) == numbered, "\(channel)")
      }
    }
    let follow = PreparedMessage.followUp(name: "Ana", business: "ESVA", service: "", in: .spanish)
    #expect(follow.numbered(in: ladder(follow.open, .of(.tiktok))) == ["seguimiento_si", "seguimiento_no"])
    let menu = PreparedMessage.servicesMenu(
      [OfferedService(id: "a", name: "A")], business: "ESVA", .of(.tiktok), in: .spanish)
    #expect(menu.map { $0.numbered(in: ladder($0.open, .of(.tiktok))) } == [])
  }
}
