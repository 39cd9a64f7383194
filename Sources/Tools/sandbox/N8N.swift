import Core
import FoundationEssentials

/// n8n's production webhooks: every POST below /n8n/webhook starts a workflow of that name, if it is what we promise to send.
struct N8N: Peer {
  let name = "n8n"

  func kind(_ call: Call) -> String { call.request.path.split(separator: "/").last.map(String.init) ?? "unknown" }

  func answer(_ call: Call, failure: Int?) async -> PeerAnswer {
    let request = call.request
    guard request.method == "POST", request.path.hasPrefix("/n8n/webhook/") else {
      return PeerAnswer(response: Self.unknown("\(request.method) \(kind(call))"))
    }
    if let key = request.headers["x-n8n-api-key"], !key.hasPrefix("dev_"), !key.hasPrefix("test_") {
      return PeerAnswer(response: .text("Authorization data is wrong!", status: 403))
    }
    if let fault = fault(call) {
      return PeerAnswer(response: .json(["code": 0, "message": .string(fault)], status: 400))
    }
    return PeerAnswer(response: .json(["message": "Workflow was started"]), accepted: true)
  }

  /// What is not as the guide and Standard Webhooks have it.
  private func fault(_ call: Call) -> String? {
    guard let json = call.body, case .object = json else { return "the body is no JSON object" }
    let (body, headers) = (Field(json), call.request.headers)
    guard body["event"].text == kind(call) else { return "event is not what the path says" }
    guard let at = body["timestamp"].text, Instant(at) != nil else { return "timestamp is no time" }
    guard body["tenant_id"].text.flatMap({ UUID(uuidString: $0) }) != nil else { return "tenant_id is no UUID" }
    guard case .object? = body["data"].value else { return "data is no object" }
    guard let id = headers["webhook-id"], !id.isEmpty else { return "there is no webhook-id" }
    guard let signature = headers["webhook-signature"] else { return nil }
    guard let time = headers["webhook-timestamp"].flatMap(Int64.init), abs(time - Instant.now.seconds) <= 300 else {
      return "webhook-timestamp is not of now"
    }
    guard signature.hasPrefix("v1,"), Data(base64Encoded: String(signature.dropFirst(3)))?.count == 32 else {
      return "webhook-signature is none"
    }
    return nil
  }

  func refusal(_ kind: Fault.Kind, retryAfter: Int?) -> Response? {
    guard case .status(let status) = kind else { return nil }
    var response =
      status == 404
      ? Self.unknown("POST") : .json(["code": 0, "message": "Workflow could not be started!"], status: status)
    if let retryAfter { response.headers.append(("Retry-After", String(retryAfter))) }
    return response
  }

  private static func unknown(_ what: String) -> Response {
    .json(
      [
        "code": 404, "message": .string("The requested webhook \"\(what)\" is not registered."),
        "hint": "The workflow must be active for a production URL to run successfully.",
      ], status: 404)
  }
}
