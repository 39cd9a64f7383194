import Testing

@testable import Core

@Suite struct SettingsTests {
  static let needs: [Setting] = [.databaseURL, .inboundKeys, .maxRequests, .allowUnsigned, .graphURL, .anthropicKey]

  static let keys = "k:" + String(repeating: "0", count: 64)

  @Test func saysEverythingThatIsWrongAtOnce() throws {
    let fault = #expect(throws: Settings.Fault.self) {
      try Settings(
        Self.needs,
        from: ["MAX_REQUESTS": "many", "ALLOW_UNSIGNED_WEBHOOKS": "yes", "META_GRAPH_URL": "graph", "DATABASE_URL": ""])
    }
    let text = try #require(fault).description
    for name in ["DATABASE_URL", "INBOUND_KEYS", "MAX_REQUESTS", "ALLOW_UNSIGNED_WEBHOOKS", "META_GRAPH_URL"] {
      #expect(text.contains(name))
    }
    #expect(!text.contains("ANTHROPIC_API_KEY"))
  }

  @Test func readsDefaultsAndFiles() throws {
    let settings = try Settings(
      Self.needs, from: ["DATABASE_URL_FILE": "/secret", "INBOUND_KEYS": Self.keys, "META_GRAPH_URL": "https://x/v1/"]
    ) { $0 == "/secret" ? "dbname=x\n" : nil }
    #expect(settings.text(.databaseURL) == "dbname=x")
    #expect(settings.int(.maxRequests) == 10000)
    #expect(settings.url(.graphURL) == "https://x/v1")
    #expect(settings.secret(.anthropicKey).isEmpty)
    #expect(!settings.flag(.allowUnsigned))
  }

  @Test func saysWhichFileCannotBeRead() throws {
    let fault = #expect(throws: Settings.Fault.self) {
      try Settings([.databaseURL], from: ["DATABASE_URL_FILE": "/nowhere"]) { _ in nil }
    }
    #expect(fault?.problems.map(\.what) == ["DATABASE_URL_FILE: cannot read /nowhere"])
  }

  @Test func listsWithoutSecrets() throws {
    let settings = try Settings([.databaseURL, .maxRequests, .anthropicKey], from: ["DATABASE_URL": "password=x"])
    #expect(
      settings.listing([.databaseURL, .maxRequests, .anthropicKey])
        == "DATABASE_URL=•••\nMAX_REQUESTS=10000\nANTHROPIC_API_KEY=")
  }

  /// A value that would only fail at the first request is refused at the start.
  @Test(arguments: [
    (Setting.inboundKeys, "2026a", false), (.inboundKeys, "a:12", false), (.inboundKeys, keys, true),
    (.outboundKeys, keys + "," + keys.replacing("k", with: "l"), true), (.outboundKeys, "", false),
    (.jobsConnections, "9", false), (.jobsConnections, "0", false), (.jobsConnections, "8", true),
    (.statementSeconds, "0", false), (.maxRequests, "0", true), (.maxRequests, "-1", false),
    (.answerDelayMilliseconds, "0", true), (.environment, "staging", false), (.environment, "development", true),
    (.graphURL, "https://", false), (.graphURL, "", false), (.publicURL, "", true), (.publicURL, "tistis.mx", false),
  ])
  func valuesAreTried(_ setting: Setting, _ value: String, _ good: Bool) {
    let settings = try? Settings([setting], from: [setting.name: value])
    #expect((settings != nil) == good, "\(setting.name)=\(value)")
  }
}
