import Core
import Peers
import Rules
import Testing

@Suite struct ClaudeTests {
  @Test(arguments: Fixture.all("claude"))
  func answer(_ fixture: Fixture) throws {
    let response = HTTPResponse(try fixture.field())
    let text: String
    do throws(PeerError) {
      text = Self.text(try ClaudeAnswer.read(response))
    } catch {
      text = error.line + (error.repeatable(idempotent: true) ? "\nask again" : "")
    }
    try fixture.expect(text)
  }

  private static func text(_ answer: ClaudeAnswer) -> String {
    let usage = answer.usage
    let cost = usage.costUSD(ClaudeModel.named(answer.model))
    return """
      \(outcome(answer.outcome))
      stop=\(answer.stopReason) model=\(answer.model) request=\(answer.requestID ?? "-")
      in=\(usage.input) write=\(usage.cacheWrite)+\(usage.cacheWriteHour) read=\(usage.cacheRead) out=\(usage.output) \
      usd=\(cost)
      \(answer.content.text)
      """
  }

  private static func outcome(_ outcome: ClaudeAnswer.Outcome) -> String {
    switch outcome {
    case .tools(let uses): "tools " + uses.map { "\($0.id) \($0.name) \($0.input.text)" }.joined(separator: "; ")
    default: "\(outcome)"
    }
  }

  @Test(arguments: Fixture.all("claude-request"))
  func request(_ fixture: Fixture) throws {
    let field = try fixture.field()
    let call = ClaudeCall(
      model: field["model"].text, maxTokens: Int(field["max_tokens"].integer ?? 1024),
      temperature: field["temperature"].text,
      system: field["system"].items.map { .init($0["text"].text ?? "", cached: $0["cached"].bool ?? false) },
      turns: field["turns"].items.map { Turn(Turn.Role(rawValue: $0[0].text ?? "") ?? .user, $0[1].text ?? "") },
      tools: field["tools"].items.map {
        ClaudeTool(
          name: $0["name"].text ?? "", description: $0["description"].text ?? "", schema: $0["schema"].value ?? [:])
      },
      continuation: field["continuation"].items.compactMap(\.value), metadataUser: field["metadata_user"].text)
    let key = Secret(field["key"].text ?? "sk-ficticia")
    let text: String
    do throws(PeerError) {
      text = try call.request(base: "https://anthropic.example", key: key).text
    } catch { text = error.line }
    try fixture.expect(text)
  }

  @Test func models() {
    #expect(ClaudeModel.named(nil).id == "claude-haiku-5-5")
    #expect(ClaudeModel.named("").id == "claude-haiku-5-5")
    #expect(ClaudeModel.named("claude-haiku-5-5-20261007").id == "claude-haiku-5-5-20261007")
    #expect(ClaudeModel.named("claude-sonnet-5").id == "claude-sonnet-5")
    #expect(ClaudeModel.named("claude-sonnet-5-5").id == "claude-sonnet-5-5")
    #expect(ClaudeModel.named("claude-3-5-sonnet-20241022").id == "claude-sonnet-5-5")
    #expect(ClaudeModel.named("claude-3-7-sonnet-20250219").id == "claude-sonnet-5-5")
    #expect(ClaudeModel.named("claude-sonnet-4-20250514").id == "claude-sonnet-5-5")
    #expect(ClaudeModel.named("claude-opus-4-20250514").id == "claude-opus-5-5")
    #expect(ClaudeModel.named("claude-opus-4-5-20251101").samplingAllowed)
    #expect(ClaudeModel.named("claude-3-5-haiku-latest").id == "claude-haiku-5-5")
    #expect(ClaudeModel.successor(of: "claude-3-5-sonnet-20241022") == "claude-sonnet-5-5")
    #expect(ClaudeModel.successor(of: "claude-haiku-5-5") == nil)
    let unknown = ClaudeModel.named("claude-next-9")
    #expect(unknown.id == "claude-next-9")
    #expect(unknown.assumed && !unknown.samplingAllowed && !unknown.effort)
    for model in ClaudeModel.all {
      #expect(model.price.input % 20 == 0, "\(model.id): cache prices must be whole picodollars")
      #expect(model.price.output <= unknown.price.output, "\(model.id): what we do not know must cost the most")
    }
  }

  @Test func costs() {
    let haiku = ClaudeModel.named(nil)
    #expect(ClaudeUsage().costUSD(haiku) == "0.000000000000")
    #expect(ClaudeUsage(input: 1).costUSD(haiku) == "0.000000100000")
    #expect(ClaudeUsage(cacheRead: 1).costUSD(haiku) == "0.000000010000")
    #expect(ClaudeUsage(cacheWrite: 1).costUSD(haiku) == "0.000000125000")
    #expect(ClaudeUsage(cacheWriteHour: 1).costUSD(haiku) == "0.000000200000")
    #expect(ClaudeUsage(output: 1_000_000).costUSD(haiku) == "0.500000000000")
    #expect(ClaudeUsage(input: 100_000).costUSD(haiku) == "0.010000000000")
    #expect(ClaudeUsage(input: 100_001).costUSD(haiku) == "0.050000500000")
    #expect(ClaudeUsage(input: 1, cacheRead: 100_000).costUSD(haiku) == "0.005000500000")
    #expect(ClaudeUsage(input: 1_000_000, output: 1_000_000).costUSD(.named("claude-opus-5-5")) == "24.000000000000")
  }
}
