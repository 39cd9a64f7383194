/// What is ordered: amounts as the decimal texts in which they came.
public struct OrderLine: Sendable, Equatable {
  public var quantity: String
  /// Of one piece.
  public var price: String
  public var currency: String

  public init(quantity: String, price: String, currency: String) {
    self.quantity = quantity
    self.price = price
    self.currency = currency
  }
}

/// What an order costs: an exact sum (`326`, `45.5`) for each currency, in the order of their first mention. nil if one of
/// the amounts is no plain decimal number, since a sum without it would be wrong.
public func total(of lines: [OrderLine]) -> [(currency: String, amount: String)]? {
  var sums = [(currency: String, amount: Int128)]()
  for line in lines {
    guard let quantity = millionths(line.quantity), let price = millionths(line.price), !line.currency.isEmpty else {
      return nil
    }
    if let i = sums.firstIndex(where: { $0.currency == line.currency }) {
      sums[i].amount += quantity * price
    } else {
      sums.append((line.currency, quantity * price))
    }
  }
  return sums.isEmpty ? nil : sums.map { ($0.currency, decimal($0.amount)) }
}

private let million: Int128 = 1_000_000

/// `digits[.digits]`, at most nine before and six behind the point: millions of products of two such fit 128 bits.
private func millionths(_ text: String) -> Int128? {
  let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  let (whole, rest) = (parts[0], parts.count > 1 ? parts[1] : "0")
  guard (1...9).contains(whole.utf8.count), (1...6).contains(rest.utf8.count),
    (whole + rest).utf8.allSatisfy({ (48...57).contains($0) }), let units = Int128(whole),
    let fraction = Int128(rest + String(repeating: "0", count: 6 - rest.utf8.count))
  else { return nil }
  return units * million + fraction
}

/// A number of millionths of millionths, without zeros at its end.
private func decimal(_ amount: Int128) -> String {
  let (whole, rest) = amount.quotientAndRemainder(dividingBy: million * million)
  guard rest > 0 else { return String(whole) }
  let digits = String(rest)
  var fraction = String(repeating: "0", count: 12 - digits.utf8.count) + digits
  while fraction.last == "0" { fraction.removeLast() }
  return "\(whole).\(fraction)"
}
