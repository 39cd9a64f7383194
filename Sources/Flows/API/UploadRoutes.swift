import Core
import FoundationEssentials
import Rules
import Store

/// Files of the business's own, on their way to a platform: `POST /api/media`, then a message that names the id.
extension Route {
  static let uploads: [Route] = [
    Route(
      "POST", "/api/media", "uploadMedia",
      "Take in a file to send: its bytes are the body, at most 16 MB. A job gives it to the platform; after that a message "
        + "may name its id: {\"kind\": \"media\", \"type\": \"image\", \"id\"}. Instagram takes files by their address only.",
      .granted(scope: "conversations:write", .talkers),
      query: [
        .init("filename", .text(1...240), "With its ending: it must fit the Content-Type.", isNeeded: true),
        .init("conversation_id", .id, "In which it is to be sent; or:"),
        .init("channel_connection_id", .id, "From which account it is to be sent."),
      ], upload: .init(["*/*"]), answers: [(201, Shape.data(Uploading.taken))]
    ) { (call) throws(APIProblem) in try Uploading.take(call) },
    Route(
      "GET", "/api/media/{id}/upload", "getUpload", "Whether the platform has a file of ours by now",
      .granted(scope: "conversations:read", .everybody), answers: [(200, Shape.data(Uploading.shape))]
    ) { (call) throws(APIProblem) in try Uploading.show(call) },
  ]
}

enum Uploading {
  static let states = ["pending", "uploaded", "refused", "gone"]
  static let taken = Shape.object([
    .needs("id", .id), .needs("status", .word(states)), .needs("type", .word(forms)),
  ])
  static let shape = Shape.object([
    .needs("id", .id), .needs("channel_connection_id", .id), .needs("status", .word(states)),
    .needs("type", .word(forms)),
    .needs("error_message", .maybe(.text(0...2000))), .needs("expires_at", .maybe(.moment)),
  ])
  private static let forms = OutboundContent.Media.Form.allCases.map(\.rawValue)

  static func take(_ call: APICall) throws(APIProblem) -> Response {
    guard let name = call.text("filename"), !name.utf8.contains(0) else { throw .malformed("?filename", "is missing") }
    let (account, channel) = try target(call)
    guard let rules = ChannelLimits.of(channel).content?.media, rules.takesIDs else {
      throw .malformed("?channel_connection_id", "\(channel.rawValue) takes a file by its address only: send a link")
    }
    let bytes = call.request.body
    let type = call.request.headers["content-type"] ?? "application/octet-stream"
    let form = rules.form(ofFileNamed: name)
    if let fault = rules.fault(form, mimeType: type, filename: name, bytes: Int64(bytes.count)) {
      if fault.code == "too_large", !bytes.isEmpty { throw APIProblem(413, "too_large", fault.sentence) }
      let path = ["mime_type": "Content-Type", "filename": "?filename"][fault.path]
      throw .malformed(path ?? "$", fault.sentence)
    }
    if let what = MediaRules.contradiction(form, mimeType: type, head: Array(bytes.prefix(MediaRules.headBytes))) {
      throw .malformed("$", "\(what), and no \(type)")
    }
    let id = UUID()
    let job: JSON = [
      "job_type": "upload_media", "priority": 3, "request_id": .string(call.request.id),
      "payload": ["media_id": .string(id.text), "tenant_id": .string(call.caller.tenant.text)],
    ]
    let most = call.app.settings.int(.uploadBytesPerDay)
    // Apart from storing it, which takes its time: others of the business would wait for this row.
    let rest = try call.store { (scope) throws(StoreError) in
      try scope.takeUploadBytes(bytes: Int64(bytes.count), most: Int64(most))
    }
    if let rest {
      var problem = APIDoor.tooOften(after: Int(rest))
      problem.code = "UPLOAD_LIMIT_EXCEEDED"
      problem.sentence = "the business has uploaded as much as it may in a day: \(most) bytes"
      throw problem
    }
    try call.transaction { (scope) throws(StoreError) in
      try scope.addUploadedMedia(
        mediaId: id, connectionId: account, kind: form.rawValue, mimeType: type, sha256: hex(sha256(bytes)),
        size: Int64(bytes.count), filename: name, branchId: call.caller.branch)
      try scope.addUpload(mediaId: id, bytes: bytes)
      _ = try scope.enqueue(jobs: JSONText(JSON.array([job])))
    }
    call.app.isUrgent = true
    return .json(
      ["data": ["id": .string(id.text), "status": "pending", "type": .string(form.rawValue)]], status: 201)
  }

  /// Whose platform is to get it.
  private static func target(_ call: APICall) throws(APIProblem) -> (account: UUID, channel: ChannelName) {
    if let conversation = call.uuid("conversation_id") {
      let found = Field(try Conversation.read(call, conversation))
      guard let account = found["channel_connection_id"].uuid,
        let channel = found["channel"].text.flatMap(ChannelName.init)
      else { throw .malformed("?conversation_id", "nothing can be sent on this channel") }
      return (account, channel)
    }
    guard let account = call.uuid("channel_connection_id") else {
      throw .malformed("?conversation_id", "is missing, and so is channel_connection_id")
    }
    guard let channel = ChannelName(rawValue: try ChannelDoor.row(call, account, writing: false).channel) else {
      throw .malformed("?channel_connection_id", "nothing can be sent on this channel")
    }
    return (account, channel)
  }

  static func show(_ call: APICall) throws(APIProblem) -> Response {
    let row = try row(call, call.id())
    return .json([
      "data": [
        "id": .string(call.id().text), "channel_connection_id": .string(row.connectionId.text),
        "status": .string(row.status), "type": .string(row.kind),
        "error_message": row.errorMessage.map { .string(String($0.prefix(1000))) } ?? .null,
        "expires_at": row.expiresAt.map { .string($0.description) } ?? .null,
      ]
    ])
  }

  static func row(_ call: APICall, _ id: UUID) throws(APIProblem) -> UploadedMediaRow {
    let row = try call.store { (scope) throws(StoreError) in
      try scope.uploadedMedia(mediaId: id, onlyBranch: call.caller.branch)
    }
    guard let row else { throw .unknown("file") }
    return row
  }
}

extension Sending {
  /// The parts with the platform's ids of our files in place of ours, which are UUIDs as none of a platform's is; and our
  /// files. One that the platform does not have yet is not waited for.
  static func uploaded(
    _ call: APICall, _ parts: [OutboundContent], _ account: UUID?, _ channel: ChannelName
  ) throws(APIProblem) -> ([OutboundContent], files: [UUID]) {
    var (parts, files) = (parts, [UUID]())
    for i in parts.indices {
      guard case .media(var media) = parts[i], case .id(let text) = media.source, let id = UUID(uuidString: text)
      else { continue }
      let row = try Uploading.row(call, id)
      guard row.connectionId == account else {
        throw .malformed("$.content.id", "this file was uploaded for another account")
      }
      guard row.status == "uploaded", let platformID = row.platformId else {
        let problem: (String, String) =
          switch row.status {
          case "pending": ("NOT_UPLOADED", "the file is not uploaded yet: ask /api/media/\(id.text)/upload")
          case "gone": ("GONE", "the platform has it no more: upload it again")
          default: ("REFUSED", row.errorMessage.map { String($0.prefix(1000)) } ?? "it could not be uploaded")
          }
        throw .conflict(problem.0, problem.1)
      }
      media.source = .id(platformID)
      media.mimeType = row.mimeType
      media.bytes = row.size
      if media.form == .document, media.filename == nil { media.filename = row.filename }
      parts[i] = .media(media)
      files.append(id)
    }
    try check(parts, ChannelLimits.of(channel))
    return (parts, files)
  }
}
