import Core
import FoundationEssentials
import Rules
import Store

/// A person's score, and why it is so: `/api/leads/{id}/score`.
extension Route {
  static let leadScores: [Route] = [
    Route(
      "GET", "/api/leads/{id}/score", "getLeadScore", "A person's score with every change of it, the latest first",
      .granted(scope: "leads:read", .everybody),
      query: [
        .init("limit", .integer(1...200), "Changes at most, 50 if not said."),
        .init("before", .id, "Goes on behind this change."),
      ],
      answers: [(200, Shape.data(shape))]
    ) { (call) throws(APIProblem) in
      let row = try call.store { (scope) throws(StoreError) in
        try scope.leadScore(
          before: call.uuid("before"), limit: call.int("limit") ?? 50, id: call.id(), onlyBranch: call.caller.branch)
      }
      guard let row else { throw .unknown("lead") }
      let policy = ScoringPolicy(rawValue: row.policy) ?? .signals
      return .json([
        "data": [
          "lead_id": .string(call.id().text), "score": .number(row.score),
          "classification": .string(row.classification),
          "policy": .string(policy.rawValue), "hot_from": .number(policy.hotFrom),
          "warm_from": .number(ScoringPolicy.warmFrom), "history": try call.data(row.history, or: "history"),
        ]
      ])
    }
  ]

  private static let points = Shape.integer(-1000...1000)
  private static let score = Shape.integer(0...100)

  private static let change = Shape.object([
    .needs("id", .id), .needs("at", .moment), .needs("previous_score", score), .needs("new_score", score),
    .needs("score_change", points), .needs("points", .integer(Int64(Int32.min)...Int64(Int32.max))),
    .needs("previous_classification", .maybe(.line)), .needs("new_classification", .maybe(.line)),
    .needs("signal", .maybe(.line)), .needs("reason", .maybe(.text(0...100_000))),
    .needs("source", .word(["ai_detection", "manual", "rule_trigger", "time_decay", "conversion"])),
    .needs("message_id", .maybe(.id)), .needs("conversation_id", .maybe(.id)), .needs("staff_id", .maybe(.id)),
  ])

  private static let shape = Shape.object([
    .needs("lead_id", .id), .needs("score", score), .needs("classification", .word(["hot", "warm", "cold"])),
    .needs("policy", .word(ScoringPolicy.allCases.map(\.rawValue))), .needs("hot_from", score),
    .needs("warm_from", score), .needs("history", .list(change, atMost: 200)),
  ])
}
