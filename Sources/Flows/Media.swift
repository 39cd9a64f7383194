import Core
import FoundationEssentials
import Peers
import Rules
import Store

/// Why an attachment is not there yet, or never will be.
private enum Missing: Error {
  /// The platform has it no more.
  case gone(String)
  /// Nothing that we keep: too large, from elsewhere, not what was announced.
  case refused(String)
  /// Credentials; a person has to act.
  case closed(String)
  /// Another time.
  case later(String, after: Double?)
}

extension Office {
  /// Fetches one attachment and keeps it. It may be done twice: the same content has the same place.
  func fetch(_ media: UUID, _ job: HeldJob) async -> Outcome {
    // Few at once: a flood of photographs must not hold the answers up.
    guard downloads.take() else {
      return .snooze(after: 1 + Double.random(in: 0...2), why: "enough files are under way")
    }
    defer { downloads.giveBack() }
    let log = log.with(["req": job.requestID, "job": job.id.text])
    do throws(StoreError) {
      guard
        let found = try await database.tenant(
          job.tenant,
          { (scope) throws(StoreError) in
            try scope.mediaToFetch(mediaId: media)
          })
      else { return .bury(why: "there is no such attachment") }
      guard found.status == "pending" else { return .done(["media": .string(found.status)]) }
      do throws(Missing) {
        return try await keep(media, found, job, log)
      } catch {
        return try await end(media, error, job, log)
      }
    } catch {
      return later(error, job)
    }
  }

  private func keep(
    _ media: UUID, _ found: MediaToFetchRow, _ job: HeldJob, _ log: Log
  ) async throws(Missing) -> Outcome {
    guard !found.expired else { throw .gone("the platform's days for it are over") }
    guard let channel = Channel.named(found.channel), let ways = channel.media, let account = found.accountId else {
      throw .refused("its channel has no attachments to ask for")
    }
    let file = HeldFile(
      id: found.externalId, url: found.sourceUrl, kind: found.kind, mimeType: found.mimeType, name: found.filename,
      message: found.message, conversation: found.conversation)
    // An address that came along wants no token, gets none, and does not wait until somebody has mended the channel.
    let asks = ways.asks(for: file)
    guard found.connected || !asks else { throw .closed("the channel is stopped") }
    guard let token = asks ? open(found.token, found.tokenId, tenant: job.tenant) : Secret("") else {
      throw .closed("no access token is configured, or it cannot be opened")
    }
    let access = ChannelAccess(base: base(of: channel.name), accountID: account, token: token)
    let folder = MediaFolder(root: settings.text(.mediaFolder))
    do {
      let draft = try folder.draft(of: media, tenant: job.tenant)
      let place = try await download(file, ways, access, into: draft)
      guard draft.size <= Limits.attachment else { throw Missing.tooLarge }
      guard let digest = sha256(file: draft.file) else { throw MediaFolder.Fault("cannot read a file") }
      let announced = [found.sha256.flatMap { sha256(written: $0) }, place.sha256].compactMap(\.self)
      guard announced.allSatisfy({ $0 == digest }) else {
        throw Missing.refused("it is not what was announced: its SHA-256 differs")
      }
      let type = try judged(draft, file, place)
      let key = try folder.keep(draft, sha256: hex(digest), tenant: job.tenant)
      let size = Int64(draft.size)
      let kept = try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.settleMedia(
          status: "stored", storageKey: key, sha256: hex(digest), size: size,
          mimeType: type, error: nil, mediaId: media)
      }
      guard kept > 0 else {
        // Its message was deleted or erased meanwhile.
        return .done(["media": .string(try await drop(key, job.tenant))])
      }
      guard folder.has(key) else {
        try await insist(job.tenant) { (scope) throws(StoreError) in try scope.fetchMediaAgain(mediaId: media) }
        throw Missing.later("the file was removed while it was kept", after: 1)
      }
      log.info("media_stored", ["media": media.text, "bytes": String(size)])
      return .done(["media": "stored"])
    } catch let error as Missing {
      throw error
    } catch let error as MediaFolder.Fault {
      throw .later(error.sentence, after: nil)
    } catch let error as StoreError {
      throw .later(error.sentence, after: 5)
    } catch {
      throw .later("\(error)", after: nil)
    }
  }

  /// As what it is kept; refuses what is none of the types that are.
  private func judged(_ draft: MediaFolder.Draft, _ file: HeldFile, _ place: MediaPlace) throws -> String {
    let more = settings.text(.mediaMoreTypes).lowercased().split { $0.isWhitespace || $0 == "," }
    let verdict = MediaRules.judge(
      kind: file.kind, declared: place.mimeType ?? file.mimeType, served: place.servedAs, name: file.name ?? file.url,
      head: try draft.head(MediaRules.headBytes), more: Set(more.map { String($0) }))
    switch verdict {
    case .kept(let type): return type
    case .refused(let why): throw Missing.refused(why)
    }
  }

  /// Asks where the file is and fetches it; once more if the address turns out to be dead. One that came with the message
  /// is the only one there is.
  private func download(
    _ file: HeldFile, _ ways: ChannelMedia, _ access: ChannelAccess, into draft: MediaFolder.Draft
  ) async throws -> MediaPlace {
    guard let lookUp = ways.lookUp, ways.asks(for: file) else {
      guard let url = file.url else { throw Missing.gone("the message named no address") }
      guard let type = try await follow(url, file, ways, access, into: draft) else {
        throw Missing.gone("the file is there no more")
      }
      return MediaPlace(url: url, servedAs: type)
    }
    for _ in 0..<2 {
      var place: MediaPlace
      do {
        place = try ways.found(try await http.send(try lookUp(file, access)))
      } catch { throw Missing(error) }
      guard (place.size ?? 0) <= Limits.attachment else { throw Missing.tooLarge }
      var file = file
      file.mimeType = place.mimeType ?? file.mimeType
      if let type = try await follow(place.url, file, ways, access, into: draft) {
        place.servedAs = type
        return place
      }
    }
    throw Missing.gone("the address that the platform named is dead, twice")
  }

  /// The file at that address, or where it leads on to. Returns what it is said to be (`Content-Type`, empty if nothing
  /// was said); nil if there is nothing any more.
  private func follow(
    _ url: String, _ file: HeldFile, _ ways: ChannelMedia, _ access: ChannelAccess,
    into draft: MediaFolder.Draft
  ) async throws -> String? {
    var url = url
    var last: HTTPRequest?
    for _ in 0..<4 {
      try draft.empty()
      let response: HTTPResponse
      do {
        let request = try ways.download(url, last, access, settings.text(.environment) == "development")
        last = request
        response = try await files.send(request, into: draft.file)
      } catch {
        if draft.size > Limits.attachment { throw Missing.tooLarge }
        if case .notPublic(let host, let address)? = error as? HTTPFailure {
          log.warning("media_not_public", ["host": host, "address": address])
        }
        throw Missing(error)
      }
      switch response.status {
      case 200:
        let type = response.headers["content-type"] ?? ""
        // An error that a server tells with 200. Nobody can say whether it lasts.
        guard !MediaRules.isPage(type, insteadOf: file.kind, declared: file.mimeType, name: file.name ?? file.url)
        else {
          throw Missing.later("a page (\(clipped(type, 60))) instead of the file", after: nil)
        }
        return type
      case 404, 410: return nil
      case 301, 302, 303, 307, 308: url = response.headers["location"] ?? ""
      // An address that is signed is refused when its days are over; where a token goes along, that may be at fault.
      case 401 where !ways.asks(for: file), 403 where !ways.asks(for: file): return nil
      case 401, 403: throw Missing.closed("HTTP \(response.status) for the file")
      default: throw Missing.later("HTTP \(response.status) for the file", after: nil)
      }
    }
    throw Missing.refused("the file's address leads on and on")
  }

  /// Writes down what is certain; the rest is for another time.
  private func end(_ media: UUID, _ missing: Missing, _ job: HeldJob, _ log: Log) async throws(StoreError) -> Outcome {
    let (status, why): (String, String)
    switch missing {
    case .later(let why, let after):
      log.warning("media_later", ["media": media.text, "why": why])
      guard job.isLastAttempt else { return .retry(after: pause(after, job), why: why) }
      // People are told that it will not come; who drives the job again lets it be asked for again.
      _ = try await insist(job.tenant) { (scope) throws(StoreError) in try scope.giveMediaUp(error: why, mediaId: media)
      }
      return .bury(why: why)
    case .closed(let why):
      // Until somebody has mended it, or the platform's days for the file are over.
      log.warning("media_later", ["media": media.text, "why": why])
      return .snooze(after: 900, why: why)
    case .gone(let sentence): (status, why) = ("gone", sentence)
    case .refused(let sentence): (status, why) = ("refused", sentence)
    }
    log.warning("media_\(status)", ["media": media.text, "why": why])
    _ = try await insist(job.tenant) { (scope) throws(StoreError) in
      try scope.settleMedia(
        status: status, storageKey: nil, sha256: nil, size: nil, mimeType: nil, error: why, mediaId: media)
    }
    return .done(["media": .string(status)])
  }
}

extension Missing {
  static let tooLarge = Missing.refused("it is larger than \(Limits.attachment >> 20) MB")

  /// What became of a look-up or a download.
  init(_ error: any Error) {
    switch error {
    case let missing as Missing: self = missing
    case PeerError.refused("gone", let sentence): self = .gone(sentence)
    case PeerError.refused(_, let sentence): self = .refused(sentence)
    case PeerError.unauthorised(_, let sentence): self = .closed(sentence)
    case PeerError.throttled(let after, _, let sentence): self = .later(sentence, after: after)
    case let error as PeerError: self = .later(error.sentence, after: nil)
    case let failure as HTTPFailure: self = .later(failure.sentence, after: nil)
    default: self = .later("\(error)", after: nil)
    }
  }
}
