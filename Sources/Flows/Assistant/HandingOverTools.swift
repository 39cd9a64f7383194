import Core
import Rules
import Store

extension AssistantTool {
  /// escalate_to_human.
  static let handingOver: [AssistantTool] = [
    AssistantTool(
      "escalate_to_human",
      """
      Hands this conversation to a person of the team; you are silent in it afterwards. Use it when the person asks for \
      somebody, complains, is in pain or describes an emergency, or when you cannot help with what you know. After it, \
      say in one short message what it tells you to say, and nothing else.
      """,
      schema: [
        "type": "object", "additionalProperties": false, "required": ["reason"],
        "properties": [
          "reason": [
            "type": "string", "minLength": 1, "maxLength": 500,
            "description": "For the team: what the person wants and what you know already.",
          ],
          "urgency": [
            "type": "integer", "minimum": 1, "maximum": 5,
            "description": "5: today, an emergency; 1: whenever somebody has time.",
          ],
          "confidence": [
            "type": "number", "minimum": 0, "maximum": 1,
            "description": """
            Only if you hand over because you are not sure of your own answer: how sure you are. Leave it out in all other \
            cases, above all when the person asks for somebody.
            """,
          ],
        ],
      ]
    ) { (use, scope) throws(StoreError) -> ToolAnswer in
      let assistant = use.profile.assistant
      let confidence = use.input["confidence"].loose.flatMap { Double($0) }
      if let confidence, confidence >= assistant.minConfidence {
        return .refused(
          "sure_enough",
          """
          This business wants you to answer yourself when you are that sure. If the person asked for somebody, or it is \
          urgent, call again without confidence.
          """)
      }
      let details: JSON = .object([
        "by": .string((confidence == nil ? EscalatedBy.tool : .confidence).rawValue),
        "urgency": use.input["urgency"].integer.map { .number($0) },
        "confidence": use.input["confidence"].value, "tell": true,
      ])
      // One that people have already stays as it is: the person hears the same.
      _ = try scope.escalateWith(
        conversationId: use.conversation, reason: use.input["reason"].text ?? "", details: JSONText(details.text))
      return ToolAnswer(["handed_over": true, "say": .string(LastWord.text(assistant))], handsOver: true)
    }
  ]
}
