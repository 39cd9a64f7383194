import Core
import Rules
import Testing

@testable import Peers

/// Files of TikTok, Messenger and Instagram, and files of ours for any platform.
@Suite struct ChannelMediaTests {
  private let access = ChannelAccess(
    base: "https://business-api.tiktok.com/open_api/v1.3", accountID: "300000000000001", token: Secret("test_token"))
  private let picture = HeldFile(id: "v1", kind: "image", message: "u5M==", conversation: "c+/=")

  private func answer(_ status: Int, _ body: String) -> HTTPResponse {
    HTTPResponse(status: status, body: Array(body.utf8))
  }

  @Test func theLookUp() throws {
    let request = try TikTok.lookUp(picture, access)
    #expect(
      request.text == """
        POST https://business-api.tiktok.com/open_api/v1.3/business/message/media/download/
        Content-Type: application/json
        Access-Token: test_token

        {"business_id":"300000000000001","conversation_id":"c+/=","message_id":"u5M==","media_id":"v1","media_type":"IMAGE"}
        """)
    for file in [
      HeldFile(id: "v1", kind: "image"), HeldFile(id: nil, kind: "image", message: "m", conversation: "c"),
      HeldFile(id: "v1", kind: "sticker", message: "m", conversation: "c"),
    ] {
      #expect(throws: PeerError.self) { try TikTok.lookUp(file, access) }
    }
  }

  @Test(arguments: [
    (200, #"{"code":0,"data":{"download_url":"https://v16.tiktokcdn.com/x"}}"#, "https://v16.tiktokcdn.com/x"),
    (200, #"{"code":0,"data":{}}"#, "unparseable"), (200, "", "unparseable"), (404, "", "gone"),
    (200, #"{"code":40002,"message":"media_id: the media does not exist"}"#, "gone"),
    (200, #"{"code":40002,"message":"conversation_id: Param is invalid"}"#, "later"),
    (200, #"{"code":40105,"message":"revoked"}"#, "40105"), (200, #"{"code":51000,"message":"system"}"#, "later"),
  ])
  func whatIsFound(_ status: Int, _ body: String, _ expected: String) {
    let said: String
    do throws(PeerError) {
      said = try TikTok.found(answer(status, body)).url
    } catch {
      if case .throttled = error { said = "later" } else { said = error.code }
    }
    #expect(said == expected)
  }

  /// The token goes to TikTok's hosts only, and not along a redirect to another.
  @Test func tikToksHosts() throws {
    let first = try TikTok.download("https://v16-im.tiktokcdn.com/a", nil, access, false)
    #expect(first.headers == [.init("x-user", "test_token")])
    #expect(try TikTok.download("https://v16-im.tiktokcdn.com/b", first, access, false).headers == first.headers)
    #expect(try TikTok.download("https://p16.ibyteimg.com/b", first, access, false).headers.isEmpty)
    // What came with its address is fetched without.
    var stranger = access
    stranger.token = Secret("")
    #expect(try TikTok.download("https://p16-im.tiktokcdn.com/sticker/1", nil, stranger, false).headers.isEmpty)
    for url in [
      "http://v16.tiktokcdn.com/a", "https://tiktokcdn.com.evil.example/a", "https://eviltiktok.com/a",
      "https://v16.tiktokcdn.com:8443/a", "https://127.0.0.1/a", "", "https://a@b.tiktok.com/",
    ] {
      #expect(throws: PeerError.self, "\(url)") { try TikTok.download(url, nil, access, false) }
    }
  }

  /// Meta's addresses want no token, and none is given.
  @Test func metasHosts() throws {
    for url in [
      "https://scontent.xx.fbcdn.net/v/1.jpg?oh=1", "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1",
      "https://cdn.fbsbx.com/v/t59/a.pdf", "https://scontent.cdninstagram.com/v/1.jpg",
    ] {
      #expect(try MetaMedia.download(url, nil, access, false).headers.isEmpty, "\(url)")
    }
    for url in [
      "https://cdninstagram.com.evil.example/", "http://scontent.xx.fbcdn.net/a", "https://www.facebook.com/x",
    ] {
      #expect(throws: PeerError.self, "\(url)") { try MetaMedia.download(url, nil, access, false) }
    }
    var development = access
    development.base = "http://127.0.0.1:9301/graph/v25.0"
    #expect(try MetaMedia.download("http://127.0.0.1:9301/media/1", nil, development, true).headers.isEmpty)
    #expect(throws: PeerError.self) { try MetaMedia.download("http://127.0.0.1:9301/media/1", nil, development, false) }
  }

  // MARK: Ours

  private let file = FileToUpload(.image, name: "menú\"\r\n.jpg", mimeType: "image/jpeg", bytes: [0xFF, 0xD8, 0xFF])

  private func lines(_ request: HTTPRequest) -> [String] {
    String(decoding: request.body, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  @Test func uploads() throws {
    let tiktok = try TikTok.upload(file, access)
    #expect(tiktok.url == "https://business-api.tiktok.com/open_api/v1.3/business/message/media/upload/")
    let boundary = "tistis-" + hex(sha256(file.bytes).prefix(16))
    #expect(
      tiktok.headers == [
        .init("Content-Type", "multipart/form-data; boundary=\(boundary)"), .init("Access-Token", "test_token"),
      ])
    #expect(
      Array(lines(tiktok).dropLast(4)) == [
        "--" + boundary, "Content-Disposition: form-data; name=\"business_id\"", "", "300000000000001",
        "--" + boundary, "Content-Disposition: form-data; name=\"media_type\"", "", "IMAGE",
        // Nothing that a person chose ends the line.
        "--" + boundary, "Content-Disposition: form-data; name=\"file\"; filename=\"menú___.jpg\"",
        "Content-Type: image/jpeg",
      ])
    #expect(tiktok.body.suffix(boundary.utf8.count + 11).prefix(3) == [0xFF, 0xD8, 0xFF])
    let whatsapp = try WhatsApp.upload(file, access)
    #expect(whatsapp.url.hasSuffix("/300000000000001/media"))
    #expect(lines(whatsapp).contains("whatsapp") && lines(whatsapp).contains("image/jpeg"))
    var voice = file
    voice.mimeType = "audio/ogg"
    #expect(lines(try WhatsApp.upload(voice, access)).contains("audio/ogg; codecs=opus"))
    let messenger = try #require(try MetaMedia.messenger.upload?(file, access))
    #expect(messenger.url.hasSuffix("/300000000000001/message_attachments"))
    #expect(lines(messenger).contains(#"{"attachment":{"type":"image","payload":{"is_reusable":true}}}"#))
    #expect(MetaMedia.instagram.upload == nil)
    var nobody = access
    nobody.token = Secret("")
    for channel in [Channel.whatsapp, .facebook, .tiktok] {
      #expect(throws: PeerError.self, "\(channel.name)") { try channel.media?.upload?(file, nobody) }
    }
  }

  @Test(arguments: [
    ("whatsapp", 200, #"{"id":"700111"}"#, "700111"), ("whatsapp", 200, "{}", "unparseable"),
    ("whatsapp", 400, #"{"error":{"code":131053,"message":"type"}}"#, "later"),
    ("whatsapp", 401, #"{"error":{"code":190,"message":"no"}}"#, "190"), ("whatsapp", 502, "", "unreachable"),
    ("facebook", 200, #"{"attachment_id":1857777774821032}"#, "1857777774821032"),
    ("tiktok", 200, #"{"code":0,"data":{"media_id":"v1"}}"#, "v1"),
    ("tiktok", 200, #"{"code":40002,"message":"file too large"}"#, "40002"),
    // What passes on one of Meta's platforms is for good, or unknown, on another.
    ("facebook", 400, #"{"error":{"code":100,"error_subcode":2018007,"message":"upload"}}"#, "later"),
    ("facebook", 400, #"{"error":{"code":100,"error_subcode":2018008,"message":"fetch"}}"#, "later"),
    ("facebook", 400, #"{"error":{"code":100,"error_subcode":2018047,"message":"type"}}"#, "later"),
    ("facebook", 400, #"{"error":{"code":100,"error_subcode":2018109,"message":"too large"}}"#, "100"),
    ("facebook", 400, #"{"error":{"code":1200,"message":"again"}}"#, "later"),
    ("facebook", 400, #"{"error":{"code":32,"message":"slowly"}}"#, "later"),
    ("facebook", 400, #"{"error":{"code":80006,"message":"slowly"}}"#, "later"),
    ("facebook", 400, #"{"error":{"code":190,"message":"no"}}"#, "190"),
    ("whatsapp", 400, #"{"error":{"code":100,"error_subcode":2018007,"message":"no"}}"#, "100"),
    ("whatsapp", 400, #"{"error":{"code":131057,"message":"maintenance"}}"#, "later"),
  ])
  func whatBecameOfUploads(_ name: String, _ status: Int, _ body: String, _ expected: String) throws {
    let media = try #require(Channel.named(name)?.media)
    let said: String
    do throws(PeerError) {
      said = try media.uploaded(answer(status, body))
    } catch {
      if case .throttled = error { said = "later" } else { said = error.code }
    }
    #expect(said == expected)
  }
}
