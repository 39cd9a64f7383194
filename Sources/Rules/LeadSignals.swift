import Core

/// One way in which a business has people scored (`ai_scoring_rules`).
public struct ScoringRule: Sendable, Equatable {
  public enum Detection: Sendable, Equatable {
    /// Any of these words is said; several words are looked for in their order.
    case words([String])
    /// The person has written so many messages.
    case messages(Int)
    /// All of these are known of the person.
    case fields(Set<String>)
    /// By nothing that can be read off a message: Claude, n8n or staff say so.
    case told
  }

  public var signal: String
  public var points: Int
  public var detection: Detection

  public init(signal: String, points: Int, detection: Detection) {
    self.signal = signal
    self.points = points
    self.detection = detection
  }

  /// Reads {"signal", "points", "type", "config"}; nil if there is no name. What is set up wrongly detects nothing.
  public init?(_ field: Field) {
    guard let signal = field["signal"].text, !signal.isEmpty else { return nil }
    let config = field["config"]
    let detection: Detection
    switch field["type"].text {
    case "keyword": detection = .words(config["keywords"].items.compactMap(\.text))
    case "engagement": detection = config["min_messages"].integer.map { .messages(Int(clamping: $0)) } ?? .told
    case "attribute":
      let fields = Set(config["fields"].items.compactMap(\.text))
      detection = fields.isEmpty ? .told : .fields(fields)
    default: detection = .told
    }
    self.init(signal: signal, points: Int(clamping: field["points"].integer ?? 0), detection: detection)
  }
}

/// A signal that somebody raised, and what for.
public struct RaisedSignal: Sendable, Equatable {
  public var signal: String
  public var points: Int
  /// The words that raised it, or the fact.
  public var reason: String

  public init(_ signal: String, _ points: Int, _ reason: String) {
    self.signal = signal
    self.points = points
    self.reason = reason
  }
}

/// Which signals a person raises by what they have just said. Each at most once, in the order of the rules. Words that are
/// part of a longer find are not found by themselves: "no me interesa" is not "me interesa".
public func raisedSignals(said: [String], _ rules: [ScoringRule], _ facts: LeadFacts) -> [RaisedSignal] {
  let said = said.map { Words($0) }
  var finds: [(rule: Int, keyword: String, text: Int, place: Words.Place)] = []
  for (i, rule) in rules.enumerated() {
    guard case .words(let keywords) = rule.detection else { continue }
    for keyword in keywords {
      let wanted = Words(keyword)
      for (text, words) in said.enumerated() {
        for place in words.places(of: wanted) where !words.denied(place) {
          finds.append((i, keyword, text, place))
        }
      }
    }
  }
  return rules.enumerated().compactMap { i, rule in
    switch rule.detection {
    case .words:
      let find = finds.first { find in
        find.rule == i
          && !finds.contains {
            $0.text == find.text && $0.place.clause == find.place.clause
              && $0.place.words.count > find.place.words.count
              && $0.place.words.lowerBound <= find.place.words.lowerBound
              && $0.place.words.upperBound >= find.place.words.upperBound
          }
      }
      return find.map { RaisedSignal(rule.signal, rule.points, $0.keyword) }
    // Once a person: they do not write their fifth message twice.
    case .messages(let least):
      guard facts.messages >= least, !facts.raised.contains(rule.signal) else { return nil }
      return RaisedSignal(rule.signal, rule.points, "\(facts.messages) messages")
    case .fields(let fields):
      guard fields.isSubset(of: facts.fields), !facts.raised.contains(rule.signal) else { return nil }
      return RaisedSignal(rule.signal, rule.points, fields.sorted().joined(separator: ", "))
    case .told: return nil
    }
  }
}
