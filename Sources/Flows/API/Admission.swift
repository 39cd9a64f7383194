import Core
import FoundationEssentials
import Store

/// Who asks? An API key or the dashboard's token, as `Authorization: Bearer`.
extension APIDoor {
  private static let realm = ("WWW-Authenticate", "Bearer realm=\"TIS TIS API\"")

  static func unauthenticated(_ code: String, _ sentence: String) -> APIProblem {
    var problem = APIProblem(401, code, sentence)
    problem.headers = [realm]
    return problem
  }

  /// The caller, if the route is open to it.
  /// - Parameter headers: of the answer, whatever it will be: how much of the caller's minute is left.
  func admit(_ request: Request, _ route: Route, _ headers: inout [(String, String)]) throws(APIProblem) -> Caller {
    guard case .granted(let scope, let roles) = route.access else { return .nobody }
    guard let header = request.headers["authorization"], !header.isEmpty else {
      throw Self.unauthenticated("MISSING_AUTH_HEADER", "send Authorization: Bearer with a key or a token")
    }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw Self.unauthenticated("INVALID_AUTH_FORMAT", "the header is not of the form: Authorization: Bearer …")
    }
    let token = String(parts[1])
    if token.split(separator: ".", omittingEmptySubsequences: false).count == 3 {
      return try user(token, request, roles, &headers)
    }
    return try app.caller(ofKey: token, request, endpoint: route.method + " " + route.path, scope: scope, &headers)
  }

  static func tooOften(after seconds: Int) -> APIProblem {
    var problem = APIProblem(
      429, "RATE_LIMIT_EXCEEDED", "too many requests",
      members: [.init("retry_after", .number(seconds)), .init("retryAfter", .number(seconds))])
    problem.headers = [("Retry-After", String(seconds))]
    return problem
  }

  /// How much of the minute is left, as headers; `reset` in seconds of the epoch.
  static func left(limit: Int32, remaining: Int32, reset: Int64) -> [(String, String)] {
    [
      ("X-RateLimit-Limit", String(limit)), ("X-RateLimit-Remaining", String(remaining)),
      ("X-RateLimit-Reset", String(reset)),
    ]
  }

  func problem(_ error: StoreError, _ request: Request) -> APIProblem { app.problem(error, request) }

  // MARK: Users

  private func user(
    _ token: String, _ request: Request, _ roles: Roles, _ headers: inout [(String, String)]
  ) throws(APIProblem) -> Caller {
    let id: UUID
    do throws(TokenFault) {
      id = try tokens.user(of: token, now: .now) { (kid) in self.findTokenKey(kid, request) }
    } catch {
      throw Self.unauthenticated(error.code, error.sentence)
    }
    let found: [FindUserRolesRow]
    do throws(StoreError) {
      found = try app.database.everyone.findUserRoles(userId: id)
    } catch { throw problem(error, request) }
    let active = found.filter { $0.isActive && $0.tenantActive }
    guard !active.isEmpty else {
      throw APIProblem(
        403, found.isEmpty ? "NO_ROLE" : "ROLE_INACTIVE",
        found.isEmpty ? "this user belongs to no business" : "this user is no longer active")
    }
    let row = try one(of: active, named: request.headers["x-tenant-id"] ?? request.parameter("tenant_id"))
    let taken: TakeUserCallRow
    do throws(StoreError) {
      taken = try app.database.tenant(row.tenantId).takeUserCall(
        userId: id, perMinute: Int32(app.settings.int(.userPerMinute)))
    } catch { throw problem(error, request) }
    headers = Self.left(limit: taken.limit, remaining: taken.remaining, reset: taken.reset)
    guard taken.allowed else { throw Self.tooOften(after: Int(taken.retryAfter)) }
    guard roles.allow(row.role) else {
      throw APIProblem(403, "ROLE_REQUIRED", "the role \(row.role) may not do this")
    }
    return Caller(
      kind: .user(id, role: row.role, staff: row.staffId), tenant: row.tenantId, branch: nil, scopes: [])
  }

  /// The business that was named, by its id or slug; of several one has to be.
  private func one(of rows: [FindUserRolesRow], named name: String?) throws(APIProblem) -> FindUserRolesRow {
    guard let name, !name.isEmpty else {
      if rows.count == 1 { return rows[0] }
      let tenants = rows.map { JSON.object(["id": .string($0.tenantId.text), "slug": .string($0.slug)]) }
      throw APIProblem(
        400, "TENANT_REQUIRED", "this user belongs to several businesses: name one by X-Tenant-ID or ?tenant_id",
        members: [.init("tenants", .array(tenants))])
    }
    guard let row = rows.first(where: { $0.slug == name || $0.tenantId.text == name.lowercased() }) else {
      throw .unknown("business")
    }
    return row
  }

  private func findTokenKey(_ kid: String, _ request: Request) -> JSON? {
    do throws(StoreError) {
      let found = try app.database.everyone.findTokenKey(kid: kid)
      if found?.aged ?? true { app.isUrgent = try app.database.everyone.wantTokenKeys() || app.isUrgent }
      return found.flatMap { try? $0.jwk.parse() }
    } catch {
      app.log.error("store", ["req": request.id, "why": error.sentence])
      return nil
    }
  }
}

extension Caller {
  /// Of routes that are open to everybody; sees no tenant's row.
  static let nobody = Caller(
    kind: .user(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), role: "", staff: nil),
    tenant: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), branch: nil, scopes: [])
}
