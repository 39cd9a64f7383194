import Core

/// What Claude answered.
public struct ClaudeAnswer: Sendable, Equatable {
  /// The text blocks, each on a line of its own where nothing parts them, without the spaces around them. May be empty.
  public var text: String
  public var stopReason: StopReason
  public var toolUses: [ToolUse]
  /// All blocks as they came: a tool loop sends them back unchanged.
  public var content: JSON
  /// The model that answered.
  public var model: String
  public var usage: ClaudeUsage
  /// Anthropic's name for the exchange, for their support.
  public var requestID: String?

  /// Why it stopped; words that we do not know are kept.
  public enum StopReason: Sendable, Hashable {
    case endTurn, maxTokens, stopSequence, toolUse, pauseTurn, refusal, contextExceeded
    case other(String)
  }

  public struct ToolUse: Sendable, Equatable {
    public var id: String
    public var name: String
    public var input: JSON
  }

  /// What to do with it.
  public enum Outcome: Sendable, Equatable {
    /// A whole text to send.
    case text(String)
    /// The text stops in the middle: the limit was reached.
    case cut(String)
    /// It wants these done first.
    case tools([ToolUse])
    /// It will not answer this.
    case refused
    /// It said nothing.
    case empty
  }

  public var outcome: Outcome {
    switch stopReason {
    case .refusal: .refused
    case .toolUse where !toolUses.isEmpty: .tools(toolUses)
    case .maxTokens, .contextExceeded, .pauseTurn: text.isEmpty ? .empty : .cut(text)
    default: text.isEmpty ? .empty : .text(text)
    }
  }
}

extension ClaudeAnswer {
  /// Reads the answer to a `ClaudeCall`. Blocks are chosen by type: the first may be a thought.
  ///
  /// A lost or unreadable answer did nothing to anybody, so that the caller may ask again
  /// (`PeerError.repeatable(idempotent: true)`).
  public static func read(_ response: HTTPResponse) throws(PeerError) -> ClaudeAnswer {
    let body = Field((try? JSON.parse(response.body)) ?? .null)
    guard (200...299).contains(response.status), body["type"].text != "error" else {
      throw PeerError(claude: response, body)
    }
    guard body["type"].text == "message", case .array? = body["content"].value else {
      throw .unparseable("HTTP \(response.status), but not a message of Claude's")
    }
    let blocks = body["content"].items
    let words = blocks.compactMap { $0["type"].text == "text" ? $0["text"].text : nil }.filter { !$0.isEmpty }
      .reduce("") { text, block in
        let isParted = text.last?.isWhitespace ?? true || block.first?.isWhitespace ?? true
        return text + (isParted ? "" : "\n") + block
      }
    return ClaudeAnswer(
      text: stripped(words), stopReason: StopReason(body["stop_reason"].text ?? ""),
      toolUses: blocks.compactMap(ToolUse.init), content: body["content"].value ?? [],
      model: body["model"].text ?? "", usage: ClaudeUsage(body["usage"]),
      requestID: response.headers["request-id"])
  }
}

extension ClaudeAnswer.StopReason {
  init(_ word: String) {
    self =
      switch word {
      case "end_turn": .endTurn
      case "max_tokens": .maxTokens
      case "stop_sequence": .stopSequence
      case "tool_use": .toolUse
      case "pause_turn": .pauseTurn
      case "refusal": .refusal
      case "model_context_window_exceeded": .contextExceeded
      default: .other(word)
      }
  }
}

extension ClaudeAnswer.ToolUse {
  /// nil if the block is none, or lacks what an answer to it needs.
  init?(_ block: Field) {
    guard block["type"].text == "tool_use", let id = block["id"].text, let name = block["name"].text else { return nil }
    self.init(id: id, name: name, input: block["input"].value ?? [:])
  }
}

private func stripped(_ text: String) -> String {
  var text = text[...]
  while let c = text.first, c.isWhitespace { text.removeFirst() }
  while let c = text.last, c.isWhitespace { text.removeLast() }
  return String(text)
}
