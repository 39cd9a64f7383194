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

  /// - Parameter code: in which the platform has the template; nil: as we submit it. So with the others.
  public static func appointmentConfirmation(
    _ words: AppointmentWords, in phrases: Phrases, code: String? = nil
  ) -> PreparedMessage {
    appointment(
      "appointment_confirmation", TemplateDefinition(.appointmentConfirmation, in: phrases, code: code), words)
  }

  public static func reminder(
    _ words: AppointmentWords, in phrases: Phrases, code: String? = nil
  ) -> PreparedMessage {
    appointment("reminder", TemplateDefinition(.reminder, in: phrases, code: code), words)
  }

  /// For who asked and fell silent. `name` or `service` empty: none is known.
  public static func followUp(
    name: String, business: String, service: String, in phrases: Phrases, code: String? = nil
  ) -> PreparedMessage {
    let definition = TemplateDefinition(.followUp, in: phrases, code: code)
    let values = [
      "nombre": name.isEmpty ? phrases.somebody : name, "negocio": business,
      "servicio": service.isEmpty ? phrases.someServices : service,
    ]
    return prepared("follow_up", definition, values, ["seguimiento_si", "seguimiento_no"])
  }

  /// In the business's own words while the window is open; they have the gaps of ours.
  public func saying(_ words: String?) -> PreparedMessage {
    guard let words, !words.allSatisfy(\.isWhitespace), case .buttons(var frame, let options) = open else {
      return self
    }
    frame.body = filled(words, values)
    var message = self
    message.open = .buttons(frame, options)
    return message
  }

  /// What the numbers in it stand for once it has become `contents`; none: there are none, or something can be pressed.
  public func numbered(in contents: [OutboundContent]) -> [String] {
    guard case .buttons(_, let options) = open, contents.allSatisfy({ $0.kind == .text || $0.kind == .media }) else {
      return []
    }
    return options.map(\.id)
  }

  private static func appointment(
    _ kind: String, _ definition: TemplateDefinition, _ words: AppointmentWords
  ) -> PreparedMessage {
    prepared(kind, definition, words.values, ["confirmar_cita", "reagendar_cita"].map(words.selection))
  }

  /// The same in both forms; `answers`: what comes back of each button.
  private static func prepared(
    _ kind: String, _ definition: TemplateDefinition, _ values: [String: String], _ answers: [String]
  ) -> PreparedMessage {
    let options = zip(answers, definition.buttons).map { OutboundContent.Option(id: $0, title: $1) }
    return PreparedMessage(
      kind: kind, open: .buttons(.init(body: filled(definition.body, values)), options),
      closed: definition.filled(values, payloads: answers), values: values)
  }

  /// What can be chosen from: a list as long as the platform shows one, the rest is mentioned. `services` in the order in
  /// which they are shown. nil: there is nothing to offer.
  public static func servicesMenu(
    _ services: [OfferedService], business: String, _ limits: ChannelLimits, in phrases: Phrases
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
      body: filled(phrases.menu, ["negocio": business]),
      footer: rest > 0 ? filled(phrases.menuRest, ["numero": String(rest)]) : nil)
    return PreparedMessage(
      kind: "services_menu", open: .list(frame, label: phrases.menuLabel, [.init(options: options)]), closed: nil)
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

/// Cut to what the platform shows, with dots where something is missing.
private func shortened(_ text: String, _ most: Int, _ limits: ChannelLimits) -> String {
  let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  guard limits.length(text) > most else { return text }
  var cut = text
  while !cut.isEmpty, limits.length(cut + "…") > most { cut.removeLast() }
  return cut + "…"
}
