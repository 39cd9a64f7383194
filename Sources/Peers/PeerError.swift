import Core

/// Why somebody else did not do what we asked, named after what to do about it.
public enum PeerError: Error, Sendable, Equatable {
  /// No usable answer. `left`: the request may have been acted upon.
  case unreachable(String, left: Bool)
  /// Too fast, or they are busy; try again after so many seconds if they said.
  case throttled(after: Double?, code: String, sentence: String)
  /// Our credentials or the account: nothing will work until a person acts.
  case unauthorised(code: String, sentence: String)
  /// Understood and refused; the same request will be refused again.
  case refused(code: String, sentence: String)
  /// An answer that we cannot read; it may have been acted upon.
  case unparseable(String)
}

extension PeerError {
  /// Repeating it may help and cannot do it twice.
  public var retryable: Bool {
    switch self {
    case .unreachable(_, let left): !left
    case .throttled: true
    case .unauthorised, .refused, .unparseable: false
    }
  }

  /// They may have acted although we have no confirmation: never repeat an effect that is not idempotent.
  public var mightHaveArrived: Bool {
    switch self {
    case .unreachable(_, let left): left
    case .unparseable: true
    case .throttled, .unauthorised, .refused: false
    }
  }

  /// Repeating it may help. Of a call that may be done twice without harm (`idempotent`: asking a model, reading a list)
  /// also when the answer was lost or unreadable.
  public func repeatable(idempotent: Bool) -> Bool { retryable || (idempotent && mightHaveArrived) }

  public var code: String {
    switch self {
    case .unreachable: "unreachable"
    case .unparseable: "unparseable"
    case .throttled(_, let code, _), .unauthorised(let code, _), .refused(let code, _): code
    }
  }

  public var sentence: String {
    switch self {
    case .unreachable(let s, _), .unparseable(let s): s
    case .throttled(_, _, let s), .unauthorised(_, let s), .refused(_, let s): s
    }
  }

  public init(_ failure: HTTPFailure) {
    switch failure {
    case .neverLeft(let s): self = .unreachable(s, left: false)
    case .mightHaveArrived(let s): self = .unreachable(s, left: true)
    case .notPublic: self = .unreachable(failure.sentence, left: false)
    }
  }
}
