import Core
import FoundationEssentials
import TestSupport
import Testing

/// A customer writes, Claude answers, the platform reports: through nginx, the programs, `jobs`, Postgres and the sandbox.
@Suite struct RoadTests {
  @Test func aQuestionIsAnsweredAndReadOnce() async throws {
    let tenant = try Tenant.make()
    try await Sandbox.register(tenant)
    let answer = try await Web.deliver(tenant.payload([Tenant.text("¿Cuánto cuesta la limpieza?")]), to: tenant)
    #expect(answer.status == 200)
    #expect(String(decoding: answer.body, as: UTF8.self) == #"{"received":true}"#)
    let read = try await eventually {
      try tenant.value("status", of: "messages", where: "role = 'assistant'") == "read"
    }
    #expect(read)
    let reply = try tenant.value("content", of: "messages", where: "role = 'assistant'") ?? ""
    #expect(reply.contains("800"), "the answer should tell the price: \(reply)")
    let texts = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID, kind: "text")
    #expect(texts.count == 1)
    #expect(texts.first?["body"]["text"]["body"].text == reply)
    // Two ticks and "typing…" before the answer.
    #expect(
      try await eventually {
        let seen = try await Sandbox.requests("whatsapp", match: tenant.phoneNumberID, kind: "read")
        return seen.first?["body"]["typing_indicator"]["type"].text == "text"
      })
    #expect(try tenant.count("ai_usage_logs", where: "cost_usd > 0") == 1)
    #expect(try await eventually { try tenant.count("jobs", where: "status = 'completed'") == 2 })
    #expect(try await eventually { try tenant.count("message_status_history") == 3 })
  }

  @Test func aBurstGetsOneAnswer() async throws {
    // However long a slow machine takes to post three times.
    let tenant = try Tenant.make(delay: Tenant.never)
    try await Sandbox.register(tenant)
    let person = uniqueDigits("521")
    for text in ["Hola", "una pregunta", "¿cuánto cuesta la limpieza?"] {
      #expect(try await Web.deliver(tenant.payload([Tenant.text(text, from: person)]), to: tenant).status == 200)
    }
    #expect(try tenant.count("jobs", where: "job_type = 'ai_response'") == 1)
    try tenant.answersNow()
    #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1 })
    #expect(try tenant.count("messages", where: "role = 'assistant'") == 1)
    #expect(try tenant.count("leads") == 1)
    #expect(try tenant.count("conversations") == 1)
    let asked = try await Sandbox.requests("anthropic", match: tenant.slug)
    #expect(asked.count == 1)
  }

  @Test func theStandInsRequestsAreSeenThroughNginx() async throws {
    let answer = try await Web.send("GET", World.current.url + "/sandbox/requests?peer=whatsapp&limit=1")
    #expect(answer.status == 200)
    #expect(Field(try JSON.parse(answer.body))["count"].exists)
    // Nothing else of the sandbox is to be reached from there.
    #expect(try await Web.send("POST", World.current.url + "/sandbox/faults").status == 404)
  }

  @Test func aRequestsIDTravelsToItsJob() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let answer = try await Web.deliver(tenant.payload([Tenant.text("hola")]), to: tenant)
    let id = try #require(answer.headers["x-request-id"])
    #expect(try tenant.value("request_id", of: "jobs", where: "job_type = 'ai_response'") == id)
  }
}
