import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// The n8n workflows that people import: whole, calling what we serve, and without a secret.
@Suite struct WorkflowTests {
  static let names = ["ai-conversation", "follow-up", "schedule-appointment", "score-lead", "send-reminders"]
  private static let types = ["code", "httpRequest", "scheduleTrigger", "stickyNote", "webhook"]

  private func read(_ name: String) throws -> Field {
    Field(try JSON.parse(Array(Tree.read("bin/etc/n8n/\(name).json").utf8)))
  }

  @Test func theGuidesFiveAreThere() {
    #expect(Tree.files("bin/etc/n8n/") == Self.names.map { "bin/etc/n8n/\($0).json" })
  }

  @Test(arguments: names) func itIsWhole(_ name: String) throws {
    let flow = try read(name)
    let nodes = flow["nodes"].items
    #expect(flow["name"].text == "TIS TIS: " + name && flow["active"].bool == false)
    let known = Set(nodes.compactMap { $0["name"].text })
    #expect(known.count == nodes.count && Set(nodes.compactMap { $0["id"].text }).count == nodes.count)
    for node in nodes {
      let type = node["type"].text ?? ""
      #expect(type.hasPrefix("n8n-nodes-base.") && Self.types.contains(String(type.dropFirst(15))), "\(type)")
      #expect(node["typeVersion"].value != nil && node["position"].items.count == 2)
    }
    guard case .object(let connections)? = flow["connections"].value else {
      Issue.record("no connections")
      return
    }
    var reached = Set<String>()
    for pair in connections.pairs {
      #expect(known.contains(pair.key))
      for output in Field(pair.value)["main"].items {
        for end in output.items { reached.insert(end["node"].text ?? "") }
      }
    }
    #expect(reached.isSubset(of: known))
    for node in nodes
    where !["webhook", "scheduleTrigger", "stickyNote"].contains(node["type"].text?.dropFirst(15) ?? "") {
      #expect(reached.contains(node["name"].text ?? ""), "nothing leads to \(node["name"].text ?? "")")
    }
    // What a Code or HTTP node calls by name is there.
    for match in Tree.read("bin/etc/n8n/\(name).json").matches(of: /\$\('([^']+)'\)/) {
      #expect(known.contains(String(match.output.1)))
    }
  }

  /// Called by the event's name, behind a key.
  @Test(arguments: names) func itIsCalledAsWeCall(_ name: String) throws {
    let hooks = try read(name)["nodes"].items.filter { $0["type"].text == "n8n-nodes-base.webhook" }
    #expect(hooks.count == 1 && hooks.first?["parameters"]["path"].text == name)
    #expect(hooks.first?["parameters"]["httpMethod"].text == "POST")
    #expect(hooks.first?["parameters"]["authentication"].text == "headerAuth")
  }

  @Test(arguments: names) func itCallsWhatWeServe(_ name: String) throws {
    let calls = try read(name)["nodes"].items.filter { $0["type"].text == "n8n-nodes-base.httpRequest" }
      .map { $0["parameters"] }
    #expect(!calls.isEmpty)
    for call in calls {
      let (method, url) = (call["method"].text ?? "", call["url"].text ?? "")
      #expect(call["authentication"].text == "genericCredentialType")
      if url == "https://api.anthropic.com/v1/messages" { continue }
      let start = "={{ $env.TISTIS_URL }}"
      #expect(url.hasPrefix(start), "\(url)")
      let path = String(url.dropFirst(start.count)).replacing(/{{[^}]*}}/, with: UUID().text)
      if path == "/api/webhook" {
        let body = call["jsonBody"].text ?? ""
        let actions = ["ai_response", "update_lead_score", "schedule_appointment", "escalate_conversation"]
        #expect(method == "POST" && actions.contains { body.contains("action: '\($0)'") }, "\(body)")
        continue
      }
      let route = Route.all.first { $0.method == method && $0.ids(in: path.split(separator: "/")) != nil }
      #expect(route != nil, "\(method) \(path) is nothing that we serve")
      // Only what the route knows is asked for.
      let asked = call["queryParameters"]["parameters"].items.compactMap { $0["name"].text }
      let known = route?.query.map(\.name) ?? []
      #expect(asked.allSatisfy(known.contains), "\(asked) of \(known)")
    }
  }

  @Test(arguments: names) func itHoldsNoSecret(_ name: String) throws {
    let text = Tree.read("bin/etc/n8n/\(name).json")
    for pattern in [
      "tis_(live|test)_[a-z0-9]+_[a-f0-9]", "sk-ant-[A-Za-z0-9]", "whsec_[A-Za-z0-9+/]", "Bearer [A-Za-z0-9]{20}",
    ] {
      #expect(text.firstMatch(of: try Regex(pattern)) == nil, "\(pattern)")
    }
    for node in try read(name)["nodes"].items {
      guard case .object(let credentials)? = node["credentials"].value else { continue }
      for pair in credentials.pairs {
        #expect(Field(pair.value)["id"].text == "" && Field(pair.value)["data"].value == nil)
      }
    }
  }
}
