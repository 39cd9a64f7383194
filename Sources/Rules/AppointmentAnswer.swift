import Core

/// What a person answers to a word about their appointment, or to a follow-up, without anybody having to think about it.
public struct AppointmentAnswer: Sendable, Equatable {
  public enum Wish: Sendable { case confirm, reschedule, declineFollowUp }

  public var wish: Wish
  /// The id of the appointment that the pressed button names, or the chosen line, as it came.
  public var appointment: String?
  /// A button of ours was pressed: it means nothing else. Plain words count only right after we asked.
  public var isPressed: Bool

  /// - Parameters:
  ///   - selection: of what was pressed: `confirmar_cita:ID`, `reagendar_cita:ID`, `seguimiento_no`.
  ///   - content: what they wrote, or the words on the button.
  public init?(content: String, selection: String?) {
    if let selection {
      let parts = selection.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let wish = Self.buttons[parts[0]] else { return nil }
      self.wish = wish
      appointment = parts.count > 1 ? parts[1] : nil
      isPressed = true
      return
    }
    guard content.utf8.count <= Self.longest else { return nil }
    let words = folded(content)
    // A thumb is no letter.
    guard let wish = words.isEmpty && content.unicodeScalars.contains("👍") ? .confirm : Self.words[words] else {
      return nil
    }
    self.wish = wish
    isPressed = false
  }

  init?(_ message: BurstMessage) {
    self.init(content: message.content, selection: message.selection ?? message.numbered)
    // "2" beside something else may count people.
    if message.selection == nil { isPressed = false }
  }

  /// A longer text says more than yes, and is for somebody who reads.
  private static let longest = 80

  private static let buttons: [String: Wish] = [
    "confirmar_cita": .confirm, "reagendar_cita": .reschedule, "seguimiento_no": .declineFollowUp,
  ]

  /// The whole of what was said, in any language that we know, and what stands on our buttons.
  private static let words: [String: Wish] = {
    var words: [String: Wish] = [:]
    for phrases in Phrases.all {
      let buttons = [phrases.appointmentConfirmation, phrases.reminder].map(\.buttons)
      for word in phrases.heard.declining + phrases.followUp.buttons.suffix(1) {
        words[folded(word)] = .declineFollowUp
      }
      for word in phrases.heard.confirming + buttons.flatMap({ $0.prefix(1) }) { words[folded(word)] = .confirm }
      for word in phrases.heard.rescheduling + buttons.flatMap({ $0.suffix(1) }) { words[folded(word)] = .reschedule }
    }
    return words
  }()
}

/// What is said to such an answer.
extension AppointmentWords {
  public func confirmed(in phrases: Phrases) -> String { said(phrases.confirmed, phrases) }

  /// `slots` in words: `martes 3 de febrero, 10:00`.
  public func offer(_ slots: [String], in phrases: Phrases) -> String {
    said(phrases.offer, phrases, ["horas": slots.map { "- " + $0 }.joined(separator: "\n")])
  }

  public func over(in phrases: Phrases) -> String { said(phrases.over, phrases) }

  private func said(_ text: String, _ phrases: Phrases, _ more: [String: String] = [:]) -> String {
    let of = service.isEmpty ? "" : filled(phrases.forService, ["servicio": service])
    return filled(text, ["de_servicio": of, "fecha": date, "hora": time].merging(more) { $1 })
  }
}
