/// What a model takes and what it refuses (Anthropic's models overview and migration guides, read November 2026).
struct ClaudeModel: Sendable {
  let id: String
  /// Tokens below which a prefix is not cached. For the 5.5 family not published where we could read it: taken from 5.
  let leastCached: Int
  /// temperature, top_p, top_k other than the default, and thinking with a budget, are refused.
  var fixedSampling = true
  /// The last message may not be the assistant's.
  var refusesPrefill = true
  /// thinking cannot be switched off.
  var alwaysThinks = false
  /// tool_choice any and tool are refused.
  var refusesForcedTools = false
  /// thinking `adaptive` is known.
  var adaptive = true

  static func named(_ id: String) -> ClaudeModel? { all.first { $0.id == id } }

  /// Every other model, the retired ones among them, is answered 404.
  private static let all: [ClaudeModel] = [
    ClaudeModel(id: "claude-opus-5-5", leastCached: 512, alwaysThinks: true),
    ClaudeModel(id: "claude-sonnet-5-5", leastCached: 1024, alwaysThinks: true, refusesForcedTools: true),
    ClaudeModel(id: "claude-haiku-5-5", leastCached: 1024),
    ClaudeModel(id: "claude-fable-5-1", leastCached: 512, alwaysThinks: true),
    ClaudeModel(id: "claude-fable-5", leastCached: 512, alwaysThinks: true),
    ClaudeModel(id: "claude-opus-5", leastCached: 512),
    ClaudeModel(id: "claude-sonnet-5", leastCached: 1024),
    ClaudeModel(id: "claude-opus-4-8", leastCached: 1024),
    ClaudeModel(id: "claude-opus-4-7", leastCached: 2048),
    ClaudeModel(id: "claude-opus-4-6", leastCached: 4096, fixedSampling: false),
    ClaudeModel(id: "claude-sonnet-4-6", leastCached: 1024, fixedSampling: false),
    older("claude-opus-4-5", 4096), older("claude-opus-4-5-20251101", 4096),
    older("claude-sonnet-4-5", 1024), older("claude-sonnet-4-5-20250929", 1024),
    older("claude-haiku-4-5", 4096), older("claude-haiku-4-5-20251001", 4096),
  ]

  private static func older(_ id: String, _ leastCached: Int) -> ClaudeModel {
    ClaudeModel(id: id, leastCached: leastCached, fixedSampling: false, refusesPrefill: false, adaptive: false)
  }
}
