import Core

/// What Messenger and Instagram give to read: conversations, messages, people, accounts, subscriptions.
struct GraphLists: Sendable {
  let inbox: Inbox
  let accounts: Accounts

  func get(_ path: GraphPath, _ request: Request, _ account: Account?) async throws(GraphError) -> JSON {
    let fields = GraphFields(request.parameter("fields") ?? "")
    switch path.verb {
    case "subscribed_apps"?:
      let subscribed = await accounts.subscription(of: path.isMe ? account?.id ?? path.object : path.object)
      return Subscriptions.apps(subscribed, others: await accounts.otherApps(of: path.object))
    case "permissions"? where path.isMe:
      let granted = Tokens.permissions(of: Tokens.given(request))
      return ["data": .array(granted.map { ["permission": .string($0), "status": "granted"] })]
    case "conversations"?:
      guard let account else { throw .noObject(path.object, "get") }
      return page(try await conversations(account, request), request) { talk($0, account, fields) }
    case "messages"?:
      guard let (found, owner) = await conversation(path.object) else { throw .noObject(path.object, "get") }
      return page(found.lines.reversed(), request) { line($0, found, owner, fields) }
    case nil: break
    default: throw .noObject(path.object, "get")
    }
    if let account {
      return fields.pick([
        "id": .string(account.id), "user_id": .string(account.id), "name": .string(account.name),
        "username": .string(account.name), "account_type": "BUSINESS",
      ])
    }
    if let (found, owner) = await conversation(path.object) { return talk(found, owner, fields) }
    if let (found, message) = await inbox.message(path.object), let owner = await accounts.of(found.account) {
      return line(message, found, owner, fields)
    }
    return try await profile(path.object, fields)
  }

  private func conversation(_ id: String) async -> (Inbox.Talk, Account)? {
    guard let talk = await inbox.conversation(id), let owner = await accounts.of(talk.account) else { return nil }
    return (talk, owner)
  }

  private func conversations(_ account: Account, _ request: Request) async throws(GraphError) -> [Inbox.Talk] {
    let platform = request.parameter("platform") ?? "messenger"
    guard platform == (account.channel == .facebook ? "messenger" : "instagram") || account.page == nil else {
      return []
    }
    let all = await inbox.conversations(of: account)
    guard let person = request.parameter("user_id") else { return all }
    return all.filter { $0.person == person }
  }

  /// Of anybody who may be known: a name made of the id unless something else was said.
  private func profile(_ person: String, _ fields: GraphFields) async throws(GraphError) -> JSON {
    let known = await inbox.anybody(person)
    if let code = known?.profileCode { throw .named(code) }
    guard known != nil || fields.asksForPerson else { throw .noObject(person, "get") }
    let name = known?.name ?? "Cliente \(person.suffix(4))"
    let words = name.split(separator: " ", maxSplits: 1).map(String.init)
    return fields.pick([
      "id": .string(person), "name": .string(name), "first_name": .string(words.first ?? name),
      "last_name": .string(words.count > 1 ? words[1] : ""), "username": .string("cliente_\(person.suffix(4))"),
      "profile_pic": .string("https://cdn.example/\(person).jpg"), "follower_count": 12,
      "is_user_follow_business": true, "is_business_follow_user": false,
    ])
  }

  private func talk(_ talk: Inbox.Talk, _ account: Account, _ fields: GraphFields) -> JSON {
    let inner = GraphFields(fields.inner("messages") ?? "")
    return fields.pick([
      "id": .string(talk.id), "updated_time": .string(graphTime(talk.changed)),
      "participants": ["data": [person(talk.person, talk.name), person(account.id, account.name)]],
      "messages": ["data": .array(talk.lines.reversed().prefix(25).map { line($0, talk, account, inner) })],
    ])
  }

  private func line(_ line: Line, _ talk: Inbox.Talk, _ account: Account, _ fields: GraphFields) -> JSON {
    let them = person(talk.person, talk.name)
    let us = person(account.id, account.name)
    return fields.pick([
      "id": .string(line.id), "created_time": .string(graphTime(line.at)), "from": line.fromPerson ? them : us,
      "to": ["data": [line.fromPerson ? us : them]], "message": .string(line.text),
      "attachments": Field(line.content)["attachments"].value.map { ["data": $0] } ?? ["data": []],
    ])
  }

  private func person(_ id: String, _ name: String) -> JSON { ["id": .string(id), "name": .string(name)] }

  /// `limit` of them from `after` on, with a cursor for the rest.
  private func page<T>(_ all: [T], _ request: Request, _ json: (T) -> JSON) -> JSON { paged(all, request, json) }
}

/// A page of a list: 25, or `limit` up to 100, after the cursor `after`.
func paged<T>(_ all: [T], _ request: Request, _ json: (T) -> JSON) -> JSON {
  let most = min(max(request.parameter("limit").flatMap { Int($0) } ?? 25, 1), 100)
  let from = min(max(request.parameter("after").flatMap { Int($0) } ?? 0, 0), all.count)
  let to = min(from + most, all.count)
  let rest = (request.headers["host"] ?? "127.0.0.1") + request.path
  return .object([
    "data": .array(all[from..<to].map(json)),
    "paging": .object([
      "cursors": ["before": .string(String(from)), "after": .string(String(to))],
      "next": to < all.count ? .string("http://\(rest)?limit=\(most)&after=\(to)") : nil,
    ]),
  ])
}

/// `2026-11-22T10:00:00+0000`
func graphTime(_ at: Instant) -> String { at.description.prefix(19) + "+0000" }

/// `fields=id,messages{id,from}`: an answer has what was asked for, and the id.
struct GraphFields: Sendable {
  private var wanted = [(name: String, inner: String)]()

  init(_ text: String) {
    var (name, inner, depth) = ("", "", 0)
    for character in text + "," {
      switch character {
      case "," where depth == 0:
        if !name.isEmpty { wanted.append((name, inner)) }
        (name, inner) = ("", "")
      case "{":
        if depth > 0 { inner.append(character) }
        depth += 1
      case "}":
        depth -= 1
        if depth > 0 { inner.append(character) }
      default: if depth > 0 { inner.append(character) } else { name.append(character) }
      }
    }
    // `messages.limit(5){…}` asks for messages.
    wanted = wanted.map { (String($0.name.prefix { $0 != "." }), $0.inner) }
  }

  func inner(_ name: String) -> String? { wanted.first { $0.name == name }?.inner }

  var asksForPerson: Bool { wanted.contains { ["first_name", "name", "username", "profile_pic"].contains($0.name) } }

  /// Those of an object's members that were asked for; with nothing asked, the id and the time.
  func pick(_ all: JSON) -> JSON {
    guard case .object(let members) = all else { return all }
    let usual = ["id", "created_time", "updated_time"]
    return .object(
      JSON.Members(
        members.pairs.filter { pair in
          pair.key == "id" || (wanted.isEmpty ? usual.contains(pair.key) : wanted.contains { $0.name == pair.key })
        }))
  }
}
