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
    try await Sandbox.register(tenant)
    let phone = uniqueDigits("1")
    for i in 1...questions {
      let message: JSON = [
        "from": .string(phone), "id": .string(unique("wamid.")), "timestamp": .string(String(Instant.now.seconds)),
        "type": "text", "text": ["body": .string("[[echo:respuesta \(i)]]")],
      ]
      #expect(try await Web.deliver(tenant.payload([message]), to: tenant).status == 200)
      #expect(try await eventually { try tenant.count("messages", where: "role = 'assistant'") == i })
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

  @Test func whatNoModelWasAskedFor() async throws {
    let tenant = try Tenant.make(delay: 60)
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
