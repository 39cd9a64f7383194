import Core
import FoundationEssentials
import Rules
import Store

extension Scope {
  /// As many times as a person takes in at once.
  private static let mostOffered = 6
  private static let day: Double = 86_400

  func findSlots(_ use: ToolUse) throws(StoreError) -> ToolAnswer {
    let names: BookingNamesRow
    switch try meantNames(use, branch: use.branch) {
    case .refused(let answer): return answer
    case .meant(let meant): names = meant
    }
    let part = use.said("part_of_day").flatMap(PartOfDay.init)
    let since = max(names.firstAt ?? names.now, names.now)
    func looked(_ until: Instant) throws(StoreError) -> [(slot: OfferedSlot, row: FreeSlotsRow)] {
      try offers(names, since: since, until: until).filter { part?.contains($0.slot.time) ?? true }
    }
    var found = try looked(names.lastAt ?? since + 14 * Self.day)
    // Who names no last day takes a later one as well.
    if found.isEmpty, names.lastAt == nil { found = try looked(since + 62 * Self.day) }
    let chosen = spread(found.map(\.slot), most: Self.mostOffered)
    return ToolAnswer(
      .object([
        "service": names.serviceName.map { .string($0) },
        "slots": slotsJSON(chosen, found, staff: names.staffId != nil, use.phrases),
        "more": .bool(found.count > chosen.count),
        "timezone": .string(names.timezone),
      ]))
  }
}
