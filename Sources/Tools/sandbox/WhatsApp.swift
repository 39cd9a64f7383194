import Core

/// WhatsApp's Cloud API as far as a sender of messages sees it.
struct WhatsApp: Peer {
  let name = "whatsapp"

  let tokens: Tokens
  let numbers: Numbers
  let memory: Memory
  let shelf: MediaShelf
  let callbacks: CallBacks
  let accounts: Accounts

  /// What a path asks for.
  private enum Way {
    case messages(String)
    case upload(String)
    case lookUp(String)
    case download(String)
    /// Of a business or a number: templates, subscriptions, tokens, the number itself.
    case management(GraphPath)
  }

  func kind(_ call: Call) -> String {
    switch try? way(call.request) {
    case .upload: return "upload"
    case .lookUp: return "look-up"
    case .download: return "download"
    case .management(let path): return path.verb ?? (Tokens.ways.contains(path.object) ? "token" : "number")
    case .messages, nil: break
    }
    guard let body = call.body.map({ Field($0) }) else { return "unreadable" }
    if body["status"].text == "read" { return "read" }
    return body["type"].text ?? (body["text"].exists ? "text" : "unknown")
  }

  func answer(_ call: Call, failure: Int?) async -> PeerAnswer {
    var answer: PeerAnswer
    var number: String?
    do throws(GraphError) {
      let way = try way(call.request)
      if case .management(let path) = way, let json = try tokens.answer(path.object, call.request) {
        return PeerAnswer(response: .json(json), accepted: true)
      }
      try tokens.check(Tokens.given(call.request))
      switch way {
      case .management(let path):
        number = path.object
        answer = try await WhatsAppManagement(
          numbers: numbers, memory: memory, accounts: accounts, callbacks: callbacks
        )
        .answer(path, call)
      case .messages(let id):
        number = id
        answer = try await send(call, from: id, failure)
      case .upload(let id):
        number = id
        try await numbers.of(id)?.rules.checkToken()
        let upload = try Upload(call.request)
        let media = try await shelf.take(upload.bytes, mimeType: upload.mimeType)
        answer = PeerAnswer(response: .json(["id": .string(media)]), accepted: true)
      case .lookUp(let id):
        number = call.request.parameter("phone_number_id")
        if let number { try await numbers.of(number)?.rules.checkToken() }
        let found = try await shelf.lookUp(id, host: call.request.headers["host"] ?? "127.0.0.1")
        answer = PeerAnswer(response: .json(found), accepted: true)
      case .download(let key): answer = PeerAnswer(response: await shelf.download(key), accepted: true)
      }
    } catch { answer = PeerAnswer(response: error.response) }
    if let number { answer.response.headers += await memory.usage(of: number) }
    return answer
  }

  func refusal(_ kind: Fault.Kind, retryAfter: Int?) -> Response? {
    var error: GraphError
    switch kind {
    case .status(let status): error = .named(status: status)
    case .code(let code, let subcode):
      error = .named(code)
      error.subcode = subcode ?? error.subcode
    case .closedWindow: error = .named(131047)
    case .wantsProof: error = .wantsProof
    default: return nil
    }
    var response = error.response
    // Graph says it only sometimes.
    if let retryAfter { response.headers.append(("Retry-After", String(retryAfter))) }
    return response
  }

  // MARK: What is asked

  private func way(_ request: Request) throws(GraphError) -> Way {
    let parts = request.path.split(separator: "/").map(String.init)
    if parts.count == 3, parts[1] == "media", request.method == "GET" { return .download(parts[2]) }
    let path = GraphPath(request)
    if Tokens.ways.contains(path.object) || WhatsAppManagement.verbs.contains(path.verb ?? "") {
      return .management(path)
    }
    guard parts.count >= 3, parts[1].first == "v", parts[1].dropFirst().allSatisfy({ $0.isNumber || $0 == "." }) else {
      throw GraphError(code: 2500, title: "Unknown path components: \(request.path)", bare: true)
    }
    let verb = request.method.lowercased()
    guard parts[2].allSatisfy(\.isNumber) else { throw .noObject(parts[2], verb) }
    switch (verb, parts.count, parts.last) {
    case ("get", 3, _): return request.parameter("fields") == nil ? .lookUp(parts[2]) : .management(path)
    case ("post", 4, "messages"): return .messages(parts[2])
    case ("post", 4, "media"): return .upload(parts[2])
    default: throw .noObject(parts[2], verb)
    }
  }

  // MARK: Sending

  private func send(_ call: Call, from id: String, _ failure: Int?) async throws(GraphError) -> PeerAnswer {
    guard let json = call.body else { throw GraphError(code: 100, title: "Invalid parameter", details: "No JSON.") }
    let body = Field(json)
    let number = await numbers.of(id)
    try number?.rules.checkToken()
    if body["status"].exists {
      try WhatsAppRules.checkRead(body)
      if let number, number.rules.strict { try await memory.checkKnown(body["message_id"], on: number) }
      return PeerAnswer(response: .json(["success": true]), accepted: true)
    }
    let recipient = try WhatsAppRules.check(body, senderPhone: number?.displayPhone)
    try number?.rules.checkAllowed(recipient)
    var failure = failure
    if let number, number.rules.strict {
      for media in body.mediaIDs {
        guard await shelf.knows(media) else { throw .value("The media \(media) was not found.") }
      }
      let later = try await memory.admit(body, to: recipient, on: number)
      failure = failure ?? later
    }
    return await accept(recipient, body, number, failure)
  }

  private func accept(_ recipient: WhatsAppRules.Recipient, _ body: Field, _ number: Number?, _ failure: Int?) async
    -> PeerAnswer
  {
    let message = SentMessage(
      id: SentMessage.newID(for: recipient.waID ?? recipient.input), waID: recipient.waID, userID: recipient.userID,
      opaque: body["biz_opaque_callback_data"].text)
    let contact: JSON = .object([
      "input": .string(recipient.input), "wa_id": recipient.waID.map { .string($0) },
      "user_id": recipient.userID.map { .string($0) },
    ])
    let response: JSON = [
      "messaging_product": "whatsapp", "contacts": [contact],
      "messages": [
        ["id": .string(message.id), "message_status": .string(number?.rules.messageStatus ?? "accepted")]
      ],
    ]
    var answer = PeerAnswer(response: .json(response), accepted: true)
    if let number {
      if number.rules.strict { await memory.sent(message.id, on: number.id) }
      let states = failure.map { ["failed:\($0)"] } ?? number.statuses
      answer.effects = { callbacks.tell(number.reports(message, states), to: number.subscriber) }
    }
    return answer
  }
}

extension Field {
  /// Ids of uploaded or received files that a message names, wherever they may stand in it.
  fileprivate var mediaIDs: [String] {
    let kinds = ["image", "video", "audio", "document", "sticker"]
    var places = [self, self["interactive"]["header"]]
    places += self["template"]["components"].items.flatMap { $0["parameters"].items }
    return places.flatMap { place in kinds.compactMap { place[$0]["id"].loose } }
  }
}
