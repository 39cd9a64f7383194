import Core
import Rules
import Testing

@Suite struct LadderTests {
  private static let limits = ChannelLimits.of(.whatsapp)

  /// A wish, and what is sent in its place on each platform: one line of JSON a message. What a platform has no form for
  /// and nothing to step down to is refused, and says so.
  @Test(arguments: Fixtures.names("ladder"), [ChannelName.whatsapp, .facebook, .instagram])
  func steps(_ name: String, _ channel: ChannelName) throws {
    let wish = try Self.wish(name)
    let limits = ChannelLimits.of(channel)
    let parts = ladder(wish, limits)
    let lines = parts.map { part in
      [part.json.text, fault(part, limits)?.sentence].compactMap(\.self).joined(separator: " ✗ ")
    }
    let folder = channel == .whatsapp ? "ladder" : "ladder-\(channel.rawValue)"
    try Fixtures.expect(lines.joined(separator: "\n"), "\(folder)/\(name).expected")
    for part in parts {
      let code = fault(part, limits)?.code
      // What has no other form, and an id where only an address is taken.
      #expect(code == nil || channel != .whatsapp && ["unsupported", "bad_media"].contains(code), "\(part.kind)")
    }
    // A ladder has an end: what came out of it stands.
    #expect(parts.flatMap { ladder($0, limits) } == parts)
  }

  /// Where only text is sent, every choice can still be read.
  @Test(arguments: Fixtures.names("ladder"))
  func textIsTheLastStep(_ name: String) throws {
    let wish = try Self.wish(name)
    var limits = ChannelLimits.of(.instagram)
    limits.content = nil
    let parts = ladder(wish, limits)
    guard case .buttons(_, let options) = wish else { return }
    let text = parts.map { if case .text(let text) = $0 { text } else { "" } }.joined(separator: "\n")
    for option in options { #expect(text.contains(option.title.prefix(100))) }
    for case .text(let text) in parts { #expect(limits.length(text) <= limits.textMax) }
  }

  /// Texts of every length around the limits, with every number of options.
  @Test(arguments: [ChannelName.whatsapp, .facebook, .instagram])
  func nothingIsTooLong(_ channel: ChannelName) {
    let limits = ChannelLimits.of(channel)
    let text = Fixtures.text("ladder/text_5000.json")
    for length in [1, 1024, 1025, 2000, 4097, 4500] {
      for count in [0, 3, 10, 40] {
        for title in ["Sí", "Cambiar la hora, pero", String(repeating: "á", count: 300)] {
          let options = (0..<count).map { OutboundContent.Option(id: "o\($0)", title: "\($0) \(title)") }
          for body in [String(text.prefix(length)), String(repeating: "🦷", count: length)] {
            for part in ladder(.buttons(.init(body: body, footer: title), options), limits) {
              #expect(fault(part, limits) == nil, "\(length) \(count) \(title.prefix(3))")
            }
          }
        }
      }
    }
  }

  private static func wish(_ name: String) throws -> OutboundContent {
    try OutboundContent(Field(JSON.parse(Array(Fixtures.text("ladder/\(name).json").utf8))))
  }

  private func fault(_ part: OutboundContent, _ limits: ChannelLimits) -> ContentFault? {
    do throws(ContentFault) {
      try part.check(limits)
      return nil
    } catch { return error }
  }
}
