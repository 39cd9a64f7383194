import Core

/// A template that was approved, or not: what its use is compared with.
struct Template: Sendable {
  let key: String
  let id: String
  let name: String
  let language: String
  /// APPROVED PENDING REJECTED PAUSED DISABLED …
  var status: String
  /// MARKETING UTILITY AUTHENTICATION
  let category: String
  let named: Bool
  /// As Meta lists them: HEADER (`format`, `text`), BODY, FOOTER, BUTTONS (`buttons`).
  let components: [Field]

  static func key(_ use: Field) -> String { (use["name"].text ?? "") + "|" + (use["language"]["code"].text ?? "") }

  /// Reads `{"status"?, "category"?, "parameter_format"?, "components"?}`.
  init(name: String, language: String, _ body: Field) throws(Refusal) {
    key = name + "|" + language
    // A number in webhooks, which may not begin with 0.
    (id, self.name, self.language) = ("7" + decimal(14), name, language)
    status = (body["status"].text ?? "APPROVED").uppercased()
    category = (body["category"].text ?? "UTILITY").uppercased()
    switch body["parameter_format"].text?.uppercased() {
    case nil, "POSITIONAL": named = false
    case "NAMED": named = true
    default: throw body["parameter_format"].expected("POSITIONAL or NAMED")
    }
    components = body["components"].exists ? try body["components"].array() : []
  }

  /// As the business's list has it.
  var json: JSON {
    [
      "name": .string(name), "language": .string(language), "status": .string(status), "category": .string(category),
      "parameter_format": named ? "NAMED" : "POSITIONAL", "components": .array(components.compactMap(\.value)),
      "id": .string(id),
    ]
  }

  func check(_ use: Field, to recipient: WhatsAppRules.Recipient, stopped: Bool) throws(GraphError) {
    switch status {
    case "APPROVED": break
    case "PAUSED": throw .named(132015)
    case "DISABLED": throw .named(132016)
    default: throw .named(132001)
    }
    if category == "AUTHENTICATION", recipient.userID != nil { throw .named(131062) }
    if category == "MARKETING", stopped { throw .named(131050) }
    try check(part("HEADER"), used: parameters(of: "header", in: use))
    try check(part("BODY"), used: parameters(of: "body", in: use))
    try checkButtons(part("BUTTONS")?["buttons"].items ?? [], in: use)
  }

  private func part(_ type: String) -> Field? { components.first { $0["type"].text?.uppercased() == type } }

  private func parameters(of type: String, in use: Field) -> [Field] {
    use["components"].items.filter { $0["type"].text?.lowercased() == type }.flatMap { $0["parameters"].items }
  }

  /// A header or body: as many parameters as it has places, of its kind.
  private func check(_ part: Field?, used: [Field]) throws(GraphError) {
    let format = part?["format"].text?.uppercased() ?? "TEXT"
    guard format == "TEXT" else {
      guard used.count == 1 else { throw .count(1, used.count) }
      guard used[0]["type"].text?.uppercased() == format else { throw .named(132012) }
      return
    }
    let text = part?["text"].text ?? ""
    let places = placeholders(text)
    guard used.count == places.count else { throw .count(places.count, used.count) }
    guard used.allSatisfy({ ["text", "currency", "date_time"].contains($0["type"].text?.lowercased()) }) else {
      throw .named(132012)
    }
    let names = used.compactMap { $0["parameter_name"].text }
    guard named ? Set(names) == Set(places) : names.isEmpty else { throw .named(132012) }
    let filled = used.reduce(text.unicodeScalars.count) { $0 + ($1["text"].text ?? "").unicodeScalars.count }
    let most = part?["type"].text?.uppercased() == "HEADER" ? 60 : 1024
    guard filled - places.reduce(0, { $0 + $1.unicodeScalars.count + 4 }) <= most else { throw .named(132005) }
  }

  /// Each button that was used exists, is of that kind, and none that needs something is left out.
  private func checkButtons(_ buttons: [Field], in use: Field) throws(GraphError) {
    var used = [Int: Field]()
    for component in use["components"].items where component["type"].text?.lowercased() == "button" {
      guard let index = component["index"].integer.map(Int.init), buttons.indices.contains(index) else {
        throw .count(buttons.count, buttons.count + 1)
      }
      guard component["sub_type"].text?.uppercased() == buttons[index]["type"].text?.uppercased() else {
        throw .named(132012)
      }
      used[index] = component
    }
    for (index, button) in buttons.enumerated() {
      let needs =
        button["type"].text?.uppercased() == "COPY_CODE" || !placeholders(button["url"].text ?? "").isEmpty ? 1 : 0
      let given = used[index]?["parameters"].items.count ?? 0
      guard given >= needs, given <= 1 else { throw .count(needs, given) }
    }
  }
}

/// What stands between `{{` and `}}`, each once, in order.
func placeholders(_ text: String) -> [String] {
  var found = [String]()
  var rest = Substring(text)
  while let start = rest.firstRange(of: "{{") {
    rest = rest[start.upperBound...]
    guard let end = rest.firstRange(of: "}}") else { break }
    let name = rest[..<end.lowerBound].filter { $0 != " " }
    if !found.contains(name) { found.append(name) }
    rest = rest[end.upperBound...]
  }
  return found
}

extension GraphError {
  fileprivate static func count(_ expected: Int, _ given: Int) -> GraphError {
    GraphError(
      code: 132000, title: "Number of parameters does not match the expected number of params",
      details: "number of localizable_params (\(given)) does not match the expected number of params (\(expected))")
  }
}
