import Core
import FoundationEssentials
import Rules
import Store

/// A kind of job with what it needs. Adding one: a case here, and the switches stop compiling until it is handled; its name
/// in `is_own_kind` (`sql/functions/guide_queue.sql`), or somebody else's worker takes it.
public enum Work: Sendable, Equatable {
  /// `ai_response`: ask Claude and send what it says.
  case answer(conversation: UUID, channel: ChannelName)
  /// `send_whatsapp`, `send_instagram` …: send one stored message.
  case send(message: UUID, channel: ChannelName)
  /// `fetch_media`: fetch one attachment and keep it.
  case fetchMedia(media: UUID)
  /// `read_back`: ask the platform whether it has a message of which no answer came.
  case readBack(message: UUID)
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

  init(_ kind: String, payload: JSONText) {
    let payload = Field((try? payload.parse()) ?? .null)
    func id(_ name: String) -> UUID? { payload[name].text.flatMap { UUID(uuidString: $0) } }
    if kind == "ai_response" {
      let channel = payload["channel"].text.flatMap(ChannelName.init) ?? .whatsapp
      self =
        id("conversation_id").map { .answer(conversation: $0, channel: channel) }
        ?? .unknown(kind: kind, fault: "payload.conversation_id is missing")
    } else if kind.hasPrefix("send_"), let channel = ChannelName(rawValue: String(kind.dropFirst(5))) {
      self =
        id("message_id").map { .send(message: $0, channel: channel) }
        ?? .unknown(kind: kind, fault: "payload.message_id is missing")
    } else if kind == "fetch_media" {
      self =
        id("media_id").map { .fetchMedia(media: $0) } ?? .unknown(kind: kind, fault: "payload.media_id is missing")
    } else if kind == "read_back" {
      self =
        id("message_id").map { .readBack(message: $0) } ?? .unknown(kind: kind, fault: "payload.message_id is missing")
    } else if kind == "fetch_profile" {
      self =
        id("conversation_id").map { .fetchProfile(conversation: $0) }
        ?? .unknown(kind: kind, fault: "payload.conversation_id is missing")
    } else if kind == "score_lead" {
      self =
        id("conversation_id").map { .scoreLead(conversation: $0) }
        ?? .unknown(kind: kind, fault: "payload.conversation_id is missing")
    } else if kind == "noop" {
      self = .nothing
    } else if kind == "fetch_jwks" {
      self = .fetchTokenKeys
    } else if kind == "remove_media" {
      self =
        id("media_id").map { .removeMedia(media: $0, key: payload["storage_key"].text) }
        ?? .unknown(kind: kind, fault: "payload.media_id is missing")
    } else if kind == "refresh_token" {
      self =
        id("channel_connection_id").map { .refreshToken(connection: $0) }
        ?? .unknown(kind: kind, fault: "payload.channel_connection_id is missing")
    } else if kind == "deliver_event" {
      self =
        id("event_id").map { .deliverEvent(event: $0) } ?? .unknown(kind: kind, fault: "payload.event_id is missing")
    } else if kind == "upload_media" {
      self =
        id("media_id").map { .uploadMedia(media: $0) } ?? .unknown(kind: kind, fault: "payload.media_id is missing")
    } else if kind == "routine" {
      self =
        payload["routine"].text.flatMap(Routine.init).map { .routine($0) }
        ?? .unknown(kind: kind, fault: "payload.routine names none")
    } else if kind == "confirm_booking" {
      self =
        id("appointment_id").map { .confirmBooking(appointment: $0) }
        ?? .unknown(kind: kind, fault: "payload.appointment_id is missing")
    } else if kind == "hand_over" {
      let channel = payload["channel"].text.flatMap(ChannelName.init) ?? .whatsapp
      guard let conversation = id("conversation_id"), let answer = id("job_id") else {
        self = .unknown(kind: kind, fault: "payload.conversation_id or payload.job_id is missing")
        return
      }
      self = .handOver(conversation: conversation, channel: channel, answer: answer)
    } else if kind == "sync_templates" || kind == "test_channel" {
      guard let connection = id("channel_connection_id") else {
        self = .unknown(kind: kind, fault: "payload.channel_connection_id is missing")
        return
      }
      self =
        kind == "test_channel"
        ? .testChannel(connection: connection, subscribe: payload["subscribe"].bool ?? false)
        : .syncTemplates(connection: connection, create: payload["create"].bool ?? false)
    } else {
      self = .unknown(kind: kind, fault: "no such kind of job")
    }
  }

  var name: String {
    switch self {
    case .answer: "ai_response"
    case .send(_, let channel): "send_" + channel.rawValue
    case .fetchMedia: "fetch_media"
    case .readBack: "read_back"
    case .fetchProfile: "fetch_profile"
    case .nothing: "noop"
    case .removeMedia: "remove_media"
    case .refreshToken: "refresh_token"
    case .uploadMedia: "upload_media"
    case .fetchTokenKeys: "fetch_jwks"
    case .syncTemplates: "sync_templates"
    case .testChannel: "test_channel"
    case .deliverEvent: "deliver_event"
    case .scoreLead: "score_lead"
    case .routine: "routine"
    case .confirmBooking: "confirm_booking"
    case .handOver: "hand_over"
    case .unknown(let kind, _): kind
    }
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
