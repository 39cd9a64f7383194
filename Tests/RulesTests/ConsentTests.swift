import Core
import Testing

@testable import Rules

@Suite struct ConsentTests {
  @Test func words() {
    let rows = Fixtures.rows("consent-words.tsv")
    #expect(rows.count > 40)
    for row in rows { #expect(Consent.word(row[0])?.rawValue ?? "-" == row[1], "\(row[0])") }
  }

  /// Hundreds of exclamation marks around it are no word any more, and cost nothing.
  @Test func aLongText() {
    let long = "stop" + String(repeating: "!", count: 1_000_000)
    #expect(Consent.word(long) == nil)
    #expect(Consent.word("stop" + String(repeating: "!", count: 100)) == .stopped)
  }

  @Test func whatIsNobodysWord() {
    let person = [Alias(kind: "phone", value: "52")]
    func consent(_ kind: InboundEvent.Kind, _ type: String, _ text: String, _ selection: String? = nil) -> Consent? {
      InboundEvent(
        kind: kind, externalID: "x", aliases: person, content: text, contentType: type, selection: selection
      ).consent
    }
    #expect(consent(.message, "text", "baja") == Consent(.stopped, .keyword))
    #expect(consent(.message, "interactive", "Ofertas", "STOP") == Consent(.stopped, .keyword))
    #expect(consent(.message, "story_reply", "baja") == Consent(.stopped, .keyword))
    // A caption, a placeholder, a colleague's answer, an edit.
    #expect(consent(.message, "image", "baja") == nil)
    #expect(consent(.echo, "text", "baja") == nil)
    #expect(consent(.edit, "text", "baja") == nil)
    #expect(consent(.preference, "preference", "x", "stop") == Consent(.stopped, .platform))
    #expect(consent(.preference, "preference", "stop", "perhaps") == nil)
    #expect(consent(.status, "status", "stop") == nil)
  }
}
