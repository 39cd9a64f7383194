import Core

/// What a business wants its assistant to know. Made by SQL (`tenant_profile`) as one JSON object:
///
///     tenant_id, tenant_name, vertical, timezone
///     ai_config: { system_prompt, model, temperature, max_tokens, response_style, default_language,
///                  business_hours: { start: "09:00", end: "18:00", days: [1,2,3,4,5] }   (1 Monday … 7 or 0 Sunday)
///                    or             { monday: { open: "09:00", close: "18:00" }, sunday: null, … },
///                  escalation_keywords: [text], auto_escalate_after_messages: int }
///     services: [{ name, description, price_min, price_max, currency, price_note, duration_minutes, category,
///                  promotion_text }]
///     faqs:     [{ question, answer }]
///     branches: [{ name, address, city, phone, timezone, operating_hours: as business_hours }]
///     staff:    [{ display_name, role_title, specialty }]
///
/// Every key may be missing or null; numbers may come as text. Lists are rendered in the order given, so SQL orders them
/// (by display_order, name): the same facts must give the same text, or the model's cache never hits.
public struct TenantProfile: Sendable, Equatable {
  public var id: String
  public var name: String
  public var vertical: String
  public var timezone: String
  public var assistant: AssistantSettings
  public var services: [Service]
  public var faqs: [FAQ]
  public var branches: [Branch]
  public var staff: [Person]

  public struct Service: Sendable, Equatable {
    public var name: String
    public var description: String?
    public var category: String?
    /// Such as `$800 MXN`; nil: not told.
    public var price: String?
    public var minutes: Int64?
    public var promotion: String?
  }

  public struct FAQ: Sendable, Equatable {
    public var question: String
    public var answer: String
  }

  public struct Branch: Sendable, Equatable {
    public var name: String
    public var address: String?
    public var phone: String?
    public var timezone: String?
    /// Such as `lunes a viernes 09:00–18:00; sábado 09:00–14:00`.
    public var hours: String?
  }

  public struct Person: Sendable, Equatable {
    public var name: String
    public var title: String?
    public var specialty: String?
  }

  /// Reads the object above. Items without a name are left out; nothing is an error.
  public init(_ field: Field) {
    id = field["tenant_id"].line ?? ""
    name = field["tenant_name"].line ?? "este negocio"
    vertical = field["vertical"].line ?? "other"
    timezone = field["timezone"].line ?? "America/Mexico_City"
    assistant = AssistantSettings(field["ai_config"])
    services = field["services"].items.compactMap(Service.init)
    faqs = field["faqs"].items.compactMap(FAQ.init)
    branches = field["branches"].items.compactMap(Branch.init)
    staff = field["staff"].items.compactMap(Person.init)
  }
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
  /// professional, professional_friendly, formal.
  public var style: String
  public var language: String
  public var hours: String?
  public var escalationKeywords: [String]
  /// Messages of a person after which somebody of the team takes over; nil: never.
  public var escalateAfter: Int64?

  public init(_ field: Field) {
    instructions = field["system_prompt"].loose.map { String(trimmed($0[...])) }.flatMap { $0.isEmpty ? nil : $0 }
    model = field["model"].line
    temperature = field["temperature"].line
    maxTokens = field["max_tokens"].integer
    style = field["response_style"].line ?? "professional_friendly"
    language = field["default_language"].line ?? "es"
    hours = openingHours(field["business_hours"])
    escalationKeywords = field["escalation_keywords"].items.compactMap(\.line)
    escalateAfter = field["auto_escalate_after_messages"].integer
  }
}

extension TenantProfile.Service {
  init?(_ field: Field) {
    guard let name = field["name"].line else { return nil }
    self.name = name
    description = field["description"].line
    category = field["category"].line
    price = priceText(
      min: field["price_min"].line, max: field["price_max"].line, currency: field["currency"].line ?? "MXN",
      note: field["price_note"].line)
    minutes = field["duration_minutes"].integer
    promotion = field["promotion_text"].line
  }
}

extension TenantProfile.FAQ {
  init?(_ field: Field) {
    guard let question = field["question"].line, let answer = field["answer"].line else { return nil }
    self.question = question
    self.answer = answer
  }
}

extension TenantProfile.Branch {
  init?(_ field: Field) {
    guard let name = field["name"].line else { return nil }
    self.name = name
    let place = [field["address"].line, field["city"].line].compactMap { $0 }
    address = place.isEmpty ? nil : place.joined(separator: ", ")
    phone = field["phone"].line
    timezone = field["timezone"].line
    hours = openingHours(field["operating_hours"])
  }
}

extension TenantProfile.Person {
  init?(_ field: Field) {
    guard let name = field["display_name"].line else { return nil }
    self.name = name
    title = field["role_title"].line
    specialty = field["specialty"].line
  }
}

extension Field {
  /// A string or number on one line, without the spaces around it; nil if there is nothing in it.
  var line: String? {
    guard let loose else { return nil }
    let text = loose.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return text.isEmpty ? nil : text
  }
}
