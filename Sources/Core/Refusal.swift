/// Why a request is not served. One case a kind of answer; `response` turns it into status and JSON.
public enum Refusal: Error, Sendable, Equatable {
  /// 400. The body, at `path`, is not what was agreed.
  case malformed(path: String, fault: String)
  /// 401. No credentials, or not ours.
  case unauthenticated(String)
  /// 403. No signature, or not ours. Platforms deliver again, so that a misconfigured secret loses nothing.
  case unsigned(String)
  /// 403. Known, but not allowed.
  case forbidden(String)
  /// 404. Also what belongs to somebody else.
  case unknown(String)
  /// 405.
  case wrongMethod(allowed: [String])
  /// 413.
  case tooLarge(limit: Int)
  /// 503. A person has to configure something first; the platform delivers again meanwhile.
  case unconfigured(String)
  /// 503. We cannot just now; try again after so many seconds.
  case busy(String, after: Int)
}

extension Refusal {
  public var status: Int {
    switch self {
    case .malformed: 400
    case .unauthenticated: 401
    case .unsigned, .forbidden: 403
    case .unknown: 404
    case .wrongMethod: 405
    case .tooLarge: 413
    case .unconfigured, .busy: 503
    }
  }

  /// A word for machines; stable.
  public var code: String {
    switch self {
    case .malformed: "malformed"
    case .unauthenticated: "unauthenticated"
    case .unsigned: "unsigned"
    case .forbidden: "forbidden"
    case .unknown: "unknown"
    case .wrongMethod: "wrong_method"
    case .tooLarge: "too_large"
    case .unconfigured: "unconfigured"
    case .busy: "busy"
    }
  }

  /// A sentence for people.
  public var sentence: String {
    switch self {
    case .malformed(let path, let fault): "\(path): \(fault)"
    case .unauthenticated(let why), .unsigned(let why), .forbidden(let why), .unknown(let why), .unconfigured(let why):
      why
    case .busy(let why, _): why
    case .wrongMethod(let allowed): "use " + allowed.joined(separator: " or ")
    case .tooLarge(let limit): "the body is larger than \(limit) bytes"
    }
  }

  /// Journald priority: 3 a person must act, 4 we coped.
  public var priority: Log.Priority {
    if case .unconfigured = self { .error } else { .warning }
  }

  public func response(requestID: String) -> Response {
    var body: JSON.Members = JSON.Members([.init("error", .string(sentence)), .init("code", .string(code))])
    if case .malformed(let path, _) = self { body["path"] = .string(path) }
    if !requestID.isEmpty { body["request_id"] = .string(requestID) }
    var response = Response.json(.object(body), status: status)
    switch self {
    case .wrongMethod(let allowed): response.headers.append(("Allow", allowed.joined(separator: ", ")))
    case .unauthenticated: response.headers.append(("WWW-Authenticate", "Bearer"))
    case .busy(_, let after): response.headers.append(("Retry-After", String(after)))
    case .unconfigured: response.headers.append(("Retry-After", "60"))
    default: break
    }
    return response
  }
}
