import Core
import FoundationEssentials
import Store
import TestSupport
import Testing

/// One URL for all tenants: the platform's secret, each event to the tenant whose account it names.
@Suite struct SharedRouteTests {
  static let path = "/api/webhook/whatsapp"
  static let secret = Secret("dev_meta_app_secret")

  private func post(_ body: [UInt8], signature: String? = nil) async throws -> HTTPResponse {
    try await Web.send(
      "POST", World.current.url + Self.path,
      headers: [("X-Hub-Signature-256", signature ?? "sha256=" + hex(hmacSHA256(body, key: Self.secret)))], body: body)
  }

  /// One POST with the entries of several bodies.
  private func joined(_ bodies: [[UInt8]]) throws -> [UInt8] {
    let entries = try bodies.flatMap { try Field(JSON.parse($0))["entry"].array().compactMap(\.value) }
    let object = try JSON.parse(bodies[0])["object"] ?? .null
    return (["object": object, "entry": .array(entries)] as JSON).bytes
  }

  @Test func eachTenantGetsItsOwn() async throws {
    let (one, two) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    let stranger = uniqueDigits("99")
    let body = try joined([
      one.payload([Tenant.text("uno"), Tenant.text("dos")]), two.payload([Tenant.text("tres")]),
      one.payload([Tenant.text("cuatro")], phoneNumberID: stranger), one.payload([Tenant.text("cinco")]),
    ])
    for _ in 0..<2 {
      #expect(try await post(body).status == 200)
      #expect(try one.count("messages") == 3)
      #expect(try two.count("messages") == 1)
    }
    #expect(try two.value("content", of: "messages") == "tres")
  }

  @Test func aTenantsOwnSecretDoesNotOpenIt() async throws {
    let tenant = try Tenant.make()
    let body = tenant.payload([Tenant.text("hola")])
    #expect(try await post(body, signature: tenant.signature(body)).status == 403)
    #expect(try await post(body, signature: "").status == 403)
    #expect(try tenant.count("messages") == 0)
  }

  @Test func aThousandItemsInOnePost() async throws {
    let (one, two) = (try Tenant.make(delay: Tenant.never), try Tenant.make(delay: Tenant.never))
    // 100 people with five messages each, for either tenant.
    let people = (0..<100).map { _ in uniqueDigits("521") }
    func messages() -> [JSON] { (0..<500).map { Tenant.text("mensaje \($0)", from: people[$0 % 100]) } }
    let body = try joined([one.payload(messages()), two.payload(messages())])
    #expect(try await post(body).status == 200)
    for tenant in [one, two] {
      #expect(try tenant.count("messages") == 500)
      #expect(try tenant.count("leads") == 100)
      #expect(try tenant.count("conversations") == 100)
      #expect(try tenant.count("jobs") == 100)
    }
    #expect(try await post(body).status == 200)
    #expect(try one.count("messages") == 500)
  }

  /// One that Postgres refuses does not harm its siblings: it is parked, and driven again when the cause is mended.
  @Test(arguments: Platform.allCases) func theCulpritIsParkedAndReplayed(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let bodies = ["antes", "hola", "después"].map { words in
      platform.text(words, from: uniqueDigits("521"), to: tenant.account)
    }
    // A jsonb number of more digits than numeric can hold.
    let place = [.whatsapp: #""type":"text""#, .tiktok: #""event":"#][platform] ?? #""timestamp":"#
    let culprit = String(decoding: bodies[1], as: UTF8.self).replacing(place, with: #""weight":1e999999,"# + place)
    let spoilt = [bodies[0], Array(culprit.utf8), bodies[2]]
    for _ in 0..<2 {
      // TikTok posts one event at a time.
      for body in platform == .tiktok ? spoilt : [try joined(spoilt)] {
        let headers = [(platform.signatureHeader, platform.signature(body, platform.sharedSecret))]
        let url = World.current.url + platform.sharedPath
        #expect(try await Web.send("POST", url, headers: headers, body: body).status == 200)
      }
    }
    #expect(try tenant.count("messages") == 2)
    #expect(try tenant.count("webhook_dead_letters", where: "status = 'pending'") == 1)
    let letter = try #require(try tenant.value("id", of: "webhook_dead_letters"))
    func replay() throws -> String? {
      let policy = #"{"stale_seconds": 3600, "first_delay_seconds": 60, "next_delay_seconds": 60, "cap_seconds": 60}"#
      return try tenant.database.connection().transaction(tenant: tenant.id) { scope throws(StoreError) in
        try scope.one("replay", "select replay_dead_letter($1, $2)", [letter, policy]) { row throws(StoreError) in
          try row.get(0)
        }
      }
    }
    #expect(try replay() == "pending")
    #expect(try tenant.value("retry_count", of: "webhook_dead_letters") == "1")
    try tenant.database.run(
      """
      update webhook_dead_letters set payload = to_jsonb(replace(payload #>> '{}', '1e999999', '1'))
        where id = '\(letter)'
      """)
    #expect(try replay() == "completed")
    #expect(try replay() == nil)
    #expect(try tenant.count("messages") == 3)
  }
}
