import Core
import FoundationEssentials
import Peers
import Store

/// The secrets between a business and its n8n. They go in and never come out, except one that we made: that once.
public enum N8NSecret: String, CaseIterable, Sendable {
  /// What we show n8n (`X-N8N-API-KEY`).
  case apiKey = "api_key"
  /// What we sign our events with (Standard Webhooks).
  case signing = "signing_secret"
  /// What n8n signs its call-backs with.
  case webhook = "webhook_secret"

  /// As the tables call it.
  var kind: String {
    switch self {
    case .apiKey: "n8n_api_key"
    case .signing: "n8n_signing"
    case .webhook: "n8n_webhook"
    }
  }

  /// Why this cannot be one, if it cannot.
  public func fault(_ secret: Secret) -> String? {
    let text = secret.reveal()
    guard (16...500).contains(text.utf8.count) else { return "expected 16 to 500 characters" }
    guard text.utf8.allSatisfy({ (33...126).contains($0) }) else { return "expected letters, digits and marks only" }
    return nil
  }

  public static func make() -> Secret { StandardWebhook.makeSecret() }
}

extension SecretStore {
  /// Puts this secret in the place of the business's former one. There must be a row of `n8n_settings`.
  public func set(_ secret: Secret, _ which: N8NSecret, tenant: UUID) throws(StoreError) {
    let id = UUID()
    let isInbound = which == .webhook
    let place = SealedPlace(
      table: isInbound ? "inbound_secrets" : "outbound_tokens", tenant: tenant, row: id, column: "sealed")
    let sealed = (isInbound ? inbound : outbound).seal(secret, for: place)
    try database.transaction(tenant: tenant) { (scope) throws(StoreError) in
      try scope.holdN8N()
      if isInbound {
        try scope.dropN8NInboundSecret()
        try scope.addN8NInboundSecret(id: id, sealed: sealed)
      } else {
        try scope.dropN8NToken(kind: which.kind)
        try scope.addN8NToken(id: id, kind: which.kind, sealed: sealed)
      }
      try scope.noteN8NSecret(kind: which.kind, hint: Self.hint(of: secret))
    }
  }
}

extension N8nSettingsRow {
  /// As staff and integrators see it. Of a secret whether it is there, and its end.
  public var json: JSON {
    let kept = Field((try? secrets.parse()) ?? [:])
    func secret(_ which: N8NSecret) -> JSON {
      guard case .object(let members)? = kept.value, members.pairs.contains(where: { $0.key == which.kind }) else {
        return .null
      }
      return .string("••••" + (kept[which.kind].text ?? ""))
    }
    return .object([
      "enabled": .bool(isEnabled), "webhook_url": webhookUrl.map { .string($0) } ?? .null,
      "events": events.flatMap { try? $0.parse() } ?? .null, "answers_by": .string(answersBy),
      "answer_event": .string(answerEvent), "answer_seconds": .number(answerSeconds),
      "answer_fallback": .string(answerFallback), "plain_callbacks": .bool(plainCallbacks),
      "api_key": secret(.apiKey), "signing_secret": secret(.signing), "webhook_secret": secret(.webhook),
      "updated_at": .string(updatedAt.description),
    ])
  }
}

/// An address that a business gives its n8n.
public enum N8NAddress {
  /// Why events cannot be told there, if they cannot. Where a name leads is looked at when it is spoken to.
  public static func fault(_ url: String, development: Bool) -> String? {
    guard url.hasPrefix("https://") || development && url.hasPrefix("http://") else { return "expected https://…" }
    guard url.utf8.count <= 2000, url.utf8.allSatisfy({ (33...126).contains($0) }), !url.contains("#"),
      let host = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last?
        .prefix(while: { $0 != "/" && $0 != "?" }), !host.isEmpty, !host.contains("@")
    else { return "expected the address of n8n's webhooks, without a user's name in it" }
    return nil
  }
}
