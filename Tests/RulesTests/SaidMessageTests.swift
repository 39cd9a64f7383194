import Core
import Rules
import Testing

/// Which of the messages that a platform shows is the one of which no answer came.
@Suite struct SaidMessageTests {
  private let left = Instant(seconds: 1_763_809_200)

  private func said(_ id: String, _ text: String?, _ after: Double?, ours: Bool = true) -> SaidMessage {
    SaidMessage(externalID: id, text: text, at: after.map { left + $0 }, isOurs: ours)
  }

  @Test func theSameWordsAboutThen() {
    let found = SaidMessage.candidates(
      for: "Cuesta  800\npesos", leftAt: left,
      among: [
        said("late", "Cuesta 800 pesos", 120), said("near", "Cuesta 800 pesos ", 1),
        said("before", "Cuesta 800 pesos", -5),
        said("long before", "Cuesta 800 pesos", -60), said("long after", "Cuesta 800 pesos", 400),
        said("theirs", "Cuesta 800 pesos", 1, ours: false), said("other", "Cuesta 900 pesos", 1),
        said("timeless", "Cuesta 800 pesos", nil), said("wordless", nil, 1),
      ])
    #expect(found.map(\.externalID) == ["near", "before", "late"])
  }

  @Test func nothingIsLikeNothing() {
    #expect(SaidMessage.candidates(for: " ", leftAt: left, among: [said("x", "", 1)]).isEmpty)
    #expect(SaidMessage.candidates(for: "hola", leftAt: left, among: []).isEmpty)
  }

  /// Form, platform, the words that are looked for.
  private static let forms: [(OutboundContent, ChannelName, String?)] = {
    let yes = OutboundContent.Option(id: "si", title: "Sí")
    let buttons = OutboundContent.buttons(.init(body: "¿Confirma?"), [yes])
    let replies = OutboundContent.quickReplies("¿Confirma?", [yes])
    return [
      (.text("hola"), .facebook, "hola"), (.text("hola"), .tiktok, "hola"), (replies, .facebook, "¿Confirma?"),
      (replies, .instagram, "¿Confirma?"), (replies, .tiktok, nil), (buttons, .tiktok, "¿Confirma?"),
      (buttons, .facebook, nil), (.link(.init(body: "Mapa"), title: "Ver", url: "https://x.mx"), .instagram, nil),
      (.cards([]), .facebook, nil), (.locationRequest("¿Dónde?"), .facebook, nil),
    ]
  }()

  @Test(arguments: forms) func whatThePlatformShows(
    _ content: OutboundContent, _ channel: ChannelName, _ words: String?
  ) {
    #expect(content.wordsShown(by: channel) == words)
  }
}
