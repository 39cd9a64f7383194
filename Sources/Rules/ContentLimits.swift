/// What a platform allows of everything but plain text. Lengths are in characters (`ChannelLimits.Unit`), those of a body
/// in the platform's own unit (`ChannelLimits.length`).
public struct ContentLimits: Sendable, Equatable {
  /// What the platform shows at all.
  public var kinds: Set<OutboundContent.Kind>

  // Around buttons and lists. Without a header of at least one character there is none, of media neither.
  public var body: Int
  public var header = 0
  public var footer = 0

  public var buttons: Int
  public var buttonTitle: Int
  public var buttonID: Int

  public var quickReplies = 0
  public var quickReplyTitle = 0
  public var quickReplyID = 0

  public var sections = 0
  public var sectionTitle = 0
  /// In all sections together.
  public var rows = 0
  public var rowTitle = 0
  public var rowID = 0
  public var rowDescription = 0
  /// Of the button that opens a list.
  public var listLabel = 0

  public var linkTitle = 0
  public var formLabel = 0
  public var caption = 0
  /// Visiting cards.
  public var cards = 0
  public var url = 2000

  public var tiles = 0
  public var tileTitle = 0
  public var tileSubtitle = 0
  public var tileButtons = 0

  public var templateName = 0
  public var templateButtons = 0
  public var media: MediaRules

  /// The Cloud API's reference, read November 2026. Of lists some libraries claim a body of 4,096; the reference says
  /// 1,024 of every interactive message. Five cards are a recommendation, not a refusal.
  static let whatsapp = ContentLimits(
    kinds: Set(OutboundContent.Kind.allCases).subtracting([.quickReplies, .cards]),
    body: 1024, header: 60, footer: 60, buttons: 3, buttonTitle: 20, buttonID: 256, sections: 10, sectionTitle: 24,
    rows: 10, rowTitle: 24, rowID: 200, rowDescription: 72, listLabel: 20, linkTitle: 20, formLabel: 30, caption: 1024,
    cards: 5, templateName: 512, templateButtons: 10, media: .whatsapp)

  /// The Messenger Platform's reference, read November 2026: button template, generic template, quick replies.
  static let messenger = meta(.messenger)
  /// Instagram has the same templates. Its texts are counted in bytes, a template's body to be safe as well.
  static let instagram = meta(.instagram)

  /// Business Messaging, November 2026: a card with up to three buttons under a title, and pictures.
  static let tiktok = ContentLimits(
    kinds: [.text, .buttons, .media], body: 40, buttons: 3, buttonTitle: 20, buttonID: 40, media: .tiktok)

  private static func meta(_ media: MediaRules) -> ContentLimits {
    ContentLimits(
      kinds: [.text, .buttons, .quickReplies, .link, .cards, .media],
      body: 640, buttons: 3, buttonTitle: 20, buttonID: 1000, quickReplies: 13, quickReplyTitle: 20, quickReplyID: 1000,
      linkTitle: 20, tiles: 10, tileTitle: 80, tileSubtitle: 80, tileButtons: 3, media: media)
  }
}
