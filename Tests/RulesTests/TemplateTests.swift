import Core
import Testing

@testable import Rules

@Suite struct TemplateTests {
  @Test func oursAreWhatThePlatformTakes() {
    #expect(
      OwnTemplate.allCases.map(\.rawValue) == [
        "cita_confirmada", "recordatorio_cita", "bienvenida_esva", "cotizacion_enviada", "seguimiento",
      ])
    for definition in Phrases.all.flatMap({ TemplateDefinition.all(in: $0) }) {
      let places = TemplateShape.places(definition.body)
      #expect(definition.variables.count == OwnTemplate(rawValue: definition.name)?.variables.count)
      #expect(places.sorted() == definition.variables.map(\.name).sorted(), "\(definition.name)")
      // Meta refuses a variable at either end, and more than the text can carry.
      #expect(!definition.body.hasPrefix("{{") && !definition.body.hasSuffix("}}"))
      #expect(definition.body.split(separator: " ").count >= places.count * 3)
      #expect(definition.body.unicodeScalars.count <= 1024)
      #expect(definition.buttons.allSatisfy { (1...20).contains($0.unicodeScalars.count) })
      #expect(definition.variables.allSatisfy { !$0.example.isEmpty })
      let filled = definition.filled(
        Dictionary(uniqueKeysWithValues: definition.variables.map { ($0.name, $0.example) }))
      let shape = TemplateShape(components: Field(definition.components), format: "named")
      #expect(throws: Never.self) { try shape.check(filled) }
      #expect(throws: Never.self) { try OutboundContent.template(filled).check(.of(.whatsapp)) }
    }
  }

  private static func shape(_ text: String, format: String? = nil) throws -> TemplateShape {
    TemplateShape(components: Field(try JSON.parse(Array(text.utf8))), format: format)
  }

  private static let counted =
    #"[{"type": "HEADER", "format": "TEXT", "text": "Hola"}, {"type": "BODY", "text": "{{1}} a las {{2}}"}]"#
  private static let named = #"[{"type": "BODY", "text": "Hola {{ nombre }}, el {{fecha}} y {{nombre}}"}]"#
  private static let pictured = #"[{"type": "header", "format": "IMAGE"}, {"type": "body", "text": "x"}]"#
  private static let pressed = """
    [{"type": "BODY", "text": "x"}, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Sí"},
      {"type": "URL", "text": "Ver", "url": "https://x.example/{{1}}"}, {"type": "URL", "text": "Ver", "url": "https://x.example/"}]}]
    """

  /// components, what fills them (as JSON), what is wrong: the path, or nothing
  private static let uses: [(String, String, String?)] = [
    (counted, #"{"body": [{"text": "a"}, {"text": "b"}]}"#, nil),
    (counted, #"{"body": [{"text": "a"}]}"#, "body"), (counted, "{}", "body"),
    (counted, #"{"body": [{"name": "a", "text": "a"}, {"name": "b", "text": "b"}]}"#, "body"),
    (counted, #"{"header": {"text": "x"}, "body": [{"text": "a"}, {"text": "b"}]}"#, "header"),
    (named, #"{"body": [{"name": "fecha", "text": "b"}, {"name": "nombre", "text": "a"}]}"#, nil),
    (named, #"{"body": [{"text": "b"}, {"text": "a"}]}"#, "body"),
    (named, #"{"body": [{"name": "fecha", "text": "b"}, {"name": "hora", "text": "a"}]}"#, "body"),
    (pictured, #"{"header": {"media": {"type": "image", "link": "https://x.example/a.jpg"}}}"#, nil),
    (pictured, "{}", "header"), (pictured, #"{"header": {"text": "x"}}"#, "header"),
    (pressed, #"{"buttons": [{"index": 0, "payload": "SI"}, {"index": 1, "url_suffix": "a"}]}"#, nil),
    (pressed, #"{"buttons": [{"index": 1, "url_suffix": "a"}]}"#, nil),
    (pressed, #"{"buttons": [{"index": 0, "payload": "SI"}]}"#, "buttons"),
    (pressed, #"{"buttons": [{"index": 1, "payload": "SI"}]}"#, "buttons[1]"),
    (pressed, #"{"buttons": [{"index": 3, "payload": "SI"}, {"index": 1, "url_suffix": "a"}]}"#, "buttons[3]"),
  ]

  @Test(arguments: uses)
  func filledAsItWants(_ components: String, _ use: String, _ path: String?) throws {
    var members = JSON.Members([
      .init("kind", "template"), .init("name", "x"), .init("language", "es_MX"),
    ])
    members.pairs += try Field(try JSON.parse(Array(use.utf8))).object().pairs
    let content = try OutboundContent(Field(.object(members)))
    guard case .template(let template) = content else {
      Issue.record("no template: \(content.kind)")
      return
    }
    var fault: ContentFault?
    do { try Self.shape(components).check(template) } catch { fault = error as? ContentFault }
    #expect(fault?.path == path, "\(fault?.sentence ?? "nothing is wrong")")
  }

  @Test func onePlaceOnce() {
    #expect(TemplateShape.places("{{a}} {{ b }}{{a}} {{c") == ["a", "b"])
    #expect(TemplateShape.places("{a} }} {{}}") == [""])
  }
}

@Suite struct PreparedMessageTests {
  private let words = AppointmentWords(
    name: "Ana", service: "limpieza", business: "ESVA", date: "martes 3 de febrero", time: "10:00", id: "A1")

  @Test func anAppointmentSaysTheSameInBothForms() throws {
    for prepared in [PreparedMessage.appointmentConfirmation(words, in: .spanish), .reminder(words, in: .spanish)] {
      guard case .buttons(let frame, let options) = prepared.open else {
        Issue.record("no buttons")
        return
      }
      #expect(options.map(\.title) == ["Confirmar", "Reagendar"])
      #expect(options.map(\.id) == ["confirmar_cita:A1", "reagendar_cita:A1"])
      for word in ["Ana", "limpieza", "ESVA", "martes 3 de febrero", "10:00"] { #expect(frame.body.contains(word)) }
      #expect(!frame.body.contains("{"))
      let template = try #require(prepared.closed)
      #expect(template.buttons.map(\.filling) == [.payload("confirmar_cita:A1"), .payload("reagendar_cita:A1")])
      #expect(throws: Never.self) { try prepared.open.check(.of(.whatsapp)) }
      #expect(throws: Never.self) { try OutboundContent.template(template).check(.of(.whatsapp)) }
    }
  }

  /// services, rows that are shown
  @Test(arguments: [(1, 1), (10, 10), (11, 10), (200, 10)])
  func aMenuKeepsTheLimits(_ count: Int, _ shown: Int) throws {
    let services = (0..<count).map { i in
      OfferedService(
        id: "s\(i)", name: "Un servicio con un nombre demasiado largo \(i) 👩‍⚕️", line: String(repeating: "é ", count: 100)
      )
    }
    let menu = try #require(PreparedMessage.servicesMenu(services, business: "ESVA", .of(.whatsapp), in: .spanish))
    guard case .list(let frame, _, let sections) = menu.open else {
      Issue.record("no list")
      return
    }
    #expect(sections.flatMap(\.options).count == shown)
    #expect((frame.footer != nil) == (count > shown))
    #expect(throws: Never.self) { try menu.open.check(.of(.whatsapp)) }
    #expect(menu.closed == nil)
    for channel in ChannelName.allCases {
      let limits = ChannelLimits.of(channel)
      let other = PreparedMessage.servicesMenu(services, business: "ESVA", limits, in: .spanish)
      for part in ladder(try #require(other).open, limits) { #expect(throws: Never.self) { try part.check(limits) } }
    }
  }

  @Test func nothingToOffer() {
    #expect(PreparedMessage.servicesMenu([], business: "ESVA", .of(.whatsapp), in: .spanish) == nil)
  }
}
