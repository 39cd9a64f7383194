import Core
import Store

extension Office {
  /// A send whose fate nobody knows waits so long for the platform's report; then a person is told.
  static let doubtSeconds = 300.0

  /// Tells each business of what has been in doubt for so long. What fails is done by the next run.
  func tellDoubts() async {
    do throws(StoreError) {
      let tenants = try await database.everyone { (scope) throws(StoreError) in
        try scope.tenantsInDoubt(seconds: Self.doubtSeconds)
      }
      for tenant in tenants {
        let told = try await database.tenant(tenant) { (scope) throws(StoreError) in
          try scope.tellSendsInDoubt(seconds: Self.doubtSeconds)
        }
        if told > 0 { log.error("sends_unknown", ["tenant": tenant.text, "messages": String(told)]) }
      }
    } catch {
      log.warning("doubts_not_told", ["why": error.sentence])
    }
  }
}
