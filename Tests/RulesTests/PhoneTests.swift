import Rules
import Testing

@Suite struct PhoneTests {
  /// The same table that SQL is tested with.
  @Test func table() {
    let rows = Fixtures.rows("phones.tsv")
    #expect(rows.count > 50)
    for row in rows {
      #expect(canonicalPhone(row[0]) == row[1], "\(row[0])")
      #expect(canonicalPhone(row[1]) == row[1], "\(row[0]): twice is once")
      #expect(normalizedPhone(row[0]) == row[2], "\(row[0])")
    }
  }

  @Test func variants() {
    #expect(phoneVariants("5216311234567") == ["526311234567", "5216311234567"])
    #expect(phoneVariants("5491122334455") == ["541122334455", "5491122334455"])
    #expect(phoneVariants("551187654321") == ["5511987654321", "551187654321"])
    #expect(phoneVariants("5511921234567") == ["5511921234567"])
    #expect(phoneVariants("16505551234") == ["16505551234"])
    for number in ["5216311234567", "5491122334455", "551187654321"] {
      #expect(phoneVariants(number).allSatisfy { canonicalPhone($0) == canonicalPhone(number) })
    }
  }
}
