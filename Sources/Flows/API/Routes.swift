extension Route {
  /// Everything that `api` serves: one file a resource.
  public static let all: [Route] = leads + leadsV1 + channels + channelAssistant + templates + prepared + media
    + alerts + document
}
