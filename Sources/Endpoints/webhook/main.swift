// POST /api/webhook   a business's n8n: an answer to a person, a score, an appointment, a hand-over

import Core
import Flows

let app = App.start("webhook", needs: N8NDoor.needs)
let door = N8NDoor(app)

app.serve { request throws(Refusal) in
  door.answer(request)
}
