import Core
import Rules
import Testing

@Suite struct TurnsTests {
  private func message(_ role: StoredMessage.Role, _ content: String, _ at: Int64, _ type: String = "text")
    -> StoredMessage
  {
    StoredMessage(role: role, content: content, contentType: type, at: Instant(seconds: at))
  }

  private func text(_ turns: [Turn]) -> [String] { turns.map { "\($0.role.rawValue): \($0.content)" } }

  @Test func alternates() {
    let given = [
      message(.assistant, "Bienvenida", 1), message(.user, "Hola", 2), message(.user, "¿Precio?", 3),
      message(.system, "nota", 4), message(.assistant, "$800", 5), message(.staff, "Con gusto", 6),
      message(.user, "  ", 7), message(.user, "Gracias", 8),
    ]
    #expect(
      text(turns(given)) == [
        "user: Hola\n¿Precio?", "assistant: $800\n[Escribió una persona del equipo] Con gusto", "user: Gracias",
      ])
  }

  /// Nobody typed a reminder.
  @Test func whatAProgramSaidIsTheAssistants() {
    var reminder = message(.staff, "Le esperamos mañana", 2)
    reminder.isAutomatic = true
    #expect(
      text(turns([message(.user, "Hola", 1), reminder, message(.user, "Gracias", 3)])) == [
        "user: Hola", "assistant: Le esperamos mañana", "user: Gracias",
      ])
  }

  @Test func endsWithThePerson() {
    #expect(text(turns([message(.user, "Hola", 1), message(.assistant, "¿Sí?", 2)])) == ["user: Hola"])
    #expect(turns([message(.assistant, "¿Sí?", 2)]).isEmpty)
    #expect(turns([]).isEmpty)
    #expect(turns([message(.user, " ", 1)]).isEmpty)
  }

  @Test func isSortedByTimeAndStable() {
    let given = [message(.user, "tercero", 3), message(.user, "primero", 1), message(.user, "cuarto", 3)]
    #expect(text(turns(given)) == ["user: primero\ntercero\ncuarto"])
  }

  @Test func keepsTheNewest() {
    let given = (0..<50).flatMap { i in
      [message(.user, "p\(i)", Int64(2 * i)), message(.assistant, "r\(i)", Int64(2 * i + 1))]
    }
    #expect(text(turns(given, last: 3)) == ["user: p48", "assistant: r48", "user: p49"])
    // The fourth would be ours; a conversation begins with the person.
    #expect(text(turns(given, last: 4)) == ["user: p48", "assistant: r48", "user: p49"])
    #expect(text(turns(given, maxCharacters: 7)) == ["user: p49"])
    #expect(text(turns([message(.user, "abcdefgh", 1)], maxCharacters: 5)) == ["user: abcde"])
  }

  @Test func captionsSayWhatTheyBelongTo() {
    let given = [message(.user, "¿cuánto por esto?", 1, "image"), message(.user, "[nota de voz]", 2, "audio")]
    #expect(text(turns(given)) == ["user: [imagen] ¿cuánto por esto?\n[nota de voz]"])
  }

  @Test func whatAStoryIsAnsweredWith() {
    let given = [
      message(.user, "¿Cuánto?", 1, "story_reply"), message(.user, "[respuesta a una historia]", 2, "story_reply"),
    ]
    #expect(
      text(turns(given)) == ["user: [responde a una historia nuestra] ¿Cuánto?\n[respuesta a una historia]"])
  }
}
