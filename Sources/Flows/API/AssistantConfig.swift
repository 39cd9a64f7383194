import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// How the business wants its assistant to be, and what comes of it: `/api/ai-config`.
extension Route {
  static let assistant: [Route] = [
    Route(
      "GET", "/api/ai-config", "getAssistant", "How the assistant is to be", ChannelDoor.read,
      answers: [(200, ChannelDoor.answer(AssistantConfig.shape))]
    ) { (call) throws(APIProblem) in try AssistantConfig.show(call) },
    Route(
      "PUT", "/api/ai-config", "putAssistant", "Change what is named; a text of nothing is none", ChannelDoor.write,
      body: .object(AssistantConfig.changeable), answers: [(200, ChannelDoor.answer(AssistantConfig.shape))]
    ) { (call) throws(APIProblem) in try AssistantConfig.change(call) },
    Route(
      "POST", "/api/ai-config", "changeAssistant", "The same as PUT", ChannelDoor.write,
      body: .object(AssistantConfig.changeable), answers: [(200, ChannelDoor.answer(AssistantConfig.shape))]
    ) { (call) throws(APIProblem) in try AssistantConfig.change(call) },
    Route(
      "GET", "/api/ai-config/preview", "previewAssistant", "What Claude is told now, and with what it may act",
      ChannelDoor.read,
      query: [.init("channel_id", .id, "On this account"), .init("branch_id", .id, "At this branch")],
      answers: [(200, ChannelDoor.answer(AssistantConfig.preview))]
    ) { (call) throws(APIProblem) in try AssistantConfig.preview(call) },
    Route(
      "GET", "/api/ai-config/scoring-rules", "getScoringRules", "What raises which signal, and what it counts",
      ChannelDoor.read, answers: [(200, ChannelDoor.answer(ScoringRules.shape))]
    ) { (call) throws(APIProblem) in try ScoringRules.show(call) },
    Route(
      "PUT", "/api/ai-config/scoring-rules", "putScoringRules", "Change rules by their signals, all or none",
      ChannelDoor.write, body: ScoringRules.changes, answers: [(200, ChannelDoor.answer(ScoringRules.shape))]
    ) { (call) throws(APIProblem) in try ScoringRules.change(call) },
  ]
}

enum AssistantConfig {
  private static let style = Shape.word(ResponseStyle.names)
  private static let words = Shape.list(.text(1...100), atMost: 100)
  private static let languages = Shape.list(.text(2...10), atMost: 20)
  private static let instructions = Shape.text(0...20_000)
  private static let sentence = Shape.text(0...500)

  /// The columns of `ai_tenant_context`, and after them the guide's other names for some.
  static let changeable: [Shape.Member] = [
    .may("ai_enabled", .flag), .may("model", .line), .may("system_prompt", instructions), .may("temperature", .number),
    .may("max_tokens", .integer(100...32_000)), .may("response_style", style), .may("business_hours", .map),
    .may("escalation_keywords", words), .may("auto_escalate_after_messages", .integer(0...10_000)),
    .may("escalate_on_hot_lead", .flag), .may("min_confidence", .number), .may("escalation_message", sentence),
    .may("default_language", .text(2...10)), .may("supported_languages", languages), .may("currency", .text(3...3)),
    .may("use_emojis", .flag), .may("out_of_hours_enabled", .flag), .may("out_of_hours_message", sentence),
    .may("auto_greeting_enabled", .flag), .may("auto_greeting_message", sentence),
    .may("default_first_message_delay", .integer(0...1800)),
    .may("default_subsequent_message_delay", .integer(0...300)), .may("enable_scoring", .flag),
    .may("scoring_policy", .word(ScoringPolicy.allCases.map(\.rawValue))), .may("ai_model", .line),
    .may("custom_instructions", instructions), .may("ai_temperature", .number), .may("ai_personality", style),
    .may("max_turns_before_escalation", .integer(0...10_000)),
  ]
  private static let synonyms = [
    "ai_model": "model", "custom_instructions": "system_prompt", "ai_temperature": "temperature",
    "ai_personality": "response_style", "max_turns_before_escalation": "auto_escalate_after_messages",
  ]
  private static let neverNull: Set<String> = [
    "ai_enabled", "temperature", "max_tokens", "response_style", "escalation_keywords", "auto_escalate_after_messages",
    "escalate_on_hot_lead", "min_confidence", "default_language", "supported_languages", "currency", "use_emojis",
    "out_of_hours_enabled", "auto_greeting_enabled", "enable_scoring", "scoring_policy", "ai_temperature",
    "ai_personality",
    "max_turns_before_escalation",
  ]
  /// What was written before there were bounds is shown as it is.
  static let shape = Shape.object(
    changeable.map { member in
      let shape: Shape =
        switch member.shape {
        case .text: .text(0...100_000)
        case .list: .list(.text(0...100_000), atMost: 10_000)
        case .integer: .count
        default: member.shape
        }
      return .needs(member.name, neverNull.contains(member.name) ? shape : .maybe(shape))
    })

  static func show(_ call: APICall) throws(APIProblem) -> Response {
    let config = try call.store { (scope) throws(StoreError) in try scope.assistantConfig() }
    return .json(["success": true, "data": try call.data(config, or: "configuration")])
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("the assistant")
    var values = JSON.Members()
    for member in changeable {
      guard let value = call.body[member.name].value else { continue }
      let column = synonyms[member.name] ?? member.name
      if let other = values[column], other != value {
        throw .malformed("$.\(member.name)", "says something else than \(column), which is the same")
      }
      values[column] = value
    }
    for name in ["temperature", "min_confidence"] {
      guard let text = values[name].flatMap({ Field($0).loose }), !(0...1).contains(Double(text) ?? -1) else {
        continue
      }
      throw .malformed("$.\(name)", "expected a number from 0 to 1")
    }
    if call.body["business_hours"].exists, let fault = openingHoursFault(call.body["business_hours"]) {
      throw .malformed(fault.path, fault.fault)
    }
    let text = JSONText(JSON.object(values).text)
    _ = try call.store { (scope) throws(StoreError) in try scope.changeAssistantConfig(values: text) }
    return try show(call)
  }
}
