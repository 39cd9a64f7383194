import Core
import Rules

extension WhatsApp {
  /// `{"name", "language", "components"}`: header, body, and one component a button that needs something.
  static func json(_ template: OutboundContent.Template) -> JSON {
    var components = [JSON]()
    if let header = template.header {
      components.append(.object(["type": "header", "parameters": .array([parameter(header)])]))
    }
    if !template.body.isEmpty {
      components.append(.object(["type": "body", "parameters": .array(template.body.map(parameter))]))
    }
    components += template.buttons.map(button)
    return .object([
      "name": .string(template.name),
      "language": .object(["code": .string(template.language), "policy": "deterministic"]),
      "components": components.isEmpty ? nil : .array(components),
    ])
  }

  private static func parameter(_ header: OutboundContent.Template.Header) -> JSON {
    switch header {
    case .text(let text): parameter(text)
    case .media(let media): .object(["type": .string(media.form.rawValue), media.form.rawValue: json(media)])
    case .location(let place): .object(["type": "location", "location": json(place)])
    }
  }

  /// Text is squeezed: a new line, a tab or five spaces in a row are refused (132012, 132018).
  private static func parameter(_ parameter: OutboundContent.Template.Parameter) -> JSON {
    let (type, value): (String, JSON) =
      switch parameter.value {
      case .text(let text): ("text", .string(squeezed(parameter: text)))
      case .money(let shown, let currency, let thousandths):
        (
          "currency",
          .object([
            "fallback_value": .string(shown), "code": .string(currency), "amount_1000": .number(thousandths),
          ])
        )
      case .date(let shown): ("date_time", .object(["fallback_value": .string(shown)]))
      }
    return .object([
      "type": .string(type), "parameter_name": parameter.name.map { .string($0) }, type: value,
    ])
  }

  /// The index is a string.
  private static func button(_ button: OutboundContent.Template.Button) -> JSON {
    let (kind, parameter): (String, JSON) =
      switch button.filling {
      case .payload(let payload): ("quick_reply", .object(["type": "payload", "payload": .string(payload)]))
      case .urlSuffix(let suffix): ("url", .object(["type": "text", "text": .string(suffix)]))
      case .code(let code): ("copy_code", .object(["type": "coupon_code", "coupon_code": .string(code)]))
      case .form(let token, let data):
        (
          "flow",
          .object([
            "type": "action",
            "action": .object(["flow_token": .string(token), "flow_action_data": data]),
          ])
        )
      }
    return .object([
      "type": "button", "sub_type": .string(kind), "index": .string(String(button.index)),
      "parameters": .array([parameter]),
    ])
  }
}
