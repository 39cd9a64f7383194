import Core
import FoundationEssentials
import TestSupport

/// A turn in which the business's n8n tells something: `{"n8n": body of POST /api/webhook, "times"?, "by"?: "nobody" (the
/// guide's plain form) | "other" (another business's key), "status": 200, "code"?}`.
extension DialogueStage {
  func callBack(_ turn: Field) async throws {
    let body = fill(turn["n8n"].value ?? .null)
    var headers = [("Content-Type", "application/json")]
    switch turn["by"].text {
    case "nobody": break
    case "other":
      headers.append(("X-API-Key", try APIClient(try Tenant.make(), scopes: ["webhook:write"]).key.reveal()))
    default: headers.append(("X-API-Key", try APIClient(tenant, scopes: ["webhook:write"]).key.reveal()))
    }
    for _ in 0..<(turn["times"].integer ?? 1) {
      let answer = try await Web.send(
        "POST", World.current.url + "/api/webhook", headers: headers, body: body.bytes)
      let said = Field((try? JSON.parse(answer.body)) ?? .null)
      if Int64(answer.status) != turn["status"].integer ?? 200 || said["code"].text != turn["code"].text {
        problems.append("n8n was answered \(answer.status) \(said.value?.text ?? "")")
      }
    }
  }
}
