import Core
import Rules

/// Message templates of a WhatsApp Business Account (Cloud API, November 2026).
public enum GraphTemplates {
  /// Some of the account's templates, and where the next begin.
  public struct Page: Sendable, Equatable {
    /// As `sync_templates` in SQL reads them.
    public var templates: [JSON]
    public var after: String?
  }

  /// What is asked for at once.
  static let pageSize = 200
  private static let fields =
    "id,name,language,status,category,components,parameter_format,quality_score,rejected_reason"

  /// `GET /<WABA_ID>/message_templates`. `through.accountID` is the business account's id.
  public static func list(after: String?, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    try plain(through.accountID)
    var url = "\(through.base)/\(through.accountID)/message_templates?fields=\(fields)&limit=\(pageSize)"
    if let after { url += "&after=" + queryEscaped(after) }
    return HTTPRequest("GET", url, headers: [.init("Authorization", "Bearer \(through.token.reveal())")])
  }

  /// `{"data": […], "paging": {"cursors": {"after"}, "next"}}`. The address in `next` carries a token: only the cursor is used.
  public static func page(_ response: HTTPResponse) throws(PeerError) -> Page {
    let body = try GraphAnswer.body(response)
    guard case .array? = body["data"].value else { throw .unparseable("HTTP \(response.status) without data") }
    let after = body["paging"]["next"].exists ? body["paging"]["cursors"]["after"].text : nil
    return Page(templates: body["data"].items.compactMap(row), after: after)
  }

  /// What cannot be named is nothing that could be sent.
  private static func row(_ item: Field) -> JSON? {
    guard let name = item["name"].text, let language = item["language"].text, !name.isEmpty else { return nil }
    let format = item["parameter_format"].text?.lowercased()
    return .object([
      "name": .string(clipped(name, 512)), "language": .string(clipped(language, 20)),
      "external_id": item["id"].loose.map { .string(clipped($0, 80)) },
      "status": .string(clipped(item["status"].text?.uppercased() ?? "UNKNOWN", 80)),
      "category": item["category"].text.map { .string(clipped($0.uppercased(), 80)) },
      "components": item["components"].value,
      "parameter_format": format.flatMap { ["named", "positional"].contains($0) ? .string($0) : nil },
      "quality": item["quality_score"]["score"].text.map { .string(clipped($0.uppercased(), 80)) },
      "reason": item["rejected_reason"].text.flatMap { $0 == "NONE" ? nil : .string(clipped($0, 500)) },
    ])
  }

  /// `POST /<WABA_ID>/message_templates`.
  public static func create(
    _ definition: TemplateDefinition, _ through: ChannelAccess
  ) throws(PeerError) -> HTTPRequest {
    try plain(through.accountID)
    return .post(
      "\(through.base)/\(through.accountID)/message_templates",
      headers: [.init("Authorization", "Bearer \(through.token.reveal())")],
      json: [
        "name": .string(definition.name), "language": .string(definition.language),
        "category": .string(definition.category.rawValue.uppercased()), "parameter_format": "NAMED",
        "components": definition.components,
      ])
  }

  /// What the platform made of it, as `sync_templates` reads it.
  public static func created(_ response: HTTPResponse, _ definition: TemplateDefinition) throws(PeerError) -> JSON {
    let body = try GraphAnswer.body(response)
    guard let id = body["id"].loose else { throw .unparseable("HTTP \(response.status) without id") }
    return .object([
      "name": .string(definition.name), "language": .string(definition.language),
      "external_id": .string(clipped(id, 80)),
      "status": .string(clipped(body["status"].text?.uppercased() ?? "PENDING", 80)),
      "category": .string(
        clipped(body["category"].text?.uppercased() ?? definition.category.rawValue.uppercased(), 80)),
      "components": definition.components, "parameter_format": "named",
    ])
  }

  private static func plain(_ id: String) throws(PeerError) {
    guard !id.isEmpty, id.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw .refused(code: "bad_account", sentence: "the WhatsApp Business Account's id is not a number of Meta's")
    }
  }
}

/// An answer of the Graph API that is about the account, not about a message. Asking again harms nobody.
enum GraphAnswer {
  static func body(_ response: HTTPResponse) throws(PeerError) -> Field {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    if let fault = GraphFault(body["error"]) {
      let sentence = fault.sentence + (fault.trace.map { " (trace \($0))" } ?? "")
      switch WhatsAppErrors.judge(fault, status: response.status).consequence {
      case .stop: throw .unauthorised(code: fault.code, sentence: sentence)
      case .again, .slow, .pause, .pair:
        throw .throttled(after: retryAfter(response.headers), code: fault.code, sentence: sentence)
      case .optOut, .spare, .blockTemplate, .final: throw .refused(code: fault.code, sentence: sentence)
      }
    }
    let code = "http_\(response.status)"
    switch response.status {
    case 200...299: return body
    case 401, 403: throw .unauthorised(code: code, sentence: "HTTP \(response.status)")
    case 408, 429, 500...:
      throw .throttled(after: retryAfter(response.headers), code: code, sentence: "HTTP \(response.status)")
    default: throw .refused(code: code, sentence: "HTTP \(response.status)")
    }
  }
}

/// For a query: everything but letters, digits and `-._~` as `%41`.
func queryEscaped(_ text: String) -> String {
  text.utf8.reduce(into: "") { out, c in
    let plain =
      (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || "-._~".utf8.contains(c)
    out += plain ? String(UnicodeScalar(c)) : "%" + hex([c]).uppercased()
  }
}
