import Core

/// What can be said of a template's use without knowing the template.
enum WhatsAppTemplate {
  static func check(_ content: Field) throws(GraphError) {
    let name = try content["name"].checked(upTo: 512)
    guard name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }) else {
      throw .named(132001)
    }
    _ = try content["language"]["code"].checked(upTo: 15)
    if content["language"]["policy"].exists, content["language"]["policy"].text != "deterministic" {
      throw .wrong(content["language"]["policy"], "be one of {DETERMINISTIC}")
    }
    for component in content["components"].items {
      let type = try component["type"].checked(upTo: 40).lowercased()
      guard ["header", "body", "button", "carousel", "limited_time_offer"].contains(type) else {
        throw .wrong(component["type"], "be one of {BODY, BUTTON, CAROUSEL, HEADER, LIMITED_TIME_OFFER}")
      }
      if type == "button" {
        try checkButton(component)
      } else {
        try checkKinds(component["parameters"].items, of: type)
      }
      try checkParameters(component["parameters"].items, upTo: type == "header" ? 60 : 1024)
    }
  }

  /// What may stand in which part.
  private static let kinds = [
    "header": ["text", "image", "video", "document", "location"], "body": ["text", "currency", "date_time"],
    "quick_reply": ["payload"], "url": ["text"], "copy_code": ["coupon_code"], "flow": ["action"],
  ]

  private static func checkButton(_ component: Field) throws(GraphError) {
    let kind = try component["sub_type"].checked(upTo: 20).lowercased()
    guard kinds[kind] != nil, kind != "header", kind != "body" else {
      throw .wrong(component["sub_type"], "be one of {COPY_CODE, FLOW, QUICK_REPLY, URL}")
    }
    guard let index = component["index"].integer, (0...9).contains(index) else { throw .missing(component["index"]) }
    guard component["parameters"].items.count == 1 else { throw .named(132000) }
    try checkKinds(component["parameters"].items, of: kind)
  }

  private static func checkKinds(_ parameters: [Field], of part: String) throws(GraphError) {
    guard let kinds = kinds[part] else { return }
    for parameter in parameters {
      let type = try parameter["type"].checked(upTo: 20)
      guard kinds.contains(type) else {
        throw .wrong(parameter["type"], "be one of {\(kinds.map { $0.uppercased() }.joined(separator: ", "))}")
      }
      let content = parameter[type]
      switch type {
      case "image", "video", "document": try WhatsAppMedia.check(type, content, captioned: false)
      case "location":
        for key in ["latitude", "longitude"] where content[key].loose.flatMap(Double.init) == nil {
          throw .missing(content[key])
        }
      case "currency":
        _ = try content["fallback_value"].checked(upTo: 1024)
        guard content["code"].text?.count == 3, content["amount_1000"].integer != nil else { throw .named(132012) }
      case "date_time": _ = try content["fallback_value"].checked(upTo: 1024)
      case "payload": _ = try content.checked(upTo: 256)
      case "coupon_code": _ = try content.checked(upTo: 20)
      default: break
      }
    }
  }

  /// Positional or named, never both; a text may not break the layout.
  private static func checkParameters(_ parameters: [Field], upTo most: Int) throws(GraphError) {
    let named = parameters.count { $0["parameter_name"].exists }
    guard named == 0 || named == parameters.count else { throw .named(132012) }
    for parameter in parameters {
      let type = try parameter["type"].checked(upTo: 20)
      guard parameter[type].exists else { throw .missing(parameter[type]) }
      guard type == "text" else { continue }
      let text = try parameter["text"].checked(upTo: most)
      guard !text.contains(where: { $0.isNewline || $0 == "\t" }), !find("     ", in: Array(text.utf8)) else {
        throw GraphError(
          code: 132018, title: "There was an issue with the parameters",
          details: "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
      }
    }
  }
}
