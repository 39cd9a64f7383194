import Core

extension OutboundContent {
  /// One of several things side by side: a service, a dish, a branch.
  public struct Tile: Sendable, Equatable {
    public enum Button: Sendable, Equatable {
      /// Comes back as the answer's `selection`.
      case choice(Option)
      case link(title: String, url: String)
    }

    public var title: String
    public var subtitle: String?
    /// Where the platform may fetch the picture.
    public var image: String?
    /// What opens when the tile itself is pressed.
    public var url: String?
    public var buttons: [Button]

    public init(
      title: String, subtitle: String? = nil, image: String? = nil, url: String? = nil, buttons: [Button] = []
    ) {
      self.title = title
      self.subtitle = subtitle
      self.image = image
      self.url = url
      self.buttons = buttons
    }

    /// Its choices, where they are shown alone.
    var options: [Option] {
      buttons.compactMap { if case .choice(let option) = $0 { option } else { nil } }
    }

    /// What else of it can be read: one line each.
    var lines: [String] {
      let links = buttons.compactMap { if case .link(let title, let url) = $0 { "\(title): \(url)" } else { nil } }
      return [subtitle, url].compactMap(\.self) + links
    }
  }
}

/// `{"title", "subtitle"?, "image"?, "url"?, "buttons"?: [{"id", "title"} | {"title", "url"}]}`
extension OutboundContent.Tile {
  var json: JSON {
    .object([
      "title": .string(title), "subtitle": subtitle.map { .string($0) }, "image": image.map { .string($0) },
      "url": url.map { .string($0) }, "buttons": buttons.isEmpty ? nil : .array(buttons.map(\.json)),
    ])
  }

  init(_ field: Field) throws(Refusal) {
    try field.knows("title", "subtitle", "image", "url", "buttons")
    self.init(
      title: try field["title"].string(), subtitle: try field["subtitle"].optional(),
      image: try field["image"].optional(), url: try field["url"].optional(),
      buttons: field["buttons"].exists ? try field["buttons"].list(Button.init) : [])
  }
}

extension OutboundContent.Tile.Button {
  var title: String {
    switch self {
    case .choice(let option): option.title
    case .link(let title, _): title
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .choice(let option): option.json
    case .link(let title, let url): ["title": .string(title), "url": .string(url)]
    }
  }

  fileprivate init(_ field: Field) throws(Refusal) {
    if field["url"].exists {
      try field.knows("title", "url")
      self = .link(title: try field["title"].string(), url: try field["url"].string())
    } else {
      self = .choice(try OutboundContent.Option(field))
    }
  }
}

extension ContentCheck {
  func tiles(_ tiles: [OutboundContent.Tile]) throws(ContentFault) {
    try count(tiles.count, content.tiles, "cards")
    for (i, tile) in tiles.enumerated() {
      let path = "cards[\(i)]"
      try text(tile.title, content.tileTitle, path + ".title")
      try text(tile.subtitle, content.tileSubtitle, path + ".subtitle")
      if let image = tile.image { try link(image, secure: true, path + ".image") }
      if let url = tile.url { try link(url, secure: false, path + ".url") }
      let more = tile.subtitle != nil || tile.image != nil || !tile.buttons.isEmpty
      try require(more, path, "needs a subtitle, an image or a button besides its title")
      if !tile.buttons.isEmpty { try count(tile.buttons.count, content.tileButtons, path + ".buttons") }
      for (j, button) in tile.buttons.enumerated() { try self.button(button, "\(path).buttons[\(j)]") }
      try unique(tile.buttons.map(\.title)) { "\(path).buttons[\($0)].title" }
    }
  }

  private func button(_ button: OutboundContent.Tile.Button, _ path: String) throws(ContentFault) {
    switch button {
    case .choice(let option): try self.option(option, id: content.buttonID, title: content.buttonTitle, path)
    case .link(let title, let url):
      try text(title, content.linkTitle, path + ".title")
      try link(url, secure: false, path + ".url")
    }
  }
}
