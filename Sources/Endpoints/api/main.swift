// /api/…   what staff and integrators ask for: conversations, messages, leads, channels, templates, media, keys

import Core
import Flows

let app = App.start("api", needs: APIDoor.needs)
let door = APIDoor(app)

app.serve { request throws(Refusal) in
  door.answer(request)
}
