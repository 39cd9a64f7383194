import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Asks the platform what somebody is called whose messages do not tell it, and for their picture. That they are not told of (they have not
  /// agreed, they are gone) is an answer; nothing stands still for a name.
  func fetchProfile(_ conversation: UUID, _ job: HeldJob) async -> Outcome {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    do throws(StoreError) {
      let found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.personToName(conversationId: conversation)
      }
      guard let found else { return .done(["skipped": "named meanwhile"]) }
      let profile: Peers.Profile
      do throws(PeerError) {
        profile = try await self.profile(of: found, job)
      } catch {
        log.warning("not_named", ["code": error.code, "why": error.sentence])
        let why = "\(error.code): \(error.sentence)"
        guard error.repeatable(idempotent: true), !job.isLastAttempt else { return .done(["skipped": .string(why)]) }
        return .retry(after: pause(nil, job), why: why)
      }
      guard profile != .init() else { return .done(["named": false]) }
      let (name, picture) = (profile.name, profile.picture)
      let known = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.namePerson(name: name, picture: picture, conversationId: conversation)
      }
      return .done(["named": .bool(name != nil && known > 0)])
    } catch {
      return later(error, job)
    }
  }

  private func profile(of found: PersonToNameRow, _ job: HeldJob) async throws(PeerError) -> Peers.Profile {
    guard let channel = Channel.named(found.channel), let ways = channel.profile, let account = found.accountId else {
      return .init()
    }
    guard found.connected, let token = open(found.token, found.tokenId, tenant: job.tenant) else {
      throw .unauthorised(code: "channel_inactive", sentence: "the channel is stopped, or has no access token")
    }
    let person = Alias(kind: found.contactKind, value: found.contactAddress)
    let access = ChannelAccess(base: base(of: channel.name, login: found.login), accountID: account, token: token)
    do {
      return try ways.found(try await http.send(try ways.lookUp(person, access)))
    } catch let error as PeerError {
      throw error
    } catch let error as HTTPFailure {
      throw PeerError(error)
    } catch {
      throw .unparseable("\(type(of: error))")
    }
  }
}
