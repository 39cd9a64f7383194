import Core
import FoundationEssentials
import Rules

extension InboundEvent {
  /// The event as `receive_events` reads it. Long texts and ids are cut here, so that none can fail for its length.
  func row(connection: UUID) -> JSON {
    let consent = self.consent
    // Nobody to have said it: kept as a notice, since a message belongs to a conversation.
    let isSaid = kind == .message || kind == .echo || kind == .history
    let kind: Kind = aliases.isEmpty && isSaid ? .unsupported : kind
    return .object([
      "connection_id": .string(connection.text),
      "kind": .string(kind.rawValue),
      "external_id": .string(cut(externalID, Limits.externalID)),
      "aliases": .array(
        aliases.map { alias in
          [
            "kind": .string(alias.kind), "value": .string(cut(alias.value, Limits.externalID)),
            "address": .string(cut(alias.address, Limits.externalID)),
          ]
        }),
      "name": profileName.map { .string(cut($0, Limits.personName)) },
      "at": at.map { .string($0.description) },
      "content": .string(cut(content, Limits.messageText)),
      "content_type": .string(contentType),
      "selection": selection.map { .string($0) },
      "reply_to": replyTo.map { .string(cut($0, Limits.externalID)) },
      // Who asks to be left alone gets no chat about it.
      "wants_answer": .bool(wantsAnswer && kind == .message && !isStandby && consent?.state != .stopped),
      "standby": isStandby ? .bool(true) : nil,
      "origin": origin.map { origin in
        .object([
          "opaque": origin.opaque.map { .string($0) }, "app": origin.app.map { .string(cut($0, Limits.externalID)) },
          "by_program": .bool(origin.byProgram),
        ])
      },
      "thread": thread,
      "outbound": .bool(outbound),
      "error_code": errorCode.map { .string($0) },
      "details": details.adding("news", news),
      "media": attachment,
      "consent": consent?.row,
      "referral": referral,
      // Not of one account but of the business that several may belong to.
      "wide": .bool(accountID == nil),
      "raw": raw,
      "status": status.map { report in
        .object([
          "state": .string(report.state), "opaque": report.opaque.map { .string($0) },
          "up_to": report.upTo.map { .string($0.description) },
          "participant": report.participant.map { .string($0) }, "error_code": report.errorCode.map { .string($0) },
          "error": report.errorSentence.map { .string($0) }, "billing": report.billing,
          "effects": report.judgement?.effects(),
        ])
      },
    ])
  }
}

extension JSON {
  /// An object with one more member; the same if there is nothing to add.
  fileprivate func adding(_ key: String, _ value: JSON?) -> JSON {
    guard let value, case .object(var members) = self else { return self }
    members[key] = value
    return .object(members)
  }
}

/// The first `most` characters. Counting characters takes longer than storing them, so short texts are not counted.
private func cut(_ text: String, _ most: Int) -> String {
  text.utf8.count <= most ? text : String(text.prefix(most))
}
