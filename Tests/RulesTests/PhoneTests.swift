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
    }
  }
}
