import Core
import FoundationEssentials
import Store

/// One thing that can be asked: how it is found, who may, what it takes and gives. The table of them is what dispatch
/// reads and what `/api/openapi.json` is made of.
public struct Route: Sendable {
  public typealias Handler = @Sendable (APICall) throws(APIProblem) -> Response

  public struct Parameter: Sendable {
    let name: String
    let shape: Shape
    let note: String
    public init(_ name: String, _ shape: Shape, _ note: String = "") {
      self.name = name
      self.shape = shape
      self.note = note
    }
  }

  /// The bytes of a body that is no JSON, with the types that are taken.
  public struct Upload: Sendable {
    let types: [String]
    public init(_ types: [String]) { self.types = types }
  }

  public enum Answer: Sendable {
    case json(Shape)
    /// Bytes of any type.
    case file
  }

  let method: String
  /// `/api/leads/{id}`; what is in braces is a UUID.
  let path: String
  /// The operation's name in the document; unique.
  let name: String
  let summary: String
  let access: Access
  let query: [Parameter]
  let body: Shape?
  let upload: Upload?
  let answers: [(status: Int, Answer)]
  /// What stands in the path for an id and is none reaches the handler, which finds no such id.
  let takesAnyID: Bool
  let handler: Handler

  /// - Parameter answers: by status, what is answered when all is well.
  public init(
    _ method: String, _ path: String, _ name: String, _ summary: String, _ access: Access, query: [Parameter] = [],
    body: Shape? = nil, upload: Upload? = nil, answers: [(status: Int, Answer)], takesAnyID: Bool = false,
    _ handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.name = name
    self.summary = summary
    self.access = access
    self.query = query
    self.body = body
    self.upload = upload
    self.answers = answers
    self.takesAnyID = takesAnyID
    self.handler = handler
    words = path.split(separator: "/").map(String.init)
  }

  private let words: [String]

  /// The ids that stand in a path that is this route's; nil: it is another's.
  func ids(in path: [Substring]) -> [String: UUID]? {
    guard path.count == words.count else { return nil }
    var ids: [String: UUID] = [:]
    for (word, found) in zip(words, path) {
      if word.hasPrefix("{") {
        if found.utf8.count == 36, let id = UUID(uuidString: String(found)) {
          ids[String(word.dropFirst().dropLast())] = id
        } else if !takesAnyID {
          return nil
        }
      } else if word != found {
        return nil
      }
    }
    return ids
  }

  var parameters: [String] { words.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) } }
}

/// A request that has found its route, with what was read of it.
public struct APICall {
  public let app: App
  public let request: Request
  public let caller: Caller
  let ids: [String: UUID]
  let query: [String: JSON]
  /// As sent, and checked by the route's shape.
  public let body: Field

  /// The id in the path; a route that names none is a programmer's mistake.
  public func id(_ name: String = "id") -> UUID {
    guard let id = ids[name] else { preconditionFailure("the path has no {\(name)}") }
    return id
  }
  public func text(_ name: String) -> String? { Field(query[name] ?? .null).text }
  public func int(_ name: String) -> Int64? { Field(query[name] ?? .null).integer }
  public func flag(_ name: String) -> Bool? { Field(query[name] ?? .null).bool }
  public func uuid(_ name: String) -> UUID? { text(name).flatMap { UUID(uuidString: $0) } }

  /// The caller's branch, else the one that was asked for.
  var branch: UUID? { caller.branch ?? uuid("branch_id") }

  /// Asks the database in the caller's tenant. Two transactions that Postgres cannot order are repeated.
  public func store<T>(_ body: (Scope) throws(StoreError) -> T) throws(APIProblem) -> T {
    for attempt in 1... {
      do throws(StoreError) {
        return try body(app.database.tenant(caller.tenant))
      } catch {
        if case .serialization = error, attempt < 4 { continue }
        if !error.retryable, APIProblem(error).status == 500 {
          app.log.error("store", ["req": request.id, "why": error.sentence])
        }
        throw APIProblem(error)
      }
    }
    throw APIProblem(.unavailable("given up"))
  }

  /// Several statements that stand or fall together, in the caller's tenant; repeated like `store`.
  public func transaction<T>(_ body: (Scope) throws(StoreError) -> T) throws(APIProblem) -> T {
    try store { (_) throws(StoreError) in try app.database.transaction(tenant: caller.tenant, body) }
  }

  /// What the database made as JSON, as an answer's `data`.
  public func data(_ text: JSONText?, or what: String) throws(APIProblem) -> JSON {
    guard let text else { throw .unknown(what) }
    do throws(Refusal) { return try text.parse() } catch { throw APIProblem(.shape(what)) }
  }
}

extension Field {
  var uuid: UUID? { text.flatMap { UUID(uuidString: $0) } }
  var instant: Instant? { text.flatMap { Instant($0) } }
  var texts: [String] { items.compactMap(\.text) }
}
