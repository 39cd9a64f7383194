import Core

/// What a person says about being written to by a business, beyond answers to their own questions.
public struct Consent: Sendable, Equatable {
  /// `contact_consents.state`.
  public enum State: String, Sendable { case stopped, allowed }
  /// How it is known (`contact_consents.source`): a switch of the platform's, a word of the person's, a refused send.
  public enum Source: String, Sendable { case platform, keyword, error }

  public var state: State
  public var source: Source

  public init(_ state: State, _ source: Source) {
    self.state = state
    self.source = source
  }

  /// As `note_consents` in SQL reads it. All that we hear of is about promotions.
  public var row: JSON {
    ["scope": "marketing", "state": .string(state.rawValue), "source": .string(source.rawValue)]
  }
}

extension Consent {
  /// The state that a text asks for, if the whole of it is such a word; accents, case and punctuation do not matter.
  /// Not among them: cancelar, cancel, no, salir, fin. People say these about appointments.
  public static func word(_ text: String) -> State? {
    guard text.utf8.count <= longest else { return nil }
    let words = folded(text)
    if stopWords.contains(words) { return .stopped }
    return resumeWords.contains(words) ? .allowed : nil
  }

  /// A longer text is no word, whatever it is made of.
  private static let longest = 200

  private static let stopWords = Set(Phrases.all.flatMap(\.heard.stopping))
  private static let resumeWords = Set(Phrases.all.flatMap(\.heard.resuming))
}

extension InboundEvent {
  /// What the event says about the person's consent to promotions; nil: nothing.
  public var consent: Consent? {
    switch kind {
    case .message:
      guard ["text", "button", "interactive", "story_reply"].contains(contentType) else { return nil }
      let state = Consent.word(content) ?? selection.flatMap { Consent.word($0) }
      return state.map { Consent($0, .keyword) }
    case .preference:
      switch selection {
      case "stop": return Consent(.stopped, .platform)
      case "resume", "signup": return Consent(.allowed, .platform)
      default: return nil
      }
    default: return nil
    }
  }
}
