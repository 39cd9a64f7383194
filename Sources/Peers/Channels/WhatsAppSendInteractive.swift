import Core
import Rules

extension WhatsApp {
  static func buttons(_ frame: OutboundContent.Frame, _ options: [OutboundContent.Option]) -> JSON {
    framed(
      "button", frame,
      .object([
        "buttons": .array(
          options.map { option in
            .object(["type": "reply", "reply": .object(["id": .string(option.id), "title": .string(option.title)])])
          })
      ]))
  }

  static func list(_ frame: OutboundContent.Frame, _ label: String, _ sections: [OutboundContent.Section]) -> JSON {
    framed(
      "list", frame, .object(["button": .string(label), "sections": .array(sections.map { section($0) })]))
  }

  static func link(_ frame: OutboundContent.Frame, _ title: String, _ url: String) -> JSON {
    framed(
      "cta_url", frame,
      .object(["name": "cta_url", "parameters": .object(["display_text": .string(title), "url": .string(url)])]))
  }

  static func locationRequest(_ body: String) -> JSON {
    framed("location_request_message", .init(body: body), .object(["name": "send_location"]))
  }

  static func flow(_ frame: OutboundContent.Frame, _ form: OutboundContent.Form) -> JSON {
    framed(
      "flow", frame,
      .object([
        "name": "flow",
        "parameters": .object([
          "flow_message_version": "3", "flow_token": .string(form.token), "flow_id": .string(form.id),
          "flow_cta": .string(form.label), "flow_action": form.screen == nil ? nil : "navigate",
          "flow_action_payload": form.screen.map { .object(["screen": .string($0), "data": form.data]) },
        ]),
      ]))
  }

  private static func framed(_ type: String, _ frame: OutboundContent.Frame, _ action: JSON) -> JSON {
    let header: JSON? =
      switch frame.header {
      case .text(let text): .object(["type": "text", "text": .string(text)])
      case .media(let media): .object(["type": .string(media.form.rawValue), media.form.rawValue: json(media)])
      case nil: nil
      }
    return .object([
      "type": .string(type), "header": header, "body": .object(["text": .string(frame.body)]),
      "footer": frame.footer.map { .object(["text": .string($0)]) }, "action": action,
    ])
  }

  private static func section(_ section: OutboundContent.Section) -> JSON {
    .object([
      "title": section.title.map { .string($0) },
      "rows": .array(
        section.options.map { option in
          .object([
            "id": .string(option.id), "title": .string(option.title),
            "description": option.description.map { .string($0) },
          ])
        }),
    ])
  }
}
