import Core

/// What became of a message template: each member is nil if nothing was said about it. The words are the platform's.
public struct TemplateNews: Sendable, Equatable {
  /// Of the platform's business account that owns it.
  public var business: String
  public var name: String
  public var language: String
  public var externalID: String?
  /// APPROVED, PENDING, REJECTED, PAUSED, DISABLED, FLAGGED …; only what is APPROVED may be sent.
  public var status: String?
  public var reason: String?
  /// GREEN, YELLOW, RED, UNKNOWN.
  public var quality: String?
  /// MARKETING, UTILITY, AUTHENTICATION: decides the price and whether it needs consent.
  public var category: String?
  /// Its parts were changed, so that what we know of them is void.
  public var changed = false

  /// As `apply_news` in SQL reads it.
  var row: JSON {
    .object([
      "kind": trouble.map { _ in .string(alertKind) }, "severity": "act", "sentence": trouble.map { .string($0) },
      "over": .array(status == "APPROVED" ? [.string(alertKind)] : []),
      "template": .object([
        "business": .string(business), "name": .string(name), "language": .string(language),
        "external_id": externalID.map { .string($0) }, "status": status.map { .string($0) },
        "reason": reason.map { .string($0) }, "quality": quality.map { .string($0) },
        "category": category.map { .string($0) }, "changed": .bool(changed),
      ]),
    ])
  }

  private var alertKind: String { "template \(name) \(language)" }

  private var trouble: String? {
    let what = "the template \(name) (\(language)) "
    let why = reason.map { " (\($0))" } ?? ""
    return switch status {
    case "PAUSED":
      what + "was paused\(why) because customers block or report it: it is not sent until WhatsApp reinstates it;"
        + " change its text or whom it goes to"
    case "DISABLED": what + "was disabled\(why): it is never sent again; make another one in Meta's WhatsApp Manager"
    case "REJECTED": what + "was rejected\(why): correct it in Meta's WhatsApp Manager and submit it again, or appeal"
    default: nil
    }
  }
}

extension InboundEvent {
  /// What became of a template; nil if it is not named. Graph API webhooks, November 2026.
  public var templateNews: TemplateNews? {
    let details = Field(details)
    let value = details["value"]
    func text(_ field: Field, _ most: Int = 80) -> String? {
      field.loose.flatMap { $0.isEmpty || $0 == "NONE" ? nil : clipped($0, most) }
    }
    guard kind == .template, let business = text(Field(.string(businessID ?? details["waba_id"].loose ?? ""))),
      let name = text(value["message_template_name"], 512)
    else { return nil }
    var news = TemplateNews(
      business: business, name: name, language: text(value["message_template_language"]) ?? "",
      externalID: text(value["message_template_id"]))
    switch details["field"].text {
    case "message_template_status_update":
      let word = text(value["event"])?.uppercased()
      news.status = word == "REINSTATED" ? "APPROVED" : word
      news.reason =
        text(value["reason"], 500) ?? text(value["rejection_info"]["reason"], 500)
        ?? text(value["other_info"]["description"], 500) ?? text(value["other_info"]["title"], 500)
      news.category = text(value["message_template_category"])?.uppercased()
    case "message_template_quality_update": news.quality = text(value["new_quality_score"])?.uppercased()
    case "template_category_update" where !value["correct_category"].exists:
      // With a correct category it only warns of what will be changed.
      news.category = text(value["new_category"])?.uppercased()
    case "message_template_components_update": news.changed = true
    default: return nil
    }
    return news
  }

  /// What follows from what a platform says about the business itself, as `apply_news` in SQL reads it.
  public var news: JSON? { accountNews?.row ?? templateNews?.row }
}
