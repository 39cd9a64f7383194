import Core

extension InboundEvent {
  /// The advertisement or post that brought the person (`source_type`, `source_id`, `headline`, `ctwa_clid` …), cut to a
  /// size that a lead's row may carry; numbers as text, since ids have 18 digits. nil: none.
  public var referral: JSON? {
    guard kind == .message || kind == .referral, case .object(let members)? = details["referral"] else { return nil }
    let kept = members.pairs.prefix(20).compactMap { pair -> JSON.Members.Pair? in
      guard let text = Field(pair.value).loose, !text.isEmpty else { return nil }
      return JSON.Members.Pair(clipped(pair.key, 40), .string(clipped(text, 500)))
    }
    return kept.isEmpty ? nil : .object(JSON.Members(kept))
  }
}
