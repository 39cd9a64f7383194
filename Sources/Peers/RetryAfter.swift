import Core

/// The seconds that an answer asks us to wait (`retry-after-ms`, `Retry-After`); nil if it does not say, or says it as a
/// date.
func retryAfter(_ headers: [String: String]) -> Double? {
  func number(_ name: String) -> Double? {
    headers[name].flatMap { Double($0.filter { !$0.isWhitespace }) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
  }
  return number("retry-after-ms").map { $0 / 1000 } ?? number("retry-after")
}
