import Core

/// An error in Anthropic's envelope.
struct AnthropicError: Error, Sendable {
  let status: Int
  let message: String
  /// Seconds, for the header.
  var retryAfter: Int?

  static func invalid(_ message: String) -> AnthropicError { AnthropicError(status: 400, message: message) }

  /// At a path that Anthropic writes `messages.0.content.1.text`.
  static func invalid(_ field: Field, _ message: String) -> AnthropicError {
    let path = field.path.dropFirst(2).map { $0 == "[" ? "." : String($0) }.filter { $0 != "]" }.joined()
    return .invalid(path + ": " + message)
  }

  func response(requestID: String) -> Response {
    var response = Response.json(
      [
        "type": "error", "error": ["type": .string(Self.type(status)), "message": .string(message)],
        "request_id": .string(requestID),
      ], status: status)
    if let retryAfter { response.headers.append(("retry-after", String(retryAfter))) }
    return response
  }

  static func of(status: Int) -> AnthropicError {
    let message =
      switch status {
      case 401: "invalid x-api-key"
      case 402: "Your credit balance is too low to access the Anthropic API."
      case 403: "Your API key does not have permission to use the specified resource."
      case 413: "Request exceeds the maximum size"
      case 429: "This request would exceed your organization's rate limit of 50 requests per minute."
      case 529: "Overloaded"
      case 500...: "Internal server error"
      default: "The sandbox was told to refuse this request."
      }
    return AnthropicError(status: status, message: message)
  }

  private static func type(_ status: Int) -> String {
    switch status {
    case 401: "authentication_error"
    case 402: "billing_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 504: "timeout_error"
    case 529: "overloaded_error"
    case 500...: "api_error"
    default: "invalid_request_error"
    }
  }
}
