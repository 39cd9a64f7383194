import Core

extension App {
  /// What staff and integrators ask for.
  public func answerAPI(_ request: Request) throws(Refusal) -> Response {
    throw .unknown("there is nothing at \(request.path)")
  }
}
