import Core

/// WhatsApp's Cloud API as far as a sender of messages sees it.
struct WhatsApp: Peer {
  let name = "whatsapp"
  let prefix = "/graph/"

  /// The one bearer token there is; nil: any that looks like one for development.
  let token: Secret?
  let numbers: Numbers
  let callbacks: CallBacks

  func kind(_ call: Call) -> String {
    guard let body = call.body.map({ Field($0) }) else { return "unreadable" }
    if body["status"].text == "read" { return "read" }
    return body["type"].text ?? (body["text"].exists ? "text" : "unknown")
  }

  func answer(_ call: Call, failure: Int?) async -> PeerAnswer {
    do throws(GraphError) {
      let id = try phoneNumberID(call.request)
      guard let json = call.body else { throw GraphError(code: 100, title: "Invalid parameter", details: "No JSON.") }
      let body = Field(json)
      let number = await numbers.of(id)
      if body["status"].exists {
        try WhatsAppRules.checkRead(body)
        return PeerAnswer(response: .json(["success": true]), accepted: true)
      }
      let recipient = try WhatsAppRules.check(body, senderPhone: number?.displayPhone)
      return accept(recipient, body, number, failure)
    } catch { return PeerAnswer(response: error.response) }
  }

  func refusal(_ kind: Fault.Kind, retryAfter: Int?) -> Response? {
    let error: GraphError
    switch kind {
    case .status(let status): error = .named(status: status)
    case .code(let code): error = .named(code)
    default: return nil
    }
    var response = error.response
    // Graph says it only sometimes.
    if let retryAfter { response.headers.append(("Retry-After", String(retryAfter))) }
    return response
  }

  /// The sender, once token, method and path are right.
  private func phoneNumberID(_ request: Request) throws(GraphError) -> String {
    let given = request.headers["authorization"] ?? ""
    guard given.lowercased().hasPrefix("bearer "), accepts(String(given.dropFirst(7))) else { throw .badToken }
    let parts = request.path.split(separator: "/").map(String.init)
    guard parts.count >= 3, parts[1].first == "v", parts[1].dropFirst().allSatisfy({ $0.isNumber || $0 == "." }) else {
      throw GraphError(code: 2500, title: "Unknown path components: \(request.path)", bare: true)
    }
    guard parts[2].allSatisfy(\.isNumber) else { throw .noObject(parts[2]) }
    guard request.method == "POST", parts.count == 4, parts[3] == "messages" else { throw .noObject(parts[2]) }
    return parts[2]
  }

  private func accepts(_ given: String) -> Bool {
    let given = given.drop { $0 == " " }
    if let token { return Secret(String(given)) == token }
    return given.hasPrefix("dev_") || given.hasPrefix("test_")
  }

  private func accept(_ recipient: WhatsAppRules.Recipient, _ body: Field, _ number: Number?, _ failure: Int?)
    -> PeerAnswer
  {
    let message = SentMessage(
      id: SentMessage.newID(for: recipient.waID ?? recipient.input), waID: recipient.waID, userID: recipient.userID,
      opaque: body["biz_opaque_callback_data"].text)
    let contact: JSON = .object([
      "input": .string(recipient.input), "wa_id": recipient.waID.map { .string($0) },
      "user_id": recipient.userID.map { .string($0) },
    ])
    let response: JSON = [
      "messaging_product": "whatsapp", "contacts": [contact],
      "messages": [["id": .string(message.id), "message_status": "accepted"]],
    ]
    var answer = PeerAnswer(response: .json(response), accepted: true)
    if let number {
      let states = failure.map { ["failed:\($0)"] } ?? number.statuses
      answer.effects = { callbacks.tell(message, to: number, states: states) }
    }
    return answer
  }
}
