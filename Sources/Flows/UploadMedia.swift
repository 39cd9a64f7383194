import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// Keeps a file of ours that `api` took in, and gives it to the platform; the row and the job's result say under which id
  /// it may be sent: `{"media_id"}`. It may be done twice without harm: that makes two ids.
  func upload(_ media: UUID, _ job: HeldJob) async -> Outcome {
    guard downloads.take() else {
      return .snooze(after: 1 + Double.random(in: 0...2), why: "enough files are under way")
    }
    defer { downloads.giveBack() }
    let log = log.with(["req": job.requestID, "job": job.id.text])
    do throws(StoreError) {
      if let fault = try await keepUpload(media, job) { return .retry(after: pause(nil, job), why: fault.sentence) }
      guard
        let found = try await database.tenant(
          job.tenant,
          { (scope) throws(StoreError) in
            try scope.mediaToUpload(mediaId: media)
          })
      else { return .bury(why: "there is no such file, or it is not kept here") }
      do {
        let (channel, file) = try file(found)
        guard let ways = channel.media, let upload = ways.upload else {
          throw PeerError.refused(code: "unsupported", sentence: "\(found.channel) takes a file by its address only")
        }
        guard let account = found.accountId, let token = open(found.token, found.tokenId, tenant: job.tenant) else {
          throw PeerError.unauthorised(code: "no_token", sentence: "no access token is configured for this channel")
        }
        let access = ChannelAccess(base: base(of: channel.name, login: found.login), accountID: account, token: token)
        let id = try ways.uploaded(try await http.send(try upload(file, access)))
        let known = try await insist(job.tenant) { (scope) throws(StoreError) in
          try scope.mediaUploaded(platformId: id, mediaId: media)
        }
        guard known > 0 else { return .bury(why: "it was erased meanwhile") }
        log.info("media_uploaded", ["media": media.text, "peer": found.channel])
        return .done(["media_id": .string(id), "channel": .string(found.channel)])
      } catch let error as StoreError {
        throw error
      } catch { return try await notUploaded(error, media, job, log) }
    } catch {
      return later(error, job)
    }
  }

  /// Puts the bytes that wait in the database, if any do, into MEDIA_DIR: first there, then out of the database.
  private func keepUpload(_ media: UUID, _ job: HeldJob) async throws(StoreError) -> MediaFolder.Fault? {
    guard
      let bytes = try await database.tenant(
        job.tenant, { (scope) throws(StoreError) in try scope.uploadToKeep(mediaId: media) })
    else { return nil }
    let folder = MediaFolder(root: settings.text(.mediaFolder))
    let digest = hex(sha256(bytes))
    let key: String
    do throws(MediaFolder.Fault) {
      let draft = try folder.draft(of: media, tenant: job.tenant)
      try draft.add(bytes)
      key = try folder.keep(draft, sha256: digest, tenant: job.tenant)
    } catch { return error }
    _ = try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.settleMedia(
        status: "stored", storageKey: key, sha256: digest, size: Int64(bytes.count), mimeType: nil, error: nil,
        mediaId: media)
    }
    guard folder.has(key) else {
      // Somebody removed the same content at this moment.
      try await insist(job.tenant) { (scope) throws(StoreError) in try scope.fetchMediaAgain(mediaId: media) }
      return MediaFolder.Fault("the file was removed while it was kept")
    }
    try await insist(job.tenant) { (scope) throws(StoreError) in try scope.removeUpload(mediaId: media) }
    return nil
  }

  /// The file as the platform would get it; refused here where it would be there.
  private func file(_ found: MediaToUploadRow) throws -> (Channel, FileToUpload) {
    guard let channel = Channel.named(found.channel) else {
      throw PeerError.refused(code: "unsupported", sentence: "no channel \(found.channel)")
    }
    let rules = ChannelLimits.of(channel.name).content?.media
    guard let rules, let form = OutboundContent.Media.Form(rawValue: found.kind) else {
      throw PeerError.refused(code: "bad_media", sentence: "no \(found.kind) can be sent there")
    }
    guard let bytes = MediaFolder(root: settings.text(.mediaFolder)).bytes(of: found.storageKey) else {
      throw PeerError.refused(code: "gone", sentence: "the file is not in MEDIA_DIR any more")
    }
    let type = found.mimeType ?? "application/octet-stream"
    let name = found.filename ?? "file" + (MediaRules.ending(of: type).map { "." + $0 } ?? "")
    if let fault = rules.fault(form, mimeType: type, filename: name, bytes: Int64(bytes.count)) {
      throw PeerError.refused(code: fault.code, sentence: "\(fault.path): \(fault.sentence)")
    }
    return (channel, FileToUpload(form, name: name, mimeType: type, bytes: bytes))
  }

  private func notUploaded(
    _ error: any Error, _ media: UUID, _ job: HeldJob, _ log: Log
  ) async throws(StoreError) -> Outcome {
    let fault = (error as? PeerError) ?? (error as? HTTPFailure).map { PeerError($0) } ?? .unparseable("\(error)")
    let why = "\(fault.code): \(fault.sentence)"
    log.warning("media_not_uploaded", ["media": media.text, "why": why])
    let asked: Double? = if case .throttled(let after, _, _) = fault { after } else { nil }
    let again = fault.repeatable(idempotent: true)
    if !again || job.isLastAttempt {
      try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.mediaNotUploaded(error: why, mediaId: media)
      }
    }
    return again ? .retry(after: pause(asked, job), why: why) : .bury(why: why)
  }
}
