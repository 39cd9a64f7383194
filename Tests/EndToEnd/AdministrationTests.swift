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
      let answer = try await Web.send(method, Self.path, headers: Self.bearer, timeout: 140)
      #expect(answer.status == 200)
      let body = Field(try JSON.parse(answer.body))
      #expect(
        body["success"].bool == true && body["status"].text == "healthy" && Instant(body["timestamp"].text ?? "") != nil
      )
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
  private func tistis(_ arguments: String...) async throws -> (Int32?, String) { try await tistis(arguments) }

  private func tistis(_ arguments: [String]) async throws -> (Int32?, String) {
    let program = try Program("tistis", arguments: arguments)
    #expect(await eventually { !program.isRunning })
    return (program.exitCode, program.said)
  }

  @Test func aParkedEventIsListedAndReplayed() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
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

  /// The same on the other channels: a number that no column holds, in what the platform sent.
  @Test(arguments: [Platform.instagram, .facebook, .tiktok]) func whatIsParkedElsewhereIsReplayedToo(
    _ platform: Platform
  )
    async throws
  {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let id = unique("parked_")
    let text = String(
      decoding: platform.text("hola", from: uniqueDigits("61"), to: tenant.account, id: id), as: UTF8.self)
    // TikTok's message is a string inside: the number stands beside it.
    let (mark, weight) = (platform == .tiktok ? "\"user_openid\"" : "\"mid\"", "\"weight\":1e999999,")
    let body = Array(text.replacing(mark, with: weight + mark).utf8)
    #expect(try await Web.deliver(body, to: tenant).status == 200)
    #expect(try tenant.count("webhook_dead_letters", where: "status = 'pending'") == 1)
    #expect(try tenant.count("messages") == 0)
    let (still, said) = try await tistis("webhooks", "replay", "--tenant", tenant.slug)
    #expect(still == 69 && said.contains("0 of 1 stored"), "\(said)")
    let letter = try #require(try tenant.value("id", of: "webhook_dead_letters"))
    let (shown, whole) = try await tistis("webhooks", "show", "--tenant", tenant.slug, "--id", letter)
    #expect(shown == 0 && whole.contains(id) && whole.contains("1e999999"), "\(whole)")
    for command in ["replay", "show"] {
      let (foreign, why) = try await tistis("webhooks", command, "--tenant", "la-fonda", "--id", letter)
      #expect(foreign == 69 && !why.contains(id), "\(why)")
    }
    #expect(try tenant.value("status || retry_count", of: "webhook_dead_letters") == "pending1")
    try tenant.database.run(
      """
      update webhook_dead_letters set payload = to_jsonb(replace(payload #>> '{}', '1e999999', '1'))
        where tenant_id = '\(tenant.id.text)'
      """)
    for expected in ["1 of 1 stored", "0 of 0 stored"] {
      let (_, ended) = try await tistis("webhooks", "replay", "--tenant", tenant.slug)
      #expect(ended.contains(expected) || expected.hasPrefix("0"), "\(ended)")
      #expect(try tenant.count("messages", where: "external_id = '\(id)' and content = 'hola'") == 1)
    }
    #expect(try tenant.count("webhook_dead_letters", where: "status = 'completed'") == 1)
  }

  /// What is inside TikTok's string, and is kept as what it is, may be the culprit too.
  @Test func aFaultInsideTikToksContent() async throws {
    let tenant = try Tenant.make(on: .tiktok, delay: Tenant.never)
    let content: JSON = [
      "auto_message_type": "WELCOME_MESSAGE", "note": #"dice "hola" \ñ"#, "weight": .number("1e999999"),
    ]
    let body: JSON = [
      "client_key": "dev_tiktok_client_key", "event": "im_auto_message_config_update",
      "create_time": .number(Instant.now.seconds), "user_openid": .string(tenant.account),
      "content": .string(content.text),
    ]
    for _ in 0..<2 { #expect(try await Web.deliver(body.bytes, to: tenant).status == 200) }
    #expect(try tenant.count("webhook_dead_letters", where: "status = 'pending' and channel = 'tiktok'") == 1)
    try tenant.database.run(
      """
      update webhook_dead_letters set payload = to_jsonb(replace(payload #>> '{}', '1e999999', '7'))
        where tenant_id = '\(tenant.id.text)'
      """)
    for expected in ["1 of 1 stored", "0 of 0 stored"] {
      let (_, ended) = try await tistis("webhooks", "replay", "--tenant", tenant.slug)
      #expect(ended.contains(expected), "\(ended)")
      #expect(
        try tenant.value("details #>> '{value,note}' || (details #>> '{value,weight}')", of: "channel_events")
          == #"dice "hola" \ñ7"#)
    }
  }

  @Test func aPersonTakesOverAndHandsBack() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    #expect(
      try await Web.deliver(tenant.payload([Tenant.text("limpieza", from: "5216311230001")]), to: tenant).status == 200)
    let conversation = try #require(try tenant.value("id", of: "conversations"))
    let (code, _) = try await tistis(
      "conversations", "send", "--tenant", tenant.slug, "--conversation", conversation, "Le atiende Ana")
    #expect(code == 0)
    #expect(try await eventually { try tenant.count("messages", where: "role = 'staff' and status = 'read'") == 1 })
    try tenant.answersNow()
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
    try tenant.database.run(
      """
      update channel_connections set first_message_delay_seconds = 0, subsequent_message_delay_seconds = 0
        where id = '\(tenant.connection.text)'
      """)
    #expect(
      try await Web.deliver(tenant.payload([Tenant.text("¿limpieza?", from: "5216311230001")]), to: tenant).status
        == 200)
    #expect(
      try await eventually {
        try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1
      })
  }

  /// The channel of a tenant is stopped with an alert; a person reads both, gives a new token and goes on.
  @Test func aStoppedChannelIsSeenAndResumed() async throws {
    let tenant = try Tenant.make()
    let id = tenant.connection.text
    try tenant.database.run(
      """
      select set_config('app.tenant_id', '\(tenant.id.text)', false);
      select stop_channel('\(id)', 'expired', '190', '{"kind": "channel_stopped", "key": "k", "severity": "act",
        "sentence": "make a new token"}');
      select raise_alert('\(id)', '{"kind": "usage", "key": "u", "severity": "watch", "sentence": "much"}');
      """)
    let (seen, list) = try await tistis("channels", "list", "--tenant", tenant.slug)
    #expect(seen == 0 && list.contains("\(id)  whatsapp 1  \(tenant.phoneNumberID)  error (190)  0 waiting"))
    let (_, channels) = try await tistis("channels", "list", "--tenant", tenant.slug, "--json")
    let channel = Field(try JSON.parse(Array(channels.utf8)))[0]
    #expect(channel["id"].text == id && channel["stopped_code"].text == "190")
    let (_, alerts) = try await tistis("alerts", "list", "--tenant", tenant.slug)
    #expect(alerts.contains("act  channel_stopped  times 1  make a new token") && alerts.contains("2 open"))

    let file = "/tmp/" + unique("token-")
    let before = try tenant.value("id", of: "outbound_tokens")
    try Data(" \n".utf8).write(to: URL(filePath: file))
    let resume = ["channels", "resume", "--tenant", tenant.slug, "--channel", id]
    let (empty, why) = try await tistis(resume + ["--token-file", file])
    #expect(empty == 69 && why.contains("no token"))
    try Data("test_new_token\n".utf8).write(to: URL(filePath: file))
    let (resumed, said) = try await tistis(resume + ["--token-file", file])
    #expect(resumed == 0 && said.contains("sealed the new token") && said.contains("resumed; 0 conversations"))
    #expect(!said.contains("test_new_token"))
    unlink(file)
    #expect(try tenant.value("id", of: "outbound_tokens") != before)
    #expect(try tenant.value("status", of: "channel_connections") == "connected")

    let (_, left) = try await tistis("alerts", "list", "--tenant", tenant.slug, "--json")
    let rest = Field(try JSON.parse(Array(left.utf8))).items
    #expect(rest.map { $0["kind"].text } == ["usage"], "what asked somebody to act is done")
    let alert = rest.first?["id"].text ?? ""
    let (stranger, _) = try await tistis("alerts", "resolve", "--tenant", "la-fonda", "--id", alert)
    #expect(stranger == 69)
    let (closed, _) = try await tistis("alerts", "resolve", "--tenant", tenant.slug, "--id", alert)
    let (twice, _) = try await tistis("alerts", "resolve", "--tenant", tenant.slug, "--id", alert)
    #expect(closed == 0 && twice == 69)
    let (_, all) = try await tistis("alerts", "list", "--tenant", tenant.slug, "--all")
    #expect(all.contains("2 in all"))
    let (nobody, _) = try await tistis("channels", "resume", "--tenant", "la-fonda", "--channel", id)
    #expect(nobody == 69)
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
