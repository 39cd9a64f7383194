import Core

extension Shape {
  /// The shape as JSON Schema (2020-12, as OpenAPI 3.1 has it).
  func schema(_ judge: Judge) -> JSON {
    switch self {
    case .text(let range):
      .object([
        "type": "string", "minLength": range.lowerBound > 0 ? .number(range.lowerBound) : nil,
        "maxLength": .number(range.upperBound),
      ])
    case .id: ["type": "string", "format": "uuid"]
    case .moment: ["type": "string", "format": "date-time"]
    case .integer(let range):
      ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .number: ["type": "number"]
    case .flag: ["type": "boolean"]
    case .word(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
    case .list(let item, let most): ["type": "array", "items": item.schema(judge), "maxItems": .number(most)]
    case .object(let members): object(members, judge)
    case .map: ["type": "object"]
    case .anything: [:]
    case .maybe(let inner): Self.nullable(inner.schema(judge))
    }
  }

  private func object(_ members: [Member], _ judge: Judge) -> JSON {
    let properties = members.map { member in
      let schema = member.shape.schema(judge)
      return JSON.Members.Pair(member.name, judge == .request && !member.needed ? Self.nullable(schema) : schema)
    }
    let needed = members.filter(\.needed).map { JSON.string($0.name) }
    return .object([
      "type": "object", "properties": .object(.init(properties)), "required": needed.isEmpty ? nil : .array(needed),
      "additionalProperties": judge == .answer ? false : nil,
    ])
  }

  private static func nullable(_ schema: JSON) -> JSON {
    guard case .object(var members) = schema, !members.pairs.isEmpty else { return schema }
    if case .array(let words)? = members["enum"], !words.contains(.null) { members["enum"] = .array(words + [.null]) }
    if case .string(let type)? = members["type"] { members["type"] = [.string(type), "null"] }
    return .object(members)
  }
}
