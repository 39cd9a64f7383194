import Core

/// A POST of `multipart/form-data` (RFC 7578): the fields in their order, then the file. The boundary is made of the file's
/// hash, so that the same file gives the same request, and nobody who chooses a file can choose one that ends it.
func multipart(
  _ url: String, headers: [HTTPRequest.Header], fields: [(name: String, value: String)], file: FileToUpload,
  named name: String = "file"
) -> HTTPRequest {
  let boundary = "tistis-" + hex(sha256(file.bytes).prefix(16))
  var body = [UInt8]()
  for field in fields {
    body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n".utf8
  }
  body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(file.safeName)\"\r\n".utf8
  body += "Content-Type: \(file.mimeType)\r\n\r\n".utf8
  body += file.bytes
  body += "\r\n--\(boundary)--\r\n".utf8
  return HTTPRequest(
    "POST", url, headers: [.init("Content-Type", "multipart/form-data; boundary=\(boundary)")] + headers, body: body,
    timeout: 120)
}

extension FileToUpload {
  /// Letters, digits and what is harmless between quotation marks; people may have chosen the rest.
  var safeName: String {
    let plain = name.unicodeScalars.map { c in
      c.properties.isAlphabetic || (48...57).contains(c.value) || "._- ".unicodeScalars.contains(c) ? Character(c) : "_"
    }
    return plain.isEmpty ? "file" : String(plain)
  }
}
