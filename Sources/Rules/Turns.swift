import Core

/// A message as it is kept, oldest first.
public struct StoredMessage: Sendable, Equatable {
  /// Who wrote it (`messages.role`).
  public enum Role: String, Sendable, CaseIterable { case user, assistant, staff, system }

  public var role: Role
  public var content: String
  /// `messages.content_type`; a caption is only understood by who knows that there was a picture.
  public var contentType: String
  /// Of the business, but nobody typed it: a reminder, say (`messages.metadata.automatic`).
  public var isAutomatic: Bool
  public var at: Instant

  public init(role: Role, content: String, contentType: String = "text", isAutomatic: Bool = false, at: Instant) {
    self.role = role
    self.content = content
    self.contentType = contentType
    self.isAutomatic = isAutomatic
    self.at = at
  }
}

/// One side's say in a conversation with a model.
public struct Turn: Sendable, Equatable {
  public enum Role: String, Sendable { case user, assistant }
  public var role: Role
  public var content: String

  public init(_ role: Role, _ content: String) {
    self.role = role
    self.content = content
  }
}

/// The last messages as alternating turns that begin and end with the person: at most `last` messages and `maxCharacters`
/// of text in all, the newest kept. What staff wrote is the business's say, marked as a human's if somebody typed it; notes of
/// the system are left out. What we said after the person's last message is left out too, since models refuse to continue their own
/// words: whether there is anything to answer was decided before. No turns at all: the person said nothing.
public func turns(_ messages: [StoredMessage], last: Int = 20, maxCharacters: Int = 24_000) -> [Turn] {
  var kept = [Turn]()
  var left = maxCharacters
  let sorted = messages.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
  for turn in sorted.map(\.element).compactMap(turn).reversed() {
    if kept.isEmpty, turn.role == .assistant { continue }
    guard kept.count < last, left > 0 else { break }
    let text = clipped(turn.content, left)
    // Half an older message misleads; half of the newest is better than nothing.
    guard text.utf8.count == turn.content.utf8.count || kept.isEmpty else { break }
    left -= text.unicodeScalars.count
    kept.append(Turn(turn.role, text))
  }
  while kept.last?.role == .assistant { kept.removeLast() }
  return kept.reversed().reduce(into: [Turn]()) { turns, turn in
    if turns.last?.role == turn.role {
      turns[turns.count - 1].content += "\n" + turn.content
    } else {
      turns.append(turn)
    }
  }
}

/// Spanish words for what is not text alone, as a prefix of what was written.
private let forms = [
  "image": "imagen", "video": "video", "audio": "audio", "document": "documento", "sticker": "sticker",
  "order": "pedido", "story_reply": "responde a una historia nuestra",
]

private func turn(_ message: StoredMessage) -> Turn? {
  let content = String(trimmed(message.content[...]))
  guard !content.isEmpty else { return nil }
  switch message.role {
  case .system: return nil
  case .assistant: return Turn(.assistant, content)
  case .staff: return Turn(.assistant, (message.isAutomatic ? "" : "[Escribió una persona del equipo] ") + content)
  case .user:
    if let form = forms[message.contentType], !content.hasPrefix("[") { return Turn(.user, "[\(form)] " + content) }
    return Turn(.user, content)
  }
}
