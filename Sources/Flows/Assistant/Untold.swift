import Core
import FoundationEssentials
import Rules
import Store

extension Scope {
  /// Sentences about what the assistant did and never told the person, oldest first.
  func untold(_ conversation: UUID) throws(StoreError) -> [String] {
    try self.doneUntold(conversationId: conversation).compactMap { row in
      DoneWords.sentence(tool: row.name, output: Field((try? row.output.parse()) ?? .null), in: .of(row.language))
    }
  }
}

extension Office {
  /// An answer will not be given. What was done for it is seen by staff then, since the person cannot be told; a newer
  /// answer would tell them itself.
  func tellStaff(_ conversation: UUID, why: String, _ job: HeldJob, _ log: Log) async {
    guard why != Withheld.newerInbound.rawValue, why != Withheld.channelInactive.rawValue else { return }
    do throws(StoreError) {
      let told = try await insistTogether(job.tenant) { (scope) throws(StoreError) in
        let done = try scope.untold(conversation)
        return done.isEmpty ? false : try scope.tellStaffUntold(conversationId: conversation, done: sentences(done))
      }
      if told { log.warning("untold", ["conversation": conversation.text, "why": why]) }
    } catch {
      log.error("untold_not_told", ["conversation": conversation.text, "why": error.sentence])
    }
  }

  /// The same sentences for the person themselves; nil: there is nothing to tell.
  func untold(_ conversation: UUID, _ job: HeldJob, _ log: Log) async -> String? {
    do throws(StoreError) {
      let done = try await insist(job.tenant) { (scope) throws(StoreError) in try scope.untold(conversation) }
      return done.isEmpty ? nil : done.joined(separator: " ")
    } catch {
      log.error("untold_not_told", ["conversation": conversation.text, "why": error.sentence])
      return nil
    }
  }
}

func sentences(_ done: [String]) -> JSONText { JSONText(JSON.array(done.map { .string($0) }).text) }
