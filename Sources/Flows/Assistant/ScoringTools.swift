extension AssistantTool {
  /// record_lead_signals.
  static let scoring: [AssistantTool] = []
}
