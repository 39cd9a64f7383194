/// The one spelling of a phone number under which a person is found, as digits without `+`. For matching only: answers
/// go to the spelling that was received.
///
/// Three countries write their mobile numbers in two ways, and platforms use both:
/// - Mexico: `52 1` + 10 digits is `52` + 10 digits; the 1 is a relic of mobile dialling.
/// - Argentina: `54 9` + 10 digits is `54` + 10 digits, and so is the domestic `15` after the area code.
/// - Brazil: `55` + area + 8 digits beginning with 6…9 lacks the ninth digit, a leading 9; landlines (2…5) never have it.
///
/// Anything else stays as it is: a number whose country we do not know must not be changed. SQL says the same
/// (`canonical_phone`); one table of cases tests both.
public func canonicalPhone(_ number: some StringProtocol) -> String {
  var digits = number.utf8.filter { (48...57).contains($0) }
  if digits.starts(with: "00".utf8) { digits.removeFirst(2) }
  if digits.starts(with: "521".utf8), digits.count == 13 {
    digits.remove(at: 2)
  } else if digits.starts(with: "54".utf8) {
    digits = argentine(digits)
  } else if digits.starts(with: "55".utf8), digits.count == 12, (UInt8(ascii: "6")...UInt8(ascii: "9")) ~= digits[4] {
    digits.insert(UInt8(ascii: "9"), at: 4)
  }
  return String(decoding: digits, as: UTF8.self)
}

/// Drops the mobile 9 after the country and the domestic 15 after the area code (2 to 4 digits; the only one of 2 is 11).
private func argentine(_ digits: [UInt8]) -> [UInt8] {
  var national = Array(digits.dropFirst(2))
  if national.first == UInt8(ascii: "9"), national.count == 11 || national.count == 13 { national.removeFirst() }
  if national.count == 12 {
    let mark = Array("15".utf8)
    let areas = national.starts(with: "11".utf8) ? [2] : [3, 4]
    if let area = areas.first(where: { Array(national[$0..<($0 + 2)]) == mark }) {
      national.removeSubrange(area..<(area + 2))
    }
  }
  return Array(digits.prefix(2)) + national
}
