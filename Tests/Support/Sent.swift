import Core

/// A text that a platform received from us, as the sandbox's journal tells it.
public struct Sent: Sendable {
  public let at: Instant
  public let peer: String
  /// Of the account that sends: in the path, or TikTok's business_id.
  public let sender: String
  /// Our message's id; TikTok carries none.
  public let opaque: String?
  public let to: String
  public let text: String
  /// Whether the platform took it, and under which id, if we were told.
  public let accepted: Bool
  public let wamid: String?

  public init(
    at: Instant, peer: String, sender: String, opaque: String?, to: String, text: String, accepted: Bool, wamid: String?
  ) {
    (self.at, self.peer, self.sender, self.opaque) = (at, peer, sender, opaque)
    (self.to, self.text, self.accepted, self.wamid) = (to, text, accepted, wamid)
  }

  /// An entry of the journal; nil if it does not say when.
  public init?(_ entry: Field) {
    guard let at = entry["at"].text.flatMap({ Instant($0) }) else { return nil }
    let (body, answer, peer) = (entry["body"], entry["answer"], entry["peer"].text ?? "unknown")
    let account = (entry["path"].text ?? "").split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
    let accepted = entry["accepted"].bool ?? false
    switch peer {
    case "tiktok":
      self.init(
        at: at, peer: peer, sender: body["business_id"].text ?? "", opaque: nil, to: body["recipient"].text ?? "",
        text: body["text"]["body"].text ?? "", accepted: accepted, wamid: answer["data"]["message"]["message_id"].text)
    case "instagram", "facebook":
      self.init(
        at: at, peer: peer, sender: account, opaque: body["message"]["metadata"].text,
        to: body["recipient"]["id"].loose ?? "", text: body["message"]["text"].text ?? "", accepted: accepted,
        wamid: answer["message_id"].text)
    default:
      self.init(
        at: at, peer: peer, sender: account, opaque: body["biz_opaque_callback_data"].text,
        to: body["to"].text ?? body["recipient"].text ?? "", text: body["text"]["body"].text ?? "", accepted: accepted,
        wamid: answer["messages"][0]["id"].text)
    }
  }

  /// Whom it is for. A conversation of TikTok's bears its person's id here: `c.711000000007==`.
  public var person: String { peer == "tiktok" ? String(to.dropFirst(2).prefix { $0 != "=" }) : to }
}
