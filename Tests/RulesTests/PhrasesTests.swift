import Core
import Testing

@testable import Rules

/// Every text of every language: none is missing, none has a gap left, none is in two languages at once.
@Suite struct PhrasesTests {
  static let languages = Phrases.all.map(\.language)
  private static let service = "Zxv"

  /// All texts, by the names of their fields.
  private func texts(_ phrases: Phrases) -> [String: String] {
    var texts: [String: String] = [:]
    for field in Mirror(reflecting: phrases).children {
      guard let name = field.label, name != "language", name != "templateLanguage" else { continue }
      if let text = field.value as? String { texts[name] = text }
      if let words = field.value as? Phrases.TemplateWords {
        texts[name] = words.body
        for (i, button) in words.buttons.enumerated() { texts["\(name) \(i)"] = button }
      }
    }
    return texts
  }

  /// What a customer may read, by what it is.
  private func said(_ phrases: Phrases) throws -> [(what: String, text: String)] {
    let words = AppointmentWords(
      name: phrases.name(" "), service: phrases.service(""), business: Self.service,
      date: phrases.date(weekday: 2, day: 24, month: 11), time: phrases.timeOfDay("16:00"), id: "1")
    var nameless = words
    nameless.service = ""
    let output = Field(["words": .string(phrases.dayAndTime(date: "2026-11-24", time: "00:30", weekday: 2))])
    let services = (0..<12).map { OfferedService(id: "s\($0)", name: Self.service) }
    let settings = AssistantSettings(
      Field(["default_language": .string(phrases.language), "out_of_hours_enabled": true]))
    let prepared = [
      PreparedMessage.appointmentConfirmation(words, in: phrases), .reminder(words, in: phrases),
      .followUp(name: "", business: Self.service, service: "", in: phrases),
      try #require(PreparedMessage.servicesMenu(services, business: Self.service, .of(.whatsapp), in: phrases)),
    ]
    let four = (0..<4).map { OutboundContent.Option(id: "\($0)", title: Self.service) }
    let choice = ladder(.buttons(.init(body: Self.service), four), .of(.whatsapp), phrases)
    var said = [
      ("confirmed", words.confirmed(in: phrases)), ("confirmed, of nothing", nameless.confirmed(in: phrases)),
      ("offer", words.offer([words.date], in: phrases)), ("over", words.over(in: phrases)),
      ("last word", LastWord.text(settings)), ("closed", settings.outOfHours ?? ""), ("declined", phrases.declined),
      ("price", priceText(min: "1", max: "2", currency: "", note: nil, in: phrases) ?? ""),
      ("price from", priceText(min: "1", max: nil, currency: "", note: nil, in: phrases) ?? ""),
      ("price up to", priceText(min: nil, max: "2", currency: "", note: nil, in: phrases) ?? ""),
    ]
    for tool in ["book_appointment", "reschedule_appointment", "cancel_appointment"] {
      said.append((tool, DoneWords.sentence(tool: tool, output: output, in: phrases) ?? ""))
    }
    for content in prepared.map(\.open) + choice {
      #expect(throws: Never.self) { try content.check(.of(.whatsapp)) }
      switch content {
      case .buttons(let frame, let options): said += [("body", frame.body)] + options.map { ("button", $0.title) }
      case .list(let frame, let label, _):
        said += [("menu", frame.body), ("label", label)] + (frame.footer.map { [("rest", $0)] } ?? [])
      default: Issue.record("\(content)")
      }
    }
    for definition in TemplateDefinition.all(in: phrases) { said.append((definition.name, definition.components.text)) }
    return said
  }

  @Test(arguments: languages) func everyTextIsWhole(_ language: String) throws {
    let phrases = Phrases.of(language)
    #expect(phrases.language == language && phrases.templateLanguage.hasPrefix(language))
    #expect(phrases.weekdays.count == 7 && phrases.months.count == 12)
    let (ours, spanish) = (texts(phrases), texts(.spanish))
    #expect(ours.count >= 30 && ours.keys.sorted() == spanish.keys.sorted())
    for (name, text) in ours {
      #expect(!text.isEmpty, "\(name)")
      // The same gaps: what one language tells, the others do.
      #expect(
        TemplateShape.places(text).sorted() == TemplateShape.places(spanish[name] ?? "").sorted(), "\(name): \(text)")
    }
    for (what, text) in try said(phrases) {
      let isTemplate = OwnTemplate(rawValue: what) != nil
      #expect(!text.isEmpty && (isTemplate || !text.contains("{")) && text.utf8.count < 2000, "\(what): \(text)")
      #expect(!text.contains("  ") && !text.contains(" ."), "\(what): \(text)")
    }
  }

  /// Words that are written alike in two languages.
  private static let shared: Set<String> = ["a", "no"]

  @Test func noTextIsInTwoLanguages() throws {
    var words: [String: Set<String>] = [:]
    for phrases in Phrases.all {
      let texts = try said(phrases).filter { OwnTemplate(rawValue: $0.what) == nil }.map(\.text)
      words[phrases.language] = Set(
        (texts + phrases.weekdays + phrases.months).flatMap { folded($0).split(separator: " ").map(String.init) }
          .filter { !$0.contains(where: \.isNumber) && $0 != folded(Self.service) })
    }
    for one in Self.languages {
      for other in Self.languages where other > one {
        let both = (words[one] ?? []).intersection(words[other] ?? []).subtracting(Self.shared)
        #expect(both.isEmpty, "\(one) and \(other): \(both.sorted())")
      }
    }
  }

  /// What stands on our buttons is understood whoever writes it, and nothing means two things.
  @Test func whatIsSaidMeansOneThing() {
    var meanings: [String: String] = [:]
    func means(_ meaning: String, _ words: [String]) {
      for word in words {
        #expect(folded(word) == word && meanings.updateValue(meaning, forKey: word) ?? meaning == meaning, "\(word)")
      }
    }
    for phrases in Phrases.all {
      let heard = phrases.heard
      means("confirm", heard.confirming)
      means("reschedule", heard.rescheduling)
      means("decline", heard.declining)
      for (i, word) in heard.numbers.enumerated() { means("\(i + 1)", [word]) }
      means("nothing", heard.courtesies)
      means("stop", heard.stopping)
      means("resume", heard.resuming)
      for template in [phrases.appointmentConfirmation, phrases.reminder] {
        let wishes = template.buttons.map { AppointmentAnswer(content: $0, selection: nil)?.wish }
        #expect(wishes == [.confirm, .reschedule])
      }
      #expect(AppointmentAnswer(content: phrases.followUp.buttons[1], selection: nil)?.wish == .declineFollowUp)
    }
  }

  @Test(arguments: [
    ("es", "es"), ("en", "en"), ("EN", "en"), ("en_US", "en"), ("en-gb", "en"), ("es_MX", "es"), ("fr", "es"),
    ("", "es"),
    ("english", "es"), ("-en", "es"),
  ]) func ofALanguage(_ code: String, _ language: String) { #expect(Phrases.of(code).language == language) }

  /// default_language, what is approved, in which it is sent
  @Test(
    arguments: [
      ("es", ["es_MX"], "es_MX"), ("es", ["es", "es_AR"], "es"), ("es", ["en_US"], "es_MX"), ("es", [], "es_MX"),
      ("en", ["es_MX", "en_US"], "en_US"), ("en", ["en_GB", "en", "es"], "en"), ("en", ["es", "es_MX"], "es_MX"),
      ("en", ["es"], "es"), ("en", ["pt_BR"], "en_US"), ("en", [], "en_US"), ("fr", ["fr", "es_MX"], "es_MX"),
    ] as [(String, [String], String)]) func ofATemplate(_ business: String, _ approved: [String], _ code: String)
  {
    let found = Phrases.template(business, approved: approved)
    #expect(found.code == code && code.hasPrefix(found.phrases.language))
  }

  @Test func dates() {
    func date(_ phrases: Phrases, _ weekday: Int, _ day: Int, _ month: Int) -> String {
      phrases.date(weekday: weekday, day: day, month: month)
    }
    #expect(date(.spanish, 2, 3, 2) == "martes 3 de febrero" && date(.spanish, 7, 31, 12) == "domingo 31 de diciembre")
    #expect(date(.english, 2, 24, 11) == "Tuesday, 24 November")
    #expect(date(.english, 0, 1, 1) == "" && date(.spanish, 1, 1, 13) == "")
    #expect(
      Phrases.english.dayAndTime(date: "2026-11-24", time: "16:00", weekday: 2) == "Tuesday, 24 November at 4:00 pm")
    #expect(Phrases.spanish.dayAndTime(date: "2026-02-03", time: "09:00", weekday: 2) == "martes 3 de febrero, 09:00")
    #expect(Phrases.spanish.dayAndTime(date: "x", time: "10:00", weekday: 9) == "x, 10:00")
  }

  @Test(arguments: [
    ("00:00", "12:00 am"), ("00:59", "12:59 am"), ("09:05", "9:05 am"), ("11:59", "11:59 am"), ("12:00", "12:00 pm"),
    ("13:00", "1:00 pm"), ("23:30", "11:30 pm"), ("24:00", "24:00"), ("-1:00", "-1:00"), ("mediodía", "mediodía"),
    ("", ""),
  ]) func timesOfDay(_ time: String, _ english: String) {
    #expect(Phrases.english.timeOfDay(time) == english && Phrases.spanish.timeOfDay(time) == time)
  }

  /// Somebody's name is no gap, and one that nobody knows stays.
  @Test func gaps() {
    #expect(filled("{{a}} {{ b }} {{c}} {{", ["a": "{{b}}", "b": "x"]) == "{{b}} x {{c}} {{")
    #expect(filled("{{", ["": "x"]) == "{{" && filled("}}{{a}}", ["a": ""]) == "}}")
  }
}
