import Core

/// Our own paths that tell a number what the world around it is like.
extension Control {
  /// PUT /sandbox/windows/{number}/{person}: `{"age"?: seconds, "open"?: bool, "marketing"?: "stop" | "resume"}`.
  func window(_ number: String, _ person: String, _ body: Field) async throws(Refusal) -> JSON {
    let name = person.allSatisfy(\.isNumber) ? WhatsAppRules.waID(person) : person
    switch body["marketing"].text {
    case nil: break
    case "stop": await memory.setMarketing(of: name, stopped: true, on: number)
    case "resume": await memory.setMarketing(of: name, stopped: false, on: number)
    default: throw body["marketing"].expected("stop or resume")
    }
    if body["open"].bool == false {
      await memory.setWindow(of: name, nil, on: number)
    } else if body["open"].exists || body["age"].exists {
      await memory.setWindow(of: name, .now + -Double(body["age"].integer ?? 0), on: number)
    }
    return ["ok": true]
  }

  /// PUT /sandbox/templates/{number}/{name}/{language}.
  func template(_ number: String, _ name: String, _ language: String, _ body: Field) async throws(Refusal) -> JSON {
    let template = try Template(name: name, language: language, body)
    await memory.keep(template, on: number)
    return ["ok": true, "status": .string(template.status)]
  }

  /// PUT /sandbox/usage/{number}: `{"app"?: {…}, "business"?: [{…}]}`, the values of Graph's two headers.
  func usage(_ number: String, _ body: Field) async throws(Refusal) -> JSON {
    var headers = [(name: String, value: String)]()
    if let app = body["app"].value { headers.append(("X-App-Usage", app.text)) }
    if let business = body["business"].value {
      let waba = await numbers.of(number)?.wabaID ?? number
      headers.append(("X-Business-Use-Case-Usage", JSON.object(JSON.Members([.init(waba, business)])).text))
    }
    await memory.setUsage(headers, on: number)
    return ["ok": true, "headers": .number(headers.count)]
  }

  /// POST /sandbox/inbound/{number}: remembers it, and delivers it as Meta does. `delivered` tells of the first attempt.
  func inbound(_ id: String, _ body: Field) async throws(Refusal) -> JSON {
    guard let number = await numbers.of(id) else { throw .unknown("number \(id) is not registered") }
    let inbound = try Inbound(body, number)
    await inbound.remember(in: memory, on: id)
    let delivered = await callbacks.deliver(inbound.envelope(number), inbound.field, to: number)
    return .object(["id": inbound.id.map { .string($0) }, "delivered": .bool(delivered)])
  }
}
