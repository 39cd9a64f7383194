import Core

/// Which prefixes of prompts were seen lately, to count tokens as the real one does.
actor PromptCache {
  struct Usage: Sendable {
    /// Tokens after the last cache point, or all.
    var fresh = 0
    var read = 0
    var written = (short: 0, long: 0)
  }

  private var seen = [[UInt8]: (until: Instant, life: Double)]()

  /// Prefixes remembered.
  private static let most = 10_000

  func usage(of body: Field, _ model: ClaudeModel, now: Instant) -> Usage {
    let points = Self.points(of: body, model)
    let total = points.all
    // The longest prefix that is known is read, the rest up to the last point is written.
    guard let last = points.marked.last(where: { $0.tokens >= model.leastCached }) else { return Usage(fresh: total) }
    var usage = Usage(fresh: total - last.tokens)
    let known = points.marked.last { $0.tokens <= last.tokens && (seen[$0.hash].map { $0.until > now } ?? false) }
    usage.read = known?.tokens ?? 0
    let written = last.tokens - usage.read
    if last.life > 300 { usage.written.long = written } else { usage.written.short = written }
    if let known { remember(known.hash, seen[known.hash]?.life ?? known.life, now) }
    for point in points.marked where point.tokens >= model.leastCached { remember(point.hash, point.life, now) }
    return usage
  }

  private func remember(_ hash: [UInt8], _ life: Double, _ now: Instant) {
    if seen.count >= Self.most { seen = seen.filter { $0.value.until > now } }
    if seen.count >= Self.most { seen = [:] }
    seen[hash] = (now + life, life)
  }

  private struct Point {
    let hash: [UInt8]
    let tokens: Int
    /// Seconds.
    let life: Double
  }

  /// The prompt's cache points in its order: tools, system, messages; and the tokens of all of it.
  private static func points(of body: Field, _ model: ClaudeModel) -> (marked: [Point], all: Int) {
    var blocks = body["tools"].items + Self.blocks(body["system"])
    for message in body["messages"].items { blocks += Self.blocks(message["content"]) }
    var marked = [Point]()
    var hash = Array(model.id.utf8)
    var count = 0
    for (i, block) in blocks.enumerated() {
      let text = Self.text(block)
      hash = sha256(hash + Array(text.utf8))
      count += tokens(text)
      // One at the top means: after the last block.
      let control =
        i == blocks.count - 1 && body["cache_control"].exists ? body["cache_control"] : block["cache_control"]
      if control.exists {
        marked.append(Point(hash: hash, tokens: count, life: control["ttl"].text == "1h" ? 3600 : 300))
      }
    }
    return (marked, count)
  }

  private static func blocks(_ content: Field) -> [Field] { content.text == nil ? content.items : [content] }

  /// What a block says, without its cache point.
  private static func text(_ block: Field) -> String {
    if let text = block.text ?? block["text"].text { return text }
    guard case .object(var members)? = block.value else { return "" }
    members["cache_control"] = nil
    return JSON.object(members).text
  }
}
