import Core
import FoundationEssentials

/// Our own paths that tell a number what the world around it is like.
extension Control {
  /// PUT /sandbox/windows/{number}/{person}: `{"age"?: seconds, "open"?: bool, "marketing"?: "stop" | "resume"}`; of an
  /// account: `{"age"?, "open"?, "sent"?: n, "profile"?: code, "conversation"?: id}`.
  func window(_ number: String, _ person: String, _ body: Field) async throws(Refusal) -> JSON {
    if await numbers.of(number) == nil, let account = await accounts.of(number) {
      await inbox.set(account, person, body)
      return ["ok": true]
    }
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
    guard let number = await numbers.of(id) else { return try await inbound(account: id, body) }
    let inbound = try Inbound(body, number)
    await inbound.remember(in: memory, on: id)
    let delivered = await callbacks.deliver(inbound.envelope(number), inbound.field, to: number.subscriber)
    return .object(["id": inbound.id.map { .string($0) }, "delivered": .bool(delivered)])
  }

  /// The same of a page, an Instagram account or a TikTok account.
  private func inbound(account id: String, _ body: Field) async throws(Refusal) -> JSON {
    let channel = Account.Channel(rawValue: body["channel"].text ?? "")
    let found = if let channel { await accounts.of(id, channel) } else { await accounts.of(id) }
    guard let account = found else { throw .unknown("neither a number nor an account \(id) is registered") }
    let (webhook, line, talk): (JSON, Line, String)
    let person = body["from"].loose ?? ""
    if account.channel == .tiktok {
      let known = await inbox.of(account, person: person)?.id
      talk = body["conversation"].text ?? known ?? Inbox.newTalkID(.tiktok)
      (webhook, line) = try TikTokEvents.inbound(body, account, talk: talk)
      await inbox.add(line, account, person: person, id: talk, name: body["name"].text, opens: line.fromPerson)
    } else {
      let opens: Bool
      (webhook, line, opens) = try MessengerEvents.inbound(body, account)
      talk = await inbox.add(line, account, person: person, name: body["name"].text, opens: opens)
    }
    let delivered = await callbacks.deliver(webhook, line.fromPerson ? "inbound" : "echo", to: account.subscriber)
    return ["id": .string(line.id), "conversation": .string(talk), "delivered": .bool(delivered)]
  }

  /// PUT /sandbox/subscriptions/{page, account or business}: `{"subscribed": false}` or `{"fields": […]}`, and
  /// `"others": [app id]` for apps that are not ours.
  func subscription(_ id: String, _ body: Field) async throws(Refusal) -> JSON {
    if body["others"].exists {
      await accounts.subscribe(others: try body["others"].array().compactMap(\.text), of: id)
    }
    if body["fields"].exists {
      await accounts.subscribe(id, try body["fields"].array().compactMap(\.text))
    } else {
      await accounts.subscribe(id, body["subscribed"].bool == false ? [] : nil)
    }
    return ["ok": true]
  }

  /// Reads `{"<id>": {"channel"?: …, "callback": …}, …}`: numbers, and accounts where a channel is named.
  func load(file: String) async throws(Unreadable) {
    guard let bytes = try? Data(contentsOf: URL(filePath: file)) else { throw Unreadable("cannot read \(file)") }
    do throws(Refusal) {
      let body = Field(try JSON.parse(Array(bytes)))
      for pair in try body.object().pairs {
        let entry = body[pair.key]
        if entry["channel"].exists {
          _ = try await accounts.register(pair.key, entry)
        } else {
          _ = try await numbers.register(pair.key, entry)
        }
      }
    } catch { throw Unreadable("\(file): \(error.sentence)") }
  }

  /// Reads a folder's files of scripts, each under its file's name.
  func load(scripts folder: String) async throws(Unreadable) {
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw Unreadable("cannot read \(folder)")
    }
    for file in files.sorted() where file.hasSuffix(".json") {
      guard let bytes = try? Data(contentsOf: URL(filePath: folder + "/" + file)) else {
        throw Unreadable("cannot read \(folder)/\(file)")
      }
      do throws(Refusal) {
        _ = try await scripts.register(String(file.dropLast(5)), Field(try JSON.parse(Array(bytes))))
      } catch { throw Unreadable("\(folder)/\(file): \(error.sentence)") }
    }
  }

  struct Unreadable: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
