import Core

extension InboundEvent {
  /// The advertisement, post or link that brought the person (`source_type`, `source_id`, `headline`, `ctwa_clid` …), cut
  /// to a size that a lead's row may carry; numbers as text, since ids have 18 digits. What Messenger and Instagram tell of
  /// the advertisement itself (`ads_context_data`) stands among the rest. nil: none.
  public var referral: JSON? {
    guard kind == .message || kind == .referral, case .object(let members)? = details["referral"] else { return nil }
    var pairs = members.pairs
    if case .object(let ad)? = members["ads_context_data"] { pairs += ad.pairs }
    let kept = pairs.prefix(30).compactMap { pair -> JSON.Members.Pair? in
      guard let text = Field(pair.value).loose, !text.isEmpty else { return nil }
      return JSON.Members.Pair(clipped(pair.key, 40), .string(clipped(text, 500)))
    }
    return kept.isEmpty ? nil : .object(JSON.Members(kept))
  }
}
