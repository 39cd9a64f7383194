import Core
import FoundationEssentials
import TestSupport

/// One person is one lead with one open conversation.
extension StormCheck {
  static let people = [
    StormCheck(name: "people: leads without a name that are not merged", find: orphans),
    StormCheck(name: "people: merged leads that still have names or open conversations", find: halfMerged),
    StormCheck(name: "people: two leads of one person", find: split),
    StormCheck(name: "people: more than one open conversation", find: conversations),
  ]

  @Sendable private static func orphans(_ e: Evidence) -> [String] {
    let named = Set(e.leads.values)
    return e.allLeads.filter { e.merged[$0.id] == nil && !named.contains($0.id) }.map {
      "\($0.id.text) of \($0.tenant.text)"
    }
  }

  @Sendable private static func halfMerged(_ e: Evidence) -> [String] {
    let named = e.leads.filter { e.merged[$0.value] != nil }.map { "\($0.key.value) leads to merged \($0.value.text)" }
    let open = e.conversations.values.filter { $0.isOpen && e.merged[$0.lead] != nil }
    return named + open.map { "conversation \($0.id.text) of merged \($0.lead.text)" }
  }

  /// Somebody who once arrived under both names at once is known to be one.
  @Sendable private static func split(_ e: Evidence) throws -> [String] {
    var seen = Set<Person>()
    return e.messages.values.compactMap { message in
      guard message.role == "user", let tag = message.externalID.flatMap({ Tag(in: $0) }) else { return nil }
      let person = e.person(tag)
      guard person.phone != nil, person.userID != nil, e.linked.contains(message.id), seen.insert(person).inserted
      else {
        return nil
      }
      let (a, b) = (e.lead(person, .phone), e.lead(person, .userID))
      return a != nil && a == b ? nil : "\(person.label): \(a?.text ?? "none") and \(b?.text ?? "none")"
    }
  }

  @Sendable private static func conversations(_ e: Evidence) -> [String] {
    Dictionary(grouping: e.conversations.values.filter(\.isOpen)) { [$0.lead, $0.connection] }
      .filter { $0.value.count > 1 }
      .map { key, all in "lead \(key[0].text): \(all.map(\.id.text).joined(separator: ", "))" }
  }
}
