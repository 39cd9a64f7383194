import Core

/// Messenger's and Instagram's side of Graph, as far as a sender of messages sees it. One of each.
struct Messenger: Peer {
  let channel: Account.Channel
  let tokens: Tokens
  let accounts: Accounts
  let inbox: Inbox
  let callbacks: CallBacks

  var name: String { channel.rawValue }

  /// An Instagram account by a page's id or by its own.
  private func account(_ id: String, _ request: Request) async -> Account? {
    if id == "me" { return await accounts.with(token: Tokens.given(request), channel) }
    if let own = await accounts.of(id, channel) { return own }
    return channel == .instagram ? await accounts.instagram(ofPage: id) : nil
  }

  func kind(_ call: Call) -> String {
    let parts = GraphPath(call.request)
    guard parts.verb == "messages", call.request.method == "POST" else {
      return parts.verb ?? (Tokens.ways.contains(parts.object) ? "token" : "look-up")
    }
    guard let body = call.body.map({ Field($0) }) else { return "unreadable" }
    if let action = body["sender_action"].text { return action }
    let message = body["message"]
    if message["quick_replies"].exists { return "quick_replies" }
    if message["text"].exists { return "text" }
    let item = message["attachment"].exists ? message["attachment"] : message["attachments"][0]
    return item["payload"]["template_type"].text ?? item["type"].text ?? "unknown"
  }

  func answer(_ call: Call, failure: Int?) async -> PeerAnswer {
    do throws(GraphError) {
      let (path, request) = (GraphPath(call.request), call.request)
      if let json = try tokens.answer(path.object, request) { return PeerAnswer(response: .json(json), accepted: true) }
      try tokens.check(Tokens.given(request))
      let account = await account(path.object, request)
      if let account, let subcode = account.tokenSubcode { throw .badToken(subcode: subcode) }
      switch (request.method, path.verb) {
      case ("POST", "messages"?): return try await send(call, path.object, account)
      case ("GET", _):
        return PeerAnswer(
          response: .json(try await GraphLists(inbox: inbox, accounts: accounts).get(path, request, account)),
          accepted: true)
      case ("POST", "subscribed_apps"?), ("DELETE", "subscribed_apps"?):
        // Of an account that hangs on a page it is the page that is subscribed.
        let id = path.isMe ? account?.id ?? path.object : path.object
        let fields = Subscriptions.fields(request, call.body)
        if let unknown = Subscriptions.unknown(fields ?? [], ofPage: account?.page != nil || channel == .facebook) {
          throw .invalid("(#100) Param subscribed_fields must be one of the page's, not \(unknown)")
        }
        await accounts.subscribe(id, request.method == "POST" ? fields : [])
        return PeerAnswer(response: .json(["success": true]), accepted: true)
      case ("POST", "message_attachments"?):
        return PeerAnswer(response: .json(["attachment_id": .string(decimal(16))]), accepted: true)
      case ("POST", "take_thread_control"?), ("POST", "pass_thread_control"?), ("POST", "release_thread_control"?),
        ("POST", "request_thread_control"?):
        guard call.body.map({ Field($0)["recipient"]["id"].loose != nil }) == true else { throw .needed("recipient") }
        return PeerAnswer(response: .json(["success": true]), accepted: true)
      default: throw .noObject(path.object, request.method.lowercased())
      }
    } catch { return PeerAnswer(response: error.response) }
  }

  func refusal(_ kind: Fault.Kind, retryAfter: Int?) -> Response? {
    var error: GraphError
    switch kind {
    case .status(let status):
      let codes = [401: 190, 403: 200, 404: 100, 429: 613, 503: 2]
      error = .named(codes[status] ?? (status >= 500 ? 1 : 100))
      error.status = status
    case .closedWindow: error = closedWindow
    case .wantsProof: error = .wantsProof
    case .code(let code, let subcode):
      error = .named(code)
      error.subcode = subcode ?? error.subcode
    default: return nil
    }
    error.details = nil
    var response = error.response
    if let retryAfter { response.headers.append(("Retry-After", String(retryAfter))) }
    return response
  }

  private var closedWindow: GraphError {
    GraphError(
      code: 10, subcode: channel == .facebook ? 2_018_278 : 2_534_022,
      title: "(#10) This message is sent outside of allowed window.", bare: true)
  }

  // MARK: Sending

  private static let window = 86_400.0
  private static let humanWindow = 7 * 86_400.0

  private func send(_ call: Call, _ id: String, _ account: Account?) async throws(GraphError) -> PeerAnswer {
    guard let json = call.body else { throw .invalid("(#100) The request body is no JSON") }
    guard id != "me" || account != nil else { throw .badToken }
    let send = try MessengerRules.check(Field(json), on: channel)
    if let account, account.strict { try await admit(send, account) }
    guard send.action == nil else {
      return PeerAnswer(response: .json(["recipient_id": .string(send.recipient)]), accepted: true)
    }
    let mid = MessengerEvents.newID(channel)
    var answer = PeerAnswer(
      response: .json(["recipient_id": .string(send.recipient), "message_id": .string(mid)]), accepted: true)
    if let account {
      let line = Line(
        id: mid, at: .now, fromPerson: false, text: send.text, content: MessengerEvents.echo(mid, send.echo))
      let talk = await inbox.add(line, account, person: send.recipient)
      answer.effects = {
        callbacks.tell(account.reports(of: line, to: send.recipient, in: talk), to: account.subscriber)
      }
    }
    return answer
  }

  /// What only the platform knows: who has written, and when.
  private func admit(_ send: MessengerRules.Send, _ account: Account) async throws(GraphError) {
    guard let talk = await inbox.of(account, person: send.recipient) else {
      throw .invalid("(#100) No matching user found", subcode: channel == .facebook ? 2_018_001 : 2_534_014)
    }
    guard send.action == nil else { return }
    let age = talk.wrote.map { Instant.now - $0 } ?? .infinity
    guard age <= (send.asHuman ? Self.humanWindow : Self.window) else { throw closedWindow }
  }
}
