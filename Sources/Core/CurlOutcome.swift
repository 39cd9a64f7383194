import CCurl

extension CurlExchange {
  /// What became of it, when curl is done with it.
  func outcome(_ code: CURLcode) throws(HTTPFailure) -> HTTPResponse {
    if code != CURLE_OK, let address = traces.refused, traces.sends == 0 {
      throw .notPublic(host: request.host, address: address)
    }
    guard code == CURLE_OK else { throw failure(reason(code)) }
    var status = 0
    guard tis_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK, status > 0 else {
      throw failure("the answer has no status")
    }
    return HTTPResponse(status: status, headers: traces.headers, body: traces.body)
  }

  /// For an exchange that we gave up: it must still be in curl's hands or just out of them.
  func failure(_ why: String) -> HTTPFailure {
    let sentence = "\(request.host): \(why)"
    return left ? .mightHaveArrived(sentence) : .neverLeft(sentence)
  }

  private func reason(_ code: CURLcode) -> String {
    if traces.tooLarge { return "the answer is larger than \(settings.maxAnswer) bytes" }
    if traces.unwritable { return "the answer could not be written to its file" }
    if traces.secondSendForbidden { return "the connection ended without an answer" }
    if code == CURLE_OPERATION_TIMEDOUT { return timeOut }
    // Before a connection stands curl's own words tell of name, port and certificate only.
    if traces.sends == 0, code != CURLE_URL_MALFORMAT, let detail { return detail }
    return words(code)
  }

  private var timeOut: String {
    if traces.sends == 0 { return "no connection within \(seconds(min(settings.connectTimeout, request.timeout)))" }
    return (traces.received == 0 ? "no answer within " : "no whole answer within ") + seconds(request.timeout)
  }

  private func seconds(_ n: Double) -> String { n == n.rounded() ? "\(Int(n)) s" : "\(n) s" }
}
