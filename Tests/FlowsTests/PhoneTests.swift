import Core
import Rules
import TestSupport
import Testing

/// Phone numbers in SQL, as in `Rules/Phone.swift`.
@Suite struct PhoneTests {
  private static let asked = "select canonical_phone(n) || '|' || normalize_phone_number(n) from unnest($1::text[]) n"

  /// The same table that Swift is tested with.
  @Test func table() throws {
    let text = try #require(readFile(World.root + "/Tests/RulesTests/Fixtures/phones.tsv"))
    let rows = text.split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count > 50)
    let found = try ask(rows.map { $0[0] })
    for (row, found) in zip(rows, found) { #expect(found == "\(row[1])|\(row[2])", "\(row[0])") }
    #expect(try Database.world.scalar("select canonical_phone(null) || '|' || normalize_phone_number(null)") == "|")
  }

  /// Where the rules begin and end: every prefix with every number of digits behind it, in both languages.
  @Test func bothSayTheSame() throws {
    let prefixes = [
      "", "+", "00", "52", "521", "+521", "54", "549", "5411", "541115", "54915", "543511", "5435115", "54296615", "55",
      "5511", "55116", "55112", "0054", "1", "65", "0",
    ]
    let digits = "9151523456789012"
    let numbers = prefixes.flatMap { prefix in
      (0...digits.count).flatMap { n in [prefix + digits.prefix(n), prefix + digits.suffix(n)] }
    }
    let found = try ask(numbers)
    #expect(found.count == numbers.count)
    for (number, found) in zip(numbers, found) {
      #expect(found.hasPrefix(canonicalPhone(number) + "|"), "\(number)")
    }
  }

  private func ask(_ numbers: [String]) throws -> [String] {
    let list = "{" + numbers.map { "\"\($0)\"" }.joined(separator: ",") + "}"
    return try Database.world.column(Self.asked, [list]).compactMap { $0 }
  }
}
