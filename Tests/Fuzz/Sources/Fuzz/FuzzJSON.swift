import Core

/// `JSON.parse` reads what a second reader reads, and writes what it read.
func fuzzJSON(_ input: [UInt8]) {
  // Above these limits a reader that recurses would run out of stack; the defaults are tried as well.
  for (depth, nodes) in [(Limits.jsonDepth, Limits.jsonNodes), (3, 20)] {
    let expected = ReferenceJSON.parse(input, depth: depth, nodes: nodes)
    let value: JSON
    do throws(Refusal) {
      value = try JSON.parse(input, depth: depth, nodes: nodes)
    } catch {
      check(expected == nil, "refused, though it is JSON: \(error.sentence)")
      guard case .malformed("$", let fault) = error else { return check(false, "refused as \(error)") }
      // The text must not get into logs: what is said is one of some thirty sentences.
      check(
        fault.utf8.count <= 120 && fault.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a fault that leaks: \(fault)")
      continue
    }
    guard let expected else { return check(false, "read, though it is no JSON: \(value.text)") }
    check(same(value, expected), "read \(value.text)\nas  \(expected.text)")
    fuzzWriting(value, depth, nodes)
  }
}

private func fuzzWriting(_ value: JSON, _ depth: Int, _ nodes: Int) {
  let text = value.text
  check(Array(text.utf8) == value.bytes, "text and bytes differ")
  check(!text.utf8.contains(0) && !hasNUL(value), "a NUL, which Postgres refuses")
  guard let again = try? JSON.parse(value.bytes, depth: depth, nodes: nodes) else {
    return check(false, "what was written is not read: \(text)")
  }
  check(same(value, again), "written and read again it differs: \(text)\n\(again.text)")
  check(again.text == text, "written twice it differs: \(text)")

  let size = Size(value)
  check(size.depth <= depth && size.nodes <= nodes, "\(size) is above the limits of \(depth) and \(nodes)")
  let exact = try? JSON.parse(value.bytes, depth: size.depth, nodes: size.nodes)
  check(exact != nil, "refused at exactly its own size, \(size)")
  let fewer = try? JSON.parse(value.bytes, depth: size.depth, nodes: size.nodes - 1)
  check(fewer == nil, "one value more than allowed is read: \(size)")
  if size.depth > 0 {
    let flatter = try? JSON.parse(value.bytes, depth: size.depth - 1, nodes: size.nodes)
    check(flatter == nil, "one level more than allowed is read: \(size)")
  }
}

/// Equal to the byte and in the same order; `==` is about what a value means.
func same(_ a: JSON, _ b: JSON) -> Bool {
  switch (a, b) {
  case (.null, .null): true
  case (.bool(let a), .bool(let b)): a == b
  case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
  case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
  case (.object(let a), .object(let b)):
    a.pairs.count == b.pairs.count
      && zip(a.pairs, b.pairs).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) && same($0.value, $1.value) }
  default: false
  }
}

/// How large a value is, as `JSON.parse` counts.
struct Size {
  var depth = 0
  var nodes = 1

  init(_ value: JSON) {
    let inner: [JSON]
    switch value {
    case .array(let items): inner = items
    case .object(let members): inner = members.pairs.map(\.value)
    default: return
    }
    depth = 1
    for size in inner.map({ Size($0) }) {
      depth = max(depth, size.depth + 1)
      nodes += size.nodes
    }
  }
}

func hasNUL(_ value: JSON) -> Bool {
  switch value {
  case .null, .bool: false
  case .number(let text), .string(let text): text.utf8.contains(0)
  case .array(let items): items.contains { hasNUL($0) }
  case .object(let members): members.pairs.contains { $0.key.utf8.contains(0) || hasNUL($0.value) }
  }
}
