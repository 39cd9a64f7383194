import Core
import Rules

/// Instagram Direct, by the page that the account is linked to or by Instagram's own login (seen November 2026). What it
/// does otherwise than Messenger: texts are counted in bytes, files are sent by their address alone, an answer may name
/// nobody, reads name a message, echoes come unasked.
extension Messenger {
  static let instagram = Messenger(
    name: .instagram, object: "instagram", useCase: "instagram", errors: MessengerErrors.instagram,
    names: [["name"], ["username"]])
}

extension Channel {
  public static let instagram = Messenger.instagram.channel
}
