import Core
import Peers
import Testing

/// The public keys of the dashboard's tokens, as Supabase Auth publishes them.
@Suite struct SupabaseTests {
  private func ids(_ body: String, status: Int = 200) -> String {
    do throws(PeerError) {
      return try Supabase.keys(of: HTTPResponse(status: status, body: Array(body.utf8))).map(\.id).joined(
        separator: ",")
    } catch { return error.code }
  }

  @Test func whatIsAsked() {
    let request = Supabase.askForKeys("https://project.example")
    #expect(request.method == "GET" && request.url == "https://project.example/auth/v1/.well-known/jwks.json")
  }

  @Test func whatIsAnswered() {
    let many = (0..<40).map { "{\"kid\":\"k\($0)\"}" }.joined(separator: ",")
    let cases: [(String, Int, String)] = [
      (#"{"keys":[{"kid":"a","kty":"EC"},{"kid":"b","kty":"RSA"}]}"#, 200, "a,b"),
      (#"{"keys":[{"kty":"EC"},{"kid":""},{"kid":7},{"kid":"c"}]}"#, 200, "c"),
      (#"{"keys":[]}"#, 200, "unparseable"), ("{}", 200, "unparseable"), ("<html>", 200, "unparseable"),
      (#"{"keys":[{"kid":"a"}]}"#, 500, "500"), ("", 404, "404"),
    ]
    for (body, status, expected) in cases { #expect(ids(body, status: status) == expected, "\(body)") }
    #expect(ids("{\"keys\":[\(many)]}").split(separator: ",").count == 32)
  }
}
