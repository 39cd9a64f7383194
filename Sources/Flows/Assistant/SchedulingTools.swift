extension AssistantTool {
  /// find_slots, book_appointment, reschedule_appointment, cancel_appointment.
  static let scheduling: [AssistantTool] = []
}
