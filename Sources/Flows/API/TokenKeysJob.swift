import Core
import FoundationEssentials
import Peers
import Store

extension Office {
  /// `fetch_jwks`: the public keys that the dashboard's tokens are signed with. Those that are gone there are gone here.
  func fetchTokenKeys(_ job: HeldJob) async -> Outcome {
    let project = settings.url(.supabaseURL)
    guard !project.isEmpty else { return .bury(why: "SUPABASE_URL is not set: there is nowhere to fetch keys from") }
    do {
      let keys = try Supabase.keys(of: try await http.send(Supabase.askForKeys(project)))
      let usable = keys.filter { PublicKey($0.key) != nil }.compactMap(\.key.value)
      try await database.everyone { (scope) throws(StoreError) in
        try scope.keepTokenKeys(keys: JSONText(.array(usable)))
      }
      log.info("token_keys", ["kept": String(usable.count), "offered": String(keys.count)])
      return .done(["keys": .number(usable.count)])
    } catch {
      let why =
        (error as? PeerError)?.sentence ?? (error as? HTTPFailure)?.sentence ?? (error as? StoreError)?.sentence
      return .retry(after: 30, why: why ?? "\(error)")
    }
  }
}
