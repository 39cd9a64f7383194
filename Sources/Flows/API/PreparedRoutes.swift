import Core
import FoundationEssentials
import Rules
import Store

/// What is prepared, sent to a conversation's person: `/api/conversations/{id}/send/…`. The assistant goes on answering.
extension Route {
  static let prepared: [Route] = [
    Route(
      "POST", "/api/conversations/{id}/send/appointment-confirmation", "sendAppointmentConfirmation",
      "Ask for a confirmation: buttons while the window is open, else the template cita_confirmada", talkers,
      body: appointment, answers: [(202, sent)]
    ) { (call) throws(APIProblem) in try send(call, .appointmentConfirmation(try wish(call))) },
    Route(
      "POST", "/api/conversations/{id}/send/reminder", "sendReminder",
      "Remind of an appointment: buttons while the window is open, else the template recordatorio_cita", talkers,
      body: appointment, answers: [(202, sent)]
    ) { (call) throws(APIProblem) in try send(call, .reminder(try wish(call))) },
    Route(
      "POST", "/api/conversations/{id}/send/services-menu", "sendServicesMenu",
      "Show what the business offers, as a list to choose from; only while the window is open", talkers,
      body: .object([.may("idempotency_key", .text(1...255))]), answers: [(202, sent)]
    ) { (call) throws(APIProblem) in try send(call, .servicesMenu) },
  ]

  private static let talkers = Access.granted(scope: "conversations:write", .talkers)

  private static let appointment = Shape.object([
    .may("appointment_id", .id), .may("name", .text(1...100)), .may("service", .text(1...100)),
    .may("date", .text(1...60)),
    .may("time", .text(1...20)), .may("idempotency_key", .text(1...255)),
  ])

  private static let sent = Route.Answer.json(
    .object([.needs("success", .flag), .needs("message_id", .id), .needs("form", .line)]))

  /// An appointment of ours by its id, or in words.
  private static func wish(_ call: APICall) throws(APIProblem) -> AppointmentWish {
    if let id = call.body["appointment_id"].uuid { return .ours(id) }
    func needed(_ name: String) throws(APIProblem) -> String {
      guard let text = call.body[name].text, text.contains(where: { !$0.isWhitespace }) else {
        throw .malformed("$." + name, "is missing: give it, or an appointment_id")
      }
      return text
    }
    return .words(
      service: try needed("service"), date: try needed("date"), time: try needed("time"), name: call.body["name"].text)
  }

  private static func send(_ call: APICall, _ wish: PreparedWish) throws(APIProblem) -> Response {
    let asked = [call.id().text, "\(wish)"]
    if let answer = try call.answeredBefore(asked) { return .json(answer, status: 202) }
    try Sending.limit(call)
    let said = try call.once(asked) { (scope) throws(StoreError) in
      let outcome = try scope.sendPrepared(
        wish, conversation: call.id(), onlyBranch: call.caller.branch, requestId: call.request.id)
      guard case .queued(let message, let form) = outcome else { return .failure(refusal(outcome)) }
      return .success(["success": true, "message_id": .string(message.text), "form": .string(form)])
    }
    call.app.isUrgent = true
    return .json(said, status: 202)
  }

  private static func refusal(_ outcome: PreparedOutcome) -> APIProblem {
    switch outcome {
    case .windowClosed:
      .conflict(
        "WINDOW_CLOSED",
        "the person has not written for so long that a template alone could be sent, and there is none for this there")
    case .empty: .conflict("NO_SERVICES", "the business offers nothing: enter its services first")
    case .optedOut: .conflict("OPTED_OUT", "the person asked for no more promotions: offer them what they ask for")
    case .templateBlocked(_, let why): .templateBlocked(why)
    case .unfit(let fault): .conflict(fault.code, fault.sentence)
    case .unknown, .queued: .unknown("conversation, or appointment of its person")
    }
  }
}
