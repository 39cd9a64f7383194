/// A wish as what the platform can show, in the order of sending. Step by step down: buttons, else a list, else quick
/// replies, else numbered text; cards, else one message each; a caption, else a text of its own; a long text in parts, with
/// what can be pressed on the last. Markdown becomes the platform's marks. What is a form of its own (a template, a
/// reaction …) stays as it is.
///
/// A wish of nothing but spaces gives nothing. The parts keep the limits as far as a ladder can bring that about;
/// `OutboundContent.check` has the last word.
///
/// - Parameter phrases: of the business, for what a form needs and the wish does not say.
public func ladder(
  _ wish: OutboundContent, _ limits: ChannelLimits, _ phrases: Phrases = .spanish
) -> [OutboundContent] {
  Ladder(limits: limits, phrases: phrases).parts(wish)
}

struct Ladder {
  let limits: ChannelLimits
  let phrases: Phrases

  func parts(_ wish: OutboundContent) -> [OutboundContent] {
    switch wish {
    case .text(let text): return texts(marked(text))
    case .buttons(let frame, let options): return choice(marked(frame), buttons: options)
    case .quickReplies(let body, let options):
      let frame = OutboundContent.Frame(body: marked(body))
      return fitQuickReplies(frame, options) ? quickReplies(frame, options) : choice(frame, buttons: options)
    case .list(let frame, let label, let sections): return choice(marked(frame), label, sections)
    case .cards(let tiles): return cards(tiles)
    case .link(let frame, let title, let url):
      let frame = marked(frame)
      guard let content = shown(.link), !frame.body.isEmpty, fits(title, content.linkTitle) else {
        return numbered(frame, ["\(title): \(url)"])
      }
      return framed(frame, content) { .link($0, title: title, url: url) }
    case .form(let frame, let form):
      guard let content = shown(.form) else { return [wish] }
      return framed(marked(frame), content) { .form($0, form) }
    case .locationRequest(let body):
      guard let content = shown(.locationRequest) else { return texts(marked(body)) }
      return framed(.init(body: marked(body)), content) { .locationRequest($0.body) }
    case .media(let media): return captioned(media)
    case .location(let place): return shown(.location) == nil ? texts(place.lines.joined(separator: "\n")) : [wish]
    case .contacts(let cards):
      return shown(.contacts) == nil ? texts(cards.map(\.line).joined(separator: "\n")) : [wish]
    case .template, .reaction: return [wish]
    }
  }

  /// The limits, if the platform shows such a thing.
  func shown(_ kind: OutboundContent.Kind) -> ContentLimits? {
    limits.content.flatMap { $0.kinds.contains(kind) ? $0 : nil }
  }

  /// What can be pressed hangs on a body that fits; what is too long for that goes before it as text.
  func framed(
    _ frame: OutboundContent.Frame, _ content: ContentLimits, _ make: (OutboundContent.Frame) -> OutboundContent
  ) -> [OutboundContent] {
    let (before, frame) = bare(frame, content)
    let (text, body) = splitEnd(frame.body, max: content.body) { limits.length(String($0)) }
    return before + texts(text) + [make(.init(header: frame.header, body: body, footer: frame.footer))]
  }

  /// Without what the platform cannot show above and below: words become part of the body, a file goes before.
  func bare(
    _ frame: OutboundContent.Frame, _ content: ContentLimits
  ) -> (before: [OutboundContent], OutboundContent.Frame) {
    var (before, frame) = ([OutboundContent](), frame)
    switch frame.header {
    case .text(let header) where !fits(header, content.header):
      frame.header = nil
      frame.body = "\(bold(header))\n\n\(frame.body)"
    case .media(let media) where content.header == 0:
      before = captioned(media)
      frame.header = nil
    default: break
    }
    if let footer = frame.footer, !fits(footer, content.footer) {
      frame.footer = nil
      frame.body += "\n\n\(footer)"
    }
    return (before, frame)
  }

  /// Nothing to press: the choices as lines, together with the end of the text if that is possible.
  func numbered(_ frame: OutboundContent.Frame, _ lines: [String]) -> [OutboundContent] {
    var before = [OutboundContent]()
    var text = frame.body
    switch frame.header {
    case .text(let header): text = text.isEmpty ? bold(header) : "\(bold(header))\n\(text)"
    case .media(let media): before = captioned(media)
    case nil: break
    }
    let block = [lines.joined(separator: "\n"), frame.footer ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
    if text.isEmpty || block.isEmpty { return before + texts(text + block) }
    if limits.inOneMessage { return before + together(text, block) }
    let room = limits.textMax - limits.length(block) - 2
    // A choice below a scrap of text is read no better than one below none.
    guard limits.length(text) <= room || room >= limits.textMax / 4 else { return before + texts(text) + texts(block) }
    let (head, end) = splitEnd(text, max: room) { limits.length(String($0)) }
    return before + texts(head) + [.text(end + "\n\n" + block)]
  }

  // MARK: Files and text

  /// One file with its words below it, or after it where it cannot carry them.
  func captioned(_ media: OutboundContent.Media) -> [OutboundContent] {
    var media = media
    let words = media.caption.map { marked($0) } ?? ""
    if let content = limits.content, content.media.rule(media.form)?.takesCaption == true,
      limits.length(words) <= content.caption
    {
      media.caption = words.isEmpty ? nil : words
      return [.media(media)]
    }
    media.caption = nil
    return [.media(media)] + texts(words)
  }

  func texts(_ text: String) -> [OutboundContent] {
    limits.parts(of: text).map { .text($0) }
  }

  func marked(_ text: String) -> String { limits.shown(markdown: text) }

  func bold(_ text: String) -> String { limits.marks == .whatsapp ? "*\(text)*" : text }

  func marked(_ frame: OutboundContent.Frame) -> OutboundContent.Frame {
    var frame = frame
    frame.body = marked(frame.body)
    if case .text(let header) = frame.header {
      // A header is bold by itself and shows marks as they are.
      let text = limits.marks == .whatsapp ? marked(header).filter { $0 != "*" } : marked(header)
      frame.header = text.isEmpty ? nil : .text(text)
    }
    frame.footer = frame.footer.map { marked($0) }.flatMap { $0.isEmpty ? nil : $0 }
    return frame
  }

  func fits(_ text: String, _ most: Int) -> Bool {
    ChannelLimits.Unit.characters.length(text) <= most && text.contains { !$0.isWhitespace }
  }
}
