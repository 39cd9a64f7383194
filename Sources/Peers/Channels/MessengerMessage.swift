import Core
import Rules

extension Messenger {
  /// The platform's own inboxes, of pages and of Instagram: what comes from them, a person typed.
  static let inboxes = ["263902037430900", "1217981644879628"]

  /// `{mid, text?, attachments?, quick_reply?, reply_to?, referral?, is_echo?, app_id?, metadata?, is_deleted?,
  /// is_unsupported?, is_self?, sticker_id?}`.
  func readMessage(_ item: MessengerItem, _ place: MessengerPlace) throws(Refusal) -> InboundEvent {
    _ = try item.body.object()
    let body = item.body
    if body["is_self"].bool == true { return place.aside(item.whole, "a note of the account's owner to themselves") }
    let echo = isEcho(item, place)
    if echo, person(item, place) == nil { return place.aside(item.whole, "the account's message to itself") }
    if body["is_deleted"].bool == true { return try readDeletion(item, place, echo: echo) }
    var event = try draft(echo ? .echo : .message, item, place, id: Meta.externalID(item.mid, of: item.raw))
    let said = content(body)
    event.content = clipped(said.text, Limits.messageText)
    event.contentType = said.type
    event.selection = body["quick_reply"]["payload"].loose.map { clipped($0, Limits.externalID * 2) }
    event.replyTo = id(body["reply_to"]["mid"])
    event.wantsAnswer = !echo && said.type != "unsupported"
    event.details = .object([
      "type": .string(said.form), "media": said.files.isEmpty ? nil : .array(said.files),
      "body": said.body, "story": body["reply_to"]["story"].value, "quick_reply": body["quick_reply"].value,
      "referral": Self.referral(body["referral"]), "commands": body["commands"].value,
    ])
    if echo { event.origin = origin(body) }
    return event
  }

  /// `{mid?, title, payload, referral?}`: somebody pressed a button. In standby the payload is left out.
  func readPostback(_ item: MessengerItem, _ place: MessengerPlace) throws(Refusal) -> InboundEvent {
    _ = try item.body.object()
    let payload = item.body["payload"].loose.flatMap { $0.isEmpty ? nil : $0 }
    guard let title = item.body["title"].loose.flatMap(oneLine) ?? payload.flatMap(oneLine) else {
      throw item.body["title"].expected("a string")
    }
    if isEcho(item, place) { return place.aside(item.whole, "the account's own button") }
    // Old versions and Meta's examples give it no id: it is told apart by who, when and what.
    let made = Meta.hashed([
      .string(item.sender.loose ?? ""), .string(item.timestamp.loose ?? ""), .string(payload ?? title),
    ])
    let mid = item.mid.exists ? Meta.externalID(item.mid, of: item.raw) : made
    var event = try draft(.message, item, place, id: mid)
    event.content = title
    event.contentType = "button"
    event.selection = payload.map { clipped($0, Limits.externalID * 2) }
    event.wantsAnswer = true
    event.details = .object(["type": "postback", "referral": Self.referral(item.body["referral"])])
    return event
  }

  /// Where somebody came from, under Meta's names and under those by which advertisements are compared.
  static func referral(_ field: Field) -> JSON? {
    guard case .object(var members)? = field.value else { return nil }
    let ad = field["ads_context_data"]
    let isAd = field["ad_id"].exists || field["source"].text?.uppercased() == "ADS"
    members["source_type"] = .string(isAd ? "ad" : "link")
    if let id = (field["ad_id"].loose ?? ad["post_id"].loose) { members["source_id"] = .string(id) }
    if let title = ad["ad_title"].text { members["headline"] = .string(title) }
    return .object(members)
  }

  /// A message id that another message names.
  func id(_ field: Field) -> String? {
    field.loose.flatMap { $0.isEmpty ? nil : clipped($0, Limits.externalID) }
  }

  // MARK: Parts

  /// `{mid, is_deleted}`: taken back. Nothing of it may be kept.
  private func readDeletion(
    _ item: MessengerItem, _ place: MessengerPlace, echo: Bool
  ) throws(Refusal) -> InboundEvent {
    guard let mid = id(item.mid) else { throw item.mid.expected("a message id") }
    if echo { return place.aside(item.whole, "the business took its own message back") }
    var event = try draft(.delete, item, place, id: item.named("delete", mid))
    event.content = "[mensaje eliminado]"
    event.contentType = "revoke"
    event.replyTo = mid
    event.details = ["type": "revoke"]
    return event
  }

  /// `metadata` is what we gave the message on its way; `app_id` is missing where a person typed.
  private func origin(_ body: Field) -> EchoOrigin {
    let app = body["app_id"].loose.flatMap { $0.isEmpty || Self.inboxes.contains($0) ? nil : $0 }
    return EchoOrigin(opaque: body["metadata"].loose.flatMap { $0.isEmpty ? nil : clipped($0, 512) }, app: app)
  }
}
