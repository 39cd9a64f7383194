import Core
import FoundationEssentials
import Rules
import Store
import TestSupport
import Testing

@testable import Flows

/// What Claude is told of the business when it asks.
@Suite struct KnowingToolTests {
  private static let business: JSON = [
    "tenant_name": "ESVA", "vertical": "dental",
    "ai_config": ["business_hours": ["start": "09:00", "end": "18:00", "days": [1]]],
    "branches": [
      [
        "name": "Centro", "address": "Obregón 1", "phone": "631", "google_maps_url": "https://m.example",
        "operating_hours": [:],
      ],
      [
        "name": "Sur",
        "operating_hours": ["monday": [["open": "10:00", "close": "12:00"], ["open": "13:00", "close": "15:00"]]],
      ],
    ],
    "staff": [["display_name": "Dra. Salas", "specialty": "Endodoncia"]],
    "faqs": [
      ["question": "¿Aceptan tarjeta?", "answer": "Sí."],
      ["question": "¿Hay estacionamiento?", "answer": "Sí, gratis."],
    ],
    "services": [
      [
        "name": "Limpieza dental", "category": "Preventiva", "price_min": "800", "price_max": "800",
        "duration_minutes": 45,
      ],
      ["name": "Implante", "description": "De titanio", "special_instructions": "En ayunas"],
    ],
  ]

  private func ask(_ name: String, _ input: JSON) throws -> Field {
    let profile = TenantProfile(Field(Self.business))
    let tool = try #require(AssistantTool.knowing.first { $0.definition.name == name })
    let use = ToolUse(
      id: "toolu_1", name: name, input: Field(input), tenant: UUID(), conversation: UUID(), lead: UUID(), branch: nil,
      question: UUID(), channel: .whatsapp, profile: profile, requestID: nil)
    let answer = try tool.run(use, Database.world.connection().tenant(UUID()))
    #expect(!answer.isError && !answer.handsOver)
    return Field(answer.content)
  }

  @Test(
    arguments: [
      ("hours", ["name", "business", "hours", "branches"]), ("location", ["name", "business", "branches"]),
      ("contact", ["name", "business", "branches"]), ("payment", ["name", "business", "faqs"]),
      ("team", ["name", "business", "team"]), (nil, ["name", "business", "hours", "branches", "team", "faqs"]),
    ] as [(String?, [String])])
  func topics(_ topic: String?, _ members: [String]) throws {
    let told = try ask("get_business_info", .object(["topic": topic.map { .string($0) }]))
    #expect(try told.object().pairs.map(\.key) == members)
  }

  @Test func whatTheySay() throws {
    #expect(
      try ask("get_business_info", ["topic": "hours"])["branches"][1]["hours"].text
        == "lunes 10:00–12:00 y 13:00–15:00")
    #expect(
      try ask("get_business_info", ["topic": "location"])["branches"][0].value
        == ["name": "Centro", "address": "Obregón 1", "map": "https://m.example"])
    #expect(
      try ask("get_business_info", ["topic": "payment"])["faqs"].items.map { $0["question"].text } == [
        "¿Aceptan tarjeta?"
      ])
  }

  @Test func services() throws {
    let found = try ask("get_services", ["query": "LIMPIEZAS"])
    #expect(found["found"].bool == true && found["services"].items.count == 1)
    #expect(found["services"][0]["price"].text == "$800 MXN" && found["services"][0]["minutes"].integer == 45)
    #expect(try ask("get_services", ["query": "titanio"])["services"][0]["notes"].text == "En ayunas")
    // Of what there is not, what there is: nothing has to be made up.
    let none = try ask("get_services", ["query": "ortodoncia"])
    #expect(none["found"].bool == false && none["services"].items.count == 2)
    #expect(try ask("get_services", [:])["services"].items.count == 2)
  }

  /// A business without them is not offered what it has not.
  @Test func whatIsOffered() {
    func names(_ profile: TenantProfile) -> [String] {
      (AssistantTool.knowing + AssistantTool.handingOver).filter { $0.isOffered(profile) }.map(\.definition.name)
    }
    #expect(names(TenantProfile(Field([:]))) == ["get_business_info", "escalate_to_human"])
    let all = TenantProfile(
      Field(["services": [["name": "x"]], "external_data": ["products": true, "inventory": true]]))
    #expect(names(all) == ["get_business_info", "get_services", "get_menu", "get_stock", "escalate_to_human"])
  }
}
