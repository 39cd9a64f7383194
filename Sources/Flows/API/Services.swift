import Core
import FoundationEssentials
import Store

/// What is offered, and how it is booked: `/api/services`.
extension Route {
  static let services: [Route] = [
    Route(
      "GET", "/api/services", "listServices", "What is offered, the newest first", OfferedServices.read,
      query: [.init("is_active", .flag), .init("is_bookable", .flag)] + Listing.onward,
      answers: [(200, Listing.answer(OfferedServices.shape))]
    ) { (call) throws(APIProblem) in try OfferedServices.list(call) },
    Route(
      "GET", "/api/services/{id}", "getService", "One service", OfferedServices.read,
      answers: [(200, Shape.data(OfferedServices.shape))]
    ) { (call) throws(APIProblem) in
      let found = try call.store { (scope) throws(StoreError) in try scope.apiService(id: call.id()) }
      return .json(["data": try call.data(found, or: "service")])
    },
    Route(
      "PATCH", "/api/services/{id}", "changeService",
      "Change what is named of how it is booked; what is booked already stays as it is",
      .granted(scope: "services:write", .managers), body: .object(OfferedServices.changeable),
      answers: [(200, Shape.data(OfferedServices.shape))]
    ) { (call) throws(APIProblem) in
      try call.wholeBusiness("a service")
      let change = JSONText(.object(try call.change(OfferedServices.changeable)))
      let changed = try call.transaction { (scope) throws(StoreError) in
        try scope.changeService(id: call.id(), change: change)
      }
      return .json(["data": try call.data(changed, or: "service")])
    },
  ]
}

enum OfferedServices {
  static let read = Access.granted(scope: "services:read", .everybody)
  private static let buffer = Shape.integer(0...480)

  static let changeable: [Shape.Member] = [
    .may("duration_minutes", .integer(5...1440)), .may("buffer_before_minutes", buffer),
    .may("buffer_after_minutes", buffer), .may("is_bookable", .flag), .may("is_active", .flag),
  ]

  static let shape = Shape.object([
    .needs("id", .id), .needs("name", .line), .needs("slug", .line), .needs("category", .maybe(.line)),
    .needs("description", .maybe(.text(0...100_000))), .needs("price_min", .maybe(.number)),
    .needs("price_max", .maybe(.number)), .needs("currency", .line), .needs("price_note", .maybe(.note)),
    .needs("duration_minutes", .count), .needs("buffer_before_minutes", .count), .needs("buffer_after_minutes", .count),
    .needs("is_bookable", .flag), .needs("is_active", .flag), .needs("created_at", .moment),
    .needs("updated_at", .moment), .needs("staff_ids", .list(.id, atMost: 10_000)),
  ])

  static func list(_ call: APICall) throws(APIProblem) -> Response {
    let listing = try Listing(call, "services", filters: ["is_active", "is_bookable"])
    let rows = try call.store { (scope) throws(StoreError) in
      try scope.apiServices(
        active: call.flag("is_active"), bookable: call.flag("is_bookable"), beforeId: listing.cursor?.id,
        limit: listing.size + 1)
    }
    return try listing.onward(call, rows.map { ($0.data, Cursor(moment: $0.createdAt, id: $0.id)) })
  }
}
