import Core
import FoundationEssentials
import TestSupport
import Testing

/// What must be refused, each by a clear status that names the fault, with nothing stored.
@Suite struct BadInputTests {
  @Test(
    arguments: Platform.allCases,
    [
      "wrong", "missing", "truncated", "empty", "not hex", "another secret", "another body", "old", "twice",
      "upper case is fine",
    ])
  func signature(_ platform: Platform, _ kind: String) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let body = platform.text("hola", from: uniqueDigits("521"), to: tenant.account)
    let genuine = tenant.signature(body)
    let mark = try #require(genuine.lastIndex(of: "="))
    let (head, digest) = (String(genuine[...mark]), String(genuine[genuine.index(after: mark)...]))
    let hour = Instant.now + -3600
    let signature: String? =
      switch kind {
      case "wrong": head + String(repeating: "0", count: 64)
      case "missing": nil
      case "truncated": String(genuine.dropLast(2))
      case "empty": ""
      case "not hex": head + String(repeating: "z", count: 64)
      case "another secret": platform.signature(body, platform.sharedSecret)
      case "another body": tenant.signature(body + [32])
      // Meta's does not grow old.
      case "old": platform == .tiktok ? platform.signature(body, Secret(tenant.appSecret), at: hour) : "sha1=" + digest
      case "twice": platform == .tiktok ? "t=1," + genuine : genuine + "," + genuine
      default: head + digest.uppercased()
      }
    let answer = try await Web.deliver(body, to: tenant, signature: signature)
    let genuineAfterAll = kind == "upper case is fine"
    #expect(answer.status == (genuineAfterAll ? 200 : 403))
    #expect(try tenant.count("messages") == (genuineAfterAll ? 1 : 0))
    #expect(try tenant.count("leads") == (genuineAfterAll ? 1 : 0))
    if !genuineAfterAll {
      #expect(Field(try JSON.parse(answer.body))["code"].text == "unsigned")
    }
  }

  /// An address that cannot be read is no fault of the server's.
  @Test(arguments: [
    ("/%00", 400), ("/api/leads/%00", 400), ("/api/webhook/whatsapp/a%00b", 400), ("/api/%zz", 400),
    ("/" + String(repeating: "x", count: 20_000), 431), ("/.malformed", 404), ("/.header_too_large", 404),
  ])
  func addressesThatCannotBeRead(_ path: String, _ status: Int) async throws {
    for method in ["GET", "POST"] {
      let answer = try await Web.send(method, World.current.url + path)
      #expect(answer.status == status, "\(method)")
      let code = [400: "malformed", 431: "too_large", 404: "unknown"][status]
      #expect(Field(try JSON.parse(answer.body))["code"].text == code)
    }
  }

  /// What one tenant's secret signs proves nothing to another, nor to the address that all share.
  @Test(arguments: Platform.allCases) func anothersSecret(_ platform: Platform) async throws {
    let (mine, theirs) = (try Tenant.make(on: platform), try Tenant.make(on: platform))
    let body = platform.text("hola", from: uniqueDigits("521"), to: theirs.account)
    #expect(try await Web.deliver(body, to: theirs, signature: mine.signature(body)).status == 403)
    // Genuine, but about an account that is not this tenant's: taken and dropped.
    #expect(try await Web.deliver(body, to: mine).status == 200)
    let shared = try await Web.send(
      "POST", World.current.url + platform.sharedPath, headers: [(platform.signatureHeader, theirs.signature(body))],
      body: body)
    #expect(shared.status == 403)
    for tenant in [mine, theirs] { #expect(try tenant.count("messages") + tenant.count("channel_events") == 0) }
  }

  /// A dashboard's test says in the log that it came, and is no account of somebody else's.
  @Test(arguments: Platform.metas) func theDashboardsTestButton(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    let sample = "\(World.root)/Tests/PeersTests/Fixtures/\(platform.rawValue)/dashboard_test.json"
    #expect(try await Web.deliver(Array((readFile(sample) ?? "").utf8), to: tenant).status == 200)
    let log = readFile(World.current.folder + "/log/webhook-\(platform.rawValue).log") ?? ""
    let lines = log.split(separator: "\n").filter { $0.contains("tenant=\(tenant.slug) ") }
    #expect(lines.contains { $0.contains(" event=test kind=message") }, "\(lines)")
    #expect(!lines.contains { $0.contains("foreign_account") }, "\(lines)")
    #expect(try tenant.count("messages") + tenant.count("leads") == 0)
  }

  @Test(arguments: Platform.allCases) func noSecretConfigured(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, secrets: false)
    let body = platform.text("hola", from: uniqueDigits("521"), to: tenant.account)
    let answer = try await Web.deliver(body, to: tenant)
    #expect(answer.status == 503)
    #expect(answer.headers["retry-after"] != nil)
    #expect(Field(try JSON.parse(answer.body))["code"].text == "unconfigured")
    let log = readFile(World.current.folder + "/log/webhook-\(platform.rawValue).log") ?? ""
    #expect(log.contains("no app secret is configured for \(platform.rawValue) of \(tenant.slug)"))
  }

  @Test(arguments: Platform.allCases) func unknownSlug(_ platform: Platform) async throws {
    let answer = try await Web.send(
      "POST", World.current.url + platform.sharedPath + "/nobody-at-all", body: [123, 125])
    #expect(answer.status == 404)
    #expect(Field(try JSON.parse(answer.body))["code"].text == "unknown")
    let elsewhere = try await Web.send("GET", World.current.url + "/api/no-such-thing")
    #expect(elsewhere.status == 404)
    #expect(elsewhere.headers["content-type"]?.contains("json") == true)
  }

  @Test(arguments: Platform.allCases, ["PUT", "DELETE", "PATCH"])
  func wrongMethod(_ platform: Platform, _ method: String) async throws {
    let tenant = try Tenant.make(on: platform)
    let answer = try await Web.send(method, World.current.url + tenant.path)
    #expect(answer.status == 405)
    #expect(answer.headers["allow"] == "GET, POST")
  }

  @Test(arguments: [
    ("", "$"), ("not json", "$"), ("[1,2", "$"), ("[]", "$"), ("\"text\"", "$"), ("null", "$"), ("{}", "$.object"),
    (#"{"object":"page","entry":[]}"#, "$.object"),
    (#"{"object":"whatsapp_business_account"}"#, "$.entry"),
    (#"{"object":"whatsapp_business_account","entry":{}}"#, "$.entry"),
    (#"{"object":"whatsapp_business_account","entry":[]}trailing"#, "$"),
  ])
  func notAWebhook(_ text: String, _ path: String) async throws {
    let tenant = try Tenant.make()
    let answer = try await Web.deliver(Array(text.utf8), to: tenant)
    #expect(answer.status == 400)
    let body = Field(try JSON.parse(answer.body))
    #expect(body["code"].text == "malformed")
    #expect(body["path"].text == path, "\(body["error"].text ?? "")")
  }

  /// The same at the other doors. (Instagram's own samples are arrays: one without items is no fault.)
  @Test(
    arguments: Platform.echoing, ["", "not json", "null", "7", "{}", #"{"object":"whatsapp_business_account"}"#])
  func notAWebhookOfAnother(_ platform: Platform, _ text: String) async throws {
    let tenant = try Tenant.make(on: platform)
    let answer = try await Web.deliver(Array(text.utf8), to: tenant)
    #expect(answer.status == 400)
    let body = Field(try JSON.parse(answer.body))
    #expect(body["code"].text == "malformed")
    #expect(body["path"].text?.hasPrefix("$") == true)
  }

  @Test(arguments: Platform.allCases) func tooLarge(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform)
    let answer = try await Web.deliver([UInt8](repeating: 32, count: 5 << 20), to: tenant)
    #expect(answer.status == 413)
    #expect(Field(try JSON.parse(answer.body))["code"].text == "too_large")
  }

  @Test(arguments: Platform.allCases) func justSmallEnough(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let text = platform.text("hola", from: uniqueDigits("521"), to: tenant.account)
    let body = text + [UInt8](repeating: 32, count: 3 << 20)
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    #expect(try tenant.count("messages") == 1)
  }

  /// Nothing that can be written in JSON may end a program; what can be kept is kept.
  @Test func strangeButNeverACrash() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let deep = String(repeating: "[", count: 100_000)
    let frame = String(decoding: tenant.payload([["X": 1]]), as: UTF8.self)
    func message(_ json: String) -> String { frame.replacing(#"{"X":1}"#, with: json) }
    let strange: [(body: [UInt8], status: Int)] = [
      (Array(deep.utf8), 400),
      (Array(message(#"{"id":"wamid.deep","x":"# + deep + "}").utf8), 400),
      ([0xFF, 0xFE, 0x00], 400),
      (Array(message(#"{"id":"wamid.bad","text":{"body":""#).utf8) + [0xC3, 0x28], 400),
      (
        Array(
          message(
            #"{"from":"5216310000001","id":"wamid.nul","timestamp":"1","type":"text","text":{"body":"a\u0000b"}}"#
          ).utf8), 200
      ),
      (
        Array(message(#"{"from":"5216310000002","id":"wamid.half","type":"text","text":{"body":"a\ud800b"}}"#).utf8),
        200
      ),
      (
        Array(
          message(
            #"{"from":5216310000003,"id":12345678901234567890,"timestamp":1749416383,"type":"text","text":{"body":7}}"#
          ).utf8), 200
      ),
      (Array(message(#"{"from":{"a":1},"id":["x"],"timestamp":{},"type":null,"text":"plain"}"#).utf8), 200),
      (Array(message(#"17,null,"text",[]"#).utf8), 200),
      (
        Array(
          message(
            #"{"from":"5216310000004","id":"wamid.far","timestamp":"99999999999999999999","type":"text","text":{"body":"far"}}"#
          ).utf8), 200
      ),
    ]
    for (i, item) in strange.enumerated() {
      let answer = try await Web.deliver(item.body, to: tenant)
      #expect(answer.status == item.status, "case \(i): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
    }
    #expect(try tenant.value("content", of: "messages", where: "external_id = 'wamid.nul'") == "a\u{FFFD}b")
    #expect(try tenant.value("content", of: "messages", where: "external_id = 'wamid.half'") == "a\u{FFFD}b")
    #expect(try tenant.count("messages", where: "external_id = '12345678901234567890'") == 1)
    #expect(try tenant.count("messages", where: "external_id = 'wamid.far'") == 1)
    // The sibling of all that: an ordinary message still gets through.
    #expect(try await Web.deliver(tenant.payload([Tenant.text("hola", id: "wamid.after")]), to: tenant).status == 200)
    #expect(try tenant.count("messages", where: "external_id = 'wamid.after'") == 1)
  }

  /// The other three: whatever stands in the places of ids, texts and times, the next message still gets through.
  @Test(arguments: Platform.echoing) func strangeInside(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let good = String(
      decoding: platform.text("hola", from: "5216310000009", to: tenant.account, id: "x-id"), as: UTF8.self)
    let deep = String(repeating: "[", count: 100_000)
    let isTikTok = platform == .tiktok
    let quote = isTikTok ? "\\\"" : "\""
    let (text, id) = (quote + "hola" + quote, quote + "x-id" + quote)
    let strange: [(body: String, status: Int)] = [
      (good.replacing(text, with: "7"), 200), (good.replacing(text, with: "null"), 200),
      (good.replacing(text, with: "{}"), 200), (good.replacing(id, with: "12345678901234567890"), 200),
      (good.replacing(id, with: "[{}]"), 200), (good.replacing(#"{"id":"#, with: #"{"id":7,"x":"#), 200),
      (good.replacing(#""timestamp":"#, with: #""timestamp":"99999999999999999999","x":"#), 200),
      (good.replacing("5216310000009", with: String(repeating: "9", count: 5000)), 200),
      (good.replacing("hola", with: "a\\u0000b\\ud800"), 200), (good.replacing(text, with: deep), isTikTok ? 200 : 400),
    ]
    for (i, item) in strange.enumerated() {
      let answer = try await Web.deliver(Array(item.body.utf8), to: tenant)
      #expect(answer.status == item.status, "case \(i): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
    }
    let after = platform.text("después", from: "5216310000010", to: tenant.account, id: "after")
    #expect(try await Web.deliver(after, to: tenant).status == 200)
    #expect(try tenant.count("messages", where: "external_id = 'after' and content = 'después'") == 1)
  }

  @Test(arguments: Platform.allCases) func junkOfAMegabyte(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let noise = randomBytes(1 << 10)
    for i in 0..<5 {
      let junk = [UInt8](repeating: UInt8(i) &* 51, count: 1 << 20) + noise
      #expect(try await Web.deliver(junk, to: tenant).status == 400)
    }
    // Whoever was given that goes on serving.
    let after = platform.text("hola", from: uniqueDigits("521"), to: tenant.account)
    #expect(try await Web.deliver(after, to: tenant).status == 200)
    #expect(try tenant.count("messages") == 1)
  }
}
