import Core
import FoundationEssentials
import Store

extension App {
  /// Whose key it is, if it may do this; one of its calls is used up.
  /// - Parameters:
  ///   - scope: what the key must have; nil: no key may do this.
  ///   - headers: of the answer, whatever it will be: how much of a key's minute is left.
  func caller(
    ofKey token: String, _ request: Request, endpoint: String, scope: String?, _ headers: inout [(String, String)]
  ) throws(APIProblem) -> Caller {
    guard APIKey.isOne(token) else {
      throw APIDoor.unauthenticated("INVALID_KEY_FORMAT", "this is neither a key of ours nor a token")
    }
    let found: FindAPIKeyRow?
    do throws(StoreError) {
      found = try database.everyone.findAPIKey(hash: APIKey.hash(token), address: request.remote)
    } catch { throw problem(error, request) }
    guard let found else { throw APIDoor.unauthenticated("KEY_NOT_FOUND", "there is no such key") }
    switch found.state {
    case "active": break
    case "expired":
      refused(found, "expired", request, endpoint)
      throw APIDoor.unauthenticated("KEY_EXPIRED", "the key has expired")
    case "closed": throw APIProblem(403, "TENANT_INACTIVE", "the business is not active")
    default:
      refused(found, "revoked", request, endpoint)
      throw APIDoor.unauthenticated("KEY_REVOKED", "the key has been revoked")
    }
    guard found.addressAllowed else {
      refused(found, "address", request, endpoint)
      throw APIProblem(403, "IP_NOT_ALLOWED", "the key may not be used from this address")
    }
    let taken: TakeAPICallRow
    do throws(StoreError) {
      taken = try database.tenant(found.tenantId).takeAPICall(
        keyId: found.keyId, perMinute: found.perMinute, perDay: found.perDay, address: request.remote,
        endpoint: endpoint)
    } catch { throw problem(error, request) }
    headers = APIDoor.left(limit: taken.limit, remaining: taken.remaining, reset: taken.reset)
    if !taken.allowed {
      refused(found, "rate", request, endpoint)
      throw APIDoor.tooOften(after: Int(taken.retryAfter))
    }
    guard let scope, found.scopes.contains(scope) else {
      refused(found, "scope", request, endpoint)
      throw APIProblem(
        403, "SCOPE_REQUIRED",
        scope.map { "the key lacks the scope \($0)" } ?? "only users of the dashboard may do this")
    }
    return Caller(kind: .key(found.keyId), tenant: found.tenantId, branch: found.branchId, scopes: Set(found.scopes))
  }

  /// Counts it; that it could not be counted changes no answer.
  private func refused(_ key: FindAPIKeyRow, _ reason: String, _ request: Request, _ endpoint: String) {
    do throws(StoreError) {
      try database.tenant(key.tenantId).noteKeyRefusal(
        keyId: key.keyId, reason: reason, address: request.remote, endpoint: endpoint)
    } catch { log.error("store", ["req": request.id, "why": error.sentence]) }
  }

  func problem(_ error: StoreError, _ request: Request) -> APIProblem {
    log.error("store", ["req": request.id, "why": error.sentence])
    return APIProblem(error)
  }
}
