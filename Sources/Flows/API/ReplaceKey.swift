import Core
import FoundationEssentials
import Store

extension Connection {
  /// Makes a key that takes another's place; for so many hours both are taken. nil: there is no such key in use.
  public func replaceKey(
    _ id: UUID, keptFor hours: Int, of tenant: UUID
  ) throws(StoreError) -> (id: UUID, key: Secret)? {
    try transaction(tenant: tenant) { (scope) throws(StoreError) in
      guard let old = try scope.keysOf(all: false, limit: 1000).first(where: { $0.id == id }) else { return nil }
      let key = APIKey.make(test: old.environment == "test")
      let row = try scope.replaceAPIKey(graceHours: Int32(hours), id: id, key: APIKey.kept(key), by: nil)
      guard let next = row.id else { return nil }
      try scope.noteReplacement(by: next, id: id)
      return (next, key)
    }
  }
}
