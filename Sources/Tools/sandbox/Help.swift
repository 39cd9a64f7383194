/// What `--help` says below the first line. Lines are short enough for a terminal of 80 columns.
enum Help {
  static let text = """
    WHATSAPP  POST /graph/{version}/{phone_number_id}/messages
      Checks what Meta checks and answers as Meta does. A number that was
      registered is told what became of the message, signed. Register one:
        PUT /sandbox/numbers/{phone_number_id}
        {"callback":"/api/webhook/whatsapp/esva-dental","app_secret":"…",
         "statuses":["sent","delivered","read"],
         "display_phone_number":"526310000000","waba_id":"…"}
      callback is a URL or a path; the rest may be missing. statuses may hold
      played, failed and failed:CODE. A call-back that is not answered with 2xx
      is repeated five times.

      A number registered with "strict": true refuses also what Meta knows to be
      wrong: a closed window (131047; at once, or with "window":"status" by a
      failed status), messages, templates and media that do not exist, too many
      messages ("per_second":80 a number; 45 and then one in 6 s a person).
      For any number: "token":"expired" (invalid, app_removed, …), "allowed":
      [digits], "message_status":"paused". What the world around it is like:
        POST /sandbox/inbound/{phone_number_id}   a customer writes
             {"from":"521…","text":"hola"} or {"user_id":"MX.…","message":{…}};
             "age" seconds; "field":"smb_message_echoes" the owner, in the app;
             {"field":"…","value":{…}} any other news
        PUT  /sandbox/windows/{phone_number_id}/{person}
             {"open":false} {"age":90000} {"marketing":"stop"}
        PUT  /sandbox/templates/{phone_number_id}/{name}/{language}
             {"status":"APPROVED","category":"UTILITY",
              "parameter_format":"POSITIONAL","components":[…]}
        PUT  /sandbox/media/{id}   (DELETE forgets)
             {"mime_type":"image/jpeg","text":"…"} or "content" (base64) or
             "size"; "sha256" and "file_size" lie; "url_seconds":300; "dead":1
             look-up with a dead address; "redirect":URL
        PUT  /sandbox/usage/{phone_number_id}
             {"app":{"call_count":90,…},"business":[{…}]}  Graph's headers
      GET/POST/DELETE /graph/{version}/{waba_id}/message_templates lists, makes
      and removes templates; a new one is PENDING and a moment later APPROVED,
      which its number's owner is told ("template_review":"REJECTED", "PENDING").
      GET /graph/{version}/{phone_number_id}?fields=… · debug_token ·
      {waba_id}/subscribed_apps and phone_numbers. A subscription with
      override_callback_uri and verify_token asks that address for its handshake
      and keeps it; one without takes it back.
      GET /graph/{version}/{media_id} looks up, its url downloads, and
      POST /graph/{version}/{phone_number_id}/media takes a file.

    MESSENGER  POST /graph/{version}/{page_id}/messages (or me/messages)
    INSTAGRAM  POST /instagram/{version}/{instagram_id}/messages, or by its page
    TIKTOK     POST /tiktok/{version}/business/message/send/  (200 with a code)
      An account that was registered is told of its messages: echo, delivered
      (Messenger only) and read, signed as the platform signs. Register one:
        PUT /sandbox/accounts/{page, Instagram or TikTok id}
        {"channel":"facebook","callback":"/api/webhook/facebook/esva-dental",
         "app_secret":"…","statuses":["echo","delivered","read"],
         "page":"…","strict":true,"token":"expired","access_token":"…"}
      page: of an Instagram account that is connected by one. access_token: the
      one that stands for this account at /me. strict refuses who never wrote, a
      closed window (10/2018278, 10/2534022; HUMAN_AGENT has 7 days), and with
      TikTok unknown conversations and more than 10 messages in 48 h.
        POST /sandbox/inbound/{id}   a customer writes
             {"from":"…","text":"hola"} or "message":{…}, with Meta's also
             "event":{"postback":{…}} (or reaction, referral, read …); TikTok
             "conversation"; "echo":true the owner; "age", "name", "id"
        PUT  /sandbox/windows/{id}/{person}
             {"open":false} {"age":90000} {"sent":10} {"profile":230}
        PUT  /sandbox/subscriptions/{id}
             {"subscribed":false} {"fields":["messages"]} {"others":["app id"]}
      To read: {page}/conversations?user_id=, {conversation}/messages, any
      message, person or account by id, {id}/subscribed_apps, debug_token,
      /instagram/refresh_access_token; TikTok's conversation/list, content/list,
      capabilities/get, media upload and download, webhook update, list and
      delete, oauth2 token and refresh_token (one that was given out is good
      once). Thread control is taken and passed by anybody.
      Tokens begin with dev_ or test_; one with expired or revoked in its name
      is refused everywhere, one with narrow lacks the right to send. What a page
      sends that connects an Instagram account is Messenger's or Instagram's by
      the word facebook or instagram in the token, else by whom the person wrote.

    ANTHROPIC  POST /anthropic/v1/messages
      Claude finds the line of the system prompt that shares the most words
      (four letters or more; case, accents and plural endings do not count)
      with the last user message, and answers
        ¡Hola! THAT LINE. ¿Te gustaría agendar una cita?
      With no such line: a polite sentence that names the business, if there
      is a line "Negocio: NAME". In the last user message:
        [[echo:TEXT]]  the answer is exactly TEXT
        [[markdown]]   the answer is Markdown of every kind
        [[thinking]]   a thinking block stands before the text
        [[empty]]      end_turn without any content
        [[refusal]]    stop_reason refusal without any content
        [[tool:NAME {…}]]   uses a tool, then says what that said; again: for ever
      A token is four characters; an answer of more than max_tokens is cut.
      The prefix up to the last cache_control is written to the cache, and read
      from it for five minutes (or its ttl) after each use, if it is as long as
      the model's minimum.

    N8N  POST /n8n/webhook/{event}
      Starts a workflow of that name, if the body is the guide's envelope, the
      key begins with dev_ or test_, and a signature, if there is one, is of now.

      SCRIPTS  PUT /sandbox/scripts/NAME (GET tells how it was played, DELETE)
      Requests whose body contains "match" are answered by heart:
        {"match":"Negocio: ESVA","values":{…},"turns":[
          {"customer":"¿Hay lugar mañana?","claude":[
            {"tools":[{"name":"find_slots","input":{"from":"{{tomorrow}}"},
                       "result":{"slots":[{"starts_at":"*"}]}}]},
            {"text":"Sí: {{find_slots.slots.0.words}}."}]}]}
      A turn is due when the customer's words (or "asked") are the last of the
      question; each request after a use of tools is its next step. A tool must
      be offered, and its result hold what "result" wants ("*" anything, "~text"
      contains; with "fails" or an "error" it must be one), else 400 and a line
      in complaints. {{…}} is a value, what a tool said last, said (the
      question), today, tomorrow, day+3, next:1 (Monday). A step also takes
        "thinking":"…" "stop":"max_tokens" "delay_ms":900 "length":20000
        "refused":529,"times":2,"retry_after":1   errors before the answer
        "again":true   the same for every further request (an endless loop)
        "unoffered":true in a tool: Claude invents it

    FAULTS  POST /sandbox/faults (GET lists, DELETE clears; with ?match= only
            those of that match, and whom they slow down is answered at once)
      {"peer":"whatsapp","fault":"429","match":"part of path or body",
       "times":1,"delay_ms":0,"retry_after":3,"after_accept":false}
      peer   whatsapp instagram facebook tiktok anthropic n8n
      fault  429 500 529 401 …  a status of 400 to 599 in the peer's own words
             code:131056 …      one of the peer's codes
             closed_window      in the peer's own words
             wants_proof        100: the app has Require App Secret on (Meta)
             revoked_token      190/460, TikTok's 40105, or 401
             code:190:463 …     with its subcode
             failed:131026 …    accepted, then the only status is failed (WhatsApp)
             timeout            no answer for delay_ms (120 s), then closed
             reset              no answer, the connection is reset
             slow               answers after delay_ms (1 s)
             malformed          200 with the first half of the answer
      match  hits only requests whose path, query or raw body contains it
      kind   hits only requests of that kind, as SEEN names them (text …)
      times  how many requests it hits (1); 0 is all, until deleted
      after_accept  with timeout, reset, malformed: the message is taken and
             its statuses follow all the same; with slow: the statuses do not
             wait for the answer

    SEEN  GET /sandbox/requests?peer=&kind=&match=&limit=   (DELETE clears)
          GET /sandbox/callbacks?match=&limit=              (DELETE clears)
          GET /sandbox/numbers · accounts · health
      Oldest first; of more than limit (1000) the newest. count, and texts
      (accepted text messages), count everything that matches.
    """
}
