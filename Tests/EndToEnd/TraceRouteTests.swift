import Core
import FoundationEssentials
import TestSupport
import Testing

/// Why the assistant said that, as staff and administrators ask.
@Suite struct TraceRouteTests {
  private static let scopes = ["conversations:read"]

  private func tistis(_ arguments: String...) async throws -> Said {
    let values = World.current.environment(of: "tistis").map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    return try await onThread {
      shell("env -i PATH=/usr/bin:/bin \(values) '\(World.current.programs)/tistis' \(words)")
    }
  }

  /// A conversation with so many answered questions; its path.
  private func talked(_ tenant: Tenant, _ questions: Int) async throws -> String {
    try await talked(tenant, saying: (1...questions).map { "[[echo:respuesta \($0)]]" })
  }

  /// A conversation in which this was said and answered, one after the other; its path.
  private func talked(_ tenant: Tenant, saying texts: [String]) async throws -> String {
    try await Sandbox.register(tenant)
    let phone = uniqueDigits("1")
    for (i, text) in texts.enumerated() {
      let message: JSON = [
        "from": .string(phone), "id": .string(unique("wamid.")), "timestamp": .string(String(Instant.now.seconds)),
        "type": "text", "text": ["body": .string(text)],
      ]
      #expect(try await Web.deliver(tenant.payload([message]), to: tenant).status == 200)
      #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant'") == i + 1 })
    }
    return "/api/conversations/" + (try tenant.value("id", of: "conversations") ?? "")
  }

  @Test func theStepsOfEachAnswer() async throws {
    let (tenant, other) = (try Tenant.make(), try Tenant.make())
    let client = try APIClient(tenant, scopes: Self.scopes)
    let path = try await talked(tenant, 3)
    let trace = try await client.ask("GET", path + "/trace")
    #expect(trace.status == 200 && trace.data.items.count == 3, "\(trace.body)")
    let last = trace.data[0]
    #expect(last["messages"][0]["content"].text == "respuesta 3")
    #expect(last["steps"][0]["kind"].text == "call" && last["steps"][0]["prompt_tokens"].integer ?? 0 > 0)
    #expect(last["steps"][0]["output"][0]["text"].text == "respuesta 3")
    #expect(last["total_tokens"].integer ?? 0 > 0 && Double(last["cost_usd"].loose ?? "") ?? 0 > 0)
    // Page by page it is the same.
    let first = try await client.ask("GET", path + "/trace?limit=2")
    let before = first.body["pagination"]["before"].text ?? ""
    let rest = try await client.ask("GET", path + "/trace?limit=2&before=" + before)
    #expect(first.data.items.count == 2 && rest.data.items.count == 1)
    #expect(rest.data[0]["job_id"].text == trace.data[2]["job_id"].text)
    #expect(rest.body["pagination"]["before"].value == nil)
    #expect(try await client.ask("GET", path + "/trace?before=x").status == 400)

    let answer = last["messages"][0]["id"].text ?? ""
    for id in [answer, last["question"]["id"].text ?? ""] {
      let why = try await client.ask("GET", "/api/messages/\(id)/why")
      #expect(why.status == 200 && why.data["message"]["id"].text == id)
      #expect(why.data["answer"]["job_id"].text == last["job_id"].text)
    }
    // Nobody else's, and not without the scope.
    let stranger = try APIClient(other, scopes: Self.scopes)
    #expect(try await stranger.ask("GET", path + "/trace").status == 404)
    #expect(try await stranger.ask("GET", "/api/messages/\(answer)/why").status == 404)
    let reader = try APIClient(tenant, scopes: ["leads:read"])
    #expect(try await reader.ask("GET", "/api/messages/\(answer)/why").status == 403)
    #expect(try await client.ask("GET", "/api/messages/\(UUID().uuidString)/why").status == 404)
  }

  /// What a tool was used with and what it said, whoever asks; and that it went wrong, where it did.
  @Test func theUsesOfTools() async throws {
    let tenant = try Tenant.make()
    let client = try APIClient(tenant, scopes: Self.scopes)
    // The second is refused: a tool takes no member that its schema does not name.
    let path = try await talked(
      tenant, saying: ["[[tool:get_services {}]]", #"[[tool:get_services {"tenant_id": "1"}]]"#])
    let trace = try await client.ask("GET", path + "/trace")
    #expect(trace.status == 200 && trace.data.items.count == 2, "\(trace.body)")
    let whole = try await tistis(
      "conversations", "why", "--tenant", tenant.slug, "--conversation", String(path.split(separator: "/").last ?? ""))
    // The latest answer comes first.
    let cases: [(answer: Field, input: JSON, isError: Bool, output: String)] = [
      (trace.data[1], [:], false, #"{"found":true,"services":[{"name":"Limpieza dental""#),
      (
        trace.data[0], ["tenant_id": "1"], true,
        #"{"error":"invalid_input","message":"$.tenant_id: there is no such member"#
      ),
    ]
    for (answer, input, isError, output) in cases {
      #expect(answer["steps"].items.map { $0["kind"].text ?? "" } == ["call", "tool", "call"], "\(trace.body)")
      let step = answer["steps"][1]
      #expect(step["name"].text == "get_services" && step["input"].value == input, "\(step)")
      #expect(step["is_error"].bool == isError && step["output"].value?.text.hasPrefix(output) == true, "\(step)")
      // It is the use that the call before it asked for.
      let wanted = answer["steps"][0]["output"].items.last ?? Field(.null)
      #expect(wanted["type"].text == "tool_use" && wanted["id"].text == step["tool_use_id"].text, "\(wanted)")
      // By the answer's message and by the question.
      for id in [answer["messages"][0]["id"].text ?? "", answer["question"]["id"].text ?? ""] {
        let why = try await client.ask("GET", "/api/messages/\(id)/why")
        #expect(why.status == 200 && why.data["answer"]["job_id"].text == answer["job_id"].text, "\(why.body)")
        #expect(why.data["answer"]["steps"].items.count == 3, "\(why.body)")
        #expect(why.data["answer"]["steps"][1].value == step.value, "\(why.body)")
        let said = try await tistis("conversations", "why", "--tenant", tenant.slug, "--message", id)
        let lines = said.lines.filter { $0.hasPrefix("  2  get_services ") }
        #expect(said.status == 0 && lines.count == 1, "\(said.output)")
        #expect(lines.allSatisfy { $0.contains(" \(input.text) ") && $0.hasSuffix("FAILED") == isError }, "\(lines)")
        #expect(said.output.contains("→ " + output), "\(said.output)")
        #expect(said.output.contains("2 calls of the model, 1 uses of tools"), "\(said.output)")
      }
      #expect(whole.status == 0 && whole.output.contains("→ " + output), "\(whole.output)")
    }
  }

  @Test func whatNoModelWasAskedFor() async throws {
    let tenant = try Tenant.make(delay: Tenant.never)
    let client = try APIClient(tenant, scopes: Self.scopes)
    _ = try await tenant.hears()
    let id = try tenant.value("id", of: "messages") ?? ""
    let why = try await client.ask("GET", "/api/messages/\(id)/why")
    #expect(why.status == 200 && why.data["message"].exists && !why.data["answer"].exists)
  }

  @Test func onTheCommandLine() async throws {
    let tenant = try Tenant.make()
    let path = try await talked(tenant, 2)
    let conversation = String(path.split(separator: "/").last ?? "")
    let said = try await tistis("conversations", "why", "--tenant", tenant.slug, "--conversation", conversation)
    #expect(said.status == 0, "\(said.output)")
    #expect(said.output.contains("respuesta 1") && said.output.contains("respuesta 2"))
    #expect(said.output.contains("1 calls of the model, 0 uses of tools") && said.output.contains("USD"))
    let message = try tenant.value("id", of: "messages", where: "content = 'respuesta 2'") ?? ""
    let one = try await tistis("conversations", "why", "--tenant", tenant.slug, "--message", message, "--json")
    #expect(one.status == 0 && one.output.contains("respuesta 2") && !one.output.contains("respuesta 1"))
    let nobody = try await tistis("conversations", "why", "--tenant", tenant.slug, "--message", UUID().uuidString)
    #expect(nobody.status != 0 && nobody.output.contains("no such message"))
    #expect(try await tistis("conversations", "why", "--tenant", tenant.slug).status == 64)
  }
}
