import Core
import FoundationEssentials
import Rules
import Store

extension ToolUse {
  /// In which times are told: Claude repeats them as they are.
  var phrases: Phrases { profile.assistant.phrases }

  /// What the input says under a name; blank is nothing.
  func said(_ name: String) -> String? {
    input[name].text.flatMap { text in text.contains { !$0.isWhitespace } ? text : nil }
  }

  /// What makes an effect the same effect again.
  var key: String { "tool:" + id }

  /// How the guide calls an appointment that was made in this conversation.
  var bookingChannel: String { "ai_" + channel.rawValue }
}

/// What the words of a wish mean, or what Claude is told instead.
enum MeantNames {
  case meant(BookingNamesRow)
  case refused(ToolAnswer)
}

extension Scope {
  /// - Parameter branch: where it is if the input does not say.
  func meantNames(_ use: ToolUse, branch: UUID?, wall: String? = nil) throws(StoreError) -> MeantNames {
    for name in ["from", "to"] {
      if let day = use.said(name), !isDay(day) {
        return .refused(.refused("invalid_date", "\(name) is no day of the calendar; write YYYY-MM-DD"))
      }
    }
    let names = try self.bookingNames(
      firstDay: use.said("from"), lastDay: use.said("to"), service: use.said("service"), branch: use.said("branch"),
      staff: use.said("staff"), ownBranch: branch, wall: wall)
    if names.unknownService {
      return .refused(
        .refused("unknown_service", "There is no bookable service of that name. There are: \(names.services)."))
    }
    if names.unknownBranch {
      return .refused(.refused("unknown_branch", "There is no branch of that name. There are: \(names.branches)."))
    }
    if names.unknownStaff {
      return .refused(.refused("unknown_staff", "Nobody of that name takes appointments there."))
    }
    return .meant(names)
  }

  /// Free times of what is meant, as they are offered.
  func offers(
    _ names: BookingNamesRow, since: Instant, until: Instant
  ) throws(StoreError) -> [(slot: OfferedSlot, row: FreeSlotsRow)] {
    try freeSlots(
      branchId: names.branchId, serviceId: names.serviceId, staffId: names.staffId, since: since, until: until,
      limit: 5000
    ).map { row in
      (
        OfferedSlot(
          at: row.startsAt, date: row.localDate, time: row.localTime, weekday: Int(row.weekday), branch: row.branchSlug),
        row
      )
    }
  }
}

/// Slots as Claude reads them.
func slotsJSON(
  _ chosen: [OfferedSlot], _ offers: [(slot: OfferedSlot, row: FreeSlotsRow)], staff: Bool, _ phrases: Phrases
) -> JSON {
  .array(
    chosen.compactMap { slot in
      offers.first { $0.slot == slot }.map { _, row in
        .object([
          "starts_at": .string(row.startsAtLocal), "words": .string(slot.words(in: phrases)),
          "branch": .string(row.branchSlug),
          "branch_name": .string(row.branchName), "staff": staff ? row.staffName.map { .string($0) } : nil,
        ])
      }
    })
}
