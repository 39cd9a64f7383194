import Core

extension JSON {
  /// For people: a member a line, two spaces a level.
  var pretty: String {
    var out = ""
    write(to: &out, indent: "")
    return out + "\n"
  }

  private func write(to out: inout String, indent: String) {
    let inner = indent + "  "
    switch self {
    case .array(let items) where !items.isEmpty:
      out += "[\n"
      for (i, item) in items.enumerated() {
        out += inner
        item.write(to: &out, indent: inner)
        out += i + 1 < items.count ? ",\n" : "\n"
      }
      out += indent + "]"
    case .object(let members) where !members.pairs.isEmpty:
      out += "{\n"
      for (i, pair) in members.pairs.enumerated() {
        out += inner + JSON.string(pair.key).text + ": "
        pair.value.write(to: &out, indent: inner)
        out += i + 1 < members.pairs.count ? ",\n" : "\n"
      }
      out += indent + "}"
    default: out += text
    }
  }
}
