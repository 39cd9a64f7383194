import Core
import Rules

extension WhatsApp {
  /// A file by the id of an upload, or by an address that Meta fetches (and keeps for about ten minutes).
  static func json(_ media: OutboundContent.Media) -> JSON {
    let (key, source) =
      switch media.source {
      case .id(let id): ("id", id)
      case .link(let link): ("link", link)
      }
    return .object([
      key: .string(source), "caption": media.caption.map { .string($0) },
      "filename": media.filename.map { .string($0) }, "voice": media.voice ? true : nil,
    ])
  }

  /// Degrees go as the numbers they were given as.
  static func json(_ place: OutboundContent.Place) -> JSON {
    .object([
      "latitude": .number(place.latitude), "longitude": .number(place.longitude),
      "name": place.name.map { .string($0) }, "address": place.address.map { .string($0) },
    ])
  }

  /// Besides `formatted_name` Meta wants at least one other part of the name.
  static func json(_ card: OutboundContent.Card) -> JSON {
    .object([
      "name": .object([
        "formatted_name": .string(card.name), "first_name": .string(card.firstName ?? card.name),
        "last_name": card.lastName.map { .string($0) },
      ]),
      "phones": card.phones.isEmpty
        ? nil
        : .array(
          card.phones.map { phone in
            .object([
              "phone": .string(phone.number), "type": phone.type.map { .string($0) },
              "wa_id": phone.waID.map { .string($0) },
            ])
          }),
      "emails": card.emails.isEmpty ? nil : .array(card.emails.map { .object(["email": .string($0)]) }),
      "org": card.organisation.map { .object(["company": .string($0)]) },
    ])
  }
}
