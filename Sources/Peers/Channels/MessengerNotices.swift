import Core
import Rules

/// What people do besides writing, and what the platform tells of itself.
extension Messenger {
  /// `{mid, action: react | unreact, reaction?, emoji?}`; either of the two last may be missing.
  func readReaction(_ item: MessengerItem, _ place: MessengerPlace) throws(Refusal) -> InboundEvent {
    guard let mid = id(item.mid) else { throw item.mid.expected("a message id") }
    if isEcho(item, place) { return place.aside(item.whole, "the business's own reaction") }
    let action = item.body["action"].text?.lowercased() ?? "react"
    var event = try draft(
      .reaction, item, place, id: item.named("reaction", action, item.timestamp.loose, item.sender.loose, mid))
    let shown = [item.body["emoji"], item.body["reaction"]].compactMap { $0.text.flatMap(oneLine) }.first
    event.content = action == "unreact" ? "" : clipped(shown ?? "[reacción]", 100)
    event.contentType = "reaction"
    event.replyTo = mid
    event.details = .object([
      "type": "reaction", "action": .string(clipped(action, 40)), "reaction": item.body["reaction"].value,
    ])
    return event
  }

  /// `{mid, text, num_edit}`: the number tells one edit from the next.
  func readEdit(_ item: MessengerItem, _ place: MessengerPlace) throws(Refusal) -> InboundEvent {
    guard let mid = id(item.mid) else { throw item.mid.expected("a message id") }
    guard let text = item.body["text"].loose else { throw item.body["text"].expected("a string") }
    if isEcho(item, place) { return place.aside(item.whole, "the business edited its own message") }
    let number = item.body["num_edit"].loose ?? item.timestamp.loose
    var event = try draft(.edit, item, place, id: item.named("edit", number, mid))
    event.content = text.contains { !$0.isWhitespace } ? clipped(text, Limits.messageText) : "[mensaje vacío]"
    event.replyTo = mid
    event.details = .object(["type": "edit", "num_edit": item.body["num_edit"].value])
    return event
  }

  /// `{ref?, source, type, ad_id?, ads_context_data?}`: an old conversation is opened again by a link or an
  /// advertisement. Nothing was said.
  func readReferral(_ item: MessengerItem, _ place: MessengerPlace) throws(Refusal) -> InboundEvent {
    var event = try draft(.referral, item, place, id: made("referral", item))
    let ref = item.body["ref"].loose.flatMap(oneLine)
    let referral = Self.referral(item.body)
    let way = referral?["source_type"] == .string("ad") ? "un anuncio" : "un enlace"
    let what = item.body["ads_context_data"]["ad_title"].text.flatMap(oneLine) ?? ref
    event.content = "[volvió por \(way)\(what.map { ": \($0)" } ?? "")]"
    event.contentType = "referral"
    event.selection = ref
    event.details = .object(["type": "referral", "referral": referral])
    return event
  }

  /// `{ref, user_ref?}`, or `{type: "notification_messages", payload, …}`. With `user_ref` alone nobody is known yet. The
  /// token that it may bring is left to `raw`.
  func readOptIn(_ item: MessengerItem, _ place: MessengerPlace) -> InboundEvent {
    let body = item.body
    var event = event(.optin, item, place, id: made("optin", item), aliases: [alias(item.sender)].compactMap(\.self))
    event.content = "[permitió que se le escriba]"
    event.contentType = "optin"
    event.selection = (body["payload"].loose ?? body["ref"].loose).map { clipped($0, Limits.externalID) }
    event.details = .object([
      "type": body["type"].value ?? "checkbox", "ref": body["ref"].value,
      "user_ref": body["user_ref"].value ?? item.whole["sender"]["user_ref"].value,
      "status": body["user_token_status"].value, "title": body["title"].value,
    ])
    return event
  }

  /// `{status: linked | unlinked}`.
  func readLinking(_ item: MessengerItem, _ place: MessengerPlace) throws(Refusal) -> InboundEvent {
    var event = try draft(.system, item, place, id: made("linking", item))
    let linked = item.body["status"].text != "unlinked"
    event.content = linked ? "[cuenta vinculada]" : "[cuenta desvinculada]"
    event.contentType = "system"
    event.details = .object(["type": "account_linking", "status": item.body["status"].value])
    return event
  }

  /// Which of the business's apps has the conversation (Conversation Routing, before September 2025 the handover
  /// protocol). `details`: `action` pass, take, request or roles; `owner` who has it now, `us` or an app's id, missing
  /// where nothing changed hands. `pass` comes to the app that gets it, `take` to the one that loses it.
  func readThread(_ item: MessengerItem, _ place: MessengerPlace) -> InboundEvent {
    let body = item.body
    let new = body["new_owner_app_id"].loose
    let (action, content, owner): (String, String, String?) =
      switch item.key {
      case .pass where new.map(Self.inboxes.contains) == true: ("pass", "[la conversación pasó al buzón]", new)
      case .pass: ("pass", "[la conversación pasó a esta aplicación]", "us")
      case .take: ("take", "[otra aplicación tomó la conversación]", new ?? "another")
      case .request: ("request", "[otra aplicación pide la conversación]", nil)
      default: ("roles", "[se repartieron los papeles de las aplicaciones]", nil)
      }
    let aliases = person(item, place).map { [$0] } ?? []
    var event = event(.threadControl, item, place, id: made(action, item), aliases: action == "roles" ? [] : aliases)
    event.content = content
    event.contentType = "thread_control"
    event.details = .object([
      "action": .string(action), "owner": owner.map { .string($0) }, "new_owner": new.map { .string($0) },
      "previous_owner": body["previous_owner_app_id"].loose.map { .string($0) },
      "requested_owner": body["requested_owner_app_id"].loose.map { .string($0) },
      "metadata": body["metadata"].loose.map { .string(clipped($0, 1000)) },
      "roles": action == "roles" ? body.value : nil,
    ])
    return event
  }

  /// `{action: block | unblock | warning, reason}`: about the page, from nobody.
  func readPolicy(_ item: MessengerItem, _ place: MessengerPlace) -> InboundEvent {
    var event = event(.account, item, place, id: made("policy", item))
    event.accountID = place.accountID ?? item.recipient.loose
    let words = [item.body["action"], item.body["reason"]].compactMap { $0.text.flatMap(oneLine) }
    event.content = clipped((["política"] + words).joined(separator: " "), 1000)
    event.contentType = "account"
    event.details = .object(["field": "policy-enforcement", "value": item.body.value])
    return event
  }

  /// Notices have no ids: who, when and what tell them apart.
  private func made(_ what: String, _ item: MessengerItem) -> String {
    Meta.hashed([
      .string(what), .string(item.sender.loose ?? ""), .string(item.timestamp.loose ?? ""), item.body.value ?? .null,
    ])
  }
}
