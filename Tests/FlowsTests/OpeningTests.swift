import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// A business that is closed: it is noon there, and it opens from 20:00 to 23:00.
struct Night {
  static let closed = "Le contestamos en cuanto abramos."
  static let waits = "job_type = 'ai_response' and status = 'pending' and unique_key like 'opening:%'"

  static func test(_ body: (Clinic) async throws -> Void) async throws {
    try await Clinic.test(delay: 0) { clinic in
      try clinic.shop.run(
        """
        insert into ai_tenant_context (tenant_id, out_of_hours_enabled, out_of_hours_message)
          values ('\(clinic.shop.tenant.id.text)', true, '\(Self.closed)');
        update channel_connections set branch_id = '\(clinic.branch.text)' where tenant_id = '\(clinic.shop.tenant.id.text)'
        """)
      try opens(clinic, "20:00")
      try await body(clinic)
    }
  }

  /// These hours each day: {"open", "close"}, or a list of such.
  static func week(_ hours: String) -> String {
    "{"
      + ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
      .map { "\"\($0)\": \(hours)" }.joined(separator: ", ") + "}"
  }

  static func opens(_ clinic: Clinic, _ hour: String) throws {
    try clinic.shop.run(
      "update branches set operating_hours = '\(week(#"{"open": "\#(hour)", "close": "23:00"}"#))'")
  }

  /// The clock on the branch's wall, today.
  static func onTheWall(_ hour: Double) -> Instant { Clinic.noon + (hour - 12) * 3600 }

  static func clock(_ shop: Shop, _ hour: Double) throws {
    try shop.run("alter database \(shop.database.name) set app.now = '\(onTheWall(hour))'")
  }

  static func again(_ shop: Shop) throws {
    try shop.run(
      "update jobs set status = 'pending', lane_head = true, completed_at = null where unique_key like 'opening:%'")
  }
}

/// "Le contestamos en cuanto abramos" is kept.
@Suite struct OpeningTests {
  @Test func whoWroteIsAnsweredAtTheOpening() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let tag = unique("o")
      let phone = try shop.says("¿Cuánto cuesta la limpieza? \(tag)")
      try await shop.work()
      for text in ["¿y el sábado?", "[[echo:cuesta 800]] \(tag)"] {
        try shop.post(message(text, from: phone))
        try await shop.work()
      }
      #expect(try await shop.texts(phone) == [Night.closed])
      #expect(try await shop.asked(tag) == 0)
      #expect(try shop.count("jobs", Night.waits) == 1)
      // Hours after they wrote: what is promised is not stale.
      try Night.clock(shop, 20.1)
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed, "cuesta 800"])
      try Night.again(shop)
      try await shop.work()
      #expect(try await shop.texts(phone).count == 2)
      #expect(try await shop.asked(tag) == 1)
      #expect(try shop.count("alerts") == 0)
    }
  }

  @Test func whoWritesAtTheOpeningIsAnsweredOnce() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      try Night.clock(shop, 20.1)
      try shop.post([
        "from": .string(phone), "id": .string(unique("wamid.")), "type": "text", "text": ["body": "[[echo:dos]]"],
        "timestamp": .string(String(Night.onTheWall(20.1).seconds)),
      ])
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed, "dos"])
      #expect(try shop.count("jobs", "result ->> 'skipped' = 'answered before'") == 1)
    }
  }

  @Test func itOpensLaterThanWasSaid() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      try Night.opens(clinic, "21:00")
      try Night.clock(shop, 20.1)
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed], "it is not said again, nor answered")
      #expect(try shop.count("jobs", Night.waits) == 1)
      try Night.clock(shop, 21.1)
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed, "uno"])
    }
  }

  @Test func whoWasAnsweredByAPersonIsNot() async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      try shop.post(shop.tenant.echo("yo le atiendo", to: phone))
      try Night.clock(shop, 20.1)
      try await shop.work()
      #expect(try await shop.texts(phone) == [Night.closed])
      #expect(try shop.value("status", of: "conversations") == "active")
      #expect(try shop.count("alerts") == 0)
    }
  }

  /// Nobody may be written to any more, or nobody ran us for hours: people know.
  @Test(arguments: ["window_closed", "stale"]) func whatCannotBeKeptIsToldToPeople(_ why: String) async throws {
    try await Night.test { clinic in
      let shop = clinic.shop
      let phone = try shop.says("[[echo:uno]]")
      try await shop.work()
      if why == "window_closed" {
        try shop.run("update contact_windows set last_inbound_at = last_inbound_at - interval '30 hours'")
      }
      try Night.clock(shop, why == "stale" ? 21.5 : 20.1)
      for _ in 1...2 {
        try await shop.work()
        try Night.again(shop)
      }
      #expect(try await shop.texts(phone) == [Night.closed])
      #expect(
        try shop.value("concat_ws(' ', status, escalated_by)", of: "conversations") == "escalated closed")
      #expect(try shop.value("escalation_reason", of: "conversations")?.hasSuffix(why) == true)
      #expect(try shop.value("times", of: "alerts", "kind = 'conversation_escalated'") == "1")
    }
  }
}
