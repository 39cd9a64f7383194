import Core
import Rules

/// What each error of the Send API means for us. Source: Messenger Platform error codes, Instagram messaging errors and
/// Graph API error handling, November 2026; the subcodes of files are from older pages of the same.
enum MessengerErrors {
  static let facebook = GraphErrors(
    table(
      cure: "connect the page again and give its new access token: tistis channels resume --token-file FILE",
      permission: "pages_messaging"),
    unauthorised: "Meta does not accept the page's access token: connect the page again,"
      + " then tistis channels resume --token-file FILE.")

  static let instagram = GraphErrors(
    table(
      cure:
        "let the account's owner log in again and give the new access token: tistis channels resume --token-file FILE",
      permission: "instagram_manage_messages, or instagram_business_manage_messages with Instagram's own login"),
    unauthorised: "Meta does not accept the access token: let the Instagram account's owner log in again, then tistis"
      + " channels resume --token-file FILE.")

  private static func table(cure: String, permission: String) -> [GraphErrors.Row] {
    func token(_ why: String) -> String { "\(why): \(cure)." }
    let permission = token("The access token lacks a permission (\(permission)), or the app its Advanced Access")
    return login(token) + refusals + [
      .init(3, .stop, token("The Meta app lacks a capability: add Messenger to it in the app's dashboard")),
      .init(10, .stop, permission), .init(200...299, .stop, permission),
      .init(
        368, .stop,
        "Meta blocked the account for a violation of its policies: read why and appeal in Business Support Home, then "
          + "tistis channels resume."),
    ] + passing
  }

  private static func login(_ token: (String) -> String) -> [GraphErrors.Row] {
    [
      .init(0, .stop, token("Meta could not authenticate the app")),
      .init(102, .stop, token("The login behind the access token has ended")),
      .init(190, subcode: 458, .stop, token("The Meta app was removed from the account")),
      .init(190, subcode: 459, .stop, token("Meta wants the token's owner to log in and confirm who they are")),
      .init(190, subcode: 460, .stop, token("The token ended when its owner changed their password")),
      .init(190, subcode: 463, .stop, token("The access token has expired")),
      .init(190, subcode: 464, .stop, token("Meta wants the token's owner to log in and confirm who they are")),
      .init(190, subcode: 467, .stop, token("The access token was withdrawn")),
      .init(190, .stop, token("Meta does not accept the access token")),
    ]
  }

  /// This message never: the window is closed, another app has the conversation, nobody is there, a parameter is wrong.
  /// They come before the codes that would stop the account.
  private static let refusals: [GraphErrors.Row] = [
    .init(10, subcode: 2_018_278, .final), .init(10, subcode: 2_534_022, .final),
    .init(10, subcode: 2_018_065, .final), .init(10, subcode: 2_018_300, .final),
    .init(200, subcode: 1_545_041, .final), .init(551, .final),
    // A profile that the person has not opened to us.
    .init(230, .final),
    // A file that could not be fetched or taken.
    .init(100, subcode: 2_018_007, .again(tries: 3)), .init(100, subcode: 2_018_008, .again(tries: 3)),
    .init(100, subcode: 2_018_047, .again(tries: 3)),
    .init(100, subcode: 2_018_001, .final), .init(100, subcode: 2_018_109, .final),
    .init(100, subcode: 2_534_037, .final), .init(100, .final), .init(33, .final),
  ]

  private static let passing: [GraphErrors.Row] = [
    .init(1, .again(tries: 3)), .init(2, .again(tries: SendPace.tries)), .init(1200, .again(tries: SendPace.tries)),
    // Too fast: the app, the page or account.
    .init(4, .slow(.app, after: 60)), .init(32, .slow(.number, after: 60)), .init(613, .slow(.number, after: 60)),
    .init(80_002, .slow(.number, after: 60)), .init(80_006, .slow(.number, after: 60)),
  ]
}
