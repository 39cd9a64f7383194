import Core
import FoundationEssentials

/// A place in a list: behind which row it goes on. It says nothing that the rows do not; the check ties it to the list,
/// the filters and the business it was made for, so that one that was changed or carried elsewhere is refused.
struct Cursor: Sendable {
  let moment: Instant
  let id: UUID

  /// - Parameter place: the list with its filters.
  func text(_ place: String, _ caller: Caller) -> String {
    let words = "\(moment.microseconds).\(id.text)"
    return base64URL(Array((words + "." + Self.check(words, place, caller)).utf8))
  }

  /// Before everything there is.
  static let beginning = Cursor(moment: Instant(seconds: 253_402_300_799), id: greatest)
  /// The greatest id there can be.
  static let greatest = UUID(
    uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))

  init(moment: Instant, id: UUID) {
    self.moment = moment
    self.id = id
  }

  init(_ text: String, _ place: String, _ caller: Caller, name: String = "cursor") throws(APIProblem) {
    let parts = (text.utf8.count > 300 ? nil : bytes(base64URL: text)).map { String(decoding: $0, as: UTF8.self) }?
      .split(separator: ".", omittingEmptySubsequences: false)
    guard let parts, parts.count == 3, let microseconds = Int64(parts[0]), let id = UUID(uuidString: String(parts[1])),
      parts[2] == Self.check("\(parts[0]).\(parts[1])", place, caller)
    else { throw .malformed("?" + name, "this is no cursor of this list") }
    self.init(moment: Instant(microseconds: microseconds), id: id)
  }

  private static func check(_ words: String, _ place: String, _ caller: Caller) -> String {
    hex(sha256(Array("\(caller.tenant.text)\u{1f}\(place)\u{1f}\(words)".utf8)).prefix(8))
  }
}
