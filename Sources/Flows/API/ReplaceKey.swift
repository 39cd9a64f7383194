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
      guard let next = try scope.replaceKey(id, with: key, keptFor: hours, by: nil)?.id else { return nil }
      return (next, key)
    }
  }
}

extension Scope {
  /// Puts another key in the place of one that is in use, in a transaction; both are taken until `ends`. nil: there is none.
  func replaceKey(
    _ id: UUID, with key: Secret, keptFor hours: Int, by user: UUID?
  ) throws(StoreError) -> (id: UUID, name: String, ends: Instant)? {
    let row = try self.replaceAPIKey(graceHours: Int32(hours), id: id, key: APIKey.kept(key), by: user)
    guard let next = row.id, let name = row.name, let ends = row.endsAt else { return nil }
    try self.noteReplacement(by: next, id: id)
    try self.noteOfKey(
      id: id, action: "rotated", by: user,
      more: JSONText(["replaced_by": .string(next.text), "ends_at": .string(ends.description)]))
    try self.noteOfKey(id: next, action: "created", by: user, more: JSONText(["replaces": .string(id.text)]))
    return (next, name, ends)
  }
}
