/// What is to be chosen from: the first form that the platform has and that everything fits.
extension Ladder {
  func choice(_ frame: OutboundContent.Frame, buttons options: [OutboundContent.Option]) -> [OutboundContent] {
    guard let content = shown(.buttons), !frame.body.isEmpty, !limits.inOneMessage || isAlone(frame, content),
      fit(options, content.buttons, title: content.buttonTitle, id: content.buttonID)
    else { return choice(frame, "", [.init(options: options)]) }
    return framed(frame, content) { .buttons($0, options) }
  }

  func choice(
    _ frame: OutboundContent.Frame, _ label: String, _ sections: [OutboundContent.Section]
  ) -> [OutboundContent] {
    if let content = shown(.list), !frame.body.isEmpty, fitList(sections, content) {
      return list(frame, label, sections, content)
    }
    let options = sections.flatMap(\.options)
    // Quick replies are only their titles: what else there is to read stands in the text.
    let plain = options.map { OutboundContent.Option(id: $0.id, title: $0.title) }
    if fitQuickReplies(frame, plain) {
      var frame = frame
      if plain != options || sections.count > 1 { frame.body += "\n\n" + lines(sections) { "- \($0.line)" } }
      return quickReplies(frame, plain)
    }
    var number = 0
    return numbered(
      frame,
      [
        lines(sections) { option in
          number += 1
          return "\(number). \(option.line)"
        }
      ])
  }

  private func lines(_ sections: [OutboundContent.Section], _ line: (OutboundContent.Option) -> String) -> String {
    sections.flatMap { section in (section.title.map { [bold($0)] } ?? []) + section.options.map(line) }
      .joined(separator: "\n")
  }

  // MARK: Lists

  private func list(
    _ frame: OutboundContent.Frame, _ label: String, _ sections: [OutboundContent.Section], _ content: ContentLimits
  ) -> [OutboundContent] {
    let label = fits(label, content.listLabel) ? label : phrases.listLabel
    // A list stands under a text only: the picture goes before it.
    var (before, frame) = ([OutboundContent](), frame)
    if case .media(let media) = frame.header {
      before = captioned(media)
      frame.header = nil
    }
    return before + framed(frame, content) { .list($0, label: label, sections) }
  }

  private func fitList(_ sections: [OutboundContent.Section], _ content: ContentLimits) -> Bool {
    let options = sections.flatMap(\.options)
    return (1...content.rows).contains(options.count) && sections.count <= content.sections
      && Set(options.map(\.id)).count == options.count
      && sections.allSatisfy { section in
        !section.options.isEmpty
          && (section.title.map { fits($0, content.sectionTitle) } ?? (sections.count == 1))
      }
      && options.allSatisfy { option in
        fits(option.title, content.rowTitle) && fits(option.id, content.rowID)
          && option.description.map { fits($0, content.rowDescription) } ?? true
      }
  }

  // MARK: Buttons and quick replies

  func fitQuickReplies(_ frame: OutboundContent.Frame, _ options: [OutboundContent.Option]) -> Bool {
    guard let content = shown(.quickReplies), !frame.body.isEmpty else { return false }
    return fit(options, content.quickReplies, title: content.quickReplyTitle, id: content.quickReplyID)
  }

  /// They vanish with the next message, so that they hang on the last part.
  func quickReplies(_ frame: OutboundContent.Frame, _ options: [OutboundContent.Option]) -> [OutboundContent] {
    guard let content = limits.content else { return [] }
    var (before, frame) = bare(frame, content)
    // Whatever the platform lets stand around buttons: nothing stands around these.
    if case .text(let header) = frame.header { frame.body = "\(bold(header))\n\n\(frame.body)" }
    if let footer = frame.footer { frame.body += "\n\n\(footer)" }
    if case .media(let media) = frame.header { before = captioned(media) }
    let (text, body) = splitEnd(frame.body, max: limits.textMax) { limits.length(String($0)) }
    return before + texts(text) + [.quickReplies(body, options)]
  }

  private func fit(_ options: [OutboundContent.Option], _ most: Int, title: Int, id: Int) -> Bool {
    (1...max(most, 1)).contains(options.count)
      && options.allSatisfy { $0.description == nil && fits($0.title, title) && fits($0.id, id) }
      && Set(options.map(\.title)).count == options.count && Set(options.map(\.id)).count == options.count
  }

  // MARK: Cards

  /// As many side by side as the platform shows; if one of them does not fit, each alone.
  func cards(_ tiles: [OutboundContent.Tile]) -> [OutboundContent] {
    let tiles = tiles.map { tile in
      var tile = tile
      tile.title = marked(tile.title)
      tile.subtitle = tile.subtitle.map { marked($0) }.flatMap { $0.isEmpty ? nil : $0 }
      return tile
    }
    guard let content = shown(.cards) else { return tiles.flatMap { alone($0) } }
    let rows = stride(from: 0, to: tiles.count, by: content.tiles).map { start in
      Array(tiles[start..<min(start + content.tiles, tiles.count)])
    }
    let check = ContentCheck(limits: limits, content: content)
    guard rows.allSatisfy({ (try? check.tiles($0)) != nil }) else { return tiles.flatMap { alone($0) } }
    return rows.map { .cards($0) }
  }

  /// One card as a message of its own.
  private func alone(_ tile: OutboundContent.Tile) -> [OutboundContent] {
    // Bold as a whole, whatever of it was.
    let title = bold(limits.marks == .whatsapp ? tile.title.filter { $0 != "*" } : tile.title)
    let text = ([title] + tile.lines).joined(separator: "\n")
    let image = tile.image.map { OutboundContent.Media(.image, .link($0)) }
    if !tile.options.isEmpty {
      return choice(.init(header: image.map { .media($0) }, body: text), buttons: tile.options)
    }
    guard var image else { return texts(text) }
    image.caption = text
    return captioned(image)
  }
}

extension OutboundContent.Place {
  /// Where there is no map to show.
  var lines: [String] {
    [name, address].compactMap(\.self) + ["https://maps.google.com/?q=\(latitude),\(longitude)"]
  }
}

extension OutboundContent.Card {
  var line: String {
    ([organisation.map { "\(name) (\($0))" } ?? name] + phones.map(\.number) + emails).joined(separator: ", ")
  }
}
