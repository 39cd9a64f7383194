import Core

/// What the Messages API checks of tools: how they are defined, and that every use is answered in the next message.
extension AnthropicRules {
  static func checkDefinitions(_ tools: Field) throws(AnthropicError) {
    var names = Set<String>()
    for tool in tools.items {
      guard let name = tool["name"].text, (1...128).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte) else {
        throw .invalid(tool["name"], "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
      }
      guard names.insert(name).inserted else { throw .invalid("tools: Tool names must be unique.") }
      guard !tool["description"].exists || tool["description"].text != nil else {
        throw .invalid(tool["description"], "Input should be a valid string")
      }
      if tool["type"].exists, tool["type"].text != "custom" { continue }
      let schema = tool["input_schema"]
      guard schema["type"].text == "object" else { throw .invalid(schema["type"], "Field required") }
      guard let fault = JSONSchema.fault(schema) else { continue }
      throw .invalid(
        schema,
        "JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12): "
          + fault)
    }
  }

  /// Uses and results are pairs: each result answers a use of the message before, and each use is answered there.
  static func checkUses(_ body: Field) throws(AnthropicError) {
    let messages = body["messages"].items
    var seen = Set<String>()
    for (i, message) in messages.enumerated() {
      let isUser = message["role"].text == "user"
      let (uses, results) = (blocks(message, "tool_use"), blocks(message, "tool_result"))
      if uses.isEmpty, results.isEmpty { continue }
      guard !body["tools"].items.isEmpty else {
        throw .invalid("Requests which have `tool_use` or `tool_result` blocks in messages must define tools.")
      }
      guard isUser ? uses.isEmpty : results.isEmpty else {
        let word =
          isUser ? "`tool_use` blocks can only be in `assistant`" : "`tool_result` blocks can only be in `user`"
        throw .invalid(message["content"], word + " messages")
      }
      for use in uses {
        try checkUse(use, isNew: seen.insert(use["id"].text ?? "").inserted)
      }
      let answered = i + 1 < messages.count ? blocks(messages[i + 1], "tool_result") : []
      let unanswered = uses.compactMap { $0["id"].text }.filter { id in
        !answered.contains { $0["tool_use_id"].text == id }
      }
      guard unanswered.isEmpty else {
        throw .invalid(
          message,
          "`tool_use` ids were found without `tool_result` blocks immediately after: "
            + unanswered.joined(separator: ", ")
            + ". Each `tool_use` block must have a corresponding `tool_result` block in the next message.")
      }
      try checkResults(results, in: message, after: i > 0 ? blocks(messages[i - 1], "tool_use") : [])
    }
  }

  private static func blocks(_ message: Field, _ type: String) -> [Field] {
    message["content"].items.filter { $0["type"].text == type }
  }

  private static func checkUse(_ use: Field, isNew: Bool) throws(AnthropicError) {
    guard let id = use["id"].text, !id.isEmpty, id.utf8.allSatisfy(isNameByte) else {
      throw .invalid(use["id"], "String should match pattern '^[a-zA-Z0-9_-]+$'")
    }
    guard isNew else { throw .invalid(use["id"], "`tool_use` ids must be unique") }
    guard use["name"].text != nil else { throw .invalid(use["name"], "Field required") }
    guard case .object? = use["input"].value else { throw .invalid(use["input"], "Input should be an object") }
  }

  private static func checkResults(
    _ results: [Field], in message: Field, after uses: [Field]
  ) throws(AnthropicError) {
    var answered = Set<String>()
    for result in results {
      let id = result["tool_use_id"].text ?? ""
      guard uses.contains(where: { $0["id"].text == id }) else {
        throw .invalid(
          result,
          "unexpected `tool_use_id` found in `tool_result` blocks: \(id). Each `tool_result` block must have a "
            + "corresponding `tool_use` block in the previous message.")
      }
      guard answered.insert(id).inserted else {
        throw .invalid(
          result, "each tool_use must have a single result. Found multiple `tool_result` blocks with id: \(id)")
      }
      guard !result["is_error"].exists || result["is_error"].bool != nil else {
        throw .invalid(result["is_error"], "Input should be a valid boolean")
      }
      if result["content"].exists, result["content"].text == nil {
        for block in result["content"].items where !["text", "image", "document"].contains(block["type"].text) {
          throw .invalid(block["type"], "Input should be 'text', 'image' or 'document'")
        }
      }
    }
    let first = message["content"].items.prefix { $0["type"].text == "tool_result" }
    guard first.count == results.count else {
      throw .invalid(message["content"], "`tool_result` blocks must come before all other blocks")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// Whether a schema is one: of draft 2020-12, the words that tools use.
enum JSONSchema {
  private static let types = ["object", "array", "string", "integer", "number", "boolean", "null"]
  private static let counts = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]
  private static let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]

  /// What is wrong with it, with its place; nil if nothing is.
  static func fault(_ schema: Field) -> String? {
    if schema.bool != nil { return nil }
    guard case .object? = schema.value else { return "\(schema.path) is no schema" }
    let named =
      schema["type"].exists ? (schema["type"].text.map { [$0] } ?? schema["type"].items.map { $0.text ?? "" }) : nil
    if let named, named.isEmpty || !named.allSatisfy(types.contains) { return "\(schema["type"].path) is no type" }
    if let fault = parts(schema) { return fault }
    for word in ["title", "description", "pattern", "format"] where schema[word].exists && schema[word].text == nil {
      return "\(schema[word].path) is no string"
    }
    for word in counts where schema[word].exists && (schema[word].wholeNumber ?? -1) < 0 {
      return "\(schema[word].path) is no count"
    }
    for word in bounds where schema[word].exists {
      guard case .number? = schema[word].value else { return "\(schema[word].path) is no number" }
    }
    if schema["enum"].exists, schema["enum"].items.isEmpty { return "\(schema["enum"].path) is empty or no list" }
    return nil
  }

  /// Of its parts, which are schemas too.
  private static func parts(_ schema: Field) -> String? {
    let properties = schema["properties"]
    if properties.exists {
      guard case .object(let members)? = properties.value else { return "\(properties.path) is no object" }
      for pair in members.pairs { if let fault = fault(properties[pair.key]) { return fault } }
    }
    if schema["required"].exists {
      let names = schema["required"].items.compactMap(\.text)
      guard case .array(let all)? = schema["required"].value, names.count == all.count, Set(names).count == all.count
      else { return "\(schema["required"].path) is no list of different names" }
      // JSON Schema allows it; Claude can never give what it was not told of.
      if let name = names.first(where: { !properties[$0].exists }) { return "\(schema["required"].path) names \(name)" }
    }
    for word in ["items", "additionalProperties", "not", "if", "then", "else"] where schema[word].exists {
      if let fault = fault(schema[word]) { return fault }
    }
    for word in ["anyOf", "oneOf", "allOf"] where schema[word].exists {
      guard !schema[word].items.isEmpty else { return "\(schema[word].path) is empty or no list" }
      for part in schema[word].items { if let fault = fault(part) { return fault } }
    }
    return nil
  }
}
