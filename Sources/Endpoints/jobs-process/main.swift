// POST /api/jobs/process   work on what is due, for schedulers that cannot start `jobs`; GET does the same

import Core
import Flows

let app = App.start("jobs-process", needs: Office.needs + [.cronSecret])
let door = app.jobsDoor()

app.serve { request throws(Refusal) in
  try door.process(request)
}
