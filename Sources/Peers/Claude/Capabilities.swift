/// What a model of Anthropic's can do and costs. Source: Anthropic's model pages, October and November 2026.
public struct ClaudeModel: Sendable, Equatable {
  /// How a model thinks before it speaks, which costs output tokens and time.
  public enum Thinking: Sendable {
    /// Only if asked; we never ask.
    case onRequest
    /// By default, but it can be switched off.
    case canBeDisabled
    /// Always; asking it not to is refused.
    case always
  }

  /// As it is sent: with its date if it was given with one.
  public private(set) var id: String
  /// `temperature` may be sent. Newer models answer 400 to it.
  public let samplingAllowed: Bool
  public let thinking: Thinking
  /// `output_config.effort` may be sent.
  public let effort: Bool
  /// A shorter prefix is silently not cached.
  public let minimumCacheableTokens: Int
  /// The price of prompts up to `tierTokens`, and above.
  public let price: ClaudePrice
  public let largePrice: ClaudePrice?
  /// Nobody told us this model's price or limits: they are the dearest and the most careful ones.
  public let assumed: Bool

  init(
    _ id: String, sampling: Bool = false, thinking: Thinking, effort: Bool, cacheable: Int, price: ClaudePrice,
    largePrice: ClaudePrice? = nil, assumed: Bool = false
  ) {
    self.id = id
    samplingAllowed = sampling
    self.thinking = thinking
    self.effort = effort
    minimumCacheableTokens = cacheable
    self.price = price
    self.largePrice = largePrice
    self.assumed = assumed
  }

  /// Prompts of more tokens than this cost `largePrice`.
  public static let tierTokens: Int64 = 100_000

  /// Thinking counts in `max_tokens`: with less than this a thinking model may stop before it has said a word.
  public static let leastForThinking = 2048

  /// Cheapest and fastest; fits short answers in a chat.
  public static let standard = "claude-haiku-5-5"

  /// The model to use for an id from configuration: a retired one's successor; the standard one for no id, or one that
  /// is not Anthropic's; an unknown one of Anthropic's with the most careful assumptions.
  public static func named(_ id: String?) -> ClaudeModel {
    guard let id, id.hasPrefix("claude-") else { return known(standard) ?? unknown(standard) }
    if let model = known(id) { return model }
    if let heir = retired.first(where: { id.hasPrefix($0.prefix) })?.heir { return known(heir) ?? unknown(heir) }
    return unknown(id)
  }

  /// What to use instead of a retired id; nil: it is not retired.
  public static func successor(of id: String) -> String? {
    known(id) == nil ? retired.first { id.hasPrefix($0.prefix) }?.heir : nil
  }

  /// An id with or without its date.
  private static func known(_ id: String) -> ClaudeModel? {
    for var model in all where id.hasPrefix(model.id) {
      let rest = id.dropFirst(model.id.count)
      guard rest.isEmpty || (rest.first == "-" && rest.utf8.count == 9 && Int(rest.dropFirst()) != nil) else {
        continue
      }
      model.id = id
      return model
    }
    return nil
  }

  private static func unknown(_ id: String) -> ClaudeModel {
    ClaudeModel(
      id, thinking: .always, effort: false, cacheable: 4096, price: .dollars(10, 50), assumed: true)
  }

  public static let all = [
    ClaudeModel(
      "claude-haiku-5-5", thinking: .canBeDisabled, effort: true, cacheable: 1024, price: .cents(10, 50),
      largePrice: .cents(50, 250)),
    ClaudeModel("claude-sonnet-5-5", thinking: .always, effort: true, cacheable: 1024, price: .dollars(2, 10)),
    ClaudeModel("claude-opus-5-5", thinking: .always, effort: true, cacheable: 1024, price: .dollars(4, 20)),
    ClaudeModel("claude-sonnet-5", thinking: .always, effort: true, cacheable: 1024, price: .dollars(2, 10)),
    ClaudeModel("claude-opus-5", thinking: .always, effort: true, cacheable: 512, price: .dollars(5, 25)),
    ClaudeModel("claude-opus-4-8", thinking: .onRequest, effort: false, cacheable: 1024, price: .dollars(5, 25)),
    ClaudeModel("claude-opus-4-7", thinking: .onRequest, effort: false, cacheable: 2048, price: .dollars(5, 25)),
    ClaudeModel(
      "claude-opus-4-6", sampling: true, thinking: .onRequest, effort: false, cacheable: 4096, price: .dollars(5, 25)),
    ClaudeModel(
      "claude-opus-4-5", sampling: true, thinking: .onRequest, effort: false, cacheable: 4096, price: .dollars(5, 25)),
    ClaudeModel(
      "claude-sonnet-4-6", sampling: true, thinking: .onRequest, effort: false, cacheable: 1024,
      price: .dollars(3, 15)),
    ClaudeModel(
      "claude-sonnet-4-5", sampling: true, thinking: .onRequest, effort: false, cacheable: 1024,
      price: .dollars(3, 15)),
    ClaudeModel(
      "claude-haiku-4-5", sampling: true, thinking: .onRequest, effort: false, cacheable: 4096, price: .dollars(1, 5)),
  ]

  /// Ids that answer 404, by their beginning, and what took their place.
  private static let retired: [(prefix: String, heir: String)] = [
    ("claude-3-5-haiku", "claude-haiku-5-5"), ("claude-3-haiku", "claude-haiku-5-5"),
    ("claude-3-opus", "claude-opus-5-5"), ("claude-3", "claude-sonnet-5-5"),
    ("claude-opus-4-0", "claude-opus-5-5"),
    ("claude-opus-4-20", "claude-opus-5-5"), ("claude-sonnet-4-0", "claude-sonnet-5-5"),
    ("claude-sonnet-4-20", "claude-sonnet-5-5"), ("claude-2", "claude-sonnet-5-5"),
    ("claude-instant", "claude-haiku-5-5"),
  ]
}

/// Picodollars (10⁻¹² US dollars) per token: every published price is a whole number of them.
public struct ClaudePrice: Sendable, Equatable {
  public let input: Int64
  public let output: Int64

  /// 1.25 times the input; kept five minutes.
  public var cacheWrite: Int64 { input * 5 / 4 }
  /// Twice the input; kept an hour.
  public var cacheWriteHour: Int64 { input * 2 }
  /// A tenth of the input.
  public var cacheRead: Int64 { input / 10 }

  /// US dollars per million tokens.
  static func dollars(_ input: Int64, _ output: Int64) -> ClaudePrice { cents(input * 100, output * 100) }
  /// US cents per million tokens.
  static func cents(_ input: Int64, _ output: Int64) -> ClaudePrice {
    ClaudePrice(input: input * 10_000, output: output * 10_000)
  }
}
