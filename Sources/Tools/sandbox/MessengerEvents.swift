import Core
import FoundationEssentials

/// What Messenger and Instagram tell by webhook.
enum MessengerEvents {
  /// An id as the platform makes them.
  static func newID(_ channel: Account.Channel) -> String {
    let text = Data(randomBytes(64)).base64EncodedString().filter { $0 != "=" && $0 != "+" && $0 != "/" }
    return channel == .facebook ? "m_" + text : "aWdfZAG1faXRlbToxOklHTWVzc2FnZA" + text
  }

  /// echo, delivered or read of a message that we sent.
  static func report(_ word: String, of line: Line, _ account: Account, _ person: String) -> JSON {
    let now = milliseconds(.now)
    switch word {
    case "echo":
      return envelope(
        account, item(from: account.id, to: person, at: milliseconds(line.at), "message", line.content))
    case "delivered":
      return envelope(
        account,
        item(
          from: person, to: account.id, at: now, "delivery", ["mids": [.string(line.id)], "watermark": .number(now)]))
    default:
      let read: JSON = account.channel == .facebook ? ["watermark": .number(now)] : ["mid": .string(line.id)]
      return envelope(account, item(from: person, to: account.id, at: now, "read", read))
    }
  }

  /// `message` of an echo.
  static func echo(_ id: String, _ members: JSON.Members) -> JSON {
    let head: [JSON.Members.Pair] = [
      .init("mid", .string(id)), .init("is_echo", true), .init("app_id", .number(Account.appID)),
    ]
    return .object(JSON.Members(head + members.pairs))
  }

  static func item(from: String, to: String, at: Int64, _ key: String, _ value: JSON) -> JSON {
    [
      "sender": ["id": .string(from)], "recipient": ["id": .string(to)], "timestamp": .number(at), key: value,
    ]
  }

  static func envelope(_ account: Account, _ item: JSON) -> JSON {
    [
      "object": account.channel == .facebook ? "page" : "instagram",
      "entry": [["id": .string(account.id), "time": .number(milliseconds(.now)), "messaging": [item]]],
    ]
  }

  /// A customer writes or taps, or somebody answers in the inbox: `{"from", "text"? | "message"? | "event"?: {key: value},
  /// "echo"?, "name"?, "age"?, "id"?}`. Returns the body, the message and whether it opens the window.
  static func inbound(_ body: Field, _ account: Account) throws(Refusal) -> (body: JSON, line: Line, opens: Bool) {
    guard let person = body["from"].loose else { throw body["from"].expected("the person's id") }
    let at = Instant.now + -Double(body["age"].integer ?? 0)
    let id = body["id"].text ?? newID(account.channel)
    let isEcho = body["echo"].bool ?? false
    let (from, to) = isEcho ? (account.id, person) : (person, account.id)
    if let event = body["event"].value, case .object(let members) = event, let pair = members.pairs.first {
      let line = Line(
        id: id, at: at, fromPerson: true, text: body["event"]["postback"]["title"].text ?? "", content: event)
      return (
        envelope(account, item(from: from, to: to, at: milliseconds(at), pair.key, pair.value)), line,
        pair.key == "postback"
      )
    }
    var message = body["message"].exists ? try body["message"].object() : JSON.Members()
    if let text = body["text"].text { message["text"] = .string(text) }
    if message["mid"] == nil { message = JSON.Members([.init("mid", .string(id))] + message.pairs) }
    if isEcho { message["is_echo"] = true }
    let line = Line(
      id: id, at: at, fromPerson: !isEcho, text: Field(.object(message))["text"].text ?? "", content: .object(message))
    return (
      envelope(account, item(from: from, to: to, at: milliseconds(at), "message", .object(message))), line, !isEcho
    )
  }
}

func milliseconds(_ at: Instant) -> Int64 { at.microseconds / 1000 }
