import Rules
import Testing

@Suite struct TotalTests {
  private func sum(_ lines: [(String, String, String)]) -> String? {
    total(of: lines.map { OrderLine(quantity: $0.0, price: $0.1, currency: $0.2) })?
      .map { "\($0.amount) \($0.currency)" }.joined(separator: " + ")
  }

  @Test func isExact() {
    #expect(sum([("2", "30", "USD"), ("1", "25", "USD")]) == "85 USD")
    #expect(sum([("3", "0.1", "USD")]) == "0.3 USD")
    #expect(sum([("0.5", "145.50", "MXN"), ("1", "35.00", "MXN")]) == "107.75 MXN")
    #expect(sum([("1", "1", "MXN"), ("1", "2", "USD"), ("1", "3", "MXN")]) == "4 MXN + 2 USD")
    #expect(sum([("0.000001", "0.000001", "USD")]) == "0.000000000001 USD")
    let most = Array(repeating: ("999999999.999999", "999999999.999999", "USD"), count: 5000)
    #expect(sum(most) == "4999999999999990000000.000000005 USD")
  }

  @Test func halfASumIsNone() {
    #expect(sum([]) == nil)
    for bad in ["", "-1", "1e3", "1,5", "1.", ".5", "1.2.3", "NaN", "1.0000001", "1000000000", " 1", "١"] {
      #expect(sum([("1", "30", "USD"), ("1", bad, "USD")]) == nil, "\(bad)")
      #expect(sum([(bad, "30", "USD")]) == nil, "\(bad)")
    }
    #expect(sum([("1", "30", "")]) == nil)
  }
}
