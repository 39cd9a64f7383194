import Core

/// The thinking that stood before uses of tools. Anthropic takes an answer that used tools back only with its thinking
/// unchanged.
actor GivenThoughts {
  /// By the id of a use in the same answer.
  private var given = [String: [JSON]]()

  /// Uses remembered; then all are forgotten at once.
  private static let most = 50_000

  func keep(_ thought: Thought) {
    let uses = thought.blocks.compactMap { $0["type"] == "tool_use" ? $0["id"]?.plain : nil }
    guard !uses.isEmpty else { return }
    if given.count + uses.count > Self.most { given = [:] }
    for id in uses { given[id] = Self.thinking(thought.blocks) }
  }

  func check(_ body: Field) throws(AnthropicError) {
    for message in body["messages"].items where message["role"].text == "assistant" {
      let blocks = message["content"].items
      guard let id = blocks.first(where: { $0["type"].text == "tool_use" })?["id"].text, let kept = given[id],
        kept != Self.thinking(blocks.compactMap(\.value))
      else { continue }
      throw .invalid(
        message["content"],
        "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must "
          + "remain as they were in the original response.")
    }
  }

  private static func thinking(_ blocks: [JSON]) -> [JSON] {
    blocks.filter { $0["type"] == "thinking" || $0["type"] == "redacted_thinking" }
  }
}
