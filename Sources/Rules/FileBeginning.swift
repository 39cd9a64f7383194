/// What a file is by its first bytes. Only what we keep is told apart, and what would harm.
enum Beginning: Equatable {
  case empty
  case program
  /// HTML, SVG and other markup, or a text that a machine would run.
  case script
  /// Pictures, films and sounds: the types that begin so, the likeliest first.
  case media([String])
  case pdf
  /// Letters only.
  case text([String])
  /// A container that other programs use as well. `type`: what it says of itself.
  case office([String], type: String?)
  case unknown

  init(of head: [UInt8]) {
    if head.isEmpty {
      self = .empty
    } else if Self.programs.contains(where: { $0.fits(head) }) {
      self = .program
    } else if let found = Self.media.first(where: { $0.0.fits(head) }) {
      self = found.1.isEmpty ? .unknown : .media(Self.types(found.1))
    } else if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      self = Self.holds(head.prefix(64), "webm") ? .media(Self.types(["webm"])) : .unknown
    } else if let sound = Self.frames(head) {
      self = .media([sound])
    } else if Self.isPDF(head) {
      self = .pdf
    } else if head.starts(with: [0x50, 0x4B, 3, 4]) {
      self = Self.zip(head)
    } else if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
      self = .office(Self.papers(["doc", "xls", "ppt", "docx", "xlsx", "pptx"]), type: nil)
    } else {
      self = Self.letters(head).map { Self.read($0) } ?? .unknown
    }
  }

  /// Readers find its mark within a kilobyte, behind a line or a byte order mark that a program left; what looks like markup in
  /// front of it makes it a page.
  private static func isPDF(_ head: [UInt8]) -> Bool {
    let mark = Array("%PDF-".utf8)
    guard let at = head.prefix(1024).indices.first(where: { head[$0...].starts(with: mark) }) else { return false }
    return !head[..<at].contains(UInt8(ascii: "<"))
  }

  /// Two hexadecimal digits a byte; `..` is any.
  private struct Pattern: ExpressibleByStringLiteral {
    let bytes: [UInt8?]

    init(stringLiteral text: String) {
      let digits = Array(text.utf8)
      bytes = stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
      }
    }

    func fits(_ head: [UInt8]) -> Bool {
      head.count >= bytes.count && Swift.zip(bytes, head).allSatisfy { $0.0 == nil || $0.0 == $0.1 }
    }
  }

  /// ELF, Mach-O in its orders, Java, Android, WebAssembly, a link of Windows; and Windows' programs, `MZ` and soon a byte
  /// that no text has.
  private static let programs: [Pattern] = [
    "7F454C46", "FEEDFACE", "FEEDFACF", "CEFAEDFE", "CFFAEDFE", "CAFEBABE", "6465780A", "0061736D", "4C00000001140200",
    "4D5A..00", "4D5A....00", "4D5A......00",
  ]

  /// Patterns, and the endings of what begins so; none: it is told apart, and not kept. `ftyp` is a container's, whose
  /// next four bytes say for whom it was made.
  private static let media: [(Pattern, [String])] = [
    ("FFD8FF", ["jpg"]), ("89504E470D0A1A0A", ["png"]), ("474946383761", ["gif"]), ("474946383961", ["gif"]),
    ("52494646........57454250", ["webp"]), ("52494646........57415645", ["wav"]),
    ("52494646........41564920", ["avi"]), ("4F676753", ["ogg", "opus", "ogv"]), ("2321414D52", ["amr"]),
    ("494433", ["mp3", "aac"]), ("........6674797068656963", ["heic"]), ("........6674797068656978", ["heic"]),
    ("........667479706D696631", ["heic"]), ("........6674797061766966", []), ("........667479704D3441", ["m4a"]),
    ("........6674797071742020", ["mov", "mp4"]), ("........66747970336770", ["3gp", "mp4"]),
    ("........66747970", ["mp4", "3gp", "mov"]),
  ]

  private static func types(_ endings: [String]) -> [String] { endings.flatMap { MediaRules.endings[$0] ?? [] } }
  private static func papers(_ endings: [String]) -> [String] { endings.flatMap { MediaRules.papers[$0] ?? [] } }

  /// MPEG sounds without a head begin with a frame: layer III is mp3, layer 0 AAC.
  private static func frames(_ head: [UInt8]) -> String? {
    guard head.count > 3, head[0] == 0xFF else { return nil }
    if head[1] & 0xF6 == 0xF0 { return "audio/aac" }
    let isMP3 = head[1] & 0xE6 == 0xE2 && head[1] & 0x18 != 0x08 && head[2] & 0xF0 != 0xF0
    return isMP3 ? "audio/mpeg" : nil
  }

  /// An archive is Office's if its first file is one that Office's archives begin with.
  private static func zip(_ head: [UInt8]) -> Beginning {
    guard head.count > 30 else { return .unknown }
    let length = Int(head[26]) | Int(head[27]) << 8
    let name = String(decoding: head.dropFirst(30).prefix(length), as: UTF8.self)
    if name == "mimetype" {
      let extra = Int(head[28]) | Int(head[29]) << 8
      let said = head.dropFirst(30 + length + extra)
      guard let type = papers(["odt", "ods", "odp"]).first(where: { said.starts(with: $0.utf8) }) else {
        return .unknown
      }
      return .office([type], type: type)
    }
    let starts = ["[Content_Types].xml", "_rels/", "docProps/", "customXml/", "word/", "xl/", "ppt/"]
    guard starts.contains(where: name.hasPrefix) else { return .unknown }
    let parts = [("docx", "word/"), ("xlsx", "xl/"), ("pptx", "ppt/")]
    let type = parts.first { holds(head[...], $0.1) }.flatMap { papers([$0.0]).first }
    return .office(papers(["docx", "xlsx", "pptx"]), type: type)
  }

  private static func holds(_ bytes: ArraySlice<UInt8>, _ word: String) -> Bool {
    let word = Array(word.utf8)
    return bytes.indices.contains { bytes[$0...].starts(with: word) }
  }

  // MARK: Letters

  /// The beginning as lower-case ASCII, everything else as `x`; nil: something in it is no letter. UTF-8 and the older
  /// forms of one byte, or UTF-16 that says so, as Excel writes it.
  private static func letters(_ head: [UInt8]) -> [UInt8]? {
    var units = head.map { UInt16($0) }
    if head.starts(with: [0xEF, 0xBB, 0xBF]) {
      units.removeFirst(3)
    } else if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      let low = head[0] == 0xFF ? 0 : 1
      units = stride(from: 2, to: head.count - 1, by: 2).map { i in
        UInt16(head[i + low]) | UInt16(head[i + 1 - low]) << 8
      }
    }
    var out = [UInt8]()
    out.reserveCapacity(units.count)
    for unit in units {
      guard unit >= 32 && unit != 127 || [9, 10, 12, 13].contains(unit) else { return nil }
      out.append(unit > 127 ? UInt8(ascii: "x") : (65...90).contains(unit) ? UInt8(unit) + 32 : UInt8(unit))
    }
    return out
  }

  private static func read(_ letters: [UInt8]) -> Beginning {
    let start = letters.drop { [9, 10, 12, 13, 32].contains($0) }
    if start.starts(with: "#!".utf8) || isMarkup(start) { return .script }
    let text = MediaRules.endings["txt"] ?? []
    if start.starts(with: "begin:vcard".utf8) { return .text(papers(["vcf"]) + text) }
    if start.starts(with: "begin:vcalendar".utf8) { return .text(papers(["ics"]) + text) }
    return .text(text + papers(["csv"]))
  }

  /// Begins as markup does, or holds what only pages hold.
  private static func isMarkup(_ text: ArraySlice<UInt8>) -> Bool {
    let after = text.dropFirst().first ?? 0
    if text.first == UInt8(ascii: "<"), (97...122).contains(after) || "!?%".utf8.contains(after) { return true }
    return ["<script", "<html", "<svg", "<iframe", "<?php"].contains { holds(text, $0) }
  }
}
