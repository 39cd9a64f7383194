import Core
import Rules

extension Meta {
  /// How much of its limits an answer of the Graph API says that we have used; nil if it does not say.
  ///
  /// `X-App-Usage` and `X-Page-Usage: {"call_count", "total_cputime", "total_time"}` in percent; `X-Business-Use-Case-Usage: {"<id>":
  /// [{"type", the same three, "estimated_time_to_regain_access" (minutes)}]}`, of which those of `useCase` count
  /// (Graph API rate limiting, November 2026).
  static func usage(_ headers: [String: String], of useCase: String) -> SendUsage? {
    var found = [SendUsage]()
    for name in ["x-app-usage", "x-page-usage"] {
      guard let used = object(headers[name]), let percent = percent(used) else { continue }
      found.append(SendUsage(percent: percent))
    }
    if case .object(let members)? = object(headers["x-business-use-case-usage"])?.value {
      for item in members.pairs.flatMap({ Field($0.value).items }) where item["type"].text ?? useCase == useCase {
        let regain = number(item["estimated_time_to_regain_access"]).map { min($0 * 60, SendPace.longestRest) }
        guard let percent = percent(item) ?? regain.map({ _ in 0 }) else { continue }
        found.append(SendUsage(percent: percent, regainSeconds: regain))
      }
    }
    guard let most = found.map(\.percent).max() else { return nil }
    return SendUsage(percent: most, regainSeconds: found.compactMap(\.regainSeconds).filter { $0 > 0 }.max())
  }

  private static func object(_ header: String?) -> Field? {
    header.flatMap { try? JSON.parse(Array($0.utf8)) }.map { Field($0) }
  }

  private static func percent(_ field: Field) -> Int? {
    ["call_count", "total_cputime", "total_time"].compactMap { number(field[$0]) }.max().map { Int(min($0, 1000)) }
  }

  private static func number(_ field: Field) -> Double? {
    field.loose.flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
  }
}
