import Core
import Rules

/// What each error of the Cloud API means for us: one table for answers and for failed statuses.
/// Source: WhatsApp Cloud API error codes and Graph API error handling, November 2026.
enum WhatsAppErrors {
  /// The code decides, the subcode's row before the plain one. What the table does not know is decided by
  /// `is_transient` and the HTTP status (nil: it came in a status), which are no reliable discriminators: throttles come
  /// as 400, 403 or 429.
  static func judge(_ fault: GraphFault, status: Int?) -> SendJudgement {
    let subcode = fault.subcode.flatMap { Int($0) }
    if let code = Int(fault.code) {
      let rows = table.filter { $0.codes.contains(code) }
      if let row = rows.first(where: { $0.subcode != nil && $0.subcode == subcode })
        ?? rows.first(where: { $0.subcode == nil })
      {
        return SendJudgement(code: fault.code, row.consequence, advice: row.advice)
      }
    }
    return unknown(fault.code, transient: fault.transient, status: status)
  }

  /// An answer without a Graph error, or with a code that the table does not know.
  static func unknown(_ code: String, transient: Bool = false, status: Int?) -> SendJudgement {
    switch status ?? 0 {
    case 429: SendJudgement(code: code, .slow(.number, after: 1))
    case _ where transient, 500...: SendJudgement(code: code, .again(tries: SendPace.tries))
    case 401: SendJudgement(code: code, .stop, advice: token("Meta does not accept the access token"))
    case 403 where Int(code) == nil:
      SendJudgement(
        code: code, .stop,
        advice:
          "Something before Meta's API refused our calls (HTTP 403): see whether META_GRAPH_URL and the way out of "
          + "this machine are right, then tistis channels resume.")
    default: SendJudgement(code: code, .final)
    }
  }

  private struct Row {
    let codes: ClosedRange<Int>
    var subcode: Int?
    let consequence: SendConsequence
    var advice: String?

    init(_ codes: ClosedRange<Int>, subcode: Int? = nil, _ consequence: SendConsequence, _ advice: String? = nil) {
      self.codes = codes
      self.subcode = subcode
      self.consequence = consequence
      self.advice = advice
    }

    init(_ code: Int, subcode: Int? = nil, _ consequence: SendConsequence, _ advice: String? = nil) {
      self.init(code...code, subcode: subcode, consequence, advice)
    }
  }

  private static func token(_ why: String) -> String {
    why + ": make a new system-user token in Meta Business settings, then tistis channels resume --token-file FILE."
  }

  private static let permission = token(
    "The access token lacks a permission: give the system user full control of the WhatsApp account and the app "
      + "whatsapp_business_messaging")
  private static let payment =
    "Meta could not charge the business: add a payment method to the WhatsApp account in Meta Business settings, pay what "
    + "is open, then tistis channels resume."

  private static let table: [Row] = [
    // Login and permission.
    Row(0, .stop, token("Meta could not authenticate the app")),
    Row(3, .stop, token("The Meta app lacks a capability: add WhatsApp to it in the app's dashboard")),
    Row(10, .stop, permission),
    Row(190, subcode: 458, .stop, token("The Meta app was removed from the business: connect it again")),
    Row(190, subcode: 459, .stop, token("Meta wants the token's owner to log in and confirm who they are")),
    Row(190, subcode: 460, .stop, token("The token ended when its owner changed their password")),
    Row(190, subcode: 463, .stop, token("The access token has expired")),
    Row(190, subcode: 464, .stop, token("Meta wants the token's owner to log in and confirm who they are")),
    Row(190, subcode: 467, .stop, token("The access token was withdrawn")),
    Row(190, .stop, token("Meta does not accept the access token")),
    Row(200...299, .stop, permission),
    Row(131_005, .stop, permission),
    // Locked, blocked, not registered, not approved, not paid.
    Row(
      368, .stop,
      "Meta blocked the business for a violation of its policies: read why and appeal in Business Support Home, then "
        + "tistis channels resume."),
    Row(
      130_497, .stop,
      "Meta does not let this business write to the customer's country: see the restrictions in WhatsApp Manager, then "
        + "tistis channels resume."),
    Row(
      131_031, .stop,
      "Meta locked the WhatsApp account: read why and appeal in Business Support Home, then tistis channels resume."),
    Row(
      131_037, .stop,
      "The number's display name is not approved: choose one that Meta accepts in WhatsApp Manager, wait for the "
        + "approval, then tistis channels resume."),
    Row(131_042, .stop, payment), Row(131_044, .stop, payment),
    Row(
      131_045, .stop,
      "The number's registration is broken: register it again with its certificate in WhatsApp Manager, then tistis "
        + "channels resume."),
    Row(
      133_010, .stop,
      "The number is not registered for the Cloud API: register it in WhatsApp Manager, then tistis channels resume."),
    // Unknown or passing trouble on their side.
    Row(1, .again(tries: 3)), Row(131_000, .again(tries: 3)),
    Row(2, .again(tries: SendPace.tries)), Row(131_016, .again(tries: SendPace.tries)),
    Row(133_004, .again(tries: SendPace.tries)), Row(132_069, .again(tries: SendPace.tries)),
    Row(131_057, .again(tries: SendPace.tries, after: 30)),
    Row(131_052, .again(tries: 3)), Row(131_053, .again(tries: 2)),
    Row(134_000...135_000, .again(tries: 2)),
    // Too fast: the app, the WhatsApp account, the number, one person.
    Row(4, .slow(.app, after: 60)), Row(613, .slow(.app, after: 60)), Row(80_007, .slow(.account, after: 60)),
    Row(130_429, .slow(.number, after: 1)), Row(133_016, .slow(.number, after: 60)),
    Row(131_056, .pair),
    // Quality.
    Row(
      131_048, .pause(initiatedOnly: false, seconds: 14_400),
      "Too many customers blocked or reported this number: its messages rest for four hours. Stop promotions, see the "
        + "quality in WhatsApp Manager; tistis channels resume ends the rest."),
    Row(
      131_064, .pause(initiatedOnly: true, seconds: 86_400),
      "Meta limits the templates of this account for wrong categories: templates rest for a day, answers go on. Give "
        + "the templates their right category in WhatsApp Manager; tistis channels resume ends the rest."),
    // Consent and templates.
    Row(131_050, .optOut), Row(131_049, .spare),
    Row(
      132_015, .blockTemplate(.paused),
      "Meta paused a template for its low quality: it is not sent until Meta wakes it. Word it better or send another."),
    Row(
      132_016, .blockTemplate(.disabled),
      "Meta disabled a template that was paused too often: it is never sent again. Make a new one in WhatsApp Manager."),
    // Parameters, window, recipient: this message never.
    Row(33, .final), Row(100, .final), Row(130_472, .final), Row(131_008...131_009, .final), Row(131_021, .final),
    Row(131_026, .final), Row(131_030, .final), Row(131_047, .final), Row(131_051, .final),
    Row(131_062...131_063, .final), Row(132_000...132_014, .final), Row(132_017...132_068, .final),
    Row(137_000, .final), Row(139_200, .final),
  ]
}
