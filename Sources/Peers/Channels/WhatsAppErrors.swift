import Core
import Rules

/// What each error of the Cloud API means for us: one table for answers and for failed statuses.
/// Source: WhatsApp Cloud API error codes and Graph API error handling, November 2026.
enum WhatsAppErrors {
  static let all = GraphErrors(table, unauthorised: token("Meta does not accept the access token"))

  /// A fault that came in an answer of that HTTP status, or in a report (nil).
  static func judge(_ fault: GraphFault, status: Int?) -> SendJudgement { all.judge(fault, status: status) }

  private static func token(_ why: String) -> String {
    why + ": make a new system-user token in Meta Business settings, then tistis channels resume --token-file FILE."
  }

  private static let permission = token(
    "The access token lacks a permission: give the system user full control of the WhatsApp account and the app "
      + "whatsapp_business_messaging")
  private static let payment =
    "Meta could not charge the business: add a payment method to the WhatsApp account in Meta Business settings, pay what "
    + "is open, then tistis channels resume."

  private static let table: [GraphErrors.Row] = [
    // Login and permission.
    .init(0, .stop, token("Meta could not authenticate the app")),
    .init(3, .stop, token("The Meta app lacks a capability: add WhatsApp to it in the app's dashboard")),
    .init(10, .stop, permission),
    .init(190, subcode: 458, .stop, token("The Meta app was removed from the business: connect it again")),
    .init(190, subcode: 459, .stop, token("Meta wants the token's owner to log in and confirm who they are")),
    .init(190, subcode: 460, .stop, token("The token ended when its owner changed their password")),
    .init(190, subcode: 463, .stop, token("The access token has expired")),
    .init(190, subcode: 464, .stop, token("Meta wants the token's owner to log in and confirm who they are")),
    .init(190, subcode: 467, .stop, token("The access token was withdrawn")),
    .init(190, .stop, token("Meta does not accept the access token")),
    .init(200...299, .stop, permission),
    .init(131_005, .stop, permission),
    // Locked, blocked, not registered, not approved, not paid.
    .init(
      368, .stop,
      "Meta blocked the business for a violation of its policies: read why and appeal in Business Support Home, then "
        + "tistis channels resume."),
    .init(
      130_497, .stop,
      "Meta does not let this business write to the customer's country: see the restrictions in WhatsApp Manager, then "
        + "tistis channels resume."),
    .init(
      131_031, .stop,
      "Meta locked the WhatsApp account: read why and appeal in Business Support Home, then tistis channels resume."),
    .init(
      131_037, .stop,
      "The number's display name is not approved: choose one that Meta accepts in WhatsApp Manager, wait for the "
        + "approval, then tistis channels resume."),
    .init(131_042, .stop, payment), .init(131_044, .stop, payment),
    .init(
      131_045, .stop,
      "The number's registration is broken: register it again with its certificate in WhatsApp Manager, then tistis "
        + "channels resume."),
    .init(
      133_010, .stop,
      "The number is not registered for the Cloud API: register it in WhatsApp Manager, then tistis channels resume."),
    // Unknown or passing trouble on their side.
    .init(1, .again(tries: 3)), .init(131_000, .again(tries: 3)),
    .init(2, .again(tries: SendPace.tries)), .init(131_016, .again(tries: SendPace.tries)),
    .init(133_004, .again(tries: SendPace.tries)), .init(132_069, .again(tries: SendPace.tries)),
    .init(131_057, .again(tries: SendPace.tries, after: 30)),
    .init(131_052, .again(tries: 3)), .init(131_053, .again(tries: 2)),
    .init(134_000...135_000, .again(tries: 2)),
    // Too fast: the app, the WhatsApp account, the number, one person.
    .init(4, .slow(.app, after: 60)), .init(613, .slow(.app, after: 60)), .init(80_007, .slow(.account, after: 60)),
    .init(130_429, .slow(.number, after: 1)), .init(133_016, .slow(.number, after: 60)),
    .init(131_056, .pair),
    // Quality.
    .init(
      131_048, .pause(initiatedOnly: false, seconds: 14_400),
      "Too many customers blocked or reported this number: its messages rest for four hours. Stop promotions, see the "
        + "quality in WhatsApp Manager; tistis channels resume ends the rest."),
    .init(
      131_064, .pause(initiatedOnly: true, seconds: 86_400),
      "Meta limits the templates of this account for wrong categories: templates rest for a day, answers go on. Give "
        + "the templates their right category in WhatsApp Manager; tistis channels resume ends the rest."),
    // Consent and templates.
    .init(131_050, .optOut), .init(131_049, .spare),
    .init(
      132_015, .blockTemplate(.paused),
      "Meta paused a template for its low quality: it is not sent until Meta wakes it. Word it better or send another."),
    .init(
      132_016, .blockTemplate(.disabled),
      "Meta disabled a template that was paused too often: it is never sent again. Make a new one in WhatsApp Manager."),
    // Parameters, window, recipient: this message never.
    .init(33, .final), .init(100, .final), .init(130_472, .final), .init(131_008...131_009, .final),
    .init(131_021, .final),
    .init(131_026, .final), .init(131_030, .final), .init(131_047, .final), .init(131_051, .final),
    .init(131_062...131_063, .final), .init(132_000...132_014, .final), .init(132_017...132_068, .final),
    .init(137_000, .final), .init(139_200, .final),
  ]
}
