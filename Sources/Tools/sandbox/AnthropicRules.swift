import Core

/// What the Messages API checks before Claude sees anything.
enum AnthropicRules {
  static func check(_ body: Field) throws(AnthropicError) -> ClaudeModel {
    guard body["model"].exists else { throw .invalid(body["model"], "Field required") }
    guard let model = ClaudeModel.named(body["model"].text ?? "") else {
      throw AnthropicError(status: 404, message: "model: \(body["model"].text ?? "")")
    }
    guard let most = body["max_tokens"].wholeNumber else { throw .invalid(body["max_tokens"], "Field required") }
    guard most >= 1 else { throw .invalid(body["max_tokens"], "Input should be greater than or equal to 1") }
    guard most <= 128_000 else {
      throw .invalid(
        "max_tokens: \(most) > 128000, which is the maximum allowed number of output tokens for \(model.id)")
    }
    if body["stream"].bool == true { throw .invalid(body["stream"], "the sandbox does not stream") }
    try checkSampling(body, model)
    try checkThinking(body, model, most)
    if body["system"].exists { try checkContent(body["system"], onlyText: true) }
    try checkMessages(body["messages"], model)
    try checkTools(body, model)
    try checkUses(body)
    let points = cachePoints(body.value ?? .null)
    guard points <= 4 else {
      throw .invalid("A maximum of 4 blocks with cache_control may be provided. Found \(points).")
    }
    return model
  }

  private static func checkSampling(_ body: Field, _ model: ClaudeModel) throws(AnthropicError) {
    for name in ["temperature", "top_p"] where body[name].exists {
      guard case .number(let text)? = body[name].value, let n = Double(text) else {
        throw .invalid(body[name], "Input should be a valid number")
      }
      guard (0...1).contains(n) else { throw .invalid(body[name], "Input should be from 0 to 1") }
      guard !model.fixedSampling || n == 1 else { throw .invalid("`\(name)` is not supported by \(model.id).") }
    }
    if body["top_k"].exists, model.fixedSampling { throw .invalid("`top_k` is not supported by \(model.id).") }
    let effort = body["output_config"]["effort"]
    if effort.exists, !["low", "medium", "high", "xhigh", "max"].contains(effort.text) {
      throw .invalid(effort, "Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
    }
  }

  private static func checkThinking(_ body: Field, _ model: ClaudeModel, _ most: Int64) throws(AnthropicError) {
    let thinking = body["thinking"]
    guard thinking.exists else { return }
    switch thinking["type"].text {
    case "disabled":
      if model.alwaysThinks { throw .invalid("\"thinking.type.disabled\" is not supported for this model.") }
    case "enabled":
      if model.fixedSampling { throw .invalid("\"thinking.type.enabled\" is not supported for this model.") }
      guard let budget = thinking["budget_tokens"].wholeNumber, budget >= 1024 else {
        throw .invalid(thinking["budget_tokens"], "Input should be greater than or equal to 1024")
      }
      guard budget < most else { throw .invalid("`max_tokens` must be greater than `thinking.budget_tokens`.") }
    case "adaptive", "between_tools":
      if !model.adaptive { throw .invalid("adaptive thinking is not supported on this model") }
    default: throw .invalid(thinking["type"], "Input should be 'adaptive', 'enabled' or 'disabled'")
    }
  }

  private static func checkMessages(_ messages: Field, _ model: ClaudeModel) throws(AnthropicError) {
    guard messages.exists else { throw .invalid(messages, "Field required") }
    guard let last = messages.items.last, let first = messages.items.first else {
      throw .invalid(messages, "at least one message is required")
    }
    for message in messages.items {
      guard ["user", "assistant"].contains(message["role"].text) else {
        throw .invalid(message["role"], "Input should be 'user' or 'assistant'")
      }
      guard message["content"].exists else { throw .invalid(message["content"], "Field required") }
      try checkContent(message["content"], onlyText: false)
    }
    guard first["role"].text == "user" else { throw .invalid(messages, "first message must use the \"user\" role") }
    if last["role"].text == "assistant", model.refusesPrefill {
      throw .invalid(
        "This model does not support assistant message prefill. The conversation must end with a user message.")
    }
  }

  private static let blockTypes = [
    "text", "image", "document", "tool_use", "tool_result", "thinking", "redacted_thinking",
  ]

  private static func checkContent(_ content: Field, onlyText: Bool) throws(AnthropicError) {
    switch content.value {
    case .string(let text):
      guard onlyText || !text.isEmpty else { throw .invalid("messages: text content must be non-empty") }
    case .array(let blocks):
      guard onlyText || !blocks.isEmpty else { throw .invalid(content, "at least one block is required") }
      for block in content.items {
        guard let type = block["type"].text, onlyText ? type == "text" : blockTypes.contains(type) else {
          throw .invalid(block["type"], "Input tag found does not match any of the expected tags")
        }
        if type == "text" {
          guard let text = block["text"].text else { throw .invalid(block["text"], "Field required") }
          guard text.contains(where: { !$0.isWhitespace }) else {
            throw .invalid("messages: text content blocks must be non-empty and contain non-whitespace text")
          }
        }
      }
    default: throw .invalid(content, "Input should be a valid string or list")
    }
  }

  private static func checkTools(_ body: Field, _ model: ClaudeModel) throws(AnthropicError) {
    try checkDefinitions(body["tools"])
    let choice = body["tool_choice"]["type"]
    guard choice.exists else { return }
    guard ["auto", "any", "tool", "none"].contains(choice.text) else {
      throw .invalid(choice, "Input should be 'auto', 'any', 'tool' or 'none'")
    }
    if model.refusesForcedTools, ["any", "tool"].contains(choice.text) {
      throw .invalid("tool_choice forces tool use, which is not supported for this model.")
    }
  }

  private static func cachePoints(_ value: JSON) -> Int {
    switch value {
    case .array(let items): items.reduce(0) { $0 + cachePoints($1) }
    case .object(let members):
      members.pairs.reduce(0) { $0 + ($1.key == "cache_control" && $1.value != .null ? 1 : cachePoints($1.value)) }
    default: 0
    }
  }
}

extension Field {
  /// A number without a fraction; no string of digits, which Anthropic refuses.
  var wholeNumber: Int64? {
    if case .number(let text)? = value { Int64(text) } else { nil }
  }
}
