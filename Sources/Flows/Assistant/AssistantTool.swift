import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// Something that Claude may do for the person it talks to. It works on the database only and inside one transaction with
/// the row that says what it did, so that a tool used twice under one id has one effect, and a killed worker leaves
/// both or neither.
///
/// Whom it works for comes from the conversation (`ToolUse`), never from the model's input: a tool takes no lead's id, and
/// an appointment's id only counts if it is this person's.
public struct AssistantTool: Sendable {
  /// Name, description and JSON Schema, as Claude is told. The input was checked against the schema before `run` sees it.
  public let definition: ClaudeTool
  /// Needed for this business: a clinic without services has nothing to book.
  public let isOffered: @Sendable (TenantProfile) -> Bool
  public let run: @Sendable (ToolUse, Scope) throws(StoreError) -> ToolAnswer

  public init(
    _ name: String, _ description: String, schema: JSON,
    isOffered: @escaping @Sendable (TenantProfile) -> Bool = { _ in true },
    run: @escaping @Sendable (ToolUse, Scope) throws(StoreError) -> ToolAnswer
  ) {
    definition = ClaudeTool(name: name, description: description, schema: schema)
    self.isOffered = isOffered
    self.run = run
  }
}

/// A use of a tool, and whom it is for.
public struct ToolUse: Sendable {
  /// Anthropic's name for the use (`toolu_…`): effects are idempotent on it.
  public let id: String
  public let name: String
  public let input: Field
  public let tenant: UUID
  public let conversation: UUID
  public let lead: UUID
  /// Where the conversation is; nil: the business has several branches and none is known yet.
  public let branch: UUID?
  /// The person's message that is being answered.
  public let question: UUID
  public let channel: ChannelName
  public let profile: TenantProfile
  public let requestID: String?
}

/// What Claude is told of a use.
public struct ToolAnswer: Sendable, Equatable {
  /// Short JSON; keys in English, values for the customer in the business's language.
  public var content: JSON
  /// Claude is told that it went wrong, and may try otherwise.
  public var isError = false
  /// The conversation is with people now: the text that Claude has still to say is the last.
  public var handsOver = false

  public init(_ content: JSON, isError: Bool = false, handsOver: Bool = false) {
    self.content = content
    self.isError = isError
    self.handsOver = handsOver
  }

  /// `code` for machines, `sentence` for Claude.
  public static func refused(_ code: String, _ sentence: String) -> ToolAnswer {
    ToolAnswer(["error": .string(code), "message": .string(sentence)], isError: true)
  }
}

extension AssistantTool {
  /// Everything Claude may do, in the order in which it is told: one list, since the order is part of what is cached.
  public static let all: [AssistantTool] = knowing + scheduling + scoring + handingOver
}
