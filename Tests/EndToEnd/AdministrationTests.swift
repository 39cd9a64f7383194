import Core
import FoundationEssentials
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The doors for people and schedulers: `/api/jobs/process` and `tistis`.
@Suite struct AdministrationTests {
  static let path = World.current.url + "/api/jobs/process"
  static let bearer = [("Authorization", "Bearer dev_cron_secret")]

  @Test func theQueueByHTTP() async throws {
    for headers in [[], [("Authorization", "Bearer guess")], [("Authorization", "dev_cron_secret")]] {
      let answer = try await Web.send("POST", Self.path, headers: headers, body: Array("{}".utf8))
      #expect(answer.status == 401)
      #expect(answer.headers["www-authenticate"] == "Bearer")
    }
    for method in ["POST", "GET"] {
      let answer = try await Web.send(method, Self.path, headers: Self.bearer)
      #expect(answer.status == 200)
      let body = Field(try JSON.parse(answer.body))
      #expect(body["success"].bool == true)
      for name in ["processed", "succeeded", "failed", "duration_ms"] { #expect(body[name].integer != nil, "\(name)") }
      #expect(body["queue_stats"]["pending"].integer != nil)
      #expect(body["errors"].exists)
    }
  }

  @Test(arguments: [
    (#"{"max_jobs": 0}"#, "$.max_jobs"), (#"{"max_jobs": 51}"#, "$.max_jobs"), (#"{"max_jobs": "x"}"#, "$.max_jobs"),
    (#"{"job_type": 7}"#, "$.job_type"), ("[]", "$"), ("x", "$"),
  ])
  func badWishes(_ body: String, _ path: String) async throws {
    let answer = try await Web.send("POST", Self.path, headers: Self.bearer, body: Array(body.utf8))
    #expect(answer.status == 400)
    #expect(Field(try JSON.parse(answer.body))["path"].text == path)
  }

  @Test func theDoorIsClosedWithoutASecret() async throws {
    let program = try Program("jobs-process", environment: ["CRON_SECRET": ""])
    let client = try FastCGIClient(socket: program.socket)
    client.begin("POST", "/api/jobs/process", length: 0, headers: [("HTTP_AUTHORIZATION", "Bearer ")])
    client.body([])
    #expect(client.answer().hasPrefix("Status: 503"))
  }

  /// Runs `tistis` and returns its exit code and what it said.
  private func tistis(_ arguments: String...) async throws -> (Int32?, String) {
    let program = try Program("tistis", arguments: arguments)
    #expect(await eventually(within: 15) { !program.isRunning })
    return (program.exitCode, program.said)
  }

  @Test func aParkedEventIsListedAndReplayed() async throws {
    let tenant = try Tenant.make(delay: 60)
    var culprit = Tenant.text("hola", id: "wamid.parked")
    if case .object(var members) = culprit {
      members["weight"] = .number("1e999999")
      culprit = .object(members)
    }
    #expect(try await Web.deliver(tenant.payload([culprit]), to: tenant).status == 200)
    let (listed, list) = try await tistis("webhooks", "dead", "--tenant", tenant.slug)
    #expect(listed == 0 && list.contains("1 parked") && list.contains("22003"))
    let (still, said) = try await tistis("webhooks", "replay", "--tenant", tenant.slug)
    #expect(still == 69 && said.contains("0 of 1 stored"))
    try tenant.database.run(
      """
      update webhook_dead_letters set payload = to_jsonb(replace(payload #>> '{}', '1e999999', '1'))
        where tenant_id = '\(tenant.id.text)'
      """)
    let (done, ended) = try await tistis("webhooks", "replay", "--tenant", tenant.slug)
    #expect(done == 0 && ended.contains("1 of 1 stored"))
    #expect(try tenant.count("messages", where: "external_id = 'wamid.parked'") == 1)
    let (nobody, why) = try await tistis("webhooks", "dead", "--tenant", "nobody-at-all")
    #expect(nobody == 69 && why.contains("nobody-at-all"))
  }

  @Test func aPersonTakesOverAndHandsBack() async throws {
    let tenant = try Tenant.make(delay: 3)
    try await Sandbox.register(tenant)
    #expect(
      try await Web.deliver(tenant.payload([Tenant.text("limpieza", from: "5216311230001")]), to: tenant).status == 200)
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    let (code, _) = try await tistis(
      "conversations", "send", "--tenant", tenant.slug, "--conversation", conversation, "Le atiende Ana")
    #expect(code == 0)
    #expect(try await eventually { try tenant.count("messages", where: "role = 'staff' and status = 'read'") == 1 })
    // The answer that was due is not given.
    #expect(
      try await eventually { try tenant.count("jobs", where: "job_type = 'ai_response' and status = 'completed'") == 1 }
    )
    let texts = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID, kind: "text")
    #expect(texts.compactMap { $0["body"]["text"]["body"].text } == ["Le atiende Ana"])
    // Another tenant's name does not reach it.
    let (other, _) = try await tistis(
      "conversations", "hand-back", "--tenant", "la-fonda", "--conversation", conversation)
    #expect(other == 69)
    let (back, _) = try await tistis(
      "conversations", "hand-back", "--tenant", tenant.slug, "--conversation", conversation)
    #expect(back == 0)
    #expect(
      try await Web.deliver(tenant.payload([Tenant.text("¿limpieza?", from: "5216311230001")]), to: tenant).status
        == 200)
    #expect(
      try await eventually(within: 15) {
        try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1
      })
  }

  @Test func aDeadJobIsListedAndDrivenAgain() async throws {
    let tenant = try Tenant.make()
    try tenant.database.run(
      """
      insert into jobs (tenant_id, job_type, status, attempts, completed_at, error_message)
        values ('\(tenant.id.text)', 'send_pigeon', 'dead', 5, now(), 'no pigeons')
      """)
    let (code, list) = try await tistis("jobs", "dead", "--tenant", tenant.slug)
    #expect(code == 0 && list.contains("no pigeons"))
    let (again, said) = try await tistis("jobs", "retry", "--tenant", tenant.slug)
    #expect(again == 0 && said.contains("1 of 1 pending again"))
    // The worker buries it anew, with its own reason.
    #expect(
      try await eventually {
        try tenant.count("jobs", where: "status = 'dead' and error_message like '%no such kind%'") == 1
      })
  }
}
