import Core

/// Where a platform tells an account's owner what happened, and how it signs there.
struct Subscriber: Sendable {
  enum Platform: Sendable { case meta, tiktok }

  /// Of the account.
  let id: String
  let url: String
  let secret: Secret
  var platform = Platform.meta

  /// As the platform writes it, and signs it.
  func bytes(_ body: JSON) -> [UInt8] {
    switch platform {
    case .meta: escaped(body)
    case .tiktok: body.bytes
    }
  }

  func headers(_ body: [UInt8]) -> [HTTPRequest.Header] {
    var headers = [HTTPRequest.Header("Content-Type", "application/json")]
    switch platform {
    case .meta:
      headers.append(.init("User-Agent", "facebookexternalua"))
      headers.append(.init("X-Hub-Signature-256", "sha256=" + hex(hmacSHA256(body, key: secret))))
    case .tiktok:
      let time = String(Instant.now.seconds)
      let signed = Array("\(time).".utf8) + body
      headers.append(.init("TikTok-Signature", "t=\(time),s=" + hex(hmacSHA256(signed, key: secret))))
    }
    return headers
  }
}

/// One thing that is told, and its word for the list of call-backs.
struct Report: Sendable {
  let word: String
  /// Made at the moment it is told.
  let body: @Sendable () -> JSON
}

/// JSON as Meta writes it, and signs it: everything beyond ASCII as `\uXXXX`, `/` as `\/`.
func escaped(_ value: JSON) -> [UInt8] {
  var out = [UInt8]()
  for unit in value.text.utf16 {
    if unit == UInt16(UInt8(ascii: "/")) {
      out += "\\/".utf8
    } else if unit < 0x80 {
      out.append(UInt8(unit))
    } else {
      out += "\\u".utf8
      out += hex([UInt8(unit >> 8), UInt8(unit & 255)]).utf8
    }
  }
  return out
}
