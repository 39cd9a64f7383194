/// Why a content cannot be sent as it is.
public struct ContentFault: Error, Sendable, Equatable {
  /// A word for machines: empty too_long too_many not_unique bad_value bad_media too_large unsupported.
  public var code: String
  /// Where in its JSON form: `options[2].title`.
  public var path: String
  public var fault: String

  public var sentence: String { path.isEmpty ? fault : path + ": " + fault }
}

extension ChannelLimits {
  /// Something to read, of at most so many of `unit`; nil: of the platform's own.
  func check(_ text: String, _ most: Int, _ path: String, in unit: Unit? = nil) throws(ContentFault) {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ContentFault(code: "empty", path: path, fault: "there is no text to send")
    }
    let unit = unit ?? countedIn
    let length = unit.length(text)
    guard length <= most else {
      throw ContentFault(code: "too_long", path: path, fault: "\(length) of at most \(most) \(unit)")
    }
  }
}

/// Measures contents against one platform's limits.
struct ContentCheck {
  let limits: ChannelLimits
  let content: ContentLimits

  /// What stands above buttons, lists and the like.
  func body(_ text: String, _ most: Int, _ path: String = "body") throws(ContentFault) {
    try limits.check(text, most, path)
  }

  func text(_ text: String, _ most: Int, _ path: String) throws(ContentFault) {
    try limits.check(text, most, path, in: .characters)
  }

  func text(_ text: String?, _ most: Int, _ path: String) throws(ContentFault) {
    if let text { try self.text(text, most, path) }
  }

  func count(_ count: Int, _ most: Int, _ path: String) throws(ContentFault) {
    guard count > 0 else { throw ContentFault(code: "empty", path: path, fault: "at least one is needed") }
    guard count <= most else {
      throw ContentFault(code: "too_many", path: path, fault: "\(count) of at most \(most)")
    }
  }

  /// Names the first that was there before.
  func unique(_ values: [String], _ path: (Int) -> String) throws(ContentFault) {
    var seen = Set<String>()
    for (i, value) in values.enumerated() where !seen.insert(value).inserted {
      throw ContentFault(code: "not_unique", path: path(i), fault: "\"\(value)\" is there twice")
    }
  }

  /// An address that the platform's own servers, or the person's browser, can open.
  func link(_ link: String, secure: Bool, _ path: String) throws(ContentFault) {
    try text(link, content.url, path)
    let begins = link.hasPrefix("https://") || !secure && link.hasPrefix("http://")
    guard begins, !link.contains(where: \.isWhitespace), !link.hasSuffix("//") else {
      throw ContentFault(code: "bad_value", path: path, fault: "must be an https address")
    }
  }

  func require(_ condition: Bool, _ path: String, _ fault: String) throws(ContentFault) {
    guard condition else { throw ContentFault(code: "bad_value", path: path, fault: fault) }
  }
}
