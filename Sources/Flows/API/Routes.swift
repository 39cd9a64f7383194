extension Route {
  /// Everything that `api` serves: one file a resource.
  public static let all: [Route] =
    conversations + messages + sending + prepared + leads + leadsV1 + appointments + slots + channels
    + due + channelAssistant + templates + media + uploads + alerts + keys + n8n + traces + usage + leadScores
    + assistant
    + instructions + routineSettings + keyAudit + keyLooks + externalEvents + team + teamMaking + teamHours + timesOff
    + services + branches + document
}
