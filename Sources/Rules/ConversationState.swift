import Core

/// How a conversation stands when a question is to be answered, as `conversation_state` in SQL tells it.
public struct ConversationState: Sendable, Equatable {
  /// When people gave the conversation back last.
  public var since: Instant?
  /// The person's messages since then, of the last day; nil: nobody counts.
  public var messages: Int64?
  /// A lead that the business wants people to take over.
  public var isHot: Bool
  /// Whether the branch is open now; nil: nobody knows.
  public var isOpen: Bool?
  /// When it opens next, such as `lunes 2026-02-02 09:00`.
  public var opens: String?
  public var opensAt: Instant?
  public var toldClosed: Bool
  /// What staff, a form or another system noted about the person: data of theirs, and perhaps their words.
  public var notes: [(label: String, text: String)] {
    [("notas", noted), ("etiquetas", tags), ("servicios de interés", interests)].compactMap { label, text in
      text.map { (label, $0) }
    }
  }
  /// What the person has before them, such as `lunes 2 de febrero, 10:00; Limpieza; con Ana; Centro; …`; nil: nobody looked.
  public var appointments: [String]?
  var noted: String?
  var tags: String?
  var interests: String?

  public init(_ field: Field) {
    since = field["since"].text.flatMap { Instant($0) }
    messages = field["messages"].integer
    isHot = field["hot"].bool ?? false
    isOpen = field["open"].bool
    opens = field["opens"].line.map { time in
      [field["opens_weekday"].integer.flatMap { Phrases.spanish.weekday(Int($0)) }, time].compactMap { $0 }.joined(
        separator: " ")
    }
    opensAt = field["opens_at"].text.flatMap { Instant($0) }
    toldClosed = field["told_closed"].bool ?? false
    let about = field["about"]
    func list(_ field: Field) -> String? {
      let words = field.items.compactMap(\.line)
      return words.isEmpty ? nil : words.joined(separator: ", ")
    }
    appointments = field["appointments"].exists ? field["appointments"].items.map(appointmentLine) : nil
    noted = about["notes"].line
    tags = list(about["tags"])
    interests = list(about["interested_services"])
  }
}

/// An appointment (`appointment_detail`), with the id by which tools know it.
private func appointmentLine(_ detail: Field) -> String {
  let when = Phrases.spanish.dayAndTime(
    date: detail["local_date"].text ?? "", time: detail["local_time"].text ?? "",
    weekday: Int(detail["weekday"].integer ?? 0))
  let parts = [
    when, detail["service_name"].line, detail["staff_name"].line.map { "con " + $0 }, detail["branch_name"].line,
    detail["status"].line, detail["appointment_id"].line.map { "appointment_id " + $0 },
  ]
  return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; ")
}

/// Why people take over before a model is asked; nil: they do not. `said` is what was said, oldest first.
public func takeOver(
  _ assistant: AssistantSettings, _ state: ConversationState, said: [StoredMessage]
) -> (by: EscalatedBy, why: String)? {
  let since = state.since ?? Instant(microseconds: .min)
  // A reminder that came meanwhile has answered nobody.
  let answered = said.lastIndex { ($0.role == .assistant || $0.role == .staff) && !$0.isAutomatic }
  let last = answered.map { $0 + 1 } ?? 0
  let unanswered = said[last...].filter { $0.role == .user && $0.at > since }
  for message in unanswered {
    if let word = keyword(assistant.escalationKeywords, in: message.content) { return (.keyword, "said: " + word) }
  }
  if state.isHot { return (.hotLead, "the lead is hot") }
  if let most = assistant.escalateAfter, most > 0, let messages = state.messages, messages > most {
    return (.messages, "more than \(most) messages")
  }
  return nil
}
