extension AssistantTool {
  /// escalate_to_human.
  static let handingOver: [AssistantTool] = []
}
