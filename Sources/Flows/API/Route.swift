import Core
import FoundationEssentials
import Store

/// One thing that can be asked: how it is found, who may, what it takes and gives. The table of them is what dispatch
/// reads and what `/api/openapi.json` is made of.
public struct Route: Sendable {
  public typealias Handler = @Sendable (APICall) throws(APIProblem) -> Response

  public struct Parameter: Sendable {
    let name: String
    let shape: Shape
    let note: String
    let isNeeded: Bool
    public init(_ name: String, _ shape: Shape, _ note: String = "", isNeeded: Bool = false) {
      self.name = name
      self.shape = shape
      self.note = note
      self.isNeeded = isNeeded
    }
  }

  /// The bytes of a body that is no JSON, with the types that are taken.
  public struct Upload: Sendable {
    let types: [String]
    public init(_ types: [String]) { self.types = types }
  }

  public enum Answer: Sendable {
    case json(Shape)
    /// Bytes of any type.
    case file
  }

  let method: String
  /// `/api/leads/{id}`; what is in braces is a UUID.
  let path: String
  /// The operation's name in the document; unique.
  let name: String
  let summary: String
  let access: Access
  let query: [Parameter]
  let body: Shape?
  let upload: Upload?
  let answers: [(status: Int, Answer)]
  /// What stands in the path for an id and is none reaches the handler, which finds no such id.
  let takesAnyID: Bool
  let handler: Handler

  /// - Parameter answers: by status, what is answered when all is well.
  public init(
    _ method: String, _ path: String, _ name: String, _ summary: String, _ access: Access, query: [Parameter] = [],
    body: Shape? = nil, upload: Upload? = nil, answers: [(status: Int, Answer)], takesAnyID: Bool = false,
    _ handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.name = name
    self.summary = summary
    self.access = access
    self.query = query
    self.body = body
    self.upload = upload
    self.answers = answers
    self.takesAnyID = takesAnyID
    self.handler = handler
    words = path.split(separator: "/").map(String.init)
  }

  private let words: [String]

  /// The ids that stand in a path that is this route's; nil: it is another's.
  func ids(in path: [Substring]) -> [String: UUID]? {
    guard path.count == words.count else { return nil }
    var ids: [String: UUID] = [:]
    for (word, found) in zip(words, path) {
      if word.hasPrefix("{") {
        if found.utf8.count == 36, let id = UUID(uuidString: String(found)) {
          ids[String(word.dropFirst().dropLast())] = id
        } else if !takesAnyID {
          return nil
        }
      } else if word != found {
        return nil
      }
    }
    return ids
  }

  var parameters: [String] { words.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) } }
}
