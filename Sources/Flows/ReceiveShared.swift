import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// The webhook that all tenants share: signed with the platform's own app secret, each event routed by the account it
/// arrived at. Acknowledged only when every tenant's share is committed; what was stored before a failure is recognised
/// when the platform delivers again.
extension App {
  func receiveShared(_ channel: Channel, _ request: Request) throws(Refusal) -> Response {
    switch request.method {
    case "GET":
      let tokens = secrets(channel.name.sharedTokens)
      return try channel.handshake(request, tokens)
    case "POST":
      let signing = secrets(channel.name.sharedSecrets)
      guard !signing.isEmpty else {
        let names = channel.name.sharedSecrets.map(\.name).joined(separator: " nor ")
        throw .unconfigured("\(names) is not set: the shared webhook is closed")
      }
      do throws(Refusal) {
        try channel.verify(request, signing)
      } catch {
        noteSharedFailure(channel)
        throw error
      }
      let events = try channel.read(Field(try JSON.parse(request.body)))
      for share in try shares(events, channel, request) {
        try store(share.events, channel, share.slug, share.tenant, request)
      }
      noteSharedHeard(channel)
      return .json(["received": true])
    default: throw .wrongMethod(allowed: ["GET", "POST"])
    }
  }

  /// One or several, comma between, so that a secret can be changed without a gap.
  private func secrets(_ among: [Setting]) -> [Secret] {
    among.flatMap { settings.text($0).split(separator: ",").map { Secret(String($0)) } }
  }

  private struct Share {
    let tenant: UUID
    let slug: String
    var events: [JSON]
  }

  /// The events by tenant, in the order of the tenants' ids, so that two POSTs never wait for each other crosswise.
  private func shares(
    _ events: [InboundEvent], _ channel: Channel, _ request: Request
  ) throws(Refusal) -> [Share] {
    let asked = Set(events.flatMap { [$0.accountID, $0.businessID].compactMap { $0 } })
    let found: [FindAccountsRow]
    do throws(StoreError) {
      found = try database.everyone.findAccounts(channel: channel.name.rawValue, accounts: asked.sorted())
    } catch {
      log.error("store", ["req": request.id, "why": error.sentence])
      throw error.refusal
    }
    let accounts = Dictionary(found.map { ($0.asked, $0) }) { first, _ in first }
    var shares: [UUID: Share] = [:]
    for event in events {
      // The account decides; the business it belongs to only where no account is named.
      guard let account = (event.accountID ?? event.businessID).flatMap({ accounts[$0] }) else {
        if channel.isSample(event) {
          log.info("test", ["req": request.id, "kind": event.kind.rawValue])
          continue
        }
        log.warning(
          "foreign_account",
          ["req": request.id, "account": event.accountID ?? event.businessID, "kind": event.kind.rawValue])
        continue
      }
      shares[account.tenantId, default: Share(tenant: account.tenantId, slug: account.slug, events: [])]
        .events.append(event.row(connection: account.connectionId))
    }
    return shares.values.sorted { $0.tenant.text < $1.tenant.text }
  }
}

extension ChannelName {
  /// What the platform's own apps sign with.
  var sharedSecrets: [Setting] {
    switch self {
    case .whatsapp, .facebook: [.metaAppSecret]
    case .instagram: [.metaAppSecret, .instagramAppSecret]
    case .tiktok: [.tiktokSecret]
    }
  }

  /// What answers the platform's question whether the shared address is ours; none: it asks without a token.
  var sharedTokens: [Setting] {
    switch self {
    case .whatsapp: [.verifyToken]
    case .instagram: [.instagramVerifyToken]
    case .facebook: [.facebookVerifyToken]
    case .tiktok: []
    }
  }
}
