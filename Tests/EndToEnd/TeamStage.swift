import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// A business with somebody who works at a branch that is open around the clock in Mexico City, and does one thing.
struct TeamStage {
  static let scopes = [
    "staff:read", "staff:write", "services:read", "services:write", "appointments:read", "appointments:write",
    "leads:read", "channels:read", "channels:write",
  ]
  let tenant: Tenant
  let client: APIClient
  let branch: UUID
  let service: UUID
  let staff: UUID

  init(_ tenant: Tenant, branchKey: Bool = false) throws {
    self.tenant = tenant
    branch = try tenant.branch()
    service = try tenant.service("Revisión")
    staff = try tenant.member(at: [branch], does: [service])
    try tenant.database.run(
      """
      update branches set operating_hours = '{"start": "00:00", "end": "24:00", "days": [1,2,3,4,5,6,7]}'
        where id = '\(branch.text)'
      """)
    client = try APIClient(tenant, scopes: Self.scopes, branch: branchKey ? branch : nil) { $0.perMinute = 1000 }
  }

  var hours: String { "/api/staff/\(staff.text)/hours" }

  func lead() throws -> String {
    let id = UUID().text
    try tenant.database.run(
      "insert into leads (tenant_id, id, name, branch_id) values ('\(tenant.id.text)', '\(id)', 'Ana', '\(branch.text)')"
    )
    return id
  }

  func wish(_ at: String, anytime: Bool = false) throws -> JSON {
    .object([
      "lead_id": .string(try lead()), "branch_id": .string(branch.text), "service_id": .string(service.text),
      "staff_id": .string(staff.text), "scheduled_at": .string(at), "anytime": anytime ? true : nil,
    ])
  }

  func slots(_ query: String = "") async throws -> [Field] {
    let path = "/api/slots?service_id=\(service.text)&branch_id=\(branch.text)&staff_id=\(staff.text)"
    return try await client.ask("GET", path + query).data.items
  }

  /// When free times of the next days begin.
  func times(_ query: String = "&limit=1000") async throws -> [String] {
    try await slots(query).compactMap { $0["starts_at"].text }
  }
}

extension Tenant {
  func service(_ name: String) throws -> UUID {
    let id = UUID()
    try database.run(
      """
      insert into services (tenant_id, id, name, slug, duration_minutes)
        values ('\(self.id.text)', '\(id.text)', '\(name)', '\(unique("s-"))', 30)
      """)
    return id
  }

  func member(at branches: [UUID], does services: [UUID] = []) throws -> UUID {
    let id = UUID()
    try database.run(
      """
      insert into staff (tenant_id, id, first_name, last_name, email, role)
        values ('\(self.id.text)', '\(id.text)', 'Luz', 'Paz', '\(unique("l"))@x.mx', 'dentist')
      """)
    for branch in branches {
      try database.run(
        "insert into staff_branches (tenant_id, staff_id, branch_id) values ('\(self.id.text)', '\(id.text)', '\(branch.text)')"
      )
    }
    for service in services {
      try database.run(
        "insert into staff_services (tenant_id, staff_id, service_id) values ('\(self.id.text)', '\(id.text)', '\(service.text)')"
      )
    }
    return id
  }
}
