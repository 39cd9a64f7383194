import Core
import FoundationEssentials
import Rules
import Store

/// Appointments: the word that one is booked, and the reminders. Each is decided, stored and written down in one
/// transaction that holds the appointment, so that two runs at once, or one that is killed, send it once.
extension Office {
  enum Told: Sendable {
    case told
    /// By no conversation can the person be told now; a later run looks again.
    case unreachable
    /// Only a template could go, and it is not approved: people are told, and a later run looks again.
    case blocked(String)
    /// Not any more, or not yet.
    case nothing
  }

  private static let nearAtOnce = 200
  static let ways = JSONText(.object(waysToTell))
  /// Also where the business does without our own reminders.
  static let waysByHand = JSONText(.object(JSON.Members(waysToTell.pairs + [.init("by_hand", true)])))

  func remind(_ job: HeldJob) async throws(StoreError) -> JSON {
    var told = 0
    var unreachable = 0
    var (since, sinceId) = (Instant(microseconds: 0), UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
    while true {
      let (after, afterId) = (since, sinceId)
      let near = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.remindersNear(
          hours: Reminder.horizonHours, morningMinute: Int32(Reminder.morning), after: after, afterId: afterId,
          limit: Int32(Self.nearAtOnce))
      }
      for row in near where row.ground.due(row.nowIs) != nil {
        let appointment = row.appointmentId
        let requestID = job.requestID
        let one = try await each(job, or: Told.nothing) { (scope) throws(StoreError) in
          try scope.remind(of: appointment, requestID)
        }
        switch one {
        case .told: told += 1
        case .unreachable, .blocked: unreachable += 1
        case .nothing: break
        }
      }
      guard near.count == Self.nearAtOnce, let last = near.last else { break }
      (since, sinceId) = (last.scheduledAt, last.appointmentId)
    }
    return ["reminded": .number(told), "unreachable": .number(unreachable)]
  }

  /// Tells a person that their appointment is booked, or moved, unless an answer has told them.
  func confirmBooking(_ appointment: UUID, _ job: HeldJob) async -> Outcome {
    let requestID = job.requestID
    do throws(StoreError) {
      let told = try await database.transaction(job.tenant) { (scope) throws(StoreError) in
        try scope.confirmBooking(of: appointment, requestID)
      }
      // Until it is old news, or the template approved.
      if case .blocked(let why) = told { return .snooze(after: 600, why: why) }
      return .done(["told": .string("\(told)")])
    } catch {
      return later(error, job, after: pause(nil, job))
    }
  }
}

extension Scope {
  /// Reminds of an appointment if it is its time. `byHand`: it is not the clock that asks.
  func remind(of appointment: UUID, _ requestID: String?, byHand: Bool = false) throws(StoreError) -> Office.Told {
    guard let held = try hold(appointment, byHand: byHand), let reminder = held.ground.due(held.nowIs) else {
      return .nothing
    }
    return try tell(
      .reminder(.ours(appointment)), of: appointment, in: held.conversationId, words: held.reminderText,
      what: reminder.rawValue, until: held.ground.until(reminder, held.nowIs), requestID)
  }

  fileprivate func confirmBooking(of appointment: UUID, _ requestID: String?) throws(StoreError) -> Office.Told {
    guard let held = try hold(appointment),
      BookingConfirmation.isDue(
        start: held.scheduledAt, booked: held.bookedAt, told: held.confirmationTold, held.nowIs)
    else { return .nothing }
    return try tell(
      .appointmentConfirmation(.ours(appointment)), of: appointment, in: held.conversationId,
      words: held.confirmationText, what: "confirmation",
      until: BookingConfirmation.until(start: held.scheduledAt, booked: held.bookedAt), requestID)
  }

  private func hold(_ appointment: UUID, byHand: Bool = false) throws(StoreError) -> HoldAppointmentRow? {
    try self.holdAppointment(
      appointmentId: appointment, ways: byHand ? Office.waysByHand : Office.ways,
      morningMinute: Int32(Reminder.morning))
  }

  private func tell(
    _ wish: PreparedWish, of appointment: UUID, in conversation: UUID?, words: String?, what: String, until: Instant,
    _ requestID: String?
  ) throws(StoreError) -> Office.Told {
    guard let conversation else { return .unreachable }
    let outcome = try sendPrepared(
      wish, conversation: conversation, onlyBranch: nil, requestId: requestID, ownWords: words)
    if case .templateBlocked(let blocked, let why) = outcome {
      try alert(of: blocked)
      return .blocked(why)
    }
    // Approved, and not fit for what is to be said: somebody has to mend it.
    if case .unfit(let fault) = outcome { return .blocked(fault.sentence) }
    guard case .queued(let message, _) = outcome else { return .unreachable }
    try self.noteTold(appointmentId: appointment, messageId: message, what: what, until: until)
    return .told
  }
}

extension RemindersNearRow {
  fileprivate var ground: ReminderGround {
    ReminderGround(scheduledAt, bookedAt, morning, localMinute, dayTold, hoursTold)
  }
}

extension HoldAppointmentRow {
  fileprivate var ground: ReminderGround {
    ReminderGround(scheduledAt, bookedAt, morning, localMinute, dayTold, hoursTold)
  }
}

extension ReminderGround {
  fileprivate init(
    _ start: Instant, _ booked: Instant, _ morning: Instant, _ minute: Int32, _ day: Bool, _ hours: Bool
  ) {
    var told = Set<Reminder>()
    if day { told.insert(.day) }
    if hours { told.insert(.hours) }
    self.init(start: start, booked: booked, morning: morning, minuteOfDay: Int(minute), told: told)
  }
}
