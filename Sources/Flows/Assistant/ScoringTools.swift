import Core
import Rules
import Store

private let wantsScores: @Sendable (TenantProfile) -> Bool = { $0.assistant.scoresPeople }

extension AssistantTool {
  /// record_lead_signals.
  static let scoring: [AssistantTool] = [
    AssistantTool(
      "record_lead_signals",
      """
      Notes for the team what the person's last message says about becoming a customer. Use it when it says something new, \
      never say that you do. It changes nothing for the person.
      """,
      schema: [
        "type": "object", "additionalProperties": false, "required": ["signals"],
        "properties": [
          "signals": [
            "type": "array", "minItems": 1, "maxItems": .number(LeadSignal.allCases.count),
            "items": ["type": "string", "enum": .array(LeadSignal.allCases.map { .string($0.rawValue) })],
            "description": """
            interested: wants a service or an appointment; urgent: needs it soon, or is in pain; budget_mentioned: says \
            what they can pay; decision_maker: decides by themselves; comparing: looks at other businesses too; \
            not_interested: does not want it; spam: advertising or nonsense.
            """,
          ],
          "interested_services": [
            "type": "array", "maxItems": 20, "items": ["type": "string", "minLength": 1, "maxLength": 200],
            "description": "Names of the business's services that the person wants.",
          ],
          "budget": [
            "type": "string", "minLength": 1, "maxLength": 200, "description": "What they can pay, in their words.",
          ],
        ],
      ], isOffered: wantsScores
    ) { (use, scope) throws(StoreError) in
      let signals = use.input["signals"].items.compactMap { $0.text.flatMap { LeadSignal(rawValue: $0) } }
      let said: JSON = .object([
        "signals": .array(signals.map { ["signal": .string($0.rawValue), "points": .number($0.points)] }),
        "services": use.input["interested_services"].value, "budget": use.input["budget"].value,
      ])
      let row = try scope.recordLeadSignals(
        leadId: use.lead, conversationId: use.conversation, messageId: use.question, said: JSONText(said.text))
      guard let score = row.score, let classification = row.classification else {
        return .refused("unknown_lead", "there is nobody to note it for")
      }
      return ToolAnswer(
        .object([
          "score": .number(score), "classification": .string(classification),
          "unknown_services": row.unknownServices.map { .array($0.map { .string($0) }) },
        ]))
    }
  ]
}
