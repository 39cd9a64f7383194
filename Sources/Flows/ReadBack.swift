import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// So long after it left a message is still looked for, while nobody could look.
  private static let lookedForSeconds: Double = 86_400

  /// Asks the platform whether it has a message of which no answer came. If it has, the message is settled; if it has not,
  /// it stays in doubt, and nothing is sent again: what is not to be seen yet may still come.
  func readBack(_ message: UUID, _ job: HeldJob) async -> Outcome {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    do throws(StoreError) {
      guard
        let found = try await database.tenant(
          job.tenant,
          { (scope) throws(StoreError) in
            try scope.messageInDoubt(messageId: message)
          })
      else { return .done(["skipped": "known meanwhile"]) }
      guard let left = found.attemptedAt else { return .done(["skipped": "nobody knows when it left"]) }
      let channel = ChannelName(rawValue: found.channel)
      guard let words = channel.flatMap({ try? content(found.content, found.payload).wordsShown(by: $0) }) else {
        return .done(["skipped": "the platform shows no words of it"])
      }
      let said: [SaidMessage]
      do throws(PeerError) {
        said = try await conversation(of: found, job)
      } catch {
        log.warning("not_read_back", ["message": message.text, "code": error.code, "why": error.sentence])
        let why = "\(error.code): \(error.sentence)"
        // Nobody has looked: a platform that is down, or a channel that is stopped, comes back. After a day nobody asks.
        let isAway = if case .unauthorised = error { true } else { error.repeatable(idempotent: true) }
        guard isAway, Instant.now - left < Self.lookedForSeconds else { return .done(["skipped": .string(why)]) }
        return job.isLastAttempt || !error.repeatable(idempotent: true)
          ? .snooze(after: 300, why: why) : .retry(after: pause(nil, job), why: why)
      }
      let candidates = SaidMessage.candidates(for: words, leftAt: left, among: said)
      guard !candidates.isEmpty else {
        log.info("not_found", ["message": message.text])
        return .done(["found": false])
      }
      let rows = JSONText(
        .array(
          candidates.map { ["id": .string($0.externalID), "at": .string(($0.at ?? left).description)] }))
      let externalID = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.settleReadBack(messageId: message, found: rows)
      }
      log.info("read_back", ["message": message.text, "found": externalID == nil ? "another's" : "yes"])
      return .done(["found": .bool(externalID != nil)])
    } catch {
      return later(error, job)
    }
  }

  private func conversation(of found: MessageInDoubtRow, _ job: HeldJob) async throws(PeerError) -> [SaidMessage] {
    guard let channel = Channel.named(found.channel), let ways = channel.readBack, let account = found.accountId else {
      throw .refused(code: "unreadable", sentence: "nothing can be read back there")
    }
    guard found.connected, let token = open(found.token, found.tokenId, tenant: job.tenant) else {
      throw .unauthorised(code: "channel_inactive", sentence: "the channel is stopped, or has no access token")
    }
    let person = Alias(kind: found.contactKind, value: found.contactAddress)
    let access = ChannelAccess(base: base(of: channel.name, login: found.login), accountID: account, token: token)
    do {
      let response = try await http.send(try ways.request(person, access))
      return try ways.read(response, person, [account, found.receivingId].compactMap(\.self))
    } catch let error as PeerError {
      throw error
    } catch let error as HTTPFailure {
      throw PeerError(error)
    } catch {
      throw .unparseable("\(type(of: error))")
    }
  }
}
