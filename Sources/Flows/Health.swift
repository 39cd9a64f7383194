import Core
import Rules
import Store

/// `/api/health`, for monitors and for agents that want to know whether we are there.
public final class HealthDoor {
  /// Cron starts a run every half minute; after so long without a heartbeat it has stopped.
  static let silentSeconds = 180.0
  /// A database that hangs costs the caller so many seconds.
  static let patience = 2.0
  /// What one caller learnt is told to all others so long: the door is open to everybody.
  static let keepSeconds = 1.0
  static let countedAtMost: Int32 = 1000

  private let app: App
  private let started = Instant.now
  private var last: HealthLook?

  public init(_ app: App) { self.app = app }

  /// `GET` or `HEAD`. `?type=liveness` asks this process only, `?type=readiness` for details, which are also told to the
  /// bearer of HEALTH_CHECK_TOKEN and to who calls from a private network. 503 while nothing can be taken in.
  public func answer(_ request: Request) throws(Refusal) -> Response {
    guard ["GET", "HEAD"].contains(request.method) else { throw .wrongMethod(allowed: ["GET", "HEAD"]) }
    let type = request.parameter("type")
    if type == "liveness" {
      return Self.uncached(.json(["status": "ok", "timestamp": .string(Instant.now.description)]))
    }
    let look = look(request)
    var body = look.summary
    let trusted = isTrusted(request)
    if trusted || type == "readiness" {
      body["environment"] = .string(app.settings.text(.environment))
      body["uptime_seconds"] = .number(Int(Instant.now - started))
      for detail in look.details(whole: trusted) { body[detail.key] = detail.value }
    }
    var response = Self.uncached(.json(.object(body), status: look.status == .unhealthy ? 503 : 200))
    response.headers.append(("X-Health-Status", look.status.rawValue))
    return response
  }

  private static func uncached(_ response: Response) -> Response {
    var response = response
    response.headers.append(("Cache-Control", "no-store"))
    return response
  }

  /// By token, or by the address that nginx was called from. A request that came through a proxy has that proxy's
  /// address, which says nothing about who asks.
  private func isTrusted(_ request: Request) -> Bool {
    let token = app.settings.secret(.healthToken)
    if !token.isEmpty, let given = request.headers["x-health-token"], Secret(given) == token { return true }
    let proxied = ["x-forwarded-for", "forwarded", "x-real-ip", "via"].contains { request.headers[$0] != nil }
    return !proxied && isPrivateAddress(request.remote)
  }

  private func look(_ request: Request) -> HealthLook {
    let now = Instant.now
    if let last, abs(now - last.at) < Self.keepSeconds { return last }
    app.database.deadline = min(request.deadline, now + Self.patience)
    let look = HealthLook(now, askDatabase())
    if look.status == .unhealthy { app.log.warning("unhealthy", ["why": look.why ?? look.reasons.first]) }
    last = look
    return look
  }

  private func askDatabase() -> HealthLook.Found {
    var found = HealthLook.Found()
    let began = Instant.now
    do throws(StoreError) {
      let report = try app.database.everyone.healthReport(silentSeconds: Self.silentSeconds)
      found.latency = Instant.now - began
      found.report = report
      found.schema = report.schemaVersion
      if let since = report.silentSince, !report.readOnly,
        try app.database.everyone.cronStopped(silentSeconds: Self.silentSeconds)
      {
        app.log.error("cron_stopped", ["since": since.description])
      }
      found.modelRefused = try app.database.everyone.modelRefusedSince()
      found.queue = try app.database.everyone.healthQueue(limit: Self.countedAtMost)
    } catch {
      found.why = error.sentence
      if found.report == nil, !error.retryable {
        // It answered, but not to this: then the schema is an older one.
        found.latency = Instant.now - began
        found.schema = (try? app.database.schemaVersion()) ?? 0
      }
    }
    return found
  }
}
