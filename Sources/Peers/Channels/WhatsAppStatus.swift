import Core
import Rules

extension WhatsApp {
  /// One item of `statuses[]`: what became of a message of ours, or of one that another tool sent. Words that we do not
  /// know are kept and change nothing.
  static func readStatus(_ item: Field, _ place: WhatsAppPlace) throws(Refusal) -> InboundEvent {
    guard let id = item["id"].loose, !id.isEmpty, id.unicodeScalars.count <= Limits.externalID else {
      throw item["id"].expected("a message id")
    }
    guard let word = item["status"].text, !word.isEmpty, word.utf8.count <= 40 else {
      throw item["status"].expected("a word")
    }
    let inGroup = item["recipient_type"].text == "group"
    let fault = GraphFault(item["errors"][0])
    let report = StatusReport(
      state: word.lowercased(),
      opaque: item["biz_opaque_callback_data"].loose.map { clipped($0, 512) },
      participant: item["recipient_participant_id"].loose.map { clipped($0, 200) },
      errorCode: fault?.code, errorSentence: fault?.sentence,
      judgement: word.lowercased() == "failed" ? fault.map { WhatsAppErrors.judge($0, status: nil) } : nil,
      billing: .object(["conversation": item["conversation"].value, "pricing": item["pricing"].value]))
    // A group's receipt names the group as its recipient, which is nobody's number.
    let person =
      inGroup
      ? nil : WhatsAppPerson(number: item["recipient_id"], userID: item["recipient_user_id"], contacts: place.contacts)
    return InboundEvent(
      kind: .status, accountID: place.accountID, externalID: id, aliases: person?.aliases ?? [],
      profileName: person?.name, at: Meta.instant(item["timestamp"]), content: "", contentType: "status",
      status: report, details: .object(["errors": item["errors"].value]), raw: item.value ?? .null)
  }
}
