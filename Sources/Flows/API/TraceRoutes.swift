import Core
import FoundationEssentials
import Store

/// Why the assistant said what it said: `/api/conversations/{id}/trace`, `/api/messages/{id}/why`.
extension Route {
  static let traces: [Route] = [
    Route(
      "GET", "/api/conversations/{id}/trace", "traceConversation",
      "What the assistant did for its answers, step by step, the latest answer first",
      .granted(scope: "conversations:read", .everybody),
      query: [
        .init("limit", .integer(1...50), "Answers; 20 if not said."),
        .init("before", .text(1...300), "What pagination.before said: earlier answers."),
      ],
      answers: [
        (
          200,
          .json(
            .object([
              .needs("data", .list(Trace.shape, atMost: 50)),
              .needs(
                "pagination", .object([.needs("hasMore", .flag), .needs("before", .maybe(.text(1...300)))])),
            ]))
        )
      ]
    ) { (call) throws(APIProblem) in try Trace.list(call) },
    Route(
      "GET", "/api/messages/{id}/why", "whyMessage",
      "What the assistant did for a message of its own, or to answer a person's",
      .granted(scope: "conversations:read", .everybody), answers: [(200, Shape.data(Trace.why))]
    ) { (call) throws(APIProblem) in try Trace.why(call) },
  ]
}

enum Trace {
  private static let words = Shape.text(0...1_000_000)

  private static let step = Shape.object([
    .needs("id", .id), .needs("ordinal", .count), .needs("kind", .word(["call", "tool"])), .needs("name", .line),
    .needs("tool_use_id", .maybe(.line)), .needs("input", .anything), .needs("output", .anything),
    .needs("is_error", .flag), .needs("hands_over", .flag), .needs("took_ms", .count), .needs("at", .moment),
    .needs("stop_reason", .maybe(.line)), .needs("prompt_tokens", .maybe(.count)),
    .needs("cache_read_tokens", .maybe(.count)), .needs("cache_write_tokens", .maybe(.count)),
    .needs("completion_tokens", .maybe(.count)), .needs("cost_usd", .maybe(.number)),
  ])

  static let shape = Shape.object([
    .needs("job_id", .id), .needs("question", .maybe(.object([.needs("id", .id), .needs("content", words)]))),
    .needs("steps", .list(step, atMost: 1000)),
    .needs(
      "messages",
      .list(
        .object([
          .needs("id", .id), .needs("content", words), .needs("status", .word(Said.states)),
          .needs("error_code", .maybe(words)),
        ]), atMost: 1000)),
    .needs("total_tokens", .count), .needs("cost_usd", .number),
  ])

  static let why = Shape.object([
    .needs("message", Said.shape), .needs("metadata", .map), .needs("answer", .maybe(shape)),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let id = call.id()
    let place = "trace\u{1f}" + id.text
    let limit = call.int("limit") ?? 20
    var from: UUID?
    if let text = call.text("before") { from = try Cursor(text, place, call.caller, name: "before").id }
    _ = try Conversation.read(call, id)
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.answersBefore(conversationId: id, before: from, limit: limit + 1)
    }
    let shown = rows.prefix(Int(limit))
    let more = rows.count > shown.count
    var data: [JSON] = []
    for row in shown { data.append(try call.data(row.data, or: "answer")) }
    let last = shown.last.map { JSON.string(Cursor(moment: $0.createdAt, id: $0.id).text(place, call.caller)) }
    return .json([
      "data": .array(data), "pagination": ["hasMore": .bool(more), "before": more ? last ?? .null : .null],
    ])
  }

  static func why(_ call: APICall) throws(APIProblem) -> Response {
    let row = try call.store { (scope) throws(StoreError) in
      try scope.whyMessage(id: call.id(), onlyBranch: call.caller.branch)
    }
    guard let row else { throw .unknown("message") }
    return .json([
      "data": [
        "message": try call.data(row.message, or: "message"), "metadata": try call.data(row.metadata, or: "message"),
        "answer": try row.answer.map { (text) throws(APIProblem) in try call.data(text, or: "answer") } ?? .null,
      ]
    ])
  }
}
