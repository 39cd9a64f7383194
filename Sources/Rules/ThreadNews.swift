import Core

extension InboundEvent {
  /// Whose a conversation is from now on, where several apps of a business share an account; nil: nothing changed hands.
  /// `details.owner` is `us`, or how the platform calls the other app. As `apply_thread_news` in SQL reads it.
  public var thread: JSON? {
    guard kind == .threadControl, let owner = details["owner"].flatMap({ Field($0).loose }), !owner.isEmpty else {
      return nil
    }
    return owner == "us" ? ["ours": true] : ["ours": false, "owner": .string(clipped(owner, 100))]
  }
}
