/// A wish as what the platform can show, in the order of sending. Step by step down: buttons, else a list, else numbered
/// text; a caption, else a text of its own; a long text in parts, with what can be pressed on the last. Markdown becomes
/// the platform's marks. What is a form of its own (a template, a place …) stays as it is.
///
/// A wish of nothing but spaces gives nothing. The parts keep the limits as far as a ladder can bring that about;
/// `OutboundContent.check` has the last word.
public func ladder(_ wish: OutboundContent, _ limits: ChannelLimits) -> [OutboundContent] {
  Ladder(limits: limits).parts(wish)
}

private struct Ladder {
  let limits: ChannelLimits

  func parts(_ wish: OutboundContent) -> [OutboundContent] {
    switch wish {
    case .text(let text): return texts(marked(text))
    case .buttons(let frame, let options):
      let frame = marked(frame)
      guard let content = limits.content, !frame.body.isEmpty, fitButtons(options, content) else {
        return parts(.list(frame, label: "", [.init(options: options)]))
      }
      return framed(frame, content) { .buttons($0, options) }
    case .list(let frame, let label, let sections): return list(marked(frame), label, sections)
    case .link(let frame, let title, let url):
      let frame = marked(frame)
      guard let content = limits.content, !frame.body.isEmpty, fits(title, content.linkTitle) else {
        return numbered(frame, ["\(title): \(url)"])
      }
      return framed(frame, content) { .link($0, title: title, url: url) }
    case .form(let frame, let form):
      guard let content = limits.content else { return [wish] }
      return framed(marked(frame), content) { .form($0, form) }
    case .locationRequest(let body):
      guard let content = limits.content else { return texts(marked(body)) }
      return framed(.init(body: marked(body)), content) { .locationRequest($0.body) }
    case .media(let media): return captioned(media)
    case .template, .location, .contacts, .reaction: return [wish]
    }
  }

  // MARK: Choices

  private func list(
    _ frame: OutboundContent.Frame, _ label: String, _ sections: [OutboundContent.Section]
  ) -> [OutboundContent] {
    guard let content = limits.content, !frame.body.isEmpty, fitList(sections, content) else {
      var number = 0
      return numbered(
        frame,
        sections.flatMap { section in
          (section.title.map { ["*\($0)*"] } ?? [])
            + section.options.map { option in
              number += 1
              return "\(number). \(option.line)"
            }
        })
    }
    let label = fits(label, content.listLabel) ? label : "Ver opciones"
    // A list stands under a text only: the picture goes before it.
    var (before, frame) = ([OutboundContent](), frame)
    if case .media(let media) = frame.header {
      before = captioned(media)
      frame.header = nil
    }
    return before + framed(frame, content) { .list($0, label: label, sections) }
  }

  private func fitButtons(_ options: [OutboundContent.Option], _ content: ContentLimits) -> Bool {
    (1...content.buttons).contains(options.count)
      && options.allSatisfy {
        $0.description == nil && fits($0.title, content.buttonTitle) && fits($0.id, content.buttonID)
      } && Set(options.map(\.title)).count == options.count && Set(options.map(\.id)).count == options.count
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

  /// What can be pressed hangs on a body that fits; what is too long for that goes before it as text.
  private func framed(
    _ frame: OutboundContent.Frame, _ content: ContentLimits, _ make: (OutboundContent.Frame) -> OutboundContent
  ) -> [OutboundContent] {
    var frame = frame
    if case .text(let header) = frame.header, !fits(header, content.header) {
      frame.header = nil
      frame.body = "*\(header)*\n\n\(frame.body)"
    }
    if let footer = frame.footer, !fits(footer, content.footer) {
      frame.footer = nil
      frame.body += "\n\n\(footer)"
    }
    let (before, body) = splitEnd(frame.body, max: content.body) { limits.length(String($0)) }
    frame.body = body
    return texts(before) + [make(frame)]
  }

  /// Nothing to press: the choices as lines, together with the end of the text if that is possible.
  private func numbered(_ frame: OutboundContent.Frame, _ lines: [String]) -> [OutboundContent] {
    var before = [OutboundContent]()
    var text = frame.body
    switch frame.header {
    case .text(let header): text = text.isEmpty ? "*\(header)*" : "*\(header)*\n\(text)"
    case .media(let media): before = captioned(media)
    case nil: break
    }
    let block = [lines.joined(separator: "\n"), frame.footer ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
    if text.isEmpty || block.isEmpty { return before + texts(text + block) }
    let room = limits.textMax - limits.length(block) - 2
    // A choice below a scrap of text is read no better than one below none.
    guard limits.length(text) <= room || room >= limits.textMax / 4 else { return before + texts(text) + texts(block) }
    let (head, end) = splitEnd(text, max: room) { limits.length(String($0)) }
    return before + texts(head) + [.text(end + "\n\n" + block)]
  }

  // MARK: Files and text

  /// One file with its words below it, or after it where it cannot carry them.
  private func captioned(_ media: OutboundContent.Media) -> [OutboundContent] {
    var media = media
    let words = media.caption.map { marked($0) } ?? ""
    let rule = limits.content?.media.rule(media.form)
    if let content = limits.content, rule?.takesCaption == true, limits.length(words) <= content.caption {
      media.caption = words.isEmpty ? nil : words
      return [.media(media)]
    }
    media.caption = nil
    return [.media(media)] + texts(words)
  }

  private func texts(_ text: String) -> [OutboundContent] {
    split(text, max: limits.textMax) { limits.length(String($0)) }.map { .text($0) }
  }

  private func marked(_ text: String) -> String { whatsAppText(markdown: text) }

  private func marked(_ frame: OutboundContent.Frame) -> OutboundContent.Frame {
    var frame = frame
    frame.body = marked(frame.body)
    if case .text(let header) = frame.header {
      // A header is bold by itself and shows marks as they are.
      let text = marked(header).filter { $0 != "*" }
      frame.header = text.isEmpty ? nil : .text(text)
    }
    frame.footer = frame.footer.map { marked($0) }.flatMap { $0.isEmpty ? nil : $0 }
    return frame
  }

  private func fits(_ text: String, _ most: Int) -> Bool {
    limits.length(text) <= most && text.contains { !$0.isWhitespace }
  }
}
