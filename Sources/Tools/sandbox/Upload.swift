import Core

/// A file on its way up: `multipart/form-data` with `messaging_product`, `type` and `file`.
struct Upload: Sendable {
  let mimeType: String
  let bytes: [UInt8]

  /// What Meta takes, the largest in bytes, and how such files' names end (Cloud API reference, November 2026).
  private static let kinds: [(type: String, most: Int, endings: [String])] = [
    ("image/jpeg", 5 << 20, ["jpg", "jpeg"]), ("image/png", 5 << 20, ["png"]), ("image/webp", 500 << 10, ["webp"]),
    ("video/mp4", 16 << 20, ["mp4"]), ("video/3gpp", 16 << 20, ["3gp", "3gpp"]),
    ("audio/aac", 16 << 20, ["aac"]), ("audio/amr", 16 << 20, ["amr"]), ("audio/mpeg", 16 << 20, ["mp3", "mpeg"]),
    ("audio/mp4", 16 << 20, ["m4a", "mp4"]), ("audio/ogg", 16 << 20, ["ogg", "opus"]),
    ("text/plain", 100 << 20, ["txt", "csv"]), ("application/pdf", 100 << 20, ["pdf"]),
    ("application/msword", 100 << 20, ["doc"]), ("application/vnd.ms-excel", 100 << 20, ["xls"]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 << 20, ["docx"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 << 20, ["xlsx"]),
  ]

  init(_ request: Request) throws(GraphError) {
    let parts = Self.parts(request)
    func text(_ name: String) -> String? {
      parts.first { $0.name == name }.map { String(decoding: $0.body, as: UTF8.self) }
    }
    guard text("messaging_product") == "whatsapp" else {
      throw GraphError(code: 100, title: "The parameter messaging_product is required.")
    }
    guard let file = parts.first(where: { $0.name == "file" }) else {
      throw GraphError(code: 100, title: "The parameter file is required.")
    }
    let whole = (text("type") ?? file.type ?? "").lowercased()
    mimeType = whole
    bytes = file.body
    guard let kind = Self.kinds.first(where: { $0.type == whole.prefix { $0 != ";" } }) else {
      throw Self.refused("Param file must be a file with one of the supported types, not \(whole)")
    }
    guard kind.type != "audio/ogg" || whole.contains("codecs=opus") else {
      throw Self.refused("audio/ogg is taken with codecs=opus only")
    }
    // The name decides where the two disagree, so that a file with a wrong name is a file of a wrong kind.
    let ending = file.filename.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard kind.endings.contains(ending) else { throw Self.refused("\(file.filename) is not a name of \(kind.type)") }
    guard bytes.count <= kind.most else { throw Self.refused("\(bytes.count) of at most \(kind.most) bytes") }
  }

  private static func refused(_ details: String) -> GraphError {
    GraphError(code: 131053, title: "Media upload error", details: details)
  }

  /// A text of a form.
  static func field(_ name: String, of request: Request) -> String? {
    parts(request).first { $0.name == name }.map { String(decoding: $0.body, as: UTF8.self) }
  }

  /// The file of a form that is named so.
  static func file(of request: Request) -> (name: String, bytes: [UInt8])? {
    parts(request).first { $0.name == "file" }.map { ($0.filename, $0.body) }
  }

  private struct Part {
    var name = ""
    var filename = ""
    var type: String?
    var body: [UInt8]
  }

  private static func parts(_ request: Request) -> [Part] {
    guard let boundary = value("boundary", in: request.headers["content-type"] ?? "") else { return [] }
    let mark = Array("--\(boundary)".utf8)
    var parts = [Part]()
    var rest = request.body[...]
    while let start = rest.firstRange(of: mark) {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: mark), let head = rest.firstRange(of: Array("\r\n\r\n".utf8)),
        head.upperBound <= end.lowerBound
      else { break }
      var part = Part(body: Array(rest[head.upperBound..<end.lowerBound].dropLast(2)))
      for line in String(decoding: rest[..<head.lowerBound], as: UTF8.self).split(whereSeparator: \.isNewline) {
        let lower = line.lowercased()
        if lower.hasPrefix("content-disposition:") {
          part.name = value("name", in: String(line)) ?? ""
          part.filename = value("filename", in: String(line)) ?? ""
        } else if lower.hasPrefix("content-type:") {
          part.type = String(line.dropFirst(13).drop { $0 == " " })
        }
      }
      parts.append(part)
      rest = rest[end.lowerBound...]
    }
    return parts
  }

  /// A header's parameter, quoted or not.
  private static func value(_ name: String, in header: String) -> String? {
    for part in header.split(separator: ";") {
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if pair.count == 2, pair[0] == name { return pair[1].trimming("\"") }
    }
    return nil
  }
}

extension Substring {
  fileprivate func trimming(_ mark: Character) -> String {
    var text = self
    if text.first == mark { text.removeFirst() }
    if text.last == mark { text.removeLast() }
    return String(text)
  }
}
