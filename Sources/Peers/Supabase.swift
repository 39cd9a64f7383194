import Core

/// Supabase Auth, of which we ask only one thing: the public keys that it signs the dashboard's tokens with (RFC 7517).
public enum Supabase {
  static let mostKeys = 32
  static let longestID = 200

  /// - Parameter project: the project's address, without a slash at its end.
  public static func askForKeys(_ project: String) -> HTTPRequest {
    HTTPRequest(
      "GET", project + "/auth/v1/.well-known/jwks.json", headers: [.init("Accept", "application/json")], timeout: 10)
  }

  /// The keys that have an id, as they came. An answer without any is none: it would end every session.
  public static func keys(of response: HTTPResponse) throws(PeerError) -> [(id: String, key: Field)] {
    guard response.status == 200 else {
      throw .refused(code: String(response.status), sentence: "the token keys were answered with \(response.status)")
    }
    guard let json = try? JSON.parse(response.body, depth: 8, nodes: 10_000) else {
      throw .unparseable("the token keys are not JSON")
    }
    let keys = Field(json)["keys"].items.prefix(mostKeys).compactMap { key in
      key["kid"].text.flatMap { id in
        id.isEmpty || id.utf8.count > longestID || id.utf8.contains(0) ? nil : (id: id, key: key)
      }
    }
    guard !keys.isEmpty else { throw .unparseable("there are no token keys in the answer") }
    return keys
  }
}
