import Core
import FoundationEssentials
import Store

/// The business's own instructions for its assistant: `/api/ai-config/instructions`. Five of the highest priority are told.
extension Route {
  static let instructions: [Route] = [
    Route(
      "GET", "/api/ai-config/instructions", "listInstructions",
      "All of them, the highest priority first; the first five that are active are told, those of the branch among them",
      ChannelDoor.read, answers: [(200, ChannelDoor.answer(.list(Instructions.shape, atMost: 1000)))]
    ) { (call) throws(APIProblem) in
      let rows = try call.store { (scope) throws(StoreError) in
        try scope.instructions(onlyBranch: call.caller.branch)
      }
      var data: [JSON] = []
      for row in rows { data.append(try call.data(row, or: "instruction")) }
      return .json(["success": true, "data": .array(data)])
    },
    Route(
      "POST", "/api/ai-config/instructions", "createInstruction", "Add one; with an Idempotency-Key once",
      ChannelDoor.write, body: .object(Instructions.members), answers: [(201, ChannelDoor.answer(Instructions.shape))]
    ) { (call) throws(APIProblem) in try Instructions.create(call) },
    Route(
      "PATCH", "/api/ai-config/instructions/{id}", "changeInstruction",
      "Change what is named; examples of nothing are none", ChannelDoor.write, body: .object(Instructions.changeable),
      answers: [(200, ChannelDoor.answer(Instructions.shape))]
    ) { (call) throws(APIProblem) in
      try call.wholeBusiness("the assistant")
      let change = JSONText(.object(try call.change(Instructions.changeable)))
      let changed = try call.transaction { (scope) throws(StoreError) in
        try scope.changeInstruction(id: call.id(), change: change)
      }
      return .json(["success": true, "data": try call.data(changed, or: "instruction")])
    },
    Route(
      "DELETE", "/api/ai-config/instructions/{id}", "removeInstruction", "It is told no more", ChannelDoor.write,
      answers: [(200, ChannelDoor.done)]
    ) { (call) throws(APIProblem) in
      try call.wholeBusiness("the assistant")
      let removed = try call.store { (scope) throws(StoreError) in try scope.removeInstruction(id: call.id()) }
      guard removed > 0 else { throw .unknown("instruction") }
      return .json(["success": true])
    },
  ]
}

enum Instructions {
  private static let kinds = Shape.word([
    "identity", "greeting", "farewell", "pricing_policy", "special_cases", "competitors", "objections", "upsell",
    "tone_examples", "forbidden", "always_mention", "custom",
  ])
  /// Of one business.
  private static let most: Int32 = 100

  static let members: [Shape.Member] = [
    .needs("instruction_type", kinds), .needs("title", .text(1...200)), .needs("instruction", .text(1...4000)),
    .may("examples", .text(0...4000)), .may("priority", .integer(-1000...1000)), .may("is_active", .flag),
    .may("include_in_prompt", .flag), .may("branch_id", .id),
  ]
  static let changeable: [Shape.Member] = members.dropLast().map { .may($0.name, $0.shape) }

  /// What was written before there were bounds is shown as it is.
  static let shape = Shape.object([
    .needs("id", .id), .needs("branch_id", .maybe(.id)), .needs("instruction_type", kinds),
    .needs("title", .text(0...100_000)), .needs("instruction", .text(0...100_000)),
    .needs("examples", .maybe(.text(0...100_000))), .needs("priority", .integer(Int64(Int32.min)...Int64(Int32.max))),
    .needs("is_active", .flag), .needs("include_in_prompt", .flag), .needs("created_at", .moment),
    .needs("updated_at", .moment),
  ])

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("the assistant")
    let wish = JSONText(.object(try call.change(members)))
    let made = try call.once(["instruction", call.body.value?.text ?? ""]) { (scope) throws(StoreError) in
      let row = try scope.addInstruction(wish: wish, most: most)
      if let id = row.id { return .success(.string(id.text)) }
      return .failure(
        row.outcome == "too_many"
          ? .conflict("TOO_MANY", "there are \(most) instructions already; remove one first")
          : .malformed("$.branch_id", "there is no such branch"))
    }
    guard let id = Field(made).uuid else { throw .unknown("instruction") }
    let found = try call.store { (scope) throws(StoreError) in try scope.instruction(id: id, onlyBranch: nil) }
    return .json(["success": true, "data": try call.data(found, or: "instruction")], status: 201)
  }
}
