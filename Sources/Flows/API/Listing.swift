import Core
import FoundationEssentials
import Store

/// Lists come in pages, as existing clients ask (`page`, `pageSize`), or from a place on (`cursor`): the second way stays
/// quick however far it goes, and shows nothing twice when something new comes meanwhile.
struct Listing {
  static let pageSizes: ClosedRange<Int64> = 1...100
  let page: Int64
  let size: Int64
  let cursor: Cursor?
  private let place: String
  private let caller: Caller

  static func parameters(sorts: [String], initial: String, order: String = "desc") -> [Route.Parameter] {
    [
      .init("page", .integer(1...1_000_000), "The page, from 1."),
      .init("pageSize", .integer(pageSizes), "Entries a page, 20 if not said."),
      .init(
        "cursor", .text(1...300),
        "What next_cursor said: goes on behind it, newest first; page and sortBy do not count then."),
      .init("sortBy", .word(sorts), "\(initial) if not said."),
      .init("sortOrder", .word(["asc", "desc"]), "\(order) if not said."),
    ]
  }

  /// Of lists that go on from a place only.
  static let onward: [Route.Parameter] = [
    .init("pageSize", .integer(pageSizes), "Entries a page, 20 if not said."),
    .init("cursor", .text(1...300), "What next_cursor said: goes on behind it."),
  ]

  /// - Parameter name: the list's; with the filters it is what a cursor belongs to.
  init(_ call: APICall, _ name: String, filters: [String]) throws(APIProblem) {
    page = call.int("page") ?? 1
    size = call.int("pageSize") ?? 20
    let place = ([name] + filters.map { call.text($0) ?? call.flag($0).map(String.init) ?? "" }).joined(
      separator: "\u{1f}")
    self.place = place
    caller = call.caller
    cursor = try call.text("cursor").map { (text) throws(APIProblem) in try Cursor(text, place, call.caller) }
  }

  var offset: Int64 { (page - 1) * size }

  /// - Parameter last: the row that a cursor would go on behind; nil: there are no more.
  func pagination(total: Int64, last: Cursor?) -> JSON {
    .object([
      "page": .number(page), "pageSize": .number(size), "total": .number(total),
      "totalPages": .number((total + size - 1) / size),
      "hasMore": .bool(page * size < total),
      "next_cursor": last.map { .string($0.text(place, caller)) } ?? .null,
    ])
  }

  /// Of an answer that was asked for by a cursor.
  func pagination(more: Bool, last: Cursor?) -> JSON {
    .object([
      "pageSize": .number(size), "hasMore": .bool(more),
      "next_cursor": more ? last.map { .string($0.text(place, caller)) } ?? .null : .null,
    ])
  }

  /// The answer of a list that goes on from a place only.
  /// - Parameter rows: one more than is shown, if there are more; each with its place.
  func onward(_ call: APICall, _ rows: [(data: JSONText, place: Cursor)]) throws(APIProblem) -> Response {
    let shown = rows.prefix(Int(size))
    var data: [JSON] = []
    for row in shown { data.append(try call.data(row.data, or: "entry")) }
    return .json([
      "data": .array(data), "pagination": pagination(more: rows.count > shown.count, last: shown.last?.place),
    ])
  }

  static let shape = Shape.object([
    .may("page", .count), .needs("pageSize", .count), .may("total", .count), .may("totalPages", .count),
    .needs("hasMore", .flag), .needs("next_cursor", .maybe(.text(1...300))),
  ])

  /// A list of what `row` describes.
  static func answer(_ row: Shape) -> Route.Answer {
    .json(.object([.needs("data", .list(row, atMost: 100)), .needs("pagination", shape)]))
  }
}

extension Shape {
  /// `{data}`.
  static func data(_ shape: Shape) -> Route.Answer { .json(.object([.needs("data", shape)])) }
}
