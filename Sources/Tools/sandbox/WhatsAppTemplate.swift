import Core

/// What can be said of a template's use without knowing the template.
enum WhatsAppTemplate {
  static func check(_ content: Field) throws(GraphError) {
    let name = try content["name"].checked(upTo: 512)
    guard name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }) else {
      throw .named(132001)
    }
    _ = try content["language"]["code"].checked(upTo: 15)
    for component in content["components"].items {
      let type = try component["type"].checked(upTo: 40).lowercased()
      guard ["header", "body", "button", "carousel", "limited_time_offer"].contains(type) else {
        throw .wrong(component["type"], "be one of {BODY, BUTTON, CAROUSEL, HEADER, LIMITED_TIME_OFFER}")
      }
      if type == "button" {
        _ = try component["sub_type"].checked(upTo: 20)
        guard let index = component["index"].integer, (0...9).contains(index) else {
          throw .missing(component["index"])
        }
      }
      try checkParameters(component["parameters"].items, upTo: type == "header" ? 60 : 1024)
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
