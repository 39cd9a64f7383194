import Core

/// What follows from what a platform says about the business's own account: whether anything may still leave, what a
/// person has to do, and which earlier troubles are over.
public struct AccountNews: Sendable, Equatable {
  public enum Severity: String, Sendable { case act, watch }

  public struct Trouble: Sendable, Equatable {
    /// `alerts.kind`, and `channel_connections.stopped_code` if it stops.
    public var kind: String
    public var severity: Severity
    /// What is wrong and what to do about it.
    public var sentence: String
    /// Nothing leaves until somebody has acted.
    public var stops: Bool
  }

  public var trouble: Trouble?
  /// Kinds of trouble that are over.
  public var over: [String]
  /// The platform's words for how many strangers a day may be written to, and for how people like what they get.
  public var limit: String?
  public var quality: String?

  init(_ trouble: Trouble? = nil, over: [String] = [], limit: String? = nil, quality: String? = nil) {
    self.trouble = trouble
    self.over = over
    self.limit = limit
    self.quality = quality
  }

  private init(_ kind: String, severity: Severity = .act, stops: Bool = false, _ sentence: String) {
    self.init(Trouble(kind: kind, severity: severity, sentence: sentence, stops: stops))
  }

  /// As `apply_news` in SQL reads it.
  var row: JSON {
    .object([
      "kind": trouble.map { .string($0.kind) }, "severity": trouble.map { .string($0.severity.rawValue) },
      "sentence": trouble.map { .string($0.sentence) }, "stops": trouble.map { .bool($0.stops) },
      "over": .array(over.map { .string($0) }), "limit": limit.map { .string($0) },
      "quality": quality.map { .string($0) },
    ])
  }
}

extension InboundEvent {
  /// What follows from news about the account. The words are Meta's: Graph API webhooks, November 2026.
  public var accountNews: AccountNews? {
    guard kind == .account else { return nil }
    let value = Field(details)["value"]
    return switch details["field"] {
    case .string("account_update"): AccountNews.update(value)
    case .string("phone_number_quality_update"): AccountNews.number(value)
    case .string("policy-enforcement"): AccountNews.policy(value)
    case .string("errors"): AccountNews.failure(code: Field(details)["code"].loose ?? "unknown", content)
    default: nil
    }
  }
}

extension AccountNews {
  /// All that `account_update` may stop.
  private static let stops = [
    "account_disabled", "account_restricted", "account_deleted", "account_offboarded", "partner_removed", "app_removed",
  ]

  fileprivate static func update(_ value: Field) -> AccountNews? {
    switch value["event"].text?.uppercased() {
    case "DISABLED_UPDATE": ban(value["ban_info"])
    case "ACCOUNT_VIOLATION":
      AccountNews(
        "account_violation",
        "WhatsApp reports a violation of its policies (\(word(value["violation_info"]["violation_type"]))): read it in"
          + " Meta's Business Support Home and end what caused it, or the account will be restricted")
    case "ACCOUNT_RESTRICTION": restriction(value["restriction_info"])
    case "ACCOUNT_DELETED":
      AccountNews(
        "account_deleted", stops: true,
        "the WhatsApp business account was deleted: nothing leaves; connect another account")
    case "PARTNER_REMOVED":
      AccountNews(
        "partner_removed", stops: true,
        "our access to the WhatsApp business account was taken away: nothing leaves; share the account again in Meta's"
          + " business settings, under Partners")
    case "PARTNER_APP_UNINSTALLED":
      AccountNews(
        "app_removed", stops: true,
        "our app was removed from the WhatsApp business account: nothing leaves; add it again in Meta's business settings,"
          + " under Apps")
    case "ACCOUNT_OFFBOARDED":
      AccountNews(
        "account_offboarded", stops: true,
        "WhatsApp has disconnected the number from us: nothing leaves; connect it again from the WhatsApp Business app")
    case "ACCOUNT_RECONNECTED", "VERIFIED_ACCOUNT": AccountNews(over: stops + ["account_violation"])
    case "PARTNER_ADDED": AccountNews(over: ["partner_removed"])
    case "PARTNER_APP_INSTALLED": AccountNews(over: ["app_removed"])
    default: nil
    }
  }

  /// `{waba_ban_state: "DISABLE" | "SCHEDULE_FOR_DISABLE" | "REINSTATE", or a list of these, waba_ban_date}`
  private static func ban(_ info: Field) -> AccountNews {
    switch info["waba_ban_state"].text ?? info["waba_ban_state"][0].text {
    case "REINSTATE": AccountNews(over: ["account_disabled"])
    case "SCHEDULE_FOR_DISABLE":
      AccountNews(
        "account_disabled",
        "WhatsApp will disable the business account on \(word(info["waba_ban_date"])): appeal in Meta's Business Support"
          + " Home before that day")
    default:
      AccountNews(
        "account_disabled", stops: true,
        "WhatsApp has disabled the business account: nothing leaves; appeal in Meta's Business Support Home")
    }
  }

  /// `[{restriction_type, expiration}]`. Those that leave answers to customers alone do not stop the channel.
  private static func restriction(_ info: Field) -> AccountNews {
    let harmless = ["RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_ADD_PHONE_NUMBER_ACTION"]
    let types = info.items.map { $0["restriction_type"].text ?? "" }
    let stops = types.isEmpty || !types.allSatisfy { harmless.contains($0) }
    let named = types.isEmpty ? "no kind given" : types.prefix(5).map { clipped($0, 80) }.joined(separator: ", ")
    return AccountNews(
      "account_restricted", stops: stops,
      "WhatsApp has restricted the account (\(named)): "
        + (stops ? "nothing leaves" : "customers are still answered, templates may be refused")
        + "; Meta's Business Support Home says until when, and takes an appeal")
  }

  /// `{display_phone_number, event, current_limit | max_daily_conversations_per_business}`
  fileprivate static func number(_ value: Field) -> AccountNews {
    let event = value["event"].text?.uppercased() ?? ""
    let limit = (value["current_limit"].loose ?? value["max_daily_conversations_per_business"].loose)
      .map { clipped($0, 80) }
    var news = AccountNews(over: ["UNFLAGGED", "UPGRADE"].contains(event) ? ["number_quality"] : [], limit: limit)
    if ["FLAGGED", "DOWNGRADE"].contains(event) {
      news.trouble = Trouble(
        kind: "number_quality", severity: .watch,
        sentence: "customers block or report messages of +\(word(value["display_phone_number"])) (\(event), limit"
          + " \(limit ?? "unknown")): send fewer promotions and better chosen ones, or WhatsApp lowers the limit further",
        stops: false)
    }
    if ["FLAGGED", "UNFLAGGED"].contains(event) { news.quality = event }
    return news
  }

  /// `{action: block | unblock | warning, reason}`, of a page or an Instagram account.
  fileprivate static func policy(_ value: Field) -> AccountNews? {
    switch value["action"].text?.lowercased() {
    case "block":
      AccountNews(
        "account_blocked", stops: true,
        "Meta has blocked the account from sending messages (\(word(value["reason"]))): nothing leaves; read why and appeal"
          + " in Meta's Business Support Home")
    case "unblock": AccountNews(over: ["account_blocked", "policy_warning"])
    case "warning":
      AccountNews(
        "policy_warning",
        "Meta warns the account of a violation of its policies (\(word(value["reason"]))): end what caused it, or its"
          + " messages will be blocked")
    default: nil
    }
  }

  /// An error that belongs to no message.
  fileprivate static func failure(code: String, _ sentence: String) -> AccountNews {
    AccountNews(
      "platform_error_\(code)", severity: .watch,
      "WhatsApp reports about the account: \(clipped(sentence, 500)); if messages stay away, look it up in Meta's list of"
        + " error codes")
  }

  private static func word(_ field: Field) -> String { clipped(field.loose ?? "not said", 80) }
}
