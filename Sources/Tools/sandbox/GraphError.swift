import Core
import FoundationEssentials

/// An error in Graph's envelope.
struct GraphError: Error, Sendable {
  var status = 400
  let code: Int
  var subcode: Int?
  var type = "OAuthException"
  /// Without the `(#code)` before it.
  let title: String
  /// `error_data.details`.
  var details: String?
  /// The message has no `(#code)`: token errors and those of the Graph itself.
  var bare = false

  var response: Response {
    let data: JSON? = details.map { ["messaging_product": "whatsapp", "details": .string($0)] }
    let body: JSON = .object([
      "message": .string(bare ? title : "(#\(code)) \(title)"), "type": .string(type), "code": .number(code),
      "error_subcode": subcode.map { .number($0) }, "error_data": data,
      "is_transient": Self.transient.contains(code) ? true : nil, "fbtrace_id": .string(traceID()),
    ])
    return .json(["error": body], status: status)
  }

  // MARK: What rules refuse with

  static func missing(_ field: Field) -> GraphError {
    let name = field.parameter
    return name.contains("[")
      ? GraphError(code: 131008, title: "Required parameter is missing", details: "Parameter \(name) is mandatory.")
      : GraphError(code: 100, title: "The parameter \(name) is required.")
  }

  static func wrong(_ field: Field, _ must: String) -> GraphError {
    GraphError(code: 100, title: "Param \(field.parameter) must \(must).")
  }

  static func value(_ details: String) -> GraphError {
    GraphError(code: 131009, title: "Parameter value is not valid", details: details)
  }

  static let badToken = GraphError(
    status: 401, code: 190, title: "Invalid OAuth access token - Cannot parse access token", bare: true)

  /// The token was good once. The subcode says what became of it.
  static func badToken(subcode: Int) -> GraphError {
    let words = [
      458: "The user has not authorized application.", 459: "The user is enrolled in a blocking, logged-in checkpoint.",
      460: "The session has been invalidated because the user changed their password.",
      463: "Session has expired.", 464: "The user is not confirmed.", 467: "The access token is invalid.",
    ]
    return GraphError(
      status: 401, code: 190, subcode: subcode,
      title: "Error validating access token: \(words[subcode] ?? "It cannot be used.")", bare: true)
  }

  /// The app has "Require App Secret" on.
  static let wantsProof = GraphError(
    code: 100, type: "GraphMethodException", title: "API calls from the server require an appsecret_proof argument")

  /// `verb`: of the request, such as post.
  static func noObject(_ id: String, _ verb: String) -> GraphError {
    GraphError(
      code: 100, subcode: 33, type: "GraphMethodException",
      title: "Unsupported \(verb) request. Object with ID '\(id)' does not exist, cannot be loaded due to missing "
        + "permissions, or does not support this operation", bare: true)
  }

  // MARK: By code, for faults and failed statuses

  /// The error of a code, with the HTTP status that it comes with.
  static func named(_ code: Int) -> GraphError {
    guard let (status, title, details) = GraphCodes.known[code] else {
      return GraphError(code: code, title: "Generic user error", details: "The sandbox has no words for this code.")
    }
    return GraphError(status: status, code: code, title: title, details: details, bare: code == 190)
  }

  /// The error that an HTTP status comes with.
  static func named(status: Int) -> GraphError {
    let code =
      switch status {
      case 401: 190
      case 403: 131005
      case 404: 33
      case 429: 130429
      case 500...: status == 503 ? 131016 : 131000
      default: 100
      }
    var error = named(code)
    error.status = status
    return error
  }

  /// As it stands in `statuses[].errors`.
  var inStatus: JSON {
    .object([
      "code": .number(code), "title": .string(title), "message": .string(title),
      "error_data": details.map { ["details": .string($0)] },
      "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    ])
  }

  private static let transient: Set<Int> = [1, 2, 1200, 131000, 131016, 133004]

  private func traceID() -> String {
    "A" + String(Data(randomBytes(17)).base64EncodedString().filter { $0.isLetter || $0.isNumber }.prefix(22))
  }
}

extension Field {
  /// As Graph names a parameter: `text['body']`, `interactive['action']['buttons'][0]['type']`.
  var parameter: String {
    let parts = path.dropFirst(2).split(separator: ".")
    guard let first = parts.first else { return "body" }
    return parts.dropFirst().reduce(String(first)) { name, part in
      let (key, index) = part.firstIndex(of: "[").map { (part[..<$0], part[$0...]) } ?? (part, "")
      return name + "['\(key)']\(index)"
    }
  }
}
