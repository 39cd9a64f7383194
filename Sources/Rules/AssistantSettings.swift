import Core

/// How formally the assistant writes (the guide's `response_style`).
public enum ResponseStyle: String, CaseIterable, Sendable {
  case professional
  case friendly = "professional_friendly"
  case formal

  public static let names = allCases.map(\.rawValue)
}

/// `ai_config`: how the business wants its assistant to be.
public struct AssistantSettings: Sendable, Equatable {
  /// The business's own instructions.
  public var instructions: String?
  /// nil: the default model.
  public var model: String?
  /// Decimal text between 0 and 1; models that refuse it never see it.
  public var temperature: String?
  public var maxTokens: Int64?
  /// Of `ResponseStyle`; what SQL wrote otherwise counts as friendly.
  public var style: ResponseStyle
  public var language: String
  public var hours: String?
  public var escalationKeywords: [String]
  /// Messages of a person after which somebody of the team takes over; nil or 0: never.
  public var escalateAfter: Int64?
  public var escalatesHotLeads: Bool
  /// From 0 to 1: an assistant that is less sure hands over.
  public var minConfidence: Double
  /// What is said when people take over; nil: ours.
  public var lastWord: String?
  /// Said instead of an answer while it is closed; nil: closed or not makes no difference.
  public var outOfHours: String?
  public var greeting: String?
  public var usesEmojis: Bool
  /// People are scored: Claude may note what they say about becoming a customer.
  public var scoresPeople: Bool
  /// Of what is spoken, beside `language`.
  public var otherLanguages: [String]

  public init(_ field: Field) {
    instructions = field["system_prompt"].prose
    model = field["model"].line
    temperature = field["temperature"].line ?? "0.7"
    maxTokens = field["max_tokens"].integer
    style = field["response_style"].line.flatMap(ResponseStyle.init) ?? .friendly
    language = field["default_language"].line ?? "es"
    hours = openingHours(field["business_hours"])
    escalationKeywords = field["escalation_keywords"].items.compactMap(\.line)
    escalateAfter = field["auto_escalate_after_messages"].integer
    escalatesHotLeads = field["escalate_on_hot_lead"].bool ?? false
    minConfidence = field["min_confidence"].loose.flatMap { Double($0) } ?? 0.5
    lastWord = field["escalation_message"].prose
    outOfHours =
      field["out_of_hours_enabled"].bool == true
      ? field["out_of_hours_message"].prose ?? Phrases.of(language).closed : nil
    greeting = field["auto_greeting_enabled"].bool == true ? field["auto_greeting_message"].prose : nil
    usesEmojis = field["use_emojis"].bool ?? false
    scoresPeople = field["enable_scoring"].bool ?? true
    let spoken = field["supported_languages"].items.compactMap(\.line)
    otherLanguages = spoken.filter { [language] in $0 != language }
  }

  /// What we say by ourselves for this business.
  public var phrases: Phrases { Phrases.of(language) }
}

extension Field {
  /// Text of any length, without the white space around it; nil if there is nothing in it.
  var prose: String? { loose.map { String(trimmed($0[...])) }.flatMap { $0.isEmpty ? nil : $0 } }

  /// A string or number on one line, without the spaces around it; nil if there is nothing in it.
  var line: String? {
    guard let loose else { return nil }
    let text = loose.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return text.isEmpty ? nil : text
  }
}
