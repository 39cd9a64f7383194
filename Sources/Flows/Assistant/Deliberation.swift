import Core
import FoundationEssentials
import Peers
import Store

/// An answer in the making: what Claude has said so far, which tools it asked for, and what came of them. It is as the
/// stored steps tell it, so that a worker can go on where another was killed.
struct Deliberation {
  /// A call that asked for tools, not all of which have been used.
  struct Asked {
    let call: UUID
    let ordinal: Int
    let content: JSON
    let uses: [ClaudeAnswer.ToolUse]
    /// As `record_call` reads it; nil: it is stored already.
    var usage: JSONText?
    var results: [ClaudeToolResult] = []
  }

  /// What follows the conversation's turns in the next call.
  private(set) var continuation: [JSON] = []
  /// Calls that have been made, and those among them that asked for tools.
  private(set) var calls = 0
  private(set) var rounds = 0
  /// Of the next step.
  private(set) var ordinal = 1
  private(set) var asked: Asked?
  private(set) var handedOver = false
  /// What the tool that handed the conversation over wants the person told.
  private(set) var farewell: String?

  init() {}

  /// From what `answer_steps` gives.
  init(_ steps: Field) {
    let all = steps.items
    for step in all where step["kind"].text == "call" {
      guard let ordinal = step["ordinal"].integer.map({ Int($0) }), let id = step["id"].uuid else { continue }
      let content = step["output"].value ?? []
      let uses = step["is_error"].bool == true ? [] : ClaudeAnswer.ToolUse.all(in: content)
      called(id, ordinal, content, uses, usage: nil)
      for use in uses {
        guard let used = all.first(where: { $0["kind"].text == "tool" && $0["tool_use_id"].text == use.id }) else {
          break
        }
        told(
          ToolAnswer(
            used["output"].value ?? .null, isError: used["is_error"].bool ?? false,
            handsOver: used["hands_over"].bool ?? false))
      }
    }
  }

  /// Claude has answered. Nothing of an answer that asks for no tools is told back to it.
  mutating func called(_ id: UUID, _ ordinal: Int, _ content: JSON, _ uses: [ClaudeAnswer.ToolUse], usage: JSONText?) {
    calls += 1
    self.ordinal = ordinal + 1 + uses.count
    guard !uses.isEmpty else { return }
    rounds += 1
    asked = Asked(call: id, ordinal: ordinal, content: content, uses: uses, usage: usage)
  }

  /// The tool whose turn it is, and its place; nil: Claude is to be asked.
  var next: (asked: Asked, use: ClaudeAnswer.ToolUse, ordinal: Int)? {
    guard let asked, asked.results.count < asked.uses.count else { return nil }
    let i = asked.results.count
    return (asked, asked.uses[i], asked.ordinal + 1 + i)
  }

  /// What came of that tool, which is stored by now.
  mutating func told(_ answer: ToolAnswer) {
    guard var asked else { return }
    asked.usage = nil
    asked.results.append(
      ClaudeToolResult(
        id: asked.uses[asked.results.count].id, content: answer.content, isError: answer.isError))
    if answer.handsOver {
      handedOver = true
      farewell = Field(answer.content)["say"].text ?? farewell
    }
    if asked.results.count == asked.uses.count {
      continuation += ClaudeCall.exchange(content: asked.content, results: asked.results)
      self.asked = nil
    } else {
      self.asked = asked
    }
  }
}
