import FoundationEssentials
import Store

extension Connection {
  /// Erases a person in one transaction (`sql/functions/erasure.sql`): how many rows of what; nil if the tenant has no such
  /// lead. Unless it is really to be done, everything is taken back.
  public func erase(
    _ lead: UUID, by author: String, of tenant: UUID, reallyDo: Bool
  ) throws(StoreError) -> JSONText? {
    var counts: JSONText?
    do throws(StoreError) {
      try transaction(tenant: tenant) { (scope) throws(StoreError) in
        counts = try scope.eraseLead(leadId: lead, by: author)
        // What was done is taken back by throwing.
        if !reallyDo { throw .shape("only tried") }
      }
    } catch {
      if case .shape = error, !reallyDo { return counts }
      throw error
    }
    return counts
  }
}
