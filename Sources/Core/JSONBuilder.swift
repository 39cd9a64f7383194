import CYAJL

/// Makes a tree of yajl's calls. Values wait in one stack until their array or object ends, so that each of these costs
/// one allocation of the right size, and nothing here recurses.
struct JSONBuilder {
  enum Stop {
    case limit(String)
    case invalidUTF8
  }

  private struct Open {
    var start: Int
    var key: String
  }

  /// Why a call asked yajl to stop.
  private(set) var stopped: Stop?
  private var waiting: [JSON.Members.Pair] = []
  private var open: [Open] = []
  /// Of the value that comes next; empty in an array.
  private var key = ""
  private var count = 0
  private let depth: Int
  private let nodes: Int

  init(depth: Int, nodes: Int) {
    self.depth = depth
    self.nodes = nodes
    waiting.reserveCapacity(32)
  }

  var result: JSON? { open.isEmpty && waiting.count == 1 ? waiting[0].value : nil }

  fileprivate mutating func add(_ value: JSON) -> Int32 {
    count += 1
    guard count <= nodes else { return stop(.limit("more than \(nodes) values")) }
    waiting.append(.init(key, value))
    return 1
  }

  fileprivate mutating func begin() -> Int32 {
    guard open.count < depth else { return stop(.limit("nested deeper than \(depth) levels")) }
    open.append(Open(start: waiting.count, key: key))
    key = ""
    return 1
  }

  fileprivate mutating func endArray() -> Int32 {
    guard let frame = open.popLast() else { return 0 }
    let items = waiting[frame.start...].map { $0.value }
    waiting.removeSubrange(frame.start...)
    key = frame.key
    return add(.array(items))
  }

  fileprivate mutating func endObject() -> Int32 {
    guard let frame = open.popLast() else { return 0 }
    let members = JSON.Members(Array(waiting[frame.start...]))
    waiting.removeSubrange(frame.start...)
    key = frame.key
    return add(.object(members))
  }

  fileprivate mutating func name(_ text: String?) -> Int32 {
    guard let text else { return stop(.invalidUTF8) }
    key = text
    return 1
  }

  fileprivate mutating func string(_ text: String?) -> Int32 {
    guard let text else { return stop(.invalidUTF8) }
    return add(.string(text))
  }

  private mutating func stop(_ why: Stop) -> Int32 {
    stopped = why
    return 0
  }
}

extension JSONBuilder {
  /// The context of every call is a `JSONBuilder` that outlives the run. Numbers come as text because `yajl_number`
  /// is there.
  static let callbacks = yajl_callbacks(
    yajl_null: { at($0, 0) { $0.add(.null) } },
    yajl_boolean: { context, value in at(context, 0) { $0.add(.bool(value != 0)) } },
    yajl_integer: nil,
    yajl_double: nil,
    yajl_number: { context, text, length in
      at(context, 0) { builder in
        text?.withMemoryRebound(to: UInt8.self, capacity: length) { builder.add(.number(decoded($0, length) ?? "0")) }
          ?? 0
      }
    },
    yajl_string: { context, text, length in at(context, 0) { $0.string(decoded(text, length)) } },
    yajl_start_map: { at($0, 0) { $0.begin() } },
    yajl_map_key: { context, text, length in at(context, 0) { $0.name(decoded(text, length)) } },
    yajl_end_map: { at($0, 0) { $0.endObject() } },
    yajl_start_array: { at($0, 0) { $0.begin() } },
    yajl_end_array: { at($0, 0) { $0.endArray() } })
}

private func at(_ context: UnsafeMutableRawPointer?, _ none: Int32, _ call: (inout JSONBuilder) -> Int32) -> Int32 {
  guard let context else { return none }
  return call(&context.assumingMemoryBound(to: JSONBuilder.self).pointee)
}

/// nil if the bytes are no UTF-8. yajl passes no pointer for an empty string that had to be unescaped.
private func decoded(_ text: UnsafePointer<UInt8>?, _ length: Int) -> String? {
  String(validating: UnsafeBufferPointer(start: text, count: text == nil ? 0 : length), as: UTF8.self)
}
