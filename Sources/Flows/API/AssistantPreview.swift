import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// What Claude is told, word for word, without asking it.
extension AssistantConfig {
  static let preview = Shape.object([
    .needs("model", .line), .needs("system_prompt", .text(0...1_000_000)), .needs("moment", .note),
    .needs(
      "tools",
      .list(
        .object([.needs("name", .line), .needs("description", .note), .needs("input_schema", .map)]), atMost: 100)),
    .needs("estimated_tokens", .count), .needs("least_cached_tokens", .count), .needs("is_cached", .flag),
  ])

  static func preview(_ call: APICall) throws(APIProblem) -> Response {
    let channel = call.uuid("channel_id")
    if let channel { _ = try ChannelDoor.row(call, channel, writing: false) }
    let branch = call.branch
    if let branch {
      let there = try call.store { (scope) throws(StoreError) in try scope.branchIsThere(id: branch) }
      guard there else { throw .unknown("branch") }
    }
    let found = try call.store { (scope) throws(StoreError) in
      try scope.assistantContext(connectionId: channel, branchId: branch)
    }
    let profile = TenantProfile(Field((try? found.context.parse()) ?? [:]))
    let briefing = Briefing(
      profile, call.app.settings,
      moment: momentWords(
        weekday: found.weekday, time: found.localTime, customer: nil,
        ConversationState(Field((try? found.state.parse()) ?? [:]))))
    let tools = briefing.tools.map { tool -> JSON in
      ["name": .string(tool.name), "description": .string(tool.description), "input_schema": tool.schema]
    }
    // Tools come first in what is cached, then the business.
    let tokens = estimatedTokens(briefing.business) + tools.reduce(0) { $0 + estimatedTokens($1.text) }
    let least = ClaudeModel.named(briefing.model).minimumCacheableTokens
    return .json([
      "success": true,
      "data": [
        "model": .string(briefing.model), "system_prompt": .string(briefing.business),
        "moment": .string(briefing.moment), "tools": .array(tools),
        "estimated_tokens": .number(tokens), "least_cached_tokens": .number(least), "is_cached": .bool(tokens >= least),
      ],
    ])
  }
}
