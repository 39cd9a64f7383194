import Core
import FoundationEssentials
import Store

/// What was said in a conversation.
extension Route {
  static let messages: [Route] = [
    Route(
      "GET", "/api/conversations/{id}/messages", "listMessages", "What was said, the oldest of the page first",
      .granted(scope: "conversations:read", .everybody),
      query: [
        .init("limit", .integer(1...100), "50 if not said."),
        .init("before", .text(1...300), "A time, or what pagination.before said: what was said earlier."),
        .init("after", .text(1...300), "A time, or what pagination.after said: what was said later."),
      ],
      answers: [(200, Said.listAnswer)]
    ) { (call) throws(APIProblem) in try Said.list(call) },
    Route(
      "POST", "/api/conversations/{id}/messages", "noteMessage",
      "Write down what was said elsewhere; nothing is sent (POST /api/messages/send sends)",
      .granted(scope: "conversations:write", .talkers),
      body: .object([
        .needs("content", .text(1...Limits.messageText)),
        .may("sender_type", .word(["staff", "lead", "ai", "system"])), .may("sender_id", .id),
        .may("message_type", .word(["text", "image", "audio", "video", "document", "location", "template"])),
        .may("media_url", .text(0...2000)), .may("metadata", .map),
      ]), answers: [(201, Shape.data(Said.shape))]
    ) { (call) throws(APIProblem) in try Said.note(call) },
    Route(
      "GET", "/api/messages/{id}", "getMessage", "One message, with what became of it",
      .granted(scope: "conversations:read", .everybody), answers: [(200, Shape.data(Said.shape))]
    ) { (call) throws(APIProblem) in .json(["data": try Said.read(call, call.id())]) },
  ]
}

enum Said {
  static let roles = ["user", "assistant", "staff", "system"]
  static let states = [
    "received", "pending", "sending", "accepted", "sent", "delivered", "read", "played", "failed", "withheld",
    "unknown",
  ]
  private static let words = Shape.text(0...1_000_000)

  /// Its bytes are at `/api/media/{id}` once it is stored.
  private static let attachment = Shape.object([
    .needs("id", .id), .needs("kind", .line), .needs("mime_type", .maybe(words)), .needs("filename", .maybe(words)),
    .needs("size", .maybe(.count)), .needs("status", .word(["pending", "stored", "gone", "refused"])),
    .needs("error_message", .maybe(words)),
  ])

  static let shape = Shape.object([
    .needs("id", .id), .needs("conversation_id", .id), .needs("role", .word(roles)),
    .needs("sender_type", .word(["lead", "ai", "staff", "system"])), .needs("sender_id", .maybe(.id)),
    .needs("content", words), .needs("content_type", .line), .needs("message_type", .line), .needs("channel", .line),
    .needs("media_url", .maybe(words)), .needs("attachments", .list(attachment, atMost: 1000)),
    .needs("payload", .maybe(.map)), .needs("selection", .maybe(words)),
    .needs("external_id", .maybe(words)), .needs("reply_to_external_id", .maybe(words)),
    .needs("status", .word(states)), .needs("error_code", .maybe(words)), .needs("error_message", .maybe(words)),
    .needs("sent_at", .maybe(.moment)), .needs("delivered_at", .maybe(.moment)), .needs("read_at", .maybe(.moment)),
    .needs("edited_at", .maybe(.moment)), .needs("deleted_at", .maybe(.moment)), .needs("created_at", .moment),
  ])

  static let listAnswer = Route.Answer.json(
    .object([
      .needs("data", .list(shape, atMost: 100)),
      .needs(
        "pagination",
        .object([
          .needs("total", .count), .needs("hasMore", .flag), .needs("before", .maybe(.text(1...300))),
          .needs("after", .maybe(.text(1...300))),
        ])),
    ]))

  /// Seconds that a row's id may be younger than its time: a transaction has one time, each of its rows an id of its own.
  private static let slack = 30.0

  /// Where in the order of ids a page begins: an id of ours, or a time.
  private static func start(
    _ call: APICall, _ name: String, _ place: String
  ) throws(APIProblem) -> (id: UUID, at: Instant?)? {
    guard let text = call.text(name) else { return nil }
    guard let at = Shape.moment(text) else { return (try Cursor(text, place, call.caller, name: name).id, nil) }
    let edge = at + (name == "before" ? slack : 0)
    return (try call.store { (scope) throws(StoreError) in try scope.uuidFloor(at: edge) }, at)
  }

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let id = call.id()
    let place = "messages\u{1f}" + id.text
    let limit = call.int("limit") ?? 50
    let before = try start(call, "before", place)
    let after = try start(call, "after", place)
    if before != nil, after != nil { throw .malformed("?after", "before or after, not both") }
    _ = try Conversation.read(call, id)
    var rows: [(data: JSONText, at: Instant, id: UUID)]
    if let after {
      rows = try call.store { (scope) throws(StoreError) in
        try scope.messagesAfter(conversationId: id, after: after.id, afterAt: after.at, limit: limit + 1)
          .map { ($0.data, $0.createdAt, $0.id) }
      }
    } else {
      rows = try call.store { (scope) throws(StoreError) in
        try scope.messagesBefore(
          conversationId: id, before: before?.id ?? Cursor.greatest, beforeAt: before?.at, limit: limit + 1
        ).map { ($0.data, $0.createdAt, $0.id) }
      }
    }
    let more = rows.count > Int(limit)
    rows = Array(rows.prefix(Int(limit)))
    if after == nil { rows.reverse() }
    let total = try call.store { (scope) throws(StoreError) in try scope.countMessages(conversationId: id) }
    var data: [JSON] = []
    for row in rows { data.append(try call.data(row.data, or: "message")) }
    func cursor(_ row: (data: JSONText, at: Instant, id: UUID)?) -> JSON {
      row.map { .string(Cursor(moment: $0.at, id: $0.id).text(place, call.caller)) } ?? .null
    }
    return .json([
      "data": .array(data),
      "pagination": [
        "total": .number(total), "hasMore": .bool(more), "before": cursor(rows.first), "after": cursor(rows.last),
      ],
    ])
  }

  /// The last of a conversation, the oldest first.
  static func latest(_ call: APICall, _ id: UUID, _ limit: Int64) throws(APIProblem) -> [JSON] {
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.messagesBefore(conversationId: id, before: Cursor.greatest, beforeAt: nil, limit: limit)
    }
    var data: [JSON] = []
    for row in rows.reversed() { data.append(try call.data(row.data, or: "message")) }
    return data
  }

  static func read(_ call: APICall, _ id: UUID) throws(APIProblem) -> JSON {
    try call.data(
      try call.store { (scope) throws(StoreError) in try scope.apiMessage(id: id, onlyBranch: call.caller.branch) },
      or: "message")
  }

  static func note(_ call: APICall) throws(APIProblem) -> Response {
    guard call.body["content"].text?.contains(where: { !$0.isWhitespace }) == true else {
      throw .malformed("$.content", "there is no text in it")
    }
    let id = try call.store { (scope) throws(StoreError) in
      try scope.noteMessage(
        conversationId: call.id(), onlyBranch: call.caller.branch, note: JSONText(call.body.value ?? .null),
        staffId: call.caller.staff)
    }
    guard let id else { throw .unknown("conversation") }
    return .json(["data": try read(call, id)], status: 201)
  }
}
