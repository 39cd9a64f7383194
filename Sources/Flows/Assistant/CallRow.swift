import Core
import FoundationEssentials
import Peers
import Store

extension Office {
  /// A call of the model as `record_call` reads it: its place among the steps, what was said, what it took and cost. Under an
  /// id of its own, so that asking again after a lost answer writes it once.
  func usageRow(
    _ answer: ClaudeAnswer, _ call: ClaudeCall, _ asking: Asking, _ ordinal: Int, _ started: Instant
  ) -> (id: UUID, row: JSONText) {
    let id = UUID.timeOrdered()
    let model = ClaudeModel.named(call.model)
    let usage = answer.usage
    func clamped(_ count: Int64) -> JSON { .number(Int32(clamping: count)) }
    let isUsable: Bool =
      switch answer.outcome {
      case .text, .tools: true
      case .cut: answer.toolUses.isEmpty
      case .refused, .empty: false
      }
    let row: JSON = [
      "id": .string(id.text), "conversation_id": .string(asking.conversation.text),
      "job_id": .string(asking.job.id.text), "question_id": .string(asking.question.text), "ordinal": .number(ordinal),
      "content": .string(answer.content.text),
      "ai_model": .string(model.id), "prompt_tokens": clamped(usage.prompt),
      "cache_write_tokens": clamped(usage.cacheWrite + usage.cacheWriteHour),
      "cache_read_tokens": clamped(usage.cacheRead), "completion_tokens": clamped(usage.output),
      "cost_usd": .string(usage.costUSD(model)),
      "response_time_ms": .number(Int32(min((Instant.now - started) * 1000, 1e9))),
      "stop_reason": .string("\(answer.stopReason)"), "was_successful": .bool(isUsable),
    ]
    return (id, JSONText(row.text))
  }

  /// A call whose answer nobody has heard, as far as it is known: no step, since nothing was said. What it read is counted by
  /// its length.
  /// - Parameters:
  ///   - word: what becomes `stop_reason`.
  ///   - said: tokens that the model has said at most.
  func unheardRow(
    _ call: ClaudeCall, _ asking: Asking, _ word: String, why: String, said: Int64, _ started: Instant
  ) -> JSONText {
    let model = ClaudeModel.named(call.model)
    let usage = ClaudeUsage(input: call.estimatedTokens, output: said)
    let row: JSON = [
      "id": .string(UUID().text), "conversation_id": .string(asking.conversation.text),
      "job_id": .string(asking.job.id.text), "ai_model": .string(model.id),
      "prompt_tokens": .number(Int32(clamping: usage.prompt)), "cache_write_tokens": 0, "cache_read_tokens": 0,
      "completion_tokens": .number(Int32(clamping: usage.output)), "cost_usd": .string(usage.costUSD(model)),
      "response_time_ms": .number(Int32(min((Instant.now - started) * 1000, 1e9))),
      "stop_reason": .string(word), "was_successful": false,
      "metadata": ["estimated": true, "why": .string(why)],
    ]
    return JSONText(row.text)
  }
}
