import Core
import Store

extension ConsentsOfRow {
  public var json: JSON {
    [
      "channel": .string(channel), "scope": .string(scope), "state": .string(state), "source": .string(source),
      "said_at": .string(saidAt.description), "not_before": notBefore.map { .string($0.description) } ?? .null,
    ]
  }
}
