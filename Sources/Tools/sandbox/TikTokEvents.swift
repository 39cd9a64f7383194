import Core
import FoundationEssentials

/// What TikTok tells by webhook: one event a POST, its content JSON in a string.
enum TikTokEvents {
  static func newID() -> String { Data(randomBytes(60)).base64EncodedString() + "==" }

  /// echo or read of a message that we sent.
  static func report(_ word: String, of line: Line, _ account: Account, _ person: String, _ talk: String) -> JSON {
    let now = milliseconds(.now)
    guard word == "echo" else {
      return envelope(
        "im_mark_read_msg", account, talk,
        [.init("timestamp", .number(now)), .init("read", ["last_read_timestamp": .number(now)])], from: person,
        fromPerson: true)
    }
    var members: [JSON.Members.Pair] = [
      .init("message_id", .string(line.id)), .init("timestamp", .number(milliseconds(line.at))),
    ]
    if case .object(let content) = line.content { members += content.pairs }
    members.append(.init("message_tag", ["source": "API"]))
    return envelope("im_send_msg", account, talk, members, from: person, fromPerson: false)
  }

  private static func envelope(
    _ event: String, _ account: Account, _ talk: String, _ members: [JSON.Members.Pair], from person: String,
    fromPerson: Bool
  ) -> JSON {
    let them: JSON = ["id": .string(person), "role": "personal_account"]
    let us: JSON = ["id": .string(account.id), "role": "business_account"]
    let head: [JSON.Members.Pair] = [
      .init("conversation_id", .string(talk)), .init("from", .string(fromPerson ? "cliente" : account.name)),
      .init("to", .string(fromPerson ? account.name : "cliente")), .init("unique_identifier", .string(person)),
      .init("from_user", fromPerson ? them : us), .init("to_user", fromPerson ? us : them), .init("scene_type", 1),
    ]
    return [
      "client_key": "dev_tiktok_client_key", "event": .string(event), "create_time": .number(Instant.now.seconds),
      "user_openid": .string(account.id), "content": .string(JSON.object(JSON.Members(head + members)).text),
    ]
  }

  /// `{"from", "conversation"?, "text"? | "message"?: {"type", …}, "echo"?, "source"?, "age"?, "id"?}`: a person writes, or
  /// somebody of the business in TikTok's own app. `talk` is the conversation that there is.
  static func inbound(_ body: Field, _ account: Account, talk: String) throws(Refusal) -> (body: JSON, line: Line) {
    guard let person = body["from"].loose else { throw body["from"].expected("the person's id") }
    let at = Instant.now + -Double(body["age"].integer ?? 0)
    let id = body["id"].text ?? newID()
    let isEcho = body["echo"].bool ?? false
    var content = body["message"].exists ? try body["message"].object() : JSON.Members([.init("type", "text")])
    if let text = body["text"].text { content["text"] = ["body": .string(text)] }
    var members: [JSON.Members.Pair] = [
      .init("message_id", .string(id)), .init("timestamp", .number(milliseconds(at))),
    ]
    members += content.pairs
    members.append(.init("message_tag", ["source": .string(body["source"].text ?? "APP")]))
    let line = Line(
      id: id, at: at, fromPerson: !isEcho, text: Field(.object(content))["text"]["body"].text ?? "",
      content: .object(content))
    return (
      envelope(isEcho ? "im_send_msg" : "im_receive_msg", account, talk, members, from: person, fromPerson: !isEcho),
      line
    )
  }
}
