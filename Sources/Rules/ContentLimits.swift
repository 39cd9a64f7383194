/// What a platform allows of everything but plain text. Lengths are in its own unit (`ChannelLimits.length`).
public struct ContentLimits: Sendable, Equatable {
  // Around buttons and lists.
  public var body: Int
  public var header: Int
  public var footer: Int

  public var buttons: Int
  public var buttonTitle: Int
  public var buttonID: Int

  public var sections: Int
  public var sectionTitle: Int
  /// In all sections together.
  public var rows: Int
  public var rowTitle: Int
  public var rowID: Int
  public var rowDescription: Int
  /// Of the button that opens a list.
  public var listLabel: Int

  public var linkTitle: Int
  public var formLabel: Int
  public var caption: Int
  public var cards: Int
  public var url: Int

  public var templateName: Int
  public var templateButtons: Int
  public var media: MediaRules

  /// The Cloud API's reference, read November 2026. Of lists some libraries claim a body of 4,096; the reference says
  /// 1,024 of every interactive message. Five cards are a recommendation, not a refusal.
  static let whatsapp = ContentLimits(
    body: 1024, header: 60, footer: 60, buttons: 3, buttonTitle: 20, buttonID: 256, sections: 10, sectionTitle: 24,
    rows: 10, rowTitle: 24, rowID: 200, rowDescription: 72, listLabel: 20, linkTitle: 20, formLabel: 30, caption: 1024,
    cards: 5, url: 2000, templateName: 512, templateButtons: 10, media: .whatsapp)

  /// Business Messaging, November 2026: a card with up to three buttons under a title, and pictures.
  static let tiktok = ContentLimits(
    body: 40, header: 0, footer: 0, buttons: 3, buttonTitle: 20, buttonID: 40, sections: 0, sectionTitle: 0,
    rows: 0, rowTitle: 0, rowID: 0, rowDescription: 0, listLabel: 0, linkTitle: 0, formLabel: 0, caption: 0,
    cards: 0, url: 2000, templateName: 0, templateButtons: 0, media: .tiktok)
}
