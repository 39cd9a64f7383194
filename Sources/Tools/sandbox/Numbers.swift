import Core

/// A WhatsApp number whose owner wants to be told what became of its messages.
struct Number: Sendable {
  let id: String
  /// Where to.
  let url: String
  let secret: Secret
  /// In this order: sent delivered read played failed failed:CODE.
  let statuses: [String]
  /// Digits.
  let displayPhone: String
  let wabaID: String
  let rules: NumberRules

  var subscriber: Subscriber { Subscriber(id: id, url: url, secret: secret) }

  /// What is told of a message, in this order.
  func reports(_ message: SentMessage, _ states: [String]) -> [Report] {
    states.map { state in Report(word: state) { message.status(state, self, at: .now) } }
  }

  var json: JSON {
    [
      "phone_number_id": .string(id), "callback": .string(url), "statuses": .array(statuses.map { .string($0) }),
      "display_phone_number": .string(displayPhone), "waba_id": .string(wabaID), "strict": .bool(rules.strict),
    ]
  }
}

/// The numbers we call back.
actor Numbers {
  private let base: String
  private let secret: Secret
  private var known = [String: Number]()

  /// At most so many.
  private static let most = 10_000

  init(base: String, secret: Secret) {
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.secret = secret
  }

  func of(_ id: String) -> Number? { known[id] }

  /// Of a business, by id.
  func of(business: String) -> [Number] { known.values.filter { $0.wabaID == business }.sorted { $0.id < $1.id } }

  func register(_ id: String, _ body: Field) throws(Refusal) -> Number {
    guard known.count < Self.most || known[id] != nil else {
      throw .busy("\(Self.most) numbers are registered", after: 1)
    }
    let callback = try body["callback"].string()
    guard callback.hasPrefix("/") || callback.hasPrefix("http://") || callback.hasPrefix("https://") else {
      throw body["callback"].expected("a URL, or a path that begins with /")
    }
    var statuses = ["sent", "delivered", "read"]
    if body["statuses"].exists {
      statuses = []
      for status in try body["statuses"].array() {
        let text = try status.string()
        guard Self.isStatus(text) else { throw status.expected("sent, delivered, read, played, failed or failed:CODE") }
        statuses.append(text)
      }
    }
    let number = Number(
      id: id, url: callback.hasPrefix("/") ? base + callback : callback,
      secret: body["app_secret"].exists ? Secret(try body["app_secret"].string()) : secret, statuses: statuses,
      displayPhone: body["display_phone_number"].loose ?? "15550783881",
      wabaID: body["waba_id"].loose ?? "102290129340398", rules: try NumberRules(body))
    known[id] = number
    return number
  }

  /// One, or all.
  func forget(_ id: String?) {
    if let id { known[id] = nil } else { known = [:] }
  }

  var json: JSON {
    let all = known.values.sorted { $0.id < $1.id }
    return ["count": .number(all.count), "numbers": .array(all.map(\.json))]
  }

  private static func isStatus(_ text: String) -> Bool {
    ["sent", "delivered", "read", "played", "failed"].contains(text)
      || text.hasPrefix("failed:") && Int(text.dropFirst(7)) != nil
  }
}
