// GET  /api/webhook/@name@[/{slug}]   the challenge, for who asks
// POST /api/webhook/@name@[/{slug}]   @Name@ delivers; without a slug for all tenants

import Core
import Flows
import Peers

let app = App.start(
  "webhook-@name@", needs: [.inboundKeys, .@name@Secret, .allowUnsigned, .answerDelayMilliseconds])

app.serve { request throws(Refusal) in
  try app.receive(.@name@, request)
}
