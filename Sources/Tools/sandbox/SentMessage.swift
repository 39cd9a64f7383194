import Core
import FoundationEssentials

/// A message that was accepted, and what its sender is told of it.
struct SentMessage: Sendable {
  let id: String
  /// Of the recipient; one of the two.
  let waID: String?
  let userID: String?
  let opaque: String?
  let conversation = hex(randomBytes(16))

  /// An id as WhatsApp makes them: the recipient and ten random bytes, in base64.
  static func newID(for recipient: String) -> String {
    let name = Array(recipient.utf8.prefix(127))
    let random = Array(hex(randomBytes(10)).uppercased().utf8)
    let bytes: [UInt8] =
      [0x1c, 0x18, UInt8(name.count)] + name + [0x15, 0x02, 0x00, 0x11, 0x18, UInt8(random.count)] + random + [0]
    return "wamid." + Data(bytes).base64EncodedString()
  }

  /// The body of a call-back: one status in a whole envelope.
  func status(_ state: String, _ number: Number, at: Instant) -> JSON {
    let word = String(state.prefix { $0 != ":" })
    let code = Int(state.dropFirst(word.count + 1)) ?? 131026
    let failed = word == "failed"
    let conversation: JSON? =
      failed
      ? .none
      : .object([
        "id": .string(conversation),
        "expiration_timestamp": word == "sent" ? .string(String((at + 86_400).seconds)) : nil,
        "origin": ["type": "service"],
      ])
    let pricing: JSON? =
      failed
      ? .none
      : [
        "billable": false, "pricing_model": "PMP", "type": "free_customer_service", "category": "service",
      ]
    let status: JSON = .object([
      "id": .string(id), "status": .string(word), "timestamp": .string(String(at.seconds)),
      "recipient_id": waID.map { .string($0) }, "recipient_user_id": userID.map { .string($0) },
      "biz_opaque_callback_data": opaque.map { .string($0) }, "conversation": conversation,
      "pricing": pricing, "errors": failed ? [GraphError.named(code).inStatus] : nil,
    ])
    let value: JSON = [
      "messaging_product": "whatsapp",
      "metadata": [
        "display_phone_number": .string(number.displayPhone), "phone_number_id": .string(number.id),
      ],
      "statuses": [status],
    ]
    return [
      "object": "whatsapp_business_account",
      "entry": [["id": .string(number.wabaID), "changes": [["value": value, "field": "messages"]]]],
    ]
  }
}
