import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// How freely Claude is to speak, as the business has set it: what Anthropic is asked with.
@Suite struct TemperatureTests {
  /// What the business has chosen, what is asked for (a retired model's successor), and whether it takes a temperature.
  private static let models = [
    ("claude-haiku-4-5", "claude-haiku-4-5", true),
    ("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001", true),
    ("claude-sonnet-4-6", "claude-sonnet-4-6", true),
    ("claude-haiku-5-5", "claude-haiku-5-5", false),
    ("claude-sonnet-5-5", "claude-sonnet-5-5", false),
    ("claude-opus-4-8", "claude-opus-4-8", false),
    ("claude-3-5-sonnet-20241022", "claude-sonnet-5-5", false),
  ]

  @Test func isToldToModelsThatTakeIt() async throws {
    try await Shop.test { first in
      for (model, sent, takes) in Self.models {
        let shop = try Shop(first.database)
        try shop.run(
          """
          insert into ai_tenant_context (tenant_id, model, temperature)
            values ('\(shop.tenant.id.text)', '\(model)', 0.30)
          """)
        let tag = unique("t")
        _ = try shop.says("hola \(tag)")
        try await shop.work()
        let asked = try await Sandbox.requests("anthropic", match: tag)
        #expect(asked.count == 1, "\(model)")
        let body = asked.first?["body"] ?? Field(.null)
        #expect(body["model"].text == sent, "\(model)")
        if takes {
          // A number and no text, which Anthropic refuses.
          #expect(body["temperature"].text == nil, "\(model)")
          #expect(body["temperature"].loose.flatMap { Double($0) } == 0.3, "\(model)")
        } else {
          #expect(body["temperature"].exists == false, "\(model)")
        }
        // The sandbox refuses a temperature where Anthropic does: then nobody would have been answered.
        #expect(try shop.reply("status") == "accepted", "\(model)")
      }
    }
  }
}
