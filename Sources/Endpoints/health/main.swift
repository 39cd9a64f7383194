// GET /api/health   how the whole stands; ?type=liveness asks this process only, ?type=readiness for details

import Core
import Flows

let app = App.start("health", needs: [.healthToken])
let door = HealthDoor(app)

app.serve(anySchema: true) { request throws(Refusal) in
  try door.answer(request)
}
