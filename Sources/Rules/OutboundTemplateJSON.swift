import Core

extension OutboundContent.Template {
  var members: [JSON.Members.Pair] {
    var pairs: [JSON.Members.Pair] = [.init("name", .string(name)), .init("language", .string(language))]
    if let category { pairs.append(.init("category", .string(category.rawValue))) }
    switch header {
    case .text(let parameter): pairs.append(.init("header", parameter.json))
    case .media(let media): pairs.append(.init("header", ["media": .object(.init(media.members))]))
    case .location(let place): pairs.append(.init("header", ["location": .object(.init(place.members))]))
    case nil: break
    }
    if !body.isEmpty { pairs.append(.init("body", .array(body.map(\.json)))) }
    if !buttons.isEmpty { pairs.append(.init("buttons", .array(buttons.map(\.json)))) }
    return pairs
  }

  init(_ field: Field) throws(Refusal) {
    try field.knows("kind", "name", "language", "category", "header", "body", "buttons")
    var category: Category?
    if let word = try field["category"].optional() {
      category = Category(rawValue: word.lowercased())
      if category == nil {
        throw field["category"].expected("one of " + Category.allCases.map(\.rawValue).joined(separator: ", "))
      }
    }
    self.init(
      name: try field["name"].string(), language: try field["language"].string(), category: category,
      header: field["header"].exists ? try Header(field["header"]) : nil,
      body: field["body"].exists ? try field["body"].list(Parameter.init) : [],
      buttons: field["buttons"].exists ? try field["buttons"].list(Button.init) : [])
  }
}

extension OutboundContent.Template.Header {
  init(_ field: Field) throws(Refusal) {
    if field["media"].exists {
      try field.knows("media")
      self = .media(try OutboundContent.Media(field["media"]))
    } else if field["location"].exists {
      try field.knows("location")
      self = .location(try OutboundContent.Place(field["location"]))
    } else {
      self = .text(try OutboundContent.Template.Parameter(field))
    }
  }
}

extension OutboundContent.Template.Parameter {
  var json: JSON {
    var pairs = [JSON.Members.Pair]()
    if let name { pairs.append(.init("name", .string(name))) }
    switch value {
    case .text(let text): pairs.append(.init("text", .string(text)))
    case .money(let shown, let currency, let thousandths):
      pairs.append(
        .init(
          "money",
          ["shown": .string(shown), "currency": .string(currency), "thousandths": .number(thousandths)]))
    case .date(let shown): pairs.append(.init("date", .string(shown)))
    }
    return .object(.init(pairs))
  }

  init(_ field: Field) throws(Refusal) {
    let name = try field["name"].optional()
    if field["money"].exists {
      try field.knows("name", "money")
      let money = field["money"]
      try money.knows("shown", "currency", "thousandths")
      self.init(
        .money(
          shown: try money["shown"].string(), currency: try money["currency"].string(),
          thousandths: try money["thousandths"].int()), name: name)
    } else if field["date"].exists {
      try field.knows("name", "date")
      self.init(.date(shown: try field["date"].string()), name: name)
    } else {
      try field.knows("name", "text")
      self.init(.text(try field["text"].string()), name: name)
    }
  }
}

extension OutboundContent.Template.Button {
  var json: JSON {
    var pairs: [JSON.Members.Pair] = [.init("index", .number(index))]
    switch filling {
    case .payload(let payload): pairs.append(.init("payload", .string(payload)))
    case .urlSuffix(let suffix): pairs.append(.init("url_suffix", .string(suffix)))
    case .code(let code): pairs.append(.init("code", .string(code)))
    case .form(let token, let data):
      pairs.append(.init("form", .object(["token": .string(token), "data": data])))
    }
    return .object(.init(pairs))
  }

  init(_ field: Field) throws(Refusal) {
    let index = Int(clamping: try field["index"].int())
    if let payload = try field["payload"].optional() {
      try field.knows("index", "payload")
      self.init(index, .payload(payload))
    } else if let suffix = try field["url_suffix"].optional() {
      try field.knows("index", "url_suffix")
      self.init(index, .urlSuffix(suffix))
    } else if let code = try field["code"].optional() {
      try field.knows("index", "code")
      self.init(index, .code(code))
    } else if field["form"].exists {
      try field.knows("index", "form")
      try field["form"].knows("token", "data")
      self.init(index, .form(token: try field["form"]["token"].string(), data: field["form"]["data"].value))
    } else {
      throw field.expected("payload, url_suffix, code or form")
    }
  }
}
