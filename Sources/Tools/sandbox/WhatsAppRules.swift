import Core

/// What Meta checks before it accepts a message. Limits: the Cloud API's reference, read November 2026.
enum WhatsAppRules {
  struct Recipient: Sendable {
    /// As it was given.
    let input: String
    /// The number as WhatsApp knows it, or the business-scoped user id.
    var waID: String?
    var userID: String?
  }

  static let types = [
    "audio", "contacts", "document", "image", "interactive", "location", "reaction", "sticker", "template", "text",
    "video",
  ]

  /// A message. Returns whom it goes to.
  static func check(_ body: Field, senderPhone: String?) throws(GraphError) -> Recipient {
    try checkProduct(body)
    if body["recipient_type"].exists {
      guard ["individual", "group"].contains(body["recipient_type"].text?.lowercased()) else {
        throw .wrong(body["recipient_type"], "be one of {INDIVIDUAL, GROUP}")
      }
    }
    let recipient = try recipient(body)
    if let waID = recipient.waID, waID == senderPhone { throw .named(131021) }
    if body["context"].exists {
      guard body["context"]["message_id"].exists else { throw .missing(body["context"]["message_id"]) }
      try checkMessageID(body["context"]["message_id"])
    }
    if body["biz_opaque_callback_data"].exists { _ = try body["biz_opaque_callback_data"].checked(upTo: 512) }
    // A body without a type is a text.
    let type = body["type"].exists ? try body["type"].checked(upTo: 64).lowercased() : "text"
    guard types.contains(type) else {
      throw .wrong(
        body["type"], "be one of {\(types.map { $0.uppercased() }.joined(separator: ", "))} - got \"\(type)\"")
    }
    if type == "contacts", body[type].exists {
      try WhatsAppCards.check(body[type])
      return recipient
    }
    guard case .object? = body[type].value else {
      throw body[type].exists ? .wrong(body[type], "be a JSON object") : .missing(body[type])
    }
    try checkContent(type, body[type])
    return recipient
  }

  /// A receipt, with or without the sign that we are writing.
  static func checkRead(_ body: Field) throws(GraphError) {
    try checkProduct(body)
    guard body["status"].text == "read" else { throw .wrong(body["status"], "be one of {READ}") }
    guard body["message_id"].exists else { throw .missing(body["message_id"]) }
    try checkMessageID(body["message_id"])
    if body["typing_indicator"].exists {
      guard body["typing_indicator"]["type"].text == "text" else {
        throw .wrong(body["typing_indicator"]["type"], "be one of {TEXT}")
      }
    }
  }

  private static func checkProduct(_ body: Field) throws(GraphError) {
    guard body["messaging_product"].exists else { throw .missing(body["messaging_product"]) }
    guard body["messaging_product"].text?.lowercased() == "whatsapp" else {
      throw .wrong(body["messaging_product"], "be one of {WHATSAPP}")
    }
  }

  private static func checkMessageID(_ field: Field) throws(GraphError) {
    guard let id = field.text, id.hasPrefix("wamid."), id.count > 6 else {
      throw .value("Invalid message ID. Please verify the message ID and try again.")
    }
  }

  /// A number as WhatsApp's own id: a Mexican mobile number keeps its historical 1 there.
  static func waID(_ digits: String) -> String {
    digits.hasPrefix("52") && digits.count == 12 ? "521" + digits.dropFirst(2) : digits
  }

  /// `to` wins over `recipient`.
  private static func recipient(_ body: Field) throws(GraphError) -> Recipient {
    if body["to"].exists {
      guard let input = body["to"].text else { throw .wrong(body["to"], "be a string") }
      let digits = input.filter { !" +-()".contains($0) }
      guard (7...15).contains(digits.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
        throw .value("Recipient phone number is not valid.")
      }
      return Recipient(input: input, waID: waID(digits))
    }
    guard body["recipient"].exists else { throw .missing(body["to"]) }
    guard let input = body["recipient"].text else { throw .wrong(body["recipient"], "be a string") }
    let parts = input.split(separator: ".", omittingEmptySubsequences: false)
    let middle = parts.count == 2 || parts.count == 3 && parts[1] == "ENT"
    guard middle, parts[0].count == 2, parts[0].allSatisfy({ $0.isASCII && $0.isUppercase }),
      let last = parts.last, (1...128).contains(last.count),
      last.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    else { throw .value("Recipient user id is not valid.") }
    return Recipient(input: input, userID: input)
  }

  private static func checkContent(_ type: String, _ content: Field) throws(GraphError) {
    switch type {
    case "text":
      try content.knowsOnly(["body", "preview_url"])
      _ = try content["body"].checked(upTo: 4096)
      if content["preview_url"].exists, content["preview_url"].bool == nil {
        throw .wrong(content["preview_url"], "be a boolean")
      }
    case "image", "video", "audio", "document", "sticker": try WhatsAppMedia.check(type, content)
    case "location":
      for key in ["latitude", "longitude"] {
        guard let text = content[key].loose else { throw .missing(content[key]) }
        guard let degrees = Double(text), abs(degrees) <= (key == "latitude" ? 90 : 180) else {
          throw .wrong(content[key], "be degrees")
        }
      }
    case "reaction":
      try checkMessageID(content["message_id"])
      guard content["emoji"].text != nil else { throw .missing(content["emoji"]) }
    case "interactive": try WhatsAppInteractive.check(content)
    case "template": try WhatsAppTemplate.check(content)
    default: break
    }
  }
}

extension Field {
  /// A text that must be there, not empty and of at most so many characters.
  func checked(upTo most: Int) throws(GraphError) -> String {
    guard exists else { throw .missing(self) }
    guard let text else { throw .wrong(self, "be a string") }
    guard !text.isEmpty else { throw .wrong(self, "be a non-empty string") }
    guard text.unicodeScalars.count <= most else { throw .wrong(self, "be at most \(most) characters long") }
    return text
  }

  func knowsOnly(_ keys: [String]) throws(GraphError) {
    guard case .object(let members)? = value else { return }
    for pair in members.pairs where !keys.contains(pair.key) {
      throw GraphError(code: 100, title: "Unexpected key \"\(pair.key)\" on param \"\(parameter)\".")
    }
  }
}
