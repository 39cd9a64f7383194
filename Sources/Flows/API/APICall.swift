import Core
import FoundationEssentials
import Store

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

extension APICall {
  /// Refuses a key that is one branch's.
  /// - Parameter what: as `who is of the team`.
  func wholeBusiness(_ what: String) throws(APIProblem) {
    guard caller.branch == nil else {
      throw APIProblem(403, "BRANCH_KEY", "\(what) is the whole business's, and this key is one branch's")
    }
  }

  /// Refuses names of nothing but spaces.
  func spelled(_ names: String...) throws(APIProblem) {
    for name in names {
      if let text = body[name].text, text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
        throw .malformed("$." + name, "says nothing")
      }
    }
  }

  /// What the body says of these members; null says nothing.
  /// - Throws: 400 if that is nothing at all.
  func change(_ members: [Shape.Member]) throws(APIProblem) -> JSON.Members {
    var found = JSON.Members()
    for member in members {
      guard let value = body[member.name].value, value != .null else { continue }
      found[member.name] = value
    }
    guard !found.pairs.isEmpty else {
      throw .malformed("$", "expected one of " + members.map(\.name).joined(separator: ", "))
    }
    return found
  }
}

extension APIProblem {
  /// 409, with the id of what has the name already.
  static func namesake(_ code: String, _ what: String, _ id: UUID?) -> APIProblem {
    .conflict(
      code, "there is a \(what) of this name already", id.map { [.init("existing_id", .string($0.text))] } ?? [])
  }
}
