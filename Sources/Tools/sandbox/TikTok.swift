import Core

/// TikTok Business Messaging: every answer is HTTP 200, and its `code` says what it is worth.
struct TikTok: Peer {
  let name = "tiktok"
  let tokens: Tokens
  let accounts: Accounts
  let inbox: Inbox
  let shelf: MediaShelf
  let callbacks: CallBacks
  let apps = TikTokApps()

  private func way(_ request: Request) -> String {
    request.path.split(separator: "/").dropFirst(2).joined(separator: "/")
  }

  func kind(_ call: Call) -> String {
    let way = way(call.request)
    guard way == "business/message/send" else {
      return call.request.path.hasPrefix("/tiktok/media/") ? "download" : way
    }
    let body = call.body.map { Field($0) }
    return (body?["message_type"].text ?? "unreadable").lowercased()
  }

  func answer(_ call: Call, failure: Int?) async -> PeerAnswer {
    let request = call.request
    do throws(TikTokError) {
      if call.request.path.hasPrefix("/tiktok/media/") { return try await download(request) }
      let way = way(request)
      if let data = try await apps.answer(way, call) { return ok(data) }
      try checkToken(request.headers["access-token"])
      let body = Field(call.body ?? [:])
      func wanted(_ name: String) -> String? { body[name].loose ?? request.parameter(name) }
      guard let id = way.hasSuffix("upload") ? Upload.field("business_id", of: request) : wanted("business_id"),
        !id.isEmpty
      else { throw .parameter("business_id: Missing data for required field.") }
      let account = await accounts.of(id, .tiktok)
      if account?.tokenSubcode != nil { throw .token }
      switch (request.method, way) {
      case ("POST", "business/message/send"): return try await send(body, id, account)
      case ("POST", "business/message/media/upload"): return ok(try await upload(request))
      case ("POST", "business/message/media/download"): return ok(try await lookUp(body, request))
      case ("GET", "business/message/conversation/list"), ("GET", "business/message/content/list"),
        ("GET", "business/message/capabilities/get"), ("GET", "business/get"):
        return ok(try await TikTokLists(inbox: inbox).get(way, request, account))
      default: throw .init(code: 40_400, message: "Path not found: \(request.path)")
      }
    } catch { return PeerAnswer(response: error.response) }
  }

  func refusal(_ kind: Fault.Kind, retryAfter: Int?) -> Response? {
    switch kind {
    case .status(let status):
      if status == 401 { return TikTokError.token.response }
      // Overload is told by a status as well; the rest of the outside is a gateway's.
      let code = status == 429 ? 40_100 : 50_000
      var response = TikTokError(code: code, message: status == 429 ? "Too many requests." : "Internal error.").response
      response.status = status
      return response
    case .closedWindow: return TikTokError.window.response
    case .code(let code, _):
      let error = TikTokError(code: code, message: "The sandbox was told to refuse this request.")
      return (code == TikTokError.token.code ? .token : error).response
    default: return nil
    }
  }

  private func checkToken(_ given: String?) throws(TikTokError) {
    guard let given, tokens.accepts(given), Tokens.trouble(of: given) == nil else { throw .token }
  }

  private func ok(_ data: JSON) -> PeerAnswer {
    PeerAnswer(response: TikTokError(code: 0, message: "OK").response(data), accepted: true)
  }

  // MARK: Sending

  private static let window = 48 * 3600.0
  /// Messages that one of the person's allows.
  private static let mostSent = 10

  private func send(_ body: Field, _ id: String, _ account: Account?) async throws(TikTokError) -> PeerAnswer {
    let sent = try TikTokRules.check(body)
    let talk = await inbox.conversation(sent.conversation)
    if let account, account.strict {
      guard let talk, talk.account == account.id else { throw .parameter("recipient: conversation does not exist.") }
      if let media = sent.mediaID, await !shelf.knows(media) {
        throw .parameter("image.media_id: media does not exist.")
      }
      if sent.action == nil {
        guard let wrote = talk.wrote, Instant.now - wrote <= Self.window, talk.sent < Self.mostSent else {
          throw .window
        }
      }
    }
    guard sent.action == nil else { return ok(["message": ["message_id": ""]]) }
    let message = TikTokEvents.newID()
    var answer = ok(["message": ["message_id": .string(message)]])
    if let account, let person = talk?.person ?? Self.person(of: sent.conversation) {
      let line = Line(id: message, at: .now, fromPerson: false, text: sent.text, content: sent.content)
      await inbox.add(line, account, person: person, id: sent.conversation)
      answer.effects = {
        callbacks.tell(account.reports(of: line, to: person, in: sent.conversation), to: account.subscriber)
      }
    }
    return answer
  }

  /// Whose a conversation is that began without us: ids that bin/send and the tests make say so, `c.PERSON==`. Of others
  /// nobody is told, since an echo would have to name the person.
  private static func person(of conversation: String) -> String? {
    guard conversation.hasPrefix("c.") else { return nil }
    return String(conversation.dropFirst(2).prefix { $0 != "=" })
  }

  // MARK: Files

  private func upload(_ request: Request) async throws(TikTokError) -> JSON {
    guard Upload.field("media_type", of: request) == "IMAGE" else { throw .parameter("media_type: must be IMAGE.") }
    guard let file = Upload.file(of: request) else { throw .parameter("file: Missing data for required field.") }
    let kinds = ["image/jpeg": ["jpg", "jpeg"], "image/png": ["png"]]
    let ending = file.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard let type = kinds.first(where: { $0.value.contains(ending) })?.key else {
      throw .parameter("file: must be jpg or png.")
    }
    guard file.bytes.count <= 3 << 20 else { throw .parameter("file: must be at most 3 MB.") }
    do throws(GraphError) {
      return ["media_id": .string(try await shelf.take(file.bytes, mimeType: type))]
    } catch { throw .init(code: 50_000, message: error.title) }
  }

  private func lookUp(_ body: Field, _ request: Request) async throws(TikTokError) -> JSON {
    for name in ["conversation_id", "message_id", "media_id", "media_type"] where body[name].loose == nil {
      throw .parameter("\(name): Missing data for required field.")
    }
    guard let key = await shelf.address(body["media_id"].loose ?? "") else {
      throw .parameter("media_id: media does not exist.")
    }
    let host = request.headers["host"] ?? "127.0.0.1"
    return ["download_url": .string("http://\(host)/tiktok/media/\(key)")]
  }

  private func download(_ request: Request) async throws(TikTokError) -> PeerAnswer {
    guard let user = request.headers["x-user"], tokens.accepts(user) else {
      return PeerAnswer(response: .text("x-user is missing", status: 403))
    }
    let key = request.path.split(separator: "/").last.map(String.init) ?? ""
    return PeerAnswer(response: await shelf.download(key), accepted: true)
  }
}

/// An answer's head; 0 is none.
struct TikTokError: Error, Sendable {
  let code: Int
  let message: String

  static let token = TikTokError(code: 40_105, message: "Access token is incorrect or has been revoked.")
  static let window = TikTokError(
    code: 40_002, message: "The conversation is outside of its messaging window, or its messages are used up.")

  static func parameter(_ message: String) -> TikTokError { TikTokError(code: 40_002, message: message) }

  var response: Response { response([:]) }

  func response(_ data: JSON) -> Response {
    .json([
      "code": .number(code), "message": .string(message),
      "request_id": .string("2026" + hex(randomBytes(14)).uppercased()), "data": data,
    ])
  }
}
