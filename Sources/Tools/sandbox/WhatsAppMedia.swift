import Core

/// A file in a message, by the id of an upload or by a link.
enum WhatsAppMedia {
  private static let known: [String: [String]] = [
    "image": ["id", "link", "caption"], "video": ["id", "link", "caption"], "sticker": ["id", "link"],
    "audio": ["id", "link", "voice"], "document": ["id", "link", "caption", "filename"],
  ]

  /// `captioned`: a message's own; those in headers take none.
  static func check(_ type: String, _ content: Field, captioned: Bool = true) throws(GraphError) {
    guard content["id"].exists != content["link"].exists else {
      throw .value("Exactly one of \(content["id"].parameter) and \(content["link"].parameter) is needed.")
    }
    if content["link"].exists, content["link"].text?.hasPrefix("http") != true {
      throw .wrong(content["link"], "be a valid URI")
    }
    if content["id"].exists, content["id"].loose?.isEmpty ?? true { throw .wrong(content["id"], "be a media id") }
    try content.knowsOnly((known[type] ?? []).filter { captioned || $0 != "caption" } + ["provider"])
    if content["caption"].exists { _ = try content["caption"].checked(upTo: 1024) }
    if content["filename"].exists { _ = try content["filename"].checked(upTo: 240) }
    if content["voice"].exists, content["voice"].bool == nil { throw .wrong(content["voice"], "be a boolean") }
  }
}

/// Business cards.
enum WhatsAppCards {
  /// More than Meta's page recommends are refused here, so that nobody gets used to it.
  private static let most = 5
  private static let names = ["first_name", "last_name", "middle_name", "suffix", "prefix"]

  static func check(_ cards: Field) throws(GraphError) {
    guard !cards.items.isEmpty else { throw .missing(cards) }
    guard cards.items.count <= most else { throw .value("At most \(most) contacts are sent at once.") }
    for card in cards.items {
      _ = try card["name"]["formatted_name"].checked(upTo: 1024)
      guard names.contains(where: { card["name"][$0].text?.isEmpty == false }) else {
        throw .missing(card["name"]["first_name"])
      }
      for phone in card["phones"].items where !phone["phone"].exists && !phone["wa_id"].exists {
        throw .missing(phone["phone"])
      }
    }
  }
}
