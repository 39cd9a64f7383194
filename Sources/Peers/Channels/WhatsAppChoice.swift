import Core
import Rules

/// What people choose instead of writing.
extension WhatsApp {
  /// A tap on a template's quick reply. Which template it was (`context`) may be missing.
  static func button(_ body: Field) throws(Refusal) -> WhatsAppContent {
    _ = try body.object()
    let payload = body["payload"].loose
    let text = body["text"].loose.flatMap(oneLine) ?? payload.flatMap(oneLine)
    guard let text else { throw body["text"].expected("a string") }
    return WhatsAppContent(text: text, type: "button", selection: payload ?? text)
  }

  /// `button_reply`, `list_reply`, `nfm_reply` (a form), `call_permission_reply`; the object may be missing although the
  /// type announces it (seen together with error 131000).
  static func interactive(_ body: Field) -> WhatsAppContent {
    let type = body["type"].text ?? ["button_reply", "list_reply", "nfm_reply"].first { body[$0].exists } ?? ""
    let reply = body[type]
    switch type {
    case "button_reply", "list_reply":
      let id = reply["id"].loose
      guard let title = reply["title"].loose.flatMap(oneLine) ?? id.flatMap(oneLine) else { break }
      // What stood below a list's row is part of what was chosen.
      let below = reply["description"].loose.flatMap(oneLine).map { " (\($0))" } ?? ""
      return WhatsAppContent(text: title + below, type: "interactive", selection: id)
    case "nfm_reply":
      return WhatsAppContent(text: form(reply), type: "interactive", selection: reply["name"].text)
    case "call_permission_reply":
      let answer = reply["response"].text.flatMap(oneLine) ?? "sin respuesta"
      return WhatsAppContent(
        text: "[permiso de llamada: \(answer)]", type: "interactive", selection: reply["response"].text,
        wantsAnswer: false)
    default: break
    }
    return WhatsAppContent(text: "[respuesta no compatible]", type: "unsupported", wantsAnswer: false)
  }

  /// A form's answers. `response_json` is JSON inside a string, of any shape, or broken.
  private static func form(_ reply: Field) -> String {
    guard let text = reply["response_json"].text, let json = try? JSON.parse(Array(text.utf8), depth: 16, nodes: 500),
      case .object(let members) = json
    else { return "[formulario]" }
    let answers = members.pairs.prefix(40).compactMap { pair -> String? in
      guard pair.key != "flow_token", let answer = plain(pair.value) else { return nil }
      return "\(clipped(pair.key, 80)): \(answer)"
    }
    return answers.isEmpty ? "[formulario]" : "[formulario: \(answers.joined(separator: "; "))]"
  }

  private static func plain(_ value: JSON) -> String? {
    switch value {
    case .null, .object: nil
    case .bool(let yes): yes ? "sí" : "no"
    case .number(let n): n
    case .string(let s): oneLine(s)
    case .array(let items): items.compactMap(plain).joined(separator: ", ")
    }
  }
}
