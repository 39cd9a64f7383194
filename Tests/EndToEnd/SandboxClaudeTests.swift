import Core
import FoundationEssentials
import TestSupport
import Testing

/// The sandbox's Claude refuses what Anthropic refuses, plays scripts, and complains of what does not fit them.
@Suite struct SandboxClaudeTests {
  /// A request: what the person says, the tools, and what follows.
  private func ask(
    _ said: String, tools: JSON = slots, then more: [JSON] = [], model: String = "claude-haiku-5-5", talk: String = "c"
  ) async throws -> (status: Int, body: Field) {
    let body: JSON = [
      "model": .string(model), "max_tokens": 4000,
      "system": [
        ["type": "text", "text": "Negocio: Prueba"], ["type": "text", "text": "Ahora: lunes 2026-11-30 10:00"],
      ],
      "tools": tools, "messages": .array([["role": "user", "content": .string(said)]] + more),
      "metadata": ["user_id": .string(talk)],
    ]
    let answer = try await Web.send(
      "POST", World.current.sandbox + "/anthropic/v1/messages",
      headers: [("x-api-key", "k"), ("anthropic-version", "2023-06-01"), ("content-type", "application/json")],
      body: body.bytes)
    return (answer.status, Field(try JSON.parse(answer.body)))
  }

  private static let slots: JSON = [
    ["name": "find_slots", "input_schema": ["type": "object", "properties": ["from": ["type": "string"]]]]
  ]

  private func said(_ content: JSON) -> JSON { ["role": "assistant", "content": content] }

  private func told(_ id: String, _ result: String, isError: Bool = false) -> JSON {
    [
      "role": "user",
      "content": [
        [
          "type": "tool_result", "tool_use_id": .string(id), "content": .string(result), "is_error": .bool(isError),
        ]
      ],
    ]
  }

  // MARK: Form

  /// What is wrong with a definition is said with its place.
  @Test(arguments: [
    (#"{"name": "a b", "input_schema": {"type": "object"}}"#, "tools.0.name: "),
    (#"{"name": "a", "input_schema": {"type": "text"}}"#, "tools.0.input_schema.type: "),
    (#"{"name": "a", "input_schema": {"type": "object", "properties": {"b": {"type": "text"}}}}"#, "b.type is no type"),
    (#"{"name": "a", "input_schema": {"type": "object", "properties": [1]}}"#, "properties is no object"),
    (#"{"name": "a", "input_schema": {"type": "object", "required": ["b"]}}"#, "required names b"),
    (#"{"name": "a", "input_schema": {"type": "object", "properties": {"b": {"enum": []}}}}"#, "b.enum is empty"),
    (
      #"{"name": "a", "input_schema": {"type": "object", "properties": {"b": {"type": "array", "items": 1}}}}"#,
      "no schema"
    ),
    (#"{"name": "a", "description": 1, "input_schema": {"type": "object"}}"#, "tools.0.description: "),
    (#"{"name": "a"}"#, "tools.0.input_schema.type: "),
  ])
  func definitions(_ tool: String, _ complaint: String) async throws {
    let answer = try await ask("hola", tools: [try JSON.parse(Array(tool.utf8))])
    #expect(answer.status == 400)
    #expect(answer.body["error"]["message"].text?.contains(complaint) == true, "\(answer.body.value?.text ?? "")")
  }

  @Test func namesAreTheirOwn() async throws {
    let tool: JSON = ["name": "a", "input_schema": ["type": "object"]]
    #expect(try await ask("hola", tools: [tool]).status == 200)
    #expect(try await ask("hola", tools: [tool, tool]).status == 400)
  }

  @Test func everyUseIsAnswered() async throws {
    let use: JSON = ["type": "tool_use", "id": "toolu_1", "name": "find_slots", "input": [:]]
    let asked = said([use])
    let wrong: [([JSON], String)] = [
      ([asked, ["role": "user", "content": "¿y?"]], "without `tool_result` blocks immediately after: toolu_1"),
      ([asked, told("toolu_2", "x")], "without `tool_result`"),
      ([told("toolu_1", "x")], "unexpected `tool_use_id`"),
      ([asked, told("toolu_1", "x"), asked, told("toolu_1", "x")], "ids must be unique"),
      (
        [
          asked,
          [
            "role": "user",
            "content": [
              ["type": "text", "text": "antes"], ["type": "tool_result", "tool_use_id": "toolu_1", "content": "x"],
            ],
          ],
        ], "must come before"
      ),
    ]
    for (messages, complaint) in wrong {
      let answer = try await ask("hola", then: messages)
      #expect(answer.status == 400)
      #expect(answer.body["error"]["message"].text?.contains(complaint) == true, "\(answer.body.value?.text ?? "")")
    }
    #expect(try await ask("hola", then: [asked, told("toolu_1", "x")]).status == 200)
    #expect(try await ask("hola", tools: [], then: [asked, told("toolu_1", "x")]).status == 400)
  }

  /// An answer that used tools is taken back with its thinking as it was.
  @Test func thinkingComesBackUnchanged() async throws {
    let answer = try await ask(#"[[thinking]] [[tool:find_slots {"from": "x"}]]"#, model: "claude-sonnet-5-5")
    let content = answer.body["content"].value ?? []
    let id = answer.body["content"][1]["id"].text ?? ""
    #expect(answer.body["stop_reason"].text == "tool_use")
    #expect(answer.body["content"][0]["type"].text == "thinking")
    let question = #"[[thinking]] [[tool:find_slots {"from": "x"}]]"#
    let right = try await ask(question, then: [said(content), told(id, "¡nada!")], model: "claude-sonnet-5-5")
    #expect(right.status == 200)
    #expect(right.body["content"][1]["text"].text == "¡nada!")
    let blocks = try answer.body["content"].array().compactMap(\.value)
    try #require(blocks.count > 1)
    var changed = blocks
    changed[0] = ["type": "thinking", "thinking": "otra cosa", "signature": "x"]
    for content in [changed, Array(blocks.dropFirst())] {
      let wrong = try await ask(question, then: [said(.array(content)), told(id, "x")], model: "claude-sonnet-5-5")
      #expect(wrong.status == 400)
      #expect(wrong.body["error"]["message"].text?.contains("cannot be modified") == true)
    }
  }

  // MARK: Scripts

  private func learn(_ turns: String, _ name: String) async throws {
    let turns = try JSON.parse(Array(turns.utf8))
    try await Sandbox.tell(
      "PUT", "scripts/" + name, ["match": .string(name), "values": ["quien": "Ana"], "turns": turns])
  }

  private func report(_ name: String) async throws -> Field {
    Field(try JSON.parse(try await Web.send("GET", World.current.sandbox + "/sandbox/scripts/" + name).body))
  }

  @Test func aScriptIsPlayedStepByStep() async throws {
    let name = unique("guion-")
    try await learn(
      """
      [{"customer": "¿Hay lugar mañana? \(name)", "claude": [
        {"tools": [{"name": "find_slots", "input": {"from": "{{tomorrow}}", "to": "{{next:1}}"}, "result": {"slots": [{"words": "*"}]}}]},
        {"text": "{{quien}}: {{find_slots.slots.0.words}}"}]}]
      """, name)
    let question = "Hola.\n¿Hay  lugar mañana? \(name)"
    let first = try await ask(question)
    let use = first.body["content"][0]
    #expect(use["input"]["from"].text == "2026-12-01" && use["input"]["to"].text == "2026-12-07")
    let then = [
      said(first.body["content"].value ?? []), told(use["id"].text ?? "", #"{"slots": [{"words": "a las diez"}]}"#),
    ]
    let second = try await ask(question, then: then)
    #expect(second.body["content"][0]["text"].text == "Ana: a las diez")
    #expect(second.body["stop_reason"].text == "end_turn")
    // Asked the same again, as after a lost answer, it says the same.
    let again = try await ask(question, then: then)
    #expect(again.body["content"][0]["text"].text == "Ana: a las diez")
    let told = try await report(name)
    #expect(told["played"].items.compactMap(\.text) == ["0.0", "0.1", "0.1"])
    #expect(told["uses"][0]["result"]["slots"].exists)
    #expect(told["complaints"].items.isEmpty)
  }

  /// A result that the script did not expect, a tool that is not offered, a word that nothing stands for.
  @Test func whatDoesNotFitIsRefused() async throws {
    let name = unique("guion-")
    try await learn(
      """
      [{"customer": "uno \(name)", "claude": [
          {"tools": [{"name": "find_slots", "input": {}, "result": {"slots": [{"words": "*"}]}}]}, {"text": "x"}]},
       {"customer": "dos \(name)", "claude": [{"tools": [{"name": "fly_away", "input": {}}]}]},
       {"customer": "tres \(name)", "claude": [{"text": "{{find_slots.slots.7.words}}"}]}]
      """, name)
    let use = try await ask("uno \(name)", talk: name).body["content"]
    for (result, isError) in [(#"{"slots": []}"#, false), (#"{"slots": [{"words": "x"}]}"#, true)] {
      let answer = try await ask(
        "uno \(name)", then: [said(use.value ?? []), told(use[0]["id"].text ?? "", result, isError: isError)],
        talk: name)
      #expect(answer.status == 400)
    }
    #expect(try await ask("dos \(name)", talk: name).status == 400)
    #expect(try await ask("tres \(name)", talk: name).status == 400)
    let complaints = try await report(name)["complaints"].items.compactMap(\.text)
    #expect(complaints.count == 4)
    #expect(complaints.contains { $0.hasPrefix("fly_away is not offered, but find_slots") }, "\(complaints)")
    // What is about something else is thought of as ever.
    #expect(try await ask("cuatro \(name)", talk: name).status == 200)
  }

  /// Errors before the answer, and the same use for ever.
  @Test func faultsOfAStep() async throws {
    let name = unique("guion-")
    try await learn(
      """
      [{"customer": "uno \(name)", "claude": [{"refused": 529, "times": 2, "retry_after": 3, "text": "al fin"}]},
       {"customer": "dos \(name)", "claude": [{"again": true, "tools": [{"name": "find_slots", "input": {}}]}]},
       {"customer": "tres \(name)", "claude": [{"text": "ja", "length": 20000, "stop": "max_tokens"}]}]
      """, name)
    for status in [529, 529, 200] { #expect(try await ask("uno \(name)").status == status) }
    var messages = [JSON]()
    for _ in 1...3 {
      let content = try await ask("dos \(name)", then: messages).body["content"]
      #expect(content[0]["type"].text == "tool_use")
      messages += [said(content.value ?? []), told(content[0]["id"].text ?? "", "{}")]
    }
    let long = try await ask("tres \(name)")
    #expect(long.body["stop_reason"].text == "max_tokens")
    #expect(long.body["content"][0]["text"].text?.count == 16_000)
  }

  @Test(arguments: [
    #"{"turns": []}"#, #"{"match": "", "turns": []}"#, #"{"match": "x"}"#,
    #"{"match": "x", "turns": [{"customer": "a", "claude": [{"say": "b"}]}]}"#,
    #"{"match": "x", "turns": [{"customer": "a", "claude": []}]}"#,
    #"{"match": "x", "turns": [{"claude": [{"text": "b"}]}]}"#,
    #"{"match": "x", "turns": [{"customer": "a", "claude": [{"tools": [{"name": "t", "inputs": {}}]}]}]}"#,
    #"{"match": "x", "turns": [{"customer": "a", "claude": [{}]}, {"customer": " a", "claude": [{}]}]}"#,
  ])
  func whatIsNoScript(_ body: String) async throws {
    let answer = try await Web.send(
      "PUT", World.current.sandbox + "/sandbox/scripts/" + unique("x"), body: Array(body.utf8))
    #expect(answer.status == 400)
  }
}
