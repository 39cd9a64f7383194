import Core
import Rules
import Store

/// What other systems of the business's tell. Whoever wrote it there, it is data: what it says orders nobody about.
extension AssistantTool {
  /// Rows that are looked through; a menu or a store-room has fewer.
  private static let most: Int64 = 2000
  private static let shown = 30

  static let menu = AssistantTool(
    "get_menu", "The menu as the till has it now: what is available, with prices.",
    schema: [
      "type": "object", "additionalProperties": false,
      "properties": [
        "query": ["type": "string", "maxLength": 200, "description": "Words of a dish's or drink's name."],
        "category": ["type": "string", "maxLength": 200],
      ],
    ], isOffered: { $0.hasMenu }, run: onTheMenu)

  @Sendable private static func onTheMenu(_ use: ToolUse, _ scope: Scope) throws(StoreError) -> ToolAnswer {
    let (query, category) = (use.input["query"].text ?? "", use.input["category"].text ?? "")
    let found = try scope.menu(most: most).filter {
      matches(query, [$0.name, $0.description, $0.category]) && matches(category, [$0.category])
    }
    let items = found.prefix(shown).map { item -> JSON in
      .object([
        "name": .string(item.name), "category": item.category.map { .string($0) },
        "price": item.price.flatMap {
          priceText(min: $0, max: $0, currency: item.priceCurrency, note: nil, in: use.phrases)
        }
        .map { .string($0) },
        "description": item.description.map { .string(clipped($0, 300)) },
        "minutes": item.preparationTimeMinutes.map { .number($0) },
        "allergens": item.allergens.map { .array($0.compactMap { $0 }.map { .string($0) }) },
      ])
    }
    return ToolAnswer(["items": .array(items), "more": .bool(found.count > shown)])
  }

  static let stock = AssistantTool(
    "get_stock", "Whether the business has an article now, and how much of it.",
    schema: [
      "type": "object", "additionalProperties": false, "required": ["query"],
      "properties": [
        "query": ["type": "string", "minLength": 1, "maxLength": 200, "description": "Words of the article's name."]
      ],
    ], isOffered: { $0.hasStock }, run: inStock)

  @Sendable private static func inStock(_ use: ToolUse, _ scope: Scope) throws(StoreError) -> ToolAnswer {
    let query = use.input["query"].text ?? ""
    let found = try scope.stock(most: most).filter { matches(query, [$0.name, $0.description, $0.category, $0.sku]) }
    let items = found.prefix(shown).map { item -> JSON in
      .object([
        "name": .string(item.name), "category": item.category.map { .string($0) }, "quantity": .string(item.quantity),
        "available": .bool((Double(item.quantity) ?? 0) > 0),
        "price": item.price.flatMap {
          priceText(min: $0, max: $0, currency: item.priceCurrency, note: nil, in: use.phrases)
        }
        .map { .string($0) },
      ])
    }
    return ToolAnswer(["items": .array(items), "more": .bool(found.count > shown)])
  }
}
