extension Route {
  /// Everything that `api` serves: one file a resource.
  public static let all: [Route] =
    conversations + messages + sending + prepared + leads + leadsV1 + channels + channelAssistant + assistant
    + templates + media
    + uploads
    + alerts + keys + document
}
