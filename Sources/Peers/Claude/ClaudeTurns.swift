import Core

/// What came of a tool that Claude asked for, in the order asked.
public struct ClaudeToolResult: Sendable, Equatable {
  public var id: String
  public var content: JSON
  /// It went wrong; Claude may try otherwise.
  public var isError: Bool

  public init(id: String, content: JSON, isError: Bool) {
    self.id = id
    self.content = content
    self.isError = isError
  }
}

extension ClaudeCall {
  /// What Claude said, told back to it as it came, and what became of all the tools that it asked for there:
  /// `continuation` grows by these two.
  public static func exchange(content: JSON, results: [ClaudeToolResult]) -> [JSON] {
    [
      ["role": "assistant", "content": content],
      [
        "role": "user",
        "content": .array(
          results.map { result in
            .object([
              "type": "tool_result", "tool_use_id": .string(result.id), "content": .string(result.content.text),
              "is_error": result.isError ? true : nil,
            ])
          }),
      ],
    ]
  }
}

extension ClaudeAnswer.ToolUse {
  /// The uses that a `content` of Claude's asks for.
  public static func all(in content: JSON) -> [ClaudeAnswer.ToolUse] {
    Field(content).items.compactMap { ClaudeAnswer.ToolUse($0) }
  }
}
