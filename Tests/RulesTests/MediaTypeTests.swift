import Rules
import Testing

/// What a file that came in is, and whether it is kept.
@Suite struct MediaTypeTests {
  /// `\xNN` in a table's cell; everything else is itself.
  private func bytes(_ cell: String) -> [UInt8] {
    var out = [UInt8]()
    var rest = Array(cell.utf8)[...]
    while let first = rest.first {
      if rest.starts(with: #"\x"#.utf8),
        let byte = UInt8(String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self), radix: 16)
      {
        out.append(byte)
        rest = rest.dropFirst(4)
      } else {
        out.append(first)
        rest = rest.dropFirst()
      }
    }
    return out
  }

  @Test func table() {
    let rows = Fixtures.rows("inbound-files.tsv")
    #expect(rows.count > 70)
    for row in rows {
      func said(_ cell: String) -> String? { cell == "-" ? nil : cell }
      let verdict = MediaRules.judge(
        kind: row[0], declared: said(row[1]), served: said(row[2]), name: said(row[3]), head: bytes(row[4]))
      let found =
        switch verdict {
        case .kept(let type): type
        case .refused(let why): "refused: " + why
        }
      #expect(found == row[5], "\(row)")
    }
  }

  /// What the installation keeps besides: documents, and neither programs nor pages.
  @Test func moreTypes() {
    let zip = Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 22) + [5, 0, 0, 0] + Array("a.txt".utf8)
    func judge(_ kind: String, _ type: String, _ head: [UInt8]) -> InboundFile {
      MediaRules.judge(
        kind: kind, declared: type, served: nil, name: nil, head: head, more: ["application/x-dicom", "text/html"])
    }
    #expect(judge("document", "application/x-dicom", [0, 1, 2]) == .kept("application/x-dicom"))
    for (kind, type, head) in [
      ("image", "application/x-dicom", [0, 1, 2]), ("document", "application/x-other", [0, 1, 2]),
      ("document", "application/x-dicom", Array("\u{7F}ELF".utf8)), ("document", "text/html", Array("<html>".utf8)),
      ("document", "application/x-rar", zip),
    ] as [(String, String, [UInt8])] {
      guard case .refused = judge(kind, type, head) else {
        Issue.record("\(kind) \(type) is kept")
        continue
      }
    }
  }

  /// Whatever somebody makes up: an answer, and no letters of the file in it.
  @Test func junk() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let head = (0..<Int.random(in: 0...80)).map { _ in UInt8.random(in: 0...255, using: &random) }
      for start in [
        [], Array("PK\u{3}\u{4}".utf8), [0xFF, 0xFE], Array("RIFF".utf8), [0, 0, 0, 0] + Array("ftyp".utf8),
      ] {
        let verdict = MediaRules.judge(
          kind: "document", declared: "<b>\u{1}", served: String(repeating: "a", count: 300), name: "../..",
          head: start + head)
        guard case .refused(let why) = verdict else { continue }
        #expect(!why.contains("<") && !why.contains("aaa"))
      }
    }
  }

  @Test func aPageIsNoPicture() {
    for type in ["text/html", "TEXT/plain; x", "application/json", "application/problem+json", "application/atom+xml"] {
      for kind in ["image", "video", "audio", "sticker", "story"] {
        #expect(MediaRules.isPage(type, insteadOf: kind), "\(type) \(kind)")
      }
      #expect(!MediaRules.isPage(type, insteadOf: "document"), "\(type)")
    }
    for type in [
      "", "image/svg+xml", "video/mp4", "application/octet-stream", "binary/octet-stream", "application/pdf",
    ] {
      #expect(!MediaRules.isPage(type, insteadOf: "image"), "\(type)")
    }
  }

  /// An error page instead of a document that was announced is an error, too.
  @Test func aPageIsNoReport() {
    for (type, declared, name, expected) in [
      ("text/html", "application/pdf", nil, true), ("application/json", "text/csv", nil, true),
      ("text/html", nil, "receta.pdf", true), ("text/html", nil, "https://cdn.example/receta.pdf?x=1", true),
      ("text/plain", "application/pdf", nil, false), ("text/html", "text/html", nil, false),
      ("text/html", "application/octet-stream", nil, false), ("text/html", nil, "pagina.html", false),
    ] as [(String, String?, String?, Bool)] {
      let found = MediaRules.isPage(type, insteadOf: "document", declared: declared, name: name)
      #expect(found == expected, "\(type) \(declared ?? "-") \(name ?? "-")")
    }
  }

  @Test func names() {
    for (name, type, expected) in [
      ("foto.jpg", "image/jpeg", "foto.jpg"), ("foto.JPEG", "image/jpeg", "foto.JPEG"),
      ("foto.jpg.exe", "image/jpeg", "foto.jpg.exe.jpg"), ("menu.bat", "text/plain", "menu.bat.txt"),
      ("receta", "application/pdf", "receta.pdf"), ("voz", "audio/ogg; codecs=opus", "voz.ogg"),
      ("x.svg", "image/svg+xml", "x.svg"), ("x.dcm", "application/x-dicom", "x.dcm"),
    ] { #expect(MediaRules.filename(name, of: type) == expected, "\(name)") }
  }
}
