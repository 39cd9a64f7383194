import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// What a webhook program knows of a tenant's accounts on a channel: opened, and kept for a short time, so that the
/// steady state costs no look-up.
struct ChannelEntry {
  struct Account {
    let id: UUID
    /// The platform's id; nil if nobody has entered it yet.
    let accountID: String?
    /// Of the business that the account belongs to; nil if nobody has entered it yet.
    let businessID: String?
  }

  let tenant: UUID
  let accounts: [Account]
  /// What signs: every candidate of every account, since a tenant may have several apps.
  let signing: [Secret]
  let verifyTokens: [Secret]
  let fetched: Instant

  /// The account that an event belongs to; for news of a whole business its first account; the only one if nobody
  /// entered which business that is; nil: somebody else's.
  func account(_ accountID: String?, business: String?) -> Account? {
    if let accountID { return accounts.first { $0.accountID == accountID } }
    if let business, let found = accounts.first(where: { $0.businessID == business }) { return found }
    guard accounts.count == 1, business == nil || accounts[0].businessID == nil else { return nil }
    return accounts[0]
  }
}

/// Channels by slug, in this process. A changed secret is noticed after 30 s at the latest, and at once when a signature
/// would be refused for it.
struct ChannelDirectory {
  static let keepSeconds = 30.0
  /// A forged signature must not cost a query each time.
  static let refetchSeconds = 1.0
  static let most = 10_000

  private var entries: [String: ChannelEntry] = [:]

  mutating func find(
    _ channel: ChannelName, _ slug: String, in app: App, notOlderThan seconds: Double = keepSeconds
  ) throws(Refusal) -> ChannelEntry {
    let now = Instant.now
    if let known = entries[slug], now - known.fetched < seconds { return known }
    let entry = try Self.fetch(channel, slug, app, now)
    if entries.count >= Self.most { entries.removeAll() }
    entries[slug] = entry
    return entry
  }

  private static func fetch(
    _ channel: ChannelName, _ slug: String, _ app: App, _ now: Instant
  ) throws(Refusal) -> ChannelEntry {
    let rows: [FindChannelRow]
    do throws(StoreError) {
      rows = try app.database.everyone.findChannel(channel: channel.rawValue, slug: slug)
    } catch {
      app.log.error("store", ["why": error.sentence])
      throw error.refusal
    }
    guard let first = rows.first, first.tenantStatus != "cancelled" else {
      throw .unknown("there is no such business: \(slug)")
    }
    guard rows.contains(where: { $0.connectionId != nil }) else {
      throw .unknown("\(slug) has no \(channel.rawValue) channel")
    }
    let keys: Keyring
    do throws(Keyring.Fault) { keys = try Keyring(app.settings.secret(.inboundKeys)) } catch {
      throw .unconfigured("INBOUND_KEYS cannot be read: \(error)")
    }
    var signing = [Secret]()
    var tokens = [Secret]()
    for row in rows {
      for secret in Field((try? row.secrets.parse()) ?? []).items {
        guard let id = secret["id"].text.flatMap({ UUID(uuidString: $0) }), let kind = secret["kind"].text,
          let sealed = secret["sealed"].text.flatMap({ bytes(hex: $0) })
        else { continue }
        let place = SealedPlace(table: "inbound_secrets", tenant: first.tenantId, row: id, column: "sealed")
        do throws(Keyring.Fault) {
          let opened = try keys.open(sealed, for: place)
          if kind == "verify_token" { tokens.append(opened) } else { signing.append(opened) }
        } catch {
          app.log.error("secret_not_opened", ["tenant": slug, "secret": id.text, "why": "\(error)"])
        }
      }
    }
    let accounts = rows.compactMap { row in
      row.connectionId.map { ChannelEntry.Account(id: $0, accountID: row.accountId, businessID: row.businessId) }
    }
    return ChannelEntry(
      tenant: first.tenantId, accounts: accounts, signing: signing, verifyTokens: tokens, fetched: now)
  }
}
