import Core
import FoundationEssentials
import TestSupport
import Testing

/// What opens each platform's shared address: its own verify token and its own secrets, and no other's. The development
/// world gives all of them the same, so each program is started once more with settings that differ.
@Suite struct SharedKeysTests {
  private static let metaSecret = "dev_meta_app_secret"
  private static let instagramSecret = "the_instagram_apps_secret"

  /// All platforms' settings are there: a program that looks at its neighbour's finds something.
  private static func program(of platform: Platform) throws -> Program {
    try Program(
      "webhook-" + platform.rawValue,
      environment: [
        "WHATSAPP_VERIFY_TOKEN": "token_of_whatsapp", "INSTAGRAM_VERIFY_TOKEN": "token_of_instagram",
        "FACEBOOK_VERIFY_TOKEN": "token_of_facebook", "META_APP_SECRET": metaSecret,
        "INSTAGRAM_APP_SECRET": instagramSecret,
      ])
  }

  private static func ask(_ program: Program, _ platform: Platform, _ query: String) throws -> String {
    let client = try FastCGIClient(socket: program.socket)
    client.begin("GET", platform.sharedPath, length: 0, headers: [("QUERY_STRING", query)])
    client.body([])
    return client.answer()
  }

  private static func post(
    _ program: Program, _ platform: Platform, _ body: [UInt8], signed secret: String
  ) throws -> String {
    let client = try FastCGIClient(socket: program.socket)
    let signature = platform.signature(body, Secret(secret))
    client.begin(
      "POST", platform.sharedPath, length: body.count, headers: [("HTTP_X_HUB_SIGNATURE_256", signature)])
    client.body(body)
    client.body([])
    return client.answer()
  }

  @Test(arguments: Platform.metas) func theHandshakeUsesThePlatformsToken(_ platform: Platform) async throws {
    let program = try Self.program(of: platform)
    for other in Platform.metas {
      let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=token_of_" + other.rawValue
      let said = try Self.ask(program, platform, query)
      #expect(said.hasPrefix(other == platform ? "Status: 200" : "Status: 403"), "\(other): \(said)")
      #expect(said.hasSuffix("\r\n\r\n1158201444") == (other == platform), "\(other): \(said)")
    }
  }

  /// The same through nginx, with the world's own tokens.
  @Test(arguments: Platform.metas) func theHandshakeIsAnsweredInTheWorld(_ platform: Platform) async throws {
    func ask(_ token: String) async throws -> HTTPResponse {
      try await Web.send(
        "GET",
        World.current.url + platform.sharedPath + "?hub.mode=subscribe&hub.challenge=42&hub.verify_token=" + token)
    }
    let right = try await ask("dev_verify_token")
    #expect(right.status == 200 && right.body == Array("42".utf8))
    #expect(try await ask("guess").status == 403)
  }

  /// TikTok asks without a token; one that is sent could only be a guess.
  @Test func tiktoksChallengeIsGivenBack() async throws {
    func ask(_ query: String) async throws -> HTTPResponse {
      try await Web.send("GET", World.current.url + Platform.tiktok.sharedPath + "?" + query)
    }
    let right = try await ask("challenge=1158201444")
    #expect(right.status == 200 && right.body == Array("1158201444".utf8))
    #expect(try await ask("challenge=1&verify_token=dev_verify_token").status == 403)
    #expect(try await ask("hub.mode=subscribe&hub.challenge=1&hub.verify_token=dev_verify_token").status == 400)
    #expect(try await ask("").status == 400)
  }

  /// Accounts of Instagram's own login are signed for by Instagram's app, those connected by a page by Meta's.
  @Test func eitherSecretSignsForInstagram() async throws {
    let tenant = try Tenant.make(on: .instagram, delay: Tenant.never)
    let program = try Self.program(of: .instagram)
    let tried = [(Self.metaSecret, "200"), (Self.instagramSecret, "200"), (tenant.appSecret, "403"), ("guess", "403")]
    for (secret, status) in tried {
      let body = Platform.instagram.text(secret, from: uniqueDigits("61"), to: tenant.account)
      let said = try Self.post(program, .instagram, body, signed: secret)
      #expect(said.hasPrefix("Status: " + status), "\(secret): \(said)")
      let taken = try tenant.count("messages", where: "content = '\(secret)'")
      #expect(taken == (status == "200" ? 1 : 0), "\(secret)")
    }
  }

  /// What signs for Instagram alone opens no other door.
  @Test(arguments: [Platform.whatsapp, .facebook])
  func instagramsSecretSignsForNothingElse(_ platform: Platform) async throws {
    let tenant = try Tenant.make(on: platform, delay: Tenant.never)
    let program = try Self.program(of: platform)
    func post(_ secret: String) throws -> String {
      try Self.post(
        program, platform, platform.text("hola", from: uniqueDigits("521"), to: tenant.account), signed: secret)
    }
    let refused = try post(Self.instagramSecret)
    #expect(refused.hasPrefix("Status: 403"), "\(refused)")
    #expect(try tenant.count("messages") == 0)
    let taken = try post(Self.metaSecret)
    #expect(taken.hasPrefix("Status: 200"), "\(taken)")
    #expect(try tenant.count("messages") == 1)
  }
}
