// GET  /api/webhook/facebook[/{slug}]   Meta asks whether the URL is ours
// POST /api/webhook/facebook[/{slug}]   Messenger delivers; without a slug for all tenants

import Core
import Flows
import Peers

let app = App.start(
  "webhook-facebook",
  needs: [.inboundKeys, .metaAppSecret, .facebookVerifyToken, .allowUnsigned, .answerDelayMilliseconds])

app.serve { request throws(Refusal) in
  try app.receive(.facebook, request)
}
