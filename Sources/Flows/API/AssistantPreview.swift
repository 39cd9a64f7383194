import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// What Claude is told, word for word, without asking it.
extension AssistantConfig {
  static let preview = Shape.object([
    .needs("model", .maybe(.line)), .needs("system_prompt", .text(0...1_000_000)), .needs("moment", .note),
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
    let tools = AssistantTool.all.filter { $0.isOffered(profile) }.map { tool -> JSON in
      [
        "name": .string(tool.definition.name), "description": .string(tool.definition.description),
        "input_schema": tool.definition.schema,
      ]
    }
    let prompt = profile.render()
    // Tools come first in what is cached, then the business.
    let tokens = estimatedTokens(prompt) + tools.reduce(0) { $0 + estimatedTokens($1.text) }
    let least = ClaudeModel.named(profile.assistant.model).minimumCacheableTokens
    let now = [weekdayName(Int(found.weekday)), found.localTime].compactMap { $0 }.joined(separator: " ")
    return .json([
      "success": true,
      "data": [
        "model": profile.assistant.model.map { .string($0) } ?? .null, "system_prompt": .string(prompt),
        "moment": .string(renderMoment(now: now, customer: nil)), "tools": .array(tools),
        "estimated_tokens": .number(tokens), "least_cached_tokens": .number(least), "is_cached": .bool(tokens >= least),
      ],
    ])
  }
}
