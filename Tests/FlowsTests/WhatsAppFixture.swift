import Core
import Store
import TestSupport
import Testing

@testable import Flows

extension Shop {
  /// The business account that the fixtures' news are about.
  static let business = "902200000000301"
  /// Of the person in the fixtures, canonical.
  static let ana = "526311234567"
  /// The fixtures' own time: 2025-11-22 11:00 UTC.
  static let then = Instant(seconds: 1_763_809_200)

  /// What Meta sends in the case of that name, as if to this business's number.
  func fixture(_ name: String) throws -> [UInt8] {
    let text = try #require(readFile(World.root + "/Tests/PeersTests/Fixtures/whatsapp/\(name).json"), "\(name)")
    return Array(text.replacing("715500000000101", with: tenant.phoneNumberID).utf8)
  }

  func post(fixtures names: [String]) throws {
    let app = try app()
    for name in names { try post(try fixture(name), app) }
  }

  /// What the person of the fixtures writes. Their number is the one that other tests' payloads say is the business's own.
  func post(fromAna text: JSON, _ app: App? = nil) throws {
    let body = String(decoding: tenant.payload([text]), as: UTF8.self)
    try post(Array(body.replacing(#""display_phone_number":"526311234567""#, with: #""x":"""#).utf8), app)
  }

  /// Tells which business account the tenant's numbers belong to.
  func join(_ business: String = Shop.business) throws {
    try run(
      "update channel_connections set whatsapp_business_account_id = '\(business)' where tenant_id = '\(tenant.id.text)'"
    )
  }

  /// A statement in this tenant's name, with our clock at that time.
  func run(at clock: Instant, _ sql: String) throws {
    try run("set app.tenant_id = '\(tenant.id.text)'; set app.now = '\(clock)'; \(sql)")
  }

  /// A statement's value in this tenant's name.
  func ask(_ sql: String, at clock: Instant? = nil) throws -> String? {
    let session = database.connection()
    try session.script("set app.tenant_id = '\(tenant.id.text)'; set app.now = '\(clock?.description ?? "")'")
    let found: [String?] = try session.everyone.many("ask", "select (\(sql))::text", []) { row throws(StoreError) in
      try row.get(0)
    }
    return found.first ?? nil
  }
}
