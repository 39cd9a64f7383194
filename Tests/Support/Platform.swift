import Core

/// A messaging platform as a test plays it: what it posts, and how it signs.
public enum Platform: String, Sendable, CaseIterable {
  case whatsapp, instagram, facebook, tiktok

  public static let metas: [Platform] = [.whatsapp, .instagram, .facebook]
  /// Those that tell us what we sent.
  public static let echoing: [Platform] = [.instagram, .facebook, .tiktok]

  /// The webhook that all tenants share.
  public var sharedPath: String { "/api/webhook/" + rawValue }

  /// What signs there in the development world.
  public var sharedSecret: Secret {
    Secret(self == .tiktok ? "dev_tiktok_client_secret" : "dev_meta_app_secret")
  }

  public var signatureHeader: String { self == .tiktok ? "TikTok-Signature" : "X-Hub-Signature-256" }

  /// The header's value. `at`: TikTok's says when it was made.
  public func signature(_ body: [UInt8], _ secret: Secret, at: Instant = .now) -> String {
    guard self == .tiktok else { return "sha256=" + hex(hmacSHA256(body, key: secret)) }
    return "t=\(at.seconds),s=" + hex(hmacSHA256(Array("\(at.seconds).".utf8) + body, key: secret))
  }

  /// The column that holds the platform's id of the account, and the one that is secret about it.
  var accountColumn: String {
    switch self {
    case .whatsapp: "whatsapp_phone_number_id"
    case .instagram: "instagram_account_id"
    case .facebook: "facebook_page_id"
    case .tiktok: "tiktok_open_id"
    }
  }
  var secretKind: String { self == .tiktok ? "client_secret" : "app_secret" }

  /// The kind of alias under which a person is known there.
  public var aliasKind: String { self == .whatsapp ? "phone" : rawValue }

  /// How a fresh message's id begins.
  public var idPrefix: String {
    switch self {
    case .whatsapp: "wamid."
    case .instagram: "aWdf"
    case .facebook: "m_"
    case .tiktok: "tt."
    }
  }

  // MARK: Bodies

  /// A text of a person's.
  public func text(
    _ text: String, from person: String, to account: String, id: String? = nil, at: Instant = .now
  ) -> [UInt8] {
    let id = id ?? unique(idPrefix)
    switch self {
    case .whatsapp: return whatsapp(account, "messages", [Tenant.text(text, from: person, id: id, at: at)])
    case .instagram, .facebook:
      return messaging(
        account, [item(from: person, to: account, at, "message", ["mid": .string(id), "text": .string(text)])])
    case .tiktok: return tiktok("im_receive_msg", account, person, at, text, id, isEcho: false)
    }
  }

  /// What somebody or something of the business wrote. `ours`: our message's id, which comes back with it; `program`: some
  /// program sent it.
  public func echo(
    _ text: String, to person: String, of account: String, id: String? = nil, at: Instant = .now, ours: String? = nil,
    program: Bool = false
  ) -> [UInt8] {
    let id = id ?? unique(idPrefix)
    switch self {
    case .whatsapp:
      let message: JSON = [
        "from": "526311234567", "to": .string(person), "id": .string(id), "timestamp": .string(String(at.seconds)),
        "type": "text", "text": ["body": .string(text)],
      ]
      return whatsapp(account, "message_echoes", [message])
    case .instagram, .facebook:
      let message: JSON = .object([
        "mid": .string(id), "is_echo": true, "app_id": program || ours != nil ? 900_000_000_000_001 : nil,
        "metadata": ours.map { .string($0) }, "text": .string(text),
      ])
      return messaging(account, [item(from: account, to: person, at, "message", message)])
    case .tiktok:
      return tiktok("im_send_msg", account, person, at, text, id, isEcho: true, source: program ? "API" : "APP")
    }
  }

  public func item(from: String, to: String, _ at: Instant = .now, _ key: String, _ value: JSON) -> JSON {
    [
      "sender": ["id": .string(from)], "recipient": ["id": .string(to)], "timestamp": .number(at.microseconds / 1000),
      key: value,
    ]
  }

  /// Messenger's and Instagram's envelope around items.
  public func messaging(_ account: String, _ items: [JSON]) -> [UInt8] {
    let body: JSON = [
      "object": self == .facebook ? "page" : "instagram",
      "entry": [
        ["id": .string(account), "time": .number(Instant.now.microseconds / 1000), "messaging": .array(items)]
      ],
    ]
    return body.bytes
  }

  private func whatsapp(_ account: String, _ key: String, _ items: [JSON]) -> [UInt8] {
    let value: JSON = [
      "messaging_product": "whatsapp",
      "metadata": ["display_phone_number": "526311234567", "phone_number_id": .string(account)], key: .array(items),
    ]
    let field = key == "message_echoes" ? "smb_message_echoes" : "messages"
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": [["id": "200000000000009", "changes": [["field": .string(field), "value": value]]]],
    ]
    return body.bytes
  }

  private func tiktok(
    _ event: String, _ account: String, _ person: String, _ at: Instant, _ text: String, _ id: String, isEcho: Bool,
    source: String = "APP"
  ) -> [UInt8] {
    let them: JSON = ["id": .string(person), "role": "personal_account"]
    let us: JSON = ["id": .string(account), "role": "business_account"]
    let content: JSON = [
      "conversation_id": .string("c.\(person)=="), "message_id": .string(id),
      "timestamp": .number(at.microseconds / 1000), "type": "text", "text": ["body": .string(text)],
      "unique_identifier": .string(person), "from_user": isEcho ? us : them, "to_user": isEcho ? them : us,
      "message_tag": ["source": .string(source)],
    ]
    let body: JSON = [
      "client_key": "dev_tiktok_client_key", "event": .string(event), "create_time": .number(at.seconds),
      "user_openid": .string(account), "content": .string(content.text),
    ]
    return body.bytes
  }
}
