import Core

/// The integration guide's five, by the names that they have at the platform, in whatever language.
public enum OwnTemplate: String, Sendable, CaseIterable {
  case appointmentConfirmation = "cita_confirmada"
  case reminder = "recordatorio_cita"
  case welcome = "bienvenida_esva"
  case quote = "cotizacion_enviada"
  case followUp = "seguimiento"

  var category: OutboundContent.Template.Category {
    switch self {
    case .appointmentConfirmation, .reminder, .quote: .utility
    case .welcome, .followUp: .marketing
    }
  }

  /// What stands in its gaps, by the names that the platform knows.
  var variables: [String] {
    switch self {
    case .appointmentConfirmation, .reminder: ["nombre", "servicio", "negocio", "fecha", "hora"]
    case .welcome: ["nombre", "negocio"]
    case .quote: ["nombre", "servicio", "negocio", "total"]
    case .followUp: ["nombre", "negocio", "servicio"]
    }
  }

  func words(_ phrases: Phrases) -> Phrases.TemplateWords {
    switch self {
    case .appointmentConfirmation: phrases.appointmentConfirmation
    case .reminder: phrases.reminder
    case .welcome: phrases.welcome
    case .quote: phrases.quote
    case .followUp: phrases.followUp
    }
  }
}

/// A template that we bring along: every business has it made in its language at its own account of the platform, which must
/// approve it.
public struct TemplateDefinition: Sendable, Equatable {
  public struct Variable: Sendable, Equatable {
    public var name: String
    /// The platform's reviewers read the text with these.
    public var example: String
  }

  public var name: String
  public var language: String
  public var category: OutboundContent.Template.Category
  /// With `{{name}}` where a variable stands; neither its beginning nor its end, which the platform refuses.
  public var body: String
  public var variables: [Variable]
  /// What can be pressed; the answer's `selection` is given with each message.
  public var buttons: [String]

  /// - Parameter code: in which the platform has it; nil: as we submit it.
  public init(_ template: OwnTemplate, in phrases: Phrases, code: String? = nil) {
    let words = template.words(phrases)
    name = template.rawValue
    language = code ?? phrases.templateLanguage
    category = template.category
    body = words.body
    variables = zip(template.variables, words.examples).map { Variable(name: $0, example: $1) }
    buttons = words.buttons
  }

  /// All of ours.
  public static func all(in phrases: Phrases) -> [TemplateDefinition] {
    OwnTemplate.allCases.map { TemplateDefinition($0, in: phrases) }
  }

  /// The platform's form of it (Cloud API, `POST /<WABA_ID>/message_templates`, November 2026).
  public var components: JSON {
    var body = JSON.Members([.init("type", "BODY"), .init("text", .string(self.body))])
    if !variables.isEmpty {
      body["example"] = [
        "body_text_named_params": .array(
          variables.map { ["param_name": .string($0.name), "example": .string($0.example)] })
      ]
    }
    guard !buttons.isEmpty else { return .array([.object(body)]) }
    let replies = buttons.map { JSON.object(["type": "QUICK_REPLY", "text": .string($0)]) }
    return .array([.object(body), ["type": "BUTTONS", "buttons": .array(replies)]])
  }

  /// Filled. `values` by the names of the variables; `payloads` by the places of the buttons.
  public func filled(_ values: [String: String], payloads: [String] = []) -> OutboundContent.Template {
    OutboundContent.Template(
      name: name, language: language, category: category,
      body: variables.map { .init(.text(values[$0.name] ?? ""), name: $0.name) },
      buttons: payloads.enumerated().map { .init($0, .payload($1)) })
  }
}
