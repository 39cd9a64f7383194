import Core
import Store

/// The public interface for integrators: `/api/v1/leads`, with its own codes and shapes.
extension Route {
  static let leadsV1: [Route] = [
    Route(
      "GET", "/api/v1/leads", "listLeadsV1", "People, the newest first", .granted(scope: "leads:read", .everybody),
      query: [
        .init("page", .integer(1...1_000_000)), .init("pageSize", .integer(Listing.pageSizes)),
        .init("status", .word(Lead.statuses)), .init("search", .text(1...100)), .init("branch_id", .id),
      ],
      answers: [
        (
          200,
          .json(
            .object([
              .needs("data", .list(Lead.shape, atMost: 100)), .needs("total", .count), .needs("page", .count),
              .needs("pageSize", .count),
              .needs(
                "filters",
                .object([
                  .needs("branch_id", .maybe(.id)), .needs("status", .maybe(.line)), .needs("search", .maybe(.line)),
                ])),
            ]))
        )
      ]
    ) { (call) throws(APIProblem) in
      let (page, size) = (call.int("page") ?? 1, call.int("pageSize") ?? 20)
      let row = try call.store { (scope) throws(StoreError) in
        try scope.apiLeads(
          branchId: call.branch, status: call.text("status"), classification: nil, deleted: "without",
          search: call.text("search"), descending: true, sort: "created_at", limit: size, offset: (page - 1) * size)
      }
      return .json([
        "data": try call.data(row.data, or: "list"), "total": .number(row.total), "page": .number(page),
        "pageSize": .number(size),
        "filters": [
          "branch_id": call.branch.map { .string($0.text) } ?? .null,
          "status": call.text("status").map { .string($0) } ?? .null,
          "search": call.text("search").map { .string($0) } ?? .null,
        ],
      ])
    },
    Route(
      "POST", "/api/v1/leads", "createLeadV1", "Enter a person", .granted(scope: "leads:write", .everybody),
      body: .object([
        .needs("phone", .text(7...20)), .may("name", .text(0...200)), .may("email", .text(0...320)),
        .may("source", .text(0...100)),
      ]),
      answers: [(201, Shape.data(Lead.shape))]
    ) { (call) throws(APIProblem) in
      let source = call.body["source"].text ?? "api"
      let made = try Lead.enter(
        call,
        Field([
          "phone": call.body["phone"].value ?? .null, "name": call.body["name"].value ?? .null,
          "email": call.body["email"].value ?? .null,
          "source": .string(Lead.sources.contains(source) ? source : "other"),
        ]))
      guard made.outcome == "created" else {
        throw .conflict(
          "DUPLICATE_LEAD", "this person is there already", [.init("existing_id", .string(made.id.text))])
      }
      return .json(["data": try Lead.read(call, made.id)], status: 201)
    },
  ]
}
