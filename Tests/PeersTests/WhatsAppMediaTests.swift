import Core
import Rules
import Testing

@testable import Peers

@Suite struct WhatsAppMediaTests {
  private let access = ChannelAccess(
    base: "https://graph.facebook.com/v25.0", accountID: "715500000000101", token: Secret("test_token"))
  private let bearer = HTTPRequest.Header("Authorization", "Bearer test_token")

  @Test func theLookUp() throws {
    let request = try WhatsApp.lookUp("1037543291543636", access)
    #expect(request.method == "GET")
    #expect(
      request.url == "https://graph.facebook.com/v25.0/1037543291543636?phone_number_id=715500000000101")
    #expect(request.headers == [bearer])
    for id in ["", "../me", "1?fields=x", "1/2", "é"] {
      #expect(throws: PeerError.self, "\(id)") { try WhatsApp.lookUp(id, access) }
    }
  }

  @Test func whatIsFound() throws {
    let digest = sha256(Array("a file".utf8))
    for written in [hex(digest), hex(digest).uppercased(), "c2XQKYYeMsUh+AibAKb7MtrwYVAltptZnRzlNQG4RcI="] {
      let place = try WhatsApp.found(
        answer(
          200,
          """
          {"messaging_product":"whatsapp","url":"https://lookaside.fbsbx.com/x?y=1","mime_type":"image/jpeg",
           "sha256":"\(written)","file_size":"303833","id":"1"}
          """))
      #expect(place.url == "https://lookaside.fbsbx.com/x?y=1")
      #expect(place.size == 303_833)
      #expect(place.sha256?.count == 32)
    }
    #expect(sha256(written: hex(digest)) == digest)
    #expect(sha256(written: "kurz") == nil)
  }

  /// Asking again harms nobody: only what is certain ends it.
  @Test(arguments: [
    (400, #"{"error":{"code":100,"error_subcode":33,"message":"Unsupported get request"}}"#, "gone"),
    (404, "", "gone"), (404, #"{"error":{"code":33,"message":"no"}}"#, "gone"),
    (401, #"{"error":{"code":190,"error_subcode":463,"message":"expired"}}"#, "190"), (403, "no", "http_403"),
    (400, #"{"error":{"code":100,"message":"Invalid parameter"}}"#, "later"),
    (400, #"{"error":{"code":80007,"message":"slowly"}}"#, "later"), (500, "", "later"), (503, "<html>", "later"),
    (200, "{}", "unparseable"), (200, "", "unparseable"),
  ])
  func whatIsNot(_ status: Int, _ body: String, _ expected: String) {
    var said: String?
    do throws(PeerError) {
      _ = try WhatsApp.found(answer(status, body))
    } catch {
      said = error.code
      if case .throttled = error { said = "later" }
    }
    #expect(said == expected, "\(status) \(body)")
  }

  /// The token is given to Meta only, whatever a look-up says.
  @Test(arguments: [
    ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", true),
    ("https://scontent.xx.fbcdn.net/a", true),
    ("https://mmg.whatsapp.net/a", true), ("https://LOOKASIDE.fbsbx.com:443/a", true),
    ("http://lookaside.fbsbx.com/a", false), ("https://lookaside.fbsbx.com:8443/a", false),
    ("https://fbcdn.net.evil.example/a", false), ("https://evilfbcdn.net/a", false), ("https://fbcdn.net/a", false),
    ("https://lookaside.fbsbx.com@evil.example/a", false), ("https://evil.example\\@lookaside.fbsbx.com/a", false),
    ("https://evil.example#.fbcdn.net", false), ("https://evil.example?.fbcdn.net", false), ("https://", false),
    ("https://[::1]/a", false), ("https://127.0.0.1/a", false), ("file:///etc/passwd", false), ("", false),
    ("/relative", false), ("https://graph.facebook.com/a", false), ("https://%6cookaside.fbsbx.com/", false),
  ])
  func hosts(_ url: String, _ allowed: Bool) {
    let request = try? WhatsApp.download(url, nil, access, false)
    #expect((request != nil) == allowed, "\(url)")
    #expect(request?.headers ?? [bearer] == [bearer])
  }

  @Test func theStandInIsAllowedInDevelopmentOnly() throws {
    var access = access
    access.base = "http://127.0.0.1:9301/graph/v25.0"
    let url = "http://127.0.0.1:9301/graph/media/1"
    #expect(try WhatsApp.download(url, nil, access, true).headers == [bearer])
    #expect(throws: PeerError.self) { try WhatsApp.download(url, nil, access, false) }
    #expect(throws: PeerError.self) { try WhatsApp.download("http://127.0.0.1:9302/x", nil, access, true) }
  }

  /// A redirect to another host must not carry the token along; once lost, it does not come back.
  @Test func redirects() throws {
    let first = try WhatsApp.download("https://lookaside.fbsbx.com/a", nil, access, false)
    let same = try WhatsApp.download("https://lookaside.fbsbx.com/b", first, access, false)
    #expect(same.headers == [bearer])
    let other = try WhatsApp.download("https://scontent.xx.fbcdn.net/c", same, access, false)
    #expect(other.headers.isEmpty)
    let back = try WhatsApp.download("https://scontent.xx.fbcdn.net/d", other, access, false)
    #expect(back.headers.isEmpty)
    #expect(throws: PeerError.self) { try WhatsApp.download("https://evil.example/", first, access, false) }
  }

  private func answer(_ status: Int, _ body: String) -> HTTPResponse {
    HTTPResponse(status: status, body: Array(body.utf8))
  }
}
