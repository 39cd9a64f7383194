import Core

/// What we say to a person, in one vocabulary for all platforms. Its JSON form (`OutboundJSON.swift`) is kept in
/// `messages.payload` and is what `tistis conversations send --from-json` takes.
public enum OutboundContent: Sendable, Equatable {
  case text(String)
  /// A few options as buttons under the text.
  case buttons(Frame, [Option])
  /// Options that stand below the conversation until the next message comes.
  case quickReplies(String, [Option])
  /// Pictures with a title, side by side, each with what can be pressed.
  case cards([Tile])
  /// More options, in a list that a button named `label` opens.
  case list(Frame, label: String, [Section])
  /// A button named `title` that opens a web page.
  case link(Frame, title: String, url: String)
  /// A button that opens one of the platform's forms (WhatsApp: a flow).
  case form(Frame, Form)
  /// Asks the person to share where they are.
  case locationRequest(String)
  /// A text that the platform has approved, with its gaps filled: the only thing that may leave outside the window.
  case template(Template)
  case media(Media)
  case location(Place)
  case contacts([Card])
  /// `to` is the platform's id of the message; an empty emoji takes the reaction back.
  case reaction(to: String, emoji: String)

  /// The word for each case in JSON.
  public enum Kind: String, Sendable, CaseIterable {
    case text, buttons, list, link, form, template, media, location, contacts, reaction
    case locationRequest = "location_request"
    case quickReplies = "quick_replies"
    case cards
  }

  public var kind: Kind {
    switch self {
    case .text: .text
    case .buttons: .buttons
    case .quickReplies: .quickReplies
    case .cards: .cards
    case .list: .list
    case .link: .link
    case .form: .form
    case .locationRequest: .locationRequest
    case .template: .template
    case .media: .media
    case .location: .location
    case .contacts: .contacts
    case .reaction: .reaction
    }
  }
}
