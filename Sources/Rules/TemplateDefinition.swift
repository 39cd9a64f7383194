import Core

/// A template that we bring along: every business has it made at its own account of the platform, which must approve it.
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

extension TemplateDefinition {
  /// The integration guide's five.
  public static let all = [appointmentConfirmation, reminder, welcome, quote, followUp]

  public static func named(_ name: String) -> TemplateDefinition? { all.first { $0.name == name } }

  public static let appointmentConfirmation = TemplateDefinition(
    name: "cita_confirmada", language: "es_MX", category: .utility,
    body:
      "Hola {{nombre}}, su cita de {{servicio}} en {{negocio}} es el {{fecha}} a las {{hora}}. ¿Nos confirma su asistencia?",
    variables: [
      .init(name: "nombre", example: "Ana"), .init(name: "servicio", example: "limpieza dental"),
      .init(name: "negocio", example: "ESVA Dental"), .init(name: "fecha", example: "martes 3 de febrero"),
      .init(name: "hora", example: "10:00"),
    ], buttons: ["Confirmar", "Reagendar"])

  public static let reminder = TemplateDefinition(
    name: "recordatorio_cita", language: "es_MX", category: .utility,
    body:
      "Hola {{nombre}}, le recordamos su cita de {{servicio}} en {{negocio}} el {{fecha}} a las {{hora}}. Le esperamos.",
    variables: [
      .init(name: "nombre", example: "Ana"), .init(name: "servicio", example: "limpieza dental"),
      .init(name: "negocio", example: "ESVA Dental"), .init(name: "fecha", example: "martes 3 de febrero"),
      .init(name: "hora", example: "10:00"),
    ], buttons: ["Confirmar", "Reagendar"])

  public static let welcome = TemplateDefinition(
    name: "bienvenida_esva", language: "es_MX", category: .marketing,
    body:
      "Hola {{nombre}}, gracias por acercarse a {{negocio}}. Por este medio puede preguntar por servicios, precios y citas.",
    variables: [.init(name: "nombre", example: "Ana"), .init(name: "negocio", example: "ESVA Dental")], buttons: [])

  public static let quote = TemplateDefinition(
    name: "cotizacion_enviada", language: "es_MX", category: .utility,
    body:
      "Hola {{nombre}}, la cotización de {{servicio}} que pidió a {{negocio}} es de {{total}}. Responda a este mensaje si tiene dudas.",
    variables: [
      .init(name: "nombre", example: "Ana"), .init(name: "servicio", example: "ortodoncia"),
      .init(name: "negocio", example: "ESVA Dental"), .init(name: "total", example: "$18,500.00 MXN"),
    ], buttons: [])

  public static let followUp = TemplateDefinition(
    name: "seguimiento", language: "es_MX", category: .marketing,
    body:
      "Hola {{nombre}}, hace unos días preguntó a {{negocio}} por {{servicio}}. ¿Le ayudamos a encontrar un horario?",
    variables: [
      .init(name: "nombre", example: "Ana"), .init(name: "negocio", example: "ESVA Dental"),
      .init(name: "servicio", example: "blanqueamiento"),
    ], buttons: ["Sí, por favor", "Ya no, gracias"])
}
