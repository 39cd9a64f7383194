import Core
import Flows
import Peers

#if canImport(Glibc)
  import Glibc
#endif

extension Tenant {
  /// The webhook program of its platform within the test, against its database. Unsigned posts are refused.
  public func webhook(_ changes: [String: String] = [:]) throws -> App {
    let name = "webhook-" + platform.rawValue
    var environment = World.current.environment(of: name)
    environment["DATABASE_URL"] = database.dsn(user: "tistis_webhook_" + platform.rawValue)
    environment["ALLOW_UNSIGNED_WEBHOOKS"] = nil
    environment.merge(changes) { $1 }
    let secrets: [Setting] =
      switch platform {
      case .whatsapp: [.metaAppSecret, .verifyToken]
      case .facebook: [.metaAppSecret, .facebookVerifyToken]
      case .instagram: [.metaAppSecret, .instagramAppSecret, .instagramVerifyToken]
      case .tiktok: [.tiktokSecret, .tiktokSignatureSeconds]
      }
    let needs = App.common + secrets + [.inboundKeys, .allowUnsigned, .answerDelayMilliseconds]
    return App(name, settings: try Settings(needs, from: environment))
  }

  /// A body as its platform posts it.
  public func request(_ body: [UInt8], signature given: String? = nil, path: String? = nil) -> Request {
    Request(
      "POST", path ?? self.path, headers: [platform.signatureHeader.lowercased(): given ?? signature(body)], body: body,
      id: unique("req-"))
  }

  /// What its platform is answered.
  public func answer(_ request: Request, _ app: App? = nil) throws -> Response {
    guard let channel = Channel.named(platform.rawValue) else { throw Complaint("no channel \(platform)") }
    return try (app ?? webhook()).receive(channel, request)
  }

  /// Posts a body that has to be taken; again, as platforms do, if the database has no time just now.
  public func post(_ body: [UInt8], _ app: App? = nil) throws {
    let (app, request) = (try app ?? webhook(), request(body))
    for attempt in 1... {
      do {
        let status = try answer(request, app).status
        guard status == 200 else { throw Complaint("a genuine POST was answered with \(status)") }
        return
      } catch let refusal as Refusal {
        guard case .busy = refusal, attempt < 6 else { throw refusal }
        usleep(1_200_000)
      }
    }
  }
}
