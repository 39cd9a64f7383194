/// The one spelling of a phone number under which a person is found, as digits without `+`. For matching only: answers
/// go to the spelling that was received.
///
/// Three countries write their mobile numbers in two ways, and platforms use both:
/// - Mexico: `52 1` + 10 digits is `52` + 10 digits; the 1 is a relic of mobile dialling.
/// - Argentina: `54 9` + 10 digits is `54` + 10 digits, and so is the domestic `15` after the area code.
/// - Brazil: `55` + area + 8 digits beginning with 6…9 lacks the ninth digit, a leading 9; landlines (2…5) never have it.
///
/// Anything else stays as it is: a number whose country we do not know must not be changed.
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

/// A number as somebody typed it, in the same spelling. Ten digits without a country are Mexican. Never for ids that a
/// platform sends, which have their country: Singapore's and Denmark's have ten digits, too. `normalize_phone_number` in
/// SQL is the same; one table of cases tests both.
public func normalizedPhone(_ typed: some StringProtocol) -> String {
  let isDigit: (UInt8) -> Bool = { (48...57).contains($0) }
  let digits = typed.utf8.filter(isDigit)
  let hasPlus = typed.utf8.prefix { !isDigit($0) }.contains(UInt8(ascii: "+"))
  guard digits.count == 10, !hasPlus, !digits.starts(with: "00".utf8) else { return canonicalPhone(typed) }
  return canonicalPhone("52" + String(decoding: digits, as: UTF8.self))
}

/// All spellings of a number that platforms are known to use, the canonical one first. Look people up with these where
/// a column holds received spellings.
public func phoneVariants(_ number: some StringProtocol) -> [String] {
  let canonical = canonicalPhone(number)
  let digits = Array(canonical.utf8)
  let rest = canonical.dropFirst(2)
  if canonical.hasPrefix("52"), digits.count == 12 { return [canonical, "521" + rest] }
  if canonical.hasPrefix("54"), digits.count == 12 { return [canonical, "549" + rest] }
  if canonical.hasPrefix("55"), digits.count == 13, digits[4] == UInt8(ascii: "9"), digits[5] >= UInt8(ascii: "6") {
    return [canonical, String(canonical.prefix(4) + canonical.dropFirst(5))]
  }
  return [canonical]
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
