import Core
import Rules
import Testing

/// What a score may and may not do, whatever comes.
@Suite struct LeadScoringTests {
  /// The integration guide's table.
  @Test func theGuidesPoints() {
    let points = Dictionary(uniqueKeysWithValues: LeadSignal.allCases.map { ($0.rawValue, $0.points) })
    #expect(
      points == [
        "interested": 10, "urgent": 15, "budget_mentioned": 20, "decision_maker": 15, "comparing": 5,
        "not_interested": -20, "spam": -50,
      ])
  }

  @Test func classes() {
    let cases: [(Int, ScoringPolicy, LeadClassification)] = [
      (0, .signals, .cold), (39, .signals, .cold), (40, .signals, .warm), (69, .signals, .warm), (70, .signals, .hot),
      (100, .signals, .hot), (39, .interactions, .cold), (40, .interactions, .warm), (79, .interactions, .warm),
      (80, .interactions, .hot),
    ]
    for (score, policy, expected) in cases { #expect(LeadClassification(score: score, policy) == expected, "\(score)") }
  }

  @Test(arguments: ScoringPolicy.allCases) func aClasssOwnScoreIsOfThatClass(_ policy: ScoringPolicy) {
    for classification in LeadClassification.allCases {
      #expect(LeadClassification(score: classification.score(policy), policy) == classification)
    }
  }

  /// Never out of bounds, never against the sign of its points, and further points never make less of them.
  @Test func movesStayInBounds() {
    var random = Seeded(7)
    for _ in 0..<20_000 {
      let score = Int.random(in: -5...105, using: &random)
      let points = [Int.random(in: -120...120, using: &random), .min, .max, 0].randomElement(using: &random) ?? 0
      let moved = LeadScore.moved(score, by: points)
      #expect(LeadScore.bounds.contains(moved), "\(score) by \(points)")
      let inside = min(max(score, 0), 100)
      if points >= 0 { #expect(moved >= inside) } else { #expect(moved <= inside) }
      if points < .max { #expect(LeadScore.moved(score, by: points + 1) >= moved) }
    }
  }

  /// Signals of one turn: whatever was said, each rule fires once at most, with its own points and in the rules' order.
  @Test func aTurnRaisesEachSignalOnce() {
    var random = Seeded(11)
    let words = [
      "urgente", "precio", "no", "me", "interesa", "cita", "ya", "quiero", "¿", ",", "PRÉCIO", "", "dolor de",
    ]
    let rules = [
      ScoringRule(signal: "a", points: 3, detection: .words(["me interesa", "precio"])),
      ScoringRule(signal: "b", points: -4, detection: .words(["no me interesa", "ya no quiero"])),
      ScoringRule(signal: "c", points: 5, detection: .words(["urgente", "dolor"])),
      ScoringRule(signal: "d", points: 1, detection: .messages(3)),
      ScoringRule(signal: "e", points: 2, detection: .told),
      ScoringRule(signal: "f", points: 2, detection: .fields(["phone"])),
    ]
    for _ in 0..<5_000 {
      let said = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        (0..<Int.random(in: 0...9, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
          .joined(separator: " ")
      }
      let facts = LeadFacts(
        messages: Int.random(in: 0...5, using: &random), fields: Bool.random(using: &random) ? ["phone"] : [],
        raised: Bool.random(using: &random) ? ["d"] : [])
      let raised = raisedSignals(said: said, rules, facts)
      let names = raised.map(\.signal)
      #expect(Set(names).count == names.count && names == names.sorted() && !names.contains("e"), "\(said)")
      for signal in raised { #expect(rules.contains { $0.signal == signal.signal && $0.points == signal.points }) }
      // The same again is the same: a job that runs twice comes to one end.
      #expect(raisedSignals(said: said, rules, facts) == raised)
    }
  }

  @Test func keywords() {
    let rows = Fixtures.rows("signals.tsv")
    #expect(rows.count > 20)
    for row in rows {
      let rule = ScoringRule(signal: "x", points: 1, detection: .words([row[1]]))
      let raised = raisedSignals(said: [row[0]], [rule], LeadFacts())
      #expect(raised == (row[2] == "yes" ? [RaisedSignal("x", 1, row[1])] : []), "\(row)")
    }
  }

  @Test func theInteractionsFormula() {
    let cases: [(LeadFacts, Int)] = [
      (LeadFacts(), 0), (LeadFacts(messages: 1), 2), (LeadFacts(messages: 5, wantsHighValue: true), 25),
      (LeadFacts(messages: 3, hasAppointment: true, answeredQuickly: true), 36),
      (LeadFacts(messages: 3, wantsHighValue: true, hasAppointment: true, answeredQuickly: true), 50),
      (LeadFacts(messages: .max), 50), (LeadFacts(messages: -3), 0),
    ]
    for (facts, points) in cases { #expect(facts.interactionPoints == points, "\(facts)") }
    var random = Seeded(3)
    for _ in 0..<2_000 {
      let facts = LeadFacts(
        messages: Int.random(in: 0...200, using: &random), wantsHighValue: .random(using: &random),
        hasAppointment: .random(using: &random), answeredQuickly: .random(using: &random))
      #expect(LeadScore.bounds.contains(LeadScore.start + facts.interactionPoints))
      var more = facts
      more.messages += 1
      #expect(more.interactionPoints >= facts.interactionPoints, "who says more is worth no less")
    }
  }

  @Test func rulesAreRead() throws {
    let rule = ScoringRule(
      Field(["signal": "x", "points": 7, "type": "keyword", "config": ["keywords": ["a", 1, "b"]]]))
    #expect(rule == ScoringRule(signal: "x", points: 7, detection: .words(["a", "b"])))
    #expect(ScoringRule(Field(["points": 7])) == nil)
    for junk: JSON in [[], nil, "keywords", ["keywords": "a"], ["min_messages": "cinco"], ["fields": []]] {
      for type in ["keyword", "engagement", "attribute", "intent", "?"] {
        let read = ScoringRule(Field(["signal": "x", "points": 1, "type": .string(type), "config": junk]))
        #expect(read.map { raisedSignals(said: ["keywords a"], [$0], LeadFacts(messages: 9)) } == [], "\(type) \(junk)")
      }
    }
  }
}

/// Always the same numbers.
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
