import Core

/// What is known of an integrator's key that somebody may have to look at.
public struct KeyFacts: Sendable {
  /// Calls that were refused lately, and why: revoked, expired, address, scope, rate.
  public struct Refusal: Sendable {
    public var reason: String
    public var times: Int64
    public var last: Instant
    public init(reason: String, times: Int64, last: Instant) {
      (self.reason, self.times, self.last) = (reason, times, last)
    }
  }

  public var isActive: Bool
  public var created: Instant
  public var expires: Instant?
  /// Another key takes its place, and it is taken until then.
  public var ends: Instant?
  public var lastUsed: Instant?
  public var refusals: [Refusal]

  public init(
    isActive: Bool, created: Instant, expires: Instant?, ends: Instant?, lastUsed: Instant?, refusals: [Refusal]
  ) {
    (self.isActive, self.created, self.expires, self.ends) = (isActive, created, expires, ends)
    (self.lastUsed, self.refusals) = (lastUsed, refusals)
  }
}

/// Something about a key that somebody has to do (`act`) or know (`watch`).
public struct KeyAlert: Sendable, Equatable {
  public var kind: String
  public var isUrgent: Bool
  public var sentence: String
  /// Since when, or when last; of `expiring`: when it will be over.
  public var at: Instant
  /// How many calls were refused; nil: it is not about calls.
  public var times: Int64?

  public static let kinds = [
    "expiring", "unused", "revoked_key_tried", "expired_key_tried", "address_refused", "scope_refused", "rate_limited",
  ]
  /// How many days refusals are told of.
  public static let lately = 7
  private static let day = 86_400.0

  public static func all(_ key: KeyFacts, now: Instant) -> [KeyAlert] {
    var alerts: [KeyAlert] = []
    let inUse = key.isActive && key.ends == nil && key.expires.map { $0 > now } ?? true
    if inUse, let expires = key.expires, expires - now <= 14 * day {
      let days = Int((expires - now) / day)
      alerts.append(
        .init(
          kind: "expiring", isUrgent: true,
          sentence:
            "it expires in \(days == 0 ? "less than a day" : days == 1 ? "a day" : "\(days) days"): rotate it, or give it another end",
          at: expires))
    }
    let quiet = max(key.lastUsed ?? key.created, key.created)
    if inUse, now - quiet >= 90 * day {
      alerts.append(
        .init(
          kind: "unused", isUrgent: false,
          sentence: key.lastUsed == nil
            ? "nobody has used it since it was made: revoke it if nobody needs it"
            : "nobody has used it for \(Int((now - quiet) / day)) days: revoke it if nobody needs it", at: quiet))
    }
    return alerts + key.refusals.compactMap(refused)
  }

  private static func refused(_ refusal: KeyFacts.Refusal) -> KeyAlert? {
    let (kind, isUrgent, sentence): (String, Bool, String)
    switch refusal.reason {
    case "revoked":
      (kind, isUrgent) = ("revoked_key_tried", true)
      sentence =
        "it is revoked or replaced, and somebody still calls with it: give them the new one, or find out who has it"
    case "expired":
      (kind, isUrgent) = ("expired_key_tried", true)
      sentence = "it has expired, and somebody still calls with it: give them another"
    case "address":
      (kind, isUrgent) = ("address_refused", true)
      sentence = "calls came from addresses that it may not be used from: add them to ip_whitelist, or rotate it"
    case "scope":
      (kind, isUrgent) = ("scope_refused", false)
      sentence = "calls asked for what it has no scope for"
    case "rate":
      (kind, isUrgent) = ("rate_limited", false)
      sentence = "calls came faster than it may: slow the caller down, or raise rate_limit_rpm or rate_limit_daily"
    default: return nil
    }
    return .init(kind: kind, isUrgent: isUrgent, sentence: sentence, at: refusal.last, times: refusal.times)
  }
}
