import Core
import FoundationEssentials
import Peers
import Store

/// The program `webhook`: what a business's n8n tells us. Nothing is believed without a key or a signature, unless the
/// business wants the guide's plain form; whose it is says the key, else the conversation or lead that it is about.
public final class N8NDoor {
  let app: App

  public static let needs: [Setting] = [.inboundKeys, .n8nKey]
  /// What a key must have for it.
  static let scope = "webhook:write"

  /// Who speaks: a business's n8n, seeing one branch or all.
  struct Voice {
    let tenant: UUID
    var branch: UUID?
  }

  public init(_ app: App) { self.app = app }

  /// Every request has an answer; what is refused is logged without what was sent.
  public func answer(_ request: Request) -> Response {
    let started = Instant.now
    var headers: [(String, String)] = []
    do throws(APIProblem) {
      guard request.method == "POST" else { throw APIProblem(.wrongMethod(allowed: ["POST"])) }
      let call: N8NCall
      do throws(Refusal) { call = try N8NCall.read(request) } catch { throw APIProblem(error) }
      let voice = try voice(request, call, &headers)
      if let voice, let named = call.tenant, named != voice.tenant {
        throw .malformed("$.tenant_id", "this is another business's")
      }
      var response = try perform(call, voice, request)
      response.headers += headers
      app.log.info(
        "n8n_told",
        ["req": request.id, "tenant": voice?.tenant.text, "action": call.word, "ms": milliseconds(since: started)])
      return response
    } catch {
      app.log.line(
        error.status == 500 ? .error : .warning, "refused",
        [
          "req": request.id, "status": String(error.status), "code": error.code,
          "why": error.status == 400 ? error.faults.first?.path : error.sentence, "ms": milliseconds(since: started),
        ])
      var response = error.response(requestID: request.id)
      response.headers += headers.filter { header in !error.headers.contains { $0.0 == header.0 } }
      return response
    }
  }

  // MARK: Who speaks?

  /// nil: the platform's own n8n, about nothing of anybody's.
  private func voice(
    _ request: Request, _ call: N8NCall, _ headers: inout [(String, String)]
  ) throws(APIProblem) -> Voice? {
    if let token = Self.token(request) {
      let platforms = app.settings.secret(.n8nKey)
      guard !platforms.isEmpty, platforms == Secret(token) else {
        let caller = try app.caller(
          ofKey: token, request, endpoint: "POST /api/webhook", scope: Self.scope, &headers)
        return Voice(tenant: caller.tenant, branch: caller.branch)
      }
      guard let subject = call.subject else { return nil }
      guard let found = try find(subject, request), found.isPlatforms else { throw .unknown(subject.kind) }
      return Voice(tenant: found.tenantId)
    }
    guard let subject = call.subject else { throw Self.unproven }
    let found = try find(subject, request)
    if N8NSignature.isSigned(request) {
      // What is nobody's is refused like what is badly signed: who guesses ids learns nothing.
      let known = found.map { secrets(of: $0) } ?? []
      do throws(Refusal) {
        guard let found, !known.isEmpty else { throw .unsigned("the signature is wrong") }
        try N8NSignature.verify(request, known, now: .now)
        return Voice(tenant: found.tenantId)
      } catch { throw APIProblem(error) }
    }
    guard let found, found.isPlain else { throw Self.unproven }
    app.log.warning("unsigned_accepted", ["req": request.id, "tenant": found.tenantId.text])
    return Voice(tenant: found.tenantId)
  }

  private static let unproven = APIDoor.unauthenticated(
    "MISSING_AUTH_HEADER", "send X-API-Key with a key of the business's, or sign the body")

  /// In whichever of the headers it is shown.
  private static func token(_ request: Request) -> String? {
    if let key = request.headers["x-api-key"] ?? request.headers["x-n8n-api-key"], !key.isEmpty { return key }
    let parts = (request.headers["authorization"] ?? "").split(separator: " ", omittingEmptySubsequences: true)
    return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : parts.isEmpty ? nil : ""
  }

  private func find(_ subject: (kind: String, id: UUID), _ request: Request) throws(APIProblem) -> FindN8NRow? {
    do throws(StoreError) {
      return try app.database.everyone.findN8N(kind: subject.kind, id: subject.id)
    } catch { throw app.problem(error, request) }
  }

  private func secrets(of found: FindN8NRow) -> [Secret] {
    guard let keys = try? Keyring(app.settings.secret(.inboundKeys)) else { return [] }
    return Field((try? found.secrets.parse()) ?? []).items.compactMap { secret in
      guard let id = secret["id"].uuid, let sealed = secret["sealed"].text.flatMap({ bytes(hex: $0) }) else {
        return nil
      }
      let place = SealedPlace(table: "inbound_secrets", tenant: found.tenantId, row: id, column: "sealed")
      do throws(Keyring.Fault) {
        return try keys.open(sealed, for: place)
      } catch {
        app.log.error("secret_not_opened", ["tenant": found.tenantId.text, "secret": id.text, "why": "\(error)"])
        return nil
      }
    }
  }
}

extension N8NCall {
  /// For the log.
  var word: String {
    switch action {
    case .answer: "ai_response"
    case .score: "update_lead_score"
    case .book: "schedule_appointment"
    case .escalate: "escalate_conversation"
    case .other(let name): name
    }
  }
}
