extension Route {
  /// Everything that `api` serves: one file a resource.
  public static let all: [Route] = conversations + messages + sending + leads + leadsV1 + keys + document
}
