/// One of the messages that a person wrote in one go.
public struct BurstMessage: Sendable, Equatable {
  /// `messages.id`
  public var id: String
  public var content: String
  /// `messages.content_type`
  public var contentType: String
  /// The id of what was pressed.
  public var selection: String?
  /// They wrote a number: the id of what it stands for among the lines that we said last.
  public var numbered: String?

  public init(id: String, content: String, contentType: String = "text", selection: String? = nil) {
    self.id = id
    self.content = content
    self.contentType = contentType
    self.selection = selection
  }
}

/// What a person answers to us about appointments or a follow-up in all that they wrote in one go: “Confirmar” and “gracias”
/// a second later is a confirmation.
public struct BurstAnswer: Sendable, Equatable {
  public struct Part: Sendable, Equatable {
    /// The message that says it.
    public var id: String
    public var answer: AppointmentAnswer
  }

  /// In the order in which they were said. What was pressed always counts, of one appointment the last; plain words only if
  /// they all mean the same and nothing else was said.
  public var parts: [Part]
  /// Nothing was said beside it that somebody would have to read.
  public var isAll: Bool

  /// - Parameter burst: oldest first.
  public init(_ burst: [BurstMessage]) {
    let read = burst.map { ($0, AppointmentAnswer($0)) }
    let known = read.compactMap { message, answer in answer.map { Part(id: message.id, answer: $0) } }
    let pressed = known.filter(\.answer.isPressed)
    let words = known.filter { !$0.answer.isPressed }
    let others = read.filter { message, answer in answer == nil && !message.isCourtesy }
    if pressed.isEmpty {
      isAll = others.isEmpty && Set(words.map(\.answer.wish)).count <= 1
      parts = isAll ? words : []
      return
    }
    parts = pressed.indices.filter { i in
      !pressed[(i + 1)...].contains { $0.answer.isAbout(pressed[i].answer) }
    }.map { pressed[$0] }
    // "Sí" beside a button is a courtesy; "no puedo" beside “Confirmar” is none.
    let wishes = Set(parts.map(\.answer.wish)).union([.confirm])
    isAll = others.isEmpty && words.allSatisfy { wishes.contains($0.answer.wish) }
  }
}

extension AppointmentAnswer {
  /// Both are about one appointment, or both about a follow-up.
  fileprivate func isAbout(_ other: AppointmentAnswer) -> Bool {
    (wish == .declineFollowUp) == (other.wish == .declineFollowUp) && appointment == other.appointment
  }
}

extension BurstMessage {
  /// What they chose, if it was by a number; what was pressed says so itself.
  public var chosen: ChosenNumber? {
    selection == nil && contentType == "text" ? ChosenNumber(content) : nil
  }

  /// Asks for nothing: thanks, a greeting, a sticker, marks and emoji without a question mark.
  var isCourtesy: Bool {
    if selection != nil { return false }
    if contentType == "sticker" { return true }
    guard contentType == "text" || contentType == "story_reply", content.utf8.count <= 80 else { return false }
    let words = folded(content)
    return words.isEmpty ? !content.contains("?") : Self.courtesies.contains(words)
  }

  private static let courtesies = Set(Phrases.all.flatMap(\.heard.courtesies))
}
