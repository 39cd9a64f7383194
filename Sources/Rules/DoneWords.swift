import Core

/// What the assistant did with an appointment, said by us where it could not say so itself any more.
public enum DoneWords {
  /// - Parameters:
  ///   - output: what the tool answered (`words`, `service`, `branch_name`); day and time are said as there.
  ///   - language: of the business; Spanish where we have no words.
  /// - Returns: nil for a tool that does nothing with appointments.
  public static func sentence(tool: String, output: Field, language: String) -> String? {
    let begins: [String: (es: String, en: String)] = [
      "book_appointment": ("Su cita quedó agendada: ", "Your appointment is booked: "),
      "reschedule_appointment": ("Su cita quedó cambiada: ", "Your appointment was moved: "),
      "cancel_appointment": ("Su cita quedó cancelada: ", "Your appointment was cancelled: "),
    ]
    let what = ["service", "words", "branch_name"].compactMap { output[$0].line }.joined(separator: ", ")
    guard let begin = begins[tool], !what.isEmpty else { return nil }
    return (language == "en" ? begin.en : begin.es) + clipped(what, 300) + "."
  }
}
