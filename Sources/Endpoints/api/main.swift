// /api/…   what staff and integrators ask for: conversations, messages, leads, channels, templates, media, keys

import Core
import Flows

let app = App.start("api", needs: [])

app.serve { request throws(Refusal) in
  try app.answerAPI(request)
}
