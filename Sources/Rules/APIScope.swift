/// What a key of an integrator's may do, and how often.
public enum APIScope {
  private static let readAndWrite = [
    "leads", "conversations", "appointments", "patients", "treatments", "quotes", "services", "menu", "orders",
    "inventory", "tables", "kitchen", "reservations", "webhook", "channels", "templates", "media", "staff",
  ]

  public static let all =
    readAndWrite.flatMap { [$0 + ":read", $0 + ":write"] }
    + ["webhooks:manage", "analytics:read", "ai:chat"]

  /// What a business's plan allows: how many keys, and of one key the calls a minute and a day, at first and at most.
  public struct Allowance: Sendable, Equatable {
    public let keys: Int
    public let perMinute: Int
    public let perDay: Int
    public let mostPerMinute: Int
    public let mostPerDay: Int
  }

  /// A plan that is not known is the smallest.
  public static func allowance(plan: String) -> Allowance {
    switch plan {
    case "growth":
      Allowance(keys: 10, perMinute: 60, perDay: 10_000, mostPerMinute: 120, mostPerDay: 20_000)
    // The largest plan, by the guide's name and by the table's.
    case "enterprise", "scale":
      Allowance(keys: 50, perMinute: 100, perDay: 100_000, mostPerMinute: 500, mostPerDay: 500_000)
    default: Allowance(keys: 2, perMinute: 30, perDay: 1000, mostPerMinute: 60, mostPerDay: 2000)
    }
  }
}
