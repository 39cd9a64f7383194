import Core
import Rules

/// The types of `messages[]` that are known, by the platform's word. A new one is a case and its line in `read`; a payload
/// and its expectation in `Tests/PeersTests/Fixtures/whatsapp` show it. Others become placeholders.
///
/// The object of a type has the type's name; a message that does not say its type is the first of these that it holds.
enum WhatsAppKind: String, CaseIterable {
  // What people say and send.
  case text, image, video, audio, voice, document, sticker, location, contacts, interactive, button, order
  // What they do to a message.
  case reaction, edit, revoke
  // WhatsApp's own notes, and what it cannot show.
  case system, unsupported
  case welcome = "request_welcome"
  /// Only in a history: a picture or recording that follows later, or never.
  case placeholder = "media_placeholder"

  /// Whether its object describes a file.
  var isMedia: Bool {
    switch self {
    case .image, .video, .audio, .voice, .document, .sticker: true
    default: false
    }
  }

  /// What a message of this type makes of its event. Throws if the object that the type announces is missing or of
  /// another form.
  func read(_ item: Field, into event: inout InboundEvent) throws(Refusal) {
    let body = item[rawValue]
    switch self {
    case .text: event.take(try WhatsApp.text(body))
    case .image, .video, .audio, .voice, .document, .sticker: event.take(try WhatsApp.file(body, self))
    case .location: event.take(try WhatsApp.location(body))
    case .contacts: event.take(try WhatsApp.cards(body))
    case .interactive: event.take(WhatsApp.interactive(body))
    case .button: event.take(try WhatsApp.button(body))
    case .order: event.take(try WhatsApp.order(body))
    case .reaction: try event.become(.reaction, "reaction", body["emoji"].text ?? "", of: body["message_id"])
    case .edit:
      let edited = body["message"]
      try WhatsApp.kindOf(edited).read(edited, into: &event)
      guard event.kind == .message else { throw edited["type"].expected("something that can be edited") }
      event.wantsAnswer = false
      event.add("selection", event.selection.map { .string($0) })
      try event.become(.edit, event.contentType, event.content, of: body["original_message_id"])
    case .revoke: try event.become(.delete, "revoke", "[mensaje eliminado]", of: body["original_message_id"])
    case .system: WhatsApp.note(body, into: &event)
    case .unsupported: event.take(WhatsApp.unsupported(item))
    case .welcome:
      event.kind = .system
      event.content = "[abrió el chat por primera vez]"
      event.contentType = "system"
    case .placeholder:
      event.take(WhatsAppContent(text: "[archivo multimedia]", type: "placeholder", wantsAnswer: false))
    }
  }
}

extension WhatsApp {
  /// A type that we do not know is read as an unsupported one.
  static func kindOf(_ item: Field) -> WhatsAppKind { WhatsAppKind(rawValue: typeOf(item)) ?? .unsupported }

  /// The type that a message says, or that of what it holds.
  static func typeOf(_ item: Field) -> String {
    item["type"].text ?? WhatsAppKind.allCases.first { item[$0.rawValue].exists }?.rawValue ?? "unknown"
  }
}

extension InboundEvent {
  fileprivate mutating func take(_ content: WhatsAppContent) {
    self.content = clipped(content.text, Limits.messageText)
    contentType = content.type
    selection = content.selection
    wantsAnswer = content.wantsAnswer
    add("total", content.total)
  }

  /// Something that is done to another message; throws if it does not say to which.
  fileprivate mutating func become(
    _ kind: Kind, _ contentType: String, _ content: String, of target: Field
  ) throws(Refusal) {
    guard let id = target.loose, !id.isEmpty else { throw target.expected("a message id") }
    self.kind = kind
    self.contentType = contentType
    self.content = content
    replyTo = clipped(id, Limits.externalID)
  }

  /// One more member of `details`, unless there is no value.
  mutating func add(_ key: String, _ value: JSON?) {
    guard let value, case .object(var members) = details else { return }
    members[key] = value
    details = .object(members)
  }
}
