import Core
import Rules

/// Who wrote: WhatsApp names people by number (`wa_id`), by a user id of the business's own (`US.1349…`, for those who
/// hide their number, since 2026), or both.
struct WhatsAppPerson {
  var aliases: [Alias]
  var name: String?
  var username: String?

  /// `item`: something with `from` or `to`. `contacts` are matched by name, never by position: they may be fewer, more,
  /// in another order, and without any name. `orOnly`: what names nobody belongs to the only contact told with it.
  init(number: Field, userID: Field, contacts: WhatsAppContacts, orOnly: Bool = false) {
    var aliases = [number, userID].compactMap { Self.alias($0.loose) }
    if let told = aliases.isEmpty && orOnly ? contacts.only : contacts.first(among: aliases) {
      for alias in WhatsAppContacts.aliases(told) where !aliases.contains(where: { $0.kind == alias.kind }) {
        aliases.append(alias)
      }
      name = told["profile"]["name"].loose.flatMap(Self.name)
      username = told["profile"]["username"].loose.flatMap(Self.name)
    }
    self.aliases = aliases
  }

  /// A number is a phone, whatever punctuation it has; with letters in it, it is a user id, which is also found in
  /// `from` and `wa_id`.
  static func alias(_ text: String?) -> Alias? {
    guard let text, !text.isEmpty, text.utf8.count <= 200 else { return nil }
    let digits = text.utf8.count { (48...57).contains($0) }
    if digits >= 5, digits <= 20, text.utf8.allSatisfy({ "0123456789+-() .".utf8.contains($0) }) {
      return Alias(kind: "phone", value: canonicalPhone(text), address: text)
    }
    return Alias(kind: "whatsapp_user_id", value: text)
  }

  private static func name(_ text: String) -> String? {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? nil : clipped(line, Limits.personName)
  }
}

/// `contacts[]` of a value, by every name that they have: a thousand messages come with a thousand contacts.
struct WhatsAppContacts {
  private let items: [Field]
  private let places: [[String]: Int]

  init(_ field: Field) {
    items = field.items
    var places = [[String]: Int]()
    for (i, contact) in items.enumerated() {
      for alias in Self.aliases(contact) where places[[alias.kind, alias.value]] == nil {
        places[[alias.kind, alias.value]] = i
      }
    }
    self.places = places
  }

  var only: Field? { items.count == 1 ? items[0] : nil }

  func first(among aliases: [Alias]) -> Field? {
    aliases.lazy.compactMap { places[[$0.kind, $0.value]] }.first.map { items[$0] }
  }

  static func aliases(_ contact: Field) -> [Alias] {
    [contact["wa_id"], contact["user_id"]].compactMap { WhatsAppPerson.alias($0.loose) }
  }
}
