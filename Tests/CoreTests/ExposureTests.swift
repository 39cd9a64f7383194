import Testing

@testable import Core

/// What is refused at the start together with a public TISTIS_PUBLIC_URL, and what is not.
@Suite struct ExposureTests {
  static let publicly = "https://tistis.mx"
  static let real = ":" + String(repeating: "a", count: 64)

  struct Case: CustomStringConvertible {
    var url = publicly
    var setting: Setting
    var value: String
    var refused: Bool
    var description: String { "\(url) \(setting.name)=\(value)" }
  }

  static let cases: [Case] = [
    Case(setting: .environment, value: "development", refused: true),
    Case(setting: .environment, value: "production", refused: false),
    Case(setting: .allowUnsigned, value: "1", refused: true),
    Case(setting: .allowUnsigned, value: "0", refused: false),
    Case(setting: .metaAppSecret, value: "dev_meta_app_secret", refused: true),
    Case(setting: .metaAppSecret, value: "real,dev_meta_app_secret", refused: true),
    Case(setting: .metaAppSecret, value: "real", refused: false),
    Case(setting: .metaAppSecret, value: "", refused: false),
    Case(setting: .cronSecret, value: "dev_cron_secret", refused: true),
    Case(setting: .anthropicKey, value: "dev_anthropic_key", refused: true),
    Case(setting: .verifyToken, value: "dev_verify_token", refused: true),
    Case(setting: .healthToken, value: "dev_health_token", refused: true),
    Case(setting: .inboundKeys, value: "dev" + real, refused: true),
    Case(setting: .outboundKeys, value: "2026a" + real + ",dev" + real, refused: true),
    Case(setting: .outboundKeys, value: "2026a" + real, refused: false),
    Case(setting: .anthropicURL, value: "http://127.0.0.1:8081/anthropic", refused: true),
    Case(setting: .anthropicURL, value: "https://127.0.0.1/anthropic", refused: true),
    Case(setting: .anthropicURL, value: "https://localhost:8081", refused: true),
    Case(setting: .anthropicURL, value: "https://[::1]:8081", refused: true),
    Case(setting: .anthropicURL, value: "http://api.anthropic.com", refused: true),
    Case(setting: .anthropicURL, value: "https://api.anthropic.com", refused: false),
    Case(setting: .graphURL, value: "http://graph.facebook.com/v25.0", refused: true),
    Case(setting: .graphURL, value: "https://sandbox.test/graph", refused: true),
    Case(setting: .graphURL, value: "https://graph.facebook.com/v25.0", refused: false),
    // Whose own address nobody outside can reach may be as lax as it likes.
    Case(url: "", setting: .environment, value: "development", refused: false),
    Case(url: "https://tistis.localhost", setting: .environment, value: "development", refused: false),
    Case(url: "http://localhost:8080", setting: .allowUnsigned, value: "1", refused: false),
    Case(url: "http://127.0.0.1:8080", setting: .metaAppSecret, value: "dev_x", refused: false),
    Case(url: "https://192.168.1.5", setting: .environment, value: "development", refused: false),
    Case(url: "https://tistis.test", setting: .environment, value: "development", refused: false),
    Case(url: "https://[fd12::1]", setting: .environment, value: "development", refused: false),
    // And these are public, however they are written.
    Case(url: "https://8.8.8.8", setting: .environment, value: "development", refused: true),
    Case(url: "https://user@TISTIS.MX:8443/base", setting: .environment, value: "development", refused: true),
    Case(url: "https://127.0.0.1@tistis.mx", setting: .environment, value: "development", refused: true),
    Case(url: "https://localhost.tistis.mx", setting: .environment, value: "development", refused: true),
    Case(url: "http://tistis.mx", setting: .environment, value: "production", refused: true),
  ]

  @Test(arguments: cases) func developmentIsNotForThePublic(_ one: Case) {
    do throws(Settings.Fault) {
      _ = try Settings([one.setting, .publicURL], from: [one.setting.name: one.value, "TISTIS_PUBLIC_URL": one.url])
      #expect(!one.refused)
    } catch {
      #expect(one.refused, "\(error)")
      #expect(error.problems.count == 1 && error.problems[0].what.contains("public host"), "\(error)")
      #expect(one.value.count < 8 || !error.description.contains(one.value) || !one.setting.isSecret)
    }
  }

  /// All of bin/dev's settings under a public address: each is named.
  @Test func everyOneIsNamedAtOnce() throws {
    let values = [
      "TISTIS_PUBLIC_URL": Self.publicly, "TISTIS_ENV": "development", "ALLOW_UNSIGNED_WEBHOOKS": "1",
      "META_APP_SECRET": "dev_meta_app_secret", "INBOUND_KEYS": "dev" + Self.real,
      "META_GRAPH_URL": "http://127.0.0.1:8081/graph",
    ]
    let fault = #expect(throws: Settings.Fault.self) {
      try Settings(
        [.publicURL, .environment, .allowUnsigned, .metaAppSecret, .inboundKeys, .graphURL], from: values)
    }
    let text = try #require(fault).description
    for name in values.keys { #expect(text.contains(name)) }
    #expect(fault?.problems.count == 5)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("10.1.2.3", true), ("172.16.0.1", true), ("192.168.0.9", true), ("::1", true),
    ("fd00::1", true), ("::ffff:10.0.0.1", true), ("172.32.0.1", false), ("8.8.8.8", false), ("100.64.0.1", false),
    ("203.0.113.5", false), ("169.254.169.254", false), ("0.0.0.0", false), ("2606:4700::1111", false),
    ("::ffff:8.8.8.8", false), ("", false), ("localhost", false), ("unix:", false),
  ])
  func privateCallers(_ address: String, _ expected: Bool) { #expect(isPrivateAddress(address) == expected) }
}
