import FoundationEssentials
import Store

extension Connection {
  /// Erases a person in one transaction (`sql/functions/erasure.sql`): how many rows of what; nil if the tenant has no such
  /// lead. Unless it is really to be done, it is only counted. Where it and others wait for each other in a ring, and it is
  /// the one that Postgres ends, it is begun again.
  public func erase(
    _ lead: UUID, by author: String, of tenant: UUID, reallyDo: Bool
  ) throws(StoreError) -> JSONText? {
    for _ in 1..<5 {
      do throws(StoreError) {
        return try self.tenant(tenant).eraseLead(leadId: lead, by: author, really: reallyDo)
      } catch {
        guard case .serialization = error else { throw error }
      }
    }
    return try self.tenant(tenant).eraseLead(leadId: lead, by: author, really: reallyDo)
  }
}
