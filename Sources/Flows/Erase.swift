import FoundationEssentials
import Store

extension Connection {
  /// Erases a person in one transaction (`sql/functions/erasure.sql`): how many rows of what; nil if the tenant has no such
  /// lead. Unless it is really to be done, it is only counted.
  public func erase(
    _ lead: UUID, by author: String, of tenant: UUID, reallyDo: Bool
  ) throws(StoreError) -> JSONText? {
    try self.tenant(tenant).eraseLead(leadId: lead, by: author, really: reallyDo)
  }
}
