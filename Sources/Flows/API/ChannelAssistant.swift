import Core
import FoundationEssentials
import Rules
import Store

/// How the assistant speaks on an account: its own word, else the business's, else ours.
extension Route {
  static let channelAssistant: [Route] = [
    Route(
      "GET", "/api/channels/{id}/ai-config", "getChannelAssistant", "How the assistant speaks on this account",
      ChannelDoor.read, answers: [(200, ChannelDoor.answer(shape))]
    ) { (call) throws(APIProblem) in
      try show(call, try ChannelDoor.row(call, call.id(), writing: false).id)
    },
    Route(
      "PUT", "/api/channels/{id}/ai-config", "putChannelAssistant", "Change what is named", ChannelDoor.write,
      body: .object([
        .may("account_name", .line), .may("is_personal_brand", .flag), .may("ai_enabled", .flag),
        .may("ai_personality_override", .word(ResponseStyle.names)),
        .may("first_message_delay_seconds", .integer(0...1800)),
        .may("subsequent_message_delay_seconds", .integer(0...300)),
        .may("custom_instructions_override", .note),
      ]), answers: [(200, ChannelDoor.answer(shape))]
    ) { (call) throws(APIProblem) in
      let row = try ChannelDoor.row(call, call.id(), writing: true)
      let fields: ChannelFields
      do throws(Refusal) {
        fields = try ChannelFields(call.body, channel: row.channel, placed: false)
      } catch { throw APIProblem(error) }
      guard fields.secrets.isEmpty else { throw .malformed("$", "secrets belong to PATCH /api/channels/{id}") }
      _ = try call.store { (scope) throws(StoreError) in
        try scope.changeChannel(connectionId: row.id, fields: JSONText(fields.columns))
      }
      return try show(call, row.id)
    },
  ]

  private static func show(_ call: APICall, _ id: UUID) throws(APIProblem) -> Response {
    let row = try call.store { (scope) throws(StoreError) in try scope.channelAssistant(connectionId: id) }
    guard let row else { throw .unknown("channel") }
    return .json(["success": true, "data": try call.data(row, or: "channel")])
  }

  private static let shape = Shape.object([
    .needs("channel_id", .id), .needs("channel", .line), .needs("account_number", .integer(1...2)),
    .needs("account_name", .maybe(.line)), .needs("is_personal_brand", .flag), .needs("ai_enabled", .flag),
    .needs("ai_personality", .line), .needs("first_message_delay_seconds", .count),
    .needs("subsequent_message_delay_seconds", .count), .needs("custom_instructions", .maybe(.text(0...100_000))),
    .needs("use_emojis", .flag), .needs("ai_temperature", .number), .needs("max_tokens", .count),
    .needs("escalation_keywords", .list(.line, atMost: 1000)), .needs("max_turns_before_escalation", .count),
    .needs("escalate_on_hot_lead", .flag), .needs("supported_languages", .list(.line, atMost: 100)),
    .needs("default_language", .line),
  ])
}
