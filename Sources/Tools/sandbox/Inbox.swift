import Core
import FoundationEssentials

/// One message of a conversation.
struct Line: Sendable {
  let id: String
  let at: Instant
  let fromPerson: Bool
  /// As the platform's lists tell it; empty if it is no text.
  let text: String
  /// The platform's own form of it: `message` of Meta, `content` of TikTok.
  let content: JSON
}

/// What pages, Instagram accounts and TikTok accounts remember: who wrote what, and what was answered.
actor Inbox {
  struct Talk: Sendable {
    let id: String
    let account: String
    let person: String
    var name: String
    var lines = [Line]()
    /// The last thing that opens the window.
    var wrote: Instant?
    /// Sent since then.
    var sent = 0
    /// Why the person's profile is not told, as Graph's code.
    var profileCode: Int?

    var changed: Instant { lines.last?.at ?? wrote ?? Instant(microseconds: 0) }
  }

  private var talks = [String: Talk]()
  private var byPerson = [String: String]()
  private var byMessage = [String: String]()

  /// Conversations remembered, then all are forgotten at once; and messages of one, then the oldest.
  private static let most = 20_000
  private static let longest = 200

  private func key(_ account: Account.Channel, _ id: String, _ person: String) -> String {
    "\(account.rawValue) \(id) \(person)"
  }

  // MARK: What happens

  /// A conversation; begun if there is none. `id`: the one that it has to have.
  private func talk(_ channel: Account.Channel, _ account: String, _ person: String, id: String? = nil) -> String {
    let key = key(channel, account, person)
    if let known = byPerson[key], id == nil || known == id { return known }
    if talks.count >= Self.most { (talks, byPerson, byMessage) = ([:], [:], [:]) }
    let id = id ?? Self.newTalkID(channel)
    byPerson[key] = id
    talks[id] = talks[id] ?? Talk(id: id, account: account, person: person, name: "Cliente \(person.suffix(4))")
    return id
  }

  static func newTalkID(_ channel: Account.Channel) -> String {
    channel == .tiktok ? Data(randomBytes(33)).base64EncodedString() : "t_1" + decimal(16)
  }

  /// Adds a message of either side. Returns the conversation's id.
  @discardableResult
  func add(
    _ line: Line, _ account: Account, person: String, id: String? = nil, name: String? = nil, opens: Bool = false
  ) -> String {
    let id = talk(account.channel, account.id, person, id: id)
    guard var talk = talks[id] else { return id }
    if let name { talk.name = name }
    if opens, line.at >= talk.wrote ?? line.at { (talk.wrote, talk.sent) = (line.at, 0) }
    if !line.fromPerson { talk.sent += 1 }
    if talk.lines.count >= Self.longest { byMessage[talk.lines.removeFirst().id] = nil }
    talk.lines.append(line)
    byMessage[line.id] = id
    talks[id] = talk
    return id
  }

  /// What the world around a person is like: `{"age"?: seconds, "open"?: bool, "sent"?: n, "profile"?: code}`.
  func set(_ account: Account, _ person: String, _ body: Field) {
    let id = talk(account.channel, account.id, person, id: body["conversation"].text)
    if body["open"].bool == false {
      talks[id]?.wrote = nil
    } else if body["open"].exists || body["age"].exists {
      talks[id]?.wrote = .now + -Double(body["age"].integer ?? 0)
    }
    if let sent = body["sent"].integer { talks[id]?.sent = Int(sent) }
    if let code = body["profile"].integer { talks[id]?.profileCode = Int(code) }
  }

  func forget() { (talks, byPerson, byMessage) = ([:], [:], [:]) }

  // MARK: What is asked

  func of(_ account: Account, person: String) -> Talk? {
    byPerson[key(account.channel, account.id, person)].flatMap { talks[$0] }
  }

  func conversation(_ id: String) -> Talk? { talks[id] }

  func message(_ id: String) -> (talk: Talk, line: Line)? {
    guard let talk = byMessage[id].flatMap({ talks[$0] }) else { return nil }
    return talk.lines.last { $0.id == id }.map { (talk, $0) }
  }

  /// An account's, the latest first.
  func conversations(of account: Account) -> [Talk] {
    talks.values.filter { $0.account == account.id && byPerson[key(account.channel, account.id, $0.person)] == $0.id }
      .sorted { $0.changed > $1.changed }
  }

  /// Any conversation with somebody, whoever's customer that is.
  func anybody(_ person: String) -> Talk? { talks.values.first { $0.person == person } }
}

/// So many random digits.
func decimal(_ count: Int) -> String { String(randomBytes(count).map { Character(String($0 % 10)) }) }
