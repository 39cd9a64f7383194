import Core

extension OutboundContent {
  /// Something can be chosen, which may become a list that needs a label.
  public var isChoice: Bool {
    switch self {
    case .buttons, .quickReplies, .list: true
    default: false
    }
  }

  /// What stands around buttons and lists.
  public struct Frame: Sendable, Equatable {
    public var header: Header?
    public var body: String
    public var footer: String?

    public init(header: Header? = nil, body: String, footer: String? = nil) {
      self.header = header
      self.body = body
      self.footer = footer
    }
  }

  public enum Header: Sendable, Equatable {
    case text(String)
    case media(Media)
  }

  /// Something to choose. `id` comes back as the answer's `selection`.
  public struct Option: Sendable, Equatable {
    public var id: String
    public var title: String
    public var description: String?

    public init(id: String, title: String, description: String? = nil) {
      self.id = id
      self.title = title
      self.description = description
    }
  }

  public struct Section: Sendable, Equatable {
    public var title: String?
    public var options: [Option]

    public init(title: String? = nil, options: [Option]) {
      self.title = title
      self.options = options
    }
  }

  /// A form of the platform's. `token` comes back with what the person filled in.
  public struct Form: Sendable, Equatable {
    public var label: String
    public var id: String
    public var token: String
    /// Where it begins, and with which data.
    public var screen: String?
    public var data: JSON?

    public init(label: String, id: String, token: String, screen: String? = nil, data: JSON? = nil) {
      self.label = label
      self.id = id
      self.token = token
      self.screen = screen
      self.data = data
    }
  }
}
