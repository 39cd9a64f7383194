import Core
import FoundationEssentials
import Peers
import Store

/// Where jobs are done: the only place that has both the database and the outside world at hand.
public struct Office: Sendable {
  public let settings: Settings
  public let log: Log
  let database: Pool
  let http: HTTPMulti
  /// For files: larger answers, and only from public addresses unless in development.
  let files: HTTPMulti
  let downloads = Slots(4)
  let deliveries = ShopSlots(8)
  let keys: Keyring
  /// This run; holds the leases of what it claims.
  let worker: UUID
  /// What Claude may do for whom it talks to.
  let tools: [AssistantTool]
  /// Questions that Claude thinks about just now.
  public let thinking = Thinking()

  /// What `jobs` and its HTTP twin need from the environment.
  public static let needs: [Setting] = [
    .databaseURL, .databasePrepare, .statementSeconds, .outboundKeys, .anthropicKey, .anthropicURL, .anthropicModel,
    .n8nURL, .n8nKey, .graphURL, .instagramURL, .tiktokURL, .tiktokKey, .tiktokSecret, .mediaFolder, .mediaMoreTypes,
    .rawRetentionDays,
    .environment,
    .publicURL, .jobsConnections,
    .jobsConcurrency,
    .jobsListen, .supabaseURL,
  ]

  public init(
    _ name: String, settings: Settings, tools: [AssistantTool] = AssistantTool.all
  ) throws(Keyring.Fault) {
    self.settings = settings
    self.tools = tools
    log = Log(service: name)
    keys = try Keyring(settings.secret(.outboundKeys))
    database = Pool(
      settings.text(.databaseURL), count: min(max(settings.int(.jobsConnections), 1), 8),
      settings: connectionSettings(settings, name: name, budget: 60))
    http = HTTPMulti()
    files = HTTPMulti(
      HTTPSettings(
        maxAnswer: Limits.attachment + (1 << 20),
        allowPrivateAddresses: settings.text(.environment) == "development"))
    worker = UUID.timeOrdered()
  }

  func close() async {
    await http.close()
    await files.close()
    await database.close()
  }

  func open(_ token: [UInt8]?, _ id: UUID?, tenant: UUID) -> Secret? {
    guard let token, let id else { return nil }
    return try? keys.open(token, for: SealedPlace(table: "outbound_tokens", tenant: tenant, row: id, column: "sealed"))
  }

  /// Something of the database that must not be given up lightly: tried again for about half a minute while it is away.
  func insist<T: Sendable>(
    _ tenant: UUID, _ body: @Sendable (Scope) throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    try await insist { () async throws(StoreError) in try await database.tenant(tenant, body) }
  }

  /// The same for several statements that stand or fall together. They may run twice, if the answer to COMMIT was lost.
  func insistTogether<T: Sendable>(
    _ tenant: UUID, _ body: @Sendable (Scope) throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    try await insist { () async throws(StoreError) in try await database.transaction(tenant, body) }
  }

  private func insist<T: Sendable>(_ body: () async throws(StoreError) -> T) async throws(StoreError) -> T {
    for attempt in 1... {
      do throws(StoreError) {
        return try await body()
      } catch {
        guard error.retryable, attempt < 8 else { throw error }
        try? await Task.sleep(for: .milliseconds(min(100 << attempt, 8000)))
      }
    }
    throw .unavailable("given up")
  }
}

extension UUID {
  /// Version 7, as `uuid_v7` in SQL: sorts by the time at which it was made.
  static func timeOrdered() -> UUID {
    var b = randomBytes(16)
    let ms = Instant.now.microseconds / 1000
    for i in 0..<6 { b[i] = UInt8(truncatingIfNeeded: ms >> Int64(8 * (5 - i))) }
    b[6] = b[6] & 0x0F | 0x70
    b[8] = b[8] & 0x3F | 0x80
    return UUID(
      uuid: (
        b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
      ))
  }
}
