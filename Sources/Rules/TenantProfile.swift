import Core

/// What a business wants its assistant to know. Made by SQL (`tenant_profile`) as one JSON object:
///
///     tenant_id, tenant_name, vertical, timezone
///     ai_config: { system_prompt, model, temperature, max_tokens, response_style, default_language,
///                  supported_languages: [text], business_hours: as `openingHours` reads them, use_emojis: bool,
///                  escalation_keywords: [text], auto_escalate_after_messages: int, escalate_on_hot_lead: bool,
///                  min_confidence, escalation_message, out_of_hours_enabled, out_of_hours_message,
///                  auto_greeting_enabled, auto_greeting_message, enable_scoring }
///     services: [{ name, description, price_min, price_max, currency, price_note, duration_minutes, category,
///                  promotion_text, special_instructions }]
///     faqs:     [{ question, answer }]
///     branches: [{ name, address, city, phone, timezone, operating_hours: as business_hours, google_maps_url }]
///     staff:    [{ display_name, role_title, specialty }]
///     custom_instructions: [{ type, title, instruction, examples }]
///     external_data: { source_systems: [text], products: bool, inventory: bool }
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
  public var instructions: [Instruction]
  /// What the business's till or store-room tells: whether there is a menu, and a stock.
  public var hasMenu: Bool
  public var hasStock: Bool

  public struct Service: Sendable, Equatable {
    public var name: String
    public var description: String?
    public var category: String?
    /// Such as `$800 MXN`; nil: not told.
    public var price: String?
    public var minutes: Int64?
    public var promotion: String?
    /// What whoever comes for it should know.
    public var notes: String?
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
    public var map: String?
  }

  public struct Person: Sendable, Equatable {
    public var name: String
    public var title: String?
    public var specialty: String?
  }

  /// Of `ai_custom_instructions`.
  public struct Instruction: Sendable, Equatable {
    public var kind: String
    public var title: String
    public var instruction: String
    public var examples: String?
  }

  /// Reads the object above. Items without a name are left out; nothing is an error.
  public init(_ field: Field) {
    id = field["tenant_id"].line ?? ""
    name = field["tenant_name"].line ?? "este negocio"
    vertical = field["vertical"].line ?? "other"
    timezone = field["timezone"].line ?? "America/Mexico_City"
    assistant = AssistantSettings(field["ai_config"])
    services = field["services"].items.compactMap { [assistant] in Service($0, assistant.phrases) }
    faqs = field["faqs"].items.compactMap(FAQ.init)
    branches = field["branches"].items.compactMap(Branch.init)
    staff = field["staff"].items.compactMap(Person.init)
    instructions = Array(field["custom_instructions"].items.lazy.compactMap(Instruction.init).prefix(5))
    hasMenu = field["external_data"]["products"].bool ?? false
    hasStock = field["external_data"]["inventory"].bool ?? false
  }
}

extension TenantProfile.Service {
  init?(_ field: Field, _ phrases: Phrases) {
    guard let name = field["name"].line else { return nil }
    self.name = name
    description = field["description"].line
    category = field["category"].line
    price = priceText(
      min: field["price_min"].line, max: field["price_max"].line, currency: field["currency"].line ?? "MXN",
      note: field["price_note"].line, in: phrases)
    minutes = field["duration_minutes"].integer
    promotion = field["promotion_text"].line
    notes = field["special_instructions"].line
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
    map = field["google_maps_url"].line
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

extension TenantProfile.Instruction {
  init?(_ field: Field) {
    guard let text = field["instruction"].line else { return nil }
    instruction = text
    kind = field["type"].line ?? "custom"
    title = field["title"].line ?? ""
    examples = field["examples"].line
  }
}
