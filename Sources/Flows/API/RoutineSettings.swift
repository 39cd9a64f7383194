import Core
import FoundationEssentials
import Rules
import Store

/// What is done by the clock, and in which words: `/api/settings/routines`.
extension Route {
  static let routineSettings: [Route] = [
    Route(
      "GET", "/api/settings/routines", "getRoutines", "Reminders and follow-ups: whether, and in whose words",
      ChannelDoor.read, answers: [(200, Shape.data(RoutineSettings.shape))]
    ) { (call) throws(APIProblem) in try RoutineSettings.show(call) },
    Route(
      "PATCH", "/api/settings/routines", "changeRoutines", "Change what is named; a text of nothing is ours again",
      ChannelDoor.write, body: .object(RoutineSettings.changeable), answers: [(200, Shape.data(RoutineSettings.shape))]
    ) { (call) throws(APIProblem) in try RoutineSettings.change(call) },
  ]
}

enum RoutineSettings {
  /// Filled, it has to fit beside buttons on every platform.
  private static let words = Shape.text(0...800)
  private static let texts = ["confirmation_text", "reminder_text", "follow_up_text"]

  static let changeable: [Shape.Member] =
    [.may("reminders", .flag), .may("follow_ups", .flag)] + texts.map { .may($0, words) }

  /// A text that is null is ours; what `tistis` wrote is shown as it is.
  static let shape = Shape.object(
    [.needs("reminders", .flag), .needs("follow_ups", .flag)] + texts.map { .needs($0, .maybe(.text(0...100_000))) })

  static func show(_ call: APICall) throws(APIProblem) -> Response {
    let row = try call.store { (scope) throws(StoreError) in try scope.routineSettings() }
    func text(_ words: String?) -> JSON { words.map { .string($0) } ?? .null }
    return .json([
      "data": [
        "reminders": .bool(row.reminders), "follow_ups": .bool(row.followUps),
        "confirmation_text": text(row.confirmationText), "reminder_text": text(row.reminderText),
        "follow_up_text": text(row.followUpText),
      ]
    ])
  }

  static func change(_ call: APICall) throws(APIProblem) -> Response {
    try call.wholeBusiness("what is done by the clock")
    _ = try call.change(changeable)
    for name in texts {
      let known = PreparedMessage.gaps(appointment: name != "follow_up_text")
      if let gap = unknownGap(call.body[name].text ?? "", known) {
        throw .malformed("$." + name, "has no such gap: {{\(gap)}}; known are " + known.joined(separator: ", "))
      }
    }
    let body = call.body
    _ = try call.store { (scope) throws(StoreError) in
      try scope.setRoutine(
        reminders: body["reminders"].bool, followUps: body["follow_ups"].bool,
        confirmationText: body["confirmation_text"].text, reminderText: body["reminder_text"].text,
        followUpText: body["follow_up_text"].text)
    }
    return try show(call)
  }

  /// The first gap of a text that nothing fills, or that does not end.
  private static func unknownGap(_ text: String, _ known: [String]) -> String? {
    for part in text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst() {
      guard let end = part.firstRange(of: "}}") else { return String(part.prefix(30)) }
      let gap = String(part[..<end.lowerBound])
      if !known.contains(gap) { return String(gap.prefix(30)) }
    }
    return nil
  }
}
