/// Text that must not be printed. Its description is dots; `reveal` is the only way out, so that `git grep reveal`
/// lists every place that handles one in the clear.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let bytes: [UInt8]

  public init(_ text: String) { bytes = Array(text.utf8) }
  public init(bytes: [UInt8]) { self.bytes = bytes }

  public var isEmpty: Bool { bytes.isEmpty }
  public var description: String { "•••" }
  public var debugDescription: String { "•••" }
  public var customMirror: Mirror { Mirror(self, children: []) }

  public func reveal() -> String { String(decoding: bytes, as: UTF8.self) }
  public func revealBytes() -> [UInt8] { bytes }

  public static func == (a: Secret, b: Secret) -> Bool { equalInConstantTime(a.bytes, b.bytes) }
}
