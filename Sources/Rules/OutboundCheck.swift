extension OutboundContent {
  /// Everything that the platform is known to refuse, before it is asked.
  public func check(_ limits: ChannelLimits) throws(ContentFault) {
    if case .text(let text) = self { return try limits.check(text, limits.textMax, "") }
    guard let content = limits.content else {
      throw ContentFault(code: "unsupported", path: "kind", fault: "only text can be sent here")
    }
    guard content.kinds.contains(kind) else {
      let word = kind.rawValue.split(separator: "_").joined(separator: " ")
      throw ContentFault(code: "unsupported", path: "kind", fault: "\(word) cannot be sent there")
    }
    let check = ContentCheck(limits: limits, content: content)
    switch self {
    case .text: break
    case .buttons(let frame, let options): try check.buttons(frame, options)
    case .quickReplies(let body, let options): try check.quickReplies(body, options)
    case .cards(let tiles): try check.tiles(tiles)
    case .list(let frame, let label, let sections): try check.list(frame, label, sections)
    case .link(let frame, let title, let url):
      try check.frame(frame)
      try check.text(title, content.linkTitle, "title")
      try check.link(url, secure: false, "url")
    case .form(let frame, let form):
      try check.frame(frame)
      try check.text(form.label, content.formLabel, "form.label")
      try check.require(!form.id.isEmpty, "form.id", "must not be empty")
      try check.require(!form.token.isEmpty, "form.token", "must not be empty")
    case .locationRequest(let body): try check.body(body, content.body)
    case .template(let template): try check.template(template)
    case .media(let media): try check.media(media, "")
    case .location(let place): try check.place(place, "")
    case .contacts(let cards):
      try check.count(cards.count, content.cards, "contacts")
      for (i, card) in cards.enumerated() { try check.card(card, "contacts[\(i)].") }
    case .reaction(let target, let emoji):
      try check.require(isPlatformID(target), "to", "is no id of the platform's")
      try check.require(emoji.count <= 1, "emoji", "must be one emoji, or empty to take it back")
    }
  }
}

/// Whether the platform can know the id: what came without one was given a hash by us.
public func isPlatformID(_ id: String) -> Bool { !id.isEmpty && !id.hasPrefix("sha256:") }

extension ContentCheck {
  func frame(_ frame: OutboundContent.Frame, headerMedia: Bool = true) throws(ContentFault) {
    try require(frame.header == nil || content.header > 0, "header", "nothing stands above it there")
    try require(frame.footer == nil || content.footer > 0, "footer", "nothing stands below it there")
    switch frame.header {
    case .text(let text): try self.text(text, content.header, "header")
    case .media(let media):
      try require(headerMedia, "header", "must be a text in a list")
      try self.headerMedia(media, "header.")
    case nil: break
    }
    try body(frame.body, content.body)
    try text(frame.footer, content.footer, "footer")
  }

  /// Above buttons and templates stands a picture, a film or a document, without words of its own.
  private func headerMedia(_ media: OutboundContent.Media, _ path: String) throws(ContentFault) {
    let fits = [.image, .video, .document].contains(media.form)
    try require(fits, path + "type", "must be image, video or document")
    try require(media.caption == nil, path + "caption", "a header takes no caption")
    try self.media(media, path)
  }

  fileprivate func buttons(_ frame: OutboundContent.Frame, _ options: [OutboundContent.Option]) throws(ContentFault) {
    try self.frame(frame)
    try count(options.count, content.buttons, "options")
    try choices(options, id: content.buttonID, title: content.buttonTitle)
  }

  func quickReplies(_ body: String, _ options: [OutboundContent.Option]) throws(ContentFault) {
    try self.body(body, limits.textMax)
    try count(options.count, content.quickReplies, "options")
    try choices(options, id: content.quickReplyID, title: content.quickReplyTitle)
  }

  private func choices(_ options: [OutboundContent.Option], id: Int, title: Int) throws(ContentFault) {
    for (i, option) in options.enumerated() { try self.option(option, id: id, title: title, "options[\(i)]") }
    try unique(options.map(\.id)) { "options[\($0)].id" }
    try unique(options.map(\.title)) { "options[\($0)].title" }
  }

  func option(_ option: OutboundContent.Option, id: Int, title: Int, _ path: String) throws(ContentFault) {
    try text(option.id, id, path + ".id")
    try text(option.title, title, path + ".title")
    try require(option.description == nil, path + ".description", "a button takes no description")
  }

  fileprivate func list(
    _ frame: OutboundContent.Frame, _ label: String, _ sections: [OutboundContent.Section]
  ) throws(ContentFault) {
    try self.frame(frame, headerMedia: false)
    try text(label, content.listLabel, "label")
    try count(sections.count, content.sections, "sections")
    for (i, section) in sections.enumerated() {
      let path = "sections[\(i)]"
      try require(sections.count == 1 || section.title != nil, path + ".title", "is needed where there are several")
      try text(section.title, content.sectionTitle, path + ".title")
      try count(section.options.count, content.rows, path + ".options")
      for (j, option) in section.options.enumerated() {
        try text(option.id, content.rowID, "\(path).options[\(j)].id")
        try text(option.title, content.rowTitle, "\(path).options[\(j)].title")
        try text(option.description, content.rowDescription, "\(path).options[\(j)].description")
      }
    }
    let ids = sections.flatMap(\.options).map(\.id)
    try count(ids.count, content.rows, "sections")
    try unique(ids) { _ in "sections" }
  }

  func media(_ media: OutboundContent.Media, _ path: String) throws(ContentFault) {
    switch media.source {
    case .id(let id): try require(!id.isEmpty, path + "id", "must not be empty")
    case .link(let link): try self.link(link, secure: true, path + "link")
    }
    if let fault = content.media.fault(media) {
      throw ContentFault(code: fault.code, path: path + fault.path, fault: fault.sentence)
    }
    let captioned = content.media.rule(media.form)?.takesCaption == true
    try require(captioned || media.caption == nil, path + "caption", "\(media.form.rawValue) takes no caption")
    try text(media.caption, content.caption, path + "caption")
    try require(media.filename == nil || media.form == .document, path + "filename", "only a document has a name")
    try require(!media.voice || media.form == .audio, path + "voice", "only audio is a voice note")
  }

  func place(_ place: OutboundContent.Place, _ path: String) throws(ContentFault) {
    try degrees(place.latitude, 90, path + "latitude")
    try degrees(place.longitude, 180, path + "longitude")
  }

  /// Written as JSON writes numbers, since it is sent as it stands.
  private func degrees(_ text: String, _ most: Double, _ path: String) throws(ContentFault) {
    let digits = text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    let whole = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let plain =
      digits && (48...57).contains(whole.utf8.first ?? 0) && (48...57).contains(whole.utf8.last ?? 0)
      && (whole.utf8.first != 48 || whole == "0" || whole.hasPrefix("0."))
    guard plain, let degrees = Double(text), abs(degrees) <= most else {
      throw ContentFault(code: "bad_value", path: path, fault: "must be degrees from -\(Int(most)) to \(Int(most))")
    }
  }

  fileprivate func card(_ card: OutboundContent.Card, _ path: String) throws(ContentFault) {
    try require(card.name.contains { !$0.isWhitespace }, path + "name", "must not be empty")
    try require(
      !card.phones.isEmpty || !card.emails.isEmpty, path + "phones", "a card without phone and address tells nothing")
    for (i, phone) in card.phones.enumerated() {
      try require(phone.number.contains(where: \.isNumber), path + "phones[\(i)].number", "must be a number")
    }
  }
}
