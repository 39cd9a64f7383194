import Core
import Peers
import Store

extension Office {
  /// A send whose fate nobody knows waits so long for the platform's report; then a person is told.
  static let doubtSeconds = 300.0
  /// Where a platform can be asked, it is: after so many seconds, and once more if it did not have the message yet.
  static let lookSeconds = (first: 60.0, second: 180.0)

  /// Asks the platforms for what is in doubt, and tells each business of what has been so for long. What fails is done by
  /// the next run.
  func tellDoubts() async {
    let readable = Channel.all.filter { $0.readBack != nil }.map(\.name.rawValue)
    do throws(StoreError) {
      let tenants = try await database.everyone { (scope) throws(StoreError) in
        try scope.tenantsInDoubt(seconds: Self.lookSeconds.first)
      }
      for tenant in tenants {
        let told = try await database.tenant(tenant) { (scope) throws(StoreError) in
          _ = try scope.askReadBacks(
            first: Self.lookSeconds.first, second: Self.lookSeconds.second, channels: readable)
          return try scope.tellSendsInDoubt(seconds: Self.doubtSeconds)
        }
        if told > 0 { log.error("sends_unknown", ["tenant": tenant.text, "messages": String(told)]) }
      }
    } catch {
      log.warning("doubts_not_told", ["why": error.sentence])
    }
  }
}
