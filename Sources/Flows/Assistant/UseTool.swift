import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// Where the use of a tool stands: whom it is for, and after which call.
struct ToolPlace: Sendable {
  let found: ConversationToAnswerRow
  let conversation: UUID
  let question: UUID
  let profile: TenantProfile
  let job: HeldJob
  let call: UUID
  let callOrdinal: Int
  let usage: JSONText?
  let ordinal: Int
}

/// What came of the use of a tool.
enum ToolEnd: Sendable {
  /// Claude is told this. The word is the gate's about the answer as it stands now; nil: it may go on.
  case told(ToolAnswer, gate: String?)
  /// The answer ends here.
  case over(Settled)
}

extension Office {
  /// Does what Claude asks for, once for the id under which it asks: effect and step in one transaction. What is wrong with
  /// the use is told to Claude, who may try otherwise.
  func use(_ use: ClaudeAnswer.ToolUse, _ place: ToolPlace, _ log: Log) async -> ToolEnd {
    guard (1...200).contains(use.id.unicodeScalars.count) else {
      return .over(.stop(Stop(why: "Claude asked for a tool under no id", again: true, after: nil)))
    }
    let log = log.with(["tool": use.name])
    let tool = tools.first { $0.definition.name == use.name && $0.isOffered(place.profile) }
    guard let tool else {
      return await keep(use, place, log) { (_) throws(StoreError) in
        .refused("unknown_tool", "there is no such tool")
      }
    }
    let input: JSON
    switch InputSchema.check(use.input, by: tool.definition.schema) {
    case .success(let clean): input = clean
    case .failure(let faults):
      return await keep(use, place, log) { (_) throws(StoreError) in
        .refused("invalid_input", faults.sentences.joined(separator: "; "))
      }
    }
    let found = place.found
    let asked = ToolUse(
      id: use.id, name: use.name, input: Field(input), tenant: place.job.tenant, conversation: place.conversation,
      lead: found.leadId, branch: found.branchId, question: place.question,
      channel: ChannelName(rawValue: found.channel) ?? .whatsapp, profile: place.profile, requestID: place.job.requestID
    )
    return await keep(use, place, log) { (scope) throws(StoreError) in try tool.run(asked, scope) }
  }

  private func keep(
    _ use: ClaudeAnswer.ToolUse, _ place: ToolPlace, _ log: Log,
    _ run: @escaping @Sendable (Scope) throws(StoreError) -> ToolAnswer
  ) async -> ToolEnd {
    do throws(StoreError) {
      return try await insistTogether(place.job.tenant) { (scope) throws(StoreError) in
        try together(use, place, scope, run)
      }
    } catch {
      guard !error.retryable else { return .over(.stop(Stop(why: error.sentence, again: true, after: nil))) }
      // A mistake of ours: nothing was done, and Claude can still say something sensible.
      log.error("tool_failed", ["conversation": place.conversation.text, "why": error.sentence])
    }
    do throws(StoreError) {
      return try await insistTogether(place.job.tenant) { (scope) throws(StoreError) in
        try together(use, place, scope) { (_) throws(StoreError) in
          .refused("tool_failed", "this cannot be done just now; nothing was changed")
        }
      }
    } catch {
      return .over(.stop(Stop(why: error.sentence, again: error.retryable, after: nil)))
    }
  }

  private func together(
    _ use: ClaudeAnswer.ToolUse, _ place: ToolPlace, _ scope: Scope,
    _ run: (Scope) throws(StoreError) -> ToolAnswer
  ) throws(StoreError) -> ToolEnd {
    let started = Instant.now
    let policy = gatePolicy(ChannelName(rawValue: place.found.channel) ?? .whatsapp)
    let begun = try scope.beginToolUse(use: JSONText(place.row(use, nil, started).text), policy: policy)
    switch begun.verdict {
    case "use": break
    case "used":
      let output = (try? begun.output?.parse()) ?? .null
      let answer = ToolAnswer(output, isError: begun.isError ?? false, handsOver: begun.handsOver ?? false)
      return .told(answer, gate: begun.reason)
    case "withheld": return .over(.nothing(begun.reason ?? "withheld"))
    default: return .over(.nothing(Self.answeredElsewhere))
    }
    let answer = try run(scope)
    let gate = try scope.endToolUse(
      call: place.usage, use: JSONText(place.row(use, answer, started).text), policy: policy)
    return .told(answer, gate: gate)
  }
}

extension ToolPlace {
  /// As `begin_tool_use` and `end_tool_use` read it.
  fileprivate func row(_ use: ClaudeAnswer.ToolUse, _ answer: ToolAnswer?, _ started: Instant) -> JSON {
    .object([
      "id": .string(UUID.timeOrdered().text), "conversation_id": .string(conversation.text),
      "job_id": .string(job.id.text),
      "question_id": .string(question.text), "call_id": .string(call.text), "call_ordinal": .number(callOrdinal),
      "ordinal": .number(ordinal), "name": .string(clipped(use.name, 200)), "tool_use_id": .string(use.id),
      "input": .string(use.input.text), "output": answer.map { .string($0.content.text) },
      "is_error": answer.map { .bool($0.isError) }, "hands_over": answer.map { .bool($0.handsOver) },
      "took_ms": .number(Int32(min((Instant.now - started) * 1000, 1e9))),
    ])
  }
}
