import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Flows

/// `/api/openapi.json` is what `api` does. That answers have the documented shape is judged by every test of this suite's
/// kind (`APIClient.judge`); here is that the document is whole.
@Suite struct APIDocumentTests {
  @Test func everyRouteIsInIt() async throws {
    let answer = try await APIClient.ask("GET", "/api/openapi.json")
    #expect(answer.status == 200 && answer.body["openapi"].text == "3.1.0")
    #expect(Set(Route.all.map(\.name)).count == Route.all.count, "two routes have one name → rename one")
    #expect(Set(Route.all.map { $0.method + " " + $0.path }).count == Route.all.count, "two routes have one address")
    for route in Route.all {
      let operation = answer.body["paths"][route.path][route.method.lowercased()]
      #expect(operation["operationId"].text == route.name, "\(route.method) \(route.path)")
      #expect(operation["summary"].text?.isEmpty == false)
      for name in route.parameters {
        #expect(operation["parameters"].items.contains { $0["name"].text == name && $0["in"].text == "path" })
      }
      for (status, _) in route.answers { #expect(operation["responses"][String(status)].exists) }
    }
    let paths = try answer.body["paths"].object()
    #expect(Set(paths.pairs.map(\.key)) == Set(Route.all.map(\.path)))
  }

  /// Every address is on the web, and none is open without credentials but this document.
  @Test func everyRouteIsMounted() async throws {
    for route in Route.all {
      let path = route.parameters.reduce(route.path) { path, name in
        path.replacing("{\(name)}", with: UUID().text)
      }
      let answer = try await APIClient.ask(route.method, path)
      if case .open = route.access {
        #expect(answer.status == 200)
      } else {
        #expect(answer.status == 401, "\(route.method) \(path) → its beginning in nginx/endpoints.conf?")
      }
    }
  }
}
