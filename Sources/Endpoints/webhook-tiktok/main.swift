// GET  /api/webhook/tiktok[/{slug}]   the challenge, for who asks
// POST /api/webhook/tiktok[/{slug}]   TikTok delivers; without a slug for all tenants

import Core
import Flows
import Peers

let app = App.start(
  "webhook-tiktok",
  needs: [.inboundKeys, .tiktokSecret, .tiktokSignatureSeconds, .allowUnsigned, .answerDelayMilliseconds])
let channel = Channel.tiktok(within: Double(app.settings.int(.tiktokSignatureSeconds)))

app.serve { request throws(Refusal) in
  try app.receive(channel, request)
}
