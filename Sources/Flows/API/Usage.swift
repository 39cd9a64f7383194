import Core
import FoundationEssentials
import Store

/// What the assistant's answers took and cost, and what a month's may: `/api/usage`. Money is decimal text, in US dollars.
extension Route {
  static let usage: [Route] = [
    Route(
      "GET", "/api/usage", "getUsage",
      "What the answers of some days took and cost, by day, model and conversation (the dearest 100)",
      .granted(scope: "analytics:read", .managers),
      query: [
        .init(
          "from", .text(10...10),
          "The first day, YYYY-MM-DD in the business's time zone; the month's first if not said."),
        .init("to", .text(10...10), "The last day; today if not said. At most 366 days are told of, the last of them."),
        .init("conversation_id", .id, "Of one conversation only."),
      ],
      answers: [(200, Shape.data(report))]
    ) { (call) throws(APIProblem) in
      // A branch's key sees no other branch's conversations, and money is not kept by branch.
      try call.wholeBusiness("what answers cost")
      let (from, to) = (try day(call, "from"), try day(call, "to"))
      if let from, let to, from > to { throw .malformed("?from", "expected no later day than in to") }
      let text = try call.store { (scope) throws(StoreError) in
        try scope.usage(from: from, to: to, conversationId: call.uuid("conversation_id"))
      }
      return .json(["data": try call.data(text, or: "usage")])
    },
    Route(
      "GET", "/api/usage/budget", "getBudget", "The month's budget, and what is used of it",
      .granted(scope: "analytics:read", .managers), answers: [(200, Shape.data(budget))]
    ) { (call) throws(APIProblem) in
      try call.wholeBusiness("the budget")
      return try told(call)
    },
    Route(
      "PUT", "/api/usage/budget", "putBudget",
      "Change what a month's answers may cost or take; null: as much as they do. When it is used up people answer",
      .granted(scope: nil, .owners),
      body: .object([
        .may("monthly_budget_usd", .number), .may("monthly_token_budget", .integer(0...1_000_000_000_000)),
      ]), answers: [(200, Shape.data(budget))]
    ) { (call) throws(APIProblem) in
      var change = JSON.Members([])
      for name in ["monthly_budget_usd", "monthly_token_budget"] where call.body.has(name) {
        change[name] = call.body[name].loose.map { .string($0) } ?? .null
      }
      guard !change.pairs.isEmpty else {
        throw .malformed("$", "expected one of monthly_budget_usd, monthly_token_budget")
      }
      if call.body["monthly_budget_usd"].loose?.hasPrefix("-") == true {
        throw .malformed("$.monthly_budget_usd", "expected 0 or more")
      }
      try call.store { (scope) throws(StoreError) in try scope.setBudget(change: JSONText(.object(change))) }
      return try told(call)
    },
  ]

  private static func told(_ call: APICall) throws(APIProblem) -> Response {
    .json(["data": try call.data(try call.store { (scope) throws(StoreError) in try scope.budget() }, or: "budget")])
  }

  private static func day(_ call: APICall, _ name: String) throws(APIProblem) -> String? {
    guard let text = call.text(name) else { return nil }
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "-") }), text.hasPrefix("20"),
      // The 31st of February is a day in March.
      Instant(text + "T00:00:00Z")?.description.hasPrefix(text) == true
    else { throw .malformed("?\(name)", "expected a day such as 2026-11-30") }
    return text
  }

  private static let amount = Shape.integer(0...9_000_000_000_000_000)
  private static let money = Shape.text(1...40)

  private static let sums: [Shape.Member] =
    [.needs("calls", .count), .needs("failed", .count)]
    + [
      "prompt_tokens", "cache_write_tokens", "cache_read_tokens", "completion_tokens", "total_tokens",
    ].map { .needs($0, amount) } + [.needs("cost_usd", money)]

  private static let budget = Shape.object([
    .needs("month", .text(7...7)), .needs("timezone", .line), .needs("monthly_budget_usd", .maybe(money)),
    .needs("monthly_token_budget", .maybe(amount)), .needs("cost_usd", money), .needs("total_tokens", amount),
    .needs("percent", .maybe(.number)), .needs("spent", .flag),
  ])

  private static let report = Shape.object([
    .needs("from", .text(10...10)), .needs("to", .text(10...10)), .needs("timezone", .line),
    .needs("total", .object(sums)),
    .needs("by_day", .list(.object(sums + [.needs("day", .text(10...10))]), atMost: 366)),
    .needs("by_model", .list(.object(sums + [.needs("model", .line)]), atMost: 1000)),
    .needs("by_conversation", .list(.object(sums + [.needs("conversation_id", .maybe(.id))]), atMost: 100)),
    .needs("budget", budget),
  ])
}
