import TestSupport
import Testing

/// A job whose run died when its reply had left, and who comes meanwhile.
@Suite struct AnswerAgainTests {
  /// It waits to run again, so a new question merges into it: that one is not answered by the old reply.
  @Test func aQuestionThatJoinsAnAnsweredJobIsAnswered() async throws {
    try await Shop.test { shop in
      let phone = try shop.says("[[echo:la primera]]")
      try await shop.work()
      try shop.run(
        """
        update jobs set status = 'pending', completed_at = null, worker_id = null, result = null, lane_head = true,
            holds_lane = true
          where job_type = 'ai_response'
        """)
      try shop.post(message("[[echo:la segunda]]", from: phone))
      #expect(try shop.count("jobs", "job_type = 'ai_response'") == 1, "it joins the one that waits")
      try await shop.work()
      #expect(try await shop.texts(phone) == ["la primera", "la segunda"])
      #expect(try shop.count("messages", "role = 'assistant' and status = 'accepted'") == 2)
    }
  }
}
