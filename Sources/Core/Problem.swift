/// Something that is wrong with an installation, and what a person does about it.
public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
  public let what: String
  public let cure: String

  public init(_ what: String, cure: String) {
    self.what = what
    self.cure = cure
  }

  public var description: String { "\(what) → \(cure)" }
}
