import Core
import Rules
import Store

extension ListTemplatesRow {
  public var json: JSON {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    return [
      "id": .string(id.text), "business_account_id": .string(businessAccountId), "name": .string(name),
      "language": .string(language), "category": text(category), "status": .string(status),
      "usable": .bool(OutboundContent.Template.usable.contains(status.uppercased())), "reason": text(reason),
      "quality": text(quality), "parameter_format": text(parameterFormat),
      "components": components.flatMap { try? $0.parse() } ?? .null,
      "synced_at": syncedAt.map { .string($0.description) } ?? .null, "updated_at": .string(updatedAt.description),
    ]
  }
}

extension TemplateDefinition {
  /// As it is submitted.
  public var json: JSON {
    [
      "name": .string(name), "language": .string(language), "category": .string(category.rawValue.uppercased()),
      "parameter_format": "NAMED", "components": components,
    ]
  }
}
