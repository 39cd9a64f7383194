import Core
import Peers
import Rules
import Testing

@Suite struct ChannelProfileTests {
  private let access = ChannelAccess(
    base: "https://graph.example/v25.0", accountID: "7155", token: Secret("EAAficticio"))

  @Test func theQuestion() throws {
    let facebook = try #require(Channel.facebook.profile)
    let request = try facebook.lookUp(Alias(kind: "facebook", value: "6842"), access)
    #expect(request.method == "GET")
    #expect(request.url == "https://graph.example/v25.0/6842?fields=name,first_name,last_name,profile_pic")
    #expect(request.headers == [HTTPRequest.Header("Authorization", "Bearer EAAficticio")])
    let instagram = try #require(Channel.instagram.profile)
    let other = try instagram.lookUp(Alias(kind: "instagram", value: "1020"), access)
    #expect(other.url == "https://graph.example/v25.0/1020?fields=name,username,profile_pic")
    #expect(throws: PeerError.self) { try instagram.lookUp(Alias(kind: "facebook", value: "6842"), access) }
    #expect(throws: PeerError.self) { try instagram.lookUp(Alias(kind: "instagram", value: "1/2"), access) }
    #expect(Channel.whatsapp.profile == nil)
  }

  /// A name, none, or a reason to ask another time.
  @Test(arguments: [
    ("facebook", 200, #"{"first_name":"Ana","last_name":" Robles ","id":"1"}"#, "Ana Robles"),
    ("facebook", 200, #"{"name":"Ana R.","first_name":"Ana"}"#, "Ana R."),
    (
      "instagram", 200, #"{"name":"Ana","profile_pic":"https://x.example/a.jpg?e=1"}"#,
      "Ana https://x.example/a.jpg?e=1"
    ),
    ("facebook", 200, #"{"profile_pic":"https://x.example/a.jpg"}"#, "- https://x.example/a.jpg"),
    ("facebook", 200, #"{"name":"Ana","profile_pic":"javascript:alert(1)"}"#, "Ana"),
    ("facebook", 200, "{}", "-"), ("facebook", 200, #"{"first_name":"  "}"#, "-"),
    ("instagram", 200, #"{"name":"","username":"ana.robles"}"#, "ana.robles"),
    ("instagram", 200, #"{"name":"Ana","username":"ana.robles"}"#, "Ana"),
    ("instagram", 400, #"{"error":{"code":230,"message":"no consent"}}"#, "-"),
    ("facebook", 400, #"{"error":{"code":100,"error_subcode":33,"message":"gone"}}"#, "-"),
    ("facebook", 401, #"{"error":{"code":190,"message":"expired"}}"#, "190"),
    ("facebook", 400, #"{"error":{"code":4,"message":"slowly"}}"#, "4"), ("facebook", 502, "<html>", "unreachable"),
  ])
  func theAnswer(_ channel: String, _ status: Int, _ body: String, _ expected: String) throws {
    let profile = try #require(Channel.named(channel)?.profile)
    var said: String
    do throws(PeerError) {
      let found = try profile.found(HTTPResponse(status: status, body: Array(body.utf8)))
      said = (found.name ?? "-") + (found.picture.map { " " + $0 } ?? "")
    } catch { said = error.code }
    #expect(said == expected)
  }
}
