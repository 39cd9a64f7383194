/// Whether an answer may still leave is decided in the transaction that sends it. These are the numbers it is asked
/// with, and the reasons it answers with.
public enum ReplyGate {
  /// Seconds after which a message is too old to be answered by itself: after an outage platforms deliver for days, and
  /// an answer hours late confuses more than it helps.
  public static let staleAfter: Double = 3600

  /// Hours after the person's last message in which somebody of the business may still type an answer, with the
  /// platform's approval (`HUMAN_AGENT`, Meta, November 2026); nil: no longer than programs may.
  public static func humanHours(_ channel: ChannelName) -> Int? {
    switch channel {
    case .instagram, .facebook: 168
    case .whatsapp, .tiktok: nil
    }
  }
}

/// Why a message of ours did not leave (`messages.status = 'withheld'`). The raw value is stored.
public enum Withheld: String, Sendable, CaseIterable {
  case humanTookOver = "human_took_over"
  case escalated
  case assistantOff = "assistant_off"
  case windowClosed = "window_closed"
  case newerInbound = "newer_inbound"
  case stale
  case channelInactive = "channel_inactive"
  case tenantInactive = "tenant_inactive"
  case optedOut = "opted_out"
  case tooSoon = "too_soon"
  case templateBlocked = "template_blocked"
  case budgetSpent = "budget_spent"
  case perUserLimit = "per_user_limit"
  case dailyLimit = "daily_limit"
  case tooLong = "too_long"
  case empty
  case conversationClosed = "conversation_closed"
  case cancelled
  case incomplete
  case questionDeleted = "question_deleted"
  case notThreadOwner = "not_thread_owner"
  case tooLate = "too_late"
  case appointmentOver = "appointment_over"

  /// For staff.
  public var sentence: String {
    switch self {
    case .humanTookOver: "somebody of the team wrote in this conversation after the question"
    case .escalated: "the conversation is waiting for somebody of the team"
    case .assistantOff: "the assistant is switched off for this conversation or channel"
    case .windowClosed: "the platform's window for free messages is closed; only a template may be sent"
    case .newerInbound: "the customer wrote again; a newer answer takes its place"
    case .stale: "the customer's message was too old when it arrived to be answered automatically"
    case .channelInactive: "the channel is not connected"
    case .tenantInactive: "the business's account is not active"
    case .optedOut: "the customer asked not to be written to"
    case .tooSoon: "the platform wants this person left alone for a while; it may be sent later"
    case .templateBlocked: "the platform has not approved the template, or has paused or disabled it"
    case .budgetSpent: "the budget for automatic answers is used up"
    case .perUserLimit: "the platform takes no more messages to this person until they write again"
    case .dailyLimit: "the limit of messages to this person within a day is reached"
    case .tooLong: "the text is longer than the platform allows"
    case .empty: "there is no text to send"
    case .conversationClosed: "the conversation was closed"
    case .incomplete: "an earlier part of the same answer did not leave"
    case .questionDeleted: "the customer deleted the message that it answers"
    case .notThreadOwner: "another of the business's apps has this conversation now"
    case .tooLate: "its time was over before it could leave"
    case .appointmentOver: "the appointment that it is about was cancelled, moved, or is past"
    case .cancelled: "somebody of the team cancelled it"
    }
  }
}
