import Core

extension OutboundContent.Media {
  /// Among the members of a content, or alone as a header.
  var members: [JSON.Members.Pair] {
    var pairs = [JSON.Members.Pair("type", .string(form.rawValue))]
    switch source {
    case .id(let id): pairs.append(.init("id", .string(id)))
    case .link(let link): pairs.append(.init("link", .string(link)))
    }
    if let caption { pairs.append(.init("caption", .string(caption))) }
    if let filename { pairs.append(.init("filename", .string(filename))) }
    if voice { pairs.append(.init("voice", true)) }
    if let mimeType { pairs.append(.init("mime_type", .string(mimeType))) }
    if let bytes { pairs.append(.init("bytes", .number(bytes))) }
    return pairs
  }

  init(_ field: Field) throws(Refusal) {
    try field.knows("kind", "type", "id", "link", "caption", "filename", "voice", "mime_type", "bytes")
    guard let form = Form(rawValue: try field["type"].string()) else {
      throw field["type"].expected("one of " + Form.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let source: Source
    switch (try field["id"].optional(), try field["link"].optional()) {
    case (let id?, nil): source = .id(id)
    case (nil, let link?): source = .link(link)
    case (nil, nil): throw field["id"].expected("an id or a link")
    case (_?, _?): throw .malformed(path: field["link"].path, fault: "an id or a link, not both")
    }
    self.init(
      form, source, caption: try field["caption"].optional(), filename: try field["filename"].optional(),
      voice: try field["voice"].flag(), mimeType: try field["mime_type"].optional(),
      bytes: field["bytes"].exists ? try field["bytes"].int() : nil)
  }
}

extension OutboundContent.Place {
  var members: [JSON.Members.Pair] {
    var pairs: [JSON.Members.Pair] = [
      .init("latitude", .string(latitude)), .init("longitude", .string(longitude)),
    ]
    if let name { pairs.append(.init("name", .string(name))) }
    if let address { pairs.append(.init("address", .string(address))) }
    return pairs
  }

  /// Degrees may come as numbers or as text.
  init(_ field: Field) throws(Refusal) {
    try field.knows("kind", "latitude", "longitude", "name", "address")
    guard let latitude = field["latitude"].loose else { throw field["latitude"].expected("decimal degrees") }
    guard let longitude = field["longitude"].loose else { throw field["longitude"].expected("decimal degrees") }
    self.init(
      latitude: latitude, longitude: longitude, name: try field["name"].optional(),
      address: try field["address"].optional())
  }
}

extension OutboundContent.Card {
  var json: JSON {
    .object([
      "name": .string(name), "first_name": firstName.map { .string($0) }, "last_name": lastName.map { .string($0) },
      "organisation": organisation.map { .string($0) },
      "phones": phones.isEmpty
        ? nil
        : .array(
          phones.map { phone in
            .object([
              "number": .string(phone.number), "type": phone.type.map { .string($0) },
              "wa_id": phone.waID.map { .string($0) },
            ])
          }),
      "emails": emails.isEmpty ? nil : .array(emails.map { .string($0) }),
    ])
  }

  init(_ field: Field) throws(Refusal) {
    try field.knows("name", "first_name", "last_name", "organisation", "phones", "emails")
    self.init(
      name: try field["name"].string(), firstName: try field["first_name"].optional(),
      lastName: try field["last_name"].optional(), organisation: try field["organisation"].optional(),
      phones: field["phones"].exists ? try field["phones"].list(Phone.init) : [],
      emails: field["emails"].exists
        ? try field["emails"].list { (email) throws(Refusal) in try email.string() } : [])
  }
}

extension OutboundContent.Card.Phone {
  init(_ field: Field) throws(Refusal) {
    try field.knows("number", "type", "wa_id")
    self.init(
      try field["number"].string(), type: try field["type"].optional(), waID: try field["wa_id"].optional())
  }
}
