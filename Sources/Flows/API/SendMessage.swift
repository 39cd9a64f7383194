import Core
import FoundationEssentials
import Rules
import Store

/// `POST /api/messages/send`: a person of the business, or a program of theirs, writes to a customer, on whatever channel
/// they talk.
extension Route {
  static let sending: [Route] = [
    Route(
      "POST", "/api/messages/send", "sendMessage",
      "Write to a person; from then on the assistant is silent. What the platform cannot show takes the next form down: "
        + "buttons, a list, numbered lines. The same Idempotency-Key with the same body is sent once and answered the same.",
      .granted(scope: "conversations:write", .talkers),
      body: .object([
        .needs("conversation_id", .id), .may("content", .anything),
        .may("message_type", .word(["text", "image", "video", "audio", "document"])),
        .may("media_url", .text(1...2000)),
        .may("media_id", .text(1...200)), .may("filename", .text(1...240)), .may("message", .map),
        .may("reply_to", .text(1...Limits.externalID)), .may("idempotency_key", .text(1...255)),
      ]), answers: [(200, .json(Sending.answer))]
    ) { (call) throws(APIProblem) in try Sending.send(call) }
  ]
}

enum Sending {
  /// Messages a user of the dashboard may send a minute.
  static let perMinute: Int32 = 60

  static let answer = Shape.object([
    .needs("success", .flag), .needs("message_id", .id), .needs("external_id", .maybe(.line)),
    .needs("status", .word(Said.states)),
  ])

  static func send(_ call: APICall) throws(APIProblem) -> Response {
    guard let conversation = call.body["conversation_id"].uuid else {
      throw .malformed("$.conversation_id", "is missing")
    }
    let wish = try wish(call.body)
    let found = Field(try Conversation.read(call, conversation))
    let account = found["channel_connection_id"].uuid
    guard let channel = found["channel"].text.flatMap(ChannelName.init) else {
      throw .malformed("$.conversation_id", "nothing can be sent on this channel")
    }
    let wished = try parts(
      wish, channel,
      wish.isChoice
        ? .of(
          try call.store { (scope) throws(StoreError) in
            try scope.businessLanguage()
          }) : .spanish)
    let reply = call.body["reply_to"].text
    let asked = [conversation.text, JSON.array(wished.map(\.json)).text, reply ?? ""]
    if let answer = try call.answeredBefore(asked) { return .json(answer) }
    let (parts, files) = try uploaded(call, wished, account, channel)
    try limit(call)
    let said = try call.once(asked) {
      (scope) throws(StoreError) in
      if let account, let why = try scope.templateTrouble(parts, connectionId: account) {
        return .failure(.templateBlocked(why))
      }
      if let account, let fault = try scope.templateFault(parts, connectionId: account) {
        return .failure(.malformed("$.content" + (fault.path.isEmpty ? "" : "." + fault.path), fault.fault))
      }
      let id = try scope.sendStaffMessage(
        conversationId: conversation, contents: parts, replyTo: reply, staffId: call.caller.staff,
        requestId: call.request.id.isEmpty ? nil : call.request.id,
        // Whoever holds a key is a program.
        isAutomatic: call.caller.user == nil, onlyBranch: call.caller.branch)
      guard let id else { return .failure(.unknown("conversation")) }
      for file in files { try scope.mediaSent(messageId: id, mediaId: file) }
      return .success(answer(id))
    }
    call.app.isUrgent = true
    return .json(said)
  }

  private static func answer(_ id: UUID) -> JSON {
    ["success": true, "message_id": .string(id.text), "external_id": .null, "status": "pending"]
  }

  /// What is to be said: a text, a file by its address, or any content (`message`, as `OutboundJSON` reads it).
  private static func wish(_ body: Field) throws(APIProblem) -> OutboundContent {
    let content = body["message"].exists ? body["message"] : body["content"]
    if case .object? = content.value {
      do throws(Refusal) { return try OutboundContent(content) } catch { throw APIProblem(error) }
    }
    if content.exists, content.text == nil { throw .malformed(content.path, "expected a text or an object") }
    let kind = body["message_type"].text ?? "text"
    guard let form = OutboundContent.Media.Form(rawValue: kind) else {
      guard let text = content.text, !text.utf8.contains(0) else { throw .malformed("$.content", "is missing") }
      guard text.unicodeScalars.count <= Limits.messageText else { throw .malformed("$.content", "is too long") }
      return .text(text)
    }
    guard
      let source = body["media_id"].text.map(OutboundContent.Media.Source.id)
        ?? (body["media_url"].text ?? content.text).map(OutboundContent.Media.Source.link)
    else { throw .malformed("$.media_url", "is missing") }
    let caption = body["media_url"].exists || body["media_id"].exists ? content.text : nil
    return .media(.init(form, source, caption: caption, filename: body["filename"].text))
  }

  /// In the forms that the platform takes; what it would refuse is refused here.
  private static func parts(
    _ wish: OutboundContent, _ channel: ChannelName, _ phrases: Phrases
  ) throws(APIProblem) -> [OutboundContent] {
    let limits = ChannelLimits.of(channel)
    let parts = ladder(wish, limits, phrases)
    if parts.isEmpty { throw .malformed("$.content", "there is no text in it") }
    try check(parts, limits)
    return parts
  }

  static func check(_ parts: [OutboundContent], _ limits: ChannelLimits) throws(APIProblem) {
    for part in parts {
      do throws(ContentFault) { try part.check(limits) } catch {
        throw .malformed("$.content" + (error.path.isEmpty ? "" : "." + error.path), error.fault)
      }
    }
  }

  /// A user's minute; a key's calls are counted already.
  static func limit(_ call: APICall) throws(APIProblem) {
    guard call.caller.user != nil else { return }
    let taken = try call.store { (scope) throws(StoreError) in
      try scope.takeOfWindow(identifier: "api:send:" + call.caller.name, most: perMinute, seconds: 60)
    }
    let said = Field(try call.data(taken, or: "limit"))
    guard said["success"].bool == false else { return }
    let left = (Double(said["reset"].integer ?? 0) / 1000) - Double(Instant.now.microseconds) / 1_000_000
    throw APIDoor.tooOften(after: max(1, Int(left.rounded(.up))))
  }
}
