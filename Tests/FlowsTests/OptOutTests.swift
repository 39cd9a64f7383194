import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// Who said stop gets no promotion, wherever it was said.
@Suite struct OptOutTests {
  typealias Said = (channel: String, state: String, source: String, hours: Int)

  /// what was said, whether a promotion leaves
  private static let cases: [([Said], Bool)] = [
    ([], true), ([("whatsapp", "stopped", "keyword", 1)], false), ([("whatsapp", "stopped", "platform", 1)], false),
    ([("instagram", "stopped", "keyword", 1)], false), ([("tiktok", "stopped", "staff", 1)], false),
    // A platform's switch is about that platform.
    ([("facebook", "stopped", "platform", 1)], true),
    ([("instagram", "stopped", "keyword", 2), ("whatsapp", "allowed", "keyword", 1)], true),
    ([("instagram", "stopped", "keyword", 1), ("whatsapp", "allowed", "keyword", 2)], false),
    ([("instagram", "stopped", "keyword", 2), ("facebook", "allowed", "keyword", 1)], false),
  ]

  @Test(arguments: cases)
  func promotions(_ said: [Said], _ leaves: Bool) async throws {
    try await Shop.test(delay: 60) { shop in
      let phone = try shop.says("hola")
      let lead = try shop.value("lead_id", of: "conversations") ?? ""
      for (channel, state, source, hours) in said {
        try shop.run(
          """
          set app.tenant_id = '\(shop.tenant.id.text)';
          select set_consent('\(lead)', '\(channel)', 'marketing', '\(state)', '\(source)', now() - interval '\(hours) hours')
          """)
      }
      let conversation = try #require(UUID(uuidString: try shop.value("id", of: "conversations") ?? ""))
      try shop.tenant.templates("algo")
      for category in [OutboundContent.Template.Category.marketing, .utility] {
        let use = OutboundContent.Template(name: "algo", language: "es_MX", category: category)
        let id = try shop.database.connection().tenant(shop.tenant.id).sendStaffMessage(
          conversationId: conversation, contents: [.template(use)], staffId: nil, requestId: nil)
        try await shop.work()
        let state = try shop.value(
          "status || ' ' || coalesce(error_code, '')", of: "messages", "id = '\(id?.text ?? "")'")
        #expect(state == (leaves || category == .utility ? "accepted " : "withheld opted_out"), "\(category)")
      }
      let sent = try await Sandbox.requests("whatsapp", match: phone, kind: "template")
      #expect(sent.count == (leaves ? 2 : 1))
    }
  }

  @Test func staffWritesItDown() async throws {
    try await Shop.test(delay: 60) { shop in
      _ = try shop.says("hola")
      let scope = shop.database.connection().tenant(shop.tenant.id)
      let lead = try #require(UUID(uuidString: try shop.value("lead_id", of: "conversations") ?? ""))
      let before = try scope.consentsOf(leadId: lead)
      #expect(before.isEmpty)
      _ = try scope.setConsent(leadId: lead, channel: "instagram", state: "stopped")
      let after = try scope.consentsOf(leadId: lead).map { "\($0.channel) \($0.state) \($0.source)" }
      #expect(after == ["instagram stopped staff"])
      let (mine, others) = (
        try scope.leadExists(leadId: lead, onlyBranch: nil), try scope.leadExists(leadId: UUID(), onlyBranch: nil)
      )
      #expect(mine && !others)
    }
  }
}
