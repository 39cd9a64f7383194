import Core
import FoundationEssentials
import TestSupport
import Testing

/// `bin/send` on the channels beside WhatsApp, as the README tells to try them: what it posts is answered, not only taken.
@Suite struct SendVerbTests {
  /// The fixtures' own words, from a person of this test: of a talk that names nobody, as TikTok's own file has one, the
  /// sandbox could not tell that it was read.
  @Test(arguments: ["instagram/text", "facebook/postback", "tiktok/text"])
  func isAnsweredAndRead(_ name: String) async throws {
    let platform = try #require(Platform(rawValue: String(name.prefix { $0 != "/" })))
    let tenant = try Tenant.make(on: platform)
    try await Sandbox.register(tenant)
    let person = uniqueDigits("61")
    let options = [
      "--account", tenant.account, "--from", person, "--secret", tenant.appSecret, "--url", World.current.url,
    ]
    let command = "bin/send \(name) \(tenant.slug) \(options.joined(separator: " "))"
    let said = try await onThread { shell(command) }
    #expect(said.status == 0 && said.output.contains("HTTP 200\n"), "\(said.output)")
    #expect(try tenant.value("value", of: "lead_aliases", where: "kind = '\(platform.aliasKind)'") == person)
    let isRead = try await eventually {
      try tenant.count("messages", where: "role = 'assistant' and status = 'read'") == 1
    }
    #expect(isRead)
    let reply = try tenant.value("content", of: "messages", where: "role = 'assistant'") ?? ""
    // Instagram's asks for what this business does not have.
    #expect(platform == .instagram ? !reply.isEmpty : reply.contains("800"), "\(reply)")
    let texts = try await Sandbox.requests(platform.rawValue, match: tenant.page ?? tenant.account, kind: "text")
    let taken = texts.filter { $0["accepted"].bool == true }
    #expect(taken.count == 1)
    let body = taken.first?["body"]
    #expect((platform == .tiktok ? body?["text"]["body"] : body?["message"]["text"])?.text == reply)
    // Its echo is no message of its own, and nobody's who took over.
    #expect(try tenant.count("messages") == 2)
    #expect(try tenant.count("conversations", where: "ai_handling and status <> 'escalated'") == 1)
    #expect(try tenant.count("webhook_dead_letters") == 0)
  }
}
