import Core
import FoundationEssentials
import TestSupport
import Testing

/// What must be refused, each by a clear status that names the fault, with nothing stored.
@Suite struct BadInputTests {
  @Test(arguments: ["wrong", "missing", "truncated", "empty", "not hex", "another secret", "upper case is fine"])
  func signature(_ kind: String) async throws {
    let tenant = try Tenant.make(delay: 30)
    let body = tenant.payload([Tenant.text("hola")])
    let genuine = tenant.signature(body)
    let signature: String? =
      switch kind {
      case "wrong": "sha256=" + String(repeating: "0", count: 64)
      case "missing": nil
      case "truncated": String(genuine.dropLast(2))
      case "empty": ""
      case "not hex": "sha256=" + String(repeating: "z", count: 64)
      case "another secret": "sha256=" + hex(hmacSHA256(body, key: Secret("dev_meta_app_secret")))
      default: "sha256=" + genuine.dropFirst(7).uppercased()
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

  @Test func noSecretConfigured() async throws {
    let tenant = try Tenant.make(secrets: false)
    let answer = try await Web.deliver(tenant.payload([Tenant.text("hola")]), to: tenant)
    #expect(answer.status == 503)
    #expect(answer.headers["retry-after"] != nil)
    #expect(Field(try JSON.parse(answer.body))["code"].text == "unconfigured")
    let log = readFile(World.current.folder + "/log/webhook-whatsapp.log") ?? ""
    #expect(log.contains("no app secret is configured for whatsapp of \(tenant.slug)"))
  }

  @Test func unknownSlug() async throws {
    let answer = try await Web.send(
      "POST", World.current.url + "/api/webhook/whatsapp/nobody-at-all", body: [123, 125])
    #expect(answer.status == 404)
    #expect(Field(try JSON.parse(answer.body))["code"].text == "unknown")
    let elsewhere = try await Web.send("GET", World.current.url + "/api/no-such-thing")
    #expect(elsewhere.status == 404)
    #expect(elsewhere.headers["content-type"]?.contains("json") == true)
  }

  @Test(arguments: ["PUT", "DELETE", "PATCH"])
  func wrongMethod(_ method: String) async throws {
    let tenant = try Tenant.make()
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

  @Test func tooLarge() async throws {
    let tenant = try Tenant.make()
    let answer = try await Web.deliver([UInt8](repeating: 32, count: 5 << 20), to: tenant)
    #expect(answer.status == 413)
    #expect(Field(try JSON.parse(answer.body))["code"].text == "too_large")
  }

  @Test func justSmallEnough() async throws {
    let tenant = try Tenant.make(delay: 30)
    let body = tenant.payload([Tenant.text("hola")]) + [UInt8](repeating: 32, count: 3 << 20)
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    #expect(try tenant.count("messages") == 1)
  }

  /// Nothing that can be written in JSON may end a program; what can be kept is kept.
  @Test func strangeButNeverACrash() async throws {
    let tenant = try Tenant.make(delay: 30)
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

  @Test func junkOfAMegabyte() async throws {
    let tenant = try Tenant.make()
    let noise = randomBytes(1 << 10)
    for i in 0..<5 {
      let junk = [UInt8](repeating: UInt8(i) &* 51, count: 1 << 20) + noise
      #expect(try await Web.deliver(junk, to: tenant).status == 400)
    }
  }
}
