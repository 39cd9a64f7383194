import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// The menu and the stock that other systems tell.
@Suite struct ExternalDataTests {
  private func connect(_ shop: Shop) throws {
    let id = shop.tenant.id.text
    try shop.run(
      """
      insert into integration_connections (tenant_id, integration_type, status, sync_enabled, last_sync_at) values
        ('\(id)', 'square', 'connected', true, '2024-12-27T10:00:00Z'), ('\(id)', 'hubspot', 'connected', true, null),
        ('\(id)', 'odoo', 'paused', true, null);
      insert into external_products (tenant_id, integration_id, external_id, external_source, name, price, category,
          is_available, preparation_time_minutes)
        select i.tenant_id, i.id, p.name, i.integration_type, p.name, p.price, p.category, p.there, p.minutes
          from integration_connections i
          join (values ('square', 'Café de olla', 45, 'Bebidas', true, 5), ('square', 'Mole poblano', 185.5, 'Platos', true, 20),
            ('square', 'Pozole', 120, 'Platos', false, 20), ('odoo', 'Tacos', 20, 'Platos', true, 5))
            p (system, name, price, category, there, minutes) on p.system = i.integration_type
         where i.tenant_id = '\(id)';
      insert into external_inventory (tenant_id, integration_id, external_id, external_source, name, sku, quantity_on_hand,
          reorder_point, category, unit_price)
        select i.tenant_id, i.id, p.sku, i.integration_type, p.name, p.sku, p.quantity, p.least, 'Secos', 30
          from integration_connections i
          join (values ('Harina', 'H-1', 2.6, 10), ('Azúcar', 'A-1', 50, 10), ('Sal', 'S-1', 0, null))
            p (name, sku, quantity, least) on true
         where i.tenant_id = '\(id)' and i.integration_type = 'square'
      """)
  }

  @Test func theGuidesFunctionTellsAll() async throws {
    try await Shop.test { shop in
      let other = try Shop(shop.database)
      try connect(other)
      let guide = try GuideClient(shop)
      let ask = "select get_tenant_external_data($1::uuid)"
      #expect(try guide.ask(ask, [shop.tenant.id.text]) == ["null"])
      try connect(shop)
      let told = Field(try JSON.parse(Array(guide.ask(ask, [shop.tenant.id.text]).joined().utf8)))
      #expect(told["has_integrations"].bool == true)
      #expect(told["source_systems"].items.map(\.text) == ["hubspot", "square"])
      #expect(told["last_sync_at"].text?.hasPrefix("2024-12-27T10:00:00") == true)
      #expect(told["low_stock_items"].items.map { $0["name"].text } == ["Harina", "Sal"])
      #expect(told["low_stock_items"][0]["quantity"].loose == "2.600")
      // Of all systems, as the guide has it; the assistant offers what is synchronised.
      #expect(told["external_products"].items.map { $0["name"].text } == ["Café de olla", "Mole poblano", "Tacos"])
      #expect(told["external_products"][0]["preparation_time"].integer == 5)
      #expect(try guide.refused(ask, [other.tenant.id.text]) != nil, "another's is not told")
    }
  }

  @Test func theToolsFindWhatThereIs() async throws {
    try await Shop.test { shop in
      let tenant = shop.database.connection(user: "tistis_jobs").tenant(shop.tenant.id)
      let before = TenantProfile(Field(try tenant.assistantContext(connectionId: nil, branchId: nil).context.parse()))
      #expect(!before.hasMenu && !before.hasStock && !AssistantTool.menu.isOffered(before))
      try connect(shop)
      let profile = TenantProfile(Field(try tenant.assistantContext(connectionId: nil, branchId: nil).context.parse()))
      #expect(AssistantTool.menu.isOffered(profile) && AssistantTool.stock.isOffered(profile))
      func names(_ tool: AssistantTool, _ input: JSON) throws -> [String?] {
        let use = ToolUse(
          id: "toolu_1", name: tool.definition.name, input: Field(input), tenant: shop.tenant.id, conversation: UUID(),
          lead: UUID(), branch: nil, question: UUID(), channel: .whatsapp, profile: profile, requestID: nil)
        let answer = try tool.run(use, tenant)
        return Field(answer.content)["items"].items.map { $0["name"].text }
      }
      #expect(try names(.menu, [:]) == ["Café de olla", "Mole poblano"])
      #expect(try names(.menu, ["query": "cafe"]) == ["Café de olla"])
      #expect(try names(.menu, ["category": "PLATOS"]) == ["Mole poblano"])
      #expect(try names(.menu, ["query": "tacos"]).isEmpty)
      #expect(try names(.stock, ["query": "azucar"]) == ["Azúcar"])
      #expect(try names(.stock, ["query": "S-1"]) == ["Sal"])
    }
  }
}
