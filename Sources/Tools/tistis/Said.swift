import ArgumentParser
import Core
import Rules

/// What somebody says on the command line: a text, and at most one form that it takes.
struct Said: ParsableArguments {
  @Argument(help: "What to say; the text above buttons and links.") var text: String?

  @Option(name: .customLong("from-json"), help: "Any content, as a file of JSON.") var fromJSON: String?

  @Option(help: "Something to choose, as id=title. Again for each.", transform: choice)
  var button: [OutboundContent.Option] = []

  @Option(help: "A web page behind a button.") var link: String?
  @Option(help: "That button's text.") var linkTitle = "Abrir"

  @Option(help: "A file that the platform fetches; its kind is told by its ending, unless --kind says it.")
  var mediaLink: String?
  @Option(name: .customLong("media-id"), help: "A file that was uploaded to the platform; needs --kind.")
  var mediaID: String?
  @Option(help: "image, video, audio, document or sticker.", transform: form) var kind: OutboundContent.Media.Form?
  @Option(help: "The words below a file.") var caption: String?
  @Option(help: "A document's name.") var filename: String?

  @Option(help: "A template's name.") var template: String?
  @Option(help: "The language it was approved in.") var language = "es_MX"
  @Option(help: "What fills its next gap; as name=text with --named.") var param: [String] = []
  @Flag(help: "The template names its gaps.") var named = false
  @Flag(help: "It is advertising: not to people who asked for none.") var marketing = false

  /// What was asked for, before anybody looks at limits.
  func wish() throws -> OutboundContent {
    let forms = [fromJSON != nil, !button.isEmpty, link != nil, mediaLink != nil || mediaID != nil, template != nil]
    guard forms.count(where: \.self) <= 1 else {
      throw ValidationError("Only one of --from-json, --button, --link, --media-link or --media-id, and --template.")
    }
    let onlyWords = fromJSON == nil && mediaLink == nil && mediaID == nil && template == nil
    guard onlyWords || text == nil else { throw ValidationError("A text of its own does not go with that.") }
    let frame = OutboundContent.Frame(body: text ?? "")
    if let fromJSON { return try read(fromJSON) }
    if !button.isEmpty { return .buttons(frame, button) }
    if let link { return .link(frame, title: linkTitle, url: link) }
    if let template { return .template(try filled(template)) }
    if let media = try media() { return .media(media) }
    return .text(frame.body)
  }

  private func read(_ path: String) throws -> OutboundContent {
    guard let text = readFile(path) else { throw ValidationError("\(path) cannot be read.") }
    do throws(Refusal) {
      return try OutboundContent(Field(try JSON.parse(Array(text.utf8))))
    } catch { throw ValidationError("\(path): \(error.sentence)") }
  }

  private func media() throws -> OutboundContent.Media? {
    let source: OutboundContent.Media.Source
    let guess: OutboundContent.Media.Form?
    switch (mediaLink, mediaID) {
    case (nil, nil): return nil
    case (let link?, nil):
      (source, guess) = (.link(link), ChannelLimits.of(.whatsapp).content?.media.form(ofFileNamed: link))
    case (nil, let id?): (source, guess) = (.id(id), nil)
    case (_?, _?): throw ValidationError("Either --media-link or --media-id.")
    }
    guard let form = kind ?? guess else { throw ValidationError("--media-id needs --kind.") }
    return .init(form, source, caption: caption, filename: filename)
  }

  private func filled(_ name: String) throws -> OutboundContent.Template {
    let parameters = try param.map { text -> OutboundContent.Template.Parameter in
      guard named else { return .init(.text(text)) }
      let (name, value) = try pair(text)
      return .init(.text(value), name: name)
    }
    return .init(name: name, language: language, category: marketing ? .marketing : nil, body: parameters)
  }
}

/// `name=value`; the value may hold more of these signs.
private func pair(_ text: String) throws -> (String, String) {
  guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
    throw ValidationError("\(text) is not of the form id=title (or name=text).")
  }
  return (String(text[..<sign]), String(text[text.index(after: sign)...]))
}

private func choice(_ text: String) throws -> OutboundContent.Option {
  let (id, title) = try pair(text)
  return .init(id: id, title: title)
}

private func form(_ text: String) throws -> OutboundContent.Media.Form {
  guard let form = OutboundContent.Media.Form(rawValue: text) else {
    throw ValidationError("\(text) is none of image, video, audio, document, sticker.")
  }
  return form
}
