import Core

/// The JSON form, `{"kind": …}`, as kept in `messages.payload`. Reading is strict: a key that nobody knows is a fault with
/// its path, not something that silently does not arrive.
extension OutboundContent {
  public var json: JSON {
    var members = JSON.Members([.init("kind", .string(kind.rawValue))])
    switch self {
    case .text(let text): members["text"] = .string(text)
    case .buttons(let frame, let options):
      members.pairs += frame.members
      members["options"] = .array(options.map(\.json))
    case .quickReplies(let body, let options):
      members["body"] = .string(body)
      members["options"] = .array(options.map(\.json))
    case .cards(let tiles): members["cards"] = .array(tiles.map(\.json))
    case .list(let frame, let label, let sections):
      members.pairs += frame.members
      members["label"] = .string(label)
      members["sections"] = .array(sections.map(\.json))
    case .link(let frame, let title, let url):
      members.pairs += frame.members
      members["title"] = .string(title)
      members["url"] = .string(url)
    case .form(let frame, let form):
      members.pairs += frame.members
      members["form"] = form.json
    case .locationRequest(let body): members["body"] = .string(body)
    case .template(let template): members.pairs += template.members
    case .media(let media): members.pairs += media.members
    case .location(let place): members.pairs += place.members
    case .contacts(let cards): members["contacts"] = .array(cards.map(\.json))
    case .reaction(let target, let emoji):
      members["to"] = .string(target)
      members["emoji"] = .string(emoji)
    }
    return .object(members)
  }

  /// Throws `.malformed` with the path of the fault.
  public init(_ field: Field) throws(Refusal) {
    guard let kind = Kind(rawValue: try field["kind"].string()) else {
      throw field["kind"].expected("one of " + Kind.allCases.map(\.rawValue).sorted().joined(separator: ", "))
    }
    switch kind {
    case .text:
      try field.knows("kind", "text")
      self = .text(try field["text"].string())
    case .buttons:
      try field.knows("kind", "header", "body", "footer", "options")
      self = .buttons(try Frame(field), try field["options"].list(Option.init))
    case .quickReplies:
      try field.knows("kind", "body", "options")
      self = .quickReplies(try field["body"].string(), try field["options"].list(Option.init))
    case .cards:
      try field.knows("kind", "cards")
      self = .cards(try field["cards"].list(Tile.init))
    case .list:
      try field.knows("kind", "header", "body", "footer", "label", "sections")
      self = .list(
        try Frame(field), label: try field["label"].string(), try field["sections"].list(Section.init))
    case .link:
      try field.knows("kind", "header", "body", "footer", "title", "url")
      self = .link(try Frame(field), title: try field["title"].string(), url: try field["url"].string())
    case .form:
      try field.knows("kind", "header", "body", "footer", "form")
      self = .form(try Frame(field), try Form(field["form"]))
    case .locationRequest:
      try field.knows("kind", "body")
      self = .locationRequest(try field["body"].string())
    case .template: self = .template(try Template(field))
    case .media: self = .media(try Media(field))
    case .location: self = .location(try Place(field))
    case .contacts:
      try field.knows("kind", "contacts")
      self = .contacts(try field["contacts"].list(Card.init))
    case .reaction:
      try field.knows("kind", "to", "emoji")
      self = .reaction(to: try field["to"].string(), emoji: try field["emoji"].string())
    }
  }
}

extension Field {
  /// Refuses what is no object, and keys that are not among these.
  func knows(_ keys: String...) throws(Refusal) {
    for pair in try object().pairs where !keys.contains(pair.key) {
      throw .malformed(path: self[pair.key].path, fault: "not known here; known are \(keys.joined(separator: ", "))")
    }
  }

  /// A text that may be missing, but is nothing else.
  func optional() throws(Refusal) -> String? { exists ? try string() : nil }

  /// A flag that may be missing, but is nothing else.
  func flag() throws(Refusal) -> Bool {
    guard exists else { return false }
    guard let bool else { throw expected("true or false") }
    return bool
  }

  func list<T>(_ item: (Field) throws(Refusal) -> T) throws(Refusal) -> [T] {
    var out = [T]()
    for field in try array() { out.append(try item(field)) }
    return out
  }
}
