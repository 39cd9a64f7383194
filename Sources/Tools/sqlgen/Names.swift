/// `tenant_id` → `tenantId`; what is camel already stays.
func camel(_ name: String) -> String {
  let parts = name.split(separator: "_")
  guard let first = parts.first else { return name }
  return String(first) + parts.dropFirst().map { capitalised(String($0)) }.joined()
}

func capitalised(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

func isIdentifier(_ name: String) -> Bool {
  guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return false }
  return name.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
}

/// A column's or parameter's name in Swift; nil if it cannot be one.
func swiftName(_ name: String) -> String? {
  let swift = camel(name)
  guard isIdentifier(swift), !["self", "Self", "Type", "Protocol", "init", "_"].contains(swift) else { return nil }
  return isKeyword(swift) ? "`\(swift)`" : swift
}

/// The same name before an argument, where most keywords need no quotes and are warned about with them.
func label(_ swiftName: String) -> String {
  let bare = swiftName.filter { $0 != "`" }
  return ["inout", "let", "var"].contains(bare) ? swiftName : bare
}

func isKeyword(_ name: String) -> Bool { keywords.contains(name) }

private let keywords: Set<String> = [
  "Any", "Self", "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit",
  "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import",
  "in", "init", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol",
  "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super", "switch", "throw",
  "throws", "true", "try", "typealias", "var", "where", "while",
]

/// The file made from a query file: `webhook_events.sql` → `WebhookEvents.swift`.
func swiftFile(_ sqlFile: String) -> String {
  let words = sqlFile.dropLast(".sql".count).split { !$0.isLetter && !$0.isNumber }
  return words.map { capitalised(String($0)) }.joined() + ".swift"
}
