import Core
import FoundationEssentials
import Rules
import Store

extension Scope {
  func bookForPerson(_ use: ToolUse) throws(StoreError) -> ToolAnswer {
    guard let wished = use.said("starts_at").flatMap(WishedTime.init) else { return .noTime }
    let names: BookingNamesRow
    switch try meantNames(use, branch: use.branch, wall: wished.wall) {
    case .refused(let answer): return answer
    case .meant(let meant): names = meant
    }
    guard let branch = names.branchId else {
      return .refused("ambiguous_branch", "The business has several branches, ask which one: \(names.branches).")
    }
    let at: Instant
    switch wished.at(names) {
    case .failure(let refused): return refused.answer
    case .success(let moment): at = moment
    }
    let notes = [use.said("name").map { "Para: " + $0 }, use.said("notes")].compactMap { $0 }.joined(separator: "\n")
    let request: JSON = .object([
      "key": .string(use.key), "lead_id": .string(use.lead.text), "branch_id": .string(branch.text),
      "service_id": names.serviceId.map { .string($0.text) }, "staff_id": names.staffId.map { .string($0.text) },
      "scheduled_at": .string(at.description), "conversation_id": .string(use.conversation.text),
      "told_after": .string(use.question.text), "on_grid": true, "booking_source": "ai_chat",
      "ai_booking_channel": .string(use.bookingChannel),
      "notes": notes.isEmpty ? nil : .string(notes),
    ])
    let booked = try bookAppointment(request: JSONText(request))
    return try answer(booked.outcome, booked.detail, use, names, at)
  }

  func rescheduleForPerson(_ use: ToolUse) throws(StoreError) -> ToolAnswer {
    guard let wished = use.said("starts_at").flatMap(WishedTime.init) else { return .noTime }
    let old: Field
    switch try appointmentOfPerson(use) {
    case .failure(let refused): return refused.answer
    case .success(let detail): old = detail
    }
    let names: BookingNamesRow
    switch try meantNames(use, branch: old["branch_id"].uuid, wall: wished.wall) {
    case .refused(let answer): return answer
    case .meant(let meant): names = meant
    }
    let at: Instant
    switch wished.at(names) {
    case .failure(let refused): return refused.answer
    case .success(let moment): at = moment
    }
    let request: JSON = .object([
      "key": .string(use.key), "lead_id": .string(use.lead.text), "appointment_id": old["appointment_id"].value,
      "scheduled_at": .string(at.description), "branch_id": names.branchId.map { .string($0.text) },
      "staff_id": names.staffId.map { .string($0.text) }, "told_after": .string(use.question.text), "on_grid": true,
    ])
    let moved = try rescheduleAppointment(request: JSONText(request))
    var wish = names
    wish.serviceId = old["service_id"].uuid
    return try answer(moved.outcome, moved.detail, use, wish, at)
  }

  func cancelForPerson(_ use: ToolUse) throws(StoreError) -> ToolAnswer {
    let old: Field
    switch try appointmentOfPerson(use) {
    case .failure(let refused): return refused.answer
    case .success(let detail): old = detail
    }
    let request: JSON = .object([
      "lead_id": .string(use.lead.text), "appointment_id": old["appointment_id"].value,
      "reason": use.said("reason").map { .string($0) },
    ])
    let cancelled = try cancelAppointment(request: JSONText(request))
    guard cancelled.outcome == "cancelled" else { return .unchangeable(cancelled.outcome) }
    return ToolAnswer(told(cancelled.detail, use.phrases))
  }

  /// The appointment that is meant: the named one, whosever it is, or the only one that this person has before them.
  private func appointmentOfPerson(_ use: ToolUse) throws(StoreError) -> Result<Field, Refused> {
    if let said = use.said("appointment_id") {
      guard let id = UUID(uuidString: said) else {
        return .failure(Refused(answer: .unchangeable("unknown_appointment")))
      }
      // Whether it is theirs is asked where it is changed; its branch is of use only if it is.
      let branch = try self.upcomingAppointments(leadId: use.lead).first { $0.id == id }.map { details($0.detail) }
      return .success(branch ?? Field(["appointment_id": .string(id.text)]))
    }
    let coming = try self.upcomingAppointments(leadId: use.lead)
    guard let first = coming.first else {
      return .failure(Refused(answer: .refused("unknown_appointment", "This customer has no coming appointment.")))
    }
    guard coming.count == 1 else {
      return .failure(
        Refused(
          answer: .refused(
            "ambiguous_appointment", "This customer has several appointments, ask which one.",
            "appointments", .array(coming.map { told($0.detail, use.phrases) }))))
    }
    return .success(details(first.detail))
  }

  /// What Claude is told of a booking that was or was not made.
  private func answer(
    _ outcome: String, _ detail: JSONText, _ use: ToolUse, _ names: BookingNamesRow, _ at: Instant
  ) throws(StoreError) -> ToolAnswer {
    switch outcome {
    case "booked", "rescheduled": return ToolAnswer(told(detail, use.phrases))
    case "slot_taken", "outside_hours", "off_grid":
      let found = try offers(names, since: at + -86_400, until: at + 7 * 86_400)
      let sentence =
        switch outcome {
        case "slot_taken": "That time is taken."
        case "off_grid": "No appointment begins at that time; take one that find_slots gives."
        default: "Nobody works at that time."
        }
      return .refused(
        outcome, sentence, "slots",
        slotsJSON(nearest(found.map(\.slot), to: at, most: 4), found, staff: names.staffId != nil, use.phrases))
    case "lead_conflict":
      return .refused(
        "already_has_appointment", "This customer has another appointment at that time.",
        "appointments", .array(try self.upcomingAppointments(leadId: use.lead).map { told($0.detail, use.phrases) }))
    case "in_past": return .refused(outcome, "That time is over.")
    case "too_far": return .refused(outcome, "That is further ahead than the business books.")
    case "too_soon": return .refused(outcome, "That is too soon: the business needs more notice.")
    case "unknown_staff": return .refused(outcome, "That person does not do this there.")
    default: return .unchangeable(outcome)
    }
  }
}

extension ToolAnswer {
  /// With what Claude can offer instead.
  fileprivate static func refused(_ code: String, _ sentence: String, _ name: String, _ value: JSON) -> ToolAnswer {
    ToolAnswer(["error": .string(code), "message": .string(sentence), name: value], isError: true)
  }

  fileprivate static let noTime = ToolAnswer.refused(
    "invalid_time", "starts_at is no time; take it from find_slots: 2026-02-03T10:00:00-07:00")

  fileprivate static func unchangeable(_ outcome: String) -> ToolAnswer {
    switch outcome {
    case "unknown_appointment": .refused(outcome, "This customer has no such appointment.")
    case "frozen": .refused(outcome, "That appointment is over or was cancelled: it does not change any more.")
    case "begun":
      .refused(
        outcome, "That appointment has begun or its time is past: it can be neither moved nor cancelled any more.")
    default:
      .refused(outcome, "It cannot be booked like that: \(outcome.split(separator: "_").joined(separator: " ")).")
    }
  }
}

extension WishedTime {
  fileprivate var wall: String? { if case .clock(let text) = self { text } else { nil } }

  /// Without an offset: the moment at which the branch's clock shows it, if there is one, and only one.
  fileprivate func at(_ names: BookingNamesRow) -> Result<Instant, Refused> {
    switch self {
    case .moment(let at): return .success(at)
    case .clock:
      guard let at = names.at else {
        return .failure(
          Refused(
            answer: .refused("missing_time", "The clock is put forward that day: that hour does not exist there.")))
      }
      guard names.again != nil, let first = names.atLocal, let later = names.againLocal else { return .success(at) }
      return .failure(
        Refused(
          answer: .refused(
            "ambiguous_time", "The clock is put back that day: that time comes twice. Ask which one is meant.",
            "starts_at", [.string(first), .string(later)])))
    }
  }
}

/// What Claude is told instead.
private struct Refused: Error { let answer: ToolAnswer }

private func details(_ text: JSONText) -> Field { Field((try? text.parse()) ?? .null) }

/// An appointment as Claude reads it.
private func told(_ text: JSONText, _ phrases: Phrases) -> JSON {
  let detail = details(text)
  let words = phrases.dayAndTime(
    date: detail["local_date"].text ?? "", time: detail["local_time"].text ?? "",
    weekday: Int(detail["weekday"].integer ?? 0))
  return .object([
    "appointment_id": detail["appointment_id"].value, "words": .string(words), "status": detail["status"].value,
    "starts_at": detail["starts_at"].value, "service": detail["service_name"].value,
    "branch": detail["branch_slug"].value, "branch_name": detail["branch_name"].value,
    "staff": detail["staff_name"].value,
  ])
}
