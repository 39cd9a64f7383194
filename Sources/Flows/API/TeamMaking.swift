import Core
import FoundationEssentials
import Store

/// Who is of the team: making and changing them. Nobody is removed: who left is `is_active` false.
extension Route {
  static let teamMaking: [Route] = [
    Route(
      "POST", "/api/staff", "createMember",
      "Enter somebody of the team, where they work and what they do; they work whenever the branch is open until they "
        + "have hours. With an Idempotency-Key once",
      Team.write, body: .object(TeamMaking.members), answers: [(201, Shape.data(Team.shape))]
    ) { (call) throws(APIProblem) in try TeamMaking.create(call) },
    Route(
      "PATCH", "/api/staff/{id}", "changeMember",
      "Change what is named; what is booked already stays as it is, and who is not active is not booked any more",
      Team.write, body: .object(TeamMaking.changeable), answers: [(200, Shape.data(Team.shape))]
    ) { (call) throws(APIProblem) in try TeamMaking.change(call) },
  ]
}

enum TeamMaking {
  private static let roles = [
    "owner", "admin", "manager", "dentist", "specialist", "receptionist", "assistant", "staff",
  ]
  private static let named: [Shape.Member] = [
    .needs("first_name", .text(1...100)), .needs("last_name", .text(1...100)), .needs("email", .text(3...320)),
  ]
  /// `display_name`: as customers know them. `branch_ids`: all of them, the main one first. `role` gives nobody a right.
  private static let more: [Shape.Member] = [
    .may("display_name", .text(0...200)), .may("role", .word(roles)), .may("role_title", .text(0...200)),
    .may("specialty", .text(0...200)), .may("branch_ids", .list(.id, atMost: 500)),
  ]
  static let members = named + more + [.may("service_ids", .list(.id, atMost: 500))]
  static let changeable = named.map { Shape.Member.may($0.name, $0.shape) } + more + [.may("is_active", .flag)]

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    let wish = try wish(call, members)
    let made = try call.once(["member", call.body.value?.text ?? ""]) { (scope) throws(StoreError) in
      let row = try scope.createMember(wish: wish)
      guard row.outcome == "created", let id = row.id else { return .failure(refusal(row.outcome, row.id)) }
      return .success(.string(id.text))
    }
    guard let id = Field(made).uuid else { throw .unknown("member of the staff") }
    let found = try call.store { (scope) throws(StoreError) in try scope.apiMember(onlyBranch: nil, id: id) }
    return .json(["data": try call.data(found, or: "member of the staff")], status: 201)
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    let change = try wish(call, changeable)
    var refused: APIProblem?
    do throws(APIProblem) {
      try call.transaction { (scope) throws(StoreError) in
        refused = nil
        let row = try scope.changeMember(id: call.id(), change: change)
        guard row.outcome != "changed" else { return }
        refused = refusal(row.outcome, row.id)
        // Takes back what was done before it was refused.
        throw .conflict(constraint: "refused")
      }
    } catch { throw refused ?? error }
    return .json(["data": try Team.member(call)])
  }

  private static func wish(_ call: APICall, _ members: [Shape.Member]) throws(APIProblem) -> JSONText {
    try call.wholeBusiness("who is of the team")
    let wish = try call.change(members)
    try call.spelled("first_name", "last_name")
    if let email = call.body["email"].text {
      let parts = email.split(separator: "@", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
        !email.unicodeScalars.contains(where: \.properties.isWhitespace)
      else { throw .malformed("$.email", "expected an e-mail address") }
    }
    return JSONText(.object(wish))
  }

  /// What is somebody else's is not there (404), as where an appointment names it.
  private static func refusal(_ outcome: String, _ other: UUID?) -> APIProblem {
    switch outcome {
    case "exists":
      .conflict(
        "DUPLICATE_STAFF",
        "somebody of the team has this e-mail address or is shown by this name: display_name tells apart",
        other.map { [.init("existing_id", .string($0.text))] } ?? [])
    case "unknown_branch": .unknown("branch")
    case "unknown_service": .unknown("service")
    default: .unknown("member of the staff")
    }
  }
}
