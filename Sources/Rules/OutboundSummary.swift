extension OutboundContent {
  /// What staff and Claude read of it later (`messages.content`): never empty.
  public var summary: String {
    switch self {
    case .text(let text): text
    case .buttons(let frame, let options): lines(frame, options.map { "[\($0.title)]" })
    case .quickReplies(let body, let options): lines(.init(body: body), options.map { "[\($0.title)]" })
    case .cards(let tiles): tiles.map(\.summary).joined(separator: "\n\n")
    case .list(let frame, _, let sections):
      lines(
        frame,
        sections.flatMap { section in
          (section.title.map { [$0] } ?? []) + section.options.map { "- " + $0.line }
        })
    case .link(let frame, let title, let url): lines(frame, ["[\(title)] \(url)"])
    case .form(let frame, let form): lines(frame, ["[\(form.label)]"])
    case .locationRequest(let body): body + "\n[enviar ubicación]"
    case .template(let template):
      (["[plantilla \(template.name)]"] + template.body.map(\.shown)).joined(separator: " · ")
    case .media(let media): media.caption ?? media.placeholder
    case .location(let place):
      "[ubicación: \(([place.name, place.address].compactMap(\.self) + [place.latitude, place.longitude]).prefix(2).joined(separator: ", "))]"
    case .contacts(let cards): "[contacto: \(cards.map(\.name).joined(separator: "; "))]"
    case .reaction(_, let emoji): emoji.isEmpty ? "[reacción retirada]" : "[reacción: \(emoji)]"
    }
  }

  /// `messages.content_type`, in the words that inbound messages have.
  public var contentType: String {
    switch self {
    case .buttons, .quickReplies, .cards, .list, .link, .form, .locationRequest: "interactive"
    case .media(let media): media.form.rawValue
    case .text, .template, .location, .contacts, .reaction: kind.rawValue
    }
  }

  private func lines(_ frame: Frame, _ choices: [String]) -> String {
    var lines = [String]()
    switch frame.header {
    case .text(let text): lines.append(text)
    case .media(let media): lines.append(media.placeholder)
    case nil: break
    }
    lines.append(frame.body)
    if let footer = frame.footer { lines.append(footer) }
    return (lines + choices).joined(separator: "\n")
  }
}

extension OutboundContent.Option {
  /// In one line, where there is nothing to press.
  var line: String { description.map { "\(title): \($0)" } ?? title }
}

extension OutboundContent.Tile {
  fileprivate var summary: String {
    ([title] + lines + options.map { "[\($0.title)]" }).joined(separator: "\n")
  }
}

extension OutboundContent.Media {
  var placeholder: String {
    switch form {
    case .image: "[imagen]"
    case .video: "[video]"
    case .audio: voice ? "[nota de voz]" : "[audio]"
    case .document: filename.map { "[documento: \($0)]" } ?? "[documento]"
    case .sticker: "[sticker]"
    }
  }
}

extension OutboundContent.Template.Parameter {
  var shown: String {
    switch value {
    case .text(let text), .money(let text, _, _), .date(let text): text
    }
  }
}
