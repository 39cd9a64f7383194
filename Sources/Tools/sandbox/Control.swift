import Core

/// Our own paths, below /sandbox: what was seen, what is to go wrong, whom to call back.
struct Control: Sendable {
  let journal: Journal
  let faults: Faults
  let numbers: Numbers
  let accounts: Accounts
  let callbacks: CallBacks
  let memory: Memory
  let inbox: Inbox
  let shelf: MediaShelf
  let scripts: Scripts

  func answer(_ request: Request) async -> Response {
    do throws(Refusal) {
      let parts = request.path.split(separator: "/").map { percentDecoded($0) }
      guard parts.count >= 2, parts[0] == "sandbox" else { throw .unknown("the sandbox has no \(request.path)") }
      switch (parts[1], parts.count) {
      case ("health", 2): return pretty(["ok": true])
      case ("requests", 2): return try await requests(request)
      case ("callbacks", 2): return try await madeCallbacks(request)
      case ("faults", 2): return try await allFaults(request)
      case ("scripts", 2...3): return try await allScripts(request, name: parts.count == 3 ? parts[2] : nil)
      case ("numbers", 2...3): return try await allNumbers(request, id: parts.count == 3 ? parts[2] : nil)
      case ("accounts", 2...3): return try await allAccounts(request, id: parts.count == 3 ? parts[2] : nil)
      case ("subscriptions", 3): return pretty(try await subscription(parts[2], try body(request, "PUT")))
      case ("inbound", 3): return pretty(try await inbound(parts[2], try body(request, "POST")), status: 201)
      case ("windows", 4): return pretty(try await window(parts[2], parts[3], try body(request, "PUT")))
      case ("templates", 5):
        return pretty(try await template(parts[2], parts[3], parts[4], try body(request, "PUT")))
      case ("usage", 3): return pretty(try await usage(parts[2], try body(request, "PUT")))
      case ("media", 3): return try await media(request, parts[2])
      default: throw .unknown("the sandbox has no \(request.path)")
      }
    } catch { return error.response(requestID: "") }
  }

  private func requests(_ request: Request) async throws(Refusal) -> Response {
    switch request.method {
    case "GET":
      return pretty(
        await journal.requests(
          peer: filter(request, "peer"), kind: filter(request, "kind"), match: filter(request, "match"),
          limit: try limit(request)))
    case "DELETE":
      await journal.clear()
      return pretty(["ok": true])
    default: throw .wrongMethod(allowed: ["GET", "DELETE"])
    }
  }

  private func madeCallbacks(_ request: Request) async throws(Refusal) -> Response {
    switch request.method {
    case "GET": return pretty(await callbacks.made(match: filter(request, "match"), limit: try limit(request)))
    case "DELETE":
      await callbacks.clear()
      return pretty(["ok": true])
    default: throw .wrongMethod(allowed: ["GET", "DELETE"])
    }
  }

  private func allFaults(_ request: Request) async throws(Refusal) -> Response {
    switch request.method {
    case "GET":
      let all = await faults.all()
      return pretty(["count": .number(all.count), "faults": .array(all.map(\.json))])
    case "POST":
      return pretty(try await faults.add(try body(request), peers: Routes.names).json, status: 201)
    case "DELETE":
      if let match = filter(request, "match") { await faults.release(match) } else { await faults.clear() }
      return pretty(["ok": true])
    default: throw .wrongMethod(allowed: ["GET", "POST", "DELETE"])
    }
  }

  private func allScripts(_ request: Request, name: String?) async throws(Refusal) -> Response {
    switch (request.method, name) {
    case ("GET", nil): return pretty(["scripts": .array(await scripts.all().map { .string($0) })])
    case ("GET", let name?): return pretty(try await scripts.report(name))
    case ("PUT", let name?): return pretty(try await scripts.register(name, try body(request)))
    case ("DELETE", _):
      await scripts.forget(name)
      return pretty(["ok": true])
    default: throw .wrongMethod(allowed: name == nil ? ["GET", "DELETE"] : ["GET", "PUT", "DELETE"])
    }
  }

  private func allNumbers(_ request: Request, id: String?) async throws(Refusal) -> Response {
    switch (request.method, id) {
    case ("GET", nil): return pretty(await numbers.json)
    case ("GET", let id?):
      guard let number = await numbers.of(id) else { throw .unknown("number \(id) is not registered") }
      return pretty(number.json)
    case ("PUT", let id?): return pretty(try await numbers.register(id, try body(request)).json)
    case ("DELETE", _):
      await numbers.forget(id)
      await memory.forget(id)
      return pretty(["ok": true])
    default: throw .wrongMethod(allowed: id == nil ? ["GET", "DELETE"] : ["GET", "PUT", "DELETE"])
    }
  }

  private func allAccounts(_ request: Request, id: String?) async throws(Refusal) -> Response {
    switch (request.method, id) {
    case ("GET", nil): return pretty(await accounts.json)
    case ("PUT", let id?): return pretty(try await accounts.register(id, try body(request)).json)
    case ("DELETE", _):
      await accounts.forget(id)
      if id == nil { await inbox.forget() }
      return pretty(["ok": true])
    default: throw .wrongMethod(allowed: id == nil ? ["GET", "DELETE"] : ["PUT", "DELETE"])
    }
  }

  private func media(_ request: Request, _ id: String) async throws(Refusal) -> Response {
    switch request.method {
    case "PUT": return pretty(try await shelf.put(id, try body(request)))
    case "DELETE":
      await shelf.forget(id)
      return pretty(["ok": true])
    default: throw .wrongMethod(allowed: ["PUT", "DELETE"])
    }
  }

  private func body(_ request: Request, _ method: String? = nil) throws(Refusal) -> Field {
    if let method, request.method != method { throw .wrongMethod(allowed: [method]) }
    let body = Field(try JSON.parse(request.body))
    _ = try body.object()
    return body
  }

  /// A query parameter; left empty it filters nothing.
  private func filter(_ request: Request, _ name: String) -> String? {
    request.parameter(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  private func limit(_ request: Request) throws(Refusal) -> Int {
    guard let text = filter(request, "limit") else { return 1000 }
    guard let n = Int(text), (0...100_000).contains(n) else {
      throw .malformed(path: "limit", fault: "expected 0 to 100000")
    }
    return n
  }

  private func pretty(_ value: JSON, status: Int = 200) -> Response {
    Response(
      status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: Array(value.pretty.utf8))
  }
}
