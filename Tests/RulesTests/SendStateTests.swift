import Rules
import Testing

@Suite struct SendStateTests {
  /// The same table that SQL is tested with.
  @Test func table() throws {
    let rows = Fixtures.rows("send-states.tsv")
    #expect(rows.count == SendState.allCases.count * SendState.allCases.count)
    for row in rows {
      let current = try #require(SendState(rawValue: row[0]))
      let incoming = try #require(SendState(rawValue: row[1]))
      #expect((SendState.next(current, incoming)?.rawValue ?? "-") == row[2], "\(row[0]) then \(row[1])")
    }
  }

  /// However reports are ordered and repeated, what the person's phone confirmed stays confirmed.
  @Test func orderOfReportsDoesNotMatter() {
    let reports: [SendState] = [.accepted, .sent, .delivered, .read]
    for order in permutations(reports) {
      var state = SendState.sending
      for report in order + order { state = SendState.next(state, report) ?? state }
      #expect(state == .read, "\(order)")
    }
    for order in permutations([SendState.sent, .failed, .delivered]) {
      var state = SendState.accepted
      for report in order { state = SendState.next(state, report) ?? state }
      #expect(state == .delivered, "\(order)")
    }
  }

  @Test func impliedStatesAreLower() {
    for state in SendState.allCases {
      #expect(state.implies.allSatisfy { $0.rank < state.rank })
    }
  }

  private func permutations(_ items: [SendState]) -> [[SendState]] {
    guard let first = items.first else { return [[]] }
    return permutations(Array(items.dropFirst())).flatMap { rest in
      (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
    }
  }
}
