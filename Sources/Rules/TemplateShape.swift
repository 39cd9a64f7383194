import Core

/// What a template's use must fill: read from its components, as the platform lists them and as we define them.
public struct TemplateShape: Sendable, Equatable {
  struct Button: Sendable, Equatable {
    /// quick_reply, url, phone_number, copy_code, flow … in lower case.
    var type: String
    /// Something must be given with each message.
    var needsFilling: Bool
  }

  /// `text`, `image`, `video`, `document`, `location`, or nil: no header.
  var header: String?
  var headerPlaces: [String]
  var bodyPlaces: [String]
  var isNamed: Bool
  var buttons: [Button]

  /// - Parameter format: `named` or `positional`; nil: told by the places themselves.
  public init(components: Field, format: String?) {
    func part(_ type: String) -> Field? { components.items.first { $0["type"].text?.uppercased() == type } }
    let header = part("HEADER")
    self.header = header.map { $0["format"].text?.lowercased() ?? "text" }
    headerPlaces = Self.places(header?["text"].text ?? "")
    bodyPlaces = Self.places(part("BODY")?["text"].text ?? "")
    isNamed =
      format.map { $0.lowercased() == "named" }
      ?? (headerPlaces + bodyPlaces).contains { !$0.allSatisfy(\.isNumber) }
    buttons = (part("BUTTONS")?["buttons"].items ?? []).map { button in
      let type = button["type"].text?.lowercased() ?? ""
      return Button(
        type: type, needsFilling: type == "copy_code" || !Self.places(button["url"].text ?? "").isEmpty)
    }
  }

  /// What stands between `{{` and `}}`, each once, in order.
  static func places(_ text: String) -> [String] {
    var found = [String]()
    var rest = Substring(text)
    while let start = rest.firstRange(of: "{{") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: "}}") else { break }
      let name = String(rest[..<end.lowerBound].filter { !$0.isWhitespace })
      if !found.contains(name) { found.append(name) }
      rest = rest[end.upperBound...]
    }
    return found
  }

  /// What the platform would refuse (132000, 132012), before it is asked.
  public func check(_ use: OutboundContent.Template) throws(ContentFault) {
    try checkHeader(use.header)
    try checkPlaces(bodyPlaces, use.body, "body")
    for button in use.buttons {
      let path = "buttons[\(button.index)]"
      guard buttons.indices.contains(button.index) else {
        throw ContentFault(
          code: "template_parameters", path: path, fault: "the template has \(buttons.count) buttons, counted from 0")
      }
      guard buttons[button.index].type == button.filling.type else {
        throw ContentFault(
          code: "template_parameters", path: path,
          fault: "the template's button is a \(buttons[button.index].type), not a \(button.filling.type)")
      }
    }
    for (i, button) in buttons.enumerated() where button.needsFilling {
      guard use.buttons.contains(where: { $0.index == i }) else {
        throw ContentFault(
          code: "template_parameters", path: "buttons", fault: "the template's button \(i) needs something to fill it")
      }
    }
  }

  private func checkHeader(_ given: OutboundContent.Template.Header?) throws(ContentFault) {
    func fault(_ sentence: String) -> ContentFault {
      ContentFault(code: "template_parameters", path: "header", fault: sentence)
    }
    switch given {
    case nil:
      guard headerPlaces.isEmpty else { throw fault("the template's header needs \(names(headerPlaces))") }
      if let header, header != "text" { throw fault("the template's header needs a \(header)") }
    case .text(let parameter):
      guard header == "text", !headerPlaces.isEmpty else { throw fault("the template's header has nothing to fill") }
      try checkPlaces(headerPlaces, [parameter], "header")
    case .media(let media):
      guard header == media.form.rawValue else { throw fault("the template's header is \(header ?? "not there")") }
    case .location:
      guard header == "location" else { throw fault("the template's header is \(header ?? "not there")") }
    }
  }

  private func checkPlaces(
    _ places: [String], _ given: [OutboundContent.Template.Parameter], _ path: String
  ) throws(ContentFault) {
    guard given.count == places.count else {
      throw ContentFault(
        code: "template_parameters", path: path,
        fault: "the template needs \(places.count) (\(names(places))), \(given.count) are given")
    }
    let named = given.compactMap(\.name)
    guard isNamed || named.isEmpty else {
      throw ContentFault(code: "template_parameters", path: path, fault: "the template counts its gaps: give no names")
    }
    guard !isNamed || named.sorted() == places.sorted() else {
      throw ContentFault(
        code: "template_parameters", path: path, fault: "the template's gaps are named \(names(places))")
    }
  }

  private func names(_ places: [String]) -> String { places.isEmpty ? "none" : places.joined(separator: ", ") }
}

extension OutboundContent.Template.Button.Filling {
  fileprivate var type: String {
    switch self {
    case .payload: "quick_reply"
    case .urlSuffix: "url"
    case .code: "copy_code"
    case .form: "flow"
    }
  }
}
