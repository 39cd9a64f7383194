import Core

/// Asking again somebody who asked, was answered, and fell silent: three times, two days apart, then they are cold. Only
/// while the business is open, and by day. Whom it must not reach at all is decided where it is known
/// (`follow_ups_near`): those with whom people talk, who said stop, who have an appointment.
public enum FollowUp {
  public static let silence = 48.0 * 3600
  /// A weekend and a holiday may lie between; after six days nobody remembers what they asked.
  public static let late = 144.0 * 3600
  public static let attempts = 3
  /// Who said no, thank you, is left alone for so many seconds, whatever they ask meanwhile.
  public static let declined = 90.0 * 86_400
  /// Minutes of the branch's day outside of which nobody is asked, however long the business is open.
  static let awake = 9 * 60..<20 * 60
  /// When a business is open that has said nothing of its hours, as `openingHours` reads them: what
  /// `ai_tenant_context.business_hours` begins with.
  public static let hours: JSON = ["start": "09:00", "end": "18:00", "days": [1, 2, 3, 4, 5]]
  /// Seconds of silence after which nobody is looked at any more who cannot be asked.
  public static let forgotten = silence * Double(attempts + 1) + late
  /// One that could not leave within so many seconds is left out.
  static let lastsFor = 4.0 * 3600

  /// After this one must not leave any more, wherever it has waited: by then it is old, or they have closed, or it is late.
  public static func until(openUntil: Instant?, minuteOfDay: Int, _ now: Instant) -> Instant {
    min(now + lastsFor, openUntil ?? now, end(of: awake, minuteOfDay: minuteOfDay, now))
  }

  public enum Step: Equatable, Sendable {
    /// `attempt` from 1.
    case ask(attempt: Int)
    case giveUp
    /// Later, or not at all.
    case nothing
  }

  /// Who cannot be asked (no open window, and no template that would do without one) is cold once they have been silent for
  /// as long as the attempts that are left would have taken.
  /// `lastSaid`: by whomever, and known to have left. `lastAsked`: the last attempt of this silence, whatever came of it; nil:
  /// none. An attempt counts from itself, since one that got lost may have been read all the same.
  public static func step(
    lastSaid: Instant, lastAsked: Instant?, attempts done: Int, isOpen: Bool, minuteOfDay: Int, canAsk: Bool = true,
    _ now: Instant
  ) -> Step {
    let silent = now - max(lastSaid, lastAsked ?? lastSaid)
    if !canAsk {
      let wait = silence * Double(max(attempts - done, 0) + 1)
      return silent >= wait && silent < wait + late ? .giveUp : .nothing
    }
    guard silent >= silence, silent < late else { return .nothing }
    if done >= attempts { return .giveUp }
    return isOpen && awake.contains(minuteOfDay) ? .ask(attempt: done + 1) : .nothing
  }
}

/// When it is the last of these minutes of the branch's day; `minuteOfDay` now. No clock is put forward or back by day.
func end(of awake: Range<Int>, minuteOfDay: Int, _ now: Instant) -> Instant {
  now + Double(awake.upperBound - minuteOfDay) * 60
}
