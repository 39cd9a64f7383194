import Core
import FoundationEssentials
import Rules
import Store

/// `/api/appointments`.
extension Route {
  static let appointments: [Route] = [
    Route(
      "GET", "/api/appointments", "listAppointments", "Appointments, the earliest first or in another order",
      .granted(scope: "appointments:read", .everybody),
      query: Listing.parameters(sorts: Appointment.sorts, initial: "scheduled_at", order: "asc") + Appointment.filters,
      answers: [(200, Listing.answer(Appointment.shape))]
    ) { (call) throws(APIProblem) in try Appointment.list(call) },
    Route(
      "POST", "/api/appointments", "createAppointment",
      "Book; with an Idempotency-Key once, however often it is asked",
      .granted(scope: "appointments:write", .everybody),
      body: .object(Appointment.wish), answers: [(201, Shape.data(Appointment.shape))]
    ) { (call) throws(APIProblem) in try Appointment.create(call) },
    Route(
      "GET", "/api/appointments/{id}", "getAppointment", "One appointment",
      .granted(scope: "appointments:read", .everybody), answers: [(200, Shape.data(Appointment.shape))]
    ) { (call) throws(APIProblem) in .json(["data": try Appointment.read(call, call.id())]) },
    Route(
      "PATCH", "/api/appointments/{id}", "changeAppointment",
      "Change what is named, in place; status: what became of it", .granted(scope: "appointments:write", .everybody),
      body: .object(Appointment.changeable), answers: [(200, Shape.data(Appointment.shape))]
    ) { (call) throws(APIProblem) in try Appointment.change(call) },
    Route(
      "POST", "/api/appointments/{id}/reschedule", "rescheduleAppointment",
      "A new appointment takes its place; the old one is rescheduled and names it",
      .granted(scope: "appointments:write", .everybody), body: .object(Appointment.move),
      answers: [(201, Shape.data(Appointment.shape))]
    ) { (call) throws(APIProblem) in try Appointment.reschedule(call) },
    Route(
      "DELETE", "/api/appointments/{id}", "cancelAppointment", "Cancel; the appointment stays to be read",
      .granted(scope: "appointments:write", .everybody), query: [.init("reason", .text(1...500))],
      answers: [(200, .json(.object([.needs("data", Appointment.shape), .needs("message", .line)])))]
    ) { (call) throws(APIProblem) in try Appointment.cancel(call) },
  ]
}

enum Appointment {
  static let statuses = ["scheduled", "confirmed", "in_progress", "completed", "cancelled", "no_show", "rescheduled"]
  static let sources = ["manual", "whatsapp", "website", "phone", "walk_in", "voice", "ai_chat"]
  static let sorts = ["scheduled_at", "created_at", "status", "duration_minutes", "updated_at"]
  private static let minutes = Shape.integer(1...1440)

  static let filters: [Route.Parameter] = [
    .init("status", .word(statuses)), .init("branch_id", .id), .init("staff_id", .id), .init("lead_id", .id),
    .init("date_from", .text(10...40), "A day of the branch's calendar, or a moment."),
    .init("date_to", .text(10...40), "Likewise; the day is part of it."),
  ]

  private static let anytime = Shape.Member.may("anytime", .flag)
  /// The person knows, on the telephone say: no message tells them.
  private static let told = Shape.Member.may("confirmation_sent", .flag)

  static let wish: [Shape.Member] = [
    .needs("lead_id", .id), .needs("branch_id", .id), .needs("scheduled_at", .moment), .may("service_id", .id),
    .may("staff_id", .id), .may("duration_minutes", minutes), .may("source", .word(sources)),
    .may("booking_source", .word(sources)), .may("notes", .note), .may("reason", .text(0...500)),
    .may("party_size", .integer(1...1000)), .may("conversation_id", .id), .may("idempotency_key", .text(1...255)),
    told, anytime,
  ]

  static let move: [Shape.Member] = [
    .needs("scheduled_at", .moment), .may("branch_id", .id), .may("staff_id", .id), .may("service_id", .id),
    .may("duration_minutes", minutes), .may("idempotency_key", .text(1...255)), told, anytime,
  ]

  static let changeable: [Shape.Member] = [
    .may("scheduled_at", .moment), .may("branch_id", .id), .may("staff_id", .id), .may("service_id", .id),
    .may("duration_minutes", minutes), .may("status", .word(statuses.filter { $0 != "rescheduled" })),
    .may("notes", .note), .may("internal_notes", .note), .may("cancellation_reason", .text(0...500)),
    .may("outcome", .note), told, .may("reminder_sent", .flag), anytime,
  ]

  static let shape = Shape.object([
    .needs("id", .id), .needs("branch_id", .id), .needs("lead_id", .maybe(.id)), .needs("patient_id", .maybe(.id)),
    .needs("staff_id", .maybe(.id)), .needs("service_id", .maybe(.id)), .needs("conversation_id", .maybe(.id)),
    .needs("scheduled_at", .moment), .needs("end_time", .moment), .needs("duration_minutes", minutes),
    .needs("timezone", .line), .needs("starts_at_local", .moment), .needs("status", .word(statuses)),
    .needs("confirmation_status", .word(["not_required", "pending", "confirmed", "expired"])),
    .needs("confirmation_sent", .flag), .needs("reminder_sent", .flag), .needs("reminder_24h_sent", .flag),
    .needs("reminder_4h_sent", .flag), .needs("notes", .maybe(.text(0...1_000_000))),
    .needs("internal_notes", .maybe(.text(0...1_000_000))), .needs("reason", .maybe(.text(0...1_000_000))),
    .needs("cancellation_reason", .maybe(.text(0...1_000_000))), .needs("outcome", .maybe(.text(0...1_000_000))),
    .needs("cancelled_at", .maybe(.moment)), .needs("completed_at", .maybe(.moment)),
    .needs("rescheduled_from_id", .maybe(.id)), .needs("rescheduled_to_id", .maybe(.id)),
    .needs("booking_source", .word(sources)), .needs("source", .word(sources)),
    .needs("ai_booking_channel", .maybe(.line)), .needs("party_size", .count), .needs("created_at", .moment),
    .needs("updated_at", .moment),
    .needs(
      "lead",
      .maybe(
        .object([
          .needs("id", .id), .needs("full_name", .maybe(.line)), .needs("phone", .maybe(.line)),
          .needs("email", .maybe(.line)),
        ]))),
    .needs("branch", .object([.needs("id", .id), .needs("name", .line)])),
    .needs(
      "staff",
      .maybe(
        .object([
          .needs("id", .id), .needs("first_name", .line), .needs("last_name", .line), .needs("role", .line),
        ]))),
    .needs(
      "service",
      .maybe(.object([.needs("id", .id), .needs("name", .line), .needs("duration_minutes", .count)]))),
  ])

  static func read(_ call: APICall, _ id: UUID) throws(APIProblem) -> JSON {
    try call.data(
      try call.store { (scope) throws(StoreError) in try scope.apiAppointment(id: id, onlyBranch: call.caller.branch) },
      or: "appointment")
  }

  static func create(_ call: APICall) throws(APIProblem) -> Response {
    var wish = try members(call)
    wish["booking_source"] = call.body["booking_source"].value ?? call.body["source"].value ?? "manual"
    wish["created_by_staff_id"] = call.caller.staff.map { .string($0.text) }
    // A key of a branch sees its branch's people only.
    if call.caller.branch != nil, let lead = call.body["lead_id"].uuid { _ = try Lead.read(call, lead) }
    let request = JSONText(.object(wish))
    let made = try call.once(["book", call.body.value?.text ?? ""]) { (scope) throws(StoreError) in
      let row = try scope.bookAppointment(request: request)
      guard row.outcome == "booked", let id = row.appointmentId else { return .failure(problem(row.outcome)) }
      return .success(.string(id.text))
    }
    return try answer(call, made)
  }

  static func reschedule(_ call: APICall) throws(APIProblem) -> Response {
    var wish = try members(call)
    wish["appointment_id"] = .string(call.id().text)
    let request = JSONText(.object(wish))
    _ = try read(call, call.id())
    let made = try call.once(["reschedule", call.id().text, call.body.value?.text ?? ""]) {
      (scope) throws(StoreError) in
      let row = try scope.rescheduleAppointment(request: request)
      guard row.outcome == "rescheduled", let id = row.appointmentId else { return .failure(problem(row.outcome)) }
      return .success(.string(id.text))
    }
    return try answer(call, made)
  }

  private static func answer(_ call: APICall, _ made: JSON) throws(APIProblem) -> Response {
    guard let id = Field(made).uuid else { throw .unknown("appointment") }
    return .json(["data": try read(call, id)], status: 201)
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    guard changeable.contains(where: { $0.name != "anytime" && call.body[$0.name].exists }) else {
      throw .malformed("$", "expected one of " + changeable.map(\.name).joined(separator: ", "))
    }
    let change = JSONText(.object(try members(call)))
    let row = try call.store { (scope) throws(StoreError) in
      try scope.updateAppointment(id: call.id(), onlyBranch: call.caller.branch, change: change)
    }
    guard row.outcome == "updated" else { throw problem(row.outcome) }
    return .json(["data": try read(call, call.id())])
  }

  static func cancel(_ call: APICall) throws(APIProblem) -> Response {
    _ = try read(call, call.id())
    let request = JSONText(
      .object(["appointment_id": .string(call.id().text), "reason": call.text("reason").map { .string($0) }]))
    let row = try call.store { (scope) throws(StoreError) in try scope.cancelAppointment(request: request) }
    guard row.outcome == "cancelled" else { throw problem(row.outcome) }
    return .json(["data": try read(call, call.id()), "message": "cancelled"])
  }

  /// The body without what is null; what it names is the business's, and the caller's branch's.
  static func members(_ call: APICall) throws(APIProblem) -> JSON.Members {
    var found = (try? call.body.object()) ?? .init()
    let ours: Set = ["idempotency_key", "key", "told_after", "on_grid"]
    found.pairs.removeAll { $0.value == .null || ours.contains($0.key) }
    if let branch = call.caller.branch, let named = call.body["branch_id"].uuid, named != branch {
      throw .unknown("branch")
    }
    return found
  }

  /// What a booking that was not made is answered with.
  static func problem(_ outcome: String) -> APIProblem {
    switch outcome {
    case "slot_taken": .conflict("STAFF_CONFLICT", "that time is taken")
    case "lead_conflict": .conflict("PATIENT_CONFLICT", "the person has another appointment at that time")
    case "outside_hours": .conflict("OUTSIDE_HOURS", "nobody works at that time")
    case "frozen": .conflict("FROZEN", "the appointment is over or was cancelled: it does not change any more")
    case "begun":
      .conflict("BEGUN", "the appointment has begun or its time is past: it is neither moved nor cancelled any more")
    case "in_past": .malformed("$.scheduled_at", "is over")
    case "too_far": .malformed("$.scheduled_at", "is further ahead than the branch books")
    case "too_soon": .malformed("$.scheduled_at", "is sooner than the branch's notice")
    case "inactive": APIProblem(400, "INACTIVE", "the branch, the service or the member of the staff is not active")
    case "unknown_lead": .unknown("lead")
    case "unknown_branch": .unknown("branch")
    case "unknown_service": .unknown("service")
    case "unknown_staff": .unknown("member of the staff who does this at that branch")
    default: .unknown("appointment")
    }
  }
}
