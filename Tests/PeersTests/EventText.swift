import Core
import Peers
import Rules

extension InboundEvent {
  /// One line that says everything but the raw item.
  var line: String {
    var parts = [kind.rawValue, "id=\(externalID)"]
    if let accountID { parts.append("account=\(accountID)") }
    parts += aliases.map { $0.address == $0.value ? "\($0.kind)=\($0.value)" : "\($0.kind)=\($0.value)<\($0.address)>" }
    if let profileName { parts.append("name=\(quoted(profileName))") }
    parts.append("at=\(at?.description ?? "-")")
    parts.append("\(contentType)=\(quoted(content))")
    if let selection { parts.append("selection=\(quoted(selection))") }
    if let replyTo { parts.append("to=\(replyTo)") }
    if wantsAnswer { parts.append("ANSWER") }
    if isStandby { parts.append("STANDBY") }
    if let origin { parts.append("origin=(\(origin.line))") }
    if outbound { parts.append("OUTBOUND") }
    if let errorCode { parts.append("error=\(errorCode)") }
    if let status { parts.append("status=(\(status.line))") }
    parts.append("details=\(details.text)")
    return parts.joined(separator: " ")
  }
}

extension StatusReport {
  fileprivate var line: String {
    let words: [String?] = [
      state, upTo.map { "up_to=\($0)" }, opaque.map { "opaque=\($0)" }, participant.map { "participant=\($0)" },
      errorCode.map { "code=\($0)" },
      errorSentence.map { quoted($0) }, billing == .object(JSON.Members()) ? nil : billing.text,
    ]
    return words.compactMap { $0 }.joined(separator: " ")
  }
}

extension EchoOrigin {
  fileprivate var line: String {
    [opaque.map { "opaque=\($0)" }, app.map { "app=\($0)" }, byProgram ? "program" : nil].compactMap(\.self)
      .joined(separator: " ")
  }
}

extension PeerError {
  /// The case and what follows from it.
  var line: String {
    let name =
      switch self {
      case .unreachable: "unreachable"
      case .throttled(let after, _, _): "throttled after=\(after.map { "\($0)" } ?? "-")"
      case .unauthorised: "unauthorised"
      case .refused: "refused"
      case .unparseable: "unparseable"
      }
    let flags = [retryable ? "RETRY" : nil, mightHaveArrived ? "MIGHT-HAVE-ARRIVED" : nil].compactMap { $0 }
    return ([name, "code=\(code)"] + flags + [quoted(sentence)]).joined(separator: " ")
  }
}
