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
      "POST", "/api/services", "createService",
      "Offer something; without a currency it has the business's. With an Idempotency-Key once", OfferedServices.write,
      body: .object(OfferedServices.members), answers: [(201, Shape.data(OfferedServices.shape))]
    ) { (call) throws(APIProblem) in try OfferedServices.create(call) },
    Route(
      "PATCH", "/api/services/{id}", "changeService",
      "Change what is named of it and of how it is booked; what is booked already stays as it is",
      OfferedServices.write, body: .object(OfferedServices.changeable),
      answers: [(200, Shape.data(OfferedServices.shape))]
    ) { (call) throws(APIProblem) in try OfferedServices.change(call) },
  ]
}

enum OfferedServices {
  static let read = Access.granted(scope: "services:read", .everybody)
  static let write = Access.granted(scope: "services:write", .managers)
  private static let name = Shape.text(1...200)
  private static let buffer = Shape.integer(0...480)

  static let members = [Shape.Member.needs("name", name)] + more
  static let changeable = [Shape.Member.may("name", name)] + more

  /// Prices are of the currency's whole units, ISO 4217.
  private static let more: [Shape.Member] = [
    .may("category", .text(0...200)), .may("description", .note), .may("price_min", .number),
    .may("price_max", .number),
    .may("currency", .text(3...3)), .may("price_note", .text(0...500)),
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

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("a service")
    let wish = JSONText(.object(try wish(call, members)))
    let made = try call.once(["service", call.body.value?.text ?? ""]) { (scope) throws(StoreError) in
      let row = try scope.createService(wish: wish)
      guard row.outcome == "created", let id = row.id else { return .failure(refusal(row.outcome, row.id)) }
      return .success(.string(id.text))
    }
    guard let id = Field(made).uuid else { throw .unknown("service") }
    let found = try call.store { (scope) throws(StoreError) in try scope.apiService(id: id) }
    return .json(["data": try call.data(found, or: "service")], status: 201)
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("a service")
    let change = JSONText(.object(try wish(call, changeable)))
    let row = try call.transaction { (scope) throws(StoreError) in
      try scope.changeService(id: call.id(), change: change)
    }
    guard row.outcome == "changed" else { throw refusal(row.outcome, row.id) }
    return .json(["data": try call.data(row.data, or: "service")])
  }

  private static func wish(_ call: APICall, _ members: [Shape.Member]) throws(APIProblem) -> JSON.Members {
    let wish = try call.change(members)
    try call.spelled("name")
    for price in ["price_min", "price_max"] {
      guard case .number(let text)? = wish[price] else { continue }
      guard (0..<100_000_000).contains(Double(text) ?? -1) else {
        throw .malformed("$." + price, "expected 0 to 99999999.99")
      }
    }
    if let currency = call.body["currency"].text, !currency.utf8.allSatisfy({ (65...90).contains($0) }) {
      throw .malformed("$.currency", "expected three capital letters, as MXN")
    }
    return wish
  }

  private static func refusal(_ outcome: String, _ other: UUID?) -> APIProblem {
    switch outcome {
    case "exists": .namesake("DUPLICATE_SERVICE", "service", other)
    case "prices": .malformed("$.price_max", "is less than price_min")
    default: .unknown("service")
    }
  }
}
