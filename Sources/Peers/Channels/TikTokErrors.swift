import Core
import Rules

/// What each code of the Business API means for us. Source: field reports and public libraries, November 2026: TikTok lists
/// few of them. 40001 to 40003 are said of tokens and of parameters alike; the words tell which.
enum TikTokErrors {
  static func judge(_ fault: TikTokFault, status: Int) -> SendJudgement {
    guard let code = Int(fault.code) else { return unknown(fault.code, status: status) }
    switch code {
    case 40_001...40_003:
      return isAboutToken(fault.sentence) ? stop(fault.code) : SendJudgement(code: fault.code, .final)
    case 40_102...40_107: return stop(fault.code)
    case 40_100: return SendJudgement(code: fault.code, .slow(.app, after: 10))
    // So many conversations a day; the account rests, longer each time.
    case 40_064: return SendJudgement(code: fault.code, .slow(.number, after: 60))
    case 50_000...50_002, 51_000...51_999: return SendJudgement(code: fault.code, .again(tries: SendPace.tries))
    default: return unknown(fault.code, status: status)
    }
  }

  /// An answer without a code, or with one that nobody has told us of.
  static func unknown(_ code: String, status: Int) -> SendJudgement {
    switch status {
    case 429: SendJudgement(code: code, .slow(.app, after: 10))
    case 500...: SendJudgement(code: code, .again(tries: SendPace.tries))
    case 401: stop(code)
    case 403 where Int(code) == nil:
      SendJudgement(
        code: code, .stop,
        advice:
          "Something before TikTok's API refused our calls (HTTP 403): see whether TIKTOK_URL and the way out of this "
          + "machine are right, then tistis channels resume.")
    default: SendJudgement(code: code, .final)
    }
  }

  private static func isAboutToken(_ sentence: String) -> Bool {
    let words = sentence.lowercased()
    return ["access token", "access_token", "unauthorized", "not authorized", "permission", "scope"].contains {
      words.contains($0)
    }
  }

  private static func stop(_ code: String) -> SendJudgement {
    SendJudgement(
      code: code, .stop,
      advice:
        "TikTok does not accept the access token or what it may do: connect the account again in TikTok's Business "
        + "portal with message.list.read and message.list.send, then tistis channels resume --token-file FILE.")
  }
}
