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

  static func noObject(_ id: String) -> GraphError {
    GraphError(
      code: 100, subcode: 33, type: "GraphMethodException",
      title: "Unsupported post request. Object with ID '\(id)' does not exist, cannot be loaded due to missing "
        + "permissions, or does not support this operation", bare: true)
  }

  // MARK: By code, for faults and failed statuses

  /// The error of a code, with the HTTP status that it comes with.
  static func named(_ code: Int) -> GraphError {
    guard let (status, title, details) = known[code] else {
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

  private static let transient: Set<Int> = [1, 2, 131000, 131016, 133004]

  private static let known: [Int: (Int, String, String?)] = [
    1: (500, "An unknown error occurred", nil),
    2: (503, "Service temporarily unavailable", nil),
    4: (400, "Application request limit reached", nil),
    10: (403, "Application does not have permission for this action", nil),
    33: (404, "Unsupported request: the object does not exist", nil),
    100: (400, "Invalid parameter", nil),
    190: (401, "Error validating access token: Session has expired", nil),
    368: (403, "Temporarily blocked for policies violations", nil),
    80007: (400, "Rate limit issues", "The account has reached its rate limit."),
    130429: (400, "Rate limit hit", "Message failed to send because there were too many messages from this number."),
    130472: (400, "User's number is part of an experiment", nil),
    131000: (500, "Something went wrong", "Message failed to send because of an unknown error."),
    131005: (403, "Access denied", nil),
    131008: (400, "Required parameter is missing", nil),
    131009: (400, "Parameter value is not valid", nil),
    131016: (503, "Service unavailable", nil),
    131021: (400, "Recipient cannot be sender", nil),
    131026: (400, "Message undeliverable", "The message could not be delivered."),
    131030: (400, "Recipient phone number not in allowed list", nil),
    131031: (403, "Business account has been locked", nil),
    131042: (400, "Business eligibility payment issue", nil),
    131047: (400, "Re-engagement message", "More than 24 hours have passed since the customer last wrote."),
    131048: (400, "Spam rate limit hit", nil),
    131049: (400, "Meta chose not to deliver", "This message was not delivered to keep the ecosystem healthy."),
    131050: (400, "User has stopped marketing messages", nil),
    131051: (400, "Unsupported message type", nil),
    131053: (400, "Media upload error", nil),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit", "Too many messages to one recipient."),
    131057: (503, "Account in maintenance mode", nil),
    132000: (400, "Number of parameters does not match the expected number of params", nil),
    132001: (404, "Template name does not exist in the translation", nil),
    132012: (400, "Parameter format does not match format in the created template", nil),
    132015: (400, "Template is paused due to low quality", nil),
    133010: (400, "Account not registered", nil),
  ]

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
