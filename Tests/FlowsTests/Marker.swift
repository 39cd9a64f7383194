import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

extension AssistantTool {
  /// Leaves a mark in the conversation (`current_intent`), one each time it takes effect.
  static func marker(
    _ name: String = "mark", handsOver: Bool = false,
    first: @escaping @Sendable (ToolUse) throws(StoreError) -> Void = { _ in },
    then: @escaping @Sendable (ToolUse) throws(StoreError) -> Void = { _ in }
  ) -> AssistantTool {
    AssistantTool(
      name, "Leaves a mark.",
      schema: [
        "type": "object", "additionalProperties": false, "required": ["word"],
        "properties": ["word": ["type": "string", "maxLength": 5]],
      ]
    ) { (use, scope) throws(StoreError) in
      try first(use)
      let word = use.input["word"].text ?? "?"
      try scope.exec(
        unique("mark"),
        "update conversations set current_intent = concat(current_intent, $1::text) where id = $2::uuid",
        [word, use.conversation.text])
      try then(use)
      return ToolAnswer(["marked": .string(word), "say": "Le atiende una persona."], handsOver: handsOver)
    }
  }
}

extension Shop {
  /// Does what is due with this Claude and these tools.
  @discardableResult
  func work(_ claude: Claude, _ tools: [AssistantTool], most: Int? = nil) async throws -> Int {
    let office = try office(claude.environment, tools: tools)
    let report = await Worker(office, WorkerOptions(most: most, drainOnly: true)).run()
    await office.close()
    return report.taken
  }

  /// The marks that tools have left.
  func marks() throws -> String { try value("coalesce(current_intent, '')", of: "conversations") ?? "" }

  /// Kinds and names of all steps in their order, `!` where one went wrong: `call mark! call`.
  func steps() throws -> String {
    try database.column(
      """
      select case kind when 'call' then 'call' else name end || case when is_error then '!' else '' end from ai_steps
       where tenant_id = '\(tenant.id.text)' order by question_id, ordinal
      """
    ).compactMap(\.self).joined(separator: " ")
  }

  /// The answer's job, held by a worker of a test's; and its conversation.
  func hold() throws -> (job: HeldJob, conversation: UUID) {
    try run(
      """
      update jobs set status = 'processing', attempts = attempts + 1, worker_id = gen_random_uuid(), started_at = now()
        where job_type = 'ai_response'
      """)
    let conversation = try #require(try value("id", of: "conversations").flatMap { UUID(uuidString: $0) })
    let job = try #require(try job("id").flatMap { UUID(uuidString: $0) })
    return (
      HeldJob(
        tenant: tenant.id, id: job, work: .answer(conversation: conversation, channel: .whatsapp), attempt: 1,
        maxAttempts: 5, requestID: nil), conversation
    )
  }

  /// Whoever held the answer is dead: what the lease's end does.
  func release() throws {
    try run("update jobs set status = 'pending', worker_id = null, lane_head = true where job_type = 'ai_response'")
  }
}
