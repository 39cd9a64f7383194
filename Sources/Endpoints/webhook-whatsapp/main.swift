// GET  /api/webhook/whatsapp[/{slug}]   Meta asks whether the URL is ours
// POST /api/webhook/whatsapp[/{slug}]   Meta delivers messages and statuses; without a slug for all tenants

import Core
import Flows
import Peers

let app = App.start(
  "webhook-whatsapp",
  needs: [.inboundKeys, .metaAppSecret, .verifyToken, .allowUnsigned, .answerDelayMilliseconds])

app.serve { request throws(Refusal) in
  try app.receive(.whatsapp, request)
}
