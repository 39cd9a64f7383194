import Core
import Rules

/// What a message says, for people and models to read.
struct WhatsAppContent {
  var text: String
  var type: String
  var selection: String?
  var wantsAnswer = true
  /// Of an order: its sum for each currency.
  var total: JSON?
}

extension WhatsApp {
  static func text(_ body: Field) throws(Refusal) -> WhatsAppContent {
    guard let text = body["body"].loose else { throw body["body"].expected("a string") }
    return WhatsAppContent(text: text.contains { !$0.isWhitespace } ? text : "[mensaje vacío]", type: "text")
  }

  // MARK: Media

  static func file(_ body: Field, _ kind: WhatsAppKind) throws(Refusal) -> WhatsAppContent {
    _ = try body.object()
    return WhatsAppContent(text: mediaText(body, kind), type: kind == .voice ? "audio" : kind.rawValue)
  }

  /// A caption stands for itself; `contentType` says what it belongs to.
  private static func mediaText(_ body: Field, _ kind: WhatsAppKind) -> String {
    if let caption = body["caption"].text, caption.contains(where: { !$0.isWhitespace }) { return caption }
    switch kind {
    case .image: return "[imagen]"
    case .video: return "[video]"
    case .sticker: return "[sticker]"
    case .document: return filename(body).map { "[documento: \($0)]" } ?? "[documento]"
    default: return kind == .voice || body["voice"].bool == true ? "[nota de voz]" : "[audio]"
    }
  }

  /// `{id, mime_type, sha256, …}` as it came, with the kind, and the file name made harmless: a person chose it.
  static func media(_ body: Field, _ kind: WhatsAppKind) -> JSON? {
    guard case .object(var members)? = body.value else { return nil }
    // Sent along since 2025: it wants our token, and is over within minutes.
    members["url"] = nil
    if members["filename"] != nil { members["filename"] = filename(body).map { .string($0) } }
    members["kind"] = .string(kind == .voice ? "audio" : kind.rawValue)
    if kind == .voice { members["voice"] = true }
    return .object(members)
  }

  private static func filename(_ body: Field) -> String? { body["filename"].text.flatMap { harmless(filename: $0) } }

  // MARK: Places, cards, orders

  static func location(_ body: Field) throws(Refusal) -> WhatsAppContent {
    _ = try body.object()
    let words = [body["name"], body["address"]].compactMap { $0.text.flatMap(oneLine) }
    let numbers = [body["latitude"], body["longitude"]].compactMap(\.loose)
    let text = words.isEmpty ? numbers.joined(separator: ", ") : words.joined(separator: ", ")
    return WhatsAppContent(text: text.isEmpty ? "[ubicación]" : "[ubicación: \(text)]", type: "location")
  }

  static func cards(_ body: Field) throws(Refusal) -> WhatsAppContent {
    _ = try body.array()
    let cards = body.items.prefix(20).map { card in
      let name =
        card["name"]["formatted_name"].text.flatMap(oneLine) ?? card["name"]["first_name"].text.flatMap(oneLine)
      let phone = card["phones"][0]["phone"].loose ?? card["phones"][0]["wa_id"].loose
      switch (name, phone) {
      case (let name?, let phone?): return "\(name) (\(phone))"
      case (let name?, nil): return name
      case (nil, let phone?): return phone
      case (nil, nil): return "sin nombre"
      }
    }
    let word = cards.count == 1 ? "contacto" : "contactos"
    return WhatsAppContent(
      text: cards.isEmpty ? "[contactos]" : "[\(word): \(cards.joined(separator: "; "))]", type: "contacts")
  }

  static func order(_ body: Field) throws(Refusal) -> WhatsAppContent {
    _ = try body.object()
    var lines = body["product_items"].items.prefix(50).map { item in
      let what = "\(item["quantity"].loose ?? "1") × \(item["product_retailer_id"].loose ?? "?")"
      let price = [item["item_price"].loose, item["currency"].loose].compactMap { $0 }.joined(separator: " ")
      return price.isEmpty ? what : "\(what) a \(price)"
    }
    let sums = total(
      of: body["product_items"].items.map { item in
        OrderLine(
          quantity: item["quantity"].loose ?? "1", price: item["item_price"].loose ?? "",
          currency: item["currency"].loose ?? "")
      })
    if let sums { lines.append("total: " + sums.map { "\($0.amount) \($0.currency)" }.joined(separator: " + ")) }
    let note = body["text"].text.flatMap { $0.contains { !$0.isWhitespace } ? $0 + "\n" : nil } ?? ""
    let list = lines.isEmpty ? "[pedido]" : "[pedido: \(lines.joined(separator: "; "))]"
    return WhatsAppContent(
      text: note + list, type: "order",
      total: sums.map { .object(JSON.Members($0.map { .init($0.currency, .number($0.amount)) })) })
  }

  /// What we do not know yet, or what WhatsApp itself cannot show us (polls, view-once). Shown to people, never answered.
  static func unsupported(_ item: Field) -> WhatsAppContent {
    let type = typeOf(item)
    let inner = item["unsupported"]["type"].text ?? (type == "unsupported" ? nil : type)
    let text = inner.flatMap(oneLine).map { "[mensaje no compatible: \(clipped($0, 60))]" } ?? "[mensaje no compatible]"
    return WhatsAppContent(text: text, type: "unsupported", wantsAnswer: false)
  }
}
