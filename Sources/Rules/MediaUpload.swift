extension MediaRules {
  /// Why a file would be refused if it were sent in that form; nil: nothing speaks against it.
  public func fault(
    _ form: OutboundContent.Media.Form, mimeType: String, filename: String, bytes: Int64
  ) -> (code: String, path: String, sentence: String)? {
    let file = OutboundContent.Media(form, .id("upload"), filename: filename, mimeType: mimeType, bytes: bytes)
    return fault(file)
  }

  /// The usual ending of files of a type, the shortest if there are several; nil: none is known.
  public static func ending(of mimeType: String) -> String? {
    endings.merging(papers) { $1 }.filter { $0.value.contains(mimeType) }.keys.min { ($0.count, $0) < ($1.count, $1) }
  }
}
