import Core
import Rules

/// An error as Meta words it, in answers (`{"error": {…}}`), in statuses and beside messages (`errors[]`).
struct GraphFault: Sendable, Equatable {
  var code: String
  var subcode: String?
  /// The most telling of what it says, on one line, without anything that looks like a token.
  var sentence: String
  var transient: Bool
  var trace: String?

  /// nil if there is neither a code nor a word. `details` is found flat or under `error_data`.
  init?(_ field: Field) {
    let words = [field["message"], field["title"]].compactMap { $0.text.flatMap(WhatsApp.oneLine) }.first
    let details = [field["error_data"]["details"], field["details"], field["error_user_msg"]]
      .compactMap { $0.text.flatMap(WhatsApp.oneLine) }.first
    guard let code = field["code"].loose ?? (words == nil && details == nil ? nil : "unknown") else { return nil }
    self.code = clipped(code, 40)
    subcode = field["error_subcode"].loose
    transient = field["is_transient"].bool ?? false
    trace = field["fbtrace_id"].loose.map { clipped($0, 80) }
    var parts = [String]()
    for part in [words, details] { if let part, !parts.contains(part) { parts.append(part) } }
    sentence = parts.isEmpty ? "no words given" : withoutTokens(clipped(parts.joined(separator: ": "), 500))
  }
}

/// Meta quotes the token in some faults ("Malformed access token EAA…"), and sentences end in logs.
func withoutTokens(_ text: String) -> String {
  text.split(separator: " ", omittingEmptySubsequences: false).map { word in
    let long = word.utf8.count >= 40
    let opaque = word.utf8.allSatisfy { c in
      (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || "_-|.".utf8.contains(c)
    }
    return (word.contains("EAA") && word.utf8.count >= 20) || (long && opaque) ? "•••" : String(word)
  }.joined(separator: " ")
}
