import Core
import Rules

/// What a message says, for people and models to read.
private struct TikTokContent {
  var text: String
  var type: String
  var wantsAnswer = true
  /// `{id, kind}` of a file that TikTok holds for us, `{url, kind}` of one that came with its address.
  var media: JSON?
  /// The object that the type announces, as it came.
  var body: JSON?
}

extension TikTok {
  /// `{"conversation_id", "message_id", "timestamp", "type", "<type>": {…}, "from", "to", "from_user", "to_user",
  /// "unique_identifier", "message_tag"?, "referenced_message_info"?}`; in the guide's form `message_type` and
  /// `message_content`. Objects may be missing, types come in capitals, texts without their object.
  static func readMessage(
    _ content: Field, _ place: TikTokPlace, _ body: Field, _ event: String
  ) throws(Refusal) -> InboundEvent {
    guard let person = place.person else {
      throw content[place.isOurs ? "to_user" : "from_user"]["id"].expected("a user id")
    }
    let raw = body.value ?? .null
    let type = (content["type"].text ?? content["message_type"].text ?? "unknown").lowercased()
    let said = said(content, type)
    let source = content["message_tag"]["source"].text
    return InboundEvent(
      kind: place.isOurs ? .echo : .message, accountID: place.accountID,
      externalID: Meta.externalID(content["message_id"], of: raw), aliases: [person], profileName: place.name,
      at: place.at, content: clipped(said.text, Limits.messageText), contentType: said.type,
      replyTo: content["referenced_message_info"]["referenced_message_id"].loose.flatMap {
        $0.isEmpty ? nil : clipped($0, Limits.externalID)
      },
      wantsAnswer: !place.isOurs && said.wantsAnswer,
      // Of who wrote in the app nothing is told, of programs not which.
      origin: place.isOurs ? EchoOrigin(byProgram: source?.uppercased() == "API") : nil,
      details: .object([
        "type": .string(clipped(type, 60)), "event": event == "im_receive_msg_eu" ? .string(event) : nil,
        "media": said.media, "body": said.body, "source": source.map { .string(clipped($0, 60)) },
        "referral": content["referral"].exists ? referral(content["referral"]) : nil,
        "scene_type": content["scene_type"].value, "is_follower": content["is_follower"].value,
      ]), raw: raw)
  }

  private static func said(_ content: Field, _ type: String) -> TikTokContent {
    let guide = content["message_content"]
    let object = content[type].exists ? content[type] : guide
    switch type {
    case "text":
      let places = [content["text"]["body"], content["text"], content["content"], guide["text"]]
      guard let text = places.compactMap({ $0.loose }).first(where: { $0.contains { !$0.isWhitespace } }) else {
        // European accounts are told that somebody wrote, not always what.
        return TikTokContent(text: "[mensaje sin texto]", type: "text", wantsAnswer: false)
      }
      return TikTokContent(text: text, type: "text")
    case "image": return file(object, "[imagen]", type)
    case "video": return file(object, "[video]", type)
    case "sticker", "emoji":
      let url = object["url"].text.flatMap { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil }
      return TikTokContent(
        text: "[\(type)]", type: "sticker", media: url.map { ["url": .string($0), "kind": "sticker"] },
        body: url == nil ? object.value : nil)
    case "share_post", "share":
      let address = [object["embed_url"], guide["shared_video_url"]].compactMap { $0.text.flatMap { oneLine($0) } }
        .first
      return TikTokContent(
        text: address.map { "[publicación compartida: \($0)]" } ?? "[publicación compartida]", type: "share",
        body: object.value)
    case "template":
      let titles = object["buttons"].items.prefix(10).compactMap { $0["title"].text.flatMap { oneLine($0) } }
      let title = object["title"].text.flatMap { oneLine($0) } ?? "[tarjeta]"
      return TikTokContent(
        text: ([title] + titles.map { "[\($0)]" }).joined(separator: "\n"), type: "interactive", body: object.value)
    default:
      let inner = type == "unknown" || type == "other" ? nil : oneLine(type, 60)
      return TikTokContent(
        text: inner.map { "[mensaje no compatible: \($0)]" } ?? "[mensaje no compatible]", type: "unsupported",
        wantsAnswer: false, body: object.value)
    }
  }

  private static func file(_ object: Field, _ words: String, _ kind: String) -> TikTokContent {
    let id = object["media_id"].loose.flatMap { $0.isEmpty ? nil : $0 }
    return TikTokContent(
      text: words, type: kind, media: id.map { ["id": .string($0), "kind": .string(kind)] },
      body: id == nil ? object.value : nil)
  }
}
