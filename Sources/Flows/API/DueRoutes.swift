import Core
import FoundationEssentials
import Store

/// What our own clock does, asked for one by one by somebody else's (n8n): by the same rules, counted by the same counters,
/// so that the two may run side by side and tell a person once.
extension Route {
  static let due: [Route] = [
    Route(
      "POST", "/api/appointments/{id}/remind", "remindOfAppointment",
      "Remind of an appointment, if it is its time and nobody has: the day before, and four hours before",
      .granted(scope: "appointments:write", .talkers), answers: [(202, queued)]
    ) { (call) throws(APIProblem) in
      _ = try Appointment.read(call, call.id())
      let told = try call.transaction { (scope) throws(StoreError) in
        try scope.remind(of: call.id(), call.request.id, byHand: true)
      }
      switch told {
      case .told: break
      case .unreachable: throw .conflict("UNREACHABLE", "in no conversation can the person be told now")
      case .blocked(let why): throw .conflict("TEMPLATE_BLOCKED", why)
      case .nothing: throw .conflict("NOT_DUE", "it is not the time to remind of it, or it was reminded of")
      }
      return done(call)
    },
    Route(
      "POST", "/api/conversations/{id}/send/follow-up", "sendFollowUp",
      "Ask again who fell silent, if it is their turn: three times, 48 hours apart, by day; then they are cold",
      .granted(scope: "conversations:write", .talkers), answers: [(202, queued)]
    ) { (call) throws(APIProblem) in
      let lead = try call.store { (scope) throws(StoreError) in
        try scope.conversationOfCall(id: call.id(), onlyBranch: call.caller.branch)?.leadId
      }
      guard let lead else { throw .unknown("conversation") }
      let asked = try call.transaction { (scope) throws(StoreError) in
        try Office.followUp(lead, call.id(), scope, call.request.id, byHand: true)
      }
      switch asked {
      case .asked: break
      case .cold: throw .conflict("COLD", "the person has not answered three times, and is cold now")
      case .nothing: throw .conflict("NOT_DUE", "it is not this person's turn to be asked again")
      }
      return done(call)
    },
  ]

  private static let queued = Route.Answer.json(.object([.needs("success", .flag)]))

  private static func done(_ call: APICall) -> Response {
    call.app.isUrgent = true
    return .json(["success": true], status: 202)
  }
}
