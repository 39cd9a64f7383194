import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

extension Conversations {
  struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Why the assistant said that: the model's calls and the tools' uses behind its answers.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The conversation's id, for its latest answers.", transform: uuid) var conversation: UUID?
    @Option(help: "A message's id, for the answer it belongs to.", transform: uuid) var message: UUID?
    @Option(help: "Answers of the conversation at most.") var limit = 5
    @Flag(help: "As JSON, a line an answer.") var json = false

    func validate() throws {
      guard (conversation == nil) != (message == nil) else {
        throw ValidationError("Either --conversation or --message.")
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let scope = try Selected(tenant, settings).scope
        var answers: [JSONText] = []
        if let message {
          guard let row = try scope.whyMessage(id: message, onlyBranch: nil) else { throw NoMessage() }
          answers = row.answer.map { [$0] } ?? []
        } else if let conversation {
          guard try scope.apiConversation(id: conversation, onlyBranch: nil) != nil else { throw Unknown() }
          answers = try scope.answersBefore(conversationId: conversation, before: nil, limit: Int64(limit))
            .map(\.data).reversed()
        }
        if answers.isEmpty { say("no model was asked, or it is forgotten") }
        for answer in answers {
          if json {
            say(answer.text)
          } else {
            say(AnswerStory(Field(try answer.parse())).lines.joined(separator: "\n"))
          }
        }
      }
    }

    struct NoMessage: Error, CustomStringConvertible { let description = "the tenant has no such message" }
  }
}

/// An answer of the assistant's and how it came about, for people to read.
struct AnswerStory {
  let answer: Field
  init(_ answer: Field) { self.answer = answer }

  var lines: [String] {
    let steps = answer["steps"].items
    let began = steps.first?["at"].text.flatMap { Instant($0) }?.description.prefix(19) ?? ""
    var lines = ["\(began)  asked: \(short(answer["question"]["content"].text ?? "(gone)"))"]
    for step in steps { lines += told(step) }
    for message in answer["messages"].items {
      let state = [message["status"].text, message["error_code"].text].compactMap { $0 }.joined(separator: ": ")
      lines.append("  said (\(state)): \(short(message["content"].text ?? ""))")
    }
    let calls = steps.count { $0["kind"].text == "call" }
    let sums = "\(answer["total_tokens"].loose ?? "0") tokens, \(answer["cost_usd"].loose ?? "0") USD"
    return lines + ["  \(calls) calls of the model, \(steps.count - calls) uses of tools, \(sums)"]
  }

  private func told(_ step: Field) -> [String] {
    let head = "  \(step["ordinal"].loose ?? "")  \(step["name"].text ?? "")"
    let time = "\(step["took_ms"].loose ?? "0") ms"
    let fault = step["is_error"].bool == true ? "  FAILED" : ""
    guard step["kind"].text == "call" else {
      let (input, output) = (step["input"].value?.text ?? "", step["output"].value?.text ?? "")
      return ["\(head) \(short(input))  \(time)\(fault)", "       → \(short(output))"]
    }
    let tokens =
      "\(step["prompt_tokens"].loose ?? "?") tokens (\(step["cache_read_tokens"].loose ?? "0") cached) → "
      + (step["completion_tokens"].loose ?? "?")
    let stop = step["stop_reason"].text ?? "?"
    let words = step["output"].items.compactMap { $0["text"].text ?? $0["thinking"].text }
    return ["\(head)  \(time)  \(tokens)  \(step["cost_usd"].loose ?? "?") USD  \(stop)\(fault)"]
      + words.map { "       “\(short($0))”" }
  }

  /// On one line, and not longer than a screen is wide by much.
  private func short(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 300 ? line.prefix(300) + "…" : line
  }
}
