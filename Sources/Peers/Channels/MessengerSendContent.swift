import Core
import Rules

extension Messenger {
  /// `message`. Throws `.refused` for what these platforms have no form for.
  func body(_ content: OutboundContent, metadata: JSON?) throws(PeerError) -> JSON {
    switch content {
    case .text(let text): return .object(["text": .string(text), "metadata": metadata])
    case .quickReplies(let body, let options):
      let replies = options.map { option -> JSON in
        ["content_type": "text", "title": .string(option.title), "payload": .string(option.id)]
      }
      return .object(["text": .string(body), "quick_replies": .array(replies), "metadata": metadata])
    case .buttons(let frame, let options): return template(frame, options.map { .choice($0) }, metadata)
    case .link(let frame, let title, let url): return template(frame, [.link(title: title, url: url)], metadata)
    case .cards(let tiles):
      return attachment(
        "template", ["template_type": "generic", "elements": .array(tiles.map { element($0) })], metadata)
    case .media(let media): return attachment(media, metadata)
    case .list, .form, .locationRequest, .template, .location, .contacts, .reaction:
      throw .refused(code: "unsupported", sentence: "\(name.rawValue) has no form for \(content.kind.rawValue)")
    }
  }

  private func template(
    _ frame: OutboundContent.Frame, _ buttons: [OutboundContent.Tile.Button], _ metadata: JSON?
  ) -> JSON {
    attachment(
      "template",
      ["template_type": "button", "text": .string(frame.body), "buttons": .array(buttons.map { button($0) })], metadata)
  }

  /// What was uploaded, by its id; else its address, of which Messenger may keep what it fetches.
  private func attachment(_ media: OutboundContent.Media, _ metadata: JSON?) -> JSON {
    let payload: JSON =
      switch media.source {
      case .id(let id): ["attachment_id": .string(id)]
      case .link(let link) where name == .facebook: ["url": .string(link), "is_reusable": true]
      case .link(let link): ["url": .string(link)]
      }
    return attachment(media.form == .document ? "file" : media.form.rawValue, payload, metadata)
  }

  private func attachment(_ type: String, _ payload: JSON, _ metadata: JSON?) -> JSON {
    .object(["attachment": ["type": .string(type), "payload": payload], "metadata": metadata])
  }

  private func element(_ tile: OutboundContent.Tile) -> JSON {
    .object([
      "title": .string(tile.title), "subtitle": tile.subtitle.map { .string($0) },
      "image_url": tile.image.map { .string($0) },
      "default_action": tile.url.map { ["type": "web_url", "url": .string($0)] },
      "buttons": tile.buttons.isEmpty ? nil : .array(tile.buttons.map { button($0) }),
    ])
  }

  private func button(_ button: OutboundContent.Tile.Button) -> JSON {
    switch button {
    case .choice(let option):
      ["type": "postback", "title": .string(option.title), "payload": .string(option.id)]
    case .link(let title, let url): ["type": "web_url", "url": .string(url), "title": .string(title)]
    }
  }
}
