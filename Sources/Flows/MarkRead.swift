import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// A person's message with what marks it as read at its platform.
protocol Markable: Sendable {
  var channel: String { get }
  /// The platform's id of it.
  var markedID: String? { get }
  var accountId: String? { get }
  var login: String? { get }
  var contactKind: String? { get }
  var contactAddress: String? { get }
  var tokenId: UUID? { get }
  var token: [UInt8]? { get }
}
extension ConversationToAnswerRow: Markable {
  var markedID: String? { questionExternalId }
}
extension MessageToMarkRow: Markable {
  var markedID: String? { externalId }
}

extension Office {
  /// Hours in which a person's message may be marked as read, by channel: for `read_conversation`.
  static let markHours: JSONText = {
    let hours = ChannelName.allCases.map { name in
      let limits = ChannelLimits.of(name)
      return JSON.Members.Pair(name.rawValue, .number(limits.markHours ?? limits.windowHours))
    }
    return JSONText(.object(JSON.Members(hours)))
  }()

  /// Two blue ticks, and "typing…" while Claude thinks. A courtesy: its failure is logged and changes nothing.
  func markSeen(_ found: ConversationToAnswerRow, _ job: HeldJob, _ log: Log) async {
    do throws(PeerError) {
      _ = try await mark(found, typing: true, seconds: 2, job)
    } catch {
      log.warning("not_marked_read", ["code": error.code, "why": error.sentence])
    }
  }

  /// Blue ticks for what somebody of the business has read; whether they will write, nobody knows. As it is a courtesy, a
  /// platform's no ends it, and a platform in trouble is asked a few times.
  func markRead(_ message: UUID, _ job: HeldJob) async -> Outcome {
    let log = log.with(["req": job.requestID, "job": job.id.text])
    let found: MessageToMarkRow?
    do throws(StoreError) {
      found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.messageToMark(messageId: message)
      }
    } catch {
      return later(error, job)
    }
    guard let found else { return .done(["skipped": "the message is gone"]) }
    guard found.connected else { return .done(["skipped": "the channel is stopped"]) }
    do throws(PeerError) {
      return .done(["marked": .bool(try await mark(found, typing: false, seconds: 10, job))])
    } catch {
      log.warning("not_marked_read", ["message": message.text, "code": error.code, "why": error.sentence])
      let why = "\(error.code): \(error.sentence)"
      guard error.repeatable(idempotent: true), !job.isLastAttempt else { return .done(["skipped": .string(why)]) }
      return .retry(after: pause(nil, job), why: why)
    }
  }

  /// False: there is nothing by which it could be marked. Throws what stood in the way first; the rest is asked for all the
  /// same.
  private func mark(
    _ found: some Markable, typing: Bool, seconds: Double, _ job: HeldJob
  ) async throws(PeerError) -> Bool {
    guard let channel = Channel.named(found.channel), let id = found.markedID, let account = found.accountId,
      let token = open(found.token, found.tokenId, tenant: job.tenant), let kind = found.contactKind,
      let address = found.contactAddress
    else { return false }
    let access = ChannelAccess(base: base(of: channel.name, login: found.login), accountID: account, token: token)
    let requests = channel.markRead(id, Alias(kind: kind, value: address), typing, access)
    var fault: PeerError?
    for var request in requests {
      request.timeout = seconds
      do {
        try channel.marked(try await http.send(request))
      } catch let error as PeerError {
        fault = fault ?? error
      } catch let error as HTTPFailure {
        fault = fault ?? PeerError(error)
      } catch {
        fault = fault ?? .unparseable("\(type(of: error))")
      }
    }
    if let fault { throw fault }
    return !requests.isEmpty
  }
}
