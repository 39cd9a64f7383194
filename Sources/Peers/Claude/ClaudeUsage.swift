import Core

/// What an answer took, in tokens.
public struct ClaudeUsage: Sendable, Equatable {
  /// Not from the cache.
  public var input: Int64
  /// Written to the cache for five minutes, and for an hour.
  public var cacheWrite: Int64
  public var cacheWriteHour: Int64
  public var cacheRead: Int64
  /// Thinking included.
  public var output: Int64

  public init(
    input: Int64 = 0, cacheWrite: Int64 = 0, cacheWriteHour: Int64 = 0, cacheRead: Int64 = 0, output: Int64 = 0
  ) {
    self.input = input
    self.cacheWrite = cacheWrite
    self.cacheWriteHour = cacheWriteHour
    self.cacheRead = cacheRead
    self.output = output
  }

  init(_ field: Field) {
    func count(_ field: Field) -> Int64 { min(max(field.integer ?? 0, 0), Self.most) }
    let hour = count(field["cache_creation"]["ephemeral_1h_input_tokens"])
    self.init(
      input: count(field["input_tokens"]),
      cacheWrite: max(count(field["cache_creation_input_tokens"]) - hour, 0), cacheWriteHour: hour,
      cacheRead: count(field["cache_read_input_tokens"]), output: count(field["output_tokens"]))
  }

  /// More tokens than any model takes; keeps sums far from overflowing.
  private static let most: Int64 = 10_000_000

  public var prompt: Int64 { input + cacheWrite + cacheWriteHour + cacheRead }
  public var total: Int64 { prompt + output }

  /// US dollars as a decimal with 12 places, exact: `0.000342500000`.
  public func costUSD(_ model: ClaudeModel) -> String {
    let price = prompt > ClaudeModel.tierTokens ? model.largePrice ?? model.price : model.price
    let cost =
      input * price.input + cacheWrite * price.cacheWrite + cacheWriteHour * price.cacheWriteHour
      + cacheRead * price.cacheRead + output * price.output
    let digits = String(cost % 1_000_000_000_000)
    return "\(cost / 1_000_000_000_000)." + String(repeating: "0", count: 12 - digits.count) + digits
  }
}
