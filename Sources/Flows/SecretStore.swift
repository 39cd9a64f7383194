import Core
import FoundationEssentials
import Store

/// Seals what proves a platform, and what lets us speak to one, into a tenant's account.
public struct SecretStore {
  let database: Connection
  let inbound: any Sealing
  let outbound: any Sealing

  public init(_ database: Connection, inbound: any Sealing, outbound: any Sealing) {
    self.database = database
    self.inbound = inbound
    self.outbound = outbound
  }

  /// Replaces the account's secrets of this kind (`app_secret`, `verify_token` …) by one.
  /// - Parameter scope: a transaction of the tenant's.
  public func setInbound(
    _ secret: Secret, kind: String, connection: UUID, tenant: UUID, in scope: Scope
  ) throws(StoreError) {
    let id = UUID()
    let place = SealedPlace(table: "inbound_secrets", tenant: tenant, row: id, column: "sealed")
    let sealed = inbound.seal(secret, for: place)
    try scope.holdChannel(connectionId: connection)
    try scope.dropInboundSecrets(connectionId: connection, kind: kind)
    try scope.addInboundSecret(id: id, connectionId: connection, kind: kind, sealed: sealed)
    try scope.noteSecret(connectionId: connection, kind: kind, hint: Self.hint(of: secret), expiresAt: nil)
  }

  /// Sets the account's token of this kind (`access_token` …).
  /// - Parameters:
  ///   - expires: when the platform stops taking it, if it said so.
  ///   - scope: a transaction of the tenant's.
  public func setOutbound(
    _ token: Secret, kind: String, connection: UUID, tenant: UUID, expires: Instant? = nil, in scope: Scope
  ) throws(StoreError) {
    let id = UUID()
    let place = SealedPlace(table: "outbound_tokens", tenant: tenant, row: id, column: "sealed")
    let sealed = outbound.seal(token, for: place)
    try scope.holdChannel(connectionId: connection)
    try scope.dropOutboundToken(connectionId: connection, kind: kind)
    try scope.addOutboundToken(id: id, connectionId: connection, kind: kind, sealed: sealed)
    try scope.noteSecret(connectionId: connection, kind: kind, hint: Self.hint(of: token), expiresAt: expires)
  }

  /// Seals what was entered of an account. Whether an access token was among it.
  /// - Parameter scope: a transaction of the tenant's.
  @discardableResult
  public func keep(
    _ fields: ChannelFields, connection: UUID, tenant: UUID, in scope: Scope
  ) throws(StoreError) -> Bool {
    for (kind, isToken, secret) in fields.secrets {
      if !isToken { try setInbound(secret, kind: kind, connection: connection, tenant: tenant, in: scope) }
      // TikTok's signs what comes in, and proves us when its tokens are renewed or its webhook is registered.
      if isToken || kind == "client_secret" {
        try setOutbound(secret, kind: kind, connection: connection, tenant: tenant, in: scope)
      }
    }
    return fields.secrets.contains { $0.kind == "access_token" }
  }

  /// `setInbound`, and nothing else with it.
  public func setInbound(_ secret: Secret, kind: String, connection: UUID, tenant: UUID) throws(StoreError) {
    try database.transaction(tenant: tenant) { (scope) throws(StoreError) in
      try setInbound(secret, kind: kind, connection: connection, tenant: tenant, in: scope)
    }
  }

  /// `setOutbound`, and nothing else with it.
  public func setOutbound(
    _ token: Secret, kind: String, connection: UUID, tenant: UUID, expires: Instant? = nil
  ) throws(StoreError) {
    try database.transaction(tenant: tenant) { (scope) throws(StoreError) in
      try setOutbound(token, kind: kind, connection: connection, tenant: tenant, expires: expires, in: scope)
    }
  }

  /// The end by which people tell secrets apart, 4 characters; nil for one so short that they would help to guess it.
  static func hint(of secret: Secret) -> String? {
    let text = secret.reveal()
    return text.unicodeScalars.count < 16 ? nil : String(String.UnicodeScalarView(text.unicodeScalars.suffix(4)))
  }
}
