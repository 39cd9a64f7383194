import Core
import Rules

extension WhatsApp {
  /// 200 with `messages[0].id` is the only proof that WhatsApp took a message.
  static func accepted(_ response: HTTPResponse) throws(PeerError) -> Acceptance {
    let body = try WhatsAppErrors.all.accepted(response)
    guard let id = body["messages"][0]["id"].loose, !id.isEmpty else {
      throw .unparseable("HTTP \(response.status) without messages[0].id")
    }
    let contact = body["contacts"][0]
    let aliases = [contact["wa_id"], contact["user_id"]].compactMap { WhatsAppPerson.alias($0.loose) }
    let word = body["messages"][0]["message_status"].text
    let held = word.flatMap { $0 == "accepted" ? nil : clipped($0, 60) }
    let advice =
      held == "paused"
      ? "Meta holds messages of a template back because people reported it: word it better in WhatsApp Manager." : nil
    return Acceptance(externalID: id, aliases: aliases, held: held, advice: advice)
  }
}
