import Core
import Rules

/// Names do not come with messages. Instagram tells one only after the person has written, and to some apps not even then.
extension Messenger {
  /// `GET {base}/{person's id}?fields=…`.
  func lookUp(_ person: Alias, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    let fields = names.flatMap(\.self).joined(separator: ",")
    return HTTPRequest(
      "GET", try Self.url(through, try recipient(person)) + "?fields=\(fields)",
      headers: [try Self.authorization(through)], timeout: 20)
  }

  func found(_ response: HTTPResponse) throws(PeerError) -> String? {
    let body: Field
    do throws(PeerError) {
      body = try errors.accepted(response)
    } catch .refused { return nil }
    for group in names {
      let name = group.compactMap { body[$0].loose.flatMap(oneLine) }.joined(separator: " ")
      if !name.isEmpty { return clipped(name, Limits.personName) }
    }
    return nil
  }
}
