import Core
import Rules
import Testing

@testable import Flows

/// All that Claude may do, as it is told.
@Suite struct ToolListTests {
  @Test func namesAndSchemas() {
    let tools = AssistantTool.all.map(\.definition)
    #expect(Set(tools.map(\.name)).count == tools.count)
    for tool in tools {
      #expect(tool.name.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "_") }, "\(tool.name)")
      #expect(!tool.description.isEmpty, "\(tool.name)")
      #expect(Field(tool.schema)["type"].text == "object", "\(tool.name)")
      #expect(Field(tool.schema)["additionalProperties"].bool == false, "\(tool.name) takes whatever it is given")
      #expect(InputSchema.unheeded(tool.schema) == [], "\(tool.name)")
    }
  }
}
