import Core
import Rules

/// Names and pictures do not come with messages. Instagram tells one only after the person has written, and to some apps not even then.
extension Messenger {
  /// `GET {base}/{person's id}?fields=…`.
  func lookUp(_ person: Alias, _ through: ChannelAccess) throws(PeerError) -> HTTPRequest {
    let fields = (names.flatMap(\.self) + ["profile_pic"]).joined(separator: ",")
    return HTTPRequest(
      "GET", try Self.url(through, try recipient(person)) + "?fields=\(fields)",
      headers: [try Self.authorization(through)], timeout: 20)
  }

  func found(_ response: HTTPResponse) throws(PeerError) -> Profile {
    let body: Field
    do throws(PeerError) {
      body = try errors.accepted(response)
    } catch .refused { return Profile() }
    let name = names.lazy.map { group in group.compactMap { body[$0].loose.flatMap(oneLine) }.joined(separator: " ") }
      .first { !$0.isEmpty }
    let picture = body["profile_pic"].text.flatMap { url in
      url.hasPrefix("https://") && url.utf8.count <= 2000 && oneLine(url) == url ? url : nil
    }
    return Profile(name: name.map { clipped($0, Limits.personName) }, picture: picture)
  }
}
