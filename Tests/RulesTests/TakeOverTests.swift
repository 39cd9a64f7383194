import Core
import Rules
import Testing

@Suite struct TakeOverTests {
  @Test(
    arguments: [
      ("urgente", "ES URGENTÉ!!", "urgente"), ("urgente", "urgentemente", nil), ("queja", "¿Quejas?", nil),
      ("quiero un reembolso", "Hola.Quiero  un\nREEMBOLSO ya", "quiero un reembolso"),
      ("un reembolso", "reembolso un", nil), ("niño", "mi nin\u{303}o sangra", "niño"), ("", "hola", nil),
      ("¡!", "¡!", nil),
      ("a b c", "a b", nil), ("háblame", "hablame", "háblame"), ("hablame", "HÁBLAME por favor", "hablame"),
    ] as [(String, String, String?)])
  func words(_ keyword: String, _ text: String, _ found: String?) {
    #expect(Rules.keyword([keyword], in: text) == found)
  }

  @Test(
    arguments: [
      ("", ["Limpieza dental"], true), ("limpieza", ["Limpieza dental"], true),
      ("LIMPIÉZA de", ["Limpieza dental"], true),
      ("limpiezas", ["Limpieza dental"], true), ("implante", ["Limpieza dental", nil], false),
      ("mole con pollo", ["Mole poblano", "Con pollo, arroz"], true), ("mole verde", ["Mole poblano"], false),
      ("limp", ["Limpieza"], true), ("los mole", ["mole"], true), ("mesa", ["me"], false),
      ("S-1", ["Sal", "S-1"], true), ("S-1", ["Sal", "A-1"], false), ("sa", ["Sal"], false),
    ] as [(String, [String?], Bool)])
  func search(_ query: String, _ texts: [String?], _ found: Bool) { #expect(matches(query, texts) == found) }

  private func said(_ role: StoredMessage.Role, _ text: String, _ second: Int64) -> StoredMessage {
    StoredMessage(role: role, content: text, at: Instant(microseconds: second * 1_000_000))
  }

  @Test func onlyWhatWaitsForAnAnswerCounts() {
    let assistant = AssistantSettings(Field(["escalation_keywords": ["queja"]]))
    let talk = [said(.user, "tengo una queja", 1), said(.assistant, "¿cuál?", 2), said(.user, "nada", 3)]
    let never = ConversationState(Field([:]))
    #expect(takeOver(assistant, never, said: talk) == nil)
    let more = talk + [said(.user, "QUEJA", 4), said(.user, "perdón", 5)]
    #expect(takeOver(assistant, never, said: more)?.by == .keyword)
    // A reminder that came meanwhile has answered nobody; a person has.
    var reminder = said(.staff, "Le esperamos mañana", 6)
    #expect(takeOver(assistant, never, said: more + [reminder]) == nil)
    reminder.isAutomatic = true
    #expect(takeOver(assistant, never, said: more + [reminder])?.by == .keyword)
    // Nor what people have seen already.
    let since = ConversationState(Field(["since": .string(Instant(microseconds: 4_500_000).description)]))
    #expect(takeOver(assistant, since, said: more) == nil)
  }

  @Test(arguments: [(5, 5, nil), (5, 6, .messages), (0, 100, nil), (nil, 100, nil)] as [(Int?, Int, EscalatedBy?)])
  func length(_ most: Int?, _ messages: Int, _ by: EscalatedBy?) {
    let assistant = AssistantSettings(Field(.object(["auto_escalate_after_messages": most.map { .number($0) }])))
    #expect(takeOver(assistant, ConversationState(Field(["messages": .number(messages)])), said: [])?.by == by)
  }

  @Test func lastWords() {
    func text(_ config: JSON) -> String { LastWord.text(AssistantSettings(Field(config))) }
    #expect(text([:]).hasPrefix("Gracias"))
    #expect(text(["default_language": "en"]).hasPrefix("Thank you"))
    #expect(text(["default_language": "fr"]).hasPrefix("Gracias"))
    #expect(text(["escalation_message": " Ya le atienden. "]) == "Ya le atienden.")
  }
}
