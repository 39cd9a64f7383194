import Core
import FoundationEssentials
import Rules
import Store

/// A kind of job with what it needs. Adding one: a case here and in `Kind`, and the switches stop compiling until it is
/// read, named and handled; its name in `is_own_kind` (`sql/functions/guide_queue.sql`), or somebody else's worker takes it.
public enum Work: Sendable, Equatable {
  /// `ai_response`: ask Claude and send what it says.
  case answer(conversation: UUID, channel: ChannelName)
  /// `send_whatsapp`, `send_instagram` …: send one stored message.
  case send(message: UUID, channel: ChannelName)
  /// `fetch_media`: fetch one attachment and keep it.
  case fetchMedia(media: UUID)
  /// `read_back`: ask the platform whether it has a message of which no answer came.
  case readBack(message: UUID)
  /// `mark_read`: show a person at the platform that somebody of the business has read their message.
  case markRead(message: UUID)
  /// `fetch_profile`: ask the platform for the name of who a conversation is with.
  case fetchProfile(conversation: UUID)
  /// `noop`: nothing; shows that the queue moves, and how fast (`bin/bench jobs`).
  case nothing
  /// `remove_media`: remove a file whose message is gone.
  case removeMedia(media: UUID, key: String?)
  /// `refresh_token`: renew an account's access token before it ends.
  case refreshToken(connection: UUID)
  /// `upload_media`: give the platform a file of ours, for its id.
  case uploadMedia(media: UUID)
  /// `fetch_jwks`: the public keys of who issues the dashboard's tokens.
  case fetchTokenKeys
  /// `sync_templates`: ask a WhatsApp Business Account for its templates; before that make those of ours it lacks.
  case syncTemplates(connection: UUID, create: Bool)
  /// `test_channel`: look whether an account works, and subscribe it to our webhook if asked.
  case testChannel(connection: UUID, subscribe: Bool)
  /// `deliver_event`: tell the business's n8n of something that happened.
  case deliverEvent(event: UUID)
  /// `score_lead`: look for signals in what a person said where the assistant does not answer.
  case scoreLead(conversation: UUID)
  /// `routine`: what is done by the clock, for one business.
  case routine(Routine)
  /// `confirm_booking`: tell a person that their appointment is booked.
  case confirmBooking(appointment: UUID)
  /// `hand_over`: a conversation whose answer's job died without a word (`settle_jobs_of`); `answer`: that job.
  case handOver(conversation: UUID, channel: ChannelName, answer: UUID)
  /// A kind, or a payload, that this build does not know.
  case unknown(kind: String, fault: String)

}

extension Work {
  /// What `job_type` says, but for the sends: those are `send_` and the channel's name.
  enum Kind: String, CaseIterable {
    case answer = "ai_response"
    case fetchMedia = "fetch_media"
    case readBack = "read_back"
    case markRead = "mark_read"
    case fetchProfile = "fetch_profile"
    case nothing = "noop"
    case removeMedia = "remove_media"
    case refreshToken = "refresh_token"
    case uploadMedia = "upload_media"
    case fetchTokenKeys = "fetch_jwks"
    case syncTemplates = "sync_templates"
    case testChannel = "test_channel"
    case deliverEvent = "deliver_event"
    case scoreLead = "score_lead"
    case routine
    case confirmBooking = "confirm_booking"
    case handOver = "hand_over"
  }
  private static let send = "send_"

  init(_ kind: String, payload: JSONText) {
    let payload = Field((try? payload.parse()) ?? .null)
    let channel = payload["channel"].text.flatMap(ChannelName.init) ?? .whatsapp
    func need(_ name: String, _ work: (UUID) -> Work) -> Work {
      payload[name].text.flatMap { UUID(uuidString: $0) }.map(work)
        ?? .unknown(kind: kind, fault: "payload.\(name) is missing")
    }
    if kind.hasPrefix(Self.send), let channel = ChannelName(rawValue: String(kind.dropFirst(Self.send.count))) {
      self = need("message_id") { .send(message: $0, channel: channel) }
      return
    }
    guard let known = Kind(rawValue: kind) else {
      self = .unknown(kind: kind, fault: "no such kind of job")
      return
    }
    self =
      switch known {
      case .answer: need("conversation_id") { .answer(conversation: $0, channel: channel) }
      case .fetchMedia: need("media_id") { .fetchMedia(media: $0) }
      case .readBack: need("message_id") { .readBack(message: $0) }
      case .markRead: need("message_id") { .markRead(message: $0) }
      case .fetchProfile: need("conversation_id") { .fetchProfile(conversation: $0) }
      case .nothing: .nothing
      case .removeMedia: need("media_id") { .removeMedia(media: $0, key: payload["storage_key"].text) }
      case .refreshToken: need("channel_connection_id") { .refreshToken(connection: $0) }
      case .uploadMedia: need("media_id") { .uploadMedia(media: $0) }
      case .fetchTokenKeys: .fetchTokenKeys
      case .syncTemplates:
        need("channel_connection_id") { .syncTemplates(connection: $0, create: payload["create"].bool ?? false) }
      case .testChannel:
        need("channel_connection_id") { .testChannel(connection: $0, subscribe: payload["subscribe"].bool ?? false) }
      case .deliverEvent: need("event_id") { .deliverEvent(event: $0) }
      case .scoreLead: need("conversation_id") { .scoreLead(conversation: $0) }
      case .routine:
        payload["routine"].text.flatMap(Routine.init).map { .routine($0) }
          ?? .unknown(kind: kind, fault: "payload.routine names none")
      case .confirmBooking: need("appointment_id") { .confirmBooking(appointment: $0) }
      case .handOver:
        need("conversation_id") { conversation in
          need("job_id") { .handOver(conversation: conversation, channel: channel, answer: $0) }
        }
      }
  }

  var name: String {
    let kind: Kind
    switch self {
    case .answer: kind = .answer
    case .fetchMedia: kind = .fetchMedia
    case .readBack: kind = .readBack
    case .markRead: kind = .markRead
    case .fetchProfile: kind = .fetchProfile
    case .nothing: kind = .nothing
    case .removeMedia: kind = .removeMedia
    case .refreshToken: kind = .refreshToken
    case .uploadMedia: kind = .uploadMedia
    case .fetchTokenKeys: kind = .fetchTokenKeys
    case .syncTemplates: kind = .syncTemplates
    case .testChannel: kind = .testChannel
    case .deliverEvent: kind = .deliverEvent
    case .scoreLead: kind = .scoreLead
    case .routine: kind = .routine
    case .confirmBooking: kind = .confirmBooking
    case .handOver: kind = .handOver
    case .send(_, let channel): return Self.send + channel.rawValue
    case .unknown(let kind, _): return kind
    }
    return kind.rawValue
  }
}

extension Office {
  /// Does a job. More than one result where a job went straight on with the next of its own.
  func perform(_ job: HeldJob) async -> [JobResult] {
    switch job.work {
    case .answer(let conversation, let channel): await answer(conversation, channel, job)
    case .send(let message, let channel): [JobResult(job, await send(message, channel, job))]
    case .fetchMedia(let media): [JobResult(job, await fetch(media, job))]
    case .readBack(let message): [JobResult(job, await readBack(message, job))]
    case .markRead(let message): [JobResult(job, await markRead(message, job))]
    case .fetchProfile(let conversation): [JobResult(job, await fetchProfile(conversation, job))]
    case .nothing: [JobResult(job, .done([:]))]
    case .removeMedia(let media, let key): [JobResult(job, await remove(media, key, job))]
    case .refreshToken(let connection): [JobResult(job, await refreshToken(connection, job))]
    case .uploadMedia(let media): [JobResult(job, await upload(media, job))]
    case .fetchTokenKeys: [JobResult(job, await fetchTokenKeys(job))]
    case .syncTemplates(let connection, let create): [JobResult(job, await syncTemplates(connection, create, job))]
    case .testChannel(let connection, let subscribe): [JobResult(job, await test(connection, subscribe, job))]
    case .deliverEvent(let event): [JobResult(job, await deliverEvent(event, job))]
    case .scoreLead(let conversation): [JobResult(job, await score(conversation, job))]
    case .routine(let routine): [JobResult(job, await perform(routine, job))]
    case .confirmBooking(let appointment): [JobResult(job, await confirmBooking(appointment, job))]
    case .handOver(let conversation, let channel, let answer):
      [JobResult(job, await handOver(conversation, channel, forlorn: answer, job))]
    case .unknown(_, let fault): [JobResult(job, .bury(why: fault))]
    }
  }
}
