import Core
import Rules

/// What WhatsApp tells the business about itself: templates, account, consent, failures.
extension WhatsApp {
  /// A change of another field than messages. Those of which nothing can be told apart are kept raw.
  static func readNotice(_ change: Field, _ place: WhatsAppPlace) -> InboundEvent {
    let value = change["value"]
    let field = place.field ?? ""
    let kind: InboundEvent.Kind =
      if templateFields.contains(field) {
        .template
      } else if accountFields.contains(field) {
        .account
      } else {
        .unsupported
      }
    let at = Meta.instant(value["timestamp"]) ?? Meta.instant(Field(place.time ?? .null))
    return InboundEvent(
      kind: kind, accountID: place.accountID, externalID: noticeID(change, place), at: at,
      content: kind == .template ? templateText(value, field) : accountText(value, field),
      contentType: kind.rawValue,
      details: .object([
        "field": .string(field), "waba_id": place.entryID.map { .string($0) }, "value": value.value,
      ]), raw: change.value ?? .null)
  }

  /// `{wa_id, user_id?, detail, category, value: stop|resume|signup, timestamp}`: whether a person wants marketing.
  static func readPreference(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    let person = WhatsAppPerson(number: item["wa_id"], userID: item["user_id"], contacts: place.contacts)
    guard !person.aliases.isEmpty else { throw item["wa_id"].expected("a number or user id") }
    guard let choice = item["value"].text, !choice.isEmpty else { throw item["value"].expected("stop or resume") }
    let raw = item.value ?? .null
    return InboundEvent(
      kind: .preference, accountID: place.accountID, externalID: Meta.hashed(raw), aliases: person.aliases,
      profileName: person.name, at: Meta.instant(item["timestamp"]),
      content: clipped(item["detail"].text ?? choice, 1000), contentType: "preference",
      selection: clipped(choice.lowercased(), 40),
      details: .object(["category": item["category"].value, "value": item["value"].value]), raw: raw)
  }

  /// An error that belongs to no message: of the account or of WhatsApp. Its code may be 0.
  static func readFailure(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    let raw = item.value ?? .null
    guard let fault = GraphFault(item) else { throw item.expected("an error with a code or a title") }
    return InboundEvent(
      kind: .account, accountID: place.accountID,
      externalID: Meta.hashed([raw, place.time ?? .null, .string(place.accountID ?? "")]),
      at: Meta.instant(Field(place.time ?? .null)), content: "error \(fault.code): \(fault.sentence)",
      contentType: "error",
      details: .object(["field": .string(place.field == "history" ? "history" : "errors"), "code": .string(fault.code)]
      ),
      raw: raw)
  }

  // MARK: Parts

  private static let templateFields: Set<String> = [
    "message_template_status_update", "message_template_quality_update", "message_template_components_update",
    "template_category_update", "template_correct_category_detection",
  ]

  private static let accountFields: Set<String> = [
    "account_update", "account_alerts", "account_review_update", "account_settings_update",
    "business_capability_update", "business_status_update", "business_username_update", "phone_number_name_update",
    "phone_number_quality_update", "security",
  ]

  /// Notices have no ids; the moment tells two equal ones apart.
  private static func noticeID(_ change: Field, _ place: WhatsAppPlace) -> String {
    Meta.hashed([.string(place.entryID ?? ""), place.time ?? .null, change.value ?? .null])
  }

  private static func templateText(_ value: Field, _ field: String) -> String {
    let name = value["message_template_name"].loose ?? value["message_template_id"].loose ?? "?"
    let language = value["message_template_language"].text.map { " (\($0))" } ?? ""
    let news = [value["event"], value["new_quality_score"], value["new_category"]].compactMap(\.text).first ?? field
    let reason = value["reason"].text.flatMap { $0 == "NONE" ? nil : ": \($0)" } ?? ""
    return clipped("plantilla \(name)\(language): \(news)\(reason)", 1000)
  }

  private static func accountText(_ value: Field, _ field: String) -> String {
    let news = [value["event"], value["decision"], value["alert_type"], value["current_limit"]].compactMap(\.text)
    return clipped(([field.isEmpty ? "aviso" : field] + news).joined(separator: " "), 1000)
  }
}
