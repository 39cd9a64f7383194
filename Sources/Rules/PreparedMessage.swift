import Core

/// An appointment in words, as a person reads it.
public struct AppointmentWords: Sendable, Equatable {
  public var name: String
  public var service: String
  public var business: String
  /// `martes 3 de febrero`
  public var date: String
  /// `10:00`
  public var time: String
  /// Comes back with what the person presses, so that it is known which appointment is meant; nil: none is known.
  public var id: String?

  public init(name: String, service: String, business: String, date: String, time: String, id: String? = nil) {
    self.name = name
    self.service = service
    self.business = business
    self.date = date
    self.time = time
    self.id = id
  }

  fileprivate var values: [String: String] {
    ["nombre": name, "servicio": service, "negocio": business, "fecha": date, "hora": time]
  }

  fileprivate func selection(_ word: String) -> String { id.map { "\(word):\($0)" } ?? word }
}

/// What a business sends so often that it is prepared: what it says while the person's window is open, and the template
/// that says the same afterwards.
public struct PreparedMessage: Sendable, Equatable {
  /// A word for machines (`messages.metadata.prepared`).
  public var kind: String
  public var open: OutboundContent
  /// nil: only while the window is open.
  public var closed: OutboundContent.Template?
  /// What fills the gaps, by their names.
  var values: [String: String] = [:]

  /// The gaps that a business's own words may have.
  public static func gaps(appointment: Bool) -> [String] {
    ["nombre", "servicio", "negocio"] + (appointment ? ["fecha", "hora"] : [])
  }

  public static func appointmentConfirmation(_ words: AppointmentWords) -> PreparedMessage {
    appointment("appointment_confirmation", .appointmentConfirmation, words)
  }

  public static func reminder(_ words: AppointmentWords) -> PreparedMessage {
    appointment("reminder", .reminder, words)
  }

  /// For who asked and fell silent. `service` empty: none is known.
  public static func followUp(name: String, business: String, service: String) -> PreparedMessage {
    let definition = TemplateDefinition.followUp
    let values = [
      "nombre": name, "negocio": business, "servicio": service.isEmpty ? "nuestros servicios" : service,
    ]
    let answers = ["seguimiento_si", "seguimiento_no"]
    let options = zip(answers, definition.buttons).map { OutboundContent.Option(id: $0, title: $1) }
    return PreparedMessage(
      kind: "follow_up", open: .buttons(.init(body: definition.text(values)), options),
      closed: definition.filled(values, payloads: answers), values: values)
  }

  /// In the business's own words while the window is open; they have the gaps of ours.
  public func saying(_ words: String?) -> PreparedMessage {
    guard let words, !words.allSatisfy(\.isWhitespace), case .buttons(var frame, let options) = open else {
      return self
    }
    frame.body = values.reduce(words) { $0.replacing("{{\($1.key)}}", with: $1.value) }
    var message = self
    message.open = .buttons(frame, options)
    return message
  }

  private static func appointment(
    _ kind: String, _ definition: TemplateDefinition, _ words: AppointmentWords
  ) -> PreparedMessage {
    let answers = ["confirmar_cita", "reagendar_cita"].map(words.selection)
    let options = zip(answers, definition.buttons).map { OutboundContent.Option(id: $0, title: $1) }
    return PreparedMessage(
      kind: kind, open: .buttons(.init(body: definition.text(words.values)), options),
      closed: definition.filled(words.values, payloads: answers), values: words.values)
  }

  /// What can be chosen from: a list as long as the platform shows one, the rest is mentioned. `services` in the order in
  /// which they are shown. nil: there is nothing to offer.
  public static func servicesMenu(
    _ services: [OfferedService], business: String, _ limits: ChannelLimits
  ) -> PreparedMessage? {
    guard !services.isEmpty else { return nil }
    // Where there are no lists the ladder makes numbered lines of them.
    func allowed(_ most: Int?, or other: Int) -> Int { most.flatMap { $0 > 0 ? $0 : nil } ?? other }
    let content = limits.content
    let shown = services.prefix(allowed(content?.rows, or: 10)).map { service in
      OutboundContent.Option(
        id: "servicio:\(service.id)", title: shortened(service.name, allowed(content?.rowTitle, or: 80), limits),
        description: service.line.map { shortened($0, allowed(content?.rowDescription, or: 120), limits) })
    }
    var options = [OutboundContent.Option]()
    for option in shown where !options.contains(where: { $0.id == option.id }) { options.append(option) }
    let rest = services.count - shown.count
    let frame = OutboundContent.Frame(
      body: "Estos son los servicios de \(business). Elija uno y le damos los detalles.",
      footer: rest > 0 ? "Y \(rest) más: pregúntenos." : nil)
    return PreparedMessage(
      kind: "services_menu", open: .list(frame, label: "Ver servicios", [.init(options: options)]), closed: nil)
  }
}

/// A service as a menu shows it.
public struct OfferedService: Sendable, Equatable {
  public var id: String
  public var name: String
  /// Price and description.
  public var line: String?

  public init(id: String, name: String, line: String? = nil) {
    self.id = id
    self.name = name
    self.line = line
  }
}

extension TemplateDefinition {
  /// The body with its gaps filled, as the person would read it.
  func text(_ values: [String: String]) -> String {
    variables.reduce(body) { $0.replacing("{{\($1.name)}}", with: values[$1.name] ?? "") }
  }
}

/// Cut to what the platform shows, with dots where something is missing.
private func shortened(_ text: String, _ most: Int, _ limits: ChannelLimits) -> String {
  let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  guard limits.length(text) > most else { return text }
  var cut = text
  while !cut.isEmpty, limits.length(cut + "…") > most { cut.removeLast() }
  return cut + "…"
}

/// `martes 3 de febrero`: `weekday` as ISO counts it (1 is Monday), `day` and `month` from 1.
public func spanishDate(weekday: Int, day: Int, month: Int) -> String {
  let days = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
  let months = [
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
  ]
  guard days.indices.contains(weekday - 1), months.indices.contains(month - 1) else { return "" }
  return "\(days[weekday - 1]) \(day) de \(months[month - 1])"
}
