import Core
import Rules
import Store

extension AssistantTool {
  /// What the business is and has: get_business_info, get_services, get_menu, get_stock.
  static let knowing: [AssistantTool] = [businessInfo, services, menu, stock]

  private static let businessInfo = AssistantTool(
    "get_business_info", "The business's opening hours, addresses, telephone numbers, ways to pay and team.",
    schema: [
      "type": "object", "additionalProperties": false,
      "properties": [
        "topic": [
          "type": "string", "enum": ["hours", "location", "contact", "payment", "team"],
          "description": "Leave it out to get everything.",
        ]
      ],
    ]
  ) { (use, _) throws(StoreError) -> ToolAnswer in ToolAnswer(use.profile.told(about: use.input["topic"].text)) }

  private static let services = AssistantTool(
    "get_services", "The business's services with prices, durations, promotions and what to know before coming.",
    schema: [
      "type": "object", "additionalProperties": false,
      "properties": [
        "query": ["type": "string", "maxLength": 200, "description": "Words of a service's name, kind or description."]
      ],
    ], isOffered: { !$0.services.isEmpty }, run: found)

  @Sendable private static func found(_ use: ToolUse, _: Scope) throws(StoreError) -> ToolAnswer {
    let query = use.input["query"].text ?? ""
    let found = use.profile.services.filter { matches(query, [$0.name, $0.category, $0.description]) }
    // Nothing of that name: what there is, so that nothing has to be made up.
    let shown = found.isEmpty ? use.profile.services : found
    return ToolAnswer([
      "found": .bool(!found.isEmpty), "services": .array(shown.prefix(30).map(\.told)), "more": .bool(shown.count > 30),
    ])
  }
}

extension TenantProfile {
  /// For Claude; about one topic or everything.
  func told(about topic: String?) -> JSON {
    func of(_ topics: String...) -> Bool { topic.map { topics.contains($0) } ?? true }
    let places = branches.map { branch -> JSON in
      .object([
        "name": .string(branch.name), "address": of("location") ? branch.address.map { .string($0) } : nil,
        "map": of("location") ? branch.map.map { .string($0) } : nil,
        "phone": of("contact") ? branch.phone.map { .string($0) } : nil,
        "hours": of("hours") ? branch.hours.map { .string($0) } : nil,
      ])
    }
    let asked =
      topic == "payment" ? faqs.filter { keyword(Self.aboutPaying, in: $0.question + " " + $0.answer) != nil } : faqs
    return .object([
      "name": .string(name), "business": .string(businessLine),
      "hours": of("hours") ? assistant.hours.map { .string($0) } : nil,
      "branches": of("hours", "location", "contact") ? .array(places) : nil,
      "team": of("team") ? .array(staff.map { .string($0.text) }) : nil,
      "faqs": of("payment")
        ? .array(asked.map { ["question": .string($0.question), "answer": .string($0.answer)] }) : nil,
    ])
  }

  private static let aboutPaying = [
    "pago", "pagos", "pagar", "tarjeta", "tarjetas", "efectivo", "transferencia", "meses", "factura", "facturan",
    "seguro",
    "seguros", "depósito", "pay", "card", "cards", "cash", "insurance",
  ]
}

extension TenantProfile.Service {
  fileprivate var told: JSON {
    .object([
      "name": .string(name), "category": category.map { .string($0) }, "price": price.map { .string($0) },
      "minutes": minutes.map { .number($0) }, "description": description.map { .string($0) },
      "promotion": promotion.map { .string($0) }, "notes": notes.map { .string($0) },
    ])
  }
}
