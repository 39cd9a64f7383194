import Core
import Store

/// By which rules what people say is scored: `/api/ai-config/scoring-rules`. The signals are the platform's; what each
/// counts, by which words it is found and whether it counts at all is the business's.
enum ScoringRules {
  private static let points = Shape.integer(-100...100)
  private static let words = Shape.list(.text(1...100), atMost: 100)

  static let shape = Shape.list(
    .object([
      .needs("signal", .line), .needs("name", .line), .needs("category", .line), .needs("type", .line),
      .needs("points", points), .needs("is_active", .flag),
      // What was written before there were bounds is shown as it is.
      .may("keywords", .list(.text(0...100_000), atMost: 10_000)),
    ]), atMost: 10_000)

  static let changes = Shape.object([
    .needs(
      "rules",
      .list(
        .object([
          .needs("signal", .line), .may("name", .text(1...200)), .may("points", points), .may("is_active", .flag),
          .may("keywords", words),
        ]), atMost: 100))
  ])

  static func show(_ call: APICall) throws(APIProblem) -> Response {
    let rules = try call.store { (scope) throws(StoreError) in try scope.scoringRules() }
    return .json(["success": true, "data": try call.data(rules, or: "rules")])
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("how leads are scored")
    let rules = call.body["rules"]
    let signals = rules.items.compactMap { $0["signal"].text }
    for (i, signal) in signals.enumerated() where signals[..<i].contains(signal) {
      throw .malformed("$.rules[\(i)].signal", "is named twice")
    }
    let text = JSONText((rules.value ?? []).text)
    let unknown = try call.store { (scope) throws(StoreError) in try scope.changeScoringRules(rules: text) }
    if let first = unknown.compactMap({ $0 }).first, let i = signals.firstIndex(of: first) {
      let fault =
        rules.items[i]["keywords"].exists ? "no rule of that name looks for words" : "there is no rule of that name"
      throw .malformed("$.rules[\(i)].signal", fault)
    }
    return try show(call)
  }
}
