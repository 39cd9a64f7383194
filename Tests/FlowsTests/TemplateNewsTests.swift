import Core
import TestSupport
import Testing

@testable import Flows

@Suite struct TemplateNewsTests {
  private func template(_ shop: Shop) throws -> String? {
    try shop.value("concat_ws(' ', name, language, status, category, quality)", of: "message_templates")
  }

  private func alerts(_ shop: Shop) throws -> Int { try shop.count("alerts", "resolved_at is null") }

  /// what came, in that order, what is known afterwards, open alerts
  @Test(arguments: [
    (["approved"], "APPROVED UTILITY", 0),
    (["rejected"], "REJECTED", 1),
    (["approved", "paused"], "PAUSED UTILITY", 1),
    (["paused", "approved"], "PAUSED UTILITY", 1),
    (["approved", "paused", "disabled"], "DISABLED UTILITY", 1),
    (["disabled", "paused", "approved"], "DISABLED UTILITY", 1),
    (["paused", "reinstated"], "APPROVED", 0),
    (["reinstated", "paused"], "APPROVED", 0),
    (["approved", "category"], "APPROVED MARKETING", 0),
    (["category", "approved"], "APPROVED MARKETING", 0),
    (["approved", "category_warning"], "APPROVED UTILITY", 0),
    (["quality"], "UNKNOWN YELLOW", 0),
    (["quality", "approved", "components"], "APPROVED UTILITY YELLOW", 0),
  ])
  func theNewestCounts(_ names: [String], _ expected: String, _ open: Int) async throws {
    try await Shop.test { shop in
      try shop.join()
      try shop.post(fixtures: names.map { "template_" + $0 })
      #expect(try template(shop) == "recordatorio_cita es_MX " + expected)
      #expect(try alerts(shop) == open)
      let before = try shop.database.column(
        "select a::text from alerts a union all select t::text from message_templates t")
      try shop.post(fixtures: names.map { "template_" + $0 })
      #expect(
        try shop.database.column("select a::text from alerts a union all select t::text from message_templates t")
          == before)
    }
  }

  @Test func itSaysWhatToDo() async throws {
    try await Shop.test { shop in
      try shop.join()
      try shop.post(fixtures: ["template_paused"])
      #expect(
        try shop.value("business_account_id || ' ' || external_id", of: "message_templates")
          == "902200000000301 1689556908129832")
      #expect(
        try shop.value("reason", of: "message_templates")?.hasPrefix("Your template was paused for 3 hours") == true)
      #expect(try shop.value("sentence", of: "alerts")?.contains("recordatorio_cita (es_MX) was paused") == true)
    }
  }

  /// What a template consists of is void once it was changed.
  @Test func otherComponents() async throws {
    try await Shop.test { shop in
      try shop.join()
      try shop.post(fixtures: ["template_approved"])
      try shop.run("update message_templates set components = '[]'")
      try shop.post(fixtures: ["template_category"])
      #expect(try shop.count("message_templates", "components is not null") == 1)
      try shop.post(fixtures: ["template_components"])
      #expect(try shop.count("message_templates", "components is null and status = 'APPROVED'") == 1)
    }
  }

  @Test func everybodyAtOnceAndNobodyElse() async throws {
    try await Database.cloned { database in
      let shop = try Shop(database)
      let other = try Shop(database)
      try shop.join()
      try other.join("902200000000999")
      _ = try await onThreads(6) { thread in
        let app = try shop.app()
        for name in ["paused", "approved", "disabled", "reinstated", "category"].shuffled() {
          try shop.post(try shop.fixture("template_" + name), app)
        }
      }
      #expect(try template(shop) == "recordatorio_cita es_MX APPROVED MARKETING")
      #expect(try alerts(shop) == 0)
      // Signed by the other business, about an account that is not theirs: 200, and nothing of it is kept.
      try other.post(fixtures: ["template_paused"])
      #expect(try other.count("message_templates") + other.count("alerts") + other.count("channel_events") == 0)
    }
  }

  /// Junk: without a name there is no template, without a language there is one without.
  @Test func whatIsNotNamed() async throws {
    try await Shop.test { shop in
      func tell(_ value: JSON) throws { try shop.post(shop.tenant.change("message_template_status_update", value)) }
      try tell(["event": "PAUSED"])
      try tell(["event": 7, "message_template_name": ["x": 1]])
      #expect(try shop.count("message_templates") == 0)
      #expect(try shop.count("channel_events", "kind = 'template'") == 2)
      try tell(["event": "NEW_WORD", "message_template_name": "x"])
      #expect(try shop.value("name || '.' || language || '.' || status", of: "message_templates") == "x..NEW_WORD")
    }
  }
}
