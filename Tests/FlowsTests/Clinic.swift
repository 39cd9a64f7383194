import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// A business at whose only branch it is noon now, and which is always open: what is near is near whenever the test runs.
struct Clinic {
  let shop: Shop
  let branch = UUID()

  /// The hour that is noon there, the same for a whole run: no test sees it change.
  static let noon = Instant(seconds: Instant.now.seconds / 3600 * 3600)

  /// Its branch's zone, in which it is past 12:00 now.
  static var zone: String {
    let hour = Int(noon.seconds / 3600 % 24)
    // Their signs are those of POSIX: Etc/GMT+3 is three hours behind.
    return hour == 12 ? "Etc/GMT" : hour > 12 ? "Etc/GMT+\(hour - 12)" : "Etc/GMT-\(12 - hour)"
  }

  init(_ shop: Shop) throws {
    self.shop = shop
    try shop.tenant.templates()
    let day = #"[{"open": "00:00", "close": "24:00"}]"#
    let week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
      .map { "\"\($0)\": \(day)" }.joined(separator: ", ")
    try shop.run(
      """
      insert into branches (tenant_id, id, name, slug, city, timezone, operating_hours, places)
        values ('\(shop.tenant.id.text)', '\(branch.text)', 'Centro', 'centro', 'Nogales', '\(Self.zone)', '{\(week)}', 1000)
      """)
  }

  static func test(delay: Int = 60, _ body: (Clinic) async throws -> Void) async throws {
    try await Shop.test(delay: delay) { shop in try await body(try Clinic(shop)) }
  }

  /// A person's appointment in so many hours, booked so many days ago.
  func appointment(of phone: String, inHours hours: Double, bookedDaysAgo days: Double = 5) throws -> UUID {
    let id = UUID()
    try shop.run(
      """
      insert into appointments (tenant_id, id, branch_id, lead_id, service_id, scheduled_at, created_at)
        select c.tenant_id, '\(id.text)', '\(branch.text)', c.lead_id, s.id, now() + interval '1 hour' * \(hours),
            now() - interval '1 day' * \(days)
          from conversations c join services s using (tenant_id) where c.contact_address = '\(phone)'
      """)
    return id
  }

  func appointment(_ column: String, _ id: UUID) throws -> String? {
    try shop.value(column, of: "appointments", "id = '\(id.text)'")
  }

  /// Cron asks for it, and it is done with all that follows.
  func run(_ routine: Routine) async throws {
    let cron = shop.database.connection(user: "tistis_jobs")
    _ = try cron.everyone.askRoutine(routine: routine.rawValue, slug: shop.tenant.slug)
    try await shop.work()
  }

  /// The result of a routine's last job.
  func result(_ routine: Routine) throws -> String? {
    try shop.value(
      "result", of: "jobs",
      "id = (select id from jobs where payload ->> 'routine' = '\(routine.rawValue)' order by id desc limit 1)")
  }

  /// A person presses a button of ours.
  func presses(_ selection: String, _ title: String = "Confirmar", from phone: String) throws {
    try shop.post([
      "from": .string(phone), "id": .string(unique("wamid.")), "timestamp": .string(String(Instant.now.seconds)),
      "type": "interactive",
      "interactive": [
        "type": "button_reply", "button_reply": ["id": .string(selection), "title": .string(title)],
      ],
    ])
  }

  /// Our last words to a person.
  func said(_ phone: String) throws -> String? {
    try shop.value(
      "content", of: "messages",
      "id = (select m.id from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id "
        + "where c.contact_address = '\(phone)' and m.role <> 'user' order by m.id desc limit 1)")
  }
}
