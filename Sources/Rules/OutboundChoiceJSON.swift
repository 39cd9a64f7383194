import Core

extension OutboundContent.Frame {
  /// Among the members of the content that it frames.
  var members: [JSON.Members.Pair] {
    var pairs = [JSON.Members.Pair]()
    switch header {
    case .text(let text): pairs.append(.init("header", .string(text)))
    case .media(let media): pairs.append(.init("header", .object(.init(media.members))))
    case nil: break
    }
    pairs.append(.init("body", .string(body)))
    if let footer { pairs.append(.init("footer", .string(footer))) }
    return pairs
  }

  init(_ field: Field) throws(Refusal) {
    let header = field["header"]
    if let text = header.text {
      self.header = .text(text)
    } else if header.exists {
      self.header = .media(try OutboundContent.Media(header))
    }
    body = try field["body"].string()
    footer = try field["footer"].optional()
  }
}

extension OutboundContent.Option {
  var json: JSON {
    .object(["id": .string(id), "title": .string(title), "description": description.map { .string($0) }])
  }

  init(_ field: Field) throws(Refusal) {
    try field.knows("id", "title", "description")
    self.init(
      id: try field["id"].string(), title: try field["title"].string(),
      description: try field["description"].optional())
  }
}

extension OutboundContent.Section {
  var json: JSON {
    .object(["title": title.map { .string($0) }, "options": .array(options.map(\.json))])
  }

  init(_ field: Field) throws(Refusal) {
    try field.knows("title", "options")
    self.init(
      title: try field["title"].optional(), options: try field["options"].list(OutboundContent.Option.init))
  }
}

extension OutboundContent.Form {
  var json: JSON {
    .object([
      "label": .string(label), "id": .string(id), "token": .string(token), "screen": screen.map { .string($0) },
      "data": data,
    ])
  }

  init(_ field: Field) throws(Refusal) {
    try field.knows("label", "id", "token", "screen", "data")
    self.init(
      label: try field["label"].string(), id: try field["id"].string(), token: try field["token"].string(),
      screen: try field["screen"].optional(), data: field["data"].value)
  }
}
