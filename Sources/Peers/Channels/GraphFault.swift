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
    let words = [field["message"], field["title"]].compactMap { $0.text.flatMap(oneLine) }.first
    let details = [field["error_data"]["details"], field["details"], field["error_user_msg"]]
      .compactMap { $0.text.flatMap(oneLine) }.first
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

extension GraphFault {
  /// The app has "Require App Secret" on: "API calls from the server require an appsecret_proof argument", as code 100,
  /// which otherwise means that one parameter is wrong (Graph API, November 2026). Every call will be refused.
  var wantsProof: Bool { Self.wantsProof(sentence) }

  static func wantsProof(_ sentence: String) -> Bool { sentence.lowercased().contains("appsecret_proof") }

  static let proofCure =
    "switch Require App Secret off (the app's dashboard, Settings, Advanced, Security): we sign no calls with the app's "
    + "secret"
  static let proofAdvice =
    "The Meta app wants every call signed with its secret (appsecret_proof): \(proofCure); then tistis channels resume."
}

/// Meta quotes the token in some faults ("Malformed access token EAA…"), and sentences end in logs: every run of 32 or
/// more letters and digits without a pause, wherever it stands in a word, and whatever begins with EAA, is blotted out.
func withoutTokens(_ text: String) -> String {
  var out = ""
  var run = ""
  func flush() {
    let opaque = run.utf8.count >= 32 || (run.contains("EAA") && run.utf8.count >= 20)
    out += opaque ? "•••" : run
    run = ""
  }
  for c in text {
    if c.isASCII, c.isLetter || c.isNumber || "_-|.".contains(c) {
      run.append(c)
    } else {
      flush()
      out.append(c)
    }
  }
  flush()
  return out
}
