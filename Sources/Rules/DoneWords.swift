import Core

/// What the assistant did with an appointment, said by us where it could not say so itself any more.
public enum DoneWords {
  /// - Parameter output: what the tool answered (`words`, `service`, `branch_name`); day and time are said as there.
  /// - Returns: nil for a tool that does nothing with appointments.
  public static func sentence(tool: String, output: Field, in phrases: Phrases) -> String? {
    let sentences = [
      "book_appointment": phrases.booked, "reschedule_appointment": phrases.moved,
      "cancel_appointment": phrases.cancelled,
    ]
    let what = ["service", "words", "branch_name"].compactMap { output[$0].line }.joined(separator: ", ")
    guard let sentence = sentences[tool], !what.isEmpty else { return nil }
    return filled(sentence, ["cita": clipped(what, 300)])
  }
}
