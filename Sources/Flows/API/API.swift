import Core
import FoundationEssentials
import Store

/// The program `api`: what staff and integrators ask for.
public final class APIDoor {
  let app: App
  let routes: [Route]
  var tokens: TokenKeys

  public static let needs: [Setting] = [
    .jwtSecret, .supabaseURL, .inboundSeal, .outboundSeal, .mediaFolder, .anthropicModel, .userPerMinute,
    .uploadBytesPerDay,
  ]

  public init(_ app: App, routes: [Route] = Route.all) {
    self.app = app
    self.routes = routes
    tokens = TokenKeys(app.settings)
  }

  /// Every request has an answer; what is refused is logged without what was sent.
  public func answer(_ request: Request) -> Response {
    let started = Instant.now
    var headers: [(String, String)] = []
    do throws(APIProblem) {
      var response = try dispatch(request, &headers)
      response.headers += headers
      return response
    } catch let refused {
      var error = refused
      if request.path.hasPrefix("/api/v1/") { error.code = Self.publicWord(error.code, request.path) }
      app.log.line(
        error.status == 500 ? .error : .warning, "refused",
        [
          "req": request.id, "status": String(error.status), "code": error.code,
          "why": error.status == 400 ? error.faults.first?.path : error.sentence, "path": request.path,
          "ms": milliseconds(since: started),
        ])
      var response = error.response(requestID: request.id)
      response.headers += headers.filter { header in !error.headers.contains { $0.0 == header.0 } }
      return response
    }
  }

  /// The public interface has words of its own for what is wrong with a request, and for a database in trouble.
  private static func publicWord(_ code: String, _ path: String) -> String {
    let isEvent = path.hasPrefix(ExternalEvents.beginning)
    return switch code {
    case "malformed": isEvent ? "INVALID_PAYLOAD" : "VALIDATION_ERROR"
    case "busy", "INTERNAL_ERROR": isEvent ? "STORAGE_ERROR" : "DATABASE_ERROR"
    default: code
    }
  }

  private func dispatch(_ request: Request, _ headers: inout [(String, String)]) throws(APIProblem) -> Response {
    let path = request.path.split(separator: "/", omittingEmptySubsequences: true)
    let here = routes.compactMap { route in route.ids(in: path).map { (route, $0) } }
    guard !here.isEmpty else { throw APIProblem(404, "unknown", "there is nothing at this address") }
    let method = request.method == "HEAD" ? "GET" : request.method
    guard let (route, ids) = here.first(where: { $0.0.method == method }) else {
      throw APIProblem(.wrongMethod(allowed: here.map(\.0.method).sorted()))
    }
    let caller = try admit(request, route, &headers)
    var faults: [ShapeFault] = []
    let query = parameters(of: request, route, &faults)
    let body = try body(of: request, route, &faults)
    guard faults.isEmpty else { throw .malformed(faults) }
    return try route.handler(
      APICall(app: app, request: request, caller: caller, ids: ids, query: query, body: Field(body)))
  }

  private func parameters(of request: Request, _ route: Route, _ faults: inout [ShapeFault]) -> [String: JSON] {
    var found: [String: JSON] = [:]
    for parameter in route.query {
      guard let text = request.parameter(parameter.name), !text.isEmpty else { continue }
      let value = parameter.shape.value(ofText: text)
      parameter.shape.check(value, at: "?" + parameter.name, .request, &faults)
      found[parameter.name] = value
    }
    return found
  }

  private func body(of request: Request, _ route: Route, _ faults: inout [ShapeFault]) throws(APIProblem) -> JSON {
    let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
    if let upload = route.upload {
      guard upload.types.contains(String(type)) || upload.types.contains("*/*") else {
        throw APIProblem(415, "unsupported_type", "send " + upload.types.joined(separator: ", "))
      }
      return .null
    }
    guard let shape = route.body else { return .null }
    if request.body.isEmpty {
      shape.check([:], .request, &faults)
      return [:]
    }
    guard type.isEmpty || type == "application/json" || type.hasSuffix("+json") else {
      throw APIProblem(415, "unsupported_type", "send application/json")
    }
    let body: JSON
    do throws(Refusal) { body = try JSON.parse(request.body) } catch {
      var problem = APIProblem(error)
      if route.path.hasPrefix("/api/v1/") { problem.code = "INVALID_JSON" }
      throw problem
    }
    if body.hasWildNumber {
      faults.append(ShapeFault(path: "$", fault: "a number in it is longer than anybody needs"))
    } else {
      shape.check(body, .request, &faults)
    }
    return body
  }
}
