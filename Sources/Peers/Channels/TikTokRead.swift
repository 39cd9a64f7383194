import Core
import Rules

/// Who wrote to whom, and where.
struct TikTokPlace {
  /// The business's account: `user_openid`; nil in the guide's form, which does not say.
  var accountID: String?
  /// Of the person; nil if nothing tells.
  var person: Alias?
  /// Their handle, where it is another than their id.
  var name: String?
  /// The business wrote, not the person.
  var isOurs: Bool
  var at: Instant?
}

/// `{"client_key", "event", "create_time", "user_openid", "content"}`, one event a POST. `content` is JSON inside a string;
/// the guide's own form (`direct_message.receive`) has an object there.
extension TikTok {
  static func read(_ body: Field) throws(Refusal) -> [InboundEvent] {
    _ = try body.object()
    let event = try body["event"].string().lowercased()
    do throws(Refusal) {
      let content = try content(of: body)
      do throws(Refusal) { return [try read(event, content, body)] } catch {
        // What is inside a string has a root of its own.
        guard case .malformed(let path, let fault) = error else { throw error }
        throw .malformed(path: "$.content" + path.dropFirst(), fault: fault)
      }
    } catch {
      return [parked(body, event, "[no se pudo leer]", fault: error.sentence)]
    }
  }

  private static func content(of body: Field) throws(Refusal) -> Field {
    switch body["content"].value {
    case .string(let text)?:
      let content: JSON
      do throws(Refusal) { content = try JSON.parse(Array(text.utf8)) } catch {
        throw .malformed(path: "$.content", fault: "expected JSON in a string")
      }
      return Field(content)
    case .object(let members)?: return Field(.object(members))
    case nil: return Field(.object(JSON.Members()))
    default: throw body["content"].expected("JSON in a string")
    }
  }

  private static func read(_ event: String, _ content: Field, _ body: Field) throws(Refusal) -> InboundEvent {
    switch event {
    case "im_receive_msg", "im_receive_msg_eu", "direct_message.receive":
      return try readMessage(content, place(content, body, isEcho: false), body, event)
    case "im_send_msg", "direct_message.send":
      return try readMessage(content, place(content, body, isEcho: true), body, event)
    case "im_mark_read_msg", "direct_message.read": return try readMark(content, body, event)
    case "im_referral_msg": return try readReferral(content, body, event)
    case "im_auto_message_config_update", "im_auto_message_audit_update":
      var news = parked(body, event, "[aviso de TikTok: \(event)]")
      news.kind = .account
      news.contentType = "account"
      news.details = ["field": .string(event), "value": content.value ?? .null]
      return news
    default:
      // Comments, follows, and what comes next: known to nobody's conversation.
      var other = parked(body, event, "[fuera de la conversación]")
      other.details = ["field": .string(event), "body": content.value ?? .null]
      return other
    }
  }

  // MARK: Who

  /// Whoever has the role tells who wrote; where nobody has one, the event's name does.
  static func place(_ content: Field, _ body: Field, isEcho: Bool) -> TikTokPlace {
    let isOurs =
      switch content["from_user"]["role"].text?.lowercased() {
      case "business_account": true
      case "personal_account": false
      default: isEcho
      }
    let user = content[isOurs ? "to_user" : "from_user"]["id"]
    let handle = content[isOurs ? "to" : "from"].loose
    // In some events `unique_identifier` names who wrote, whoever that was.
    let others = [body["user_openid"].loose, content["from_user"]["id"].loose, content["from"].loose]
    let unique = content["unique_identifier"].loose.flatMap { isOurs && others.contains($0) ? nil : $0 }
    let first = [user.loose, unique, content["from_user_open_id"].loose].compactMap(\.self).first { !$0.isEmpty }
    // As long as the other platforms' at most: a longer one would be cut on its way, to what may be another's.
    let id = first.flatMap { $0.utf8.count <= 200 ? $0 : nil }
    let conversation = content["conversation_id"].loose.flatMap { $0.isEmpty ? nil : $0 }
    return TikTokPlace(
      accountID: body["user_openid"].loose.flatMap { $0.isEmpty ? nil : $0 },
      // One writes to a conversation, not to a person.
      person: id.map { Alias(kind: "tiktok", value: $0, address: conversation) },
      name: handle.flatMap { $0 == id ? nil : oneLine($0, Limits.personName) }, isOurs: isOurs,
      at: Meta.instant(content["timestamp"]) ?? Meta.instant(body["create_time"]))
  }

  // MARK: Besides messages

  /// All up to then was read. `read.last_read_timestamp` may be missing; then the event's own time is as good.
  private static func readMark(_ content: Field, _ body: Field, _ event: String) throws(Refusal) -> InboundEvent {
    let place = place(content, body, isEcho: false)
    guard !place.isOurs else { return parked(body, event, "[leído por el negocio]") }
    guard let person = place.person else { throw content["from_user"]["id"].expected("a user id") }
    guard let upTo = Meta.instant(content["read"]["last_read_timestamp"]) ?? place.at else {
      throw content["read"]["last_read_timestamp"].expected("a time")
    }
    return InboundEvent(
      kind: .status, accountID: place.accountID,
      externalID: clipped("read:\(upTo.microseconds / 1000):\(person.value)", Limits.externalID), aliases: [person],
      at: place.at ?? upTo, content: "", contentType: "status", status: StatusReport(state: "read", upTo: upTo),
      raw: body.value ?? .null)
  }

  /// Somebody opened the conversation from an advertisement or a link; the keys are those of the conversations' list, and
  /// may stand in the content itself (the event's own reference is silent, November 2026).
  private static func readReferral(_ content: Field, _ body: Field, _ event: String) throws(Refusal) -> InboundEvent {
    let place = place(content, body, isEcho: false)
    guard let person = place.person else { throw content["from_user"]["id"].expected("a user id") }
    let raw = body.value ?? .null
    return InboundEvent(
      kind: .referral, accountID: place.accountID, externalID: Meta.externalID(content["message_id"], of: raw),
      aliases: [person], profileName: place.name, at: place.at, content: "[llegó por un anuncio o enlace]",
      contentType: "referral",
      details: .object([
        "type": .string(event), "referral": referral(content["referral"].exists ? content["referral"] : content),
      ]), raw: raw)
  }

  /// In the words that advertisements of the other platforms have.
  static func referral(_ field: Field) -> JSON? {
    func first(_ name: String) -> Field? {
      let item = field[name].items.first ?? field[name]
      if case .object? = item.value { return item }
      return nil
    }
    if let ad = first("ad") {
      return .object([
        "source_type": "ad", "source_id": ad["ad_id"].loose.map { .string($0) },
        "headline": ad["ad_name"].loose.map { .string($0) }, "source_url": ad["embed_url"].loose.map { .string($0) },
        "advertiser_id": ad["advertiser_id"].loose.map { .string($0) },
      ])
    }
    guard let link = first("short_link") else { return nil }
    return .object([
      "source_type": "short_link", "source_id": link["ref"].loose.map { .string($0) },
      "body": link["prefilled_message"].loose.map { .string($0) },
    ])
  }

  // MARK: Parts

  static func oneLine(_ text: String, _ most: Int = 300) -> String? {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? nil : clipped(line, most)
  }

  /// Kept as it came, without a person.
  static func parked(_ body: Field, _ event: String, _ words: String, fault: String? = nil) -> InboundEvent {
    let raw = body.value ?? .null
    return InboundEvent(
      kind: .unsupported, accountID: body["user_openid"].loose, externalID: Meta.hashed(raw),
      at: Meta.instant(body["create_time"]), content: words, contentType: "unsupported",
      details: .object(["field": .string(clipped(event, 100)), "fault": fault.map { .string($0) }]), raw: raw)
  }
}
