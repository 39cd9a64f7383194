import Core
import FoundationEssentials
import Rules
import Store

/// What came of the answers to our words about appointments in what a person said.
struct Pressed {
  /// `.notSettled`: somebody has to read it, or nothing of the kind was said.
  var settled: Settled
  /// What was done nevertheless, which the person has not been told.
  var done: [LatelyDone] = []
}

extension ConversationToAnswerRow {
  /// The model shall know of it.
  mutating func did(_ done: [LatelyDone]) {
    guard !done.isEmpty else { return }
    let before = Field((try? lately?.parse()) ?? []).items.compactMap(\.value)
    lately = JSONText(JSON.array(before + done.map(\.json)).text)
  }
}

extension Office {
  /// Seconds from now within which another time is offered.
  private static let offeredSeconds = 14.0 * 86_400

  /// Whoever presses “Confirmar” or “Reagendar”, or says so right after we asked, means one appointment of theirs, and needs
  /// no model, whatever courtesies they write beside it. Run twice it comes to the same: what is confirmed stays so.
  func pressedAppointments(
    _ found: ConversationToAnswerRow, _ conversation: UUID, _ job: HeldJob, _ log: Log
  ) async -> Pressed {
    let burst: BurstAnswer
    var ends: [AnswerEnd] = []
    do throws(StoreError) {
      burst = BurstAnswer(try await numbered(found.saidInOneGo, conversation, job))
      for part in burst.parts {
        guard let id = UUID(uuidString: part.id) else { continue }
        let end = try await self.end(part.answer, id, found, conversation, job, log)
        // Of two words about one appointment the later.
        if let about = end.appointment { ends.removeAll { $0.appointment == about } }
        // Plain words right after other words of ours mean those.
        if end.text != nil || part.answer.isPressed || end.appointment != nil { ends.append(end) }
      }
    } catch {
      return Pressed(settled: .stop(Stop(why: error.sentence, again: true, after: nil)))
    }
    let texts = ends.compactMap(\.text)
    guard burst.isAll, let last = ends.last, texts.count == ends.count else {
      return Pressed(settled: .notSettled, done: ends.compactMap(\.done))
    }
    let metadata: JSON = .object([
      "settled": .string(last.what), "appointment_id": last.appointment.map { .string($0.text) },
      // The first message that this answers: what waits before it still does.
      "settled_from": found.saidInOneGo.first.map { .string($0.id) },
    ])
    return Pressed(settled: .say(Reply(text: texts.joined(separator: "\n\n"), metadata: metadata)))
  }

  /// With what the numbers that they wrote stand for, where our last words before each had numbered lines.
  private func numbered(
    _ said: [BurstMessage], _ conversation: UUID, _ job: HeldJob
  ) async throws(StoreError) -> [BurstMessage] {
    var said = said
    for (i, message) in said.enumerated() {
      guard let chosen = message.chosen, let id = UUID(uuidString: message.id) else { continue }
      let choices = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.numberedBefore(conversationId: conversation, questionId: id, seconds: Reminder.answerable)
      }
      said[i].numbered = chosen.of(Field((try? choices?.parse()) ?? []).items.compactMap(\.text))
    }
    return said
  }

  /// What came of one answer.
  private struct AnswerEnd {
    /// For `messages.metadata.settled`.
    var what = ""
    var appointment: UUID?
    /// What is said to it; nil: somebody has to think about it.
    var text: String?
    /// What the model is told of it where others answer.
    var done: LatelyDone?
  }

  private func end(
    _ answer: AppointmentAnswer, _ message: UUID, _ found: ConversationToAnswerRow, _ conversation: UUID,
    _ job: HeldJob, _ log: Log
  ) async throws(StoreError) -> AnswerEnd {
    switch answer.wish {
    case .declineFollowUp:
      let declined = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.declineFollowUp(conversationId: conversation, questionId: message, pressed: answer.isPressed)
      }
      guard declined else { return AnswerEnd() }
      return AnswerEnd(
        what: "follow_up_declined", text: found.profile.assistant.phrases.declined,
        done: LatelyDone(name: "decline_follow_up", input: [:], output: ["declined": true], isTold: false))
    case .confirm, .reschedule:
      return try await settle(
        answer, conversation, message, found.profile.assistant.phrases, isSilent: found.gate != nil, job, log)
    }
  }

  /// `isSilent`: nothing will be said to it, so that no other times are looked for.
  private func settle(
    _ answer: AppointmentAnswer, _ conversation: UUID, _ message: UUID, _ phrases: Phrases, isSilent: Bool,
    _ job: HeldJob, _ log: Log
  ) async throws(StoreError) -> AnswerEnd {
    let named = answer.appointment.flatMap { UUID(uuidString: $0) }
    // A name that is none is nobody's appointment, not the last one's.
    guard (named == nil) == (answer.appointment == nil) else { return AnswerEnd() }
    let row = try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.pressAppointment(
        conversationId: conversation, questionId: message, appointmentId: named,
        seconds: Reminder.answerable, confirm: answer.wish == .confirm)
    }
    // Nobody's, or somebody else's: who wrote is answered as always.
    guard let row else { return AnswerEnd() }
    let words = AppointmentWords(
      name: "", service: row.service, business: "",
      date: phrases.date(weekday: Int(row.weekday), day: Int(row.day), month: Int(row.month)),
      time: phrases.timeOfDay(row.clock),
      id: row.appointmentId.text)
    log.info("appointment_answered", ["appointment": row.appointmentId.text, "outcome": row.outcome])
    var end = AnswerEnd(appointment: row.appointmentId)
    func done(_ outcome: JSON) -> LatelyDone {
      LatelyDone(
        name: "confirm_appointment", input: ["appointment_id": .string(row.appointmentId.text)],
        output: [
          "outcome": outcome, "service": .string(row.service), "date": .string(words.date), "time": .string(words.time),
        ], isTold: false)
    }
    switch row.outcome {
    case "confirmed":
      (end.what, end.text, end.done) = ("appointment_confirmed", words.confirmed(in: phrases), done("confirmed"))
    case "over": (end.what, end.text, end.done) = ("appointment_over", words.over(in: phrases), done("is_over"))
    case _ where isSilent: break
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
      ).map { $0.words(in: phrases) }
      // Where nothing is free, somebody has to think about it.
      if !offered.isEmpty { (end.what, end.text) = ("appointment_moving", words.offer(offered, in: phrases)) }
    }
    return end
  }
}
