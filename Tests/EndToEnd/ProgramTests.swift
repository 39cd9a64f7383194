import Core
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A program's life: what it does with half a request, a signal, a limit, a missing setting.
@Suite struct ProgramTests {
  @Test func aWholeBodyOrNone() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let program = try Program("webhook-whatsapp")
    let body = tenant.payload([Tenant.text("hola")])
    let signed = [("HTTP_X_HUB_SIGNATURE_256", tenant.signature(body))]
    // The client goes away in the middle of its body: nothing is stored, and the program serves the next.
    for _ in 0..<3 {
      let gone = try FastCGIClient(socket: program.socket)
      gone.begin("POST", tenant.path, length: body.count, headers: signed)
      gone.body(Array(body.prefix(20)))
    }
    let short = try FastCGIClient(socket: program.socket)
    short.begin("POST", tenant.path, length: body.count + 5, headers: signed)
    short.body(body)
    short.body([])
    #expect(short.answer().hasPrefix("Status: 400"))
    #expect(try tenant.count("messages") == 0)
    let whole = try FastCGIClient(socket: program.socket)
    whole.begin("POST", tenant.path, length: body.count, headers: signed)
    whole.body(body)
    whole.body([])
    #expect(whole.answer().hasPrefix("Status: 200"))
    #expect(try tenant.count("messages") == 1)
    // It goes away before it is answered: what it sent is kept all the same.
    let second = tenant.payload([Tenant.text("otra vez", id: "wamid.left")])
    let leaving = try FastCGIClient(socket: program.socket)
    leaving.begin(
      "POST", tenant.path, length: second.count, headers: [("HTTP_X_HUB_SIGNATURE_256", tenant.signature(second))])
    leaving.body(second)
    leaving.body([])
    #expect(try await eventually { try tenant.count("messages", where: "external_id = 'wamid.left'") == 1 })
    #expect(program.isRunning)
  }

  @Test func sigtermFinishesTheRequestInHand() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let program = try Program("webhook-whatsapp")
    let body = tenant.payload([Tenant.text("hola")])
    let client = try FastCGIClient(socket: program.socket)
    client.begin(
      "POST", tenant.path, length: body.count, headers: [("HTTP_X_HUB_SIGNATURE_256", tenant.signature(body))])
    client.body(Array(body.prefix(10)))
    // Only a request that it has taken is in its hand; one that still waits at the socket is the next process's.
    #expect(await eventually { client.isRead })
    program.signal(SIGTERM)
    try await Task.sleep(for: .milliseconds(200))
    #expect(program.isRunning, "it left with a request in hand")
    client.body(Array(body.dropFirst(10)))
    client.body([])
    #expect(client.answer().hasPrefix("Status: 200"))
    #expect(await eventually { !program.isRunning })
    #expect(program.exitCode == 0)
    #expect(try tenant.count("messages") == 1)
  }

  @Test func sigtermEndsAnIdleOneAtOnce() async throws {
    let program = try Program("webhook-whatsapp")
    let client = try FastCGIClient(socket: program.socket)
    client.begin("GET", "/api/webhook/whatsapp/nobody", length: 0)
    client.body([])
    #expect(client.answer().hasPrefix("Status: 404"))
    program.signal(SIGTERM)
    #expect(await eventually { !program.isRunning })
    #expect(program.exitCode == 0)
  }

  @Test func leavesAfterItsShareOfRequests() async throws {
    let program = try Program("webhook-whatsapp", environment: ["MAX_REQUESTS": "3"])
    for _ in 0..<3 {
      let client = try FastCGIClient(socket: program.socket)
      client.begin("GET", "/api/webhook/whatsapp/nobody", length: 0)
      client.body([])
      #expect(client.answer().hasPrefix("Status: 404"))
    }
    #expect(await eventually { !program.isRunning })
    #expect(program.exitCode == 0)
  }

  @Test func tooLargeIsSaidByTheProgramToo() async throws {
    let program = try Program("webhook-whatsapp")
    let client = try FastCGIClient(socket: program.socket)
    client.begin("POST", "/api/webhook/whatsapp/nobody", length: 5 << 20)
    client.body([])
    #expect(client.answer().hasPrefix("Status: 413"))
  }

  @Test func everyMissingSettingAtOnce() async throws {
    let program = try Program(
      "webhook-whatsapp", environment: ["DATABASE_URL": "", "INBOUND_KEYS": "", "MAX_REQUESTS": "many"])
    #expect(await eventually { !program.isRunning })
    #expect(program.exitCode == 78)
    for name in ["DATABASE_URL", "INBOUND_KEYS", "MAX_REQUESTS"] { #expect(program.said.contains(name)) }
  }

  @Test func theSettingsAreShownWithoutTheirSecrets() async throws {
    let program = try Program("webhook-whatsapp", arguments: ["--config"])
    #expect(await eventually { !program.isRunning })
    #expect(program.exitCode == 0)
    #expect(program.said.contains("INBOUND_KEYS=•••"))
    let keys = World.current.environment(of: "webhook-whatsapp")["INBOUND_KEYS"] ?? "?"
    #expect(!program.said.contains(keys))
  }

  @Test func aDatabaseThatIsAwayIsA503() async throws {
    let program = try Program(
      "webhook-whatsapp", environment: ["DATABASE_URL": "host=/nonexistent dbname=tistis user=x"])
    for _ in 0..<2 {
      let client = try FastCGIClient(socket: program.socket)
      client.begin("POST", "/api/webhook/whatsapp/esva-dental", length: 2)
      client.body([123, 125])
      client.body([])
      let answer = client.answer()
      #expect(answer.hasPrefix("Status: 503"))
      #expect(answer.contains("Retry-After"))
    }
    #expect(program.isRunning)
  }
}

/// The integration guide's own curl examples: no signature, no ids. Only where the switch and the environment say so.
@Suite struct GuideTests {
  static let body = Array(
    #"{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{"from":"5216641234567","type":"text","text":{"body":"Hola"}}]}}]}]}"#
      .utf8)

  @Test(arguments: [("development", "1", 200), ("development", "0", 403), ("production", "1", 403)])
  func unsigned(_ environment: String, _ flag: String, _ status: Int) async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let program = try Program(
      "webhook-whatsapp", environment: ["TISTIS_ENV": environment, "ALLOW_UNSIGNED_WEBHOOKS": flag])
    let client = try FastCGIClient(socket: program.socket)
    client.begin("POST", tenant.path, length: Self.body.count)
    client.body(Self.body)
    client.body([])
    #expect(client.answer().hasPrefix("Status: \(status)"))
    #expect(try tenant.count("messages") == (status == 200 ? 1 : 0))
  }
}
