// GET  /api/webhook/instagram[/{slug}]   Meta asks whether the URL is ours
// POST /api/webhook/instagram[/{slug}]   Instagram delivers; without a slug for all tenants

import Core
import Flows
import Peers

let app = App.start(
  "webhook-instagram",
  needs: [
    .inboundKeys, .metaAppSecret, .instagramAppSecret, .instagramVerifyToken, .allowUnsigned, .answerDelayMilliseconds,
  ])

app.serve { request throws(Refusal) in
  try app.receive(.instagram, request)
}
