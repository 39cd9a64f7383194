import Core

/// `/api/openapi.json`, made of the table that requests are dispatched by.
extension Route {
  static let document: [Route] = [
    Route(
      "GET", "/api/openapi.json", "getDocument", "This document", .open, answers: [(200, .json(.map))]
    ) { (_) throws(APIProblem) in .json(openAPI(Route.all)) }
  ]

  static func openAPI(_ routes: [Route]) -> JSON {
    var paths = JSON.Members()
    for route in routes {
      var here = JSON.Members()
      if case .object(let members)? = paths[route.path] { here = members }
      here[route.method.lowercased()] = route.operation
      paths[route.path] = .object(here)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "TIS TIS", "version": .string(version),
        "description":
          "For staff and integrators. An API key, or the dashboard's token, goes with every request as Authorization: Bearer.",
      ],
      "servers": [["url": "/"]],
      "security": [["bearer": []]],
      "paths": .object(paths),
      "components": [
        "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
        "schemas": ["Problem": APIProblem.shape.schema(.request)],
        "responses": [
          "Problem": [
            "description": "It is not done, and why.",
            "headers": ["X-RateLimit-Remaining": ["schema": ["type": "string"]]],
            "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
          ]
        ],
      ],
    ]
  }

  private var operation: JSON {
    let inPath = parameters.map { name -> JSON in
      ["name": .string(name), "in": "path", "required": true, "schema": Shape.id.schema(.request)]
    }
    let inQuery = query.map { parameter -> JSON in
      .object([
        "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isNeeded),
        "description": parameter.note.isEmpty ? nil : .string(parameter.note),
        "schema": parameter.shape.schema(.request),
      ])
    }
    var responses = JSON.Members()
    for (status, answer) in answers {
      switch answer {
      case .json(let shape):
        responses[String(status)] = [
          "description": "Done.", "content": ["application/json": ["schema": shape.schema(.answer)]],
        ]
      case .file: responses[String(status)] = ["description": "The file.", "content": ["*/*": [:]]]
      }
    }
    for status in refusals { responses[String(status)] = ["$ref": "#/components/responses/Problem"] }
    return .object([
      "operationId": .string(name), "summary": .string(summary), "description": grants.map { .string($0) },
      "security": grants == nil ? [] : nil,
      "parameters": inPath.isEmpty && inQuery.isEmpty ? nil : .array(inPath + inQuery),
      "requestBody": requestBody, "responses": .object(responses),
    ])
  }

  /// What else may be answered.
  var refusals: [Int] {
    if case .open = access { return [405, 503] }
    var isFile = false
    if case .file? = answers.first?.1 { isFile = true }
    return [400, 401, 403, 404, 405, 409] + (isFile ? [410] : []) + [413, 415, 429, 503]
  }

  private var requestBody: JSON? {
    if let upload {
      return [
        "required": true,
        "content": .object(.init(upload.types.map { .init($0, ["schema": ["type": "string", "format": "binary"]]) })),
      ]
    }
    guard let body else { return nil }
    var needed = false
    if case .object(let members) = body { needed = members.contains(where: \.needed) }
    return [
      "required": .bool(needed), "content": ["application/json": ["schema": body.schema(.request)]],
    ]
  }

  private var grants: String? {
    guard case .granted(let scope, let roles) = access else { return nil }
    let key = scope.map { "Keys need the scope \($0)." } ?? "No key may."
    return key + " " + (roles.names.map { "Users: " + $0.joined(separator: ", ") + "." } ?? "Users: all.")
  }
}
