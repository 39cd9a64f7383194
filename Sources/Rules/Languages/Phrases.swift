/// All that we say to customers by ourselves, without a model, in one language, and the words of theirs that we understand in
/// it. A language is a file beside this one and a place in `all`; the initialiser asks for every text.
///
/// A text has gaps, `{{so}}`, whose names are the same in every language: those that a business's own words may have
/// (`nombre`, `servicio`, `negocio`, `fecha`, `hora`), and each field's own. Short, and without marks: every channel shows it.
public struct Phrases: Sendable {
  /// ISO 639, two letters.
  public let language: String
  /// In which our templates are submitted (Meta's supported languages, November 2026).
  public let templateLanguage: String

  // MARK: When

  /// From Monday.
  let weekdays: [String]
  /// From January.
  let months: [String]
  /// `dia_semana`, `dia`, `mes`
  let date: String
  /// `fecha`, `hora`
  let dayAndTime: String
  let clock: Clock

  // MARK: Where something is not known

  /// Whom we greet.
  let somebody: String
  /// What an appointment is for.
  let someService: String
  /// What somebody asked about.
  let someServices: String

  // MARK: Appointments

  /// What `de_servicio` is in these: `servicio`; nothing where none is known.
  let forService: String
  /// `de_servicio`, `fecha`, `hora`
  let confirmed: String
  /// The same, and `horas`: lines of free times.
  let offer: String
  /// As `confirmed`.
  let over: String
  /// `cita`: what, when and where.
  let booked: String
  let moved: String
  let cancelled: String

  // MARK: Conversations

  /// People take over.
  let lastWord: String
  /// Nobody is there, and the business has no words of its own.
  let closed: String
  /// To who wants no follow-up.
  public let declined: String

  // MARK: What can be chosen from

  /// `negocio`
  let menu: String
  /// `numero`: services that are not shown.
  let menuRest: String
  /// On the button that opens it; 20 characters.
  let menuLabel: String
  /// The same of a list that has none of its own.
  let listLabel: String

  // MARK: Prices

  /// `desde`, `hasta`
  let priceRange: String
  /// `precio`
  let priceFrom: String
  let priceUpTo: String

  // MARK: Templates, and the same words while a window is open

  let appointmentConfirmation: TemplateWords
  let reminder: TemplateWords
  let welcome: TemplateWords
  let quote: TemplateWords
  let followUp: TemplateWords

  // MARK: What people say

  let heard: Heard

  /// How a time of day is written.
  enum Clock: Sendable, Equatable {
    /// `16:00`
    case hours24
    /// `4:00 pm`
    case hours12(am: String, pm: String)
  }

  /// One of `OwnTemplate`.
  struct TemplateWords: Sendable {
    let body: String
    /// The platform's reviewers read it with these: by the order of the template's variables.
    let examples: [String]
    /// 20 characters each.
    var buttons: [String] = []
  }

  /// Whole messages that need nobody to think about them, `folded`; they are understood whatever the business's language is.
  struct Heard: Sendable {
    /// They come. Beside the title of our first button.
    let confirming: [String]
    /// They want another time. Beside the title of the second one.
    let rescheduling: [String]
    /// No follow-up, thank you. A bare no is not among them, nor is cancel: what is meant by these has to be asked.
    let declining: [String]
    /// From one; as many as buttons stand under a message. What may stand before them, and after.
    let numbers: [String]
    let beforeNumbers: [String]
    let afterNumbers: [String]
    /// Said beside something else, they ask for nothing.
    let courtesies: [String]
    /// No promotions, and promotions again. Nothing that is said of appointments: cancel, no, end.
    let stopping: [String]
    let resuming: [String]
  }
}

extension Phrases {
  /// Spanish is first, and speaks for the languages that are not here: it is what most customers here speak.
  public static let all = [spanish, english]

  /// Of a business's `default_language`, which may name a country too: `en`, `en_US`, `EN-gb`.
  public static func of(_ code: String) -> Phrases { all.first { $0.language == bare(code) } ?? spanish }

  /// The code's letters before anything else.
  static func bare(_ code: String) -> String { String(code.lowercased().prefix { $0.isLetter }) }

  /// In which of the languages that a platform has approved one of our templates for a business it is sent: as we submitted
  /// it, else in another form of the business's language, else in Spanish, since a word in that is better than none. None
  /// approved: as we submit it, which is then what people have to see to. What fills its gaps is in the same language.
  public static func template(_ code: String, approved: [String]) -> (code: String, phrases: Phrases) {
    let own = of(code)
    for phrases in [own, spanish] {
      if approved.contains(phrases.templateLanguage) { return (phrases.templateLanguage, phrases) }
      if let other = approved.sorted().first(where: { bare($0) == phrases.language }) { return (other, phrases) }
    }
    return (own.templateLanguage, own)
  }
}

// MARK: When

extension Phrases {
  /// `martes 3 de febrero`, `Tuesday, 3 February`: `weekday` as ISO counts it (1 is Monday), `day` and `month` from 1.
  public func date(weekday: Int, day: Int, month: Int) -> String {
    guard weekdays.indices.contains(weekday - 1), months.indices.contains(month - 1) else { return "" }
    return filled(date, ["dia_semana": weekdays[weekday - 1], "dia": String(day), "mes": months[month - 1]])
  }

  /// `martes 3 de febrero, 10:00`, of `2026-02-03`, `10:00` and 2.
  public func dayAndTime(date: String, time: String, weekday: Int) -> String {
    let parts = date.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3 else { return date + ", " + time }
    let day = self.date(weekday: weekday, day: parts[2], month: parts[1])
    return filled(dayAndTime, ["fecha": day, "hora": timeOfDay(time)])
  }

  /// Of `16:00`; what is no such time stays as it is.
  public func timeOfDay(_ time: String) -> String {
    guard case .hours12(let am, let pm) = clock else { return time }
    let parts = time.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 2, let hour = Int(parts[0]), (0..<24).contains(hour) else {
      return time
    }
    return "\((hour + 11) % 12 + 1):\(parts[1]) \(hour < 12 ? am : pm)"
  }

  /// 1 is Monday.
  public func weekday(_ day: Int) -> String? { weekdays.indices.contains(day - 1) ? weekdays[day - 1] : nil }
}

// MARK: Gaps and prices

extension Phrases {
  /// Whom we greet, and what they come for, where it is said by nobody.
  public func name(_ said: String) -> String { onOneLine(said, or: somebody) }
  public func service(_ said: String) -> String { onOneLine(said, or: someService) }

  /// Of `$800` and `$1,200 MXN`, or of one of them.
  func price(from low: String, to high: String) -> String { filled(priceRange, ["desde": low, "hasta": high]) }
  func price(from low: String) -> String { filled(priceFrom, ["precio": low]) }
  public func price(upTo high: String) -> String { filled(priceUpTo, ["precio": high]) }

  private func onOneLine(_ text: String, or other: String) -> String {
    let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return text.isEmpty ? other : text
  }
}

/// A text with its gaps filled; one of which nothing is known stays. What fills a gap is never looked at again, whatever
/// somebody calls themselves.
func filled(_ text: String, _ values: [String: String]) -> String {
  var out = ""
  var rest = Substring(text)
  while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
    let name = rest[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
    out += rest[..<start.lowerBound] + (values[name] ?? String(rest[start.lowerBound..<end.upperBound]))
    rest = rest[end.upperBound...]
  }
  return out + rest
}
