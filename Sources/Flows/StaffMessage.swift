import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// Contents as `send_staff_message` reads them; the first quotes `replyTo`.
func staffParts(_ contents: [OutboundContent], replyTo: String? = nil) -> JSONText {
  JSONText(
    .array(
      contents.enumerated().map { i, content in
        .object([
          "content": .string(content.summary), "content_type": .string(content.contentType),
          "payload": content.kind == .text ? JSON?.none : content.json,
          "reply_to": i == 0 ? replyTo.map { .string($0) } : nil,
        ])
      }))
}

extension Scope {
  /// Says something in the business's name, in the parts that the ladder made of it; the first quotes `replyTo`. Returns
  /// the first part's message; nil: there is no such conversation.
  /// - Parameters:
  ///   - isAutomatic: a program says it, so that it never leaves as a person's word.
  ///   - onlyBranch: who says it sees this branch's conversations only.
  public func sendStaffMessage(
    conversationId: UUID, contents: [OutboundContent], replyTo: String? = nil, staffId: UUID?, requestId: String?,
    isAutomatic: Bool = false, onlyBranch: UUID? = nil
  ) throws(StoreError) -> UUID? {
    return try sendStaffMessage(
      conversationId: conversationId, parts: staffParts(contents, replyTo: replyTo), staffId: staffId,
      requestId: requestId, automatic: isAutomatic, onlyBranch: onlyBranch)
  }

  /// The same of a text that fits one message.
  public func sendStaffMessage(
    conversationId: UUID, content: String, staffId: UUID?, requestId: String?
  ) throws(StoreError) -> UUID? {
    try sendStaffMessage(
      conversationId: conversationId, contents: [.text(content)], staffId: staffId, requestId: requestId)
  }
}

extension Office {
  /// What leaves: the text, unless there is a payload (`messages.payload`).
  func content(_ text: String, _ payload: JSONText?) throws(PeerError) -> OutboundContent {
    guard let payload else { return .text(text) }
    do throws(Refusal) {
      return try OutboundContent(Field(try payload.parse()))
    } catch { throw .refused(code: "bad_payload", sentence: error.sentence) }
  }
}
