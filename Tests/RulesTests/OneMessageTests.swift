import Rules
import Testing

/// TikTok takes ten messages for one of the person's: what is said there is said in one.
@Suite struct OneMessageTests {
  private let tiktok = ChannelLimits.of(.tiktok)
  private let long = String(repeating: "Una frase que sigue. ", count: 400)

  @Test func aLongTextIsCutAndNotSplit() {
    let parts = tiktok.parts(of: long)
    #expect(parts.count == 1)
    #expect(tiktok.length(parts[0]) <= 6000 && parts[0].hasSuffix("sigue. …") || parts[0].hasSuffix("sigue …"))
    #expect(tiktok.parts(of: "Hola") == ["Hola"])
    #expect(tiktok.parts(of: " ") == [])
    #expect(ChannelLimits.of(.facebook).parts(of: long).count > 1)
  }

  private func options(_ count: Int) -> [OutboundContent.Option] {
    (1...count).map { .init(id: "o\($0)", title: "Horario \($0)") }
  }

  @Test func cardsWhereTheyFit() {
    let wish = OutboundContent.buttons(.init(body: "¿Le confirmo?"), options(3))
    #expect(ladder(wish, tiktok) == [wish])
  }

  /// A text that is longer than a card's title would be a message more.
  @Test func elseNumberedText() {
    let body = "Tengo estos lugares el martes, ¿cuál le queda mejor?"
    #expect(
      ladder(.buttons(.init(body: body), options(3)), tiktok)
        == [.text(body + "\n\n1. Horario 1\n2. Horario 2\n3. Horario 3")])
    #expect(
      ladder(.buttons(.init(body: "¿Cuál?"), options(4)), tiktok)
        == [.text("¿Cuál?\n\n1. Horario 1\n2. Horario 2\n3. Horario 3\n4. Horario 4")])
    #expect(
      ladder(.list(.init(body: "¿Cuál?"), label: "Ver", [.init(options: options(2))]), tiktok)
        == [.text("¿Cuál?\n\n1. Horario 1\n2. Horario 2")])
  }

  @Test func theChoicesStayWhateverIsCut() {
    for count in [2, 30] {
      let parts = ladder(.buttons(.init(body: long), options(count)), tiktok)
      #expect(parts.count == 1)
      guard case .text(let text)? = parts.first else {
        Issue.record("no text")
        return
      }
      #expect(tiktok.length(text) <= 6000)
      #expect(text.hasSuffix("\(count). Horario \(count)") && text.contains(" …\n\n1. Horario 1\n"))
    }
  }

  /// Neither stars nor underscores are shown as emphasis there.
  @Test func marksAreLeftOut() {
    #expect(ladder(.text("**Hola**, _Ana_"), tiktok) == [.text("Hola, Ana")])
  }
}
