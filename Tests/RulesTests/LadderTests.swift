import Core
import Rules
import Testing

@Suite struct LadderTests {
  private static let limits = ChannelLimits.of(.whatsapp)

  /// A wish, and what is sent in its place: one line of JSON a message.
  @Test(arguments: Fixtures.names("ladder"))
  func steps(_ name: String) throws {
    let wish = try Self.wish(name)
    let parts = ladder(wish, Self.limits)
    try Fixtures.expect(parts.map { $0.json.text }.joined(separator: "\n"), "ladder/\(name).expected")
    for part in parts { #expect(fault(part) == nil, "\(part.kind)") }
    // A ladder has an end: what came out of it stands.
    #expect(parts.flatMap { ladder($0, Self.limits) } == parts)
  }

  /// Where only text is sent, every choice can still be read.
  @Test(arguments: Fixtures.names("ladder"))
  func textIsTheLastStep(_ name: String) throws {
    let wish = try Self.wish(name)
    let limits = ChannelLimits.of(.instagram)
    let parts = ladder(wish, limits)
    guard case .buttons(_, let options) = wish else { return }
    let text = parts.map { if case .text(let text) = $0 { text } else { "" } }.joined(separator: "\n")
    for option in options { #expect(text.contains(option.title.prefix(100))) }
    for case .text(let text) in parts { #expect(limits.length(text) <= limits.textMax) }
  }

  /// Texts of every length around the limits, with every number of options.
  @Test func nothingIsTooLong() {
    let text = Fixtures.text("ladder/text_5000.json")
    for length in [1, 1024, 1025, 2000, 4097, 4500] {
      for count in [0, 3, 10, 40] {
        for title in ["Sí", "Cambiar la hora, pero", String(repeating: "á", count: 300)] {
          let options = (0..<count).map { OutboundContent.Option(id: "o\($0)", title: "\($0) \(title)") }
          for body in [String(text.prefix(length)), String(repeating: "🦷", count: length)] {
            for part in ladder(.buttons(.init(body: body, footer: title), options), Self.limits) {
              #expect(fault(part) == nil, "\(length) \(count) \(title.prefix(3))")
            }
          }
        }
      }
    }
  }

  private static func wish(_ name: String) throws -> OutboundContent {
    try OutboundContent(Field(JSON.parse(Array(Fixtures.text("ladder/\(name).json").utf8))))
  }

  private func fault(_ part: OutboundContent) -> ContentFault? {
    do throws(ContentFault) {
      try part.check(Self.limits)
      return nil
    } catch { return error }
  }
}
