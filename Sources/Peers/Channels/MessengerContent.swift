import Core
import Rules

/// What a message says, for people and models to read.
struct MessengerContent {
  var text: String
  /// In our words (`messages.content_type`) and, more exactly, in the platform's.
  var type: String
  var form: String
  /// `{kind, url, filename?}`: what can be fetched while its address lives.
  var files: [JSON] = []
  /// Of what is no file: the first attachment as it came.
  var body: JSON?
}

extension Messenger {
  /// An album is one message of many attachments; text may stand with them, and is then theirs. What comes empty is shown
  /// as such: some messages cannot be shown to programs at all.
  func content(_ body: Field) -> MessengerContent {
    var said = words(body)
    // Behind the message's own, the first of which stands for it.
    if let story = story(body) { said.files.append(story) }
    return said
  }

  private func words(_ body: Field) -> MessengerContent {
    let given = body["text"].loose
    let text = given.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
    let parts = attachments(body).map { MessengerAttachment($0) }
    if let first = parts.first(where: { $0.type != "unsupported" }) ?? parts.first {
      return MessengerContent(
        text: text ?? MessengerAttachment.words(parts), type: text != nil && first.file == nil ? "text" : first.type,
        form: first.form, files: parts.compactMap(\.file),
        body: parts.compactMap { $0.file == nil ? $0.whole : nil }.first)
    }
    let story = body["reply_to"]["story"].exists
    if let payload = body["quick_reply"]["payload"].loose, let title = text ?? oneLine(payload) {
      return MessengerContent(text: title, type: "interactive", form: "quick_reply")
    }
    if story {
      let text = text ?? "[respuesta a una historia]"
      return MessengerContent(text: text, type: "story_reply", form: "story_reply")
    }
    if let text { return MessengerContent(text: text, type: "text", form: "text") }
    return given != nil && body["is_unsupported"].bool != true
      ? MessengerContent(text: "[mensaje vacío]", type: "text", form: "text")
      : MessengerContent(text: "[mensaje no compatible]", type: "unsupported", form: "unsupported")
  }

  /// The story of the business's that is answered: `{id, url}`. Gone a day after it was shown, and without it nobody knows
  /// what "how much?" asks for.
  private func story(_ body: Field) -> JSON? {
    guard let url = body["reply_to"]["story"]["url"].text, url.hasPrefix("https://") || url.hasPrefix("http://") else {
      return nil
    }
    return ["kind": "story", "url": .string(url)]
  }

  /// A list; older examples have one alone. A sticker may be named beside it, or without it.
  private func attachments(_ body: Field) -> [Field] {
    let field = body["attachments"]
    let items = field.items.isEmpty && field["type"].exists ? [field] : Array(field.items.prefix(Self.mostAttachments))
    guard items.isEmpty, let id = body["sticker_id"].value else { return items }
    return [Field(["type": "sticker", "payload": ["sticker_id": id]])]
  }

  /// The apps let people choose thirty at once.
  private static let mostAttachments = 50
}
