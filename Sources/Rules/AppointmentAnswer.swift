import Core

/// What a person answers to a word about their appointment, or to a follow-up, without anybody having to think about it.
public struct AppointmentAnswer: Sendable, Equatable {
  public enum Wish: Sendable { case confirm, reschedule, declineFollowUp }

  public var wish: Wish
  /// The id of the appointment that the pressed button names, as it came.
  public var appointment: String?
  /// A button of ours was pressed: it means nothing else. Plain words count only right after we asked.
  public var isPressed: Bool

  /// - Parameters:
  ///   - selection: of what was pressed: `confirmar_cita:ID`, `reagendar_cita:ID`, `seguimiento_no`.
  ///   - content: what they wrote, or the words on the button.
  public init?(content: String, selection: String?) {
    if let selection {
      let parts = selection.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let wish = Self.buttons[parts[0]] else { return nil }
      self.wish = wish
      appointment = parts.count > 1 ? parts[1] : nil
      isPressed = true
      return
    }
    guard content.utf8.count <= Self.longest else { return nil }
    let words = folded(content)
    // A thumb is no letter.
    guard let wish = words.isEmpty && content.unicodeScalars.contains("👍") ? .confirm : Self.words[words] else {
      return nil
    }
    self.wish = wish
    isPressed = false
  }

  /// A longer text says more than yes, and is for somebody who reads.
  private static let longest = 80

  private static let buttons: [String: Wish] = [
    "confirmar_cita": .confirm, "reagendar_cita": .reschedule, "seguimiento_no": .declineFollowUp,
  ]

  /// The whole of what was said. Not among them: no, cancelar; what is meant by these has to be asked.
  private static let words: [String: Wish] = {
    let yes = [
      "si", "si confirmo", "confirmo", "confirmo mi cita", "confirmo asistencia", "confirmo mi asistencia", "confirmar",
      "confirmado", "confirmada", "si confirmada", "si asistire", "si voy", "si ahi estare", "ahi estare",
      "ahi nos vemos", "claro", "claro que si", "si claro", "si gracias", "si por favor", "ok", "okay", "ok gracias",
      "vale", "de acuerdo", "perfecto", "perfecto gracias", "si perfecto",
      "yes", "yes please", "yes thanks", "yes thank you", "yes i confirm", "i confirm", "confirm", "confirmed", "sure",
      "i ll be there", "ill be there", "yes i ll be there", "i will be there", "see you there", "see you then",
      "ok thanks",
      "ok thank you", "sounds good", "perfect",
    ]
    let otherwise = [
      "reagendar", "reagendar cita", "reagendar mi cita", "quiero reagendar", "necesito reagendar", "puedo reagendar",
      "reprogramar", "quiero reprogramar", "necesito reprogramar", "cambiar", "cambiar cita", "cambiar la cita",
      "cambiar mi cita", "cambiar de dia", "cambiar de hora", "otro dia", "otra hora", "otro horario", "no puedo",
      "no puedo ir", "no podre", "no podre ir", "no podre asistir",
      "reschedule", "i want to reschedule", "i need to reschedule", "can i reschedule", "can we reschedule",
      "change my appointment", "change the appointment", "another day", "another time", "a different day",
      "a different time", "i can t", "i cant", "i cannot", "i can t make it", "i cant make it", "i cannot make it",
      "can t make it", "cant make it",
    ]
    let declined = [
      "ya no gracias", "ya no", "no thanks", "no thank you", "not anymore", "not any more", "not interested",
    ]
    var words: [String: Wish] = [:]
    for word in declined { words[word] = .declineFollowUp }
    for word in yes { words[word] = .confirm }
    for word in otherwise { words[word] = .reschedule }
    return words
  }()
}

/// What is said to such an answer.
extension AppointmentWords {
  public var confirmed: String {
    "¡Gracias! Su cita\(of) quedó confirmada para el \(date) a las \(time). Le esperamos."
  }

  /// `slots` in words: `martes 3 de febrero, 10:00`.
  public func offer(_ slots: [String]) -> String {
    "Con gusto cambiamos su cita\(of) del \(date) a las \(time). Tenemos libre:\n"
      + slots.map { "- " + $0 }.joined(separator: "\n") + "\n¿Cuál le queda mejor? Si prefiere otro día, díganos cuál."
  }

  public var over: String {
    "Su cita\(of) del \(date) a las \(time) ya no está vigente. ¿Quiere que le busquemos otro horario?"
  }

  private var of: String { service.isEmpty ? "" : " de " + service }
}

/// To who declines a follow-up, in the business's `default_language`.
public func declinedFollowUp(in language: String) -> String {
  language == "en"
    ? "Thank you for letting us know. We are here whenever you need us."
    : "Gracias por avisarnos. Aquí estamos cuando nos necesite."
}
