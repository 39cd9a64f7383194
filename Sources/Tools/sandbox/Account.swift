import Core

/// A page, an Instagram account or a TikTok account whose owner wants to be told what happens.
struct Account: Sendable {
  enum Channel: String, Sendable, CaseIterable { case facebook, instagram, tiktok }

  let id: String
  let channel: Channel
  /// The page by which an Instagram account is connected; nil: by Instagram's own login.
  let page: String?
  let name: String
  let subscriber: Subscriber
  /// What is told of a message that was taken, in this order: echo delivered read.
  let reports: [String]
  /// It knows who wrote when, and refuses what the platform refuses for that.
  let strict: Bool
  /// Why the token is refused, as Meta's subcode; nil: it is good.
  let tokenSubcode: Int?
  /// The token that stands for this account where a path says `me`.
  let token: String?

  /// The app by which everything is sent, as echoes name it.
  static let appID = "900000000000001"

  init(_ id: String, _ body: Field, base: String, secret: Secret) throws(Refusal) {
    self.id = id
    guard let channel = Channel(rawValue: body["channel"].text ?? "") else {
      throw body["channel"].expected(Channel.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.channel = channel
    page = body["page"].loose
    name = body["name"].text ?? "negocio_\(id.suffix(4))"
    let callback = try body["callback"].string()
    guard callback.hasPrefix("/") || callback.hasPrefix("http://") || callback.hasPrefix("https://") else {
      throw body["callback"].expected("a URL, or a path that begins with /")
    }
    subscriber = Subscriber(
      id: id, url: callback.hasPrefix("/") ? base + callback : callback,
      secret: body["app_secret"].text.map { Secret($0) } ?? secret, platform: channel == .tiktok ? .tiktok : .meta)
    let known = channel == .facebook ? ["echo", "delivered", "read"] : ["echo", "read"]
    var reports = known
    if body["statuses"].exists {
      reports = []
      for word in try body["statuses"].array() {
        guard known.contains(try word.string()) else { throw word.expected(known.joined(separator: ", ")) }
        reports.append(try word.string())
      }
    }
    self.reports = reports
    strict = body["strict"].bool ?? false
    tokenSubcode = try NumberRules.tokenSubcode(body)
    token = body["access_token"].text
  }

  var json: JSON {
    .object([
      "id": .string(id), "channel": .string(channel.rawValue), "page": page.map { .string($0) },
      "callback": .string(subscriber.url), "statuses": .array(reports.map { .string($0) }), "strict": .bool(strict),
    ])
  }

  /// What is told of a message that we sent.
  func reports(of line: Line, to person: String, in talk: String) -> [Report] {
    reports.map { word in
      Report(word: word) {
        channel == .tiktok
          ? TikTokEvents.report(word, of: line, self, person, talk)
          : MessengerEvents.report(word, of: line, self, person)
      }
    }
  }
}

/// The accounts that are called back, and which apps hear of whom.
actor Accounts {
  private let base: String
  private let secret: Secret
  private var known = [String: Account]()
  /// What was said of an account's or business's subscription; who is not here is subscribed to everything.
  private var fields = [String: [String]]()
  private var others = [String: [String]]()
  /// Where a WhatsApp business's webhooks go instead of to its app's address.
  private var overrides = [String: String]()

  /// At most so many.
  private static let most = 10_000

  init(base: String, secret: Secret) {
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.secret = secret
  }

  func register(_ id: String, _ body: Field) throws(Refusal) -> Account {
    guard known.count < Self.most || known[key(id, body)] != nil else {
      throw .busy("\(Self.most) accounts are registered", after: 1)
    }
    let account = try Account(id, body, base: base, secret: secret)
    known[key(id, body)] = account
    return account
  }

  private func key(_ id: String, _ body: Field) -> String { (body["channel"].text ?? "") + " " + id }

  func of(_ id: String, _ channel: Account.Channel) -> Account? { known[channel.rawValue + " " + id] }

  func of(_ id: String) -> Account? {
    Account.Channel.allCases.lazy.compactMap { self.known["\($0.rawValue) \(id)"] }.first
  }

  /// The Instagram account that is connected by a page.
  func instagram(ofPage page: String) -> Account? {
    known.values.first { $0.channel == .instagram && $0.page == page }
  }

  func with(token: String, _ channel: Account.Channel) -> Account? {
    known.values.filter { $0.channel == channel && $0.token == token }.min { $0.id < $1.id }
  }

  /// One, or all.
  func forget(_ id: String?) {
    guard let id else {
      known = [:]
      return
    }
    for channel in Account.Channel.allCases { known["\(channel.rawValue) \(id)"] = nil }
  }

  var json: JSON {
    let all = known.values.sorted { ($0.channel.rawValue, $0.id) < ($1.channel.rawValue, $1.id) }
    return ["count": .number(all.count), "accounts": .array(all.map(\.json))]
  }

  /// What an app hears of an account; nil: everything there is.
  func subscription(of id: String) -> [String]? { fields[id] }

  /// Apps of somebody else's that hear of it, too.
  func otherApps(of id: String) -> [JSON] {
    (others[id] ?? []).map { ["id": .string($0), "name": "Another (sandbox)", "subscribed_fields": ["messages"]] }
  }

  func subscribe(others apps: [String], of id: String) { others[id] = apps }

  func override(of id: String) -> String? { overrides[id] }

  /// nil: to the app's address again.
  func override(_ id: String, _ url: String?) { overrides[id] = url }

  /// Empty: nothing any more.
  func subscribe(_ id: String, _ to: [String]?) { fields[id] = to }
}
