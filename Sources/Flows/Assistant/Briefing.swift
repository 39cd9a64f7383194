import Core
import Peers
import Rules

/// What a model is told before the conversation, and with what it may act: of an answer, and of who looks at it beforehand.
struct Briefing {
  /// An id from configuration: the business's, or else `ANTHROPIC_MODEL`.
  let model: String
  /// The business, which is the same text every time and so cached.
  let business: String
  /// What holds now only.
  let moment: String
  let tools: [ClaudeTool]

  init(_ profile: TenantProfile, _ settings: Settings, moment: String, tools: [AssistantTool] = AssistantTool.all) {
    model = profile.assistant.model ?? settings.text(.anthropicModel)
    business = profile.render()
    self.moment = moment
    self.tools = tools.filter { $0.isOffered(profile) }.map(\.definition)
  }
}

/// - Parameters:
///   - weekday: 1 is Monday.
///   - time: of the branch, `YYYY-MM-DD HH:MM`.
func momentWords(weekday: Int32, time: String, customer: String?, _ state: ConversationState) -> String {
  renderMoment(
    now: [Phrases.spanish.weekday(Int(weekday)), time].compactMap { $0 }.joined(separator: " "), customer: customer,
    state: state)
}
