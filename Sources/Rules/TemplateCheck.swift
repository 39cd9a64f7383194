extension ContentCheck {
  func template(_ template: OutboundContent.Template) throws(ContentFault) {
    try text(template.name, content.templateName, "name")
    let plain = template.name.utf8.allSatisfy { c in
      (97...122).contains(c) || (48...57).contains(c) || c == UInt8(ascii: "_")
    }
    try require(plain, "name", "small letters, digits and _ only")
    let code = template.language.utf8.allSatisfy { c in
      (65...90).contains(c) || (97...122).contains(c) || c == UInt8(ascii: "_")
    }
    try require(
      code && (2...15).contains(template.language.utf8.count), "language", "a code such as es_MX is needed")
    switch template.header {
    case .text(let parameter): try self.parameter(parameter, content.header, "header")
    case .media(let media):
      try require(
        [.image, .video, .document].contains(media.form), "header.media.type", "must be image, video or document")
      try require(media.caption == nil, "header.media.caption", "a header takes no caption")
      try self.media(media, "header.media.")
    case .location(let place):
      try self.place(place, "header.location.")
      try require(place.name != nil && place.address != nil, "header.location", "needs name and address")
    case nil: break
    }
    for (i, parameter) in template.body.enumerated() { try self.parameter(parameter, content.body, "body[\(i)]") }
    try naming(template)
    try buttons(template.buttons)
  }

  private func parameter(
    _ parameter: OutboundContent.Template.Parameter, _ most: Int, _ path: String
  ) throws(ContentFault) {
    switch parameter.value {
    case .text(let text): try self.text(squeezed(parameter: text), most, path + ".text")
    case .money(let shown, let currency, _):
      try text(shown, most, path + ".money.shown")
      let plain = currency.utf8.count == 3 && currency.utf8.allSatisfy { (65...90).contains($0) }
      try require(plain, path + ".money.currency", "three letters such as MXN are needed")
    case .date(let shown): try text(shown, most, path + ".date")
    }
    try require(parameter.name?.isEmpty != true, path + ".name", "must not be empty")
  }

  /// By place or by name, never both; no name twice.
  private func naming(_ template: OutboundContent.Template) throws(ContentFault) {
    let names = template.body.map(\.name)
    let named = names.compactMap(\.self)
    try require(named.isEmpty || named.count == names.count, "body", "either all parameters have a name or none has")
    try unique(named) { "body[\($0)].name" }
    if case .text(let parameter) = template.header, !names.isEmpty {
      try require((parameter.name == nil) == named.isEmpty, "header", "either all parameters have a name or none has")
    }
  }

  private func buttons(_ buttons: [OutboundContent.Template.Button]) throws(ContentFault) {
    for (i, button) in buttons.enumerated() {
      let path = "buttons[\(i)]"
      try require(
        (0..<content.templateButtons).contains(button.index), path + ".index",
        "from 0 to \(content.templateButtons - 1)")
      switch button.filling {
      case .payload(let payload): try text(payload, content.buttonID, path + ".payload")
      case .urlSuffix(let suffix): try text(suffix, content.url, path + ".url_suffix")
      case .code(let code): try text(code, content.buttonTitle, path + ".code")
      case .form(let token, _): try require(!token.isEmpty, path + ".form.token", "must not be empty")
      }
    }
    try unique(buttons.map { String($0.index) }) { "buttons[\($0)].index" }
  }
}
