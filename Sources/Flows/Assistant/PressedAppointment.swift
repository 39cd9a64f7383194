import Core
import FoundationEssentials
import Rules
import Store

extension Office {
  /// Seconds from now within which another time is offered.
  private static let offeredSeconds = 14.0 * 86_400

  /// Whoever presses “Confirmar” or “Reagendar”, or says so right after we asked, means one appointment of theirs, and needs
  /// no model. Run twice it comes to the same: what is confirmed stays so.
  func pressedAppointment(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Settled {
    let question = Field((try? found.question.parse()) ?? .null)
    guard let id = found.lastQuestionId,
      let answer = AppointmentAnswer(
        content: question["content"].text ?? "", selection: question["selection"].text)
    else { return .notSettled }
    do throws(StoreError) {
      switch answer.wish {
      case .declineFollowUp:
        let declined = try await insist(job.tenant) { (scope) throws(StoreError) in
          try scope.declineFollowUp(conversationId: conversation, questionId: id, pressed: answer.isPressed)
        }
        return declined ? .say(Reply(text: declinedFollowUp, metadata: ["settled": "follow_up_declined"])) : .notSettled
      case .confirm, .reschedule:
        return try await settle(answer, conversation, id, job, log)
      }
    } catch {
      return .stop(Stop(why: error.sentence, again: true, after: nil))
    }
  }

  private func settle(
    _ answer: AppointmentAnswer, _ conversation: UUID, _ question: UUID, _ job: HeldJob, _ log: Log
  ) async throws(StoreError) -> Settled {
    let named = answer.appointment.flatMap { UUID(uuidString: $0) }
    // A name that is none is nobody's appointment, not the last one's.
    guard (named == nil) == (answer.appointment == nil) else { return .notSettled }
    let row = try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.pressAppointment(
        conversationId: conversation, questionId: question, appointmentId: named,
        seconds: Reminder.answerable, confirm: answer.wish == .confirm)
    }
    // Nobody's, or somebody else's: who wrote is answered as always.
    guard let row else { return .notSettled }
    let words = AppointmentWords(
      name: "", service: row.service, business: "",
      date: spanishDate(weekday: Int(row.weekday), day: Int(row.day), month: Int(row.month)), time: row.clock,
      id: row.appointmentId.text)
    log.info("appointment_answered", ["appointment": row.appointmentId.text, "outcome": row.outcome])
    func say(_ text: String, _ what: String) -> Settled {
      .say(
        Reply(
          text: text, metadata: ["settled": .string(what), "appointment_id": .string(row.appointmentId.text)]))
    }
    switch row.outcome {
    case "confirmed": return say(words.confirmed, "appointment_confirmed")
    case "over": return say(words.over, "appointment_over")
    default:
      let free = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.freeSlots(
          // What is past, or too soon, the database's clock says.
          branchId: row.branchId, serviceId: row.serviceId, staffId: row.staffId, since: .now + -86_400,
          until: .now + Self.offeredSeconds, limit: 2000)
      }
      let offered = spread(
        free.map {
          OfferedSlot(
            at: $0.startsAt, date: $0.localDate, time: $0.localTime, weekday: Int($0.weekday), branch: $0.branchSlug)
        }, most: 6
      ).map(\.words)
      // Somebody has to think about it.
      return offered.isEmpty ? .notSettled : say(words.offer(offered), "appointment_moving")
    }
  }
}
