import Core
import FoundationEssentials
import Rules
import TestSupport
import Testing

@testable import Flows

/// The n8n workflows that people import: whole, calling what we serve, and without a secret.
@Suite struct WorkflowTests {
  static let names = ["ai-conversation", "follow-up", "schedule-appointment", "score-lead", "send-reminders"]
  /// n8n's own nodes, with the versions whose parameters these are (n8n-io/n8n, packages/nodes-base, looked up 2026-11).
  private static let types = [
    "code": 2.0, "httpRequest": 4.2, "scheduleTrigger": 1.2, "stickyNote": 1, "webhook": 2,
  ]
  private static let triggers = ["webhook", "scheduleTrigger"]
  /// Told by a business's own form, not by us.
  private static let doors = ["schedule-appointment"]

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
      let version = type.hasPrefix("n8n-nodes-base.") ? Self.types[String(type.dropFirst(15))] : nil
      #expect(version != nil && node["typeVersion"].loose.flatMap(Double.init) == version, "\(type)")
      #expect(node["position"].items.count == 2)
    }
    guard case .object(let connections)? = flow["connections"].value else {
      Issue.record("no connections")
      return
    }
    var ways: [String: [String]] = [:]
    for pair in connections.pairs {
      #expect(known.contains(pair.key))
      for end in Field(pair.value)["main"].items.flatMap(\.items) {
        ways[pair.key, default: []].append(end["node"].text ?? "")
      }
    }
    #expect(Set(ways.values.joined()).isSubset(of: known))
    // From where it begins one comes to all of it.
    func kind(_ node: Field) -> String { String(node["type"].text?.dropFirst(15) ?? "") }
    var open = nodes.filter { Self.triggers.contains(kind($0)) }.compactMap { $0["name"].text }
    #expect(!open.isEmpty)
    var reached = Set(open)
    while let here = open.popLast() {
      for next in ways[here] ?? [] where reached.insert(next).inserted { open.append(next) }
    }
    #expect(Set(nodes.filter { kind($0) != "stickyNote" }.compactMap { $0["name"].text }) == reached)
    // What a Code or HTTP node calls by name is there.
    for match in Tree.read("bin/etc/n8n/\(name).json").matches(of: /\$\('([^']+)'\)/) {
      #expect(known.contains(String(match.output.1)))
    }
  }

  /// By an event that we tell, under its name and behind a key; by the clock; or by the business's own form.
  @Test(arguments: names) func itIsCalledAsWeCall(_ name: String) throws {
    let flow = try read(name)
    let hooks = flow["nodes"].items.filter { $0["type"].text == "n8n-nodes-base.webhook" }.map { $0["parameters"] }
    let clocks = flow["nodes"].items.filter { $0["type"].text == "n8n-nodes-base.scheduleTrigger" }
    #expect(hooks.count + clocks.count == 1)
    let note = flow["nodes"][0]["parameters"]["content"].text ?? ""
    for hook in hooks {
      let path = hook["path"].text ?? ""
      #expect(hook["httpMethod"].text == "POST" && hook["authentication"].text == "headerAuth")
      let events = BusinessEvent.allCases.map(\.rawValue) + BusinessEvent.answers
      #expect(
        events.contains(path) && note.contains("`\(path)`") || Self.doors.contains(path) && note.contains("No event"))
    }
    // What our own clock does as well, it says.
    if !clocks.isEmpty { #expect(note.contains("TIS TIS does the same by itself") && note.contains(" off`")) }
  }

  /// Whatever changes something bears being told twice: it has a key, or is asked of who counts.
  @Test(arguments: names) func itMayBeTriedAgain(_ name: String) throws {
    let flow = try read(name)
    let code = flow["nodes"].items.compactMap { $0["parameters"]["jsCode"].text }.joined()
    for node in flow["nodes"].items where node["parameters"]["method"].text == "POST" {
      let call = node["parameters"]
      if call["url"].text?.hasSuffix("/api/webhook") == true {
        #expect(((call["jsonBody"].text ?? "") + code).contains("idempotency_key"))
      } else if !(call["url"].text ?? "").hasPrefix("https://api.anthropic.com/") {
        // One that is refused must not keep the next from its turn.
        #expect(node["onError"].text == "continueRegularOutput")
      }
    }
    for node in flow["nodes"].items where node["parameters"]["queryParameters"].exists {
      let asked = node["parameters"]["queryParameters"]["parameters"].items.compactMap { $0["name"].text }
      guard asked.contains("pageSize"), !asked.contains("lead_id") else { continue }
      let pages = node["parameters"]["options"]["pagination"]["pagination"]
      #expect(pages["parameters"]["parameters"][0]["name"].text == "cursor" && pages["completeExpression"].exists)
    }
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
