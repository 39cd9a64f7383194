/// A price in words: `$800 MXN`, `de $800 a $1,200 MXN`, `desde $800 MXN`, each with the note in brackets; the note alone
/// if there is no number; nil if there is neither. Amounts are decimal text and stay exact.
public func priceText(
  min: String?, max: String?, currency: String, note: String?, in phrases: Phrases
) -> String? {
  let low = min.map(amountText)
  let high = max.map(amountText)
  let price: String? =
    switch (low, high) {
    case (let low?, let high?): low == high ? "\(low) \(currency)" : phrases.price(from: low, to: "\(high) \(currency)")
    case (let low?, nil): phrases.price(from: "\(low) \(currency)")
    case (nil, let high?): phrases.price(upTo: "\(high) \(currency)")
    case (nil, nil): nil
    }
  guard let price else { return note }
  return note.map { "\(price) (\($0))" } ?? price
}

/// `1234.50` → `$1,234.50`, `800.00` → `$800`; what is no plain decimal is returned as it is.
func amountText(_ decimal: String) -> String {
  let parts = decimal.split(separator: ".", omittingEmptySubsequences: false)
  let digits: (Substring) -> Bool = { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
  guard (1...2).contains(parts.count), parts.allSatisfy(digits) else { return decimal }
  var whole = ""
  for (i, c) in parts[0].enumerated() {
    if i > 0, (parts[0].count - i) % 3 == 0 { whole += "," }
    whole.append(c)
  }
  var cents = parts.count == 2 ? parts[1] : ""
  if cents.allSatisfy({ $0 == "0" }) { cents = "" }
  if cents.count == 1 { cents += "0" }
  return "$" + whole + (cents.isEmpty ? "" : "." + cents)
}
