import Core
import FoundationEssentials
import Store

/// What is asked under an `Idempotency-Key` is done once, and answered the same for a day. Keys are each asker's own.
extension APICall {
  /// Does it in one transaction; who asks the same at the same time waits for the first. What is refused leaves the key free.
  /// - Parameters:
  ///   - asked: what is asked, in words that no other wish has: under one key it has to be the same.
  ///   - body: does it; the answer, or why nothing was done.
  func once(
    _ asked: [String], _ body: (Scope) throws(StoreError) -> Result<JSON, APIProblem>
  ) throws(APIProblem) -> JSON {
    let key = try idempotencyKey()
    let digest = Self.digest(asked)
    var earlier: EarlierRequestRow?
    var refused: APIProblem?
    var answer = JSON.null
    do throws(APIProblem) {
      answer = try transaction { (scope) throws(StoreError) -> JSON in
        (earlier, refused) = (nil, nil)
        if let key {
          try scope.forgetRequests()
          if try scope.beginRequest(asker: caller.name, key: key, digest: digest) == 0 {
            earlier = try scope.earlierRequest(asker: caller.name, key: key)
            guard earlier != nil else { throw .unavailable("the request before this one was just forgotten") }
            return .null
          }
        }
        switch try body(scope) {
        case .success(let answer):
          if let key { try scope.endRequest(answer: JSONText(answer), asker: caller.name, key: key) }
          return answer
        case .failure(let problem):
          refused = problem
          // Takes back the key, and whatever was done before it was refused.
          throw .conflict(constraint: "refused")
        }
      }
    } catch {
      throw refused ?? error
    }
    guard let earlier else { return answer }
    guard earlier.digest == digest else {
      throw .conflict("IDEMPOTENCY_KEY_REUSED", "something else was asked under this key")
    }
    return try data(earlier.answer, or: "answer")
  }

  /// What was answered to the same wish before: asked first where a wish may be refused for what has changed since.
  func answeredBefore(_ asked: [String]) throws(APIProblem) -> JSON? {
    guard let key = try idempotencyKey() else { return nil }
    let earlier = try store { (scope) throws(StoreError) in
      try scope.earlierRequest(asker: caller.name, key: key)
    }
    guard let earlier, earlier.answer != nil, earlier.digest == Self.digest(asked) else { return nil }
    return try data(earlier.answer, or: "answer")
  }

  private static func digest(_ asked: [String]) -> String {
    hex(sha256(Array(asked.joined(separator: "\u{1f}").utf8)))
  }

  private func idempotencyKey() throws(APIProblem) -> String? {
    guard let key = request.headers["idempotency-key"] ?? body["idempotency_key"].text else { return nil }
    guard (1...255).contains(key.utf8.count), !key.utf8.contains(0) else {
      throw .malformed("Idempotency-Key", "expected 1 to 255 characters")
    }
    return key
  }
}
